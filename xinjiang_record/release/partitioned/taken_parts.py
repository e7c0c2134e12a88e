"""Take over what did not change from the parts of the release before.

A row belongs to an old input file that is still there, byte by byte (``kept_inputs``), or it is
gone. What is new is sorted and checked as always. So of an old part is known which rows are gone
and which new rows fall into its range of keys:

    match_part(old part)  nothing is gone or new: the part is the old one; or the same keys are gone
                          and new: some values are replaced; or else its rows are merged and sorted
    diff_taken(part)      what changed: the replaced rows

What is read of an old part must have the SHA-256 that was noted when it was written and verified.
``taken_files`` writes and verifies the files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xinjiang_record.errors import VerifyError
from xinjiang_record.release.changes.row_diff import Side, diff_table
from xinjiang_record.release.partitioned import steps
from xinjiang_record.release.partitioned.partition_diff import write_changes
from xinjiang_record.release.partitioned.steps import Job, Origins, Slice, Sorted
from xinjiang_record.release.tables.read import find_coded_texts, read_row_group
from xinjiang_record.release.tables.row_order import (
    BATCH_ROWS,
    is_strictly_rising,
)
from xinjiang_record.schema.load import arrow_schema

Key: TypeAlias = tuple[Any, ...]
GONE = -1  # of an old input file: it is not there any more
AT = "at"  # the place of a replaced row in its part


@dataclass(frozen=True, slots=True)
class OldPart:
    """Hold a part of the release before: its place in the table, its files and their SHA-256."""

    number: int
    first: int
    rows: int
    csv: Path
    csv_sha256: str
    parquet: Path
    parquet_sha256: str


@dataclass(frozen=True, slots=True)
class Numbers:
    """Hold the number of each old input and each new one among the inputs of this run.

    ``origins`` is the file that says for each row of the old table from which old input it came.
    """

    origins: Path
    old: tuple[int, ...]
    fresh: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TakenPart:
    """Hold a part that has the keys of the old one; ``replaced`` has the rows that differ."""

    old: OldPart
    replaced: Path | None = None

    @property
    def rows(self) -> int:
        """Return the number of rows."""
        return self.old.rows


def path_of(job: Job, old: OldPart) -> Path:
    """Return where the rows of an old part are written anew; their origins always are, there."""
    return job.folder / f"merged-{old.number:05}.arrow"


def read_last_key(job: Job, part: OldPart) -> Key:
    """Return the last key of an old part."""
    with pq.ParquetFile(str(part.parquet)) as file:
        group = file.read_row_group(file.num_row_groups - 1, columns=job.key, use_threads=False)
    return tuple(group[name][-1].as_py() for name in job.key)


def match_part(
    job: Job, old: OldPart, numbers: Numbers, fresh: Sequence[Slice]
) -> TakenPart | Sorted:
    """Return what an old part has become; ``fresh`` are the new rows in its range of keys.

    A finding means that the rows cannot be taken over: a new row has the key of an old one.
    """
    path = path_of(job, old)
    came_from = np.fromfile(numbers.origins, "<u4", old.rows, offset=4 * old.first)
    origins = np.array(numbers.old, np.int64)[came_from]
    gone = np.flatnonzero(origins == GONE)
    if not len(gone) and not fresh:
        steps.write_origins(path, origins)
        return TakenPart(old)
    table = _read(job, old)
    new = steps.read_slices(fresh) if fresh else arrow_schema(job.schema).empty_table()
    new_origins = np.array(numbers.fresh, np.int64)[steps.read_origins(fresh)]
    before = table.take(pa.array(gone))
    if before.select(job.key).equals(new.select(job.key)):
        origins[gone] = new_origins
        steps.write_origins(path, origins)
        return _replace(job, old, gone, before, new)
    stay = np.flatnonzero(origins != GONE)
    keys = table.select(job.key)
    order = _merge(keys.take(pa.array(stay)), new.select(job.key), stay, len(table))
    merged = pa.concat_tables([_plain(job, table), new]).take(pa.array(order)).combine_chunks()
    steps.write_origins(path, np.concatenate([origins, new_origins])[order])
    return steps.write_sorted(path, merged, 0 if is_strictly_rising(merged, job.key) else 1)


def _merge(stay: pa.Table, new: pa.Table, at: Origins, rows: int) -> Origins:
    """Return the order of the rows that stay, ``at``, and of new ones, which follow ``rows``."""
    fresh = np.arange(rows, rows + len(new))
    if stay.num_columns == 1:
        places = pl.Series(stay[0]).search_sorted(pl.Series(new[0]), side="right").to_numpy()
        order: Origins = np.insert(at, places.astype(np.int64), fresh)
        return order
    both = pa.concat_tables([stay, new])
    keys = [(name, "ascending") for name in both.column_names]
    order = np.concatenate([at, fresh])[pc.sort_indices(both, sort_keys=keys).to_numpy()]
    return order


def _replace(
    job: Job,
    old: OldPart,
    at: Origins,
    before: pa.Table,
    after: pa.Table,
) -> TakenPart:
    """Keep the rows that differ, as they were and as they are."""
    before = _plain(job, before)
    differs = np.zeros(len(at), bool)
    for name in after.column_names:
        one, two = (side[name].combine_chunks() for side in (before, after))
        if not one.equals(two):
            unlike = pc.coalesce(pc.not_equal(one, two), pc.xor(pc.is_null(one), pc.is_null(two)))
            differs |= unlike.to_numpy(zero_copy_only=False)
    if not differs.any():
        return TakenPart(old)
    rows, places = pa.array(differs), pa.array(at[differs].astype(np.int32))
    path = job.folder / f"replaced-{old.number:05}.arrow"
    with steps.replaced_file(path) as temporary, pa.OSFile(str(temporary), "wb") as sink:
        sides = [side.filter(rows).append_column(AT, places) for side in (before, after)]
        with pa.ipc.new_file(sink, sides[0].schema) as out:
            for side in sides:
                out.write_batch(steps.as_one_batch(side))
    return TakenPart(old, path)


def spread_part(job: Job, part: TakenPart) -> Sorted:
    """Write the rows of a part whose number of the first row is another now."""
    return steps.write_sorted(path_of(job, part.old), read_taken(job, part).combine_chunks(), 0)


def read_taken(job: Job, part: TakenPart) -> pa.Table:
    """Return the rows of a part."""
    table = _plain(job, _read(job, part.old))
    if part.replaced is None:
        return table
    _, after = read_replaced(part.replaced)
    order = np.arange(len(table))
    order[after[AT].to_numpy()] = np.arange(len(table), len(table) + len(after))
    return pa.concat_tables([table, after.drop([AT])]).take(pa.array(order))


def diff_taken(job: Job, part: TakenPart, path: Path) -> Path:
    """Write what changed in a part as an Arrow file at ``path``, as ``diff_part`` does."""
    sides = []
    for table in read_replaced(part.replaced) if part.replaced else ():
        windows = table[AT].to_numpy() // BATCH_ROWS
        rows = table.drop([AT])
        batches = [rows.filter(pa.array(windows == number)) for number in np.unique(windows)]
        parts = [steps.as_one_batch(batch) for batch in batches]
        sides.append(Side(job.key, arrow_schema(job.schema), iter(parts)))
    return write_changes(diff_table(*sides) if sides else iter(()), path)


def read_checked(old: OldPart) -> bytes:
    """Return the bytes of the Parquet file of an old part.

    Raises:
        VerifyError: They are not those that were released.
    """
    data = old.parquet.read_bytes()
    if hashlib.sha256(data).hexdigest() != old.parquet_sha256:
        raise VerifyError(
            f"{old.parquet}: its bytes are not those that were released. Restore it from a copy; "
            "`xrecord verify` lists all problems."
        )
    return data


def _read(job: Job, old: OldPart) -> pa.Table:
    """Return the rows of an old part; repeated texts stay dictionaries."""
    source = pa.BufferReader(read_checked(old))
    coded = find_coded_texts(source, job.schema)
    with pq.ParquetFile(source, read_dictionary=coded) as file:
        groups = (
            read_row_group(file, number, job.schema, None, threads=False)
            for number in range(file.num_row_groups)
        )
        return pa.concat_tables(groups).unify_dictionaries()


def _plain(job: Job, table: pa.Table) -> pa.Table:
    return table.cast(arrow_schema(job.schema))


def read_replaced(path: Path) -> list[pa.Table]:
    """Return the rows that differ, as they were and as they are, with their places."""
    with pa.memory_map(str(path)) as source:
        file = pa.ipc.open_file(source)
        return [pa.Table.from_batches([file.get_batch(number)]) for number in (0, 1)]
