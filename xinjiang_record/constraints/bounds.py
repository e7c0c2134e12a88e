"""Check ``minimum``, ``maximum``, ``exclusiveMinimum`` and ``exclusiveMaximum`` of values."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta, timezone
from typing import Any

from xinjiang_record.constraints.constraint import ORDERED, Check, RuleError, ValueConstraint

# XML Schema compares durations by adding them to these four moments.
_MOMENTS = (
    datetime(1696, 9, 1),
    datetime(1697, 2, 1),
    datetime(1903, 3, 1),
    datetime(1903, 7, 1),
)


class _Bound(ValueConstraint):
    """Define what all four bounds have."""

    types = ORDERED
    native = frozenset(("integer", "number", "date"))

    @classmethod
    def make_check(cls, bound: object, read: Callable[[Any], Any]) -> Check:
        """Return the check of values of all types that have an order."""
        limit = read(bound)
        if limit is None or limit != limit:
            raise RuleError(f"{cls.name}: {bound!r} is not a value of the type")
        return lambda value: any(cls.allows(*pair) for pair in _comparable(value, limit))


class Minimum(_Bound):
    """Check that a value is the bound or above it."""

    name = "minimum"
    message = "which is below the minimum {}"
    allows = staticmethod(operator.ge)
    narrower = staticmethod(operator.gt)
    own_kind = float


class Maximum(_Bound):
    """Check that a value is the bound or below it."""

    name = "maximum"
    message = "which is above the maximum {}"
    allows = staticmethod(operator.le)
    narrower = staticmethod(operator.lt)
    own_kind = float


class ExclusiveMinimum(_Bound):
    """Check that a value is above the bound."""

    name = "exclusiveMinimum"
    message = "which is not above the exclusiveMinimum {}"
    allows = staticmethod(operator.gt)
    narrower = staticmethod(operator.gt)


class ExclusiveMaximum(_Bound):
    """Check that a value is below the bound."""

    name = "exclusiveMaximum"
    message = "which is not below the exclusiveMaximum {}"
    allows = staticmethod(operator.lt)
    narrower = staticmethod(operator.lt)


def _comparable(value: object, limit: object) -> Iterator[tuple[Any, Any]]:
    """Yield pairs that can be compared; a duration and a time may have several."""
    if isinstance(value, (datetime, time)):
        yield _in_utc(value), _in_utc(limit)
    elif isinstance(value, timedelta) and isinstance(limit, timedelta):
        yield value, limit
    elif isinstance(value, timedelta) or hasattr(value, "tdelta"):
        for moment in _MOMENTS:
            yield operator.add(moment, value), operator.add(moment, limit)
    elif value == value:
        yield value, limit


def _in_utc(value: object) -> object:
    """Return a moment in UTC; one without a zone is taken to be in it."""
    if isinstance(value, time):
        value = datetime.combine(datetime(2000, 1, 1), value)
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=timezone.utc)  # noqa: UP017
    return value
