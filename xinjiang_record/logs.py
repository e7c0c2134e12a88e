"""Log what a run did and how long each stage took, under one run id, through ``logging``.

Every event is a record of the logger ``xinjiang_record.run``; attach handlers to it, or let Prefect
collect it. ``XRECORD_LOG=json`` adds a handler that writes one JSON object per line to stderr (at,
level, run_id, event, and the event's own fields); ``XRECORD_LOG=text`` writes the same in words. No
run id, time or duration enters what is published: the same inputs give the same bytes.
"""

from __future__ import annotations

import contextlib
import json
import logging
import sys
import threading
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from xinjiang_record import settings
from xinjiang_record.errors import UsageError

Level = Literal["info", "warning", "error"]
LOGGER = logging.getLogger("xinjiang_record.run")
LOGGER.addHandler(logging.NullHandler())
FORMS = ("json", "text")


@dataclass(slots=True)
class Run:
    """Hold the id of this process's run and the seconds of each stage by package, as they ended."""

    id: str
    seconds: list[tuple[str, str, float]] = field(default_factory=list)


_run = Run("")
_lock = threading.Lock()


class LineFormatter(logging.Formatter):
    """Write a record as one line: a JSON object, or the same as ``name=value``."""

    def __init__(self, form: str) -> None:
        """Choose the form of the lines, ``json`` or ``text``."""
        super().__init__()
        self.form = form

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        line: dict[str, Any] = {
            "at": settings.now().isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "run_id": getattr(record, "run_id", ""),
            "event": getattr(record, "event", record.getMessage()),
            **getattr(record, "fields", {}),
        }
        if self.form == "json":
            return json.dumps(line, ensure_ascii=False, default=str)
        return " ".join(f"{name}={value}" for name, value in line.items())


class StderrHandler(logging.Handler):
    """Write lines to the standard error of the moment, which tests and Prefect replace."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        with contextlib.suppress(OSError, ValueError):  # closed, or full: a log stops no run
            print(self.format(record), file=sys.stderr, flush=True)


def follow_environment() -> None:
    """Attach the handler that ``XRECORD_LOG`` names, and take away another one."""
    form = settings.environment("XRECORD_LOG")
    if form and form not in FORMS:
        raise UsageError(
            f"XRECORD_LOG: expected {' or '.join(FORMS)}, got {form!r}. Give one, or unset it."
        )
    own = [handler for handler in LOGGER.handlers if isinstance(handler, StderrHandler)]
    for handler in own:
        if not isinstance(handler.formatter, LineFormatter) or handler.formatter.form != form:
            LOGGER.removeHandler(handler)
    if form:
        LOGGER.setLevel(logging.INFO)
        if not any(isinstance(handler, StderrHandler) for handler in LOGGER.handlers):
            handler = StderrHandler()
            handler.setFormatter(LineFormatter(form))
            LOGGER.addHandler(handler)


def begin(run_id: str = "") -> str:
    """Start a run with ``run_id``, or with a new id, and return the id."""
    global _run
    _run = Run(run_id or str(uuid.uuid4()))
    return _run.id


def current() -> Run:
    """Return the run of this process; the first call starts one."""
    if not _run.id:
        begin()
    return _run


@contextlib.contextmanager
def stage(name: str, package: str) -> Iterator[None]:
    """Note how long a stage of a package took, and whether it failed."""
    run, started = current(), settings.monotonic()
    level: Level = "info"
    try:
        yield
    except BaseException:
        level = "error"
        raise
    finally:
        seconds = round(settings.monotonic() - started, 3)
        with _lock:
            run.seconds.append((name, package, seconds))
        words = "failed after" if level == "error" else "took"
        log(
            name,
            text=f"{package}: {name} {words} {seconds} s",
            level=level,
            package=package,
            seconds=seconds,
        )


def log(event: str, *, text: str = "", level: Level = "info", **fields: object) -> None:
    """Log one event with its fields.

    Args:
        event: The name of the event, for programs.
        text: The message for people; the event and its fields if not given.
        level: The level of the record.
        fields: What belongs to the event.
    """
    words = ", ".join(f"{name} {value}" for name, value in fields.items() if value != "")
    with _lock:
        follow_environment()
    LOGGER.log(
        logging.getLevelName(level.upper()),
        "%s",
        text or f"{event}: {words}",
        extra={"run_id": current().id, "event": event, "fields": fields},
    )


def totals(seconds: Sequence[tuple[str, str, float]]) -> dict[str, float]:
    """Return the seconds of each stage over all packages.

    Packages run in parallel, so the sum can be above the run's own time.
    """
    found: dict[str, float] = {}
    for name, _, took in seconds:
        found[name] = round(found.get(name, 0.0) + took, 3)
    return found


def in_words(seconds: Sequence[tuple[str, str, float]]) -> str:
    """Return ``ingest 0.31 s, validate 1.20 s``; empty when nothing was noted."""
    return ", ".join(f"{name} {took:.2f} s" for name, took in totals(seconds).items())
