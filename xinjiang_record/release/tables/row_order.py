"""Bring a table into canonical form: the schema's fields and types, rows sorted by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from xinjiang_record.errors import ReleaseError
from xinjiang_record.schema.load import arrow_schema

BATCH_ROWS = 65_536  # rows that are text at the same time; also the row group of Parquet files


def sort_table(table: pa.Table, schema: Mapping[str, Any], name: str) -> pa.Table:
    """Return the table with the schema's fields and types, in the order of its primary key.

    Raises:
        ReleaseError: A field too many or too few; a value that its type cannot hold; an empty text,
            NaN or infinity; a primary key that is null or not unique.
    """
    table = conform_table(table, schema, name)
    return _sorted(table, list(schema["primaryKey"]), name)


def conform_table(
    table: pa.Table, schema: Mapping[str, Any], name: str, first_row: int = 0
) -> pa.Table:
    """Return the table with the schema's fields and types, in its own order of rows.

    ``first_row`` is the number of rows before these, where the table comes in pieces.

    Raises:
        ReleaseError: As for ``sort_table``, except order and keys.
    """
    types = arrow_schema(schema)
    if sorted(table.column_names) != sorted(types.names):
        given = table.column_names
        odd = sorted(
            {*(set(given) ^ set(types.names)), *(one for one in given if given.count(one) > 1)}
        )
        raise ReleaseError(
            f"{name}: the table and its schema differ in the fields {', '.join(odd)}."
        )
    try:
        table = table.select(types.names).cast(types)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise ReleaseError(f"{name}: {error}.") from error
    table = table.replace_schema_metadata(None)
    for field in types.names:
        _refuse_unsayable(table[field], f"{name}.{field}", first_row)
    return table


def _refuse_unsayable(column: pa.ChunkedArray, where: str, first_row: int) -> None:
    if pa.types.is_string(column.type):
        told, wrong, what = pc.binary_length(column), 0, "an empty text, where null is meant"
    elif pa.types.is_floating(column.type):
        told, wrong, what = pc.is_finite(column), False, "NaN or infinity"
    else:
        return
    if pc.min_max(told).as_py()["min"] == wrong:
        row = first_row + pc.index(told, wrong).as_py() + 1
        raise ReleaseError(f"{where}: row {row} holds {what}.")


def _sorted(table: pa.Table, key: list[str], name: str) -> pa.Table:
    if any(table[field].null_count for field in key):
        raise ReleaseError(f"{name}: the primary key ({', '.join(key)}) is null in a row.")
    if not is_strictly_rising(table, key):
        table = table.sort_by([(field, "ascending") for field in key])
        if not is_strictly_rising(table, key):
            raise ReleaseError(f"{name}: two rows have the same primary key ({', '.join(key)}).")
    return table


def is_strictly_rising(table: pa.Table, key: list[str]) -> bool:
    """Return whether each row's key is greater than the one before: sorted, and unique."""
    if table.num_rows < 2:
        return True
    greater: Any = None
    for field in reversed(key):
        before, after = table[field].slice(0, table.num_rows - 1), table[field].slice(1)
        more = pc.greater(after, before)
        greater = (
            more if greater is None else pc.or_(more, pc.and_(pc.equal(after, before), greater))
        )
    return bool(pc.all(greater).as_py())


def split_into_batches(table: pa.Table, rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
    """Yield the table in batches of a fixed size, so that output depends on the rows alone."""
    for start in range(0, table.num_rows, rows):
        yield from table.slice(start, rows).combine_chunks().to_batches()
