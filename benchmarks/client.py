"""Print how long a process takes from its start to a table: python benchmarks/client.py.

A local server serves published/. Each figure is the smallest of several runs of a new process, by
the clock and in seconds of the processor: Python alone, Python with pyarrow, then the client with
an empty cache, a full one, and offline. On a busy machine, compare the second column.
"""

from __future__ import annotations

import functools
import http.server
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUNS = 5
PROGRAM = (
    "import xinjiang_record as xr; "
    "table = xr.load('joint-statements', 'signatories', as_='arrow'); assert len(table) > 700"
)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None: ...


def measure(
    program: str, environment: dict[str, str], before: Path | None = None
) -> tuple[float, float]:
    """Return the smallest times of some runs; a folder given is deleted before each."""
    best = used = float("inf")
    for _ in range(RUNS):
        if before:
            shutil.rmtree(before, ignore_errors=True)
        start, spent = time.perf_counter(), processor_seconds()
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", program],
            env={**os.environ, **environment},
            check=True,
        )
        best = min(best, time.perf_counter() - start)
        used = min(used, processor_seconds() - spent)
    return best, used


def processor_seconds() -> float:
    """Return what the processes that this one started have used."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Print the table."""
    handler = functools.partial(_Quiet, directory=str(ROOT / "published"))
    with (
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server,
        tempfile.TemporaryDirectory() as folder,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        cache = Path(folder) / "cache"
        place = {
            "XRECORD_BASE": f"http://127.0.0.1:{server.server_port}",
            "XRECORD_CACHE": str(cache),
        }
        rows = {
            "Python alone": measure("pass", {}),
            "Python with pyarrow": measure("import pyarrow.parquet", {}),
            "client, empty cache": measure(PROGRAM, place, before=cache),
            "client, full cache": measure(PROGRAM, place),
            "client, offline": measure(PROGRAM, {**place, "XRECORD_OFFLINE": "1"}),
        }
        server.shutdown()
    print(f"{'':22} {'clock':>8} {'processor':>10}")
    for name, (clock, processor) in rows.items():
        print(f"{name:22} {clock:6.2f} s {processor:8.2f} s")


if __name__ == "__main__":
    main()
