"""Measure time and memory per row as the work grows, and say what grows.

    python benchmarks/growth.py                         10,000, 100,000 and 1,000,000 rows
    python benchmarks/growth.py --rows 100000 10000000 --only publish verify
    python benchmarks/growth.py --times 5 --plot docs/growth.svg
    python benchmarks/growth.py --rows 10000000 --only get --keep growth.json     one part of it
    python benchmarks/growth.py --rows --keep growth.json --plot docs/growth.svg     all parts

Each operation runs on each number of rows in a process of its own. Its time begins after the
imports, and its memory is what it needs above them. A figure per row that is more than 20 % above
the figure of the size before is marked, since start-up makes small sizes dear and never cheap.
``site`` builds the record, and a record of ten times the statements and countries. Below the table
stand the limits: the same bytes hashed, written and parsed by the libraries alone. ``--keep`` puts
the figures into a file, with those of other calls, and shows all that it holds.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import release as made

ROOT = Path(__file__).resolve().parents[1]

SIZES = (10_000, 100_000, 1_000_000)
GROWTH = 1.2  # of a figure per row, from one size to the next, that is marked
# What is near the limit of each operation: a library alone, with the same bytes.
LIMIT_OF = {
    "validate": "parse",
    "publish": "write",
    "diff": "read",
    "verify": "hash",
    "get": "write",
}


@dataclass(frozen=True)
class Figure:
    """Hold one operation on one number of rows: seconds, processor seconds and bytes of memory."""

    operation: str
    rows: int
    seconds: float
    cpu: float
    memory: float

    @property
    def microseconds(self) -> float:
        """Return the processor time a row."""
        return 1e6 * self.cpu / self.rows

    @property
    def bytes_a_row(self) -> float:
        """Return the memory a row."""
        return self.memory / self.rows


def validate(folder: Path, rows: int) -> None:
    """Validate the published package of ``rows`` rows."""
    from xinjiang_record.validate import validate as check

    report = check(folder / "published/made-up/1.0.0/datapackage.json", strict=True)
    assert report.valid, rows


def publish(folder: Path, rows: int) -> None:
    """Read the changed rows, check them, and publish them after the first release."""
    made.ours(_source(folder, rows, changed=True), folder / "copy")


def diff(folder: Path, rows: int) -> None:
    """Compare the second version with the first, backwards, so that nothing is looked up."""
    from xinjiang_record.release.changes.record_history import compare_versions
    from xinjiang_record.release.distribution.locations import open_location

    found = compare_versions(open_location(folder / "published"), "made-up", "1.0.1", "1.0.0")
    assert len(found) == rows // 100


def verify(folder: Path, rows: int) -> None:
    """Verify one release."""
    from xinjiang_record.release.integrity.verify import verify as check

    assert check(folder / "published", "made-up", "1.0.0") == [], rows


def get(folder: Path, rows: int) -> None:
    """Get a checked copy of one release."""
    from xinjiang_record.release.distribution.get_release import get_release
    from xinjiang_record.release.distribution.locations import open_location

    got = get_release(open_location(folder / "published"), "made-up", "1.0.0", folder / "got")
    assert got.is_dir(), rows


def hash_bytes(folder: Path, rows: int) -> None:
    """Hash the CSV: the limit of what must look at every byte."""
    with _source(folder, rows).open("rb") as stream:
        hashlib.file_digest(stream, "sha256")


def write_bytes(folder: Path, rows: int) -> None:
    """Write the CSV and flush it to the disk."""
    data = _source(folder, rows).read_bytes()
    with (folder / "written").open("wb") as stream:
        stream.write(data)
        os.fsync(stream.fileno())


def parse_csv(folder: Path, rows: int) -> None:
    """Parse the CSV with pyarrow, and drop the rows."""
    import pyarrow.csv as pacsv

    assert sum(batch.num_rows for batch in pacsv.open_csv(_source(folder, rows))) == rows


def read_parquet(folder: Path, rows: int) -> None:
    """Read both Parquet files with pyarrow, one row group at a time."""
    import pyarrow.parquet as pq

    for version in ("1.0.0", "1.0.1"):
        with pq.ParquetFile(folder / f"published/made-up/{version}/data/rows.parquet") as file:
            for number in range(file.num_row_groups):
                file.read_row_group(number)


OPERATIONS: dict[str, Callable[[Path, int], None]] = {
    "validate": validate,
    "publish": publish,
    "diff": diff,
    "verify": verify,
    "get": get,
}
LIMITS: dict[str, Callable[[Path, int], None]] = {
    "hash": hash_bytes,
    "write": write_bytes,
    "parse": parse_csv,
    "read": read_parquet,
}


def _source(folder: Path, rows: int, *, changed: bool = False) -> Path:
    return folder / f"rows-{rows}-{changed}.csv"


def prepare(folder: Path, rows: int) -> None:
    """Write two versions of made-up rows, publish both, and keep a copy of the first release."""
    for changed in (False, True):
        source = made.make(folder, rows, changed)
        made.ours(source, folder / "published")
        if not changed:
            shutil.copytree(folder / "published", folder / "copy", symlinks=True)


def measure(operation: str, folder: Path, rows: int) -> Figure:
    """Run one operation in a process of its own, on a folder that it may change."""
    done = _child("--measure", operation, "--folder", str(folder), "--rows", str(rows))
    return Figure(operation, rows, *json.loads(done.splitlines()[-1]))


def _child(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, __file__, *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout


def measured_here(operation: str, folder: Path, rows: int) -> tuple[float, float, float]:
    """Return seconds, processor seconds and memory of an operation, after its imports."""
    from xinjiang_record import settings

    settings.prefer_fast_libraries()  # as the command ``xrecord`` does
    import xinjiang_record.check_tables
    import xinjiang_record.release
    import xinjiang_record.validate.readers.arrow_tables  # noqa: F401 - before the time begins

    cpu, peak = _used()
    start = time.perf_counter()
    {**OPERATIONS, **LIMITS}[operation](folder, rows)
    seconds = time.perf_counter() - start
    after, most = _used()
    return seconds, after - cpu, max(0, most - peak)


def _used() -> tuple[float, float]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime, 1024 * used.ru_maxrss


def median(figures: Sequence[Figure]) -> Figure:
    """Return the medians of several runs of one operation on one number of rows."""
    one = figures[0]
    return Figure(
        one.operation,
        one.rows,
        *(statistics.median(getattr(item, name) for item in figures)
          for name in ("seconds", "cpu", "memory")),
    )  # fmt: skip


def of_rows(rows: int, names: Sequence[str], times: int) -> list[Figure]:
    """Return the figures of some operations on one number of rows."""
    found = []
    with tempfile.TemporaryDirectory(prefix="growth-") as name:
        folder = Path(name)
        _child("--prepare", "--folder", name, "--rows", str(rows))
        for operation in names:
            runs = []
            for _ in range(times):
                with _restored(folder):
                    runs.append(measure(operation, folder, rows))
            found.append(median(runs))
    return found


class _restored:  # noqa: N801 - used as a statement
    """Take away what an operation has written."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.kept = folder, folder / "kept"

    def __enter__(self) -> None:
        shutil.copytree(self.folder / "copy", self.kept, symlinks=True)

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.folder / "copy")
        self.kept.rename(self.folder / "copy")
        shutil.rmtree(self.folder / "got", ignore_errors=True)


def of_site(times: int) -> list[Figure]:
    """Return the figures of building the site: of the record, and of ten times the record."""
    found = []
    with tempfile.TemporaryDirectory(prefix="growth-") as name:
        for factor in (1, 10):
            runs = [
                Figure("site", *json.loads(_child("--site", str(factor), "--folder", name)))
                for _ in range(times)
            ]
            found.append(median(runs))
    return found


def site_here(factor: int, folder: Path) -> tuple[int, float, float, float]:
    """Build the site of the record times 1 or 10; return rows, seconds, cpu and memory."""
    import importlib.util

    import pyarrow.parquet as pq

    spec = importlib.util.spec_from_file_location("site_benchmark", ROOT / "benchmarks/site.py")
    assert spec and spec.loader
    bench = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bench)
    published = folder / f"record-{factor}"
    if not published.exists():
        published.mkdir()
        if factor == 1:
            (published / "joint-statements").symlink_to(ROOT / "published/joint-statements")
        else:
            published = bench.ten_times(ROOT / "published", published)
    elif factor != 1:
        published = published / "published"
    data = published / "joint-statements/latest/data"
    rows = sum(pq.read_metadata(path).num_rows for path in data.glob("*.parquet"))
    with tempfile.TemporaryDirectory(dir=folder) as target:
        cpu, peak = _used()
        seconds = bench.timed(published, Path(target) / "site", languages=["en"])
        after, most = _used()
    return rows, seconds, after - cpu, max(0, most - peak)


def kept(path: Path, figures: Sequence[Figure]) -> list[Figure]:
    """Put figures into a file, in place of those of the same operation and rows; return all."""
    old = json.loads(path.read_text("utf-8")) if path.exists() else []
    found = {(item.operation, item.rows): item for item in (Figure(**one) for one in old)}
    found.update(((item.operation, item.rows), item) for item in figures)
    order = [*OPERATIONS, "site", *LIMITS]
    every = sorted(found.values(), key=lambda item: (order.index(item.operation), item.rows))
    path.write_text(json.dumps([asdict(item) for item in every], indent=1) + "\n", "utf-8")
    return every


def show(figures: Sequence[Figure]) -> int:
    """Print a table; return how many figures per row have grown."""
    grown, before = 0, dict[str, Figure]()
    print(
        f"{'operation':10} {'rows':>10} {'s':>8} {'cpu s':>8} {'µs a row':>9} {'bytes a row':>12}"
    )
    for item in figures:
        last = before.get(item.operation)
        marks = [
            what
            for what, name in (("time", "microseconds"), ("memory", "bytes_a_row"))
            if last and getattr(item, name) > GROWTH * getattr(last, name)
        ]
        grown += len(marks)
        before[item.operation] = item
        told = f"  GROWS: {', '.join(marks)}" if marks else ""
        print(
            f"{item.operation:10} {item.rows:10,} {item.seconds:8.2f} {item.cpu:8.2f} "
            f"{item.microseconds:9.2f} {item.bytes_a_row:12.0f}{told}"
        )
    return grown


WIDTH, HEIGHT, LEFT, TOP = 260, 190, 52, 34


def plot(figures: Sequence[Figure]) -> str:
    """Return a picture: one panel an operation, time a row over rows, its limit as a dashed line.

    Both axes are logarithmic.
    """
    names = [name for name in (*OPERATIONS, "site") if any(f.operation == name for f in figures)]
    panels = [_panel(figures, name, place) for place, name in enumerate(names)]
    rows = -(-len(names) // 3)
    width, height = 3 * WIDTH + 10, rows * HEIGHT  # half of the last label is beyond its panel
    text = "\n".join(panels)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'font-family="sans-serif" font-size="11" role="img">\n'
        "<title>Processor time a row as the number of rows grows</title>\n"
        f'<rect width="{width}" height="{height}" fill="white"/>\n{text}\n</svg>\n'
    )


def _panel(figures: Sequence[Figure], name: str, place: int) -> str:
    mine = [item for item in figures if item.operation == name]
    limit = [item for item in figures if item.operation == LIMIT_OF.get(name)]
    values = [item.microseconds for item in (*mine, *limit) if item.microseconds > 0]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    first = math.log10(min(item.rows for item in mine))
    last = math.log10(max(item.rows for item in mine))
    left, top = place % 3 * WIDTH + LEFT, place // 3 * HEIGHT + TOP
    wide, tall = WIDTH - LEFT - 16, HEIGHT - TOP - 40

    def point(item: Figure) -> tuple[float, float]:
        x = left + wide * (math.log10(item.rows) - first) / max(last - first, 1e-9)
        y = top + tall * (1 - (math.log10(item.microseconds) - low) / max(high - low, 1))
        return round(x, 1), round(y, 1)

    out = [f'<text x="{left}" y="{top - 12}" font-weight="bold">{name}, µs a row</text>']
    for power in range(low, high + 1):
        y = round(top + tall * (1 - (power - low) / max(high - low, 1)), 1)
        out.append(f'<path d="M{left} {y}h{wide}" stroke="#ddd"/>')
        label = f"{10.0**power:g}"
        out.append(f'<text x="{left - 6}" y="{y + 4}" text-anchor="end">{label}</text>')
    for item in mine:
        x = point(item)[0]
        label = f"{item.rows:,}" if item.rows < 1e6 else f"{item.rows / 1e6:g} M"
        out.append(f'<text x="{x}" y="{top + tall + 16}" text-anchor="middle">{label}</text>')
    for items, style in ((mine, 'stroke="#1f4e79" stroke-width="2"'),
                         (limit, 'stroke="#b35900" stroke-dasharray="4 3"')):  # fmt: skip
        points = " ".join(f"{x},{y}" for x, y in map(point, items))
        if points:
            out.append(f'<polyline points="{points}" fill="none" {style}/>')
    if limit:
        x, y = point(limit[-1])
        out.append(f'<text x="{x}" y="{y - 5}" text-anchor="end">limit: {LIMIT_OF[name]}</text>')
    return "\n".join(out)


def main() -> int:
    """Measure, print, and exit with 1 where a figure per row grows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="*", default=list(SIZES))
    parser.add_argument("--only", nargs="+", choices=[*OPERATIONS, "site"])
    parser.add_argument("--times", type=int, default=1, help="runs, of which the median counts")
    parser.add_argument("--keep", type=Path, help="put the figures into this file of JSON")
    parser.add_argument("--plot", type=Path, help="write the picture to this file")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    parser.add_argument("--prepare", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--site", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.prepare:
        prepare(chosen.folder, chosen.rows[0])
        return 0
    if chosen.measure:
        print(json.dumps(measured_here(chosen.measure, chosen.folder, chosen.rows[0])))
        return 0
    if chosen.site:
        print(json.dumps(site_here(chosen.site, chosen.folder)))
        return 0
    wanted = chosen.only or [*OPERATIONS, "site"]
    names = [name for name in OPERATIONS if name in wanted]
    of_size = [of_rows(rows, [*names, *LIMITS], chosen.times) for rows in chosen.rows if names]
    figures = [item for name in [*names, *LIMITS] for found in of_size
               for item in found if item.operation == name]  # fmt: skip
    if "site" in wanted and chosen.rows:
        figures += of_site(chosen.times)
    if chosen.keep:
        figures = kept(chosen.keep, figures)
    operations = [item for item in figures if item.operation not in LIMITS]
    grown = show(operations)
    print("\nThe limits: the same bytes by the library alone.")
    show([item for item in figures if item.operation in LIMITS])
    if chosen.plot:
        chosen.plot.write_text(plot(figures), "utf-8")
    return 1 if grown else 0


if __name__ == "__main__":
    sys.exit(main())
