"""Keep, on this machine, from which input file each row of a published table came.

    <folder>/inputs.json      the input files and the published parts, each with its SHA-256
    <folder>/origins.bin      for each row of the table the number of its input file, 4 bytes each

This is what the next run can take over from (``taken_parts``). It is written once the parts are
verified, and can be deleted at any time: the next run then reads everything. It counts only for the
same code, libraries, schema and referred tables, since another check might refuse an old row; and
only together with a release that has the same parts.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, TypeAlias

from xinjiang_record import files
from xinjiang_record.errors import XRecordError
from xinjiang_record.release.integrity import provenance
from xinjiang_record.release.integrity.checksums import read_sums
from xinjiang_record.release.integrity.json_files import json_text
from xinjiang_record.release.integrity.versions_json import read_ledger
from xinjiang_record.release.partitioned.partitions import Partition
from xinjiang_record.release.partitioned.steps import ORIGIN, Job, Origins
from xinjiang_record.release.partitioned.taken_parts import GONE, Numbers, OldPart
from xinjiang_record.release.tables.file_info import TableFiles

FORMAT = 1
INPUTS, ORIGINS = "inputs.json", "origins.bin"
CHECKING = ("frictionless", "numpy", "polars")  # libraries that read and check rows
Hashed: TypeAlias = tuple[str, int]  # the SHA-256 and the size of an input file


@dataclass(frozen=True, slots=True)
class Kept:
    """Say where the inputs of a table are kept, and the folder of the package's releases.

    The caller sees to it that one run at a time uses it (``pipeline.partitioned`` holds a lock).
    """

    folder: Path
    package: Path


@dataclass(frozen=True, slots=True)
class Found:
    """Hold the parts that can be taken over, and which inputs are old and which are new."""

    parts: tuple[OldPart, ...]
    numbers: Numbers


def is_kept(kept: Kept) -> bool:
    """Return whether a run has kept its inputs."""
    return (kept.folder / INPUTS).is_file()


def save_inputs(
    kept: Kept,
    job: Job,
    inputs: Sequence[tuple[Partition, Hashed]],
    rows: Sequence[int],
    table: TableFiles,
    origins: Iterable[Origins],
) -> None:
    """Keep the inputs of a table, whose parts are verified, and the origins of its rows."""
    files.make_folder(kept.folder)
    files.remove_leftovers(kept.folder)
    temporary = kept.folder / f".{ORIGINS}.tmp"
    with files.NewFile(temporary) as out:
        for numbers in origins:
            out.write(numbers.astype(ORIGIN).tobytes())
    files.settle(temporary, kept.folder / ORIGINS)
    parts = zip(rows, table.csv, table.parquet, strict=True)
    value = {
        **_made_with(job),
        "origins": out.sha256,
        "inputs": [[*hashed, _named(item)] for item, hashed in inputs],
        "parts": [
            [count, csv.path, csv.sha256, parquet.path, parquet.sha256]
            for count, csv, parquet in parts
        ],
    }
    files.write_text(kept.folder / INPUTS, json_text(value))


def find_inputs(
    kept: Kept, job: Job, inputs: Sequence[tuple[Partition, Hashed]], part_rows: int
) -> Found | None:
    """Return what can be taken over; None if nothing can, or not much."""
    try:
        value = json.loads((kept.folder / INPUTS).read_bytes())
        if any(value[name] != now for name, now in _made_with(job).items()):
            return None
        if files.sha256(kept.folder / ORIGINS) != value["origins"]:
            return None
        newest = read_ledger(kept.package).newest
        if newest is None:
            return None
        parts = _old_parts(kept.package / str(newest["version"]), value["parts"])
    except (OSError, ValueError, LookupError, TypeError, XRecordError):
        return None
    numbers = _numbers(kept.folder / ORIGINS, value["inputs"], inputs)
    fresh = sum(inputs[number][1][1] for number in numbers.fresh)
    is_whole = all(part.rows == part_rows for part in parts[:-1])
    if not is_whole or 2 * fresh > sum(size for _, (_, size) in inputs) or _has_unique(job.schema):
        return None
    return Found(parts, numbers)


def _made_with(job: Job) -> dict[str, Any]:
    """Return on what the check of a row depends, but for the row."""
    known = {name: files.sha256(path) for name, path in job.known.items()}
    return {
        "format": FORMAT,
        "code": provenance.describe_code()["source_sha256"],
        "libraries": provenance.describe_environment()
        | {name: metadata.version(name) for name in CHECKING},
        "package": job.package,
        "table": job.name,
        "schema": hashlib.sha256(json_text(job.schema).encode()).hexdigest(),
        "known": known,
    }


def _has_unique(schema: Mapping[str, Any]) -> bool:
    """Return whether rows depend on each other by more than their primary key."""
    return bool(schema.get("uniqueKeys")) or any(
        item.get("constraints", {}).get("unique") for item in schema["fields"]
    )


def _named(item: Partition) -> list[list[str]]:
    return [list(pair) for pair in item.named]


def _old_parts(release: Path, told: Sequence[Sequence[Any]]) -> tuple[OldPart, ...]:
    """Return the parts of a release, which must have those that were kept.

    Raises:
        LookupError: It has others, or their files are gone.
        XRecordError: Its list of files cannot be read.
    """
    parts, first, sums = [], 0, read_sums(release)
    for number, (rows, csv, csv_sha256, parquet, parquet_sha256) in enumerate(told):
        places = release / csv, release / parquet
        if (sums.get(csv), sums.get(parquet)) != (csv_sha256, parquet_sha256) or not all(
            path.is_file() for path in places
        ):
            raise LookupError(str(release))
        parts.append(OldPart(number, first, rows, places[0], csv_sha256, places[1], parquet_sha256))
        first += rows
    return tuple(parts)


def _numbers(
    origins: Path, old: Sequence[Sequence[Any]], inputs: Sequence[tuple[Partition, Hashed]]
) -> Numbers:
    """Return which old input is which new one: the same bytes, in folders of the same names."""
    waiting = defaultdict[str, list[int]](list)
    for number, (digest, size, named) in enumerate(old):
        waiting[json.dumps([digest, size, named])].append(number)
    found, fresh = [GONE] * len(old), []
    for number, (item, hashed) in enumerate(inputs):
        same = waiting[json.dumps([*hashed, _named(item)])]
        if same:
            found[same.pop()] = number
        else:
            fresh.append(number)
    return Numbers(origins, tuple(found), tuple(fresh))
