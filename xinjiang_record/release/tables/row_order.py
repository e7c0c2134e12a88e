"""Canonical rows: one text for the same rows, from CSV or Parquet, under any pyarrow. A release's identity is the hash of it.

Contract of the canonical CSV, which is what ``data/<resource>.csv`` holds: UTF-8, LF, a header, fields in schema order, rows in
the order of their primary key (text by its UTF-8 bytes), quotes only around a cell that holds a comma, a quote, LF or CR, null is
the empty cell (an empty text does not exist), ``true`` and ``false``, ISO dates, ``2020-01-01T00:00:00Z``, the shortest digits
that read back as the same number, no -0, NaN or infinity. A table's hash is the SHA-256 of these bytes, and the content hash of a
package that of the lines ``sha256sum`` prints for its tables, so anyone can check it:

    cd data && LC_ALL=C sha256sum *.csv | sha256sum
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from xinjiang_record.errors import ReleaseError
from xinjiang_record.schema.load import arrow_schema

BATCH_ROWS = 65_536  # rows that are text at the same time; also the row group of Parquet files


def sort_table(table: pa.Table, schema: Mapping[str, Any], name: str) -> pa.Table:
    """The table with the schema's fields, types and order of rows.

    Raises ReleaseError for a field too many or too few, a value that its type cannot hold, an empty text, NaN or infinity, and a
    primary key that is null or stands twice.
    """
    table = conform_table(table, schema, name)
    return _sorted(table, list(schema["primaryKey"]), name)


def conform_table(
    table: pa.Table, schema: Mapping[str, Any], name: str, first_row: int = 0
) -> pa.Table:
    """The table with the schema's fields and types; raises as ``canonical`` does, order and keys aside.

    Of a table in pieces, ``first_row`` is the number of rows before these.
    """
    types = arrow_schema(schema)
    if sorted(table.column_names) != sorted(types.names):
        given = table.column_names
        odd = sorted(
            {*(set(given) ^ set(types.names)), *(one for one in given if given.count(one) > 1)}
        )
        raise ReleaseError(
            f"{name}: the table and its schema differ in the fields {', '.join(odd)}. Nothing was published."
        )
    try:
        table = table.select(types.names).cast(types)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise ReleaseError(f"{name}: {error}. Nothing was published.") from error
    table = table.replace_schema_metadata(None)
    for field in types.names:
        _refuse_unsayable(table[field], f"{name}.{field}", first_row)
    return table


def _refuse_unsayable(column: pa.ChunkedArray, where: str, first_row: int) -> None:
    if pa.types.is_string(column.type):
        wrong, what = pc.equal(pc.binary_length(column), 0), "an empty text, where null is meant"
    elif pa.types.is_floating(column.type):
        wrong, what = pc.invert(pc.is_finite(column)), "NaN or infinity"
    else:
        return
    if pc.any(wrong).as_py():
        row = first_row + pc.index(wrong, True).as_py() + 1
        raise ReleaseError(f"{where}: row {row} holds {what}. Nothing was published.")


def _sorted(table: pa.Table, key: list[str], name: str) -> pa.Table:
    if any(table[field].null_count for field in key):
        raise ReleaseError(
            f"{name}: the primary key ({', '.join(key)}) is null in a row. Nothing was published."
        )
    if not is_strictly_rising(table, key):
        table = table.sort_by([(field, "ascending") for field in key])
        if not is_strictly_rising(table, key):
            raise ReleaseError(
                f"{name}: two rows have the same primary key ({', '.join(key)}). Nothing was published."
            )
    return table


def is_strictly_rising(table: pa.Table, key: list[str]) -> bool:
    """Whether each row's key is greater than the one before: sorted, and no key twice."""
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
    """The table in batches of a fixed size, whatever its chunks: what is written depends on the rows alone."""
    for start in range(0, table.num_rows, rows):
        yield from table.slice(start, rows).combine_chunks().to_batches()
