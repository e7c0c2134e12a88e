"""The Prefect server that ``xrecord schedule`` starts when none is named: on loopback, in the user's Prefect home, gone with it."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator

from xinjiang_record import settings
from xinjiang_record.errors import EnvironmentFault

START_SECONDS = 120.0  # a new home is migrated first
STOP_SECONDS = 15.0


@contextlib.contextmanager
def running(port: int = 4200) -> Iterator[str]:
    """The address of the server's API: the one that ``PREFECT_API_URL`` names, or one that lives until the end of the ``with``.

    Raises EnvironmentFault for one that does not answer or start.
    """
    named = settings.environment("PREFECT_API_URL")
    if named:
        if not _healthy():
            raise EnvironmentFault(
                f"No Prefect server answers at {named}, which PREFECT_API_URL names. Nothing is scheduled. Start it (prefect server start), "
                "or unset PREFECT_API_URL for one of the schedule's own."
            )
        yield named
        return
    url = f"http://127.0.0.1:{port}/api"
    settings.prefer_environment(
        {"PREFECT_API_URL": url}
    )  # before Prefect is imported, and for the processes that runs are
    if _healthy():
        yield url
        return
    command = [
        sys.executable,
        "-m",
        "prefect",
        "server",
        "start",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(process)
        yield url
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
        process.kill()


def _wait(process: subprocess.Popen[bytes]) -> None:
    deadline = settings.monotonic() + START_SECONDS
    while not _healthy():
        if process.poll() is not None or settings.monotonic() > deadline:
            raise EnvironmentFault(
                "Prefect's server did not start. See what it says: prefect server start. Nothing is scheduled. "
                "xrecord run --direct does without Prefect."
            )
        settings.pause(0.5)


def _healthy() -> bool:
    from prefect.client.orchestration import get_client  # deferred: start-up

    with get_client(sync_client=True) as client:
        return client.api_healthcheck() is None
