"""How fast is validation? Both sides in one run, each as a whole process, start-up included.

    python benchmarks/validate.py [--rows 1000000] [--runs 3] [--others] [--growth] [--keep FOLDER]

Prints seconds, processor seconds and peak memory of Frictionless, of ``xinjiang_record.validate`` and of pyarrow's bare reading, on
clean rows and on rows of which 0.1 % are bad, primary and foreign key on; whether the two reports are equal; and the ratios.
``--others`` adds pandera, dataframely, pydantic, DuckDB and polars, which report less (no ragged rows, no messages); those that are
not here are installed into an environment of their own. ``--growth`` measures ours alone, with keys and without, on more rows than
Frictionless can be waited for: ``--growth --rows 1000000 10000000``.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import validate_data
import validate_others

FEW = 100_000  # rows up to which Frictionless runs as often as the others; it takes minutes for a million

BARE = """
import sys, pyarrow as pa, pyarrow.csv as c
path = sys.argv[1].replace("datapackage.json", "data.csv")
names = open(path, encoding="utf-8").readline().strip().split(",")
rows = 0
reader = c.open_csv(path, parse_options=c.ParseOptions(newlines_in_values=True),
    convert_options=c.ConvertOptions(column_types={name: pa.string() for name in names}))
for batch in reader: rows += batch.num_rows
"""
FRICTIONLESS = """
import json, sys, frictionless
report = frictionless.validate(sys.argv[1], limit_errors=0).to_descriptor()
json.dump(report, open(sys.argv[2], "w"), default=str)
"""
OURS = """
import json, sys
from xinjiang_record.validate import validate
report = validate(sys.argv[1], limit_errors=0)
assert not report.slow, report.slow
json.dump(report.to_descriptor(), open(sys.argv[2], "w"), default=str)
"""


def measure(code: str, *arguments: str, python: str = sys.executable) -> dict[str, Any]:
    """Wall and processor seconds and peak memory of one whole process, which may keep what it compiles, as when it is installed."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    begun = time.perf_counter()
    process = subprocess.Popen(
        [python, "-c", code, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    out, problems = process.stdout.read(), process.stderr.read()  # type: ignore[union-attr]
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    return {
        "wall": wall,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak": usage.ru_maxrss / 1024,
        "failed": problems.strip().splitlines()[-1:] if process.returncode else [],
        "out": out.strip(),
    }


def median(runs: list[dict[str, Any]]) -> dict[str, Any]:
    keys = ("wall", "cpu", "peak")
    return {**runs[0], **{key: statistics.median(run[key] for run in runs) for key in keys}}


def plain(path: str) -> Any:
    report = json.loads(Path(path).read_text("utf-8"))
    report["stats"].pop("seconds")
    for task in report["tasks"]:
        task["stats"].pop("seconds")
    return report


def show(name: str, run: dict[str, Any], note: str = "") -> None:
    if run["failed"]:
        print(f"| {name} | {run['failed'][0][:90]} | | | |", flush=True)
    else:
        print(
            f"| {name} | {run['wall']:.2f} | {run['cpu']:.2f} | {run['peak']:.0f} | {note or run['out']} |", flush=True
        )


def compare(folder: Path, rows: int, runs: int) -> None:
    """Frictionless, ours and the bare read on clean and on bad rows."""
    ratios = []
    for kind in ("clean", "dirty"):
        place = folder / f"{kind}-{rows}"
        if not (place / "datapackage.json").exists():
            validate_data.write(place, rows, dirty=kind == "dirty")
        package = str(place / "datapackage.json")
        measure(OURS, package, f"{folder}/ours.json")  # compiles, and brings the files to memory
        rounds = []
        for number in range(runs):
            theirs = measure(FRICTIONLESS, package, f"{folder}/theirs.json") if not number or rows <= FEW else None
            rounds.append((measure(BARE, package), measure(OURS, package, f"{folder}/ours.json"), theirs))
        bare, ours, theirs = (median([run for run in side if run]) for side in zip(*rounds, strict=True))
        show(f"{kind}: pyarrow, bare read", bare)
        show(f"{kind}: frictionless", theirs)
        if ours["failed"] or theirs["failed"]:
            show(f"{kind}: xinjiang_record", ours)
            continue
        equal = "equal reports" if plain(f"{folder}/ours.json") == plain(f"{folder}/theirs.json") else "REPORTS DIFFER"
        show(f"{kind}: xinjiang_record", ours, equal)
        wall, cpu = theirs["wall"] / ours["wall"], theirs["cpu"] / ours["cpu"]
        ratios.append(f"{rows} rows, {kind}: {wall:.1f} times frictionless (processor time {cpu:.1f} times), ")
        ratios[-1] += f"{ours['wall'] / bare['wall']:.1f} times the bare read, {ours['peak']:.0f} MB, {equal}"
    print("\n" + "\n".join(ratios) + "\n", flush=True)


def others(folder: Path, rows: int) -> None:
    """The validators that speak other dialects; each prints how many rows it finds bad."""
    where = folder / "venv"
    venv.create(where, with_pip=True, system_site_packages=False)
    python = str(where / "bin" / "python")
    wanted = Path(__file__).parent / "requirements-validate.txt"
    installed = subprocess.run(
        [python, "-m", "pip", "install", "-q", "-r", str(wanted)], capture_output=True, text=True
    )
    if installed.returncode:
        print(f"the other validators could not be installed: {installed.stderr.strip().splitlines()[-1][:200]}")
    for kind in ("clean", "dirty"):
        package = str(folder / f"{kind}-{rows}" / "datapackage.json")
        for name, code in validate_others.CODES.items():
            run = measure(code, package, python=python)
            show(f"{kind}: {name}", run, f"{run['out']} bad rows")


def growth(folder: Path, sizes: list[int]) -> None:
    """Ours alone, on clean rows: seconds a million rows and peak memory, with keys and without."""
    print("| rows | keys | seconds | seconds a million rows | peak MB |\n| --- | --- | --- | --- | --- |")
    for rows in sizes:
        place = folder / f"clean-{rows}"
        if not (place / "datapackage.json").exists():
            validate_data.write(place, rows)
        for keys in (True, False):
            run = measure(OURS, str(validate_data.describe(place, keys=keys)), f"{folder}/ours.json")
            each = run["wall"] / rows * 1_000_000
            print(f"| {rows} | {keys} | {run['wall']:.2f} | {each:.2f} | {run['peak']:.0f} | {' '.join(run['failed'])}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--others", action="store_true")
    parser.add_argument("--keep", type=Path, help="a folder for the data, which are left there and used again")
    parser.add_argument("--growth", action="store_true", help="ours alone, for sizes that Frictionless takes hours for")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        if arguments.growth:
            growth(folder, arguments.rows)
            return
        print("| | seconds | processor seconds | peak MB | |\n| --- | --- | --- | --- | --- |")
        for rows in arguments.rows:
            compare(folder, rows, arguments.runs)
        if arguments.others:
            others(folder, max(arguments.rows))


if __name__ == "__main__":
    main()
