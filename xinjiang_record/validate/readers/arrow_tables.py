"""Check Arrow tables in memory with the engine that reads files, as the text that is published.

Frictionless has each table as inline rows. It reads them only for a lookup that needs more than the
fast pass has; else it reads the suspects alone.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from frictionless import Package
from frictionless.fields import NumberField
from frictionless.resources import TableResource

from xinjiang_record import numpy_columns
from xinjiang_record.constraints.registry import BOUNDS
from xinjiang_record.errors import ReadError, SchemaError
from xinjiang_record.validate.fast_pass.scanned_table import ScannedTable
from xinjiang_record.validate.fast_pass.suspect_store import THREADS
from xinjiang_record.validate.field_types.field_rules import FieldRules, choose_proof
from xinjiang_record.validate.readers.arrow_slab import (
    HEADER,
    Slab,
    WithoutText,
    list_rows,
    write_column,
)
from xinjiang_record.validate.readers.csv_chunks import Parsed
from xinjiang_record.validate.strict import declare_defaults
from xinjiang_record.validate.unique_keys import list_declared_keys

if TYPE_CHECKING:
    from frictionless import Field

    from xinjiang_record.validate.frictionless_hooks.resource_hook import KnownKeys


ROWS = 32_768  # rows that are text at the same time, in each thread
SAMPLE = 100  # rows that Frictionless is given at a time: so many it takes to begin with
# What Arrow calls the types whose canonical text can be proved by their ends alone.
ARROW_TYPES: Mapping[str, Callable[[pa.DataType], bool]] = {
    "integer": pa.types.is_integer,
    "number": lambda kind: pa.types.is_floating(kind) or pa.types.is_integer(kind),
    "date": pa.types.is_date32,
    "words": pa.types.is_boolean,
}
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"


@dataclass(frozen=True, slots=True)
class TableErrors:
    """Hold the errors of one table: Frictionless's, and the rows that repeat a unique key.

    Those are (names, first row, row, cells). Rows count as in Frictionless's reports: the header is
    the first.
    """

    errors: Sequence[Mapping[str, Any]]
    repeated: Sequence[tuple[tuple[str, ...], int, int, list[str]]]


@dataclass(frozen=True, slots=True)
class MemoryTable(WithoutText):
    """Hold a table in memory, as ``Scan`` reads it: a piece is a slice of its rows.

    ``proved`` are the columns whose values are known to be good (see ``_is_proved``).
    """

    path: str
    given: _Rows
    fields: list[Field]
    proved: frozenset[int] = frozenset()
    most_threads: int = 1
    first: int = HEADER
    ahead: int = HEADER

    @property
    def table(self) -> pa.Table:
        """Return the Arrow table."""
        return self.given.table

    @property
    def rows(self) -> int:
        """Return the number of rows."""
        return int(self.table.num_rows)

    size = rows

    @property
    def threads(self) -> int:
        """Return the number of threads: a small table needs no second."""
        return min(self.most_threads, THREADS) if self.rows > ROWS else 1

    def done(self, chunk: Slab) -> int:
        """Return the rows up to the end of a piece."""
        return chunk.offset + chunk.size

    def pieces(self) -> Iterator[Slab]:
        """Yield slices of the same number of rows."""
        for start in range(0, self.rows, ROWS):
            yield self.piece(start, min(ROWS, self.rows - start), start + ROWS >= self.rows)

    def piece(self, offset: int, size: int, last: bool) -> Slab:
        """Return some rows."""
        (batch,) = self.table.slice(offset, size).combine_chunks().to_batches()
        return Slab(batch, offset, size, last, offset == 0)

    def parse(self, chunk: Slab) -> Parsed:
        """Return the rows as text; null is the empty text."""
        columns = chunk.batch.columns
        texts = [
            _stand_in(column) if place in self.proved else write_column(column)
            for place, column in enumerate(columns)
        ]
        return Parsed(texts, None, [], chunk.size, columns, proved=self.proved)

    def cells(self, kept: Sequence[pa.Array]) -> list[list[Any]]:
        """Return the texts of the values, row by row."""
        return list_rows([write_column(column) for column in kept])


class _Rows:
    """Give the table as Frictionless's inline data: a header, and rows of text."""

    def __init__(self, table: pa.Table) -> None:
        self.table, self._begun = table, list[Generator[list[str], None, None]]()

    def __iter__(self) -> Iterator[list[str]]:
        self._begun.append(self._rows())
        return self._begun[-1]

    def close(self) -> None:
        """Let go of the table: Frictionless leaves reference cycles that hold these rows."""
        self.table = pa.table({})
        for rows in self._begun:
            rows.close()

    def _rows(self) -> Generator[list[str], None, None]:
        yield list(self.table.column_names)
        for batch in self.table.to_batches(max_chunksize=SAMPLE):
            yield from list_rows([write_column(column) for column in batch.columns])


def check(
    package: str,
    tables: Mapping[str, tuple[pa.Table, Mapping[str, Any]]],
    wanted: Sequence[str],
    threads: int,
) -> list[TableErrors]:
    """Return the errors of the ``wanted`` tables; foreign keys refer to the others.

    Args:
        package: The name of the package.
        tables: Arrow tables, each with its Table Schema, by name.
        wanted: The names of the tables to check.
        threads: The most that a large table is checked with.

    Raises:
        SchemaError: Frictionless does not accept a schema.
        ReadError: Frictionless fails on the data.
    """
    whole = _package(package, tables)
    keys: KnownKeys = {}
    try:
        return [
            _found(resource, package, threads, keys)
            for resource in whole.resources
            if isinstance(resource, TableResource) and resource.name in wanted
        ]
    finally:
        for resource in whole.resources:
            if isinstance(resource.data, _Rows):
                resource.data.close()


def _package(package: str, tables: Mapping[str, tuple[pa.Table, Mapping[str, Any]]]) -> Package:
    resources = [
        {"name": name, "type": "table", "data": [], "format": "inline", "schema": dict(schema)}
        for name, (_, schema) in tables.items()
    ]
    whole = Package.from_descriptor({"$schema": PROFILE, "name": package, "resources": resources})
    for resource, (table, _) in zip(whole.resources, tables.values(), strict=True):
        resource.data = _Rows(table)
        if isinstance(resource, TableResource):
            declare_defaults(resource)
    return whole


def _found(resource: TableResource, package: str, threads: int, keys: KnownKeys) -> TableErrors:
    hook = ScannedTable(resource, partial(_memory_table, threads=threads))
    hook.known_keys = keys  # a table that others refer to is read for them once
    try:
        report = resource.validate(limit_errors=0).to_descriptor()
    except Exception as error:
        raise ReadError(
            f"{package}/{resource.name}: Frictionless 5.21 fails on these data: "
            f"{type(error).__name__}: {error}."
        ) from error
    finally:
        hook.close()
    if report["errors"]:
        messages = "; ".join(error["message"] for error in report["errors"])
        raise SchemaError(f"{package}/{resource.name}: {messages}.")
    if not hook.fast:
        raise ReadError(f"{package}/{resource.name}: not checked, since {hook.reason}.")
    repeated = [
        (key.names, first, row, cells)
        for key in hook.unique
        for first, row, cells in key.repeated()
    ]
    vars(hook).clear()  # it is in a reference cycle, and holds the keys
    return TableErrors(report["tasks"][0]["errors"], repeated)


def _memory_table(resource: TableResource, threads: int) -> MemoryTable:
    rows = resource.data
    if not isinstance(rows, _Rows):
        raise TypeError("expected the rows of an Arrow table")
    table, fields = rows.table, resource.header.get_expected_fields()
    compared = _compared_fields(resource)
    proved = frozenset(
        place
        for place, (item, column) in enumerate(zip(fields, table.columns, strict=False))
        if item.name not in compared and _is_proved(item, column)
    )
    return MemoryTable(resource.name or "", rows, fields, proved, threads)


def _compared_fields(resource: TableResource) -> set[str]:
    """Return the fields of keys, and all that keys of any table refer to."""
    place = {item.name: number for number, item in enumerate(resource.schema.fields)}
    names = {*resource.schema.primary_key}
    names.update(*list_declared_keys(resource.schema, place))
    for other in resource.package.resources if resource.package else ():
        for key in other.schema.foreign_keys:
            names.update(key["fields"], key["reference"]["fields"])
    return names


def _is_proved(field: Field, column: pa.ChunkedArray) -> bool:
    """Return whether the canonical texts of all values of a column are good cells of a field.

    Numbers and days are where the least and the greatest are, since bounds are all that is asked
    of them. A number may be a word for no value, and may be written with other marks.
    """
    rules, proof = FieldRules(field), choose_proof(field)
    if rules.missing_values != {""} or rules.standard is not None or proof not in ARROW_TYPES:
        return False
    if rules.constraints.keys() - BOUNDS.keys() or not ARROW_TYPES[proof](column.type):
        return False
    if isinstance(field, NumberField) and (field.decimal_char, field.group_char) != (".", ""):
        return False
    ends = pc.min_max(column)
    texts = [ends[name].cast(pa.string()).as_py() for name in ("min", "max")]
    return all(rules.cells.are_good([text for text in texts if text is not None]))


def _stand_in(column: pa.Array) -> pa.Array:
    """Return the text 0 for each value of a proved column, and the empty text for null."""
    if not column.null_count:
        return _zeros(len(column))
    offsets = np.zeros(len(column) + 1, np.int32)
    np.cumsum(numpy_columns.mask(column.is_valid()), out=offsets[1:])
    return _numbered(offsets)


@functools.lru_cache(maxsize=4)
def _zeros(count: int) -> pa.Array:
    return _numbered(np.arange(count + 1, dtype=np.int32))


def _numbered(offsets: npt.NDArray[np.int32]) -> pa.Array:
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(b"0" * int(offsets[-1]))]
    return pa.Array.from_buffers(pa.string(), len(offsets) - 1, buffers, 0)
