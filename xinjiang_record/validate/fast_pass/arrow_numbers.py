"""Prove the cells of number and date columns good: Arrow casts them, and bounds are compared."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from xinjiang_record import numpy_columns
from xinjiang_record.constraints.bounds import Minimum
from xinjiang_record.numpy_columns import Mask
from xinjiang_record.validate.fast_pass.arrow_checks import (
    ColumnCheck,
    Form,
    Text,
    Unchecked,
    Words,
)
from xinjiang_record.validate.field_types.date_and_time import DATE
from xinjiang_record.validate.field_types.field_rules import TableField, choose_proof
from xinjiang_record.validate.field_types.number import INTEGER, NUMBER, check_separator

if TYPE_CHECKING:
    from frictionless.fields import NumberField

    from xinjiang_record.validate.field_types.field_rules import PlainField

SEGMENT = 512  # rows that are looked at alone where a cast of all fails
FIRST_DAY = -719_162  # 0001-01-01, counted from 1970-01-01


class Numeric(ColumnCheck):
    """Check what Arrow can cast, with bounds that are compared as values."""

    arrow: Any
    pattern: str

    def __init__(self, field: TableField) -> None:
        super().__init__(field)
        self._bounds = [(bound, self._number(value)) for bound, value in self.bounds()]

    def _number(self, value: object) -> object:
        if value is None:
            raise TypeError("a bound that is not a value of the type")
        return value

    def _typed(self, column: pa.Array, missing: Mask | None) -> tuple[pa.Array | None, Mask | None]:
        values, rows = self._cast(self._plain(column), missing)
        if self._bounds:
            rows = numpy_columns.union(rows, self._outside(values))
        return values, rows

    def _plain(self, column: pa.Array) -> pa.Array:
        return column

    def _cast(self, column: pa.Array, missing: Mask | None) -> tuple[pa.Array, Mask | None]:
        """Cast what can be cast; other rows are nulls in the result and true in the mask."""
        rows = self._odd(column, missing)
        whole = numpy_columns.nulled(column, numpy_columns.union(rows, missing))
        try:
            return pc.cast(whole, self.arrow), rows
        except pa.ArrowInvalid:
            rows = np.zeros(len(column), np.bool_) if rows is None else rows
        for start in range(0, len(column), SEGMENT):  # a pattern takes longer than a cast
            segment = whole.slice(start, SEGMENT)
            try:
                pc.cast(segment, self.arrow)
            except pa.ArrowInvalid:
                rows[start : start + SEGMENT] |= ~numpy_columns.matches(segment, self.pattern)
        nulls = numpy_columns.union(rows, missing)
        return pc.cast(numpy_columns.nulled(column, nulls), self.arrow), numpy_columns.some(rows)

    def _odd(self, column: pa.Array, missing: Mask | None) -> Mask | None:
        """Return rows with a byte other than a digit, minus, point or slash (no cast takes it)."""
        odd = (numpy_columns.data(column) - np.uint8(45)) > 12
        if not odd.any():
            return None
        rows = np.zeros(len(column), np.bool_)
        rows[
            np.searchsorted(numpy_columns.offsets(column), np.flatnonzero(odd), side="right") - 1
        ] = True
        return rows

    def _outside(self, values: pa.Array) -> Mask | None:
        if values.null_count == len(values):
            return None
        low, high = self._extremes(values)
        if all(
            constraint.allows(low, bound) and constraint.allows(high, bound)
            for constraint, bound in self._bounds
        ):
            return None
        numbers = self._bits(values)
        rows = np.zeros(len(values), np.bool_)
        for constraint, bound in self._bounds:
            rows |= ~constraint.allows(numbers, bound)
        return numpy_columns.some(rows)

    def _extremes(self, values: pa.Array) -> tuple[Any, Any]:
        ends = pc.min_max(values).as_py()
        return ends["min"], ends["max"]


class Integer(Numeric):
    """Check plain integers of at most 18 digits."""

    arrow, pattern = pa.int64(), INTEGER

    def __init__(self, field: TableField) -> None:
        super().__init__(field)
        enum = self.constraints.get("enum")
        self._enum: pa.Array | None = None
        if enum is not None:
            read = field.create_value_reader()
            known = [
                value for value in map(read, enum) if isinstance(value, int) and abs(value) < 10**18
            ]
            self._enum = numpy_columns.integers(np.array(known, np.int64))

    def _typed(self, column: pa.Array, missing: Mask | None) -> tuple[pa.Array | None, Mask | None]:
        values, rows = super()._typed(column, missing)
        if self._enum is not None:
            rows = numpy_columns.union(
                rows, numpy_columns.some(~numpy_columns.is_in(values, self._enum))
            )
        return values, rows

    def _bits_of(self, value: object) -> int:
        return (value if isinstance(value, int) else 0) & 0xFFFFFFFFFFFFFFFF


class Number(Numeric):
    """Check plain decimal numbers.

    They are compared with bounds as floats, so a value that rounds to a bound is not proved.
    """

    arrow, pattern = pa.float64(), NUMBER

    def __init__(self, field: NumberField | PlainField) -> None:
        super().__init__(field)
        self._group = check_separator(field.group_char)
        self._decimal = check_separator(field.decimal_char)

    def _number(self, value: object) -> float:
        if not isinstance(value, (int, float, Decimal)):
            raise TypeError("a bound that is not a number")
        return float(value)

    def _plain(self, column: pa.Array) -> pa.Array:
        if self._group:
            column = pc.replace_substring(column, pattern=self._group, replacement="")
        if self._decimal not in ("", "."):
            column = pc.replace_substring(column, pattern=".", replacement="x")
            column = pc.replace_substring(column, pattern=self._decimal, replacement=".")
        return column

    def _outside(self, values: pa.Array) -> Mask | None:
        rows = super()._outside(values)
        numbers = self._bits_as_numbers(values)
        for _, bound in self._bounds:
            rows = numpy_columns.union(rows, numpy_columns.some(numbers == bound))
        return rows

    def _bits_as_numbers(self, values: pa.Array) -> npt.NDArray[np.float64]:
        return numpy_columns.numbers(values, np.float64)

    def _bits(self, typed: pa.Array) -> npt.NDArray[Any]:
        return numpy_columns.numbers(typed, np.float64) + 0.0  # minus zero is zero

    def _bits_of(self, value: object) -> int:
        try:
            number = self._number(value) + 0.0 if value is not None else 0.0
        except OverflowError:
            number = float("inf")
        return int(np.float64(number).view(np.uint64))


class Date(Numeric):
    """Check dates of ten characters."""

    arrow, pattern = pa.date32(), DATE

    def __init__(self, field: TableField) -> None:
        super().__init__(field)
        self._bounds.append((Minimum, FIRST_DAY))  # Arrow has a year 0

    def _number(self, value: object) -> int:
        if not isinstance(value, date):
            raise TypeError("a bound that is not a date")
        return value.toordinal() + FIRST_DAY - 1

    def _cast(self, column: pa.Array, missing: Mask | None) -> tuple[pa.Array, Mask | None]:
        rows = numpy_columns.some(numpy_columns.lengths(column) != 10)
        values, others = super()._cast(column, numpy_columns.union(missing, rows))
        return values, numpy_columns.union(rows, others)

    def _extremes(self, values: pa.Array) -> tuple[Any, Any]:
        ends = pc.min_max(values)
        return ends["min"].value, ends["max"].value

    def _bits(self, typed: pa.Array) -> npt.NDArray[Any]:
        return numpy_columns.numbers(typed, np.int32).astype(np.int64)

    def _bits_of(self, value: object) -> int:
        return (self._number(value) if value is not None else 0) & 0xFFFFFFFFFFFFFFFF


_CHECKS: dict[str, type[ColumnCheck]] = {
    "text": Text,
    "any": Unchecked,
    "words": Words,
    "integer": Integer,
    "number": Number,
    "date": Date,
    "form": Form,
    "cell by cell": ColumnCheck,
}


def make_column_check(field: TableField) -> ColumnCheck:
    """Return the check of a field; if it cannot be made, one that calls Frictionless's reader."""
    try:
        return _CHECKS[choose_proof(field)](field)
    except (ValueError, TypeError, AttributeError, OverflowError):
        return ColumnCheck(field)
