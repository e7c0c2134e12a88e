"""Parquet: read piece by piece, with the cells that Frictionless gets from pandas.

Frictionless makes one pandas frame of the whole file and takes its rows. What a cell is then depends on the column's Arrow type and on
the other columns: a null among integers makes all of them floats, and so does a frame of nothing but numbers. So each piece is turned into
cells by pandas and by Frictionless's own parser, below one row that gives its frame the types of the whole. The kernels prove those columns
whose cells are known from their Arrow type to be what their text says; nulls among numbers and times, which become NaN and NaT, are suspects.
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
from frictionless.system.system import system

from xinjiang_record.validate.beyond_frictionless import Hint
from xinjiang_record.validate.fast_pass import numpy_columns
from xinjiang_record.validate.fast_pass.numpy_columns import Mask
from xinjiang_record.validate.fast_pass.suspect_store import THREADS
from xinjiang_record.validate.frictionless_hooks.resource_hook import Again
from xinjiang_record.validate.readers.arrow_tables import HEADER, Slab, texts
from xinjiang_record.validate.readers.csv_chunks import Parsed, Uncertain

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
DAYS = (
    -719_162,
    2_932_896,
)  # 0001-01-01 and 9999-12-31, as Arrow counts: what Python's dates can be
UNITS = {"s": 1, "ms": 1_000, "us": 1_000_000}
NUMBER_TEXTS = (
    "group_char",
    "decimal_char",
    "bare_number",
    "float_number",
)  # how texts are read, which values are not


def kind(type_: pa.DataType) -> str:
    """How the values of an Arrow type look to Frictionless; empty for a type that is not known here."""
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


class File:
    """A Parquet file whose columns are all of known kinds. Raises Uncertain for another, or one whose frame may have an index."""

    def __init__(self, path: str) -> None:
        self.path = path
        try:
            self.file = pq.ParquetFile(path)
        except (pa.ArrowException, OSError) as error:
            raise Uncertain(str(error)) from error
        self.schema = self.file.schema_arrow
        names, meta = self.schema.names, self.file.metadata
        if "=" in path or len(set(names)) != len(names) or not names or not meta.num_rows:
            raise Uncertain(
                "a part of a partitioned table, or one without rows or with columns of one name"
            )
        if odd := [item for item in self.schema if not kind(item.type)] or _indexed(self.schema):
            raise Uncertain(f"the column or index {odd[0]}")
        self.groups = np.cumsum(
            [0] + [meta.row_group(number).num_rows for number in range(meta.num_row_groups)]
        )

    @cached_property
    def pattern(self) -> pa.Table:
        """One row, with a null in each column that has one: with it a frame has the types of the whole."""
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
        """The numpy (or pandas) type that a row of the frame has."""
        _, row = next(self.pattern.to_pandas().iterrows())
        return row.dtype

    def batches(self, rows: int, first: int = 0) -> Iterator[tuple[int, pa.RecordBatch]]:
        """Batches of at most so many rows, and the number of the first row of each; from the row group of row ``first`` on."""
        begin = int(np.searchsorted(self.groups, first, side="right")) - 1
        file = pq.ParquetFile(self.path)  # each reading has a place of its own
        try:
            for group in range(begin, len(self.groups) - 1):
                start = int(self.groups[group])
                for batch in file.iter_batches(rows, row_groups=[group]):
                    yield start, batch
                    start += batch.num_rows
        except (pa.ArrowException, OSError) as error:
            raise Again(str(error)) from error
        finally:
            file.close()

    def cells(self, kept: Sequence[pa.Array]) -> list[list[Any]]:
        """Rows as Frictionless's parser gives them."""
        try:
            table = pa.concat_tables([pa.table(list(kept), schema=self.schema), self.pattern])
            parser: Any = PandasParser(TableResource(data=table.to_pandas(), format="pandas"))
        except (pa.ArrowException, ValueError, OverflowError) as error:
            raise Again(str(error)) from error
        return list(parser.read_cell_stream_create())[1:-1]

    def cell_stream(self) -> Iterator[list[Any]]:
        """What ``ParquetParser`` gives, without the whole file in memory."""
        yield list(self.schema.names)
        for _, batch in self.batches(SAMPLE):
            yield from self.cells(batch.columns)


def _indexed(schema: pa.Schema) -> list[str]:
    """What the file says of a pandas frame that it was, if that makes columns an index, or labels something else than text."""
    meta = (schema.metadata or {}).get(b"pandas")
    if meta is None:
        return []
    told = json.loads(meta)
    ranges = all(
        isinstance(item, dict) and item.get("name") is None
        for item in told.get("index_columns", [])
    )
    labels = told.get("column_indexes", [])
    plain = all(
        item.get("name") is None and item.get("pandas_type") in ("unicode", "string", "empty")
        for item in labels
    )
    return [] if ranges and plain else [str(told.get("index_columns"))]


def lazily(resource: Any) -> None:
    """Have a table that is Parquet opened without being read whole, if that is sure to give the same cells."""
    if resource.multipart or resource.memory or resource.compression:
        return

    def open_parser() -> None:
        parser: Any = system.create_parser(resource)
        resource._TableResource__parser = parser
        control = ParquetControl.from_dialect(resource.dialect)
        try:
            if control.columns or control.filters or control.categories:
                raise Uncertain("columns, filters or categories")
            parser.file = File(str(resource.normpath))
            parser.read_cell_stream_create = parser.file.cell_stream
        except Uncertain as error:
            parser.file = error
        parser.open()

    resource._TableResource__open_parser = open_parser


@dataclass(frozen=True)
class Parquet:
    """A Parquet table, as ``Scan`` reads it."""

    file: File
    fields: list[Any]
    first: int = HEADER
    ahead: int = HEADER
    threads: int = THREADS

    @property
    def path(self) -> str:
        """What the table is called while it is read."""
        return self.file.path

    @property
    def size(self) -> int:
        """The bytes of the file."""
        return os.path.getsize(self.path)

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return int(self.file.groups[-1])

    def done(self, chunk: Slab) -> int:
        """The bytes of the file up to the end of a piece, as far as one can say."""
        return self.size * (chunk.offset + chunk.size) // self.rows

    @cached_property
    def _floats(self) -> bool:
        """Whether every number is a float, since the frame holds nothing but numbers."""
        return bool(getattr(self.file.frame_type, "kind", "") == "f")

    @cached_property
    def _kinds(self) -> list[str]:
        return [kind(type_) for type_ in self.file.schema.types]

    def pieces(self) -> Iterator[Slab]:
        """The batches of the file."""
        for start, batch in self.file.batches(ROWS):
            yield self._slab(start, batch)

    def _slab(self, start: int, batch: pa.RecordBatch) -> Slab:
        return Slab(batch, start, batch.num_rows, start + batch.num_rows == self.rows, start == 0)

    def piece(self, offset: int, size: int, last: bool) -> Slab:
        """One batch again."""
        return next(
            self._slab(start, batch)
            for start, batch in self.file.batches(ROWS, offset)
            if start == offset
        )

    def parse(self, chunk: Slab) -> Parsed:
        """The rows as text, null as the empty one, and which of them are suspects for what their values are."""
        found, doubtful = [], None
        for place, (column, item) in enumerate(zip(chunk.batch.columns, self.fields, strict=True)):
            text, odd = self._text(
                column,
                item.type,
                floats=self._floats or bool(self.file.pattern.column(place).null_count),
            )
            found.append(text)
            doubtful = numpy_columns.union(doubtful, odd)
        if "datetime" in self._kinds:
            doubtful = numpy_columns.union(doubtful, self._moments_alone(chunk.batch))
        return Parsed(found, None, [], chunk.size, chunk.batch.columns, doubtful)

    def _moments_alone(self, batch: pa.RecordBatch) -> Mask | None:
        """Rows in which every value is a moment: pandas makes NaT of their nulls, whatever the column."""
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
            _need_python(column)
        if shape == "float" or (shape == "integer" and floats):
            return _of_floats(column.cast(pa.float64(), safe=False), wanted)
        text = texts(column)
        if shape == "datetime" and column.type.tz is None:
            text = texts(pc.utf8_slice_codeunits(text, 0, -1))
        return text, numpy_columns.some(~_valid(column)) if shape == "datetime" else None

    def cells(self, kept: Sequence[pa.Array]) -> list[list[Any]]:
        """Rows as Frictionless's parser gives them."""
        return self.file.cells(kept)

    def blank_lines(self, chunk: Slab, blank: set[int]) -> dict[int, list[str]]:
        """None: a row has all its cells."""
        return {}

    def hints(self, chunk: Slab, cells: list[pa.Array], kernels: list[Any]) -> list[Hint]:
        """None: no reader of a Parquet file sees its text as it is."""
        return []

    def lines(self, rows: set[int]) -> dict[int, int]:
        """None: the file has no lines."""
        return {}

    def digests(self) -> None:
        """None: Frictionless does not hash what pandas reads."""

    def consumed(self, piece: Any, record: int) -> None:
        """None: Frictionless does not count what pandas reads."""


def _valid(column: pa.Array) -> Mask:
    return numpy_columns.mask(numpy_columns.whole(column.is_valid()))


def _of_floats(column: pa.Array, wanted: str) -> tuple[pa.Array, Mask | None]:
    """Floats as text; suspects are NaN, infinity, and in an integer field what is no whole number of 64 bits."""
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
    return texts(plain), numpy_columns.some(~sure)


def _need_python(column: pa.Array) -> None:
    """Days that Python has no date for make Frictionless fail on the whole file."""
    days = np.array([], np.int64)
    if column.null_count < len(column):
        ends = pc.min_max(column)
        per = 1 if pa.types.is_date32(column.type) else 86_400 * UNITS[column.type.unit]
        days = np.array([ends["min"].value // per, ends["max"].value // per])
    if len(days) and (days[0] < DAYS[0] or days[1] > DAYS[1]):
        raise Again("a day before the year 1 or after 9999")


def plan(resource: Any) -> Parquet:
    """How to read an open Parquet table; raises Uncertain, saying why, if this engine cannot."""
    file = getattr(resource._TableResource__parser, "file", "it had to be read whole")
    if not isinstance(file, File):
        raise Uncertain(str(file))
    fields = resource.header.get_expected_fields()
    names = [item.name for item in fields]
    dialect = resource.dialect
    plain = dialect.header_case and not (
        dialect.skip_blank_rows or dialect.comment_char or dialect.comment_rows
    )
    if not plain or dialect.create_first_content_row() != HEADER + 1:
        raise Uncertain("headerCase, skipBlankRows, comments or another header")
    if len(fields) != len(file.schema) or len(set(names)) != len(names):
        raise Uncertain("columns that are not the schema's")
    if file.frame_type in (np.float16, np.float32):
        raise Uncertain("a frame of nothing but small floats")
    frame = file.pattern.to_pandas()
    for column, type_ in zip(file.schema, map(str, frame.dtypes), strict=True):
        if not type_.startswith(FRAMES[kind(column.type)]):
            raise Uncertain(f"the pandas type {type_} of {column.name}")
    for item, column, nulls in zip(fields, file.schema, file.pattern.columns, strict=True):
        if not _fits(item, kind(column.type)):
            raise Uncertain(
                f"a column of {column.type} for the field {item.name} of type {item.type}"
            )
        _need_missing(item, kind(column.type), bool(nulls.null_count))
    return Parquet(file, fields)


def _fits(item: Any, shape: str) -> bool:
    """Whether a cell of that kind is, to this field, what its text is."""
    if shape == "text":
        return True
    if item.type == "number":
        return shape in ("integer", "float", "decimal") and not set(NUMBER_TEXTS) & set(
            item.list_defined()
        )
    if item.type == "integer":
        return shape in ("integer", "float")
    if item.type == "boolean":
        return shape == "boolean" and "true" in item.true_values and "false" in item.false_values
    return bool(item.type == shape and item.format == "default")


def _need_missing(item: Any, shape: str, nulls: bool) -> None:
    """Null must be a missing value, and no value's text may be one that stands for none, since it is not written in one way only."""
    values = item.missing_values
    if not item.has_defined("missing_values") and item.schema:
        values = item.schema.missing_values
    if nulls and "" not in values:
        raise Uncertain(f"null in the field {item.name}, where an empty text is no missing value")
    if shape != "text" and any(_may_be_a_value(text) for text in values):
        raise Uncertain(f"a missing value of the field {item.name} that may be a value")


def _may_be_a_value(text: str) -> bool:
    return any(character.isdigit() for character in text) or text.lower() in (
        "true",
        "false",
        "nan",
        "inf",
        "-inf",
        "nat",
    )
