"""Write one table as canonical CSV and as Parquet, in one pass over its rows.

Parquet: zstd, one row group per ``BATCH_ROWS`` rows, and nothing in the footer but the format's own
types. There is no pandas metadata and no Arrow schema, so no dictionary type, which would keep
dropped values. The same rows and libraries give the same bytes.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xinjiang_record import files
from xinjiang_record.release.tables.csv_text import encode_batches, encode_header
from xinjiang_record.schema.load import arrow_schema

PARQUET = {
    "version": "2.6",
    "data_page_version": "1.0",
    "compression": "zstd",
    "compression_level": 3,
    "store_schema": False,
    "write_statistics": True,
}
REPEATS = 4  # how often, on average, a value occurs in a column with a dictionary


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """Hold the size in bytes and the SHA-256 of a written file."""

    bytes: int
    sha256: str


def write_table(
    batches: Iterable[pa.RecordBatch], schema: Mapping[str, Any], csv: Path, parquet: Path
) -> tuple[WrittenFile, WrittenFile, int]:
    """Write canonical batches to both files at the same time; hold at most two batches in memory.

    Returns:
        What was written (CSV, Parquet), and the number of rows.
    """
    batches = iter(batches)
    first = next(batches, None)
    batches = itertools.chain([first] if first is not None else [], batches)
    with (
        files.NewFile(csv) as text,
        open_parquet_writer(parquet, schema, first) as columns,
        ThreadPoolExecutor(1) as other,
    ):
        text.write(encode_header(schema))
        counted = _Tee(batches, columns, other)
        for lines in encode_batches(counted):
            text.write(lines)
    digest = files.seal(parquet)
    size = parquet.stat().st_size
    return WrittenFile(text.bytes, text.sha256), WrittenFile(size, digest), counted.rows


class _Tee:
    """Pass batches on, and write each as a row group in another thread, one at a time."""

    def __init__(
        self, batches: Iterable[pa.RecordBatch], columns: pq.ParquetWriter, other: Executor
    ) -> None:
        self.rows = 0
        self._batches, self._columns, self._other = batches, columns, other

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        pending: Future[None] | None = None
        for batch in self._batches:
            self.rows += batch.num_rows
            if pending:
                pending.result()
            pending = self._other.submit(self._columns.write_batch, batch)
            yield batch
        if pending:
            pending.result()


def open_parquet_writer(
    path: Path, schema: Mapping[str, Any], first: pa.RecordBatch | None
) -> pq.ParquetWriter:
    """Return a writer for a new Parquet file.

    Columns whose first rows repeat values are written through a dictionary, which saves bytes only.
    """
    repeat = (
        [
            name
            for name, column in zip(first.schema.names, first.columns, strict=True)
            if _repeats(column)
        ]
        if first
        else []
    )
    with files.explained(path, files.STAGED):
        return pq.ParquetWriter(
            str(path), arrow_schema(schema), use_dictionary=repeat or False, **PARQUET
        )


def _repeats(column: pa.Array) -> bool:
    return bool(
        pc.count_distinct(column).as_py() * REPEATS <= len(column)
    ) and not pa.types.is_boolean(column.type)
