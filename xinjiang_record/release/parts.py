"""The steps of a large table, each a plain function of files: what an engine runs on many partitions at once.

    scan(partition)      rows, and a sample of keys
    split(partition)     rows by ranges of the key, into one Arrow file
    sort(range)          the rows of one range from all partitions: sorted, checked, into one Arrow file
    write(chunk)         some whole batches of the sorted rows: canonical CSV lines and Parquet row groups
    prove(chunk)         the published CSV lines are those of the published row groups

Equal keys meet in one range, and chunks end at multiples of ``BATCH_ROWS`` rows counted over the whole table, so that nothing depends on
the number of workers or on how the input was cut. A step that is run twice, since a worker died, writes the same file again.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xinjiang_record import files
from xinjiang_record.model import Finding
from xinjiang_record.release.canonical import BATCH_ROWS, conform, encode, rebatch, strictly_rising
from xinjiang_record.release.write import parquet_writer
from xinjiang_record.validate.schemas import arrow_schema
from xinjiang_record.validate.tables import check_tables

CHUNK_ROWS = 4 * BATCH_ROWS
SAMPLE_KEYS = 256  # of one partition
SHOWN_FINDINGS = 1_000  # of one range; all are counted


@dataclass(frozen=True, slots=True)
class Job:
    """What every step needs: the table's name, schema and package, a folder to work in, and the tables that it refers to."""

    package: str
    name: str
    schema: Mapping[str, Any]
    folder: Path
    known: Mapping[str, Path]  # Parquet files by table
    schemas: Mapping[str, Mapping[str, Any]]

    @property
    def key(self) -> list[str]:
        return list(self.schema["primaryKey"])


@dataclass(frozen=True, slots=True)
class Sorted:
    """One range of keys, sorted: where its rows are, how many, and how many findings they have."""

    path: Path
    rows: int
    findings: int


@dataclass(frozen=True, slots=True)
class Slice:
    """Some rows of a sorted range."""

    path: Path
    start: int
    rows: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of the published files: its CSV lines (without the header), its row groups, its rows and bytes."""

    csv: Path
    parquet: Path
    rows: int
    csv_bytes: int


def scan(partition: Path, key: str) -> tuple[int, list[Any]]:
    """The number of rows of a partition, and keys of it at even distances. A null key is left to ``sort``, which tells of it."""
    column = pq.read_table(partition, columns=[key], partitioning=None)[key]
    column = pc.drop_null(column)
    ordered = column.take(pc.array_sort_indices(column))
    step = max(1, len(ordered) // SAMPLE_KEYS)
    return pq.read_metadata(partition).num_rows, ordered.take(pa.array(range(0, len(ordered), step))).to_pylist()


def split(job: Job, number: int, partition: Path, bounds: Sequence[Any]) -> Path:
    """Cut a partition at ``bounds``, values of the key's first field; record batch n of the file holds range n."""
    table = conform(pq.read_table(partition, partitioning=None), job.schema, job.name).combine_chunks()
    keys = table[job.key[0]]
    at = pa.array(pl.Series(bounds).search_sorted(pl.Series(keys), side="right").to_numpy()) if bounds else None
    path = job.folder / f"split-{number:05}.arrow"
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as out:
        for which in range(len(bounds) + 1):
            part = table if at is None else table.filter(pc.equal(at, which))
            out.write_batch(_one_batch(part))
    return path


def sort(job: Job, number: int, splits: Sequence[Path], first_row: int | None = None) -> Sorted | list[Finding]:
    """Bring the rows of one range together; with ``first_row``, the number of rows before them, tell the findings instead."""
    table = pa.Table.from_batches([_batch(path, number) for path in splits])
    if not strictly_rising(table, job.key):
        frame = pl.DataFrame(table.select(job.key))
        order = frame.select(pl.arg_sort_by(job.key, maintain_order=True)).to_series().to_arrow()
        table = table.take(order).combine_chunks()
    found = _findings(job, table, first_row or 0)
    if first_row is not None:
        return found[:SHOWN_FINDINGS]
    path = job.folder / f"sorted-{number:05}.arrow"
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as out:
        out.write_batch(_one_batch(table))
    return Sorted(path, table.num_rows, len(found))


def _findings(job: Job, table: pa.Table, first_row: int) -> list[Finding]:
    known = {name: _known(path) for name, path in job.known.items()}
    return check_tables({job.name: table}, {job.name: job.schema}, job.package, known=known, first_row=first_row)


@functools.lru_cache(maxsize=8)
def _known(path: Path) -> pa.Table:
    return pq.read_table(path)


def write(job: Job, number: int, slices: Sequence[Slice], first: Sequence[Slice]) -> Chunk:
    """Write whole batches of sorted rows as the published files will hold them; ``first``: where the whole table begins."""
    table = pa.concat_tables(_sorted_rows(item) for item in slices)
    start = next(rebatch(pa.concat_tables(_sorted_rows(item) for item in first)), None)
    stem = job.folder / f"chunk-{number:05}"
    csv, parquet, size = stem.with_suffix(".csv"), stem.with_suffix(".parquet"), 0
    with open(csv, "wb") as text, parquet_writer(parquet, job.schema, start) as columns:
        for batch in rebatch(table):
            size += text.write(encode(batch))
            columns.write_batch(batch)
    return Chunk(csv, parquet, table.num_rows, size)


def prove(
    job: Job, csv: Path, parquet: Path, offset: int, size: int, groups: Sequence[int]
) -> tuple[list[str], list[Any], list[Any]]:
    """Read a piece of the published files back: what is wrong with it, and its first and last key.

    ``offset`` and ``size``: the piece's bytes in the CSV; ``groups``: its row groups. Equal bytes prove equal rows in canonical form.
    """
    problems: list[str] = []
    with pq.ParquetFile(str(parquet)) as file:
        table = file.read_row_groups(list(groups)).cast(arrow_schema(job.schema))
    with open(csv, "rb") as stream:
        stream.seek(offset)
        for batch in rebatch(table):
            lines = encode(batch)
            if stream.read(len(lines)) != lines:
                return [f"{csv}: bytes {offset} to {offset + size} are not the rows of {parquet.name}."], [], []
        if stream.tell() != offset + size:
            problems.append(f"{csv}: bytes {offset} to {offset + size} hold rows that {parquet.name} does not.")
    if not strictly_rising(table, job.key):
        problems.append(f"{parquet}: the primary key does not rise from row to row.")
    problems += [str(finding) for finding in _findings(job, table, 0)[:SHOWN_FINDINGS]]
    first, last = ([table[name][row].as_py() for name in job.key] for row in (0, table.num_rows - 1))
    return problems, first, last


def _batch(path: Path, number: int) -> pa.RecordBatch:
    with pa.memory_map(str(path)) as source:
        return pa.ipc.open_file(source).get_batch(number)


def _sorted_rows(item: Slice) -> pa.Table:
    return pa.Table.from_batches([_batch(item.path, 0)]).slice(item.start, item.rows)


def _one_batch(table: pa.Table) -> pa.RecordBatch:
    """A table as exactly one batch, empty or not."""
    batches: Iterator[pa.RecordBatch] = iter(table.combine_chunks().to_batches())
    return next(batches, pa.RecordBatch.from_pylist([], schema=table.schema))


def remove(paths: Sequence[Path]) -> None:
    """Delete what a later step no longer needs."""
    for path in paths:
        files.remove_tree(path)
