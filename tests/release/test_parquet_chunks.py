"""Columns of two Parquet files are put together to the bytes that pyarrow would write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from xinjiang_record.release.partitioned.parquet_chunks import read_footer, replace_columns
from xinjiang_record.release.tables.row_order import BATCH_ROWS, split_into_batches
from xinjiang_record.release.tables.write import open_parquet_writer

ROWS = 2 * BATCH_ROWS + 1_000  # three row groups
TYPES = {
    "id": "string",
    "kind": "string",
    "size": "integer",
    "share": "number",
    "on": "date",
    "is_new": "boolean",
}
TABLE = pa.table(
    {
        "id": [f"row {number:07}" for number in range(ROWS)],
        "kind": [("one", "two", None)[number % 3] for number in range(ROWS)],
        "size": [number % 5 for number in range(ROWS)],
        "share": [number / 7 for number in range(ROWS)],
        "on": pa.array([number % 400 for number in range(ROWS)], pa.int32()).cast(pa.date32()),
        "is_new": [number % 11 == 0 for number in range(ROWS)],
    }
)


def written(table: pa.Table, path: Path) -> bytes:
    schema: dict[str, Any] = {
        "fields": [{"name": name, "type": TYPES[name]} for name in table.column_names]
    }
    batches = list(split_into_batches(table))
    with open_parquet_writer(path, schema, batches[0]) as out:
        for batch in batches:
            out.write_batch(batch)
    return path.read_bytes()


@pytest.mark.parametrize("names", [["kind"], ["size", "is_new"], ["id", "on", "share"], [*TYPES]])
def test_the_bytes_are_those_of_the_complete_table(tmp_path: Path, names: list[str]) -> None:
    """Some of the new columns repeat their values where the old ones do not, and the reverse."""
    new = TABLE
    for name in names:
        column = new[name].take(pa.array(range(ROWS - 1, -1, -1)))
        if name == "kind":
            column = pa.chunked_array([[f"kind {number}" for number in range(ROWS)]])
        new = new.set_column(new.column_names.index(name), name, column)
    old = written(TABLE, tmp_path / "old.parquet")
    changed = written(new.select(names), tmp_path / "changed.parquet")
    assert replace_columns(old, changed, names) == written(new, tmp_path / "new.parquet")


def test_files_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    old = written(TABLE, tmp_path / "old.parquet")
    fewer = written(TABLE.select(["kind"]).slice(0, BATCH_ROWS), tmp_path / "fewer.parquet")
    with pytest.raises(ValueError, match="do not fit"):
        replace_columns(old, fewer, ["kind"])
    other = old.replace(b"parquet-cpp-arrow", b"another-cpp-arrow")
    with pytest.raises(ValueError, match="do not fit"):
        replace_columns(other, old, ["kind"])
    for data in (b"", old[:-4] + b"PARE", b"PAR1" + bytes([255] * 8) + b"\x08\0\0\0PAR1"):
        with pytest.raises(ValueError):
            read_footer(data)
