"""Prove the cells of a column good, all at once, for one field.

A check accepts only what Frictionless accepts, and need not accept all of it. A text that it does
not prove is read by Frictionless's own cell reader, once for each distinct text (``cells``). A text
that the reader does not accept makes its row a suspect. So a check can be slow or narrow, and is
never wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from xinjiang_record import numpy_columns
from xinjiang_record.numpy_columns import Hashes, Mask, text_array
from xinjiang_record.validate.field_types.field_rules import FieldRules, TableField
from xinjiang_record.validate.field_types.forms import FORMS
from xinjiang_record.validate.field_types.text_formats import URI

if TYPE_CHECKING:
    from frictionless.fields import BooleanField

    from xinjiang_record.validate.field_types.field_rules import PlainField


@dataclass(slots=True)
class Proof:
    """State what is known of one column: ``bad`` rows, ``missing`` rows, and hashes if wanted.

    None is a mask without a true row.
    """

    bad: Mask | None
    missing: Mask | None
    hashes: Hashes | None = None


class ColumnCheck(FieldRules):
    """Check the columns of one field: Frictionless's own, with its schema, or a plain one."""

    def __init__(self, field: TableField) -> None:
        super().__init__(field)
        others = sorted(self.missing_values - {""})
        self._missing = text_array(others) if others else None

    def describe(self) -> object:
        """Return all that decides what the check finds, in a form that can be compared."""
        is_boolean = self.type == "boolean"
        names = ("true_values", "false_values") if is_boolean else ()
        words = [list(getattr(self.field, name)) for name in names]
        rules = (self.missing_values, self.constraints, self.required, self.standard)
        return (type(self), self.field.name, self.type, self.format, words, rules)

    def prove(
        self,
        column: pa.Array,
        *,
        hashed: bool = False,
        skip: Mask | None = None,
        proved: bool = False,
    ) -> Proof:
        """Return what is known of ``column``.

        Rows in ``skip`` are known to be good already; with ``proved`` all that have a value.
        """
        missing = self.missing(column)
        typed, open_rows = (None, None) if proved else self._typed(column, missing)
        bad = None
        if open_rows is not None:
            if missing is not None:
                open_rows = open_rows & ~missing
            if skip is not None:
                open_rows = open_rows & ~skip
            bad = self._read_cells(column, open_rows)
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
        """Return which cells have no value."""
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
        """Return the values, if the check has them, and the rows that are not proved.

        What it returns of missing cells does not matter.
        """
        return None, np.ones(len(column), np.bool_)

    def _read_cells(self, column: pa.Array, rows: Mask) -> Mask | None:
        places = np.flatnonzero(rows)
        if not len(places):
            return None
        good = self.cells.are_good(numpy_columns.texts(column, places))
        if all(good):
            return None
        bad = np.zeros(len(column), np.bool_)
        bad[places] = ~np.fromiter(good, np.bool_, len(good))
        return bad

    def _hash(
        self, column: pa.Array, known: Proof, typed: pa.Array | None, rows: Mask | None
    ) -> Hashes:
        """Return hashes; values that are equal for Frictionless have equal ones."""
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
        """Return the same hash for one cell; None is a cell that the row lacks.

        A value that Python cannot hash has ``NO_HASH``.
        """
        value = self.cells(text)[1] if text is not None else None
        if value is None:
            return int(numpy_columns.NONE_HASH)
        if self.is_text:
            return int(numpy_columns.hash_texts(text_array([str(value)]))[0])
        try:
            return int(numpy_columns.mix(np.array([self._bits_of(value)], np.uint64))[0])
        except (
            Exception
        ):  # a list has none, nor has a signaling NaN, nor a time whose zone is 25 hours away
            return int(numpy_columns.NO_HASH)

    def _bits(self, typed: pa.Array) -> npt.NDArray[Any]:
        return numpy_columns.numbers(typed, np.int64)

    def _patch(self, column: pa.Array, rows: Mask | None, hashes: Hashes) -> None:
        if rows is None:
            return
        places = np.flatnonzero(rows)
        found = [self.hash_of(text) for text in numpy_columns.texts(column, places)]
        hashes[places] = np.array(found, np.uint64)

    def _bits_of(self, value: object) -> int:
        """Return 64 bits for one value, as ``_bits`` does. Raises what hashing raises."""
        return hash(value) & 0xFFFFFFFFFFFFFFFF


class Unchecked(ColumnCheck):
    """Accept every text: a type without rules and without constraints."""

    def _typed(self, column: pa.Array, missing: Mask | None) -> tuple[pa.Array | None, Mask | None]:
        return None, None


class Text(ColumnCheck):
    """Check strings: format by form, and the constraints on texts."""

    def __init__(self, field: TableField) -> None:
        super().__init__(field)
        self._form = self.text_form
        self._constraints = self.text_constraints()

    def _typed(self, column: pa.Array, missing: Mask | None) -> tuple[pa.Array | None, Mask | None]:
        if self.format != "default" and self._form is None:
            return None, numpy_columns.every_row(column)
        rows = self._refused_by_form(column, self._form) if self._form else None
        for constraint in self._constraints:
            rows = numpy_columns.union(rows, constraint.refused_rows(column))
        return None, rows

    def _refused_by_form(self, column: pa.Array, form: str) -> Mask | None:
        if form != URI:
            return numpy_columns.some(~numpy_columns.matches(column, form))
        odd = ~numpy_columns.begin(column, ("https://", "http://"))
        places = np.flatnonzero(odd)
        if not len(places):
            return None
        odd[places] = ~numpy_columns.matches(column.take(numpy_columns.integers(places)), form)
        return numpy_columns.some(odd)


class Form(ColumnCheck):
    """Check types whose usual texts have one form, without constraints but ``required``."""

    def _typed(self, column: pa.Array, missing: Mask | None) -> tuple[pa.Array | None, Mask | None]:
        return None, numpy_columns.some(
            ~numpy_columns.matches(column, FORMS[self.type, self.format])
        )


class Words(ColumnCheck):
    """Check booleans: the text is one of the words for true and false."""

    def __init__(self, field: BooleanField | PlainField) -> None:
        super().__init__(field)
        self._words = text_array([*field.true_values, *field.false_values])

    def _typed(self, column: pa.Array, missing: Mask | None) -> tuple[pa.Array | None, Mask | None]:
        return None, numpy_columns.some(~numpy_columns.is_in(column, self._words))
