"""Write one table as canonical CSV and as Parquet, in one pass over its rows.

Parquet: zstd, one row group per ``BATCH_ROWS`` rows, types that its own format can say and nothing else in the footer (no pandas
metadata, no Arrow schema, so no dictionary type, which would keep dropped values). The same rows and libraries give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from xinjiang_record import files
from xinjiang_record.release.canonical import encode, header
from xinjiang_record.validate.schemas import arrow_schema

PARQUET = {
    "version": "2.6",
    "data_page_version": "1.0",
    "compression": "zstd",
    "compression_level": 3,
    "store_schema": False,
    "write_statistics": True,
    "use_dictionary": True,
}


@dataclass(frozen=True, slots=True)
class Written:
    """One file as it was written: its size and SHA-256."""

    bytes: int
    sha256: str


def write_table(
    batches: Iterable[pa.RecordBatch], schema: Mapping[str, Any], csv: Path, parquet: Path
) -> tuple[Written, Written, int]:
    """Write canonical batches to both files; returns what was written (CSV, Parquet) and the number of rows.

    The two are written side by side: at any time at most two batches are in memory.
    """
    rows = 0
    with files.NewFile(csv) as text, _parquet(parquet, schema) as columns, ThreadPoolExecutor(1) as other:
        text.write(header(schema))
        pending = None
        for batch in batches:
            rows += batch.num_rows
            if pending:
                pending.result()
            pending = other.submit(columns.write_batch, batch)
            text.write(encode(batch))
        if pending:
            pending.result()
    digest = files.seal(parquet)
    return Written(text.bytes, text.sha256), Written(parquet.stat().st_size, digest), rows


def _parquet(path: Path, schema: Mapping[str, Any]) -> pq.ParquetWriter:
    with files.explained(path, files.STAGED):
        return pq.ParquetWriter(str(path), arrow_schema(schema), **PARQUET)
