"""Sort, check, write and verify tables of many files, larger than memory, on any engine.

    table, findings = prepare_table(list_partitions(folder), name, schemas, package, work, engine)
    release.publish(candidate with that table)       the release: the same bytes on any engine

An engine is anything with ``map``: threads, processes (below), or Dask workers
(flows/partitioned_flow.py). Workers share a file system with the coordinator. The coordinator holds
only numbers and paths, and hashes what the workers have written. See docs/partitioned-packages.md.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from xinjiang_record import exit_codes, files
from xinjiang_record.errors import EnvironmentFault, ReleaseError
from xinjiang_record.limits import MIB
from xinjiang_record.model import Finding
from xinjiang_record.release.partitioned import partition_diff, steps
from xinjiang_record.release.partitioned.partitions import ENDING, Partition, list_partitions
from xinjiang_record.release.partitioned.steps import Job, Slice, Sorted, Split
from xinjiang_record.release.tables import file_layout
from xinjiang_record.release.tables.csv_text import encode_header
from xinjiang_record.release.tables.file_info import FileInfo, TableFiles
from xinjiang_record.release.tables.row_order import BATCH_ROWS, split_into_batches

__all__ = [
    "ENDING",
    "Engine",
    "LocalEngine",
    "Partition",
    "PartitionedTable",
    "list_partitions",
    "prepare_table",
]

RANGE_ROWS = 400_000  # rows of one range, about: what one worker holds at a time
PART_ROWS = (
    4 * BATCH_ROWS
)  # rows of one published part; of whole batches, so that batches are those of the whole table
READ_BYTES = 4 * MIB
TRIES = 3  # more, of steps whose process was killed
SHOWN_RANGES = 10  # ranges whose findings are shown; the others' are counted


class Engine(Protocol):
    """Run one function on many arguments.

    Results come in the order of the arguments. A call may run again where its worker died.
    """

    def map(self, function: Callable[..., Any], *arguments: Sequence[Any]) -> Iterable[Any]:
        """Yield the result of each call, in order."""


class LocalEngine:
    """Run steps in threads or processes of this machine.

    A killed process breaks its pool; the steps without a result go to a new pool.
    """

    def __init__(self, workers: int = 2, *, processes: bool = False) -> None:
        """Start a pool of threads, or of processes."""
        self._workers, self._processes = workers, processes
        self._pool = self._new()

    def _new(self) -> Executor:
        if self._processes:
            return ProcessPoolExecutor(
                self._workers, multiprocessing.get_context("spawn"), _end_with_parent
            )
        return ThreadPoolExecutor(self._workers)

    def map(self, function: Callable[..., Any], *arguments: Sequence[Any]) -> Iterable[Any]:
        """Yield the result of each call, in order."""
        calls = list(zip(*(list(values) for values in arguments), strict=True))
        tries = TRIES
        while calls:
            results = self._pool.map(function, *zip(*calls, strict=True))
            try:
                while calls:
                    result = next(results)
                    calls.pop(0)
                    yield result
            except BrokenExecutor as error:
                if not tries:
                    raise EnvironmentFault(
                        f"The step {function.__name__} lost its process {TRIES + 1} times; most "
                        f"likely "
                        "the system killed it for its memory. Give fewer --workers, or more memory."
                    ) from error
                tries -= 1
                self._pool.shutdown()
                self._pool = self._new()

    def __enter__(self) -> LocalEngine:
        """Return the engine."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the pool; drop the steps that have not begun."""
        self._pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """End a worker process when its parent ends; otherwise it would run on after a killed run."""

    def watch() -> None:
        parent = multiprocessing.parent_process()
        if parent:
            parent.join()
            os._exit(exit_codes.ENVIRONMENT)

    threading.Thread(target=watch, daemon=True).start()


@dataclass(frozen=True, slots=True)
class PartitionedTable:
    """Hold a table whose rows are sorted and checked and can be written into a release.

    ``inputs`` are its partitions as they were read.
    """

    job: Job
    plan: tuple[tuple[Slice, ...], ...]  # by published part
    engine: Engine
    inputs: tuple[tuple[Path, Split], ...]

    @property
    def num_rows(self) -> int:
        """Return the number of rows."""
        return sum(item.rows for slices in self.plan for item in slices)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the canonical batches of the table, one at a time."""
        for slices in self.plan:
            yield from split_into_batches(steps.read_slices(slices))

    def changes(self, old: Sequence[Path], schema: Mapping[str, Any]) -> Iterator[pa.Table]:
        """Yield what changed since a release's Parquet files, which have the same key."""
        return partition_diff.diff_partitioned_table(
            self.job, self.plan, old, schema, self.engine.map
        )

    def place(self, release: Path) -> TableFiles:
        """Write the parts into the folder of a release, and hash all lines in order as one text."""
        names = [file_layout.part_paths(self.job.name, number) for number in range(len(self.plan))]
        folders = [
            files.make_folder(release / path) for path in file_layout.table_paths(self.job.name)
        ]
        csv, parquet = ([release / name[kind] for name in names] for kind in (0, 1))
        first = encode_header(self.job.schema)
        digest, size = hashlib.sha256(first), len(first)
        found: list[tuple[FileInfo, FileInfo]] = []
        written = self.engine.map(
            steps.write_part, [self.job] * len(names), self.plan, csv, parquet
        )
        for name, path, (text, columns) in zip(names, csv, written, strict=True):
            size += _add(path, len(first), digest)
            found.append(
                (
                    FileInfo(name[0], text.bytes, text.sha256),
                    FileInfo(name[1], columns.bytes, columns.sha256),
                )
            )
        for folder in folders:
            files.remove_leftovers(folder)
        texts, tables = zip(*found, strict=True)
        return TableFiles(texts, tables, True, self.num_rows, size, digest.hexdigest())

    def problems(self, release: Path, table: TableFiles) -> list[str]:
        """Return what is wrong with the parts in a release, read back on the engine.

        This checks what ``verify_rows`` checks, except the hash of the complete table.
        """
        count = len(table.csv)
        results = list(
            self.engine.map(
                steps.verify_part, [self.job] * count, [release] * count, table.csv, table.parquet
            )
        )
        problems = [problem for found, *_ in results for problem in found]
        for (_, _, _, last), (_, _, first, _) in pairwise(results):
            if first and last and not last < first:
                problems.append(
                    f"{release / self.job.name}: the primary key does not rise at {first}."
                )
        rows = sum(rows for _, rows, _, _ in results)
        if not problems and rows != self.num_rows:
            problems.append(
                f"{release / self.job.name}: has {rows} rows, and {self.num_rows} were sorted."
            )
        return problems


def prepare_table(
    inputs: Sequence[Partition],
    name: str,
    schemas: Mapping[str, Mapping[str, Any]],
    package: str,
    folder: Path,
    engine: Engine,
    known: Mapping[str, pa.Table] | None = None,
) -> tuple[PartitionedTable, list[Finding]]:
    """Sort and check the table ``name`` from its partitions.

    With findings, the table must not be published.

    Args:
        inputs: The partitions.
        name: The table's name.
        schemas: The schemas of all tables of the package.
        package: The package's name.
        folder: A work folder on the file system that the workers share; the caller deletes it.
        engine: What runs the steps.
        known: The tables that this table refers to.

    Raises:
        ReleaseError: A value that no release can hold.
    """
    files.make_folder(folder)
    job = Job(package, name, schemas[name], folder, _keep(known or {}, schemas[name], folder))
    inputs = sorted(inputs, key=lambda item: item.path)
    count = len(inputs)
    scanned = list(engine.map(steps.scan_partition, [job] * count, inputs))
    if not sum(rows for rows, _ in scanned):
        raise ReleaseError(f"{name}: its partitions hold no row.")
    bounds = _bounds([rows for rows, _ in scanned], [key for _, keys in scanned for key in keys])
    splits = list(
        engine.map(steps.split_partition, [job] * count, range(count), inputs, [bounds] * count)
    )
    ranges = len(bounds) + 1
    found: list[Sorted] = list(
        engine.map(steps.sort_range, [job] * ranges, range(ranges), [splits] * ranges)
    )
    findings = _findings(job, found, splits, engine)
    steps.delete_files([item.path for item in splits])
    read = tuple((item.path, split) for item, split in zip(inputs, splits, strict=True))
    return PartitionedTable(job, () if findings else _plan(found), engine, read), findings


def _bounds(rows: Sequence[int], sample: list[Any]) -> list[Any]:
    """Return where to cut the keys into ranges of about ``RANGE_ROWS``."""
    ranges = max(1, -(-sum(rows) // RANGE_ROWS))
    sample.sort()
    return (
        sorted({sample[len(sample) * number // ranges] for number in range(1, ranges)})
        if sample
        else []
    )


def _findings(
    job: Job, found: Sequence[Sorted], splits: list[Split], engine: Engine
) -> list[Finding]:
    """Return the findings of all ranges, with rows counted over the complete table."""
    before, asked = 0, []
    for number, item in enumerate(found):
        if item.findings:
            asked.append((job, number, splits, before))
        before += item.rows
    if not asked:
        return []
    shown = [
        finding
        for some in engine.map(steps.sort_range, *zip(*asked[:SHOWN_RANGES], strict=True))
        for finding in some
    ]
    more = sum(item.findings for item in found) - len(shown)
    if more:
        message = f"{job.package}/{job.name}: {more} more findings are not shown. Fix these first."
        shown.append(Finding("resource-error", message, None, job.package, job.name))
    return shown


def _plan(found: Sequence[Sorted]) -> tuple[tuple[Slice, ...], ...]:
    """Return the sorted rows in parts of ``PART_ROWS``, whatever the ranges are."""
    plan: list[list[Slice]] = [[]]
    room = PART_ROWS
    for item in found:
        start = 0
        while start < item.rows:
            rows = min(room, item.rows - start)
            plan[-1].append(Slice(item.path, start, rows))
            start, room = start + rows, room - rows
            if not room:
                plan.append([])
                room = PART_ROWS
    return tuple(tuple(slices) for slices in plan if slices)


def _keep(
    known: Mapping[str, pa.Table], schema: Mapping[str, Any], folder: Path
) -> dict[str, Path]:
    """Write the fields that references point to, so that workers can read them."""
    fields: dict[str, dict[str, None]] = {}
    for foreign in schema.get("foreignKeys", ()):
        target, names = foreign["reference"].get("resource"), foreign["reference"]["fields"]
        if not target:
            raise ReleaseError(
                "A partitioned table that refers to itself cannot be checked by partitions."
            )
        fields.setdefault(target, {}).update(
            dict.fromkeys([names] if isinstance(names, str) else names)
        )
    kept = {name: folder / f"known-{name}.parquet" for name in fields if name in known}
    for name, path in kept.items():
        pq.write_table(known[name].select(list(fields[name])), path)
    return kept


def _add(csv: Path, skipped: int, digest: Any) -> int:
    """Add a part's lines to the hash of the table; return their number of bytes."""
    size = 0
    with open(csv, "rb") as stream:
        stream.seek(skipped)
        while data := stream.read(READ_BYTES):
            digest.update(data)
            size += len(data)
    return size
