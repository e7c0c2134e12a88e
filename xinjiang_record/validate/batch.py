"""Several files one after the other; what is refused in one does not keep the others from being read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from xinjiang_record.errors import LimitError, ReadError, UnsafeNameError, XRecordError
from xinjiang_record.model import Finding, Place
from xinjiang_record.validate import progress
from xinjiang_record.validate.report import EMPTY, Report

KINDS = ((UnsafeNameError, "unsafe-path"), (LimitError, "limit"), (ReadError, "unreadable"))


def validate_all(
    paths: Sequence[str], *, resource: str | None, limit_errors: int, strict: bool, step: Any = None
) -> list[Report]:
    """A report a path. One that is not safe, over a limit or unreadable has a finding that says so, and nothing else.

    ``step(path, done, total)`` is told the bytes that were read.
    """
    from xinjiang_record.validate.api import validate

    def one(path: str) -> Report:
        return validate(path, resource=resource, limit_errors=limit_errors, strict=strict)

    with progress.told(step):
        return [_report(path, one) for path in paths]


def _report(path: str, one: Callable[[str], Report]) -> Report:
    try:
        return one(path)
    except XRecordError as error:
        for kind, word in KINDS:
            if isinstance(error, kind):
                return Report(path, EMPTY, (Finding(word, str(error), Place(path)),))
        raise
