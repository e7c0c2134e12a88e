"""Read halves: "half a million", "two and a half million", "dos millones y medio"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import cache

from xinjiang_record.extract.languages.number_words import FigureWords, figure_words

Half = tuple[int, int, Fraction, int, str]  # start, end, value, scale, what it says of itself
MOST_WHOLE = 99  # the greatest number in words that is read before "and a half million"


def halves(text: str, code: str) -> Iterator[Half]:
    """Yield the halves of a scale, with the whole number before them where there is one."""
    words = figure_words(code)
    for pattern, times, said in _patterns(code):
        for found in pattern.finditer(text):
            scale = words.scales[found["scale"].lower()]
            whole = _whole(found.groupdict().get("whole"), words)
            yield found.start(), found.end(), (whole + times) * scale, scale, said


def half_behind(text: str, end: int, code: str) -> int:
    """Return where "and a half" behind a scale ends: "deux millions et demi"; 0 where none is."""
    pattern = _behind(code)
    found = pattern.match(text, end) if pattern else None
    return found.end() if found else 0


@cache
def _behind(code: str) -> re.Pattern[str] | None:
    behind = figure_words(code).half_behind
    return re.compile(rf"(?:{behind})(?!\w)", re.IGNORECASE) if behind else None


def _whole(printed: str | None, words: FigureWords) -> Fraction:
    if not printed:
        return Fraction(0)
    return Fraction(int(printed) if printed.isdecimal() else words.numbers[printed.lower()])


@cache
def _patterns(code: str) -> tuple[tuple[re.Pattern[str], Fraction, str], ...]:
    words = figure_words(code)
    scales = longest_first(words.scales)
    whole = longest_first(
        word for word, value in words.numbers.items() if 1 <= value <= MOST_WHOLE and word
    )
    return tuple(
        (re.compile(rf"(?<!\w)(?:{start})(?P<scale>{scales})(?!\w)", re.IGNORECASE), times, said)
        for words_before, start, times, said in (
            (words.half, words.half, Fraction(1, 2), "approx"),
            (
                words.one_and_a_half,
                rf"(?:{words.one_and_a_half})[\s-]+",
                Fraction(3, 2),
                "",
            ),
            (
                words.two_and_a_half,
                rf"(?:{words.two_and_a_half})[\s-]+",
                Fraction(5, 2),
                "",
            ),
            (
                words.half_between,
                rf"(?P<whole>[0-9]{{1,2}}|{whole})(?:{words.half_between})",
                Fraction(1, 2),
                "",
            ),
        )
        if words_before
    )


def longest_first(words: Iterable[str]) -> str:
    """Return words as alternatives of a pattern, the longest first."""
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))
