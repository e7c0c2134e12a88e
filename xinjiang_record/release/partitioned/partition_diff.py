"""Find what changed in a partitioned table since a release, part by part, in two more steps.

    read_last_keys(old file)  the last key of each of its row groups
    diff_part(part)           what differs between a new part and the old rows of the same keys

The records come in the order in which ``diff_table`` reports them for the two complete tables. Its
windows are full batches of the new table, and so are the parts.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from xinjiang_record import files
from xinjiang_record.release.changes.row_diff import Side, count_rows_up_to, diff_table
from xinjiang_record.release.partitioned.steps import (
    Job,
    Slice,
    as_one_batch,
    read_slices,
    replaced_file,
)
from xinjiang_record.release.tables.read import read_row_group
from xinjiang_record.release.tables.row_order import split_into_batches
from xinjiang_record.schema.load import arrow_schema

Key: TypeAlias = tuple[Any, ...]
Group: TypeAlias = tuple[Path, int]  # a row group of an old Parquet file
Schema: TypeAlias = Mapping[str, Any]
FIELDS = pa.schema([(name, pa.string()) for name in ("op", "record", "field", "old", "new")])


def read_last_keys(path: Path, schema: Schema) -> list[tuple[Group, Key]]:
    """Return the row groups of an old file, each with its last key."""
    key = list(schema["primaryKey"])
    with pq.ParquetFile(str(path)) as file:
        groups = (
            read_row_group(file, number, schema, key, threads=False)
            for number in range(file.num_row_groups)
        )
        return [
            ((path, number), _last(group)) for number, group in enumerate(groups) if group.num_rows
        ]


def diff_part(
    job: Job,
    slices: Sequence[Slice],
    old: Sequence[Group],
    schema: Schema,
    above: Key | None,
    upto: Key | None,
    path: Path,
) -> Path:
    """Write what changed in one part as an Arrow file at ``path``.

    ``old`` are the row groups that may hold keys above ``above`` and up to ``upto`` (None: any).
    """
    new = Side(job.key, arrow_schema(job.schema), split_into_batches(read_slices(slices)))
    key = list(schema["primaryKey"])
    before = Side(key, arrow_schema(schema), _between(_read(old, schema), key, above, upto))
    return write_changes(diff_table(before, new), path)


def write_changes(changes: Iterable[pa.Table], path: Path) -> Path:
    """Write tables of changes as an Arrow file at ``path``."""
    with (
        replaced_file(path) as temporary,
        pa.OSFile(str(temporary), "wb") as sink,
        pa.ipc.new_file(sink, FIELDS) as out,
    ):
        for part in changes:
            out.write_batch(as_one_batch(part.cast(FIELDS)))
    return path


def read_changes(paths: Iterable[Path]) -> Iterator[pa.Table]:
    """Yield the tables of Arrow files of changes, and delete each file."""
    for path in paths:
        with pa.memory_map(str(path)) as source:
            file = pa.ipc.open_file(source)
            for number in range(file.num_record_batches):
                yield pa.Table.from_batches([file.get_batch(number)])
        files.remove_tree(path)


def diff_partitioned_table(
    job: Job,
    plan: Sequence[Sequence[Slice]],
    old: Sequence[Path],
    schema: Schema,
    run: Callable[..., Iterable[Any]],
) -> Iterator[pa.Table]:
    """Yield what ``diff_table`` yields, with every part compared on the engine."""
    groups = [group for found in run(read_last_keys, old, [schema] * len(old)) for group in found]
    ends = [_last(read_slices(slices[-1:]).select(job.key)) for slices in plan]
    above, upto = [None, *ends[:-1]], [*ends[:-1], None]
    chosen = [_overlapping(groups, *bounds) for bounds in zip(above, upto, strict=True)]
    places = [job.folder / f"changes-{number:05}.arrow" for number in range(len(plan))]
    jobs, schemas = ([value] * len(plan) for value in (job, schema))
    yield from read_changes(run(diff_part, jobs, plan, chosen, schemas, above, upto, places))


def _overlapping(
    groups: Sequence[tuple[Group, Key]], above: Key | None, upto: Key | None
) -> list[Group]:
    """Return the row groups, in order, that may hold keys above one bound and up to another."""
    before = itertools.chain([None], (key for _, key in groups))
    return [
        group
        for (group, last), first in zip(groups, before, strict=False)
        if (above is None or last > above) and (upto is None or first is None or first < upto)
    ]


def _read(groups: Sequence[Group], schema: Schema) -> Iterator[pa.Table]:
    for path, found in itertools.groupby(groups, key=lambda group: group[0]):
        with pq.ParquetFile(str(path)) as file:
            for _, number in found:
                yield read_row_group(file, number, schema, None, threads=False)


def _between(
    tables: Iterable[pa.Table], key: Sequence[str], above: Key | None, upto: Key | None
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of sorted tables whose keys are above one bound and up to another."""
    for table in tables:
        start = _count(table, key, above) if above is not None else 0
        stop = _count(table, key, upto) if upto is not None else table.num_rows
        yield from table.slice(start, stop - start).to_batches()


def _count(table: pa.Table, key: Sequence[str], bound: Key) -> int:
    values = zip(key, bound, strict=True)
    return count_rows_up_to(
        table, key, [pa.scalar(value, table.schema.field(name).type) for name, value in values]
    )


def _last(keys: pa.Table) -> Key:
    return tuple(keys[name][-1].as_py() for name in keys.column_names)
