"""Read the release before, without decoding what the new table has as well.

Most columns of a new version are those of the release before, and so are their bytes in Parquet.
Where a row group has the same bytes for a column in both files, its values are the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from xinjiang_record.release.tables.read import read_row_group
from xinjiang_record.schema.load import arrow_schema

ALIKE = (
    "physical_type",
    "compression",
    "encodings",
    "num_values",
    "total_compressed_size",
    "total_uncompressed_size",
)  # what the footer says of two chunks with the same values and bytes


class NewBatches:
    """Pass the canonical batches of the new table on; remember the last one and its number."""

    def __init__(self, batches: Iterator[pa.RecordBatch]) -> None:
        """Take the batches."""
        self._batches = batches
        self.number = -1
        self.batch: pa.RecordBatch | None = None

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        """Yield each batch."""
        for number, batch in enumerate(self._batches):
            self.number, self.batch = number, batch
            yield batch


def read_old_batches(
    old: Path, schema: Mapping[str, Any], new: NewBatches, staged: Path
) -> Iterator[pa.RecordBatch]:
    """Yield the canonical batches of a release's Parquet file.

    Args:
        old: The file, whose bytes are known to be those that were released.
        schema: The schema of the release.
        new: The new table. A batch that is compared with a row group of the same number can give
            its columns.
        staged: The Parquet file that was written from the new table.
    """
    types = arrow_schema(schema)
    with (
        pq.ParquetFile(str(old)) as before,
        pq.ParquetFile(str(staged)) as after,
        old.open("rb") as old_bytes,
        staged.open("rb") as new_bytes,
    ):
        places = {column.path: (number, column) for number, column in _columns(after)}
        shared = [
            (column.path, one, places[column.path][0])
            for one, column in _columns(before)
            if column.path in places and column.equals(places[column.path][1])
        ]
        for number in range(before.num_row_groups):
            group, columns = before.metadata.row_group(number), {}
            batch = new.batch if new.number == number else None
            if batch is not None and batch.num_rows == group.num_rows:
                other = after.metadata.row_group(number)
                columns = {
                    name: batch.column(name)
                    for name, one, two in shared
                    if batch.column(name).type == types.field(name).type
                    and _is_same(group.column(one), old_bytes, other.column(two), new_bytes)
                }
            if missing := [name for name in types.names if name not in columns]:
                read = read_row_group(before, number, schema, missing, threads=True)
                columns.update((name, read[name].chunk(0)) for name in missing)
            yield pa.record_batch([columns[name] for name in types.names], schema=types)


def _columns(file: pq.ParquetFile) -> Iterator[tuple[int, pq.ColumnSchema]]:
    return ((number, file.schema.column(number)) for number in range(len(file.schema)))


def _is_same(
    one: pq.ColumnChunkMetaData,
    one_bytes: BinaryIO,
    two: pq.ColumnChunkMetaData,
    two_bytes: BinaryIO,
) -> bool:
    """Return whether two chunks of a column have the same bytes, which mean the same."""
    return all(getattr(one, name) == getattr(two, name) for name in ALIKE) and (
        _read(one, one_bytes) == _read(two, two_bytes)
    )


def _read(chunk: pq.ColumnChunkMetaData, stream: BinaryIO) -> bytes:
    """Return the pages of a chunk of a column."""
    starts = (chunk.dictionary_page_offset, chunk.data_page_offset)
    stream.seek(min(start for start in starts if start is not None))
    return stream.read(chunk.total_compressed_size)
