"""Measure how fast validation is: both sides in one run, as processes, start-up included.

    python benchmarks/validate.py [--rows 1000000] [--runs 3] [--frictionless-runs 0] [--others]
        [--growth] [--keep FOLDER]

Prints seconds, processor seconds and peak memory of ``frictionless validate``, of ``xrecord
validate`` (JSON, JSON with ``--no-hash``, text), of pyarrow's bare reading, and of that with the
two hashes that JSON needs, on clean rows and, from 1,000 rows on, on rows of which
0.1 % are bad, primary and foreign key on; whether the two reports are equal; and the ratios, which
are medians over pairs of runs. Frictionless takes a minute for a million rows:
``--frictionless-runs 0`` leaves it out, so that the other ratios take less than two minutes.
``--others`` adds pandera, dataframely, pydantic, DuckDB and polars, which report less (no ragged
rows, no messages); those that are
not here are installed into an environment of their own. ``--growth`` measures ours alone, with keys
and without, on more rows than
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
import compare_validators
import make_validate_data

# rows up to which Frictionless runs as often as the others; it takes minutes for a million
FEW = 100_000

BARE = """
import sys, pyarrow as pa, pyarrow.csv as c
path = sys.argv[1].replace("datapackage.json", "data.csv")
names = open(path, encoding="utf-8").readline().strip().split(",")
rows = 0
reader = c.open_csv(path, parse_options=c.ParseOptions(newlines_in_values=True),
    convert_options=c.ConvertOptions(column_types={name: pa.string() for name in names}))
for batch in reader: rows += batch.num_rows
"""
# The floor of a report with hashes: MD5 and SHA-256 in threads of their own, while it is read.
HASHED = (
    """
import hashlib, sys, threading
def digest(name):
    with open(sys.argv[1].replace("datapackage.json", "data.csv"), "rb") as stream:
        hashlib.file_digest(stream, name).hexdigest()
threads = [threading.Thread(target=digest, args=(name,)) for name in ("md5", "sha256")]
for thread in threads: thread.start()
"""
    + BARE
    + "for thread in threads: thread.join()\n"
)
COMMANDS = Path(sys.executable).parent
FRICTIONLESS = (f"{COMMANDS}/frictionless", "validate", "--limit-errors", "0", "--json")
OURS = (f"{COMMANDS}/xrecord", "validate", "--limit-errors", "0", "--format", "json")
TOLD = (*OURS[:-1], "text")  # which says what was read row by row, and needs no hash


def measure(*command: str, bad: bool = False) -> dict[str, Any]:
    """Wall and processor seconds and peak memory of one whole process, which may keep what it
    compiles, as when it is installed.

    ``bad``: whether it exits with 1, since what it finds is bad.
    """
    environment = {
        name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
    }
    begun = time.perf_counter()
    with tempfile.TemporaryFile("w+") as written:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=written, text=True, env=environment
        )
        out = process.stdout.read()  # type: ignore[union-attr]
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        written.seek(0)
        problems = written.read()
    process.returncode = os.waitstatus_to_exitcode(status)
    return {
        "wall": wall,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak": usage.ru_maxrss / 1024,
        "failed": problems.strip().splitlines()[-1:] or [f"exit code {process.returncode}"]
        if process.returncode != bad
        else [],
        "out": out.strip(),
    }


def median(runs: list[dict[str, Any]]) -> dict[str, Any]:
    keys = ("wall", "cpu", "peak")
    return {**runs[0], **{key: statistics.median(run[key] for run in runs) for key in keys}}


def plain(text: str) -> Any:
    report = json.loads(text)
    report["stats"].pop("seconds")
    for task in report["tasks"]:
        task["stats"].pop("seconds")
    return report


def show(name: str, run: dict[str, Any], note: str = "") -> None:
    if run["failed"]:
        print(f"| {name} | {run['failed'][0][:90]} | | | |", flush=True)
    else:
        print(
            f"| {name} | {run['wall']:.2f} | {run['cpu']:.2f} | {run['peak']:.0f} | {note} |",
            flush=True,
        )


def _need_kernels(run: dict[str, Any]) -> None:
    """Nothing is measured of tables that Frictionless had to read row by row."""
    if run["failed"] or "row by row" in run["out"]:
        raise SystemExit(f"not proved by kernels: {run['failed'] or run['out']}")


def list_kinds(rows: int) -> list[str]:
    """Return the tables of a size; where no row would be bad, the clean one alone."""
    return ["clean", "dirty"] if rows >= make_validate_data.BAD_EVERY else ["clean"]


def ratio(rounds: list[dict[str, dict[str, Any]]], name: str, other: str, key: str) -> float:
    """Return the median of a figure's ratio, over the rounds that have both sides."""
    pairs = [(this[name][key], this[other][key]) for this in rounds if {name, other} <= this.keys()]
    return statistics.median(first / second for first, second in pairs)


def compare(folder: Path, rows: int, runs: int, frictionless_runs: int | None) -> list[str]:
    """Frictionless, ours and the bare read on clean and on bad rows; the ratios, in words."""
    ratios = []
    if frictionless_runs is None:
        frictionless_runs = runs if rows <= FEW else 1
    for kind in list_kinds(rows):
        place = folder / f"{kind}-{rows}"
        if not (place / "datapackage.json").exists():
            make_validate_data.write(place, rows, dirty=kind == "dirty")
        package = str(place / "datapackage.json")
        bad = kind == "dirty"
        _need_kernels(
            measure(*TOLD, package, bad=bad)
        )  # this also compiles, and brings the files to memory
        sides = {
            "bare": (sys.executable, "-c", BARE, package),
            "hashed": (sys.executable, "-c", HASHED, package),
            "ours": (*OURS, package),
            "no hash": (*OURS, "--no-hash", package),
            "text": (*TOLD, package),
        }
        rounds: list[dict[str, dict[str, Any]]] = []
        for number in range(runs):
            this = {
                name: measure(*command, bad=bad and command[0] != sys.executable)
                for name, command in sides.items()
            }
            if number < frictionless_runs:
                this["theirs"] = measure(*FRICTIONLESS, package, bad=bad)
            rounds.append(this)
        found = {
            name: median([this[name] for this in rounds if name in this]) for name in rounds[0]
        }
        ours, theirs = found["ours"], found.get("theirs")
        show(f"{rows} {kind}: pyarrow, bare read", found["bare"])
        show(f"{rows} {kind}: pyarrow, bare read and two hashes", found["hashed"])
        equal = ""
        if theirs is not None:
            show(f"{rows} {kind}: frictionless", theirs)
            is_equal = not ours["failed"] and plain(ours["out"]) == plain(theirs["out"])
            equal = "equal reports" if is_equal else "REPORTS DIFFER"
        show(f"{rows} {kind}: xinjiang_record, JSON", ours, equal)
        show(f"{rows} {kind}: xinjiang_record, JSON --no-hash", found["no hash"])
        show(f"{rows} {kind}: xinjiang_record, text", found["text"])
        words = [f"{rows} rows, {kind}:"]
        if theirs is not None:
            cpu = ratio(rounds, "theirs", "ours", "cpu")
            words.append(f"{ratio(rounds, 'theirs', 'ours', 'wall'):.1f} times frictionless")
            words.append(f"(processor time {cpu:.1f} times), {equal};")
        words.append(f"{ratio(rounds, 'ours', 'bare', 'wall'):.2f} times the bare read,")
        words.append(f"{ratio(rounds, 'ours', 'hashed', 'wall'):.2f} times that with two hashes;")
        words.append(f"text {ratio(rounds, 'text', 'bare', 'wall'):.2f} times the bare read;")
        ratios.append(" ".join([*words, f"{ours['peak']:.0f} MB"]))
    return ratios


def others(folder: Path, rows: int) -> None:
    """List the validators that speak other dialects; each prints how many rows it finds bad."""
    where = folder / "venv"
    venv.create(where, with_pip=True, system_site_packages=False)
    python = str(where / "bin" / "python")
    wanted = Path(__file__).parent / "requirements-validate.txt"
    installed = subprocess.run(
        [python, "-m", "pip", "install", "-q", "-r", str(wanted)], capture_output=True, text=True
    )
    if installed.returncode:
        print(
            f"the other validators could not be installed: "
            f"{installed.stderr.strip().splitlines()[-1][:200]}"
        )
    for kind in list_kinds(rows):
        package = str(folder / f"{kind}-{rows}" / "datapackage.json")
        for name, code in compare_validators.CODES.items():
            run = measure(python, "-c", code, package)
            show(f"{rows} {kind}: {name}", run, f"{run['out']} bad rows")


def growth(folder: Path, sizes: list[int]) -> None:
    """Ours alone, on clean rows: seconds a million rows and peak memory, with keys and without."""
    print(
        "| rows | keys | seconds | seconds a million rows | peak MB |\n| --- | --- | --- | --- | "
        "--- |"
    )
    for rows in sizes:
        place = folder / f"clean-{rows}"
        if not (place / "datapackage.json").exists():
            make_validate_data.write(place, rows)
        for keys in (True, False):
            run = measure(*TOLD, str(make_validate_data.describe(place, keys=keys)))
            _need_kernels(run)
            each = run["wall"] / rows * 1_000_000
            print(
                f"| {rows} | {keys} | {run['wall']:.2f} | {each:.2f} | {run['peak']:.0f} | "
                f"{' '.join(run['failed'])}"
            )


def many(folder: Path, runs: int, count: int = 300) -> str:
    """Compare both on a package of many small tables, each with a key into the one before."""
    place = folder / f"many-{count}"
    place.mkdir(parents=True, exist_ok=True)
    resources = []
    for number in range(count):
        rows = "".join(f"{row},{row},{row * number}\n" for row in range(100))
        (place / f"t{number}.csv").write_text(f"id,parent,value\n{rows}")
        fields = [{"name": name, "type": "integer"} for name in ("id", "parent", "value")]
        schema: dict[str, Any] = {"fields": fields, "primaryKey": ["id"]}
        if number:
            target = {"resource": f"t{number - 1}", "fields": ["id"]}
            schema["foreignKeys"] = [{"fields": ["parent"], "reference": target}]
        resource = {"name": f"t{number}", "path": f"t{number}.csv", "encoding": "utf-8"}
        resources.append({**resource, "dialect": {"delimiter": ","}, "schema": schema})
    package = place / "datapackage.json"
    package.write_text(json.dumps({"name": "many", "resources": resources}))
    theirs = median([measure(*FRICTIONLESS, str(package)) for _ in range(runs)])
    own = median([measure(*OURS, str(package)) for _ in range(runs)])
    show(f"frictionless, {count} tables", theirs)
    equal = plain(theirs["out"]) == plain(own["out"])
    show(f"xrecord, {count} tables", own, "equal" if equal else "NOT EQUAL")
    wall, cpu = theirs["wall"] / own["wall"], theirs["cpu"] / own["cpu"]
    return f"{count} tables with keys: {wall:.1f} times as fast (processor time {cpu:.1f} times)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument(
        "--frictionless-runs",
        type=int,
        help="runs of Frictionless; 0 leaves it out, so that the other ratios of a million rows "
        f"take less than two minutes. Default: 1 for more than {FEW} rows, else --runs",
    )
    parser.add_argument("--others", action="store_true")
    parser.add_argument("--many", action="store_true", help="300 tables with foreign keys too")
    parser.add_argument(
        "--keep", type=Path, help="a folder for the data, which are left there and used again"
    )
    parser.add_argument(
        "--growth",
        action="store_true",
        help="ours alone, for sizes that Frictionless takes hours for",
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        if arguments.growth:
            growth(folder, arguments.rows)
            return
        print("| | seconds | processor seconds | peak MB | |\n| --- | --- | --- | --- | --- |")
        ratios = [
            words
            for rows in arguments.rows
            for words in compare(folder, rows, arguments.runs, arguments.frictionless_runs)
        ]
        if arguments.many:
            ratios.append(many(folder, arguments.runs))
        if arguments.others:
            others(folder, max(arguments.rows))
        print("\n" + "\n".join(ratios))


if __name__ == "__main__":
    main()
