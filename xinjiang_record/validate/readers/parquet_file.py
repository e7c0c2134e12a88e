"""Open a Parquet file, and turn pieces of it into the cells that Frictionless gets from pandas."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from frictionless.formats.pandas.parser import PandasParser
from frictionless.formats.parquet.control import ParquetControl
from frictionless.resources import TableResource

from xinjiang_record.archives.parquet_size import check_row_count
from xinjiang_record.validate.fast_pass.fallback import FastPassUnsupported, Reason, require
from xinjiang_record.validate.frictionless_hooks.resource_hook import (
    RestartWithoutFastPath,
    replace_parser,
)
from xinjiang_record.validate.readers.arrow_slab import list_rows

ROWS = 65_536  # rows of a piece, at most
SAMPLE = 1_000  # rows that Frictionless is given at a time, of which it takes 100 to begin with
UNITS = {"s": 1, "ms": 1_000, "us": 1_000_000}


def get_kind(type_: pa.DataType) -> str:
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
    ``as_stored``: cells are the values of the file, of any kind, and not those of a frame.
    """

    def __init__(self, path: str, *, as_stored: bool = False) -> None:
        self.path, self.as_stored = path, as_stored
        try:
            self.file = pq.ParquetFile(path)
        except (pa.ArrowException, OSError) as error:
            raise FastPassUnsupported(Reason.PARQUET_UNREADABLE, error) from error
        self.schema = self.file.schema_arrow
        names, meta = self.schema.names, self.file.metadata
        if "=" in path or len(set(names)) != len(names) or not names or not meta.num_rows:
            raise FastPassUnsupported(Reason.PARQUET_SHAPE)
        odd = [item for item in self.schema if not (as_stored or get_kind(item.type))]
        if odd := odd or _indexed(self.schema):
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
    def frame_type(self) -> np.dtype[Any]:
        """Return the numpy (or pandas) type that a row of the frame has."""
        _, row = next(self.pattern.to_pandas().iterrows())
        kind: np.dtype[Any] = row.dtype
        return kind

    def makes_floats(self, place: int) -> bool:
        """Return whether the frame makes floats of the integers in a column.

        It does if the column has a null, and in a frame that has only numbers, one a float.
        """
        if self.as_stored:
            return False
        is_all_floats = getattr(self.frame_type, "kind", "") == "f"
        return is_all_floats or bool(self.pattern.column(place).null_count)

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
                check_row_count(start - int(self.groups[group]), file, group)
        except (pa.ArrowException, OSError) as error:
            raise RestartWithoutFastPath(str(error)) from error
        finally:
            file.close()

    def cells(self, kept: Sequence[pa.Array]) -> list[list[Any]]:
        """Return rows as Frictionless's parser gives them, or as they are stored."""
        if self.as_stored:
            return list_rows(kept)
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


class PiecewiseParser(Protocol):
    """Represent Frictionless's parser of Parquet, whose rows come from another file object."""

    file: ParquetFile | FastPassUnsupported
    read_cell_stream_create: Callable[[], Iterator[list[Any]]]


def open_in_pieces(resource: TableResource, *, as_stored: bool) -> None:
    """Have a Parquet table opened without being read at once, if its cells are the same then.

    ``as_stored``: they are the values of the file, where a null is a null.
    """
    if resource.multipart or resource.memory or resource.compression:
        return

    def prepare(parser: PiecewiseParser) -> None:
        control = ParquetControl.from_dialect(resource.dialect)
        try:
            selected = control.columns or control.filters or control.categories
            require(not selected, Reason.PARQUET_OPTIONS)
            parser.file = ParquetFile(str(resource.normpath), as_stored=as_stored)
            parser.read_cell_stream_create = parser.file.cell_stream
        except FastPassUnsupported as error:
            parser.file = error

    replace_parser(resource, prepare)
