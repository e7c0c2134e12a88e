"""Give one figure as printed, and the qualifiers before and after its number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from xinjiang_record.extract.languages.context_words import either
from xinjiang_record.extract.languages.list_words import NOTHING, fold, list_words
from xinjiang_record.extract.languages.number_words import figure_words, languages_read_with

LOW, HIGH = {"at_least", "more_than"}, {"up_to", "less_than"}
WINDOW = 48  # letters before a number in which its qualifier is looked for
# Words that may come between a qualifier and its number.
_BETWEEN = (
    rf"(?:(?:\s+[^\W\d]{{1,3}})?\s+(?:{either('thresholds')}))?"
    rf"(?:\s+(?:{either('before_number')})){{0,2}}[\s\u00a0(（]*$"
)
_SHOWN = {"nearly_under": "nearly"}
_AUXILIARIES = re.compile(r"(?:\s+[^\W\d_]{1,3}){0,2}\s*")  # "non ha superato", "not yet exceeded"
_DENIED_BOUNDS = {"more_than": "up_to", "less_than": "at_least"}  # "never exceeded 700"


@dataclass(frozen=True, slots=True)
class Figure:
    """Hold one figure as printed, with what its document says about it. Values are in ``unit``.

    A field that the document does not fill is None: ``quantity_type`` (stock, flow, cumulative,
    capacity, rate, change), ``population``, ``area``, ``period`` and ``as_of`` (EDTF),
    ``publisher`` (as in ``publishers.toml``).
    """

    phrase: str
    value_low: float | None = None
    value_high: float | None = None
    value_point: float | None = None
    qualifier: str = "exact"
    unit: str | None = None
    locator: str = ""
    period: str | None = None
    note: str = ""
    start: int = 0
    end: int = 0
    quantity_type: str | None = None
    population: str | None = None
    area: str | None = None
    as_of: str | None = None
    publisher: str | None = None

    def as_dict(self) -> dict[str, object]:
        """Return the fields of ``xrecord extract --format json``."""
        names = (
            "phrase", "value_low", "value_high", "value_point", "qualifier", "unit",
            "quantity_type", "population", "area", "period", "as_of", "publisher", "locator",
        )  # fmt: skip
        return {name: getattr(self, name) for name in names}

    @property
    def values(self) -> tuple[float, ...]:
        """Return the values that are given: the point, or the ends that are known."""
        found = (self.value_point, self.value_low, self.value_high)
        return tuple(float(value) for value in found if value is not None)

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the fields that a row of the record needs and that the document does not say."""
        names = ("unit", "quantity_type", "population", "area", "publisher")
        out = [name for name in names if getattr(self, name) is None]
        return (*out, *(("period",) if self.period is None and self.as_of is None else ()))


@cache
def _patterns(code: str, place: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    words = figure_words(code)
    if place == "before":
        head, tail = (r"(?<!\w)", _BETWEEN) if words.is_spaced else ("", r"[\s(（]*$")
        return tuple(
            (name, re.compile(rf"{head}(?:{pattern}){tail}", re.IGNORECASE))
            for name, pattern in words.before.items()
            if pattern
        )
    gaps = ("", rf"\s?(?:{words.measure})") if words.measure else ("",)
    return tuple(
        (name, re.compile(rf"{gap}(?:{pattern})", re.IGNORECASE))
        for gap in gaps
        for name, pattern in words.after.items()
        if pattern
    )


@cache
def _any_before(code: str) -> re.Pattern[str]:
    """Return one pattern for all that may precede a number: most numbers have nothing."""
    return re.compile(
        "|".join(f"(?:{pattern.pattern})" for _name, pattern in _patterns(code, "before"))
        or "(?!)",
        re.IGNORECASE,
    )


def qualifier_before(text: str, start: int, code: str, least: int = 0) -> tuple[str, int]:
    """Return the qualifier before a number, and where it begins; nothing before ``least``."""
    first = max(least, start - WINDOW)
    window = text[first:start]
    if not _any_before(code).search(window):
        return "exact", start
    for name, pattern in _patterns(code, "before"):
        found = pattern.search(window)
        if found:
            if name in _DENIED_BOUNDS:
                denied = _denial_before(window[: found.start()], code)
                if denied is not None:
                    return _DENIED_BOUNDS[name], first + denied
            return _SHOWN.get(name, name), first + found.start()
    return "exact", start


def qualifier_denied_behind(text: str, end: int, qualifier: str, code: str) -> tuple[str, int]:
    """Return the qualifier, or the other bound where a "not" ends the clause, and where it ends.

    So German and Dutch deny: "überstieg 700 Häftlinge nicht".
    """
    if qualifier in _DENIED_BOUNDS:
        for negation in _negations(code):
            found = negation.match(text, text.find(text[end:].lstrip(), end))
            if found and re.match(r"\s*(?:[.,;:]|$)", text[found.end() :]):
                return _DENIED_BOUNDS[qualifier], found.end()
    return qualifier, end


def _denial_before(before: str, code: str) -> int | None:
    """Return where a "not" begins that ends the words before a bound, or None."""
    folded = fold(before)
    for negation in _negations(code):
        for found in negation.finditer(folded):
            if _AUXILIARIES.fullmatch(folded, found.end()):
                return found.start()
    return None


@cache
def _negations(code: str) -> tuple[re.Pattern[str], ...]:
    parts = languages_read_with(code)
    return tuple(list_words(part).words.get("negations", NOTHING) for part in parts)


def qualifier_after(text: str, end: int, code: str) -> tuple[str | None, int]:
    """Return the qualifier after a number, and where it ends."""
    for name, pattern in _patterns(code, "after"):
        found = pattern.match(text, end)
        if found:
            return name, found.end()
    return None, end


def make_figure(
    start: int,
    end: int,
    qualifier: str,
    unit: str | None,
    *,
    low: Fraction | None = None,
    high: Fraction | None = None,
    point: Fraction | None = None,
    note: str = "",
) -> Figure:
    """Return a figure whose point value is put where its qualifier has it."""
    if qualifier in LOW:
        low, point = point, None
    elif qualifier in HIGH:
        high, point = point, None
    return Figure(
        "",
        plain_number(low),
        plain_number(high),
        plain_number(point),
        qualifier,
        unit,
        start=start,
        end=end,
        note=note,
    )


def plain_number(value: Fraction | None) -> float | None:
    """Return the value as people write it: an integer where it is one, else to ten digits."""
    if value is None:
        return None
    return int(value) if value.denominator == 1 else float(f"{float(value):.10g}")
