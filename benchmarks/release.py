"""Measure what a release costs.

1 million rows of 12 columns, next to DuckDB merely converting the same CSV; and 10 million, in
bounded memory.

    python benchmarks/release.py                 1 million rows, median of 3
    python benchmarks/release.py --large         publishing 2 and 10 million rows from Parquet: peak
    memory
    python benchmarks/release.py --rows 100000 --times 1

Ours reads the CSV, validates it against its schema, publishes it as CSV and Parquet after a release
that differs in 1 % of the rows:
hashed, diffed field by field, staged, verified and put in place. DuckDB's side reads the CSV and
writes it as Parquet and as CSV. Each
side runs in a process of its own; its peak memory is the process's.
"""

from __future__ import annotations

import argparse
import json
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
    """Read, validate, publish."""
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
    """Convert, and nothing else."""
    import duckdb as engine

    engine.sql(f"create table rows as from read_csv('{source}')")
    engine.sql(f"copy rows to '{target / 'rows.parquet'}' (format parquet, compression zstd)")
    engine.sql(f"copy rows to '{target / 'rows.csv'}' (format csv, header)")


def measured(side: str, source: Path, target: Path) -> tuple[float, float]:
    """Seconds and peak MB of one side in a process of its own."""
    command = [
        sys.executable,
        __file__,
        "--side",
        side,
        "--source",
        str(source),
        "--target",
        str(target),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    value = json.loads(done.stdout.splitlines()[-1])
    return value["seconds"], value["megabytes"]


def million(base: Path, rows: int, times: int) -> None:
    old, new = make(base, rows, False), make(base, rows, True)
    print(f"{rows:,} rows x {len(TYPES)} columns, {new.stat().st_size / 1e6:.0f} MB of CSV")
    measured("ours", old, base / "first")
    found: dict[str, list[tuple[float, float]]] = {"ours": [], "duckdb": []}
    for number in range(times):
        target = Path(shutil.copytree(base / "first", base / f"ours-{number}", symlinks=True))
        found["ours"].append(measured("ours", new, target))
        shutil.rmtree(target)
        (base / f"duckdb-{number}").mkdir()
        found["duckdb"].append(measured("duckdb", new, base / f"duckdb-{number}"))
    seconds = {side: statistics.median(value for value, _ in runs) for side, runs in found.items()}
    for side, runs in found.items():
        print(
            f"{side:7} {seconds[side]:6.2f} s (median of {times}), peak "
            f"{max(value for _, value in runs):.0f} MB"
        )
    print(f"ratio   {seconds['ours'] / seconds['duckdb']:6.2f} (at most 2.5; at most 600 MB)")


def large(base: Path, sizes: tuple[int, ...]) -> None:
    for rows in sizes:
        old, new = (make(base, rows, changed, as_parquet=True) for changed in (False, True))
        first = measured("ours", old, base / f"home-{rows}")
        second = measured("ours", new, base / f"home-{rows}")
        print(
            f"{rows:>12,} rows: first release {first[0]:.1f} s, peak {first[1]:.0f} MB; 1 % "
            f"changed {second[0]:.1f} s, peak {second[1]:.0f} MB"
        )
        for path in (old, new, base / f"home-{rows}"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--rows", type=int)
    options.add_argument("--times", type=int, default=3)
    options.add_argument("--large", action="store_true")
    options.add_argument("--side", choices=["ours", "duckdb"], help=argparse.SUPPRESS)
    options.add_argument("--source", type=Path, help=argparse.SUPPRESS)
    options.add_argument("--target", type=Path, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    chosen.rows = chosen.rows or (10_000_000 if chosen.large else 1_000_000)
    if chosen.side:
        began = time.perf_counter()
        {"ours": ours, "duckdb": duckdb}[chosen.side](chosen.source, chosen.target)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"seconds": time.perf_counter() - began, "megabytes": peak}))
        return
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        if chosen.large:
            large(Path(name), (chosen.rows // 5, chosen.rows))
        else:
            million(Path(name), chosen.rows, chosen.times)


if __name__ == "__main__":
    main()
