"""Measure the site.

Build time, second build, ten times the record, the front page's weight and its largest paint.

    python benchmarks/site.py [--published DIR] [--ten] [--paint]

Prints one line a figure with its budget, and the load of the machine; exits 1 if one is over.
``--ten`` builds a record with ten times the statements' and countries' data too (minutes);
``--paint`` needs Chromium at /usr/bin/chromium.
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
]
# Tables that a record has once, however many statements there are.
ONCE = {"sources", "position_kinds", "blocs", "bloc_members", "bloc_positions"}
BUDGETS = {
    "front page, compressed (KB)": 90,
    "build in English (s)": 8,
    "build in six languages (s)": 20,
    "build, nothing changed (s)": 0.3,
    "ten times the statements and countries (ratio)": 12,
    "largest contentful paint, CPU slowed four times (ms)": 1000,
}


def weight(site: Path) -> float:
    """Kilobytes of the front page with everything it loads, each file compressed by gzip as a host
    would.
    """
    text = (site / "index.html").read_text("utf-8")
    loaded = re.findall(r'<(?:script|link)[^>]*?(?:src|href)="([^"]+)"[^>]*>', text)
    names = {name for name in loaded if name.startswith("assets/") or name.endswith(".js")}
    return (
        sum(len(gzip.compress((site / name).read_bytes(), 6)) for name in {"index.html", *names})
        / 1000
    )


def timed(published: Path, target: Path, *, languages: list[str] | None = None) -> float:
    """Return seconds of a build on two cores.

    By the clock; where other work made the build wait, by the processor: pages are made in one
    thread while two others draw, so two cores share the time, and no less than that thread's own.
    """
    from xinjiang_record.site import build

    clock, used, own = time.perf_counter(), time.process_time(), time.thread_time()
    build.build(published, target, languages=languages)
    alone = max((time.process_time() - used) / 2, time.thread_time() - own)
    return min(time.perf_counter() - clock, alone)


def paint(site: Path, runs: int = 5) -> float:
    """Return the median of the largest contentful paint over some fresh loads, in milliseconds."""
    from playwright.sync_api import sync_playwright

    from xinjiang_record.site import serve

    running = serve.make_server(site)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    script = (
        "new Promise(r => new PerformanceObserver(l => "
        "r(l.getEntries().at(-1).startTime)).observe({type: 'largest-contentful-paint', "
        "buffered: true}))"
    )
    found = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for _ in range(runs):
            context = browser.new_context()
            page = context.new_page()
            context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
            page.goto(f"http://127.0.0.1:{running.server_port}/")
            page.wait_for_timeout(500)
            found.append(page.evaluate(script))
            context.close()
        browser.close()
    running.shutdown()
    running.server_close()
    return statistics.median(found)


def ten_times(published: Path, folder: Path) -> Path:
    """Return a record with ten times the statements, signatories and countries."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from xinjiang_record import settings
    from xinjiang_record.model import Candidate
    from xinjiang_record.release import publish
    from xinjiang_record.schema.load import load_package, make_table

    spec = load_package(settings.Project(ROOT), "joint-statements")
    latest = published / "joint-statements" / "latest" / "data"
    tables: dict[str, pa.Table] = {}
    for name, schema in spec.schemas.items():
        rows = pq.read_table(latest / f"{name}.parquet").to_pylist()
        again = range(1) if name in ONCE else range(10)
        made = [copy for number in again for row in rows for copy in copied(row, number, name)]
        keys = schema.get("primaryKey", [])
        tables[name] = make_table(
            schema, sorted(made, key=lambda row: [str(row[key]) for key in keys])
        )
    target = folder / "published"
    publish(
        Candidate(
            "joint-statements", spec.descriptor, spec.schemas, tables, "2026-11-23T00:00:00Z"
        ),
        target,
    )
    return target


def copied(row: dict[str, Any], number: int, name: str) -> Iterator[dict[str, Any]]:
    """Yield the row under other names: statements get a suffix, countries another first letter."""
    if not number:
        yield row
        return
    new, statement, code = dict(row), row.get("statement_id"), row.get("country_iso3")
    if statement:
        for key, value in row.items():
            if isinstance(value, str) and value.startswith(statement):
                new[key] = value.replace(statement, f"{statement}-{number}", 1)
    if code:
        other = f"{code[0]}{number}{code[1:]}"[:4]
        for key, value in new.items():
            if key == "country_iso3":
                new[key] = other
            elif isinstance(value, str) and statement and f".{code}" in value:
                new[key] = value.replace(f".{code}", f".{other}", 1)
    if name == "evidence":
        new["evidence_id"] = f"{row['evidence_id']}-{number}"
    if name == "countries":
        new |= {
            key: f"{row[key]}-{number}"
            for key in ("country_iso2", "iso_numeric", "name_en")
            if row[key]
        }
    yield new


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--published", type=Path, default=ROOT / "published")
    parser.add_argument("--ten", action="store_true")
    parser.add_argument("--paint", action="store_true")
    options = parser.parse_args()
    over = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        figures = {
            "build in English (s)": timed(options.published, folder / "en", languages=["en"]),
            "build in six languages (s)": timed(options.published, folder / "site"),
        }
        figures["build, nothing changed (s)"] = timed(options.published, folder / "site")
        figures["front page, compressed (KB)"] = weight(folder / "site")
        if options.paint:
            figures["largest contentful paint, CPU slowed four times (ms)"] = paint(folder / "site")
        if options.ten:
            alone = folder / "alone"
            (alone / "joint-statements").parent.mkdir(parents=True)
            (alone / "joint-statements").symlink_to(
                (options.published / "joint-statements").resolve()
            )
            one = timed(alone, folder / "one")
            ten = timed(ten_times(options.published, folder / "ten"), folder / "tens")
            figures["ten times the statements and countries (ratio)"] = ten / one
    for words, value in figures.items():
        kept = value <= BUDGETS[words]
        over += not kept
        print(f"{words}: {value:.2f}, budget {BUDGETS[words]}{'' if kept else ': OVER'}")
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
