"""Workers of a Dask cluster as an engine for large tables, spoken to directly, without Prefect."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from distributed import Client

from xinjiang_record.errors import EnvironmentFault

TRIES = 3  # more, of a step whose worker died
ANSWER_SECONDS = 15  # how long a scheduler may take to answer


def unreachable(address: str, error: Exception) -> EnvironmentFault:
    """The error for a scheduler that does not answer."""
    return EnvironmentFault(
        f"{address}: no Dask scheduler answers there ({error}). Nothing was published. Start one (dask scheduler), or leave --on away."
    )


class DaskEngine:
    """An existing cluster, whose workers share this machine's file system. Raises EnvironmentFault where no scheduler answers."""

    def __init__(self, address: str) -> None:
        try:
            self._client: Any = Client(address, timeout=ANSWER_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]
        except (OSError, ValueError) as error:
            raise unreachable(address, error) from error

    def map(self, function: Callable[..., Any], *arguments: Sequence[Any]) -> Iterable[Any]:
        lists = [list(values) for values in arguments]
        futures = self._client.map(function, *lists, pure=False, retries=TRIES)
        return (future.result() for future in futures)

    def worker_count(self) -> int:
        """How many workers the scheduler has."""
        return len(self._client.scheduler_info(n_workers=-1)["workers"])

    def __enter__(self) -> DaskEngine:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()
