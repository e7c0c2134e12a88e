"""One figure, and the qualifiers that stand before and after its number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from xinjiang_record.extract.figures.numbers import table
from xinjiang_record.extract.languages.number_words import Language

POINT, LOW, HIGH = (
    {"exact", "approx", "nearly", "average"},
    {"at_least", "more_than"},
    {"up_to", "less_than"},
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as printed. Values in ``unit``; None where the words give none."""

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

    def as_dict(self) -> dict[str, object]:
        """The fields of ``xrecord extract --format json``."""
        names = ("phrase", "value_low", "value_high", "value_point", "qualifier", "unit", "locator")
        return {name: getattr(self, name) for name in names}


@cache
def _qualifiers(code: str, place: str) -> list[tuple[str, re.Pattern[str]]]:
    words: Language = table(code)
    source = words.before if place == "before" else words.after
    if place == "before":
        tail = "" if code == "cjk" else r"(?<!\w)"
        glue = (
            r"\s*$"
            if code == "cjk"
            else r"(?:\s+(?:the|an?|les|los|las|die|den|de|the estimated|some))?[\s\u00a0]*$"
        )
        return [
            (name, re.compile(rf"{tail}(?:{pattern}){glue}", re.IGNORECASE))
            for name, pattern in source.items()
        ]
    return [
        (name, re.compile(rf"(?:{pattern})", re.IGNORECASE)) for name, pattern in source.items()
    ]


@cache
def _any_qualifier(code: str) -> re.Pattern[str]:
    """One pattern for all that may stand before a number: most numbers have none."""
    return re.compile(
        "|".join(f"(?:{pattern.pattern})" for _name, pattern in _qualifiers(code, "before")),
        re.IGNORECASE,
    )


def qualifier_before(text: str, start: int, code: str) -> tuple[str, int]:
    """The qualifier that stands before a number, and where it begins."""
    window = text[max(0, start - 48) : start]
    if not _any_qualifier(code).search(window):
        return "exact", start
    for name, pattern in _qualifiers(code, "before"):
        found = pattern.search(window)
        if found:
            kind = {"approx_over": "approx", "nearly_under": "nearly"}.get(name, name)
            return kind, start - len(window) + found.start()
    return "exact", start


@cache
def _after_patterns(code: str) -> list[tuple[str, re.Pattern[str]]]:
    """What may stand after a number; in Chinese and Japanese a measure word may come between."""
    gaps = ("", "(?:名|人|页|頁|份|个|個|位|座|所)") if code == "cjk" else ("",)
    return [
        (name, re.compile(rf"{gap}(?:{pattern.pattern})", re.IGNORECASE))
        for gap in gaps
        for name, pattern in _qualifiers(code, "after")
    ]


def qualifier_after(text: str, end: int, code: str) -> tuple[str | None, int]:
    """The qualifier that stands after a number, and where it ends."""
    for name, pattern in _after_patterns(code):
        found = pattern.match(text, end)
        if found and not (found[0].strip() == "超" and text[found.end() : found.end() + 1] == "过"):
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
    """The value as people write it: whole where it is whole, else to ten digits."""
    return (
        None
        if value is None
        else int(value)
        if value.denominator == 1
        else float(f"{float(value):.10g}")
    )
