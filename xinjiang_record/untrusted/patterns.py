"""Match untrusted patterns in bounded time, where Python's ``re`` could backtrack without end.

1. ``re`` itself, where the parsed pattern proves that it needs few steps for a text.
2. Else RE2, which takes time in proportion to the text, where it is known to answer the same.
3. Else ``re`` in the bounded process, under the deadline ``pattern_seconds``.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache, partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Literal

from xinjiang_record import settings
from xinjiang_record.errors import LimitError
from xinjiang_record.limits import LIMITS

if TYPE_CHECKING:
    from xinjiang_record.untrusted import regex_to_re2

STATE = "The table was not checked."
WORK = 10**6  # steps of ``re`` on one text that are harmless: some milliseconds
RE2_WORK = 10**8  # characters times nodes of a pattern that are harmless in RE2
MOST = 10**12  # larger numbers of steps are all this
_EXPIRED: set[str] = set()  # patterns that broke the limit in this process
_PLAIN = {"LITERAL", "NOT_LITERAL", "ANY", "IN", "AT", "CATEGORY", "RANGE"}
_REPEATS = {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}

Method = Literal["match", "search"]
Node = tuple[object, Any]  # the name and the value of a node of a parsed pattern


@lru_cache(maxsize=4096)  # a schema is read several times, and has the same patterns
def count_steps(pattern: str, length: int) -> int:
    """Return a bound on the steps in which ``re`` matches a pattern on a text of this length.

    ``re`` enters a part of the pattern at most once for each way to match the parts before it.
    At most MOST is returned: this means that many or more, or that the pattern is not understood.
    """
    try:
        return _count(re._parser.parse(pattern), length)[1]  # type: ignore[attr-defined]
    except (re.error, RecursionError, OverflowError):
        return MOST


def _count(nodes: Iterable[Node], length: int) -> tuple[int, int, int]:
    """Return the ways to match, the steps, and the fewest characters that are matched."""
    ways, steps, width = 1, 1, 0
    for node in nodes:
        more_ways, more_steps, more_width = _count_node(node, length)
        steps, width = min(MOST, steps + ways * more_steps), width + more_width
        ways = min(MOST, ways * more_ways)
    return ways, steps, width


def _count_node(node: Node, length: int) -> tuple[int, int, int]:
    match str(node[0]), node[1]:
        case "AT", _:
            return 1, 1, 0
        case kind, _ if kind in _PLAIN:
            return 1, 1, 1
        case "SUBPATTERN", (_, _, _, inner):
            return _count(inner, length)
        case (("ASSERT" | "ASSERT_NOT"), (_, inner)):
            return *_count(inner, length)[:2], 0
        case "BRANCH", (_, branches):
            counts = [_count(branch, length) for branch in branches]
            ways, steps = (min(MOST, sum(item[place] for item in counts)) for place in (0, 1))
            return ways, steps, min(item[2] for item in counts)
        case kind, (int(low), high, inner) if kind in _REPEATS:
            most = int(str(high)) if str(high).isdigit() else None
            return _count_repeat(int(low), most, inner, length)
    return MOST, MOST, 0  # such as a part that refers back


def _count_repeat(
    low: int, high: int | None, inner: Iterable[Node], length: int
) -> tuple[int, int, int]:
    ways, steps, width = _count(inner, length)
    # A repetition that matches nothing is the last one, so the length bounds their number.
    fits = low + length // max(1, width) + 1
    most = fits if high is None else min(high, fits)
    if ways == 1:
        return most - low + 1, min(MOST, 1 + most * steps), low * width
    if most > MOST.bit_length():
        return MOST, MOST, low * width
    total = min(MOST, sum(ways**times for times in range(low, most + 1)))
    before = sum(ways**times for times in range(most))
    return total, min(MOST, 1 + before * steps), low * width


class DeadlinePattern:
    """Match as ``re.compile(pattern)`` does, in bounded time.

    Where ``re`` may take long and RE2 may answer otherwise, all matches together may take
    ``pattern_seconds``; then LimitError is raised.
    """

    def __init__(self, pattern: str) -> None:
        """Compile the pattern here; ``re.error`` as usual."""
        self.pattern = pattern
        self._compiled = re.compile(pattern)
        self._seconds = 0.0
        self._known: dict[tuple[Method, str], bool] = {}
        self._harmless: dict[Method, int] = {}

    def match(self, text: str) -> bool:
        """Return whether the pattern matches at the beginning of a text."""
        return self._answer("match", text)

    def search(self, text: str) -> bool:
        """Return whether the pattern matches anywhere in a text."""
        return self._answer("search", text)

    def _answer(self, method: Method, text: str) -> bool:
        if len(text) <= self._harmless_length(method):
            return getattr(self._compiled, method)(text) is not None
        found = self._answer_linear(method, text)
        if found is not None:
            return found
        if (method, text) not in self._known:
            self._known[method, text] = self._answer_bounded(method, text)
        return self._known[method, text]

    def _harmless_length(self, method: Method) -> int:
        """Return the greatest length of a text for which ``re`` needs at most WORK steps."""
        if method not in self._harmless:
            steps = partial(_count_steps_of, method, self.pattern)
            lengths = range(LIMITS.row_bytes + 1)
            self._harmless[method] = bisect_right(lengths, WORK, key=steps) - 1
        return self._harmless[method]

    @cached_property
    def _re2(self) -> regex_to_re2.Equal | None:
        from xinjiang_record.untrusted.regex_to_re2 import equal_to  # deferred: start-up

        return equal_to(self.pattern)

    def _answer_linear(self, method: Method, text: str) -> bool | None:
        """Return the answer of RE2; None where it may differ from that of ``re``."""
        if self._re2 is None or not self._re2.holds_for(text):
            return None
        if len(text) * len(self._re2.pattern) > RE2_WORK:
            return None
        import pyarrow as pa  # deferred: start-up
        import pyarrow.compute as pc  # deferred: start-up

        pattern = rf"\A{self._re2.pattern}" if method == "match" else self._re2.pattern
        try:
            return bool(pc.match_substring_regex(pa.scalar(text), pattern).as_py())
        except (pa.ArrowInvalid, UnicodeEncodeError):  # too large for RE2, or half a character
            return None

    def _answer_bounded(self, method: Method, text: str) -> bool:
        shown = f"the pattern {self.pattern[:100]!r}"
        left = LIMITS.pattern_seconds - self._seconds
        started = settings.monotonic()
        from xinjiang_record.untrusted import bounded_process  # deferred: start-up

        try:
            if left <= 0 or self.pattern in _EXPIRED:
                raise LimitError(shown)
            found = bounded_process.run_bounded(
                f"{__name__}:answer_here",
                json.dumps(text).encode(),
                shown=shown,
                state=STATE,
                options={"pattern": self.pattern, "method": method},
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
        return bool(found)


def _count_steps_of(method: Method, pattern: str, length: int) -> int:
    steps = count_steps(pattern, length)
    return steps if method == "match" else steps * (length + 1)


def compile_pattern(pattern: str) -> re.Pattern[str] | DeadlinePattern:
    """Return a compiled pattern; one in bounded time where that of ``re`` could grow."""
    is_harmless = count_steps(pattern, LIMITS.row_bytes) <= WORK
    return re.compile(pattern) if is_harmless else DeadlinePattern(pattern)


def search_pattern(pattern: str, text: str) -> bool:
    """Return what ``re.search`` does, in bounded time."""
    return _deadline_pattern(pattern).search(text)


_deadline_pattern = lru_cache(maxsize=256)(DeadlinePattern)


def bound_json_schemas() -> None:
    """Make ``jsonschema`` search for the patterns of an untrusted JSON Schema in bounded time."""
    from jsonschema import (  # type: ignore[import-untyped]  # deferred: start-up
        _keywords,
        _legacy_keywords,
        _utils,
    )

    for module in (_keywords, _legacy_keywords, _utils):
        module.re = SimpleNamespace(search=search_pattern)


def answer_here(data: bytes, options: Mapping[str, str]) -> bool:
    """Match in this process; the bounded process calls this."""
    found = getattr(re.compile(options["pattern"]), options["method"])(json.loads(data))
    return found is not None
