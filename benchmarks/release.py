"""Measure what a release costs, next to those who only convert the same rows.

    python benchmarks/release.py                 1 million rows of 12 columns, median of 3, in turn
    python benchmarks/release.py --others        with a pandas script and a polars script too
    python benchmarks/release.py --others --dlt PYTHON     with a pipeline of dlt too
    python benchmarks/release.py --stages        where our time goes, stage by stage
    python benchmarks/release.py --timeline      the same, with how busy both cores are meanwhile
    python benchmarks/release.py --large         2 and 10 million rows from Parquet: peak memory
    python benchmarks/release.py --rows 100000 --times 1

Every side reads the same CSV, sorts it by its key, and writes it as CSV and as Parquet with zstd,
in a process of its own; its time includes its imports, and its peak memory is the process's. The
rows come in the order of the key; with ``--shuffled`` they do not. Ours does more: it validates the
rows against their schema, compares them field by field with the release before, which differs in 1
% of the rows, hashes and flushes all files, verifies the staged release and puts it in place. The
others validate, compare, hash and flush nothing. Processor time is that of user and system.
Each side runs once before, which keeps its compiled Python modules, as an installation does.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

TYPES = [
    "string",
    "integer",
    "integer",
    "number",
    "number",
    "boolean",
    "date",
    "string",
    "string",
    "string",
    "integer",
    "string",
]
FIELDS = [
    {
        "name": f"field_{number:02}",
        "type": kind,
        "title": f"Field {number}",
        "description": f"Column {number} of made-up data.",
    }
    for number, kind in enumerate(TYPES)
]
FIELDS[0]["constraints"] = {"required": True}  # type: ignore[assignment]
FIELDS[2]["constraints"] = {"minimum": 0, "maximum": 99}  # type: ignore[assignment]
FIELDS[9]["constraints"] = {"enum": ["CHN", "NAM", "USA"]}  # type: ignore[assignment]
SCHEMA: dict[str, Any] = {"fields": FIELDS, "primaryKey": ["field_00"]}


def shuffle(path: Path) -> Path:
    """Return a CSV file with the same rows in a made-up order."""
    import random

    head, *lines = path.read_bytes().splitlines(keepends=True)
    random.Random(1).shuffle(lines)
    target = path.with_stem(f"{path.stem}-shuffled")
    target.write_bytes(head + b"".join(lines))
    return target


def make(folder: Path, rows: int, changed: bool, as_parquet: bool = False) -> Path:
    """Write made-up rows in the order of their key.

    ``changed``: 1 % of them differ. Returns the file.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    from xinjiang_record.release.tables.csv_text import encode_batch, encode_header
    from xinjiang_record.release.tables.row_order import split_into_batches
    from xinjiang_record.schema.load import arrow_schema

    path = folder / f"rows-{rows}-{changed}.{'parquet' if as_parquet else 'csv'}"
    types = arrow_schema(SCHEMA)
    writer = pq.ParquetWriter(path, types) if as_parquet else None
    with path.open("ab") as out:
        if not as_parquet:
            out.write(encode_header(SCHEMA))
        for start in range(0, rows, 500_000):
            count = min(500_000, rows - start)
            dice = np.random.default_rng(start)
            number = np.arange(start, start + count)
            words = np.array(["alpha", "beta", "gamma, with a comma", 'delta "quoted"'])
            columns = [
                pc.binary_join_element_wise(
                    "r-", pc.utf8_lpad(pa.array(number).cast(pa.string()), 9, "0"), ""
                ),
                pa.array(dice.integers(0, 10**9, count)),
                pa.array(np.where((number % 100 == 0) & changed, 7, dice.integers(8, 100, count))),
                pa.array(dice.random(count)),
                pa.array(np.round(dice.random(count) * 1000, 2)),
                pa.array(dice.random(count) > 0.5),
                pa.array(dice.integers(15_000, 20_000, count).astype("datetime64[D]")),
                pa.array(words[dice.integers(0, 4, count)]),
                pc.binary_join_element_wise(
                    "name ", pa.array(dice.integers(0, 100_000, count)).cast(pa.string()), ""
                ),
                pa.array(np.array(["CHN", "USA", "NAM"])[dice.integers(0, 3, count)]),
                pa.array(dice.integers(0, 10, count), mask=dice.random(count) > 0.8),
                pc.binary_join_element_wise(
                    "a longer text, number ",
                    pa.array(dice.integers(0, 1000, count)).cast(pa.string()),
                    "",
                ),
            ]
            table = pa.table(dict(zip(types.names, columns, strict=True))).cast(types)
            for batch in split_into_batches(table):
                if writer:
                    writer.write_batch(batch)
                else:
                    out.write(encode_batch(batch))
    if writer:
        writer.close()
    return path


def candidate(table: Any, findings: Any = ()) -> Any:
    from xinjiang_record.model import Candidate

    descriptor = {
        "name": "made-up",
        "title": "Made-up rows",
        "description": "Rows that mean nothing, to measure with.",
        "keywords": ["benchmark"],
        "licenses": [
            {
                "name": "CC0-1.0",
                "title": "CC0",
                "path": "https://creativecommons.org/publicdomain/zero/1.0/",
            }
        ],
        "contributors": [{"title": "Xinjiang Record", "roles": ["creator"]}],
    }
    return Candidate(
        "made-up",
        descriptor,
        {"rows": SCHEMA},
        {"rows": table},
        "2026-11-23T00:00:00Z",
        findings=tuple(findings),
    )


def ours(source: Path, published: Path) -> None:
    """Read, validate, publish, with Arrow's memory as the command ``xrecord`` has it."""
    from xinjiang_record import settings

    settings.prefer_fast_libraries()
    import pyarrow.csv as pacsv

    from xinjiang_record.release import publish
    from xinjiang_record.release.tables.open_table import ParquetTable
    from xinjiang_record.release.tables.read import csv_convert_options
    from xinjiang_record.schema.load import arrow_schema

    if source.suffix == ".parquet":
        print(publish(candidate(ParquetTable(source)), published).version, file=sys.stderr)
        return
    from xinjiang_record.check_tables import check_tables

    table = pacsv.read_csv(source, convert_options=csv_convert_options(SCHEMA)).cast(
        arrow_schema(SCHEMA)
    )
    findings = check_tables({"rows": table}, {"rows": SCHEMA}, "made-up")
    print(publish(candidate(table, findings), published).version, file=sys.stderr)


def duckdb(source: Path, target: Path) -> None:
    """Sort and convert, and nothing else."""
    import duckdb as engine

    engine.sql(f"create table rows as from read_csv('{source}') order by field_00")
    engine.sql(f"copy rows to '{target / 'rows.parquet'}' (format parquet, compression zstd)")
    engine.sql(f"copy rows to '{target / 'rows.csv'}' (format csv, header)")


def pandas(source: Path, target: Path) -> None:
    """Sort and convert, as a script with pandas does."""
    import pandas as engine

    rows = engine.read_csv(source, parse_dates=["field_06"]).sort_values("field_00")
    rows.to_parquet(target / "rows.parquet", compression="zstd", index=False)
    rows.to_csv(target / "rows.csv", index=False)


def polars(source: Path, target: Path) -> None:
    """Sort and convert, as a script with polars does."""
    import polars as engine

    rows = engine.read_csv(source, try_parse_dates=True).sort("field_00")
    rows.write_parquet(target / "rows.parquet", compression="zstd")
    rows.write_csv(target / "rows.csv")


def dlt(source: Path, target: Path) -> None:
    """Load the CSV as two tables of files, as a pipeline of dlt does, which keeps its state."""
    import dlt as engine
    import duckdb as sorter
    from dlt.destinations import filesystem

    engine.config["normalize.data_writer.disable_compression"] = True  # of the CSV
    pipeline = engine.pipeline(
        "made_up",
        pipelines_dir=str(target / "state"),
        destination=filesystem(bucket_url=target.as_uri()),
        dataset_name="rows",
    )
    for form in ("parquet", "csv"):
        rows = sorter.sql(f"from read_csv('{source}') order by field_00").arrow()
        pipeline.run(rows, table_name=f"rows_{form}", loader_file_format=form)


SIDES = {"duckdb": duckdb, "pandas": pandas, "polars": polars, "dlt": dlt}


def stages(source: Path, target: Path) -> None:
    """Publish with a clock around each stage, and print where the time goes."""
    import functools
    import importlib

    from xinjiang_record import settings

    settings.prefer_fast_libraries()
    import pyarrow.csv

    from xinjiang_record import check_tables
    from xinjiang_record.release import publisher, stage

    del pyarrow, check_tables, publisher, stage

    def clocked(module: str, name: str) -> None:
        place = importlib.import_module(module)
        function = getattr(place, name)

        @functools.wraps(function)
        def timed(*arguments: Any, **options: Any) -> Any:
            began, cpu = time.monotonic(), time.process_time()
            try:
                return function(*arguments, **options)
            finally:
                ended, spent = time.monotonic(), time.process_time() - cpu
                at = f"from {began:.3f} to {ended:.3f}"
                print(f"  {name:20} {ended - began:6.2f} s, processor {spent:6.2f} s, {at}")

        setattr(place, name, timed)

    release = "xinjiang_record.release"
    for module, name in (
        ("pyarrow.csv", "read_csv"),
        ("xinjiang_record.check_tables", "check_tables"),
        (f"{release}.publisher", "is_same"),
        (f"{release}.stage", "write_table"),
        (f"{release}.stage", "write_changes"),
        (f"{release}.publisher", "verify_release"),
    ):
        clocked(module, name)
    ours(source, target)


def timeline(source: Path, target: Path) -> None:
    """Publish in a process of its own; print how busy its threads are, 20 times a second."""
    place = {"source": source, "target": target}
    own = environment(target)
    with subprocess.Popen(
        command("stages", **place), stdout=subprocess.PIPE, text=True, env=own
    ) as child:
        tasks, seen = Path(f"/proc/{child.pid}/task"), []
        while child.poll() is None:
            used = {}
            for task in tasks.iterdir() if tasks.is_dir() else ():
                with contextlib.suppress(OSError):  # the thread has ended
                    used[task.name] = int((task / "schedstat").read_text().split()[0]) / 1e9
            seen.append((time.monotonic(), used))
            time.sleep(0.05)
        told = child.stdout.read() if child.stdout else ""
    stages = [line.split() for line in told.splitlines() if " from " in line]
    begin = seen[0][0]
    print("from ms   main  others  idle  of two cores, in percent of one; stage")
    for (start, before), (end, after) in itertools.pairwise(seen):
        busy = {
            name: 100 * (value - before.get(name, 0)) / (end - start)
            for name, value in after.items()
        }
        first = busy.pop(str(child.pid), 0)
        others = sum(busy.values())
        now = [one[0] for one in stages if float(one[-3]) < end and float(one[-1]) > start]
        print(
            f"{1000 * (start - begin):7.0f} {first:6.0f} {others:7.0f} "
            f"{max(0, 200 - first - others):5.0f}  {', '.join(now)}"
        )
    print(told, end="")


def command(side: str, source: Path, target: Path) -> list[str]:
    place = ["--source", str(source), "--target", str(target)]
    return [sys.executable, __file__, "--side", side, *place]


def environment(target: Path) -> dict[str, str]:
    """Return this process's environment, in which Python keeps what it compiles."""
    own = {**os.environ, "PYTHONPYCACHEPREFIX": str(target.parent / "compiled")}
    own.pop("PYTHONDONTWRITEBYTECODE", None)
    return own


def measured(
    side: str, source: Path, target: Path, python: str = sys.executable
) -> tuple[float, float, float]:
    """Seconds, processor seconds and peak MB of one side in a process of its own."""
    os.sync()  # no side waits for what was written before
    done = subprocess.run(
        [python, *command(side, source, target)[1:]],
        capture_output=True,
        text=True,
        check=False,
        env=environment(target),
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    value = json.loads(done.stdout.splitlines()[-1])
    return value["seconds"], value["cpu"], value["megabytes"]


def million(base: Path, rows: int, times: int, others: dict[str, str], shuffled: bool) -> None:
    """Measure ours and the others in turn; ``others`` are the Python of each by its name."""
    old, new = make(base, rows, False), make(base, rows, True)
    if shuffled:
        new = shuffle(new)
    print(f"{rows:,} rows x {len(TYPES)} columns, {new.stat().st_size / 1e6:.0f} MB of CSV")
    measured("ours", old, base / "first")
    for side, python in others.items():
        (base / f"{side}-before").mkdir()
        measured(side, old, base / f"{side}-before", python)
    sides = ["ours", *others]
    found: dict[str, list[tuple[float, float, float]]] = {side: [] for side in sides}
    for number in range(times):
        for side in sides:
            target = base / f"{side}-{number}"
            if side == "ours":
                shutil.copytree(base / "first", target, symlinks=True)
            else:
                target.mkdir()
            found[side].append(measured(side, new, target, others.get(side, sys.executable)))
            shutil.rmtree(target)
    for side, runs in found.items():
        seconds, cpu = (statistics.median(run[index] for run in runs) for index in (0, 1))
        ratios = [[one / two for one, two in zip(*pair, strict=True)]
                  for pair in zip(found["ours"], runs, strict=True)]  # fmt: skip
        wall, processor = (statistics.median(pair[index] for pair in ratios) for index in (0, 1))
        print(
            f"{side:7} {seconds:6.2f} s, processor {cpu:6.2f} s (medians of {times}), peak "
            f"{max(run[2] for run in runs):.0f} MB; ours takes {wall:.2f} times its time, "
            f"{processor:.2f} times its processor time (medians of pairs)"
        )
    print("aims: at most 1.5 times DuckDB's time; at most 450 MB")


def large(base: Path, sizes: tuple[int, ...]) -> None:
    for rows in sizes:
        old, new = (make(base, rows, changed, as_parquet=True) for changed in (False, True))
        first = measured("ours", old, base / f"home-{rows}")
        second = measured("ours", new, base / f"home-{rows}")
        print(
            f"{rows:>12,} rows: first release {first[0]:.1f} s, peak {first[2]:.0f} MB; 1 % "
            f"changed {second[0]:.1f} s, peak {second[2]:.0f} MB"
        )
        for path in (old, new, base / f"home-{rows}"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--rows", type=int)
    options.add_argument("--times", type=int, default=3)
    options.add_argument("--large", action="store_true")
    options.add_argument("--others", action="store_true")
    options.add_argument("--dlt", help="a Python that has dlt[filesystem,parquet] and duckdb")
    options.add_argument("--shuffled", action="store_true")
    options.add_argument("--stages", action="store_true")
    options.add_argument("--timeline", action="store_true")
    options.add_argument("--side", choices=["ours", "stages", *SIDES], help=argparse.SUPPRESS)
    options.add_argument("--source", type=Path, help=argparse.SUPPRESS)
    options.add_argument("--target", type=Path, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    chosen.rows = chosen.rows or (10_000_000 if chosen.large else 1_000_000)
    if chosen.side:
        began = time.perf_counter()
        {"ours": ours, "stages": stages, **SIDES}[chosen.side](chosen.source, chosen.target)
        seconds, used = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF)
        cpu, peak = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
        print(json.dumps({"seconds": seconds, "cpu": cpu, "megabytes": peak}))
        return
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        base = Path(name)
        if chosen.stages:
            ours(make(base, chosen.rows, False), base / "published")
            stages(make(base, chosen.rows, True), base / "published")
        elif chosen.timeline:
            measured("ours", make(base, chosen.rows, False), base / "published")
            timeline(make(base, chosen.rows, True), base / "published")
        elif chosen.large:
            large(base, (chosen.rows // 5, chosen.rows))
        else:
            names = ("duckdb", "pandas", "polars") if chosen.others else ("duckdb",)
            others = dict.fromkeys(names, sys.executable)
            if chosen.dlt:
                others["dlt"] = chosen.dlt
            million(base, chosen.rows, chosen.times, others, chosen.shuffled)


if __name__ == "__main__":
    main()
