"""Run the steps of partitioned tables on a Dask cluster, without Prefect."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from distributed import Client, KilledWorker
from distributed.comm.addressing import get_address_host_port

from xinjiang_record.errors import EnvironmentFault, UsageError

TRIES = 3  # further tries of a step whose worker died
WORKER_SECONDS = 30  # a cluster that was just started has no worker yet


def connect(address: str) -> Any:
    """Return a client of the scheduler, once the scheduler has a worker.

    Dask's setting ``distributed.comm.timeouts.connect`` says how long the scheduler may take to
    answer.

    Raises:
        UsageError: The address is invalid.
        EnvironmentFault: Nothing answers there, or the scheduler has no worker.
    """
    try:
        get_address_host_port(address)
    except ValueError as error:
        raise UsageError(
            f"Invalid address of a Dask scheduler: {address!r} ({error}). "
            "Expected one such as tcp://127.0.0.1:8786."
        ) from error
    try:
        client: Any = Client(address, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, TypeError) as error:  # TypeError: TLS without certificates
        raise EnvironmentFault(
            f"No Dask scheduler answers at {address} ({error}). "
            "Start one (dask scheduler), or leave out --on."
        ) from error
    try:
        client.wait_for_workers(1, timeout=WORKER_SECONDS)
    except TimeoutError as error:
        client.close()
        raise EnvironmentFault(
            f"The Dask scheduler at {address} has no worker. "
            f"Start some (dask worker {address}), or leave out --on."
        ) from error
    return client


def result(future: Any) -> Any:
    """Return what a step returned, or raise what it raised.

    Raises:
        EnvironmentFault: Every worker that had the step died.
    """
    try:
        return future.result()
    except KilledWorker as error:
        raise EnvironmentFault(
            f"Every worker that had the step {error.task} died, probably for lack of memory. "
            "Give each worker more memory, or fewer threads."
        ) from error


class DaskEngine:
    """Run steps on an existing cluster, whose workers share this machine's file system.

    Args:
        address: The scheduler. Errors are those of ``connect``.
    """

    def __init__(self, address: str) -> None:
        self._client = connect(address)

    def map(self, function: Callable[..., Any], *arguments: Sequence[Any]) -> Iterable[Any]:
        """Call ``function`` for each set of arguments, and yield the results in order."""
        lists = [list(values) for values in arguments]
        futures = self._client.map(function, *lists, pure=False, retries=TRIES)
        return (result(future) for future in futures)

    def worker_count(self) -> int:
        """Return how many workers the scheduler has."""
        return len(self._client.scheduler_info(n_workers=-1)["workers"])

    def __enter__(self) -> DaskEngine:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()
