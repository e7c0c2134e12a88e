"""Tables of many files, larger than memory: sorted, checked, written and proven partition by partition, on any engine.

    source = large.prepare(inputs, job, engine)      the findings, and a table for a Candidate
    release.publish(candidate with that table)       the release: the same bytes as for a table in memory

An engine is anything with ``map``: threads, processes (below), or Dask workers (flows/large.py). Workers share a file system with the
coordinator, which itself holds only numbers and paths. See docs/large.md.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from xinjiang_record import files
from xinjiang_record.errors import ReleaseError
from xinjiang_record.model import Finding
from xinjiang_record.release import parts
from xinjiang_record.release.canonical import BATCH_ROWS, header
from xinjiang_record.release.parquet_join import COPY_BYTES, join
from xinjiang_record.release.parts import CHUNK_ROWS, Chunk, Job, Slice, Sorted
from xinjiang_record.release.write import Written
from xinjiang_record.validate.schemas import arrow_schema

RANGE_ROWS = 400_000  # rows of one range, about: what one worker holds at a time
PARTITION_ENDING = "*.parquet"


class Engine(Protocol):
    """Runs one function on many arguments; results in their order. A call may be run again where its worker died."""

    def map(self, function: Callable[..., Any], *arguments: Sequence[Any]) -> list[Any]: ...


class Local:
    """Threads or processes of this machine."""

    def __init__(self, workers: int = 2, *, processes: bool = False) -> None:
        self._pool: Executor = (
            ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"))
            if processes
            else ThreadPoolExecutor(workers)
        )

    def map(self, function: Callable[..., Any], *arguments: Sequence[Any]) -> list[Any]:
        return list(self._pool.map(function, *arguments))

    def __enter__(self) -> Local:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)


@dataclass(frozen=True, slots=True)
class LargeTable:
    """A table whose pieces are written and wait to be joined in a release."""

    job: Job
    chunks: tuple[Chunk, ...]
    engine: Engine

    @property
    def num_rows(self) -> int:
        return sum(chunk.rows for chunk in self.chunks)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The canonical batches of the whole table, one at a time."""
        types = arrow_schema(self.job.schema)
        for chunk in self.chunks:
            with pq.ParquetFile(str(chunk.parquet)) as file:
                for number in range(file.num_row_groups):
                    yield from file.read_row_group(number).cast(types).combine_chunks().to_batches()

    def place(self, csv: Path, parquet: Path) -> tuple[Written, Written, int]:
        """Join the pieces to the two published files, as ``write_table`` would have written them."""
        with files.NewFile(csv) as text:
            text.write(header(self.job.schema))
            for chunk in self.chunks:
                _append(chunk.csv, text)
        with files.NewFile(parquet) as columns:
            join([chunk.parquet for chunk in self.chunks], columns)
        return Written(text.bytes, text.sha256), Written(columns.bytes, columns.sha256), self.num_rows

    def problems(self, csv: Path, parquet: Path) -> list[str]:
        """Prove the two published files by their pieces, on the engine: as ``verify_rows``, the hash of the CSV aside."""
        offset, group, tasks = len(header(self.job.schema)), 0, []
        for chunk in self.chunks:
            count = -(-chunk.rows // BATCH_ROWS)
            tasks.append((self.job, csv, parquet, offset, chunk.csv_bytes, tuple(range(group, group + count))))
            offset, group = offset + chunk.csv_bytes, group + count
        told = self.engine.map(parts.prove, *zip(*tasks, strict=True))
        problems = [problem for found, _, _ in told for problem in found]
        for (_, _, last), (_, first, _) in pairwise(told):
            if not last < first:
                problems.append(f"{parquet}: the primary key does not rise at {first}.")
        return problems


def partitions(folder: Path) -> list[Path]:
    """The Parquet files of a table under ``folder``, at any depth (hive-style too; a partition's field is in its rows as well)."""
    return sorted(folder.rglob(PARTITION_ENDING))


def prepare(
    inputs: Sequence[Path],
    name: str,
    schemas: Mapping[str, Mapping[str, Any]],
    package: str,
    folder: Path,
    engine: Engine,
    known: Mapping[str, pa.Table] | None = None,
) -> tuple[LargeTable, list[Finding]]:
    """Sort, check and write the table ``name`` from its partitions; ``known``: the tables that it refers to.

    ``folder`` is for the work, on the file system that the workers share; the caller deletes it after the release. With findings the
    table is not to be published. Raises ReleaseError for values that no release can hold.
    """
    files.make_folder(folder)
    job = Job(package, name, schemas[name], folder, _keep(known or {}, schemas[name], folder), schemas)
    inputs = sorted(inputs)
    scanned = engine.map(parts.scan, inputs, [job.key[0]] * len(inputs))
    if not sum(rows for rows, _ in scanned):
        raise ReleaseError(f"{name}: its partitions hold no row. Nothing was published.")
    bounds = _bounds([rows for rows, _ in scanned], [key for _, keys in scanned for key in keys])
    count = len(inputs)
    splits = engine.map(parts.split, [job] * count, range(count), inputs, [bounds] * count)
    ranges = len(bounds) + 1
    found: list[Sorted] = engine.map(parts.sort, [job] * ranges, range(ranges), [splits] * ranges)
    findings = _findings(job, found, splits, engine)
    parts.remove(splits)
    if findings:
        return LargeTable(job, (), engine), findings
    plan = _chunks(found)
    chunks = engine.map(parts.write, [job] * len(plan), range(len(plan)), plan, plan[:1] * len(plan))
    parts.remove([item.path for item in found])
    return LargeTable(job, tuple(chunks), engine), []


def _bounds(rows: Sequence[int], sample: list[Any]) -> list[Any]:
    """Where to cut the keys into ranges of about ``RANGE_ROWS``; what comes out does not depend on it."""
    ranges = max(1, -(-sum(rows) // RANGE_ROWS))
    sample.sort()
    return sorted({sample[len(sample) * number // ranges] for number in range(1, ranges)}) if sample else []


def _findings(job: Job, found: Sequence[Sorted], splits: list[Path], engine: Engine) -> list[Finding]:
    """The findings of all ranges, with rows counted over the whole table; most often there are none and nothing runs."""
    before, asked = 0, []
    for number, item in enumerate(found):
        if item.findings:
            asked.append((job, number, splits, before))
        before += item.rows
    told: list[list[Finding]] = engine.map(parts.sort, *zip(*asked, strict=True)) if asked else []
    return [finding for findings in told for finding in findings]


def _chunks(found: Sequence[Sorted]) -> list[list[Slice]]:
    """The sorted rows in pieces of ``CHUNK_ROWS``, whatever the ranges."""
    plan: list[list[Slice]] = [[]]
    room = CHUNK_ROWS
    for item in found:
        start = 0
        while start < item.rows:
            rows = min(room, item.rows - start)
            plan[-1].append(Slice(item.path, start, rows))
            start, room = start + rows, room - rows
            if not room:
                plan.append([])
                room = CHUNK_ROWS
    return [slices for slices in plan if slices]


def _keep(known: Mapping[str, pa.Table], schema: Mapping[str, Any], folder: Path) -> dict[str, Path]:
    """Put the tables that are referred to where workers can read them: only the fields that are asked for."""
    kept: dict[str, Path] = {}
    for foreign in schema.get("foreignKeys", ()):
        target = foreign["reference"].get("resource")
        if not target:
            raise ReleaseError(
                "A large table that refers to itself cannot be checked by partitions. Nothing was published."
            )
        if target in known:
            kept[target] = folder / f"known-{target}.parquet"
            pq.write_table(known[target], kept[target])
    return kept


def _append(path: Path, out: files.NewFile) -> None:
    with open(path, "rb") as stream:
        while data := stream.read(COPY_BYTES):
            out.write(data)
