"""Arrow tables in memory, through the engine that reads files: the kernels prove their columns as the text that a release publishes.

Frictionless is given each table as inline rows, which it reads only where a lookup needs more than kernels; else it sees suspects alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import xinjiang_record.validate.frictionless_hooks.speedups  # isort: skip  # noqa: F401 - before Frictionless

import pyarrow as pa
import pyarrow.compute as pc
from frictionless import Package

from xinjiang_record.errors import ReadError, SchemaError
from xinjiang_record.schema.cell_text import to_text
from xinjiang_record.validate.beyond_frictionless import Hint
from xinjiang_record.validate.fast_pass import numpy_columns
from xinjiang_record.validate.frictionless_hooks.suspect_rows import Thinned
from xinjiang_record.validate.readers.csv_chunks import Parsed
from xinjiang_record.validate.strict import declare

ROWS = 262_144  # rows that are text at the same time, on each core
SAMPLE = 1_000  # rows that Frictionless is given at a time, of which it takes 100 to begin with
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
HEADER = 1  # records before the rows, as in the CSV that is published


@dataclass(frozen=True, slots=True)
class Found:
    """What is wrong with one table: Frictionless's errors, and as (names, first row, row, cells) the rows that repeat a unique key.

    Rows count as in Frictionless's reports: the header is the first.
    """

    errors: Sequence[Mapping[str, Any]]
    repeated: Sequence[tuple[tuple[str, ...], int, int, list[str]]]


@dataclass(frozen=True, slots=True)
class Slab:
    """Some rows of a table."""

    batch: pa.RecordBatch
    offset: int
    size: int
    last: bool
    first: bool


@dataclass(frozen=True, slots=True)
class Memory:
    """A table in memory, as ``Scan`` reads it: a piece is a slice of its rows.

    One thread: it is small, or a range of a large one, whose other ranges are checked elsewhere at the same time.
    """

    path: str
    table: pa.Table
    fields: list[Any]
    first: int = HEADER
    ahead: int = HEADER
    threads: int = 1

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return int(self.table.num_rows)

    size = rows

    def done(self, chunk: Slab) -> int:
        """The rows up to the end of a piece."""
        return chunk.offset + chunk.size

    def pieces(self) -> Iterator[Slab]:
        """Slices of the same number of rows."""
        for start in range(0, self.rows, ROWS):
            yield self.piece(start, min(ROWS, self.rows - start), start + ROWS >= self.rows)

    def piece(self, offset: int, size: int, last: bool) -> Slab:
        """Some rows."""
        (batch,) = self.table.slice(offset, size).combine_chunks().to_batches()
        return Slab(batch, offset, size, last, offset == 0)

    def parse(self, chunk: Slab) -> Parsed:
        """The rows as text; null is the empty text."""
        return Parsed([texts(column) for column in chunk.batch.columns], None, [], chunk.size)

    def cells(self, kept: Sequence[pa.Array]) -> list[list[Any]]:
        """The texts, row by row."""
        return _cells(kept)

    def blank_lines(self, chunk: Slab, blank: set[int]) -> dict[int, list[str]]:
        """None: a row has all its cells."""
        return {}

    def hints(self, chunk: Slab, cells: list[pa.Array], kernels: list[Any]) -> list[Hint]:
        """None: nobody reads them here."""
        return []

    def lines(self, rows: set[int]) -> dict[int, int]:
        """None: there is no file."""
        return {}

    def digests(self) -> None:
        """None: there are no bytes."""

    def consumed(self, piece: Any, record: int) -> None:
        """None: there are no bytes."""


class _Rows:
    """The table as Frictionless's inline data: a header, and rows of text."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table

    def __iter__(self) -> Iterator[list[str]]:
        yield list(self.table.column_names)
        for batch in self.table.to_batches(max_chunksize=SAMPLE):
            yield from _cells([texts(column) for column in batch.columns])


def check(
    package: str, tables: Mapping[str, tuple[pa.Table, Mapping[str, Any]]], wanted: Sequence[str]
) -> list[Found]:
    """What is wrong with the ``wanted`` tables; the others are only referred to. ``tables`` are Arrow tables with their schemas.

    Raises SchemaError for a schema that Frictionless does not accept, ReadError for data on which it fails.
    """
    whole = _package(package, tables)
    return [_found(resource) for resource in whole.resources if resource.name in wanted]


def _package(package: str, tables: Mapping[str, tuple[pa.Table, Mapping[str, Any]]]) -> Any:
    resources = [
        {"name": name, "type": "table", "data": [], "format": "inline", "schema": dict(schema)}
        for name, (_, schema) in tables.items()
    ]
    whole = Package.from_descriptor({"$schema": PROFILE, "name": package, "resources": resources})
    for resource, (table, _) in zip(whole.resources, tables.values(), strict=True):
        resource.data = _Rows(table)
        declare(resource)
    return whole


def _found(resource: Any) -> Found:
    thinned = Thinned(resource, _plan)
    try:
        report = resource.validate(limit_errors=0).to_descriptor()
    except Exception as error:
        raise ReadError(
            f"{resource.package.name}/{resource.name}: Frictionless 5.21 fails on these data: {type(error).__name__}: {error}. "
            "Nothing was published."
        ) from error
    finally:
        thinned.close()
    if report["errors"]:
        told = "; ".join(error["message"] for error in report["errors"])
        raise SchemaError(
            f"{resource.package.name}/{resource.name}: {told}. Nothing was published."
        )
    if not thinned.fast:
        raise ReadError(
            f"{resource.package.name}/{resource.name}: not checked, since {thinned.reason}."
        )
    repeated = [
        (key.names, first, row, cells)
        for key in thinned.unique
        for first, row, cells in key.repeated()
    ]
    return Found(report["tasks"][0]["errors"], repeated)


def _plan(resource: Any) -> Memory:
    return Memory(resource.name, resource.data.table, resource.header.get_expected_fields())


def _cells(kept: Sequence[pa.Array]) -> list[list[Any]]:
    return list(map(list, zip(*(column.to_pylist() for column in kept), strict=True)))


def texts(column: pa.Array) -> pa.Array:
    """The canonical texts of a column, as kernels take them: null is the empty text, and the first begins the memory."""
    text = to_text(column).cast(pa.string())
    return numpy_columns.whole(pc.coalesce(text, _EMPTY) if text.null_count else text)


_EMPTY = numpy_columns.strings([""])[0]
