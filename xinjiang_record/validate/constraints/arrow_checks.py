"""Kernels: for one field, which cells of a column are proved good, all at once.

A kernel accepts only what Frictionless accepts, and need not accept all of it. What it does not prove is asked of Frictionless's
own cell reader, once for each distinct text (``memo``); what that does not accept makes its row a suspect. So a kernel can be
slow or narrow without ever being wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xinjiang_record.validate.constraints import regex_to_re2
from xinjiang_record.validate.constraints.field_rules import (
    DATE,
    FORMS,
    INTEGER,
    NUMBER,
    URI,
    WITHIN,
    Rules,
    kind_of,
)
from xinjiang_record.validate.fast_pass import numpy_columns
from xinjiang_record.validate.fast_pass.numpy_columns import Hashes, Mask

FIRST_DAY = -719_162  # 0001-01-01, counted from 1970-01-01


@dataclass(slots=True)
class Proof:
    """What is known of one column of one batch: ``bad`` rows (None: no row), ``missing`` ones, and the values' hashes if asked for."""

    bad: Mask | None
    missing: Mask | None
    hashes: Hashes | None = None


class Kernel(Rules):
    """Checks one field's columns. ``field`` is Frictionless's own, with its schema, as the row stream uses it."""

    def __init__(self, field: Any) -> None:
        super().__init__(field)
        others = sorted(self.missing_values - {""})
        self._missing = numpy_columns.strings(others) if others else None

    def prove(self, column: pa.Array, *, hashed: bool = False, skip: Mask | None = None) -> Proof:
        """What is known of ``column``; rows in ``skip`` are known to be good already."""
        missing = self.missing(column)
        typed, open_rows = self._typed(column, missing)
        bad = None
        if open_rows is not None:
            if missing is not None:
                open_rows = open_rows & ~missing
            if skip is not None:
                open_rows = open_rows & ~skip
            bad = self._ask(column, open_rows)
        if self.required:
            bad = numpy_columns.union(bad, missing)
        proof = Proof(bad, missing)
        if hashed:
            proof.hashes = self._hash(column, proof, typed, open_rows)
            if not self.is_text:
                proof.bad = numpy_columns.union(
                    proof.bad, numpy_columns.some(proof.hashes == numpy_columns.NO_HASH)
                )
        return proof

    def missing(self, column: pa.Array) -> Mask | None:
        """Which cells stand for no value."""
        found = (
            numpy_columns.some(numpy_columns.lengths(column) == 0)
            if self.empty_is_missing
            else None
        )
        if self._missing is not None:
            found = numpy_columns.union(
                found, numpy_columns.some(numpy_columns.is_in(column, self._missing))
            )
        return found

    def _typed(self, column: pa.Array, missing: Mask | None) -> tuple[pa.Array | None, Mask | None]:
        """The values, where the kernel has them, and the rows that are not proved (None: all are); missing ones do not matter."""
        return None, np.ones(len(column), np.bool_)

    def _ask(self, column: pa.Array, rows: Mask) -> Mask | None:
        places = np.flatnonzero(rows)
        if not len(places):
            return None
        good = self.memo.good(numpy_columns.texts(column, places))
        if all(good):
            return None
        bad = np.zeros(len(column), np.bool_)
        bad[places] = ~np.fromiter(good, np.bool_, len(good))
        return bad

    def _hash(
        self, column: pa.Array, known: Proof, typed: pa.Array | None, rows: Mask | None
    ) -> Hashes:
        """Hashes such that equal values, as Frictionless compares them, have equal ones; no value is a value of its own."""
        if self.is_text:
            hashes = numpy_columns.hash_texts(column)
            self._patch(column, known.bad, hashes)
        elif typed is not None:
            hashes = numpy_columns.mix(self._bits(typed))
            self._patch(column, rows, hashes)
        else:
            hashes = np.zeros(len(column), np.uint64)
            self._patch(column, np.ones(len(column), np.bool_), hashes)
        if known.missing is not None:
            hashes[known.missing] = numpy_columns.NONE_HASH
        return hashes

    def hash_of(self, text: str | None) -> int:
        """The same hash for one cell; None stands for a cell that is not there. ``NO_HASH`` is of what Frictionless fails to hash."""
        value = self.memo(text)[1] if text is not None else None
        if value is None:
            return int(numpy_columns.NONE_HASH)
        if self.is_text:
            return int(numpy_columns.hash_texts(numpy_columns.strings([value]))[0])
        try:
            return int(numpy_columns.mix(np.array([self._bits_of(value)], np.uint64))[0])
        except (
            Exception
        ):  # a list has none, nor has a signaling NaN, nor a time whose zone is 25 hours away
            return int(numpy_columns.NO_HASH)

    def _bits(self, typed: pa.Array) -> Any:
        return numpy_columns.numbers(typed, np.int64)

    def _patch(self, column: pa.Array, rows: Mask | None, hashes: Hashes) -> None:
        if rows is None:
            return
        places = np.flatnonzero(rows)
        found = [self.hash_of(text) for text in numpy_columns.texts(column, places)]
        hashes[places] = np.array(found, np.uint64)

    def _bits_of(self, value: Any) -> int:
        """The 64 bits that stand for one value in ``_bits``' way. Raises whatever hashing it raises."""
        return hash(value) & 0xFFFFFFFFFFFFFFFF


class Unchecked(Kernel):
    """A type that accepts every text, without constraints."""

    def _typed(self, column: pa.Array, missing: Mask | None) -> tuple[pa.Array | None, Mask | None]:
        return None, None


class Text(Kernel):
    """Strings: format by form, pattern, lengths and enum."""

    def __init__(self, field: Any) -> None:
        super().__init__(field)
        self._proofs: list[str] = []
        self._hopeless = self.format != "default" and (self.type, self.format) not in FORMS
        if (form := FORMS.get((self.type, self.format))) and not self._hopeless:
            self._proofs.append(form)
        if "pattern" in self.constraints:
            self._add_pattern(self.constraints["pattern"])
        enum = self.constraints.get("enum")
        self._enum = (
            numpy_columns.strings([item for item in enum if isinstance(item, str)])
            if enum is not None
            else None
        )

    def _add_pattern(self, pattern: Any) -> None:
        proof = regex_to_re2.subset_of(pattern) if isinstance(pattern, str) else None
        if proof is not None:
            try:
                numpy_columns.matches(numpy_columns.strings(["x"]), proof)
                self._proofs.append(proof)
                return
            except pa.ArrowInvalid:  # RE2 finds it too large
                pass
        self._hopeless = True

    def _typed(self, column: pa.Array, missing: Mask | None) -> tuple[pa.Array | None, Mask | None]:
        if self._hopeless:
            return None, np.ones(len(column), np.bool_)
        rows: Mask | None = None
        for proof in self._proofs:
            if proof == URI and numpy_columns.all_begin(column, ("https://", "http://")):
                continue
            rows = numpy_columns.union(
                rows, numpy_columns.some(~numpy_columns.matches(column, proof))
            )
        if self._enum is not None:
            rows = numpy_columns.union(
                rows, numpy_columns.some(~numpy_columns.is_in(column, self._enum))
            )
        return None, numpy_columns.union(rows, self._lengths(column))

    def _lengths(self, column: pa.Array) -> Mask | None:
        least, most = self.constraints.get("minLength"), self.constraints.get("maxLength")
        if least is None and most is None:
            return None
        sizes = numpy_columns.lengths(column)
        if least is None and most is not None and not (sizes > most).any():
            return None
        characters = numpy_columns.numbers(pc.utf8_length(column), np.int32)
        rows: Mask = np.zeros(len(column), np.bool_)
        if least is not None:
            rows |= characters < least
        if most is not None:
            rows |= characters > most
        return numpy_columns.some(rows)


class Form(Kernel):
    """Types whose usual texts have one form, without other constraints than ``required``."""

    def _typed(self, column: pa.Array, missing: Mask | None) -> tuple[pa.Array | None, Mask | None]:
        return None, numpy_columns.some(
            ~numpy_columns.matches(column, FORMS[self.type, self.format])
        )


class Words(Kernel):
    """Booleans: the text is one of the words for true and false."""

    def __init__(self, field: Any) -> None:
        super().__init__(field)
        self._words = numpy_columns.strings([*field.true_values, *field.false_values])

    def _typed(self, column: pa.Array, missing: Mask | None) -> tuple[pa.Array | None, Mask | None]:
        return None, numpy_columns.some(~numpy_columns.is_in(column, self._words))


class Numeric(Kernel):
    """What Arrow can cast: a plain text, a value, and bounds that are compared as values."""

    arrow: Any
    pattern: str

    def __init__(self, field: Any) -> None:
        super().__init__(field)
        read = field.create_value_reader()
        self._bounds = {
            name: self._number(read(bound))
            for name, bound in self.constraints.items()
            if name in WITHIN
        }

    def _number(self, value: Any) -> Any:
        if value is None:
            raise TypeError("a bound that is no value of the type")
        return value

    def _typed(self, column: pa.Array, missing: Mask | None) -> tuple[pa.Array | None, Mask | None]:
        values, rows = self._cast(self._plain(column), missing)
        if self._bounds:
            rows = numpy_columns.union(rows, self._outside(values))
        return values, rows

    def _plain(self, column: pa.Array) -> pa.Array:
        return column

    def _cast(self, column: pa.Array, missing: Mask | None) -> tuple[pa.Array, Mask | None]:
        """Cast what can be cast; rows that cannot are nulls in the result and true in the mask."""
        rows = self._odd(column, missing)
        try:
            return pc.cast(
                numpy_columns.nulled(column, numpy_columns.union(rows, missing)), self.arrow
            ), rows
        except pa.ArrowInvalid:
            rows = ~numpy_columns.matches(column, self.pattern)
            return pc.cast(
                numpy_columns.nulled(column, numpy_columns.union(rows, missing)), self.arrow
            ), numpy_columns.some(rows)

    def _odd(self, column: pa.Array, missing: Mask | None) -> Mask | None:
        """Rows with a byte that is no digit, minus, point or slash (a cast fails on the slash)."""
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
            WITHIN[name](low, bound) and WITHIN[name](high, bound)
            for name, bound in self._bounds.items()
        ):
            return None
        numbers = self._bits(values)
        rows = np.zeros(len(values), np.bool_)
        for name, bound in self._bounds.items():
            rows |= ~WITHIN[name](numbers, bound)
        return numpy_columns.some(rows)

    def _extremes(self, values: pa.Array) -> tuple[Any, Any]:
        ends = pc.min_max(values).as_py()
        return ends["min"], ends["max"]


class Integer(Numeric):
    """Plain integers of at most 18 digits."""

    arrow, pattern = pa.int64(), INTEGER

    def __init__(self, field: Any) -> None:
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

    def _bits_of(self, value: Any) -> int:
        return (int(value) if value is not None else 0) & 0xFFFFFFFFFFFFFFFF


class Number(Numeric):
    """Plain decimal numbers. They and their bounds are compared as floats, so a value that rounds to a bound is not proved."""

    arrow, pattern = pa.float64(), NUMBER

    def __init__(self, field: Any) -> None:
        super().__init__(field)
        self._group = columns_character(field.group_char)
        self._decimal = columns_character(field.decimal_char)

    def _number(self, value: Any) -> float:
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
        for bound in self._bounds.values():
            rows = numpy_columns.union(rows, numpy_columns.some(numbers == bound))
        return rows

    def _bits_as_numbers(self, values: pa.Array) -> Any:
        return numpy_columns.numbers(values, np.float64)

    def _bits(self, typed: pa.Array) -> Any:
        return numpy_columns.numbers(typed, np.float64) + 0.0  # minus zero is zero

    def _bits_of(self, value: Any) -> int:
        try:
            number = float(value) + 0.0 if value is not None else 0.0
        except OverflowError:
            number = float("inf")
        return int(np.float64(number).view(np.uint64))


def columns_character(text: str) -> str:
    """The character, if it is one that may stand in a number in place of another; raises ValueError otherwise."""
    if text and (len(text) != 1 or text in "0123456789-x"):
        raise ValueError(f"{text!r} is no separator that a kernel knows")
    return text


class Date(Numeric):
    """Dates of ten characters."""

    arrow, pattern = pa.date32(), DATE

    def __init__(self, field: Any) -> None:
        super().__init__(field)
        self._bounds["minimum"] = max(
            self._bounds.get("minimum", FIRST_DAY), FIRST_DAY
        )  # Arrow has a year 0

    def _number(self, value: Any) -> int:
        return int(value.toordinal()) + FIRST_DAY - 1

    def _cast(self, column: pa.Array, missing: Mask | None) -> tuple[pa.Array, Mask | None]:
        rows = numpy_columns.some(numpy_columns.lengths(column) != 10)
        values, others = super()._cast(column, numpy_columns.union(missing, rows))
        return values, numpy_columns.union(rows, others)

    def _extremes(self, values: pa.Array) -> tuple[Any, Any]:
        ends = pc.min_max(values)
        return ends["min"].value, ends["max"].value

    def _bits(self, typed: pa.Array) -> Any:
        return numpy_columns.numbers(typed, np.int32).astype(np.int64)

    def _bits_of(self, value: Any) -> int:
        return (self._number(value) if value is not None else 0) & 0xFFFFFFFFFFFFFFFF


_KERNELS: dict[str, type[Kernel]] = {
    "text": Text,
    "any": Unchecked,
    "words": Words,
    "integer": Integer,
    "number": Number,
    "date": Date,
    "form": Form,
    "asked": Kernel,
}


def kernel(field: Any) -> Kernel:
    """The kernel for a field. Whatever goes wrong in making one leaves Frictionless's own reader, cell by distinct cell."""
    try:
        return _KERNELS[kind_of(field)](field)
    except (ValueError, TypeError, AttributeError, OverflowError):
        return Kernel(field)
