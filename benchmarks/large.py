"""Publish a large package: seeded events like signatures over many statements, in partitions whose keys overlap.

    python benchmarks/large.py --rows 1 --workers 1          one million rows, one process
    python benchmarks/large.py --rows 10 --workers 2
    python benchmarks/large.py --rows 10 --on tcp://127.0.0.1:8786     on a Dask cluster that shares this file system

Prints one line of JSON: seconds by stage, rows a second, peak memory of the coordinator and of the largest worker, the content hash.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from xinjiang_record import release
from xinjiang_record.model import Candidate
from xinjiang_record.release import large

STATEMENTS = 200_000
PARTITION_ROWS = 500_000
STATES = np.array(
    [f"{a}{b}{c}" for a in "ABCDEFGHIJ" for b in "KLMNO" for c in "PQRS"]
)  # 200 made-up codes of three letters
KINDS = np.array(["signed", "joined", "withdrew", "voted_yes", "voted_no", "abstained"])


def _text(name: str, **constraints: Any) -> dict[str, Any]:
    return {"name": name, "type": "string", "title": name, "description": name, "constraints": constraints}


SCHEMAS: dict[str, dict[str, Any]] = {
    "statements": {
        "fields": [_text("statement_id", required=True), _text("title", required=True)],
        "primaryKey": ["statement_id"],
    },
    "events": {
        "fields": [
            _text("event_id", required=True),
            _text("statement_id", required=True),
            _text("country_iso3", required=True, pattern="[A-Z]{3}"),
            _text("event_type", required=True, enum=list(KINDS)),
            {
                "name": "event_on",
                "type": "date",
                "title": "Day",
                "description": "Day",
                "constraints": {"required": True},
            },
            {
                "name": "is_lead",
                "type": "boolean",
                "title": "Lead",
                "description": "Lead",
                "constraints": {"required": True},
            },
            _text("name_as_printed", required=True),
            _text("note"),
        ],
        "primaryKey": ["event_id"],
        "foreignKeys": [
            {"fields": ["statement_id"], "reference": {"resource": "statements", "fields": ["statement_id"]}}
        ],
    },
}
DESCRIPTOR = {
    "name": "large-events",
    "title": "Made-up events",
    "description": "Generated rows for a benchmark; they say nothing about any state.",
    "keywords": ["benchmark"],
    "licenses": [{"name": "CC0-1.0", "title": "CC0", "path": "https://creativecommons.org/publicdomain/zero/1.0/"}],
    "contributors": [{"title": "Xinjiang Record", "roles": ["publisher"]}],
    "resource": {},
}


def statements() -> pa.Table:
    names = np.char.add("st-", np.char.zfill(np.arange(STATEMENTS).astype(str), 6))
    return pa.table({"statement_id": names, "title": np.char.add("Statement ", names)})


def partition(number: int, rows: int) -> pa.Table:
    """One partition. Row i of all goes to the statement i modulo STATEMENTS, so every partition has keys of every range."""
    chance = np.random.default_rng([20261123, number])
    first = number * PARTITION_ROWS
    at = chance.permutation(np.arange(first, first + rows))
    statement = np.char.add("st-", np.char.zfill((at * 7919 % STATEMENTS).astype(str), 6))
    state = STATES[chance.integers(0, len(STATES), rows)]
    serial = np.char.zfill((at // STATEMENTS).astype(str), 4)
    notes = pa.array(np.array(["", 'as printed, with "quotes"', "see the letter"])[chance.integers(0, 3, rows)])
    return pa.table(
        {
            "event_id": np.char.add(np.char.add(np.char.add(statement, "."), serial), np.char.add(".", state)),
            "statement_id": statement,
            "country_iso3": state,
            "event_type": KINDS[chance.integers(0, len(KINDS), rows)],
            "event_on": pa.array(chance.integers(17_800, 20_700, rows).astype("int32")).cast(pa.date32()),
            "is_lead": chance.random(rows) < 0.05,
            "name_as_printed": np.char.add("State of ", state),
            "note": pa.array([None, *notes[1:].to_pylist()]) if rows < 10 else _null_if_empty(notes),
        }
    )


def _null_if_empty(notes: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    return pc.if_else(pc.equal(notes, ""), None, notes)


def generate(folder: Path, rows: int) -> list[large.Partition]:
    """The partitions of ``rows`` events, made once and kept."""
    for number, first in enumerate(range(0, rows, PARTITION_ROWS)):
        path = folder / f"part={number:04}" / "events.parquet"
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(partition(number, min(PARTITION_ROWS, rows - first)), path)
    return large.partitions(folder)


class Timed:
    """An engine, with the seconds until the last result of each step was there."""

    def __init__(self, engine: large.Engine) -> None:
        self._engine, self.seconds = engine, dict[str, float]()

    def map(self, function: Any, *arguments: Any) -> Any:
        started = time.monotonic()
        yield from self._engine.map(function, *arguments)
        self.seconds[function.__name__] = round(time.monotonic() - started, 2)


def publish(
    inputs: list[large.Partition], work: Path, published: Path, engine: large.Engine
) -> tuple[release.PublishResult, dict[str, float]]:
    """Sort, check, write and publish; the result and the seconds of the two halves."""
    started = time.monotonic()
    known = statements()
    events, findings = large.prepare(inputs, "events", SCHEMAS, "large-events", work, engine, {"statements": known})
    if findings:
        raise SystemExit("\n".join(map(str, findings[:20])))
    prepared = time.monotonic()
    candidate = Candidate(
        "large-events",
        DESCRIPTOR,
        SCHEMAS,
        {"statements": known, "events": events},
        "2026-11-23T00:00:00Z",  # type: ignore[dict-item]
    )
    result = release.publish(candidate, published)
    done = time.monotonic()
    return result, {"prepare": round(prepared - started, 2), "publish": round(done - prepared, 2)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=float, default=1, help="million rows")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--on", help="address of a Dask scheduler")
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "xrecord-large")
    options = parser.parse_args()
    rows = int(options.rows * 1_000_000)
    inputs = generate(options.data / f"{rows}", rows)
    folder, before = Path(tempfile.mkdtemp(prefix="xrecord-large-", dir=options.data)), _cpu(resource.RUSAGE_SELF)
    try:
        with _engine(options) as engine:
            timed = Timed(engine)
            result, seconds = publish(inputs, folder / "work", folder / "published", timed)
        size = sum(path.stat().st_size for path in (folder / "published").rglob("*") if path.is_file())
    finally:
        shutil.rmtree(folder)
    took = sum(seconds.values())
    print(
        json.dumps(
            {
                "rows": rows,
                "workers": options.on or options.workers,
                "seconds": seconds | {"all": round(took, 2)} | timed.seconds,
                "microseconds_a_row": round(took / rows * 1e6, 2),
                "cpu_seconds": {
                    "coordinator": round(_cpu(resource.RUSAGE_SELF) - before, 1),
                    "workers": round(_cpu(resource.RUSAGE_CHILDREN), 1),
                },
                "coordinator_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                "largest_worker_mib": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
                "published_mib": size >> 20,
                "content_hash": result.content_hash,
            }
        )
    )


def _cpu(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def _engine(options: argparse.Namespace) -> Any:
    if options.on:
        from flows.dask import DaskEngine

        return DaskEngine(options.on)
    return large.Local(options.workers, processes=True)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    main()
