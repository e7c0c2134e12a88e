"""Workers of a Dask cluster as an engine for large tables, spoken to directly, without Prefect."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from distributed import Client, KilledWorker
from distributed.comm.addressing import get_address_host_port

from xinjiang_record.errors import EnvironmentFault, UsageError

TRIES = 3  # more, of a step whose worker died
ANSWER_SECONDS = 15  # how long a scheduler may take to answer
WORKER_SECONDS = 30  # how long its first worker may take to come: a cluster that has just been started has none yet
STATE = "Nothing was published."


def connect(address: str) -> Any:
    """A client of the scheduler, which has a worker. Raises UsageError for what is no address, else EnvironmentFault."""
    try:
        get_address_host_port(address)
    except ValueError as error:
        raise UsageError(
            f"{address!r} is no address of a Dask scheduler ({error}). Give one such as tcp://127.0.0.1:8786. {STATE}"
        ) from error
    try:
        client: Any = Client(address, timeout=ANSWER_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, TypeError) as error:  # TypeError: TLS without certificates
        raise EnvironmentFault(
            f"{address}: no Dask scheduler answers there ({error}). {STATE} Start one (dask scheduler), or leave --on away."
        ) from error
    try:
        client.wait_for_workers(1, timeout=WORKER_SECONDS)
    except TimeoutError as error:
        client.close()
        raise EnvironmentFault(
            f"{address}: the scheduler there has no worker. {STATE} Start some (dask worker {address}), or leave --on away."
        ) from error
    return client


def result(future: Any) -> Any:
    """What a step gave. Raises what it raised; EnvironmentFault when every worker that had it died."""
    try:
        return future.result()
    except KilledWorker as error:
        raise EnvironmentFault(
            f"The workers died that had the step {error.task}: something kills them, most likely for their memory. {STATE} "
            "Give each worker more memory, or fewer threads."
        ) from error


class DaskEngine:
    """An existing cluster, whose workers share this machine's file system. Raises as ``connect``."""

    def __init__(self, address: str) -> None:
        self._client = connect(address)

    def map(self, function: Callable[..., Any], *arguments: Sequence[Any]) -> Iterable[Any]:
        lists = [list(values) for values in arguments]
        futures = self._client.map(function, *lists, pure=False, retries=TRIES)
        return (result(future) for future in futures)

    def worker_count(self) -> int:
        """How many workers the scheduler has."""
        return len(self._client.scheduler_info(n_workers=-1)["workers"])

    def __enter__(self) -> DaskEngine:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()
