"""Write one table as canonical CSV and as Parquet, in one pass over its rows.

Parquet: zstd, one row group per ``BATCH_ROWS`` rows, and nothing in the footer but the format's own
types. There is no pandas metadata and no Arrow schema, so no dictionary type, which would keep
dropped values. The same rows and libraries give the same bytes.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xinjiang_record import files
from xinjiang_record.release.tables.background import Background
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
AHEAD = 2  # batches that wait for being written as Parquet
REPEATS = 4  # how often, on average, a value occurs in a column with a dictionary


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """Hold the size in bytes and the SHA-256 of a written file."""

    bytes: int
    sha256: str


def write_table(
    batches: Iterable[pa.RecordBatch],
    schema: Mapping[str, Any],
    csv: Path,
    parquet: Path,
    later: files.Later | None = None,
) -> tuple[WrittenFile, WrittenFile, int]:
    """Write canonical batches to both files at the same time; flush them now, or ``later``.

    Returns:
        What was written (CSV, Parquet), and the number of rows.
    """
    with files.NewFile(csv, later) as text, _Columns(parquet, schema) as columns:
        text.write(encode_header(schema))
        for lines in encode_batches(columns.write(batches)):
            text.write(lines)
        written = columns.finish(later)
    return WrittenFile(text.bytes, text.sha256), written, columns.rows


class _Columns:
    """Write a Parquet file in another thread, a row group a batch; at most ``AHEAD`` wait."""

    def __init__(self, path: Path, schema: Mapping[str, Any]) -> None:
        self.rows = 0
        self._path, self._schema, self._other = path, schema, Background(1)
        self._writer: pq.ParquetWriter | None = None
        self._waiting: deque[Future[None]] = deque()

    def write(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Pass batches on, and have each written."""
        for batch in batches:
            self.rows += batch.num_rows
            self._waiting.append(self._other.submit(self._write, batch))
            if len(self._waiting) > AHEAD:
                self._waiting.popleft().result()
            yield batch

    def finish(self, later: files.Later | None) -> WrittenFile:
        """Return what was written, once it is."""
        written = self._other.submit(self._close, later)
        while self._waiting:
            self._waiting.popleft().result()
        return written.result()

    def _write(self, batch: pa.RecordBatch) -> None:
        self._open(batch).write_batch(batch)

    def _close(self, later: files.Later | None) -> WrittenFile:
        self._open(None).close()
        digest = files.seal(self._path, later)
        return WrittenFile(self._path.stat().st_size, digest)

    def _open(self, first: pa.RecordBatch | None) -> pq.ParquetWriter:
        if self._writer is None:
            self._writer = open_parquet_writer(self._path, self._schema, first)
        return self._writer

    def __enter__(self) -> _Columns:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        self._other.__exit__(kind, *rest)
        if kind is not None and self._writer is not None:
            with contextlib.suppress(OSError):
                self._writer.close()


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
    """Return whether each value occurs ``REPEATS`` times on average.

    The first half of a column can show already that they do not.
    """
    most = len(column) // REPEATS
    return not pa.types.is_boolean(column.type) and all(
        pc.count_distinct(part).as_py() <= most
        for part in (column.slice(0, len(column) // 2), column)
    )
