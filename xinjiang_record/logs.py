"""What a run did and how long each stage took: one run id through its log lines, its artifacts and its record in ``runs/``.

Log lines go to stderr: ``XRECORD_LOG=json`` writes one JSON object a line (at, level, run_id, event, and the event's own fields),
``XRECORD_LOG=text`` the same in words; unset, nothing. No run id, time or duration enters what is published: the same inputs give
the same bytes. The record of a run names the releases that it made, by their ids.
"""

from __future__ import annotations

import contextlib
import json
import sys
import threading
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from xinjiang_record import settings
from xinjiang_record.errors import UsageError

Level = Literal["info", "error"]


@dataclass(slots=True)
class Run:
    """The run of this process: its id, and the seconds of each stage by package, in the order in which they ended."""

    id: str
    seconds: list[tuple[str, str, float]] = field(default_factory=list)


_run = Run("")
_lock = threading.Lock()


def begin(run_id: str = "") -> str:
    """Start a run: everything noted from here on bears ``run_id`` (a new one if not given)."""
    global _run
    _run = Run(run_id or str(uuid.uuid4()))
    return _run.id


def current() -> Run:
    """The run of this process; it begins with the first question."""
    if not _run.id:
        begin()
    return _run


@contextlib.contextmanager
def stage(name: str, package: str) -> Iterator[None]:
    """Note how long a stage of a package took, and whether it failed."""
    run, started, level = current(), settings.monotonic(), "info"
    try:
        yield
    except BaseException:
        level = "error"
        raise
    finally:
        seconds = round(settings.monotonic() - started, 3)
        with _lock:
            run.seconds.append((name, package, seconds))
        log(name, level="error" if level == "error" else "info", package=package, seconds=seconds)


def log(event: str, *, level: Level = "info", **fields: Any) -> None:
    """Write one line of the log, if a log is asked for."""
    form = settings.environment("XRECORD_LOG")
    if not form:
        return
    line = {
        "at": settings.now().isoformat(timespec="milliseconds"),
        "level": level,
        "run_id": current().id,
    }
    line |= {"event": event, **fields}
    if form == "json":
        text = json.dumps(line, ensure_ascii=False, default=str)
    elif form == "text":
        text = " ".join(f"{name}={value}" for name, value in line.items())
    else:
        raise UsageError(f"XRECORD_LOG={form!r} is no form of log. Give json or text, or unset it.")
    with _lock:
        print(text, file=sys.stderr, flush=True)


def totals(seconds: Sequence[tuple[str, str, float]]) -> dict[str, float]:
    """The seconds of each stage over all packages (they run side by side, so the sum can be above the run's own time)."""
    found: dict[str, float] = {}
    for name, _, took in seconds:
        found[name] = round(found.get(name, 0.0) + took, 3)
    return found


def in_words(seconds: Sequence[tuple[str, str, float]]) -> str:
    """``ingest 0.31 s, validate 1.20 s``; empty when nothing was noted."""
    return ", ".join(f"{name} {took:.2f} s" for name, took in totals(seconds).items())
