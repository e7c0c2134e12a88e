"""Run the steps of a partitioned table in threads or processes of this machine."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any, Protocol

from xinjiang_record import exit_codes
from xinjiang_record.errors import EnvironmentFault

TRIES = 3  # more, of steps whose process was killed


class Engine(Protocol):
    """Run one function on many arguments.

    Results come in the order of the arguments. A call may run again where its worker died.
    """

    def map(self, function: Callable[..., Any], *arguments: Sequence[Any]) -> Iterable[Any]:
        """Yield the result of each call, in order."""


class LocalEngine:
    """Run steps in threads or processes of this machine.

    A killed process breaks its pool; the steps without a result go to a new pool.
    """

    def __init__(self, workers: int = 2, *, processes: bool = False) -> None:
        """Start a pool of threads, or of processes."""
        self._workers, self._processes = workers, processes
        self._pool = self._new()

    def _new(self) -> Executor:
        if self._processes:
            return ProcessPoolExecutor(
                self._workers, multiprocessing.get_context("spawn"), _end_with_parent
            )
        return ThreadPoolExecutor(self._workers)

    def map(self, function: Callable[..., Any], *arguments: Sequence[Any]) -> Iterable[Any]:
        """Yield the result of each call, in order."""
        calls = list(zip(*(list(values) for values in arguments), strict=True))
        tries = TRIES
        while calls:
            results = self._pool.map(function, *zip(*calls, strict=True))
            try:
                while calls:
                    result = next(results)
                    calls.pop(0)
                    yield result
            except BrokenExecutor as error:
                if not tries:
                    raise EnvironmentFault(
                        f"The step {function.__name__} lost its process {TRIES + 1} times; most "
                        f"likely "
                        "the system killed it for its memory. Give fewer --workers, or more memory."
                    ) from error
                tries -= 1
                self._pool.shutdown()
                self._pool = self._new()

    def __enter__(self) -> LocalEngine:
        """Return the engine."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the pool; drop the steps that have not begun."""
        self._pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """End a worker process when its parent ends; otherwise it would run on after a killed run."""

    def watch() -> None:
        parent = multiprocessing.parent_process()
        if parent:
            parent.join()
            os._exit(exit_codes.ENVIRONMENT)

    threading.Thread(target=watch, daemon=True).start()
