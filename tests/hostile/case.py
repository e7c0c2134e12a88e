"""One hostile input: what is made, what is run, and how it must end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

CANARY = "CANARY-3f1c"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: exit code, all that it printed, seconds of processor time, memory."""

    code: int
    said: str
    seconds: float
    megabytes: float


def _nothing(folder: Path) -> None: ...


def _no_problem(folder: Path, ended: Ended) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Case:
    """One input.

    ``expect``: ``refused`` (exit code 1, 2 or 3), ``accepted`` (0), or ``answered`` (either).
    ``holds``: a part of what must be printed. ``secrets``: what must not be printed.
    ``fresh``: start Python anew, since settings are read when the library is imported.
    ``call``: what is run in place of the command; it returns an exit code, or raises as a command.
    """

    name: str
    arguments: tuple[str, ...]
    expect: Literal["refused", "accepted", "answered"]
    make: Callable[[Path], object] = _nothing
    holds: str = ""
    secrets: tuple[str, ...] = (CANARY, "root:x:")
    check: Callable[[Path, Ended], str] = _no_problem
    before: Callable[[], object] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    fresh: bool = False
    call: Callable[[], object] | None = None
