"""Read what a release's tables are made from: a table in memory, a Parquet file, or pieces.

``read_batches`` yields canonical batches of ``BATCH_ROWS`` rows in each case, so that what is
written depends on the rows alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from xinjiang_record import files
from xinjiang_record.errors import ReleaseError
from xinjiang_record.release.tables.file_info import TableFiles
from xinjiang_record.release.tables.row_order import (
    BATCH_ROWS,
    conform_table,
    is_strictly_rising,
    split_into_batches,
)


@dataclass(frozen=True, slots=True)
class ParquetTable:
    """Hold a table in a Parquet file, in the order of the primary key; it is read in batches."""

    path: Path

    @property
    def num_rows(self) -> int:
        """Return the number of rows."""
        return int(pq.read_metadata(self.path).num_rows)


class Pieces(Protocol):
    """Describe a table that workers have sorted and checked in pieces (``release.partitioned``)."""

    @property
    def num_rows(self) -> int:
        """Return the number of rows."""

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the canonical batches."""

    def changes(self, old: Sequence[Path], schema: Mapping[str, Any]) -> Iterator[pa.Table]:
        """Yield what changed since a release's Parquet files, which have the same key."""

    def place(self, release: Path, later: files.Later) -> TableFiles:
        """Write the table's parts into the folder of a release, on the workers."""

    def problems(self, release: Path, table: TableFiles) -> list[str]:
        """Return what is wrong with the parts' bytes, rows and keys, read back by the workers."""


if TYPE_CHECKING:
    Source: TypeAlias = (
        Any  # a pa.Table (pyarrow has no types that a checker could read), a ParquetTable or Pieces
    )
else:
    Source = pa.Table | ParquetTable | Pieces


def read_batches(source: Source, schema: Mapping[str, Any], name: str) -> Iterator[pa.RecordBatch]:
    """Yield the canonical batches of a sorted table, of a Parquet file or of pieces.

    Raises:
        ReleaseError: A Parquet file is not in canonical order.
    """
    if isinstance(source, pa.Table):
        yield from split_into_batches(source)
        return
    if not isinstance(source, ParquetTable):
        yield from source.batches()
        return
    key, last = list(schema["primaryKey"]), None
    for table in _sized(source.path):
        table = conform_table(table, schema, name)
        keys = table.select(key)
        if not is_strictly_rising(pa.concat_tables([last, keys]) if last else keys, key):
            raise ReleaseError(
                f"{name}: the rows of {source.path} are not in the order of {', '.join(key)}. "
                "Sort them."
            )
        last = keys.slice(keys.num_rows - 1)
        yield from table.combine_chunks().to_batches()


def _sized(path: Path) -> Iterator[pa.Table]:
    """Yield a Parquet file in tables of exactly ``BATCH_ROWS`` rows, except the last."""
    waiting: pa.Table | None = None
    with pq.ParquetFile(str(path)) as file:
        for group in range(
            file.num_row_groups
        ):  # iter_batches would keep what it has read until the end
            table = file.read_row_group(group)
            waiting = table if waiting is None else pa.concat_tables([waiting, table])
            while waiting.num_rows >= BATCH_ROWS:
                yield waiting.slice(0, BATCH_ROWS)
                waiting = waiting.slice(BATCH_ROWS)
    if waiting is not None and waiting.num_rows:
        yield waiting
