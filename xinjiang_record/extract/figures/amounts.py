"""Read a number together with its qualifier and unit: an amount, before ranges are joined."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from itertools import pairwise

from xinjiang_record.extract.figures.numbers import Number
from xinjiang_record.extract.figures.qualifiers import (
    qualifier_after,
    qualifier_before,
    qualifier_denied_behind,
)
from xinjiang_record.extract.languages.context_words import any_case, compiled, either
from xinjiang_record.extract.languages.number_words import figure_words, unit_patterns

FT2 = Fraction(9290304, 100_000_000)  # square metres in a square foot, exactly
_YEAR = re.compile(r"(?:1[89]|20)[0-9]{2}")
_YEAR_SIGN = re.compile(either("year_signs"))
RATE_BASE, RATE_UNIT = 100_000, "per_100000"
NEAR_BASE = 12  # letters between "每10万人" and its rate
_PER = re.compile(rf"(?:{either('per_number')})\s*$")
_PER_BASE = re.compile(rf"[^0-9,;:.]{{0,30}}(?<!\w)(?:{either('per_number')})\s*", re.IGNORECASE)
_OF_ALL = re.compile(
    rf"\s*(?:{either('share_of')})\s*"
    rf"(?:{either('all_of')}|\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Amount:
    """Hold a number with the qualifier and unit around it. ``inner_*``: the place of its digits."""

    start: int
    end: int
    value: Fraction
    scale: int
    qualifier: str
    unit: str | None = None
    inner_start: int = 0
    inner_end: int = 0


def read_amount(text: str, number: Number, code: str, least: int = 0) -> Amount:
    """Return the amount of a number. What precedes ``least`` does not qualify it."""
    qualifier, start = qualifier_before(text, number.start, code, least)
    if qualifier == "exact" and number.qualifier:
        qualifier = number.qualifier
    unit, end = unit_after(text, number.end, code)
    value = number.value
    if unit and unit.startswith("×"):
        value, unit = value * Fraction(unit[1:]), "share"
    after, end_after = qualifier_after(text, number.end, code)
    if qualifier in ("exact", "approx") and after:
        qualifier = after
    if after and end_after > end:
        end = end_after
        if unit is None:
            unit, end = unit_after(text, end, code)
    if unit is None:
        percent = _percent_before(text, start, code)
        if percent is not None:
            start, unit, value = percent, "share", value / 100
    if unit == "share" and _grows(text, start, end, code):
        unit, value = "percent", value * 100
    if unit == "ft2":
        unit, value = "m2", value * FT2
    if qualifier == "exact" and unit not in (None, "share"):
        after, end_after = qualifier_after(text, end, code)
        if after:
            qualifier, end = after, end_after
    qualifier, end = qualifier_denied_behind(text, end, qualifier, code)
    return Amount(start, end, value, number.scale, qualifier, unit, number.start, number.end)


def read_rates(text: str, found: list[Number], code: str) -> tuple[list[Amount], list[Number]]:
    """Return the rates per 100,000 of a sentence, and the numbers that are no part of one.

    So "2,234 prisoners per 100,000 people", and "每10万人中有2234人" with the base first. Of
    other bases, "a camp for 1,000 people" has none.
    """
    rates: list[Amount] = []
    used: set[Number] = set()
    is_glued = not figure_words(code).is_spaced
    for first, second in pairwise(found):
        between = text[first.end : second.start]
        before = text[max(0, first.start - 4) : first.start]
        if second.value == RATE_BASE and _PER_BASE.fullmatch(between):
            number = first
        elif is_glued and first.value == RATE_BASE and len(between) <= NEAR_BASE:
            number = second if _PER.search(before) else first
        else:
            continue
        amount = read_amount(text, number, code)
        if number.value < RATE_BASE and amount.unit in (None, "persons"):
            rates.append(replace(amount, unit=RATE_UNIT))
            used |= {first, second}
    return rates, [item for item in found if item not in used]


def is_year(text: str, number: Number, code: str) -> bool:
    """Return whether a number is a year: it looks like one, and nothing is counted by it.

    "2,000" and "2017 people" are amounts. "In 2017 people were sent" and "in 2021 the number of
    prisoners was" have a year: a word for a date precedes it, or a noun does not follow at once.
    """
    if not _YEAR.fullmatch(text[number.start : number.end]):
        return False
    if _YEAR_SIGN.search(text, number.end, number.end + 2):
        return True
    words = figure_words(code)
    before = text[max(0, number.start - 16) : number.start]
    if words.is_spaced and any_case(rf"(?<!\w)(?:{words.phrase('year_before')})\s*$").search(
        before
    ):
        return True
    return not counts_at_once(text, number.end, code)


def counts_at_once(text: str, end: int, code: str) -> bool:
    """Return whether the noun of a unit is right behind a number."""
    words = figure_words(code)
    nouns = "|".join(noun for noun in words.nouns.values() if noun)
    return bool(any_case(rf"[\s\u00a0]*(?:{nouns})").match(text, end))


def unit_after(text: str, end: int, code: str) -> tuple[str | None, int]:
    """Return the unit of a number that ends at ``end``, and where the unit ends."""
    words = figure_words(code)
    tenth = words.phrases.get("tenth")
    if tenth and (found := compiled(tenth).match(text, end)):
        return "×1/10", found.end()
    found = _percent(code).match(text, end)
    if found:
        return "×1/100", found.end()
    if is_length_of_time(text, end, code):
        return None, end
    for unit, pattern in unit_patterns(code):
        found = pattern.match(text, end)
        if found and not (")" in found[0].lstrip()[:1] and not _is_opened(text, end)):
            return unit, found.end()
    verb = words.phrases.get("person_verbs")
    if verb:
        found = any_case(rf"[\s\u00a0)）]+(?:{verb})(?!\w)").match(text, end)
        if found:
            return "persons", end + (1 if text[end : end + 1] in ")）" else 0)
    return None, end


def is_length_of_time(text: str, end: int, code: str) -> bool:
    """Return whether a word such as "years" is behind a number."""
    pattern = _times(code)
    return bool(pattern and pattern.match(text, end))


@cache
def _times(code: str) -> re.Pattern[str] | None:
    times = figure_words(code).phrases.get("times")
    return re.compile(rf"[\s\u00a0-]*(?:{times})(?!\w)", re.IGNORECASE) if times else None


def _is_opened(text: str, end: int) -> bool:
    return "(" in text[max(0, end - 24) : end] or "（" in text[max(0, end - 24) : end]


@cache
def _percent(code: str) -> re.Pattern[str]:
    return re.compile(rf"[\s\u00a0]*(?:{figure_words(code).phrase('percent')})", re.IGNORECASE)


def _percent_before(text: str, start: int, code: str) -> int | None:
    """Return where a word for per cent or "%" begins, which Turkish writes before the number."""
    pattern = figure_words(code).phrases.get("percent_before")
    if not pattern:
        return None
    first = max(0, start - 12)
    found = any_case(rf"(?:{pattern})\s*$").search(text[first:start])
    return first + found.start() if found else None


def _grows(text: str, start: int, end: int, code: str) -> bool:
    """Return whether a percentage is a growth, not a part: "465% growth", "up 40 percent"."""
    before = re.split(r"[,;:.()]|\s[-–—]\s", text[max(0, start - 28) : start])[-1]
    after = text[end : end + 16]
    growth = figure_words(code).phrase("growth")
    if any_case(growth).search(before):
        return True
    return not _OF_ALL.match(text, end) and bool(any_case(growth).search(after))


def unit_before(text: str, start: int, code: str, is_qualified: bool = False) -> str | None:
    """Return the unit that a noun before the number gives: "number of prisoners was 41,207"."""
    words = figure_words(code)
    clause = re.split(r"[;。]|[.,，、]\s|[\[\]]", text[max(0, start - 90) : start])[-1]
    total = words.phrase("total")
    for unit, noun in words.nouns.items():
        if not noun:
            continue
        for found in any_case(rf"(?:{noun})").finditer(clause):
            between = clause[found.end() :]
            if re.fullmatch(r"\s*[:：=]\s*\W*", between[-24:] if len(between) < 24 else "x"):
                return unit
            counted = clause[max(0, found.start() - 40) : found.start()]
            behind = between[:14] if not words.is_spaced or words.is_noun_before else ""
            if is_qualified and len(between.split()) <= 1 and len(between) < 16:
                return unit
            around = counted + found[0] + behind
            if any_case(rf"(?:{total})").search(around) and len(between) < 44:
                return unit
    return None
