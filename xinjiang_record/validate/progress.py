"""Who wants to be told how far a file is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Step = Callable[[str, int, int], None]
_STEP: ContextVar[Step | None] = ContextVar("step", default=None)


@contextmanager
def told(step: Step | None) -> Iterator[None]:
    """While this lasts, ``step(path, done, total)`` is called after each piece of a file, in bytes."""
    token = _STEP.set(step)
    try:
        yield
    finally:
        _STEP.reset(token)


def tell(path: str, done: int, total: int) -> None:
    """Tell whoever listens."""
    if step := _STEP.get():
        step(path, done, total)
