"""Match untrusted patterns under a deadline, where Python's ``re`` could backtrack without end."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from xinjiang_record import settings
from xinjiang_record.errors import LimitError
from xinjiang_record.limits import LIMITS
from xinjiang_record.untrusted import bounded_process

STATE = "The table was not checked."
SHORT = 12  # characters of a text on which any pattern of a schema ends at once
WORK = 10**6  # steps that are harmless: the length of a text to the power of its open repeats
_EXPIRED: set[str] = set()  # patterns that broke the limit in this process
_PLAIN = {"LITERAL", "NOT_LITERAL", "ANY", "IN", "AT", "CATEGORY", "RANGE"}


def count_open_repeats(pattern: str) -> int | None:
    """Return the number of open repeats that follow each other in a pattern.

    The time to match grows with the length of the text to that power. None where it can grow
    exponentially: a repeat or a choice inside a repeat, or a part that refers back.
    """
    try:
        return _count(re._parser.parse(pattern))  # type: ignore[attr-defined]
    except (re.error, RecursionError, OverflowError):
        return None


def _count(nodes: Any) -> int | None:
    total = 0
    for name, value in nodes:
        kind = str(name)
        if kind in _PLAIN:
            continue
        if kind in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            low, high, inner = value
            if high == low == 1:
                count = _count(inner)
            else:
                count = None if _is_variable(inner) else int(str(high) == "MAXREPEAT" or high > 8)
                count = 0 if count is None and str(high) != "MAXREPEAT" and high <= 1 else count
        elif kind == "SUBPATTERN":
            count = _count(value[3])
        elif kind == "BRANCH":
            counts = [_count(branch) for branch in value[1]]
            known = [item for item in counts if item is not None]
            count = max(known, default=0) if len(known) == len(counts) else None
        else:
            return None
        if count is None:
            return None
        total += count
    return total


def _is_variable(nodes: Any) -> bool:
    """Return whether a part can match texts of one beginning in several ways."""
    for name, value in nodes:
        kind = str(name)
        if kind in _PLAIN:
            continue
        if kind == "SUBPATTERN" and not _is_variable(value[3]):
            continue
        if kind.endswith("REPEAT") and value[0] == value[1] and not _is_variable(value[2]):
            continue
        return True
    return False


class DeadlinePattern:
    """Match as ``re.compile(pattern)`` does, in the bounded process where it may take long.

    All matches together may take ``pattern_seconds``; then LimitError is raised.
    """

    def __init__(self, pattern: str) -> None:
        """Compile the pattern here; ``re.error`` as usual."""
        self.pattern = pattern
        self._compiled = re.compile(pattern)
        self._repeats = count_open_repeats(pattern)
        self._seconds = 0.0
        self._known: dict[str, bool] = {}

    def match(self, text: str) -> bool:
        """Return whether the pattern matches at the beginning of a text."""
        if len(text) <= SHORT or (
            self._repeats is not None and len(text) ** max(1, self._repeats) <= WORK
        ):
            return self._compiled.match(text) is not None
        if text not in self._known:
            self._known[text] = self._match_bounded(text)
        return self._known[text]

    def _match_bounded(self, text: str) -> bool:
        shown = f"the pattern {self.pattern[:100]!r}"
        left = LIMITS.pattern_seconds - self._seconds
        started = settings.monotonic()
        try:
            if left <= 0 or self.pattern in _EXPIRED:
                raise LimitError(shown)
            found: bool = bounded_process.run_bounded(
                f"{__name__}:match_here",
                json.dumps(text).encode(),
                shown=shown,
                state=STATE,
                options={"pattern": self.pattern},
                limit="pattern_seconds",
                seconds=max(1, int(left)),
            )
        except LimitError as error:
            _EXPIRED.add(self.pattern)
            raise LimitError(
                f"{shown} takes longer than the limit pattern_seconds "
                f"({LIMITS.pattern_seconds}) on {text[:40]!r}. {STATE} "
                "Write it without a repeat inside a repeat."
            ) from error
        self._seconds += settings.monotonic() - started
        return found


def compile_pattern(pattern: str) -> re.Pattern[str] | DeadlinePattern:
    """Return a compiled pattern; one with a deadline where its time could grow without bound."""
    return re.compile(pattern) if count_open_repeats(pattern) == 0 else DeadlinePattern(pattern)


def match_here(data: bytes, options: Mapping[str, Any]) -> bool:
    """Match in this process; the bounded process calls this."""
    return re.compile(options["pattern"]).match(json.loads(data)) is not None
