"""Read parts of a scale: "half a million", "two and a quarter million", "dos millones y medio"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import cache

from xinjiang_record.extract.languages.number_words import FigureWords, figure_words

Half = tuple[int, int, Fraction, int, str]  # start, end, value, scale, what it says of itself
MOST_WHOLE = 99  # the greatest number in words that is read before "and a half million"


def halves(text: str, code: str) -> Iterator[Half]:
    """Yield the parts of a scale, with the whole number next to them where there is one."""
    words = figure_words(code)
    for pattern, times, said in _patterns(code):
        for found in pattern.finditer(text):
            printed = found.groupdict()
            scale = words.scales[printed["scale"].lower()] if printed.get("scale") else 1
            whole = _whole(printed.get("whole"), words)
            yield found.start(), found.end(), (whole + times) * scale, scale, said


def part_behind(text: str, end: int, code: str) -> tuple[Fraction, int]:
    """Return the part of a scale behind it, and its end: "deux millions et demi"; 0 if none."""
    for times, pattern in _behind(code):
        found = pattern.match(text, end)
        if found:
            return times, found.end()
    return Fraction(0), end


@cache
def _behind(code: str) -> tuple[tuple[Fraction, re.Pattern[str]], ...]:
    return tuple(
        (Fraction(part), re.compile(rf"(?:{pattern})(?!\w)", re.IGNORECASE))
        for part, pattern in figure_words(code).parts_behind.items()
    )


def _whole(printed: str | None, words: FigureWords) -> Fraction:
    if not printed:
        return Fraction(0)
    return Fraction(int(printed) if printed.isdecimal() else words.numbers[printed.lower()])


@cache
def _patterns(code: str) -> tuple[tuple[re.Pattern[str], Fraction, str], ...]:
    words = figure_words(code)
    scales = longest_first(words.scales)
    small = (word for word, value in words.numbers.items() if 1 <= value <= MOST_WHOLE and word)
    whole = rf"(?P<whole>[0-9]{{1,2}}|{longest_first(small)})"
    forms = (
        (words.parts_before, r"(?:%s)[\s-]*"),
        (words.parts_of_next, rf"(?:%s)\s+{whole}\s+"),
        (words.parts_between, rf"{whole}(?:%s)"),
    )
    ends = rf"(?=(?:{words.suffixes})?(?!\w))" if words.suffixes else r"(?!\w)"
    range_follows = rf"(?=\s*(?:{words.phrase('to')})\s*\w)"  # "полтора-два миллиона"
    alone = tuple(
        (re.compile(rf"(?<!\w)(?:{printed}){range_follows}", re.IGNORECASE), Fraction(part), "")
        for part, printed in words.parts_before.items()
        if Fraction(part) > 1
    )
    return alone + tuple(
        (
            re.compile(rf"(?<!\w){form % printed}(?P<scale>{scales}){ends}", re.IGNORECASE),
            Fraction(part),
            "approx" if words.parts_before is table and Fraction(part) < 1 else "",
        )
        for table, form in forms
        for part, printed in table.items()
    )


def longest_first(words: Iterable[str]) -> str:
    """Return words as alternatives of a pattern, the longest first."""
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))
