"""Values in words a reader understands: dates at their precision, numbers with separators, plurals."""

from __future__ import annotations

from datetime import date
from typing import Any

from xinjiang_record import edtf

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def day_words(day: date) -> str:
    """8 July 2019, in any locale."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def edtf_words(text: str | None) -> str:
    """An EDTF date in words: 8 July 2019; July 2019; by 28 June 2021; between 24 and 25 June 2021."""
    if not text:
        return "date not known"
    first, slash, last = text.partition("/")
    if not slash:
        return _point_words(text)
    if first == "..":
        return f"by {_point_words(last)}"
    if last == "..":
        return f"from {_point_words(first)} on"
    return f"between {_point_words(first)} and {_point_words(last)}"


def _point_words(text: str) -> str:
    low, _ = edtf.bounds(text)
    if low is None or len(text) == 4:
        return text
    return day_words(low) if len(text) == 10 else day_words(low).split(" ", 1)[1]


def number_words(value: Any) -> str:
    """A number with a thin separator a reader can copy: 1,288,000; a share as a percentage is the caller's choice."""
    if value is None:
        return ""
    if isinstance(value, float) and not value.is_integer():
        return f"{value:,.6g}" if abs(value) < 1000 else f"{value:,.2f}"
    return f"{int(value):,}"


def plural(count: int, word: str, words: str = "") -> str:
    """1 state, 2 states."""
    return f"{count:,} {word if count == 1 else words or word + 's'}"
