"""Start a Prefect server on this machine when PREFECT_API_URL does not name one.

The server is ``embedded_server.py`` in a process of its own, on 127.0.0.1, with the user's Prefect
home. It ends with this process, however this process ends. Import Prefect only inside the blocks:
they set the address that it reads.
"""

from __future__ import annotations

import contextlib
import gc
import importlib.metadata
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from xinjiang_record import files, settings
from xinjiang_record.errors import EnvironmentFault

STOP_SECONDS = 15.0
SERVER = Path(__file__).with_name("embedded_server.py")
FAILED = (
    "Prefect's server did not start. Its message: run prefect server start. "
    "xrecord run --direct runs without Prefect."
)


@contextlib.contextmanager
def running(check: Callable[[], object], port: int = 4200) -> Iterator[str]:
    """Yield the API address of a server with pages and schedules.

    It is the server that PREFECT_API_URL names, one that already runs on ``port``, or a new one
    that lives until the block ends.

    Args:
        check: Called before a server is asked or started. It may import Prefect, which reads the
            address of its server at import.
        port: The port on this machine, where PREFECT_API_URL names no server.

    Raises:
        EnvironmentFault: The named server does not answer, or the new one does not start.
    """
    named = settings.environment("PREFECT_API_URL")
    url = named or f"http://127.0.0.1:{port}/api"
    settings.prefer_environment({"PREFECT_API_URL": url})
    check()
    print("Connecting to the Prefect server; a start takes 3 to 20 s.", file=sys.stderr)
    if _is_healthy():
        yield url
        return
    if named:
        raise EnvironmentFault(
            f"No Prefect server answers at {named} (PREFECT_API_URL). Nothing is scheduled. "
            "Start it (prefect server start), or unset PREFECT_API_URL to start one here."
        )
    with _started("full", port) as (_, wait_until_ready):
        wait_until_ready()
        yield url


@contextlib.contextmanager
def for_one_run() -> Iterator[Callable[[], None]]:
    """Start the server for a flow run in this process, unless PREFECT_API_URL names one.

    The server boots while the caller imports Prefect. It does without pages, schedules, and the
    migrations of a home that this version of Prefect has migrated before. Nothing is collected as
    garbage until the caller waits for the server: looking for it takes a sixth of the import.

    Yields:
        The function that waits until the server answers.
    """
    gc.disable()
    if settings.environment("PREFECT_API_URL"):
        yield gc.enable
        return
    note = _prefect_home() / "xrecord-migrated.txt"
    version = importlib.metadata.version("prefect")
    is_migrated = note.is_file() and note.read_text("utf-8") == version
    if is_migrated and (_prefect_home() / "prefect.db").is_file():
        settings.prefer_environment(
            {
                "PREFECT_API_DATABASE_MIGRATE_ON_START": "false",
                "PREFECT_API_BLOCKS_REGISTER_ON_START": "false",
            }
        )
    with _started("run", 0) as (port, wait_until_ready):
        settings.prefer_environment({"PREFECT_API_URL": f"http://127.0.0.1:{port}/api"})
        yield wait_until_ready
    if not is_migrated:
        with contextlib.suppress(OSError, EnvironmentFault):
            files.write_text(note, version)


def _prefect_home() -> Path:
    return Path(settings.environment("PREFECT_HOME") or Path.home() / ".prefect")


@contextlib.contextmanager
def _started(kind: str, port: int) -> Iterator[tuple[int, Callable[[], None]]]:
    """Start the server process; yield its port and the function that waits for it."""
    process = subprocess.Popen(
        [sys.executable, str(SERVER), kind, str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin and process.stdout
    output = process.stdout

    def wait_until_ready() -> None:
        gc.enable()
        if output.readline().strip() != "ready":
            raise EnvironmentFault(FAILED)

    try:
        line = output.readline().strip()
        if not line.isdigit():
            raise EnvironmentFault(FAILED)
        yield int(line), wait_until_ready
    finally:
        process.stdin.close()  # the server stops when this pipe closes
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
        process.kill()
        process.wait()
        output.close()


def _is_healthy() -> bool:
    from prefect.client.orchestration import get_client  # deferred: start-up

    with get_client(sync_client=True) as client:
        return client.api_healthcheck() is None
