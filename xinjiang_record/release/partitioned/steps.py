"""Run the steps of a partitioned table, each a plain function of files.

    scan_partition(partition)   rows, and a sample of keys
    split_partition(partition)  its rows, cut by ranges of the key, in one Arrow file; and its hash
    sort_range(range)           the rows of one range from all partitions: sorted, checked
    write_part(part)            the sorted rows of one published part: its CSV and Parquet files
    verify_part(part)           the two files, read back, are as written and hold the same rows

Equal keys meet in one range. Parts end at multiples of a fixed number of rows, counted over the
complete table. So nothing depends on the number of workers or on how the input was cut. A step
that runs twice, because a worker died, writes the same file again.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xinjiang_record import files
from xinjiang_record.check_tables import check_tables
from xinjiang_record.limits import MIB
from xinjiang_record.model import Finding
from xinjiang_record.release.partitioned import partitions
from xinjiang_record.release.partitioned.partitions import Partition
from xinjiang_record.release.tables.csv_text import encode_batch, encode_header
from xinjiang_record.release.tables.file_info import FileInfo
from xinjiang_record.release.tables.read import find_parquet_problems, read_parquet_batches
from xinjiang_record.release.tables.row_order import (
    conform_table,
    is_strictly_rising,
    split_into_batches,
)
from xinjiang_record.release.tables.write import WrittenFile, open_parquet_writer
from xinjiang_record.schema.load import arrow_schema

SAMPLE_KEYS = 256  # of one partition
READ_BYTES = 4 * MIB
SHOWN_FINDINGS = 1_000  # of one range; all are counted
ORIGIN, ORIGINS = np.dtype("<u4"), ".origins"  # the number of an input, and the file of them
Origins: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Job:
    """Hold what every step needs.

    That is the table's name, schema and package, a work folder, and the tables it refers to.
    """

    package: str
    name: str
    schema: Mapping[str, Any]
    folder: Path
    known: Mapping[str, Path]  # Parquet files by table

    @property
    def key(self) -> list[str]:
        """Return the fields of the primary key."""
        return list(self.schema["primaryKey"])


@dataclass(frozen=True, slots=True)
class Split:
    """Hold one partition, cut: its file (batch ``range + n * ranges``), and its own bytes."""

    path: Path
    batches: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Sorted:
    """Hold one range of keys, sorted: its file, its rows, and the number of its findings."""

    path: Path
    rows: int
    findings: int


@dataclass(frozen=True, slots=True)
class Slice:
    """Hold some rows of a sorted range."""

    path: Path
    start: int
    rows: int


def scan_partition(job: Job, partition: Partition) -> tuple[int, list[Any]]:
    """Return the rows of a partition, and keys of it at even distances.

    ``sort_range`` reports null keys.
    """
    kind = arrow_schema(job.schema).field(job.key[0]).type
    with partitions.explain_unreadable(partition):
        with pq.ParquetFile(str(partition.path)) as file:
            rows = file.metadata.num_rows
            here = job.key[0] in file.schema_arrow.names
            column = (
                file.read(columns=[job.key[0]], use_threads=False)[job.key[0]] if here else None
            )
        if column is None:
            value = dict(partitions.read_folder_values(partition, job.schema)).get(
                job.key[0], pa.scalar(None)
            )
            keys = [value.as_py()]
        else:
            at = pa.array(range(0, rows, max(1, rows // SAMPLE_KEYS)), pa.int64())
            keys = column.cast(kind).take(at).to_pylist()
    return rows, [key for key in keys if key is not None]


def hash_partition(partition: Partition) -> tuple[str, int]:
    """Return the SHA-256 and the size of a partition."""
    with open(partition.path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest(), stream.tell()


def split_partition(job: Job, number: int, partition: Partition, bounds: Sequence[Any]) -> Split:
    """Cut a partition at ``bounds``, values of the key's first field, by row groups."""
    path, count = job.folder / f"split-{number:05}.arrow", len(bounds) + 1
    with (
        partitions.explain_unreadable(partition),
        open(partition.path, "rb") as stream,
        replaced_file(path) as temporary,
        pa.OSFile(str(temporary), "wb") as sink,
    ):
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        size = stream.tell()
        with pq.ParquetFile(stream) as file, pa.ipc.new_file(sink, arrow_schema(job.schema)) as out:
            groups, before = range(file.num_row_groups), 0
            for group in groups:
                rows = file.read_row_group(group, use_threads=False)
                rows.validate(full=True)  # Arrow accepts text that is not UTF-8
                rows = partitions.add_folder_values(rows, partition, job.schema, before)
                table = conform_table(
                    rows, job.schema, f"{job.name}: {partition.path}", before
                ).combine_chunks()
                for part in _cut(table, job.key[0], bounds, count):
                    out.write_batch(as_one_batch(part))
                before += rows.num_rows
    return Split(path, len(groups), size, digest)


def _cut(table: pa.Table, key: str, bounds: Sequence[Any], count: int) -> Iterator[pa.Table]:
    """Yield the rows of each range, in their order."""
    if not bounds:
        yield table
        return
    at = (
        pl.Series(bounds)
        .search_sorted(pl.Series(table[key]), side="right")
        .to_numpy()
        .astype(np.int32)
    )
    table = table.take(pa.array(np.argsort(at, kind="stable")))
    start = 0
    for rows in np.bincount(at, minlength=count).tolist():
        yield table.slice(start, rows)
        start += rows


def sort_range(
    job: Job, number: int, splits: Sequence[Split], first_row: int | None = None
) -> Sorted | list[Finding]:
    """Bring the rows of one range together.

    With ``first_row``, the number of rows before them, return the findings instead.
    """
    batches = [list(_range(item, number)) for item in splits]
    table = pa.Table.from_batches(
        [batch for some in batches for batch in some], arrow_schema(job.schema)
    )
    rows = [sum(batch.num_rows for batch in some) for some in batches]
    origins = np.repeat(np.arange(len(splits)), rows)
    if not is_strictly_rising(table, job.key):
        order = pc.sort_indices(table, sort_keys=[(name, "ascending") for name in job.key])
        table, origins = table.take(order).combine_chunks(), origins[order.to_numpy()]
    if first_row is not None:
        return _findings(job, table, first_row)[:SHOWN_FINDINGS]
    found = 0 if _is_sound(job, table) else len(_findings(job, table, 0))
    path = job.folder / f"sorted-{number:05}.arrow"
    write_origins(path, origins)
    return write_sorted(path, table, found)


def write_sorted(path: Path, table: pa.Table, findings: int) -> Sorted:
    """Write sorted rows as an Arrow file of one batch."""
    with (
        replaced_file(path) as temporary,
        pa.OSFile(str(temporary), "wb") as sink,
        pa.ipc.new_file(sink, table.schema) as out,
    ):
        out.write_batch(as_one_batch(table))
    return Sorted(path, table.num_rows, findings)


def write_origins(path: Path, origins: Origins) -> None:
    """Write from which input each row of a sorted file came, next to it."""
    with replaced_file(path.with_suffix(ORIGINS)) as temporary:
        origins.astype(ORIGIN).tofile(temporary)


def read_origins(slices: Sequence[Slice]) -> Origins:
    """Return from which input each row of some slices came."""
    found = [np.empty(0, np.int64)]
    for item in slices:
        path, skipped = item.path.with_suffix(ORIGINS), item.start * ORIGIN.itemsize
        found.append(np.fromfile(path, ORIGIN, item.rows, offset=skipped).astype(np.int64))
    return np.concatenate(found)


def _is_sound(job: Job, table: pa.Table) -> bool:
    """Return whether a range has no findings, without looking twice.

    Sorted keys that rise are distinct and filled. Filled single fields whose values are all in the
    other table refer to it. Only the rest is checked in full.
    """
    if not is_strictly_rising(table, job.key) or any(table[name].null_count for name in job.key):
        return False
    unseen = [key for key in job.schema.get("foreignKeys", ()) if not _refers(job, table, key)]
    left = {
        **{key: value for key, value in job.schema.items() if key != "primaryKey"},
        "foreignKeys": unseen,
    }
    return not _findings(job, table, 0, left)


def _refers(job: Job, table: pa.Table, key: Mapping[str, Any]) -> bool:
    target, fields, others = key["reference"]["resource"], key["fields"], key["reference"]["fields"]
    if isinstance(fields, str) or len(fields) > 1 or target not in job.known:
        return False
    column, known = table[fields[0]], _known(job.known[target])[others[0]]
    found = pc.is_in(column, value_set=known.cast(column.type).combine_chunks())
    return not column.null_count and bool(pc.all(found).as_py())


def _findings(
    job: Job, table: pa.Table, first_row: int, schema: Mapping[str, Any] | None = None
) -> list[Finding]:
    known = {name: _known(path) for name, path in job.known.items()}
    schemas = {job.name: schema or job.schema}
    return check_tables(
        {job.name: table}, schemas, job.package, known=known, first_row=first_row, threads=1
    )


@functools.lru_cache(maxsize=8)
def _known(path: Path) -> pa.Table:
    return pq.read_table(path)


def write_part(
    job: Job, slices: Sequence[Slice], csv: Path, parquet: Path
) -> tuple[WrittenFile, WrittenFile]:
    """Write one part of the published table, as ``write_table`` would write these rows.

    The coordinator flushes the files (``executor``).
    """
    return write_rows(job, read_slices(slices), csv, parquet)


def write_rows(
    job: Job, table: pa.Table, csv: Path, parquet: Path
) -> tuple[WrittenFile, WrittenFile]:
    """Write the rows of one part."""
    first = next(split_into_batches(table))
    with (
        replaced_file(csv, keep=True) as temporary,
        files.NewFile(temporary, files.leave_unflushed) as text,
        replaced_file(parquet, keep=True) as other,
    ):
        with open_parquet_writer(other, job.schema, first) as columns:
            text.write(encode_header(job.schema))
            for batch in split_into_batches(table):
                text.write(encode_batch(batch))
                columns.write_batch(batch)
        digest, size = files.seal(other, files.leave_unflushed), other.stat().st_size
    return WrittenFile(text.bytes, text.sha256), WrittenFile(size, digest)


@contextlib.contextmanager
def replaced_file(path: Path, *, keep: bool = False) -> Iterator[Path]:
    """Yield a name that only this try uses; rename the finished file to ``path``.

    A try that was given up does not disturb another. With ``keep`` its file stays, if there is one.
    """
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    yield temporary
    files.settle(temporary, path, keep=keep)


def verify_part(
    job: Job, release: Path, csv: FileInfo, parquet: FileInfo
) -> tuple[list[str], int, list[Any], list[Any]]:
    """Read one part of the published table back.

    The rows were checked when they were sorted; equal bytes show that these are those rows.

    Returns:
        What is wrong with the part, its rows, its first key and its last key.
    """
    places = [release / info.path for info in (csv, parquet)]
    if files.sha256(places[1]) != parquet.sha256:
        return report_other_bytes(places[1])
    problems = list(find_parquet_problems(places[1], job.schema))
    if problems:
        return problems, 0, [], []
    table = pa.Table.from_batches(
        list(read_parquet_batches([places[1]], job.schema, threads=False, coded=True))
    )
    digest, differs_at = hashlib.sha256(), None
    with open(places[0], "rb") as stream:
        for lines in (encode_header(job.schema), *map(encode_batch, split_into_batches(table))):
            found = stream.read(len(lines))
            digest.update(found)
            # Python compares a memoryview byte by byte
            if differs_at is None and not pa.py_buffer(found).equals(pa.py_buffer(lines)):
                differs_at = stream.tell()
        while rest := stream.read(READ_BYTES):
            digest.update(rest)
            problems = [f"{places[0]}: holds rows that {places[1].name} does not."]
    if digest.hexdigest() != csv.sha256:
        return report_other_bytes(places[0])
    if differs_at is not None:
        message = f"{places[0]}: holds other rows than {places[1].name}, before byte {differs_at}."
        return [message], 0, [], []
    if not is_strictly_rising(table, job.key):
        problems.append(f"{places[1]}: the primary key does not rise from row to row.")
    first, last = (
        [table[name][row].as_py() for name in job.key] for row in (0, table.num_rows - 1)
    )
    return problems, table.num_rows, first, last


def report_other_bytes(path: Path) -> tuple[list[str], int, list[Any], list[Any]]:
    """Return what ``verify_part`` returns for a file that was changed since it was written."""
    return [f"{path}: its bytes are not those that were written."], 0, [], []


def read_slices(slices: Sequence[Slice]) -> pa.Table:
    """Return the rows of some slices, mapped from the disk."""
    return pa.concat_tables(_sorted_rows(item) for item in slices)


def _sorted_rows(item: Slice) -> pa.Table:
    with pa.memory_map(str(item.path)) as source:
        return pa.Table.from_batches([pa.ipc.open_file(source).get_batch(0)]).slice(
            item.start, item.rows
        )


def _range(item: Split, number: int) -> Iterator[pa.RecordBatch]:
    with pa.memory_map(str(item.path)) as source:
        file = pa.ipc.open_file(source)
        ranges = file.num_record_batches // max(1, item.batches)
        for group in range(item.batches):
            yield file.get_batch(group * ranges + number)


def as_one_batch(table: pa.Table) -> pa.RecordBatch:
    """Return a table as exactly one batch, empty or not."""
    batches: Iterator[pa.RecordBatch] = iter(table.combine_chunks().to_batches())
    return next(batches, pa.RecordBatch.from_pylist([], schema=table.schema))


def delete_files(paths: Sequence[Path]) -> None:
    """Delete what no later step needs."""
    for path in paths:
        files.remove_tree(path)
