"""Read shares and multiples in words: "one in six", "jeder Sechste", "六分之一", "tripled"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import cache

from xinjiang_record.extract.figures.amounts import is_length_of_time, unit_after
from xinjiang_record.extract.figures.numbers import numbers
from xinjiang_record.extract.figures.qualifiers import (
    Figure,
    make_figure,
    qualifier_after,
    qualifier_before,
)
from xinjiang_record.extract.languages.context_words import any_case, either
from xinjiang_record.extract.languages.load_language import DEFAULT, load_language
from xinjiang_record.extract.languages.number_words import figure_words

BETWEEN = 48  # letters before a share in which the lower end of a range begins
_NUMBER = re.compile(r"\s+[0-9](?:[0-9.,\u00a0\u202f ]*[0-9])?")
MOST_BASE = 10_000  # the largest base of a share in words


def shares(text: str, code: str) -> Iterator[Figure]:
    """Yield the shares in words: "one in six", "jeder Sechste", "六分之一", "a third of"."""
    for pattern in figure_words(code).shares:
        for found in any_case(pattern).finditer(text):
            if found.groupdict().get("o") and _goes_on(text, found.end(), code):
                continue  # "co dwudziesty piąty"
            share = _share(found.groupdict(), code)
            if share is not None and not is_length_of_time(text, found.end(), code):
                qualifier, start = qualifier_before(text, found.start(), code)
                end = found.start() + len(found[0].rstrip(".,"))
                behind, end_behind = qualifier_after(text, end, code)
                if qualifier == "exact" and behind:
                    qualifier, end = behind, end_behind
                yield make_figure(start, end, qualifier, "share", point=share)
    yield from _fractions(text, code)
    yield from _halves(text, code)


def _halves(text: str, code: str) -> Iterator[Figure]:
    """Yield "half of the detainees", "la moitié des détenus": half of what a unit counts."""
    pattern = any_case(rf"(?<!\w)(?:{figure_words(code).phrase('half_share')})")
    for found in pattern.finditer(text):
        number = _NUMBER.match(text, found.end())  # "half of the 4,500 prisoners"
        end = number.end() if number else found.end()
        if unit_after(text, end, code)[0] is not None:
            qualifier, start = qualifier_before(text, found.start(), code)
            yield make_figure(start, found.end(), qualifier, "share", point=Fraction(1, 2))


def _share(groups: dict[str, str | None], code: str) -> Fraction | None:
    if groups.get("c"):
        base = _small(groups.get("d") or "", code)
        value = _small(groups["c"] or "", code)
        return value / base if value is not None and base else None
    ordinal = figure_words(code).ordinals
    printed = (groups.get("o") or "").lower()
    found = [ordinal[word] for word in (printed, printed.rstrip("nrs")) if word in ordinal]
    if groups.get("o"):
        base = Fraction(found[0]) if found else None  # not "each 300"
    else:
        base = _small(groups.get("b") or groups.get("n") or "", code)
    top = _small(groups["a"] or "", code) if groups.get("a") else Fraction(1)
    if top and base and 0 < top < base <= MOST_BASE and not _is_year(base):
        return top / base
    return None


def _goes_on(text: str, end: int, code: str) -> bool:
    """Return whether the word behind an ordinal is one too, and so part of it."""
    behind = re.compile(r"\s+(\w+)").match(text, end)
    return behind is not None and behind[1].lower() in figure_words(code).ordinals


def _fractions(text: str, code: str) -> Iterator[Figure]:
    """Yield "a third of", "zwei Drittel der", "un tiers des"."""
    words = figure_words(code)
    if not words.fractions:
        return
    tops = {word: value for word, value in words.numbers.items() if 1 <= value <= 5}
    part = rf"(?P<top>{'|'.join(tops)})[\s-](?P<part>{'|'.join(words.fractions)})"
    pattern = any_case(
        rf"(?<!\w){part}(?!\w)"
        rf"(?!\s+(?:{either('fraction_of')})\s+(?:\w{{1,3}}\s+)?(?:{'|'.join(words.scales)})(?!\w))"
    )
    has_no_of = "fraction_of" not in load_language(code)["context"]  # "dwie trzecie więźniów"
    of = any_case(rf"\s+(?:{either('fraction_of')})\b|\W*$")
    lower = any_case(
        rf"(?<!\w)(?:{words.phrase('between')})\s+{part}\s+(?:{words.phrase('and')})\s+$"
    )

    def value(found: re.Match[str]) -> Fraction:
        return Fraction(tops[found["top"].lower()], words.fractions[found["part"].lower()])

    for found in pattern.finditer(text):
        is_bare = has_no_of and unit_after(text, found.end(), code)[0] is not None
        if not (is_bare or of.match(text, found.end())):
            continue
        first, share = max(0, found.start() - BETWEEN), value(found)
        low = lower.search(text[first : found.start()])
        if low and value(low) < share < 1:
            start = first + low.start()
            yield make_figure(start, found.end(), "range", "share", low=value(low), high=share)
            continue
        qualifier, start = qualifier_before(text, found.start(), code)
        if share < 1:
            yield make_figure(start, found.end(), qualifier, "share", point=share)


def _small(text: str, code: str) -> Fraction | None:
    words = figure_words(code)
    text = text.strip().rstrip(".,").lower()
    for known in (words.share_words, words.numbers, words.digits, words.small, words.scales):
        if text in known:
            return Fraction(known[text])
    found = numbers(text, code)
    whole = len(found) == 1 and found[0].start == 0 and found[0].end == len(text)
    return found[0].value if whole else None


def _is_year(value: Fraction) -> bool:
    return value.denominator == 1 and 1900 <= value <= 2100


@cache
def _times() -> re.Pattern[str]:
    words = figure_words(DEFAULT).numbers
    small = "|".join(word for word, value in words.items() if 2 <= value <= 10)
    return re.compile(
        rf"(?<![\w.])(?P<n>[0-9]{{1,6}}(?:\.[0-9]{{1,4}})?|{small})"
        rf"[\s-]?(?:{either('times_more')})\b",
        re.IGNORECASE,
    )


def multiples(text: str, code: str) -> Iterator[Figure]:
    """Yield the multiples: "doubled", "three times as many"."""
    for times, pattern in figure_words(code).multiples.items():
        for found in any_case(pattern).finditer(text):
            qualifier, start = qualifier_before(text, found.start(), code)
            yield make_figure(start, found.end(), qualifier, "ratio", point=Fraction(times))
    for found in _times().finditer(text):
        value = _small(found["n"], DEFAULT)
        if value:
            qualifier, start = qualifier_before(text, found.start(), code)
            yield make_figure(start, found.end(), qualifier, "ratio", point=value)
