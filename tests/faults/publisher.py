"""A small publisher for the fault tests.

Two versions of a package, and two ways of publishing that are broken on purpose.

With ``IN_PARTS`` one of its tables comes in partitions and is published in parts, as a large one,
by an engine that is this thread.

python tests/faults/publisher.py FOLDER [VARIANT|COMMAND]...
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xinjiang_record import files
from xinjiang_record.errors import XRecordError
from xinjiang_record.model import Candidate, InputFile, Place, PublishResult, Quarantined
from xinjiang_record.release import publish

PACKAGE = "made-up"
IN_PARTS = False
KEEP = True  # the inputs of a large table; for one publisher at a time


def field(name: str, kind: str = "string", **constraints: Any) -> dict[str, Any]:
    """One field of a schema."""
    item: dict[str, Any] = {
        "name": name,
        "type": kind,
        "title": name.title(),
        "description": f"The {name} of it.",
    }
    return {**item, "constraints": constraints} if constraints else item


SCHEMAS: dict[str, Any] = {
    "things": {
        "fields": [
            field("thing_id", required=True),
            field("name"),
            field("size", "integer"),
            field("share", "number"),
            field("is_old", "boolean"),
            field("seen_on", "date"),
            field("source_id"),
        ],
        "primaryKey": ["thing_id"],
        "foreignKeys": [
            {"fields": ["source_id"], "reference": {"resource": "sources", "fields": ["source_id"]}}
        ],
    },
    "sources": {
        "fields": [field("source_id", required=True), field("url", required=True)],
        "primaryKey": ["source_id"],
    },
}
DESCRIPTOR: dict[str, Any] = {
    "name": PACKAGE,
    "title": "Things that are made up",
    "description": "Two small tables for tests; nothing in them is true, "
    "and they are long enough to be described.",
    "keywords": ["test"],
    "licenses": [
        {
            "name": "CC-BY-4.0",
            "title": "CC BY 4.0",
            "path": "https://creativecommons.org/licenses/by/4.0/",
        }
    ],
    "contributors": [{"title": "Xinjiang Record", "roles": ["creator", "publisher"]}],
    "resource": {
        "things": {"title": "Things", "description": "One row a thing."},
        "sources": {"title": "Sources", "description": "One row a source."},
    },
}
NAMES = (
    "plain",
    "NA",
    'with "quotes", and a comma',
    "新疆",
    "=1+1",
    "two\nlines",
    " spaces ",
    "a\rreturn",
    "null",
    "٣",
)


def candidate(variant: int = 0) -> Candidate:
    """The package with ``20 + variant`` things; every value depends on the variant a little."""
    from xinjiang_record.schema.load import make_table

    rows = [
        {
            "thing_id": f"t-{number:03}",
            "name": NAMES[number % len(NAMES)] if number % 7 else None,
            "size": (number + variant) * 10**6 if number % 3 else None,
            "share": number / 7,
            "is_old": None if number == 5 else number % 2 == 0,
            "seen_on": f"2019-07-{number % 28 + 1:02}",
            "source_id": "s-0001" if number % 2 else None,
        }
        for number in range(20 + variant)
    ]
    from datetime import date

    for row in rows:
        row["seen_on"] = date.fromisoformat(str(row["seen_on"]))
    tables: dict[str, pa.Table] = {
        "things": make_table(SCHEMAS["things"], rows),
        "sources": make_table(
            SCHEMAS["sources"], [{"source_id": "s-0001", "url": "https://example.org/"}]
        ),
    }
    return Candidate(
        PACKAGE,
        DESCRIPTOR,
        SCHEMAS,
        tables,
        "2026-11-23T00:00:00Z",
        inputs=(InputFile("raw/made-up/things.csv", "0" * 64, 12),),
        quarantine=(
            Quarantined(
                "things", "t-999", "recall", "No source yet.", Place("raw/made-up/things.csv", 3)
            ),
        ),
    )


def break_it(mode: str) -> None:
    """``copy``: the release is copied into place instead of renamed.

    ``no-fsync``: nothing is flushed to the disk.
    """
    if mode == "copy":

        def copied(staged: Path, target: Path) -> None:
            shutil.copytree(staged, target)
            shutil.rmtree(staged)

        files.commit_folder = copied
    elif mode == "no-fsync":
        os.fsync = lambda handle: None


class Alone:
    """The engine: one call after another, here."""

    def map(self, function: Any, *arguments: Any) -> Iterator[Any]:
        return map(function, *arguments)


def in_parts(whole: Candidate, work: Path, published: Path) -> Candidate:
    """The same with its things, of mixed order, from two partitions.

    Ranges of about nine rows, parts of six.
    """
    from xinjiang_record.release.partitioned import executor

    executor.RANGE_ROWS, executor.PART_ROWS = 9, 6
    things = whole.tables["things"].sort_by([("seen_on", "descending"), ("size", "ascending")])
    # The check of a partitioned table refuses line breaks in a cell.
    names = pc.replace_substring_regex(things["name"], "[\n\r]", " ")
    things = things.set_column(things.column_names.index("name"), "name", names)
    for number in range(2):
        pq.write_table(things.slice(number * 12, 12), work / f"{number}.parquet")
    known = {"sources": whole.tables["sources"]}
    table, findings = executor.prepare_table(
        executor.list_partitions(work),
        "things",
        SCHEMAS,
        PACKAGE,
        work / "work",
        Alone(),
        known,
        executor.Kept(kept_of(published), published / PACKAGE) if KEEP else None,
    )
    assert not findings
    return replace(whole, tables={**whole.tables, "things": table})


def kept_of(published: Path) -> Path:
    """Where the inputs of a large table are kept."""
    return published.with_name(f"{published.name}-kept")


def run(folder: Path, variant: int) -> PublishResult:
    if not IN_PARTS:
        return publish(candidate(variant), folder)
    with tempfile.TemporaryDirectory(
        dir=folder.parent, prefix="work-", ignore_cleanup_errors=True
    ) as work:
        return publish(in_parts(candidate(variant), Path(work), folder), folder)


def main(folder: Path, *steps: str) -> None:
    """Publish variants, with commands of the shell between them; say how each publication ends."""
    for step in steps:
        if not step.isdigit():
            subprocess.run(["sh", "-euc", step], check=True)
            continue
        try:
            result = run(folder, int(step))
            print(0, result.status, result.version, flush=True)
        except XRecordError as error:
            print(error.exit_code, f"{type(error).__name__}: {error}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
