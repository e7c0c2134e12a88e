"""Sort, check, write and verify tables of many files, larger than memory, on any engine.

    table, findings = prepare_table(list_partitions(folder), name, schemas, package, work, engine)
    release.publish(candidate with that table)       the release: the same bytes on any engine

An engine is anything with ``map``: threads, processes (below), or Dask workers
(flows/partitioned_flow.py). Workers share a file system with the coordinator. The coordinator holds
only numbers and paths, and hashes what the workers have written. See docs/partitioned-packages.md.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from xinjiang_record import files
from xinjiang_record.errors import ReleaseError
from xinjiang_record.model import Finding
from xinjiang_record.release.partitioned import (
    kept_inputs,
    partition_diff,
    steps,
    take_over,
    taken_files,
    taken_parts,
)
from xinjiang_record.release.partitioned.kept_inputs import Hashed, Kept
from xinjiang_record.release.partitioned.local_engine import Engine, LocalEngine
from xinjiang_record.release.partitioned.partitions import ENDING, Partition, list_partitions
from xinjiang_record.release.partitioned.steps import Job, Origins, Slice, Sorted, Split
from xinjiang_record.release.partitioned.taken_parts import TakenPart
from xinjiang_record.release.tables import file_layout
from xinjiang_record.release.tables.csv_text import encode_header
from xinjiang_record.release.tables.file_info import FileInfo, TableFiles
from xinjiang_record.release.tables.row_order import BATCH_ROWS, split_into_batches

__all__ = [
    "ENDING",
    "Engine",
    "Kept",
    "LocalEngine",
    "Partition",
    "PartitionedTable",
    "list_partitions",
    "prepare_table",
]

RANGE_ROWS = 250_000  # rows of one range, about: what one worker holds at a time
PART_ROWS = (
    4 * BATCH_ROWS
)  # rows of one published part; of whole batches, so that batches are those of the whole table
SHOWN_RANGES = 10  # ranges whose findings are shown; the others' are counted


@dataclass(frozen=True, slots=True)
class PartitionedTable:
    """Hold a table whose rows are sorted and checked and can be written into a release.

    ``taken`` are the parts that are taken over from the release before; those of ``plan`` follow.
    ``inputs`` are its partitions with the SHA-256 and the size of the bytes that were read.
    """

    job: Job
    plan: tuple[tuple[Slice, ...], ...]  # by published part
    engine: Engine
    inputs: tuple[tuple[Partition, Hashed], ...]
    taken: tuple[TakenPart, ...] = ()
    kept: Kept | None = None

    @property
    def num_rows(self) -> int:
        """Return the number of rows."""
        return sum(self._rows())

    def _rows(self) -> list[int]:
        planned = [sum(item.rows for item in slices) for slices in self.plan]
        return [*(part.rows for part in self.taken), *planned]

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the canonical batches of the table, one at a time."""
        for part in self.taken:
            yield from split_into_batches(taken_parts.read_taken(self.job, part))
        for slices in self.plan:
            yield from split_into_batches(steps.read_slices(slices))

    def changes(self, old: Sequence[Path], schema: Mapping[str, Any]) -> Iterator[pa.Table]:
        """Yield what changed since a release's Parquet files, which have the same key."""
        plan, run = self.plan, self.engine.map
        if take_over.are_from(self.taken, old, schema, self.job):
            return take_over.find_changes(self.job, self.taken, plan, old, schema, run)
        spread = [taken_parts.spread_part(self.job, part) for part in self.taken]
        plan = (*((Slice(item.path, 0, item.rows),) for item in spread), *plan)
        return partition_diff.diff_partitioned_table(self.job, plan, old, schema, run)

    def place(self, release: Path, later: files.Later) -> TableFiles:
        """Write the parts into the folder of a release, and hash all lines in order as one text.

        The workers go on while ``later`` flushes what they wrote.
        """
        count = len(self.taken) + len(self.plan)
        names = [file_layout.part_paths(self.job.name, number) for number in range(count)]
        folders = [
            files.make_folder(release / path) for path in file_layout.table_paths(self.job.name)
        ]
        csv, parquet = ([release / name[kind] for name in names] for kind in (0, 1))
        first = encode_header(self.job.schema)
        digest, size = hashlib.sha256(first), len(first)
        found: list[tuple[FileInfo, FileInfo]] = []
        taken, jobs = len(self.taken), [self.job] * count
        written = itertools.chain(
            self._run(taken_files.write_taken, jobs, self.taken, csv, parquet),
            self._run(steps.write_part, jobs, self.plan, csv[taken:], parquet[taken:]),
        )
        for name, *paths, (text, columns) in zip(names, csv, parquet, written, strict=True):
            for path in paths:
                later(functools.partial(files.flush, path))
            size += _add(paths[0], len(first), digest)
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

    def _run(self, function: Callable[..., Any], *arguments: Sequence[Any]) -> Iterable[Any]:
        """Return the result of each call; there are as many as the shortest argument is long."""
        count = min(map(len, arguments))
        return self.engine.map(function, *(values[:count] for values in arguments)) if count else ()

    def problems(self, release: Path, table: TableFiles) -> list[str]:
        """Return what is wrong with the parts in a release, read back on the engine.

        This checks what ``verify_rows`` checks, except the hash of the complete table. If nothing
        is wrong, the inputs are kept for the next run.
        """
        taken, count = len(self.taken), len(table.csv)
        jobs, places = [self.job] * count, [release] * count
        csv, parquet = table.csv, table.parquet
        results = [
            *self._run(taken_files.verify_taken, jobs, self.taken, places, csv, parquet),
            *self._run(steps.verify_part, jobs, places, csv[taken:], parquet[taken:]),
        ]
        problems = [problem for found, *_ in results for problem in found]
        for (_, _, _, last), (_, _, first, _) in itertools.pairwise(results):
            if first and last and not last < first:
                problems.append(
                    f"{release / self.job.name}: the primary key does not rise at {first}."
                )
        rows = sum(rows for _, rows, _, _ in results)
        if not problems and rows != self.num_rows:
            problems.append(
                f"{release / self.job.name}: has {rows} rows, and {self.num_rows} were sorted."
            )
        if self.kept and not problems:
            kept_inputs.save_inputs(
                self.kept, self.job, self.inputs, self._rows(), table, self._origins()
            )
        return problems

    def _origins(self) -> Iterator[Origins]:
        for part in self.taken:
            whole = Slice(taken_parts.path_of(self.job, part.old), 0, part.rows)
            yield steps.read_origins([whole])
        for slices in self.plan:
            yield steps.read_origins(slices)


def prepare_table(
    inputs: Sequence[Partition],
    name: str,
    schemas: Mapping[str, Mapping[str, Any]],
    package: str,
    folder: Path,
    engine: Engine,
    known: Mapping[str, pa.Table] | None = None,
    kept: Kept | None = None,
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
        kept: Where to keep the inputs, so that the next version takes over what did not change.

    Raises:
        ReleaseError: A value that no release can hold.
    """
    files.make_folder(folder)
    job = Job(package, name, schemas[name], folder, _keep(known or {}, schemas[name], folder))
    inputs = sorted(inputs, key=lambda item: item.path)
    if kept and (table := _take_over(job, inputs, engine, kept)):
        return table, []
    found, splits = _sort(job, inputs, engine)
    findings = _findings(job, found, splits, engine)
    steps.delete_files([item.path for item in splits])
    read = tuple(
        (item, (split.sha256, split.bytes)) for item, split in zip(inputs, splits, strict=True)
    )
    return PartitionedTable(job, () if findings else _plan(found), engine, read, (), kept), findings


def _sort(
    job: Job, inputs: Sequence[Partition], engine: Engine
) -> tuple[list[Sorted], list[Split]]:
    """Return the rows of partitions, sorted and checked by ranges, and the partitions, cut."""
    count = len(inputs)
    scanned = list(engine.map(steps.scan_partition, [job] * count, inputs))
    if not sum(rows for rows, _ in scanned):
        raise ReleaseError(f"{job.name}: its partitions hold no row.")
    bounds = _bounds([rows for rows, _ in scanned], [key for _, keys in scanned for key in keys])
    splits = list(
        engine.map(steps.split_partition, [job] * count, range(count), inputs, [bounds] * count)
    )
    ranges = len(bounds) + 1
    found: list[Sorted] = list(
        engine.map(steps.sort_range, [job] * ranges, range(ranges), [splits] * ranges)
    )
    return found, splits


def _take_over(
    job: Job, inputs: Sequence[Partition], engine: Engine, kept: Kept
) -> PartitionedTable | None:
    """Return the table with the parts of the release before, if it has what is needed."""
    if not kept_inputs.is_kept(kept):
        return None
    hashed = tuple(zip(inputs, engine.map(steps.hash_partition, inputs), strict=True))
    found = kept_inputs.find_inputs(kept, job, hashed, PART_ROWS)
    if found is None:
        return None
    fresh: list[Sorted] = []
    if new := [inputs[number] for number in found.numbers.fresh]:
        try:
            fresh, splits = _sort(job, new, engine)
        except ReleaseError:  # the complete table says which row it is, or that it holds none
            return None
        steps.delete_files([item.path for item in splits])
        read = [(item.sha256, item.bytes) for item in splits]
        if read != [hashed[number][1] for number in found.numbers.fresh]:
            return None  # a file was written anew meanwhile
    taken = take_over.take_over(job, found, fresh, engine.map)
    if taken is None:
        return None
    table = PartitionedTable(job, _plan(taken.rest), engine, hashed, taken.parts, kept)
    return table if table.num_rows else None


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
        while data := stream.read(steps.READ_BYTES):
            digest.update(data)
            size += len(data)
    return size
