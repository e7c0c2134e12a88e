"""Call a function with the progress of reading."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Step = Callable[[str, int, int], None]
_STEP: ContextVar[Step | None] = ContextVar("step", default=None)


@contextmanager
def reporting_to(step: Step | None) -> Iterator[None]:
    """Call ``step(path, done, total)`` after each piece of a file, in bytes, within the block."""
    token = _STEP.set(step)
    try:
        yield
    finally:
        _STEP.reset(token)


def report(path: str, done: int, total: int) -> None:
    """Report progress, if a function was given."""
    if step := _STEP.get():
        step(path, done, total)
