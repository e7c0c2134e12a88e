"""Define the Prefect flows: thin tasks around plain functions. Nothing else imports Prefect.

Settings that Prefect reads at import are made here. Nothing leaves the machine: analytics are off.
"""

import logging

from flows import tracing
from xinjiang_record import settings

settings.prefer_environment(
    {
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        # Slots of concurrency limits survive a restart of the server that is started here.
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": (
            "prefect.server.concurrency.lease_storage.filesystem"
        ),
        # The first start on a new home runs Prefect's migrations.
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        # The command prints what happened; the server has the log.
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
        # The library's own log lines go to the server too, as lines of the task that made them.
        "PREFECT_LOGGING_EXTRA_LOGGERS": "xinjiang_record",
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    }
)
logging.getLogger("xinjiang_record").setLevel(logging.INFO)  # Prefect adds a handler, not a level
tracing.begin()
