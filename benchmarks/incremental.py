"""Measure what a run costs that finds nothing to do, beyond a trivial Prefect flow.

And one with one changed figure.

    python benchmarks/incremental.py

Starts a Prefect server of its own on loopback. Each pair of runs is measured one after the other;
the median of the differences counts.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAIRS = int(os.environ.get("PAIRS", "5"))
PORT = 4571
TRIVIAL = (
    "import flows\nfrom prefect import flow\n\n@flow\ndef trivial():\n    return 1\n\ntrivial()\n"
)


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="xrecord-incremental-"))
    environment = {
        **os.environ,
        "PREFECT_HOME": str(folder / "home"),
        "PREFECT_API_URL": f"http://127.0.0.1:{PORT}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }
    command = [
        sys.executable,
        "-m",
        "prefect",
        "server",
        "start",
        "--host",
        "127.0.0.1",
        "--port",
        str(PORT),
    ]
    server = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait()
        print(json.dumps(_measure(folder, environment)))
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(folder)


def _measure(folder: Path, environment: dict[str, str]) -> dict[str, object]:
    project = folder / "project"
    for name in ("raw", "schemas", "flows"):
        shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("snapshots"))
    (folder / "trivial.py").write_text(TRIVIAL)
    run = [sys.executable, "-m", "xinjiang_record.cli", "--project", str(project), "run"]
    trivial = [sys.executable, str(folder / "trivial.py")]
    environment = environment | {"PYTHONPATH": str(ROOT)}
    first, *_ = _timed(run, environment)
    pairs = [(_timed(run, environment), _timed(trivial, environment)) for _ in range(PAIRS)]
    path = project / "raw/detention-figures/figures.csv"
    path.write_text(
        path.read_text("utf-8")
        .replace(",600000,", ",650000,", 1)
        .replace(",660000,", ",670000,", 1),
        "utf-8",
    )
    changed, _, text = _timed(run, environment)
    return {
        "first_seconds": first,
        "nothing_to_do_seconds": statistics.median(run[0] for run, _ in pairs),
        "trivial_flow_seconds": statistics.median(trivial[0] for _, trivial in pairs),
        "beyond_seconds": round(
            statistics.median(run[0] - trivial[0] for run, trivial in pairs), 2
        ),
        "beyond_cpu_seconds": round(
            statistics.median(run[1] - trivial[1] for run, trivial in pairs), 2
        ),
        "one_figure_seconds": changed,
        "after_one_figure": {
            line.split("\t")[0]: " ".join(line.split("\t")[1:3])
            for line in text.splitlines()
            if "\t" in line
        },
    }


def _timed(command: list[str], environment: dict[str, str]) -> tuple[float, float, str]:
    """Seconds by the clock and of the process's own work, and what it printed."""
    started, before = time.monotonic(), _cpu()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return round(time.monotonic() - started, 2), round(_cpu() - before, 2), done.stdout


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)  # the server counts only once it has ended
    return used.ru_utime + used.ru_stime


def _wait() -> None:
    for _ in range(240):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/api/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise SystemExit("Prefect's server did not start.")


if __name__ == "__main__":
    main()
