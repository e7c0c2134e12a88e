"""The release before is read with columns of the new table where both files have the same bytes.

What is read must be what the old file holds, whatever the new one is like.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from xinjiang_record.release.changes.unchanged_columns import NewBatches, read_old_batches
from xinjiang_record.release.tables.read import read_parquet_batches
from xinjiang_record.release.tables.row_order import split_into_batches
from xinjiang_record.release.tables.write import write_table
from xinjiang_record.schema.load import arrow_schema

ROWS, GROUP = 20, 6
SCHEMA: dict[str, Any] = {
    "fields": [
        {"name": "id", "type": "integer"},
        {"name": "x", "type": "number"},
        {"name": "y", "type": "string"},
    ],
    "primaryKey": ["id"],
}
OLD = pa.table(
    {
        "id": pa.array(range(ROWS)),
        "x": pa.array([number / 7 for number in range(ROWS)]),
        "y": pa.array([None if number % 3 else f"text {number}" for number in range(ROWS)]),
    },
    schema=arrow_schema(SCHEMA),
)


def replaced(name: str, column: pa.Array) -> pa.Table:
    return OLD.set_column(OLD.schema.get_field_index(name), name, column)


def store(table: pa.Table, folder: Path, name: str, rows: int = GROUP) -> Path:
    """Write a table as a release has it, with small row groups."""
    kinds = {"int64": "integer", "double": "number", "string": "string"}
    fields = [{"name": item.name, "type": kinds[str(item.type)]} for item in table.schema]
    parquet = folder / f"{name}.parquet"
    schema = {"fields": fields, "primaryKey": ["id"]}
    write_table(split_into_batches(table, rows), schema, folder / f"{name}.csv", parquet)
    return parquet


def read(old: Path, new: pa.Table, staged: Path, rows: int = GROUP) -> Iterator[Any]:
    """Yield each batch of the old file while the new batch of the same number is in use."""
    passed = NewBatches(split_into_batches(new, rows))
    reader = read_old_batches(old, SCHEMA, passed, staged)
    for batch in passed:
        yield batch, next(reader, None)
    for rest in reader:
        yield None, rest


@pytest.mark.parametrize(
    "new",
    [
        pytest.param(OLD, id="equal"),
        pytest.param(replaced("x", pc.add(OLD["x"], 1.0)), id="one column differs"),
        pytest.param(replaced("id", pc.add(OLD["id"], 1)), id="the key differs"),
        pytest.param(replaced("x", pc.cast(OLD["id"], pa.string())), id="another type"),
        pytest.param(OLD.drop(["y"]), id="a column fewer"),
        pytest.param(OLD.append_column("z", OLD["y"]), id="a column more"),
        pytest.param(OLD.select(["id", "y", "x"]), id="another order"),
        pytest.param(OLD.slice(1), id="a row fewer"),
        pytest.param(OLD.slice(0, 9), id="fewer row groups"),
        pytest.param(OLD.slice(0, 0), id="no row"),
    ],
)
def test_the_old_rows_are_read_whatever_the_new_ones_are(new: pa.Table, tmp_path: Path) -> None:
    old, staged = store(OLD, tmp_path, "old"), store(new, tmp_path, "new")
    found = [one for _, one in read(old, new, staged) if one is not None]
    assert found == list(read_parquet_batches([old], SCHEMA))


def test_row_groups_of_another_size_and_another_codec_are_read(tmp_path: Path) -> None:
    staged, old = store(OLD, tmp_path, "new"), store(OLD, tmp_path, "old", rows=5)
    assert [one for _, one in read(old, OLD, staged) if one] == list(
        read_parquet_batches([old], SCHEMA)
    )
    other = tmp_path / "other.parquet"
    pq.write_table(OLD, other, compression="none", row_group_size=GROUP, store_schema=False)
    assert [one for _, one in read(other, OLD, staged) if one] == list(
        read_parquet_batches([other], SCHEMA)
    )


def test_only_columns_with_other_bytes_are_decoded(tmp_path: Path) -> None:
    """The column that is not decoded is the new table's own memory."""
    new = replaced("x", pc.add(OLD["x"], 1.0))
    old, staged = store(OLD, tmp_path, "old"), store(new, tmp_path, "new")
    for batch, earlier in read(old, new, staged):
        for name, is_shared in {"id": True, "x": False}.items():
            addresses = {one.column(name).buffers()[1].address for one in (batch, earlier)}
            assert (len(addresses) == 1) == is_shared
