"""Check ``minLength`` and ``maxLength`` of texts, in characters."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from xinjiang_record.constraints.constraint import (
    SIZED,
    Check,
    Order,
    RuleError,
    TextConstraint,
)

if TYPE_CHECKING:
    import pyarrow as pa

    from xinjiang_record.numpy_columns import Mask


class _Length(TextConstraint):
    """Define what both lengths have."""

    bound: int
    types = SIZED
    native = frozenset(("string", "list", "array", "object"))
    own_kind = int
    allows: ClassVar[Order]

    @classmethod
    def make_check(cls, bound: object, read: Callable[[Any], Any]) -> Check:
        """Return the check of values that have a length."""
        if type(bound) is not int:
            raise RuleError(f"{cls.name}: expected an integer, got {bound!r}")
        return lambda value: not hasattr(value, "__len__") or bool(cls.allows(len(value), bound))


class MinLength(_Length):
    """Check that a text has at least so many characters."""

    name = "minLength"
    message = "whose length is below the minLength {}"
    narrower = staticmethod(operator.gt)
    allows = staticmethod(operator.ge)

    def refused_texts(self, texts: set[str]) -> set[str]:
        """Return the texts that are too short."""
        return {text for text in texts if len(text) < self.bound}

    def refused_rows(self, column: pa.Array) -> Mask | None:
        """Return the rows whose text is too short."""
        from xinjiang_record import numpy_columns  # deferred: start-up

        return numpy_columns.some(numpy_columns.character_counts(column) < self.bound)


class MaxLength(_Length):
    """Check that a text has at most so many characters."""

    name = "maxLength"
    message = "whose length is above the maxLength {}"
    narrower = staticmethod(operator.lt)
    allows = staticmethod(operator.le)

    def refused_texts(self, texts: set[str]) -> set[str]:
        """Return the texts that are too long."""
        return {text for text in texts if len(text) > self.bound}

    def refused_rows(self, column: pa.Array) -> Mask | None:
        """Return the rows whose text is too long; a text has no more characters than bytes."""
        from xinjiang_record import numpy_columns  # deferred: start-up

        rows = numpy_columns.lengths(column) > self.bound
        places = rows.nonzero()[0]
        if not len(places):
            return None
        long = column.take(numpy_columns.integers(places))
        rows[places] = numpy_columns.character_counts(long) > self.bound
        return numpy_columns.some(rows)
