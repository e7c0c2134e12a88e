"""What a release's tables are read from: a table in memory, a Parquet file that is larger than it, or pieces on many workers.

Either way ``batches`` gives canonical batches of ``BATCH_ROWS`` rows: what is written depends on the rows alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

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
    """A table in a Parquet file, its rows in the order of the primary key already. It is read in batches, never whole."""

    path: Path

    @property
    def num_rows(self) -> int:
        return int(pq.read_metadata(self.path).num_rows)


class Pieces(Protocol):
    """A table that workers have sorted and checked in pieces (``release.partitioned``)."""

    @property
    def num_rows(self) -> int: ...

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The canonical batches."""

    def changes(self, old: Sequence[Path], schema: Mapping[str, Any]) -> Iterator[pa.Table]:
        """What changed since a release's Parquet files, on the workers, as ``diff_table`` tells it; both have the same key."""

    def place(self, release: Path) -> TableFiles:
        """Write the table's parts into the folder of a release, on the workers."""

    def problems(self, release: Path, files: TableFiles) -> list[str]:
        """What is wrong with the parts, read back on the workers: their bytes, their rows, their keys."""


if TYPE_CHECKING:
    Source: TypeAlias = (
        Any  # a pa.Table (pyarrow has no types that a checker could read), a ParquetTable or Pieces
    )
else:
    Source = pa.Table | ParquetTable | Pieces


def read_batches(source: Source, schema: Mapping[str, Any], name: str) -> Iterator[pa.RecordBatch]:
    """The canonical batches of a table that ``canonical`` made, or of a Parquet file. ReleaseError where that is not canonical."""
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
                f"{name}: the rows of {source.path} do not rise by {', '.join(key)}. Sort them; nothing was published."
            )
        last = keys.slice(keys.num_rows - 1)
        yield from table.combine_chunks().to_batches()


def _sized(path: Path) -> Iterator[pa.Table]:
    """A Parquet file in tables of exactly ``BATCH_ROWS`` rows, but for the last."""
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
