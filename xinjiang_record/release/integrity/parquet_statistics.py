"""Compare what a published Parquet file says of its values with the values.

Readers skip row groups by these statistics, so that a false one hides rows from them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq


class StatisticsWatch:
    """Look at the batches of one file as they go by, and collect what its statistics say falsely.

    An index of pages is a problem too: nothing here compares it, and no release has one.
    """

    def __init__(self, path: str) -> None:
        """Read the footer of a Parquet file."""
        self._path, self._meta = path, pq.read_metadata(path)
        self._found: dict[str, str] = {}

    @property
    def problems(self) -> list[str]:
        """Return a line for each column with a false statistic."""
        return list(self._found.values())

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield the batches, each of which is a row group or a part of one."""
        numbers = iter(range(self._meta.num_row_groups))
        group, left = -1, 0
        for batch in batches:
            while batch.num_rows and not left:
                group = next(numbers)
                left = self._meta.row_group(group).num_rows
            if batch.num_rows:
                self._compare(batch, group)
            left -= batch.num_rows
            yield batch

    def _compare(self, batch: pa.RecordBatch, group: int) -> None:
        about = self._meta.row_group(group)
        for place, name in enumerate(batch.schema.names):
            if name in self._found:
                continue
            chunk = about.column(place)
            is_whole = batch.num_rows == about.num_rows
            problem = _find_problem(chunk, batch.column(place), is_whole)
            if problem:
                self._found[name] = f"{self._path}: {name}: {problem} (row group {group + 1})."


def _find_problem(chunk: pq.ColumnChunkMetaData, values: pa.Array, is_whole: bool) -> str:
    if chunk.has_column_index or chunk.has_offset_index:
        return "expected no index of its pages, got one"
    told = chunk.statistics
    if told is None:
        return ""
    if told.has_null_count and is_whole and told.null_count != values.null_count:
        return f"its statistics say {told.null_count} empty cells, and it has {values.null_count}"
    if not told.has_min_max:
        return ""
    if pa.types.is_dictionary(values.type):
        values = values.dictionary.take(pc.unique(values.indices.drop_null()))
    ends = pc.min_max(values).as_py()
    if ends["min"] is None:
        return "its statistics give a least value, and it has none"
    try:
        told_and_found = [
            one.replace(tzinfo=None) if isinstance(one, datetime) else one  # both are in UTC
            for one in (told.min, ends["min"], ends["max"], told.max)
        ]
        is_told = told_and_found[0] <= told_and_found[1] and told_and_found[2] <= told_and_found[3]
    except (TypeError, ValueError, OverflowError):  # bytes that are no value of the type
        is_told = False
    return "" if is_told else "its values are not between the ends that its statistics give"
