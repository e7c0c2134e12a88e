"""Read dates at the precision known: the part of EDTF (ISO 8601-2) that the record uses.

``2019``, ``2019-07``, ``2019-07-08``; an interval ``a/b``; an open start ``../b`` (on or before) or
end ``a/..``. A date is never made more precise than it was printed: a month stays a month.
"""

from __future__ import annotations

import calendar
import re
from datetime import date
from functools import lru_cache

_POINT = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


def shift_day(day: date, days: int) -> date:
    """Return the day so many days later; beyond the calendar of Python, its first or last day."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


def _point(text: str) -> tuple[date, date] | None:
    match = _POINT.fullmatch(text)
    if not match:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
    except ValueError:
        return None
    if day is not None:
        return first, first
    last_month = month or 12
    return first, date(first.year, last_month, calendar.monthrange(first.year, last_month)[1])


@lru_cache(maxsize=4096)  # a record has few days, and each is needed many times
def bounds(text: str) -> tuple[date | None, date | None]:
    """Return the first and the last day that ``text`` can mean; None on an open side.

    Raises ValueError if it is not such a date.
    """
    first, slash, last = text.partition("/")
    if not slash:
        last = first
    if first == last == "..":
        raise ValueError(f"{text!r} is open on both sides")
    start = None if first == ".." else _point(first)
    end = None if last == ".." else _point(last)
    if (
        (start is None and first != "..")
        or (end is None and last != "..")
        or (not slash and first == "..")
    ):
        raise ValueError(
            f"{text!r} is not a date such as 2019-07-08, 2019-07, ../2021-06-28 "
            "or 2021-06-24/2021-06-25"
        )
    low, high = (start[0] if start else None), (end[1] if end else None)
    if low and high and low > high:
        raise ValueError(f"{text!r} ends before it starts")
    return low, high


def full_day(text: str | None) -> date | None:
    """Return the day, where ``text`` is one plain day; None for anything less precise."""
    return date.fromisoformat(text) if text and len(text) == 10 and "/" not in text else None


def sort_key(text: str) -> tuple[date, date]:
    """Return what dates are sorted by: the last day one can mean, then the first."""
    low, high = bounds(text)
    return high or date.max, low or date.min
