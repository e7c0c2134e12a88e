"""Read Parquet piece by piece, with the cells that Frictionless gets from pandas.

Frictionless makes one pandas frame of the file and takes its rows. A cell then depends on the
column's Arrow type and on the other columns: a null among integers makes all of them floats, and so
does a frame that has only numbers. So pandas and Frictionless's own parser turn each piece into
cells, below one row that gives its frame the types of the complete one. The checks prove columns
whose cells are what their text says. Nulls among numbers and times become NaN and NaT: suspects.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from frictionless.resources import TableResource

from xinjiang_record import numpy_columns
from xinjiang_record.numpy_columns import Mask
from xinjiang_record.validate.fast_pass.fallback import FastPassUnsupported, Reason, require
from xinjiang_record.validate.fast_pass.suspect_store import THREADS
from xinjiang_record.validate.frictionless_hooks.resource_hook import (
    RestartWithoutFastPath,
    get_first_content_row,
    get_parser,
)
from xinjiang_record.validate.readers.arrow_slab import HEADER, Slab, WithoutText, write_column
from xinjiang_record.validate.readers.csv_chunks import Parsed
from xinjiang_record.validate.readers.parquet_file import ROWS, UNITS, ParquetFile, get_kind

if TYPE_CHECKING:
    from frictionless import Field


EXACT = 2**62  # whole floats up to here have an integer of 64 bits
FRAMES = {  # the pandas types that are known here
    "text": ("str", "object"),
    "integer": ("int", "uint", "float64"),
    "float": ("float",),
    "boolean": ("bool", "object"),
    "date": ("object",),
    "datetime": ("datetime64",),
    "decimal": ("object",),
}
DAYS = (-719_162, 2_932_896)  # 0001-01-01 and 9999-12-31, the first and last Python date
# Properties for reading texts, which values are not.
NUMBER_TEXTS = {"group_char", "decimal_char", "bare_number", "float_number"}


@dataclass(frozen=True)
class ParquetTable(WithoutText):
    """Hold a Parquet table, as ``Scan`` reads it."""

    file: ParquetFile
    fields: list[Field]
    first: int = HEADER
    ahead: int = HEADER
    threads: int = THREADS

    @property
    def path(self) -> str:
        """Return the path that progress is reported with."""
        return self.file.path

    @property
    def size(self) -> int:
        """Return the bytes of the file."""
        return os.path.getsize(self.path)

    @property
    def rows(self) -> int:
        """Return the number of rows."""
        return int(self.file.groups[-1])

    def done(self, chunk: Slab) -> int:
        """Return about how many bytes of the file there are up to the end of a piece."""
        return self.size * (chunk.offset + chunk.size) // self.rows

    @cached_property
    def _kinds(self) -> list[str]:
        return [get_kind(type_) for type_ in self.file.schema.types]

    def pieces(self) -> Iterator[Slab]:
        """Yield the batches of the file."""
        for start, batch in self.file.batches(ROWS):
            yield self._slab(start, batch)

    def _slab(self, start: int, batch: pa.RecordBatch) -> Slab:
        return Slab(batch, start, batch.num_rows, start + batch.num_rows == self.rows, start == 0)

    def piece(self, offset: int, size: int, last: bool) -> Slab:
        """Read one batch again."""
        return next(
            self._slab(start, batch)
            for start, batch in self.file.batches(ROWS, offset)
            if start == offset
        )

    def parse(self, chunk: Slab) -> Parsed:
        """Return the rows as text, and which of them are suspects for their values."""
        found, doubtful = [], None
        for place, (column, item) in enumerate(zip(chunk.batch.columns, self.fields, strict=True)):
            floats = self.file.makes_floats(place)
            text, odd = self._text(column, item.type, floats=floats)
            found.append(text)
            doubtful = numpy_columns.union(doubtful, odd)
        if "datetime" in self._kinds and not self.file.as_stored:
            doubtful = numpy_columns.union(doubtful, self._moments_alone(chunk.batch))
        return Parsed(found, None, [], chunk.size, chunk.batch.columns, doubtful)

    def _moments_alone(self, batch: pa.RecordBatch) -> Mask | None:
        """Return rows in which every value is a moment: pandas makes NaT of all their nulls."""
        others = [
            column
            for column, shape in zip(batch.columns, self._kinds, strict=True)
            if shape != "datetime"
        ]
        if not others or not all(column.null_count for column in others):
            return None
        return numpy_columns.some(~np.any([_valid(column) for column in others], axis=0))

    def _text(self, column: pa.Array, wanted: str, *, floats: bool) -> tuple[pa.Array, Mask | None]:
        shape = get_kind(column.type)
        if shape in ("date", "datetime"):
            _require_python_dates(column)
        if shape == "float" or (shape == "integer" and floats):
            return _of_floats(column.cast(pa.float64(), safe=False), wanted)
        text = write_column(column)
        if shape == "datetime" and column.type.tz is None:
            text = write_column(pc.utf8_slice_codeunits(text, 0, -1))
        return text, numpy_columns.some(~_valid(column)) if shape == "datetime" else None

    def cells(self, kept: Sequence[pa.Array]) -> list[list[Any]]:
        """Return rows as Frictionless's parser gives them."""
        return self.file.cells(kept)


def _valid(column: pa.Array) -> Mask:
    return numpy_columns.mask(numpy_columns.whole(column.is_valid()))


def _of_floats(column: pa.Array, wanted: str) -> tuple[pa.Array, Mask | None]:
    """Return floats as text, and suspects.

    Those are NaN, infinity, and in an integer field all that are not integers of 64 bits.
    """
    values = np.array(numpy_columns.numbers(numpy_columns.whole(column), np.float64))
    sure = np.isfinite(values)
    if column.null_count:
        sure &= _valid(column)
    if wanted == "integer":
        sure &= (np.abs(values, where=sure, out=np.full(len(values), np.inf)) < EXACT) & (
            values == np.floor(values)
        )
        plain = numpy_columns.integers(np.where(sure, values, 0).astype(np.int64))
    else:
        plain = pa.Array.from_buffers(
            pa.float64(), len(values), [None, pa.py_buffer(np.where(sure, values, 0.0))]
        )
    return write_column(plain), numpy_columns.some(~sure)


def _require_python_dates(column: pa.Array) -> None:
    """Restart for days that Python has no date for: Frictionless fails on the complete file."""
    days = np.array([], np.int64)
    if column.null_count < len(column):
        ends = pc.min_max(column)
        per = 1 if pa.types.is_date32(column.type) else 86_400 * UNITS[column.type.unit]
        days = np.array([ends["min"].value // per, ends["max"].value // per])
    if len(days) and (days[0] < DAYS[0] or days[1] > DAYS[1]):
        raise RestartWithoutFastPath("a day before the year 1 or after 9999")


def open_parquet_table(resource: TableResource) -> ParquetTable:
    """Return how to read an open Parquet table; raise FastPassUnsupported if that is impossible."""
    file = getattr(get_parser(resource), "file", FastPassUnsupported(Reason.PARQUET_WHOLE))
    if not isinstance(file, ParquetFile):
        raise file
    fields = resource.header.get_expected_fields()
    names = [item.name for item in fields]
    dialect = resource.dialect
    plain = dialect.header_case and not (
        dialect.skip_blank_rows or dialect.comment_char or dialect.comment_rows
    )
    is_header = plain and get_first_content_row(dialect) == HEADER + 1
    require(is_header, Reason.PARQUET_DIALECT)
    as_declared = len(fields) == len(file.schema) and len(set(names)) == len(names)
    require(as_declared, Reason.PARQUET_COLUMNS)
    if not file.as_stored:
        _require_frame(file)
    for item, column, nulls in zip(fields, file.schema, file.pattern.columns, strict=True):
        fits = _fits(item, get_kind(column.type))
        words = f"{column.type} for the field {item.name} of type {item.type}"
        require(fits, Reason.COLUMN_TYPE, words)
        _require_missing(item, get_kind(column.type), bool(nulls.null_count))
    return ParquetTable(file, fields)


def _require_frame(file: ParquetFile) -> None:
    """Require that pandas makes a frame of types that are known here."""
    require(file.frame_type not in (np.float16, np.float32), Reason.SMALL_FLOATS)
    frame = file.pattern.to_pandas()
    for column, type_ in zip(file.schema, map(str, frame.dtypes), strict=True):
        expected = type_.startswith(FRAMES[get_kind(column.type)])
        require(expected, Reason.PANDAS_TYPE, f"{type_} of {column.name}")


def _fits(item: Field, shape: str) -> bool:
    """Return whether a cell of that kind is, for this field, what its text is."""
    if shape == "text":
        return True
    if item.type == "number":
        return shape in ("integer", "float", "decimal") and not NUMBER_TEXTS & set(
            item.list_defined()
        )
    if item.type == "integer":
        return shape in ("integer", "float")
    if item.type == "boolean":
        return (
            shape == "boolean"
            and "true" in getattr(item, "true_values", ())
            and "false" in getattr(item, "false_values", ())
        )
    return bool(item.type == shape and item.format == "default")


def _require_missing(item: Field, shape: str, nulls: bool) -> None:
    """Require that null is a missing value, and that no value has a text that is one."""
    values = item.missing_values
    if not item.has_defined("missing_values") and item.schema:
        values = item.schema.missing_values
    require(not nulls or "" in values, Reason.NULL_IS_A_VALUE, item.name)
    ambiguous = shape != "text" and any(_may_be_a_value(text) for text in values)
    require(not ambiguous, Reason.MISSING_MAY_BE_VALUE, item.name)


def _may_be_a_value(text: str) -> bool:
    words = {"true", "false", "nan", "inf", "-inf", "nat"}
    return any(character.isdigit() for character in text) or text.lower() in words
