"""Publish a large package.

Seeded events like signatures over many statements, in partitions whose keys overlap.

    python benchmarks/large.py --rows 1 10 50      millions of rows, one after another, on two Dask
    workers: time per row, memory
    python benchmarks/large.py --compare           ten million rows on one and on two Dask workers,
    in one run: how many times as fast
    python benchmarks/large.py --compare --one-core    the same, each worker on a core of its own
    and on no other: on this machine as on several machines of one core
    python benchmarks/large.py --again             then a second version, in which 1 % of the rows
    have changed, over all keys, and a third with 1 % more rows at the end: how much of the time of
    the first each takes
    python benchmarks/large.py --rows 10 --processes --workers 1     without Dask

Workers are processes of one thread each; they and the scheduler are started, and have published
something small, before the time is taken.
Each measurement is one line of JSON: seconds by stage and step, microseconds a row (of both
tables), CPU seconds and peak memory of the
coordinator and of each worker, and the release's id, which has to be the same for the same rows.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from xinjiang_record import release, settings
from xinjiang_record.model import Candidate
from xinjiang_record.release.partitioned import executor, steps

STATEMENTS = 200_000
PARTITION_ROWS = 500_000
STATES = np.array(
    [f"{a}{b}{c}" for a in "ABCDEFGHIJ" for b in "KLMNO" for c in "PQRS"]
)  # 200 made-up codes of three letters
KINDS = np.array(["signed", "joined", "withdrew", "voted_yes", "voted_no", "abstained"])


def _text(name: str, **constraints: Any) -> dict[str, Any]:
    return {
        "name": name,
        "type": "string",
        "title": name,
        "description": name,
        "constraints": constraints,
    }


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
            {
                "fields": ["statement_id"],
                "reference": {"resource": "statements", "fields": ["statement_id"]},
            }
        ],
    },
}
DESCRIPTOR = {
    "name": "large-events",
    "title": "Made-up events",
    "description": "Generated rows for a benchmark; they say nothing about any state.",
    "keywords": ["benchmark"],
    "licenses": [
        {
            "name": "CC0-1.0",
            "title": "CC0",
            "path": "https://creativecommons.org/publicdomain/zero/1.0/",
        }
    ],
    "contributors": [{"title": "Xinjiang Record", "roles": ["publisher"]}],
    "resource": {},
}


def statements() -> pa.Table:
    names = np.char.add("st-", np.char.zfill(np.arange(STATEMENTS).astype(str), 6))
    return pa.table({"statement_id": names, "title": np.char.add("Statement ", names)})


def partition(number: int, rows: int, called: str = "State of ") -> pa.Table:
    """Return one partition.

    Row i of all goes to the statement i modulo STATEMENTS, so every partition has keys of every
    range.
    """
    chance = np.random.default_rng([20261123, number])
    first = number * PARTITION_ROWS
    at = chance.permutation(np.arange(first, first + rows))
    statement = np.char.add("st-", np.char.zfill((at * 7919 % STATEMENTS).astype(str), 6))
    state = STATES[chance.integers(0, len(STATES), rows)]
    serial = np.char.zfill((at // STATEMENTS).astype(str), 4)
    notes = pa.array(
        np.array(["", 'as printed, with "quotes"', "see the letter"])[chance.integers(0, 3, rows)]
    )
    return pa.table(
        {
            "event_id": np.char.add(
                np.char.add(np.char.add(statement, "."), serial), np.char.add(".", state)
            ),
            "statement_id": statement,
            "country_iso3": state,
            "event_type": KINDS[chance.integers(0, len(KINDS), rows)],
            "event_on": pa.array(chance.integers(17_800, 20_700, rows).astype("int32")).cast(
                pa.date32()
            ),
            "is_lead": chance.random(rows) < 0.05,
            "name_as_printed": np.char.add(called, state),
            "note": pa.array([None, *notes[1:].to_pylist()])
            if rows < 10
            else _null_if_empty(notes),
        }
    )


def _null_if_empty(notes: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    return pc.if_else(pc.equal(notes, ""), None, notes)


def generate(folder: Path, rows: int) -> list[executor.Partition]:
    """Return the partitions of ``rows`` events, made once and kept."""
    for number, first in enumerate(range(0, rows, PARTITION_ROWS)):
        path = folder / f"part={number:04}" / "events.parquet"
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(partition(number, min(PARTITION_ROWS, rows - first)), path)
    return executor.list_partitions(folder)


def changed(inputs: list[executor.Partition], folder: Path, rows: int) -> list[executor.Partition]:
    """Return the same partitions; in the last, ``rows`` rows have another name as printed.

    They are of all statements, so that every part of the sorted table has changed rows.
    """
    last, number = inputs[-1], len(inputs) - 1
    path = folder / "events.parquet"
    count = pq.read_metadata(last.path).num_rows
    before, after = (partition(number, count, called) for called in ("State of ", "Republic of "))
    rows = min(rows, count)
    pq.write_table(pa.concat_tables([after.slice(0, rows), before.slice(rows)]), path)
    return [*inputs[:-1], executor.Partition(path, last.named)]


def longer(inputs: list[executor.Partition], folder: Path, rows: int) -> list[executor.Partition]:
    """Return the partitions and one more, whose keys follow all others."""
    path = folder / "more.parquet"
    statement = f"st-{STATEMENTS - 1:06}"
    table = partition(0, rows)
    names = [f"{statement}.9{row:07}.{state}" for row, state in enumerate(table["country_iso3"])]
    table = table.set_column(0, "event_id", pa.array(names))
    table = table.set_column(1, "statement_id", pa.array([statement] * rows))
    pq.write_table(table, path)
    return [*inputs, executor.Partition(path, (("part", f"{len(inputs):04}"),))]


class Timed:
    """Hold an engine, with the seconds until the last result of each step was there."""

    def __init__(self, engine: executor.Engine) -> None:
        self._engine, self.seconds = engine, dict[str, float]()

    def map(self, function: Any, *arguments: Any) -> Any:
        started = time.monotonic()
        yield from self._engine.map(function, *arguments)
        self.seconds[function.__name__] = round(time.monotonic() - started, 2)


def publish(
    inputs: list[executor.Partition],
    work: Path,
    published: Path,
    engine: executor.Engine,
    kept: Path | None = None,
) -> tuple[release.PublishResult, dict[str, float]]:
    """Sort, check, write and publish; the result and the seconds of the two halves."""
    known = statements()
    started = time.monotonic()
    events, findings = executor.prepare_table(
        inputs,
        "events",
        SCHEMAS,
        "large-events",
        work,
        engine,
        {"statements": known},
        executor.Kept(kept, published / "large-events") if kept else None,
    )
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
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=float, nargs="+", default=[10], help="million rows")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--compare", action="store_true", help="one worker, then two, then one and two again"
    )
    parser.add_argument(
        "--again",
        action="store_true",
        help="then a version with 1 %% changed, and one with 1 %% more rows",
    )
    parser.add_argument(
        "--processes", action="store_true", help="processes instead of Dask workers"
    )
    parser.add_argument(
        "--one-core", action="store_true", help="keep each Dask worker on a core of its own"
    )
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "xrecord-large")
    parser.add_argument("--measure", metavar="ADDRESS", help=argparse.SUPPRESS)
    options = parser.parse_args()
    settings.prefer_fast_libraries()  # of the coordinator and the workers, which it starts
    if options.measure is not None:
        print(json.dumps(measure(options)))
        return
    found = []
    for rows in options.rows:
        inputs = options.data / str(int(rows * 1_000_000))
        generate(inputs, int(rows * 1_000_000))
        for workers in (1, 2, 1, 2) if options.compare else (options.workers,):
            found.append(apart(options, rows, workers))
            print(json.dumps(found[-1]), flush=True)
            if options.again:
                _shares(found[-1])
        if len(options.rows) > 1:
            shutil.rmtree(inputs)
    if options.compare:
        _ratio(found)
        if options.again:
            print("the second version: ", end="")
            _ratio([{**item, **item["again"]} for item in found])
    elif len(found) > 1:
        each = [item["microseconds_a_row"] for item in found]
        print(f"the slowest takes {max(each) / min(each):.2f} times the time a row of the fastest")


def _shares(found: dict[str, Any]) -> None:
    """Say how long the second and the third version took, compared with the first."""
    first = found["seconds"]["all"]
    for name, words in (("again", "1 % changed"), ("longer", "1 % more rows at the end")):
        took = found[name]["seconds"]["all"]
        print(f"{words}: {took / first:.2f} times the time of the first ({took} s, {first} s)")


def _ratio(found: list[dict[str, Any]]) -> None:
    one, two = (
        min(item["seconds"]["all"] for item in found if item["workers"] == count)
        for count in (1, 2)
    )
    same = len({item["release_id"] for item in found}) == 1
    print(
        f"two workers are {one / two:.2f} times as fast as one ({two} s, {one} s); bytes: "
        f"{'same' if same else 'DIFFER'}"
    )


def apart(options: argparse.Namespace, rows: float, workers: int) -> dict[str, Any]:
    """Run one measurement in a process and a cluster of its own."""
    command = [
        sys.executable,
        __file__,
        "--rows",
        str(rows),
        "--workers",
        str(workers),
        "--data",
        str(options.data),
    ]
    command += ["--again"] if options.again else []
    with contextlib.ExitStack() as stack:
        address, started = (
            ("", [])
            if options.processes
            else stack.enter_context(cluster(workers, options.one_core))
        )
        done = subprocess.run(
            [*command, "--measure", address], stdout=subprocess.PIPE, text=True, check=True
        )
        told = [_used(process.pid) for process in started]
    return json.loads(done.stdout) | ({"dask_workers": told} if told else {})


@contextlib.contextmanager
def cluster(
    workers: int, one_core: bool = False
) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Start a scheduler and its workers, each a process; they end with the ``with``.

    With ``one_core`` each worker may use one core only, the last for the first worker: Arrow's own
    threads would else let one worker use two.
    """
    cores = sorted(os.sched_getaffinity(0), reverse=True)
    started: list[subprocess.Popen[bytes]] = []

    def start(name: str, *arguments: str, core: int | None = None) -> None:
        command = [] if core is None else ["taskset", "--cpu-list", str(core)]
        command += [sys.executable, "-m", f"distributed.cli.{name}", "--no-dashboard", *arguments]
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])}
        started.append(
            subprocess.Popen(
                command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
        )

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scheduler.json"
        try:
            start(
                "dask_scheduler",
                "--host",
                "127.0.0.1",
                "--port",
                "0",
                "--scheduler-file",
                str(file),
            )
            while not (file.is_file() and file.stat().st_size):
                time.sleep(0.1)
            for number in range(workers):
                core = cores[number % len(cores)] if one_core else None
                one_thread = (
                    "--nthreads",
                    "1",
                    "--no-nanny",
                    "--memory-limit",
                    "1GB",
                    "--local-directory",
                    folder,
                )
                start("dask_worker", "--scheduler-file", str(file), *one_thread, core=core)
            yield json.loads(file.read_text("utf-8"))["address"], started[1:]
        finally:
            for process in reversed(started):
                process.kill()
                process.wait(30)


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Run one measurement, with this process as coordinator."""
    rows = int(options.rows[0] * 1_000_000)
    inputs = executor.list_partitions(options.data / str(rows))
    folder = Path(tempfile.mkdtemp(prefix="work-", dir=options.data))
    try:
        with _engine(options) as engine:
            list(engine.map(_warm, [0.2] * 2 * options.workers))
            list(
                engine.map(steps.delete_files, [()])
            )  # a function by its name: the scheduler imports it too
            kept = folder / "kept"
            timed, before = Timed(engine), _cpu(resource.RUSAGE_SELF)
            result, seconds = publish(inputs, folder / "work", folder / "published", timed, kept)
            used = _cpu(resource.RUSAGE_SELF) - before
            peak = _used(os.getpid())["mib"]
            again = _again(inputs, folder, rows, engine) if options.again else {}
        size = sum(
            path.stat().st_size for path in (folder / "published").rglob("*") if path.is_file()
        )
        release_id = _release_id(result)
    finally:
        shutil.rmtree(folder)
    took = sum(seconds.values())
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    processes = {
        "cpu_seconds": round(_cpu(resource.RUSAGE_CHILDREN), 1),
        "largest_mib": children.ru_maxrss // 1024,
    }
    return {
        "rows": rows,
        "workers": options.workers,
        "seconds": seconds | {"all": round(took, 2)} | timed.seconds,
        "microseconds_a_row": round(took / (rows + STATEMENTS) * 1e6, 2),
        "coordinator": {"cpu_seconds": round(used, 1), "mib": peak},
        **({} if options.measure else {"processes": processes}),
        **again,
        "published_mib": size >> 20,
        "content_hash": result.content_hash,
        "release_id": release_id,
    }


def _again(
    inputs: list[executor.Partition], folder: Path, rows: int, engine: executor.Engine
) -> dict[str, Any]:
    """Publish a second and a third version."""
    told: dict[str, Any] = {}
    for name, change in (("again", changed), ("longer", longer)):
        inputs, timed = change(inputs, folder, rows // 100), Timed(engine)
        children = _cpu(resource.RUSAGE_SELF)
        result, seconds = publish(
            inputs, folder / f"work-{name}", folder / "published", timed, folder / "kept"
        )
        shutil.rmtree(folder / f"work-{name}")
        told[name] = {
            "version": result.version,
            "seconds": seconds | {"all": round(sum(seconds.values()), 2)} | timed.seconds,
            "coordinator_cpu_seconds": round(_cpu(resource.RUSAGE_SELF) - children, 1),
            "release_id": _release_id(result),
        }
    return told


def _release_id(result: release.PublishResult) -> str:
    return hashlib.sha256((Path(result.path) / "SHA256SUMS").read_bytes()).hexdigest()


def _warm(seconds: float) -> None:
    """Do what every worker does before the time is taken.

    A small publication of its own; then it waits, so that each gets its turn.
    """
    with tempfile.TemporaryDirectory() as folder, executor.LocalEngine(1) as engine:
        pq.write_table(partition(0, 1_000), f"{folder}/events.parquet")
        publish(
            [executor.Partition(Path(folder) / "events.parquet")],
            Path(folder) / "work",
            Path(folder) / "out",
            engine,
        )
    time.sleep(seconds)


def _used(pid: int) -> dict[str, float]:
    """CPU seconds and peak memory of a process that still runs."""
    status, stat = (Path(f"/proc/{pid}/{name}").read_text() for name in ("status", "stat"))
    ticks = sum(map(int, stat.rpartition(")")[2].split()[11:13]))
    return {"cpu_seconds": round(ticks / os.sysconf("SC_CLK_TCK"), 1), "mib": _peak(status)}


def _peak(status: str) -> int:
    return next(
        int(line.split()[1]) >> 10 for line in status.splitlines() if line.startswith("VmHWM")
    )


def _cpu(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def _engine(options: argparse.Namespace) -> Any:
    if not options.measure:
        return executor.LocalEngine(options.workers, processes=True)
    from flows.dask_executor import DaskEngine

    engine = DaskEngine(options.measure)
    while engine.worker_count() < options.workers:
        time.sleep(0.1)
    return engine


if __name__ == "__main__":
    main()
