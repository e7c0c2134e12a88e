"""The Prefect flows: thin shells around plain functions. Nothing else imports prefect.

Settings that must stand before Prefect is imported are made here. Nothing leaves the machine: its analytics are off.
"""

from flows import tracing
from xinjiang_record import settings

settings.prefer_environment(
    {
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        # A new home is migrated on the first start, which takes longer than Prefect's own patience.
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        # The command itself says what happened and what went wrong; the log is in the server.
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    }
)
tracing.begin()
