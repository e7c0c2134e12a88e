"""Prepare a table from the release before it and the inputs that are new.

    prepared = take_over(job, found, sort)     what ``kept_inputs`` found; None: read everything

The new inputs are split, sorted and checked as always. Every old part is then matched with the rows
that are gone and those that are new in its range of keys. The parts before the first one whose keys
changed are taken over. From there on the rows are cut into parts anew, as a part has a fixed number
of rows.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa

from xinjiang_record.release.partitioned import partition_diff, steps, taken_parts
from xinjiang_record.release.partitioned.kept_inputs import Found
from xinjiang_record.release.partitioned.steps import Job, Slice, Sorted
from xinjiang_record.release.partitioned.taken_parts import Key, TakenPart
from xinjiang_record.schema.load import arrow_schema

Run: TypeAlias = Callable[..., Iterable[Any]]  # ``map`` of an engine


@dataclass(frozen=True, slots=True)
class TakenOver:
    """Hold the parts that are taken over, and the sorted rows that follow them."""

    parts: tuple[TakenPart, ...]
    rest: tuple[Sorted, ...]


def take_over(job: Job, found: Found, fresh: Sequence[Sorted], run: Run) -> TakenOver | None:
    """Return the table that the old parts and the new rows make; None if some rows do not fit."""
    parts = found.parts
    if any(item.findings for item in fresh):
        return None
    ends: list[Key] = list(run(taken_parts.read_last_key, [job] * len(parts), parts))
    new = list(_cut(job, fresh, ends[:-1]))
    repeated = ([value] * len(parts) for value in (job, found.numbers))
    jobs, numbers = repeated
    matched = list(run(taken_parts.match_part, jobs, parts, numbers, new))
    if any(isinstance(item, Sorted) and item.findings for item in matched):
        return None
    taken = tuple(takewhile(lambda item: isinstance(item, TakenPart), matched))
    if taken and taken != tuple(matched) and not any(item.rows for item in matched[len(taken) :]):
        taken = taken[:-1]  # the last part is compared with all rows that followed
    moved = [item for item in matched[len(taken) :] if isinstance(item, TakenPart)]
    spread = iter(run(taken_parts.spread_part, [job] * len(moved), moved)) if moved else iter(())
    rest = (item if isinstance(item, Sorted) else next(spread) for item in matched[len(taken) :])
    return TakenOver(taken, tuple(rest))


def _cut(job: Job, fresh: Sequence[Sorted], ends: Sequence[Key]) -> Iterator[tuple[Slice, ...]]:
    """Yield the new rows of each range of keys; the last range has no end."""
    rows = [slice_ for item in fresh if (slice_ := Slice(item.path, 0, item.rows)).rows]
    keys = steps.read_slices(rows).select(job.key) if rows else pa.table({})

    def key_of(row: int) -> Key:
        return tuple(column[row].as_py() for column in keys.columns)

    cuts = [bisect.bisect_right(range(len(keys)), end, key=key_of) for end in ends]
    for start, stop in pairwise([0, *cuts, len(keys)]):
        yield tuple(_between(rows, start, stop))


def _between(slices: Sequence[Slice], start: int, stop: int) -> Iterator[Slice]:
    """Yield the rows from ``start`` up to ``stop``, counted over all slices."""
    before = 0
    for item in slices:
        first, last = max(start - before, 0), min(stop - before, item.rows)
        if first < last:
            yield Slice(item.path, first, last - first)
        before += item.rows


def find_changes(
    job: Job,
    parts: Sequence[TakenPart],
    plan: Sequence[Sequence[Slice]],
    old: Sequence[Path],
    schema: Mapping[str, Any],
    run: Run,
) -> Iterator[pa.Table]:
    """Yield what ``diff_partitioned_table`` yields, with little work for parts taken over."""
    count = len(parts)
    places = [job.folder / f"taken-changes-{number:05}.arrow" for number in range(count)]
    if count:
        found = run(taken_parts.diff_taken, [job] * count, parts, places)
        yield from partition_diff.read_changes(found)
    if plan or len(old) > count:
        rest = old[count:]
        yield from partition_diff.diff_partitioned_table(job, plan, rest, schema, run)


def are_from(
    parts: Sequence[TakenPart], old: Sequence[Path], schema: Mapping[str, Any], job: Job
) -> bool:
    """Return whether the parts were taken over from these files, which have the same types."""
    ours, theirs = ((list(item["primaryKey"]), arrow_schema(item)) for item in (job.schema, schema))
    paths = [part.old.parquet for part in parts]
    return ours == theirs and paths == list(old[: len(parts)])
