"""Read Parquet piece by piece, with the cells that Frictionless gets from pandas.

Frictionless makes one pandas frame of the file and takes its rows. A cell then depends on the
column's Arrow type and on the other columns: a null among integers makes all of them floats, and so
does a frame that has only numbers. So pandas and Frictionless's own parser turn each piece into
cells, below one row that gives its frame the types of the complete one. The checks prove columns
whose cells are what their text says. Nulls among numbers and times become NaN and NaT: suspects.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from frictionless.formats.pandas.parser import PandasParser
from frictionless.formats.parquet.control import ParquetControl
from frictionless.resources import TableResource

from xinjiang_record.validate.beyond_frictionless import Hint
from xinjiang_record.validate.fast_pass import numpy_columns
from xinjiang_record.validate.fast_pass.fallback import FastPassUnsupported, Reason, require
from xinjiang_record.validate.fast_pass.numpy_columns import Mask
from xinjiang_record.validate.fast_pass.suspect_store import THREADS
from xinjiang_record.validate.frictionless_hooks.resource_hook import (
    RestartWithoutFastPath,
    parser_of,
    replace_parser,
)
from xinjiang_record.validate.readers.arrow_slab import HEADER, Slab, column_texts
from xinjiang_record.validate.readers.csv_chunks import Parsed

ROWS = 65_536  # rows of a piece, at most
SAMPLE = 1_000  # rows that Frictionless is given at a time, of which it takes 100 to begin with
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
UNITS = {"s": 1, "ms": 1_000, "us": 1_000_000}
# Properties for reading texts, which values are not.
NUMBER_TEXTS = {"group_char", "decimal_char", "bare_number", "float_number"}


def kind(type_: pa.DataType) -> str:
    """Return how the values of an Arrow type look to Frictionless; empty for an unknown type."""
    types = pa.types
    checks = {
        "text": types.is_string(type_) or types.is_large_string(type_),
        "integer": types.is_integer(type_),
        "float": types.is_float32(type_) or types.is_float64(type_),
        "boolean": types.is_boolean(type_),
        "date": types.is_date32(type_),
        "datetime": types.is_timestamp(type_) and type_.unit in UNITS and type_.tz in (None, "UTC"),
        "decimal": types.is_decimal128(type_),
    }
    return next((name for name, found in checks.items() if found), "")


class ParquetFile:
    """Hold a Parquet file whose columns are all of known kinds.

    Raise FastPassUnsupported for another file, and for one whose frame may have an index.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        try:
            self.file = pq.ParquetFile(path)
        except (pa.ArrowException, OSError) as error:
            raise FastPassUnsupported(Reason.PARQUET_UNREADABLE, error) from error
        self.schema = self.file.schema_arrow
        names, meta = self.schema.names, self.file.metadata
        if "=" in path or len(set(names)) != len(names) or not names or not meta.num_rows:
            raise FastPassUnsupported(Reason.PARQUET_SHAPE)
        if odd := [item for item in self.schema if not kind(item.type)] or _indexed(self.schema):
            raise FastPassUnsupported(Reason.PARQUET_COLUMN, odd[0])
        self.groups = np.cumsum(
            [0] + [meta.row_group(number).num_rows for number in range(meta.num_row_groups)]
        )

    @cached_property
    def pattern(self) -> pa.Table:
        """Return a row with a null in each column that has one: a frame with it has all types."""
        first = next(self.file.iter_batches(1))
        whole = [
            pa.nulls(1, item.type) if self._has_nulls(place) else first.column(place)
            for place, item in enumerate(self.schema)
        ]
        return pa.table(whole, schema=self.schema)

    def _has_nulls(self, place: int) -> bool:
        meta = self.file.metadata
        found = [
            meta.row_group(number).column(place).statistics for number in range(meta.num_row_groups)
        ]
        if all(item is not None and item.has_null_count for item in found):
            return any(item.null_count for item in found)
        name = self.schema.names[place]
        return any(
            batch.column(0).null_count for batch in self.file.iter_batches(ROWS, columns=[name])
        )

    @cached_property
    def frame_type(self) -> Any:
        """Return the numpy (or pandas) type that a row of the frame has."""
        _, row = next(self.pattern.to_pandas().iterrows())
        return row.dtype

    @property
    def is_all_floats(self) -> bool:
        """Return whether every number is a float, since the frame has only numbers."""
        return bool(getattr(self.frame_type, "kind", "") == "f")

    def batches(self, rows: int, first: int = 0) -> Iterator[tuple[int, pa.RecordBatch]]:
        """Yield batches of at most so many rows, with the number of the first row of each.

        Begin with the row group of row ``first``.
        """
        begin = int(np.searchsorted(self.groups, first, side="right")) - 1
        file = pq.ParquetFile(self.path)  # each reading has a place of its own
        try:
            for group in range(begin, len(self.groups) - 1):
                start = int(self.groups[group])
                for batch in file.iter_batches(rows, row_groups=[group]):
                    yield start, batch
                    start += batch.num_rows
        except (pa.ArrowException, OSError) as error:
            raise RestartWithoutFastPath(str(error)) from error
        finally:
            file.close()

    def cells(self, kept: Sequence[pa.Array]) -> list[list[Any]]:
        """Return rows as Frictionless's parser gives them."""
        try:
            table = pa.concat_tables([pa.table(list(kept), schema=self.schema), self.pattern])
            parser: Any = PandasParser(TableResource(data=table.to_pandas(), format="pandas"))
        except (pa.ArrowException, ValueError, OverflowError) as error:
            raise RestartWithoutFastPath(str(error)) from error
        return list(parser.read_cell_stream_create())[1:-1]

    def cell_stream(self) -> Iterator[list[Any]]:
        """Yield what ``ParquetParser`` does, without the complete file in memory."""
        yield list(self.schema.names)
        for _, batch in self.batches(SAMPLE):
            yield from self.cells(batch.columns)


def _indexed(schema: pa.Schema) -> list[str]:
    """Return the index that pandas metadata declare, or labels that are not texts."""
    meta = (schema.metadata or {}).get(b"pandas")
    if meta is None:
        return []
    frame = json.loads(meta)
    ranges = all(
        isinstance(item, dict) and item.get("name") is None
        for item in frame.get("index_columns", [])
    )
    labels = frame.get("column_indexes", [])
    plain = all(
        item.get("name") is None and item.get("pandas_type") in ("unicode", "string", "empty")
        for item in labels
    )
    return [] if ranges and plain else [str(frame.get("index_columns"))]


def open_in_pieces(resource: Any) -> None:
    """Have a Parquet table opened without being read at once, if its cells are the same then."""
    if resource.multipart or resource.memory or resource.compression:
        return

    def prepare(parser: Any) -> None:
        control = ParquetControl.from_dialect(resource.dialect)
        try:
            selected = control.columns or control.filters or control.categories
            require(not selected, Reason.PARQUET_OPTIONS)
            parser.file = ParquetFile(str(resource.normpath))
            parser.read_cell_stream_create = parser.file.cell_stream
        except FastPassUnsupported as error:
            parser.file = error

    replace_parser(resource, prepare)


@dataclass(frozen=True)
class ParquetTable:
    """Hold a Parquet table, as ``Scan`` reads it."""

    file: ParquetFile
    fields: list[Any]
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
        return [kind(type_) for type_ in self.file.schema.types]

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
            text, odd = self._text(
                column,
                item.type,
                floats=self.file.is_all_floats or bool(self.file.pattern.column(place).null_count),
            )
            found.append(text)
            doubtful = numpy_columns.union(doubtful, odd)
        if "datetime" in self._kinds:
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
        shape = kind(column.type)
        if shape in ("date", "datetime"):
            _require_python_dates(column)
        if shape == "float" or (shape == "integer" and floats):
            return _of_floats(column.cast(pa.float64(), safe=False), wanted)
        text = column_texts(column)
        if shape == "datetime" and column.type.tz is None:
            text = column_texts(pc.utf8_slice_codeunits(text, 0, -1))
        return text, numpy_columns.some(~_valid(column)) if shape == "datetime" else None

    def cells(self, kept: Sequence[pa.Array]) -> list[list[Any]]:
        """Return rows as Frictionless's parser gives them."""
        return self.file.cells(kept)

    def blank_lines(self, chunk: Slab, blank: set[int]) -> dict[int, list[str]]:
        """Return nothing: a row has all its cells."""
        return {}

    def hints(self, chunk: Slab, cells: list[pa.Array], checks: list[Any]) -> list[Hint]:
        """Return nothing: a Parquet file has no text."""
        return []

    def lines(self, rows: set[int]) -> dict[int, int]:
        """Return nothing: the file has no lines."""
        return {}

    def hashes(self) -> None:
        """Return nothing: Frictionless does not hash what pandas reads."""

    def consumed(self, piece: Any, record: int) -> None:
        """Return nothing: Frictionless does not count what pandas reads."""


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
    return column_texts(plain), numpy_columns.some(~sure)


def _require_python_dates(column: pa.Array) -> None:
    """Restart for days that Python has no date for: Frictionless fails on the complete file."""
    days = np.array([], np.int64)
    if column.null_count < len(column):
        ends = pc.min_max(column)
        per = 1 if pa.types.is_date32(column.type) else 86_400 * UNITS[column.type.unit]
        days = np.array([ends["min"].value // per, ends["max"].value // per])
    if len(days) and (days[0] < DAYS[0] or days[1] > DAYS[1]):
        raise RestartWithoutFastPath("a day before the year 1 or after 9999")


def parquet_table(resource: Any) -> ParquetTable:
    """Return how to read an open Parquet table; raise FastPassUnsupported if that is impossible."""
    file = getattr(parser_of(resource), "file", FastPassUnsupported(Reason.PARQUET_WHOLE))
    if not isinstance(file, ParquetFile):
        raise file
    fields = resource.header.get_expected_fields()
    names = [item.name for item in fields]
    dialect = resource.dialect
    plain = dialect.header_case and not (
        dialect.skip_blank_rows or dialect.comment_char or dialect.comment_rows
    )
    is_header = plain and dialect.create_first_content_row() == HEADER + 1
    require(is_header, Reason.PARQUET_DIALECT)
    as_declared = len(fields) == len(file.schema) and len(set(names)) == len(names)
    require(as_declared, Reason.PARQUET_COLUMNS)
    require(file.frame_type not in (np.float16, np.float32), Reason.SMALL_FLOATS)
    frame = file.pattern.to_pandas()
    for column, type_ in zip(file.schema, map(str, frame.dtypes), strict=True):
        expected = type_.startswith(FRAMES[kind(column.type)])
        require(expected, Reason.PANDAS_TYPE, f"{type_} of {column.name}")
    for item, column, nulls in zip(fields, file.schema, file.pattern.columns, strict=True):
        fits = _fits(item, kind(column.type))
        words = f"{column.type} for the field {item.name} of type {item.type}"
        require(fits, Reason.COLUMN_TYPE, words)
        _require_missing(item, kind(column.type), bool(nulls.null_count))
    return ParquetTable(file, fields)


def _fits(item: Any, shape: str) -> bool:
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
        return shape == "boolean" and "true" in item.true_values and "false" in item.false_values
    return bool(item.type == shape and item.format == "default")


def _require_missing(item: Any, shape: str, nulls: bool) -> None:
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
