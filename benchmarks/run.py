"""Measure what a run of the record costs: ``python benchmarks/run.py [RUNS]``.

Times whole processes in turn, on a copy of the record that is published already: a trivial one-task
Prefect flow, ``xrecord run`` with
nothing changed, ``xrecord run --direct`` with nothing changed, and ``--direct`` without what the
last run remembers (all four
packages built and compared). Prints each median and the ratio to the trivial flow. All share one
Prefect home, which is set up before.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TRIVIAL = """
from prefect import flow, task

@task
def one():
    return 1

@flow
def trivial():
    return one()

trivial()
"""


def seconds(command: Sequence[str], folder: Path, environment: dict[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run(
        command,
        cwd=folder,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - started


def main(runs: int) -> None:
    xrecord = str(Path(sys.executable).with_name("xrecord"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("raw", "schemas", "flows"):
            shutil.copytree(ROOT / part, folder / part)
        environment = {
            **os.environ,
            "PREFECT_HOME": str(folder / "prefect"),
            "PYTHONPATH": str(ROOT),
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
            "DO_NOT_TRACK": "1",
        }
        environment.pop("PREFECT_API_URL", None)
        commands = {
            "a trivial one-task Prefect flow": [sys.executable, "-c", TRIVIAL],
            "xrecord run, nothing changed": [xrecord, "run"],
            "xrecord run --direct, nothing changed": [xrecord, "run", "--direct"],
            "xrecord run --direct, nothing remembered": [xrecord, "run", "--direct"],
        }
        subprocess.run(
            [xrecord, "run"], cwd=folder, env=environment, check=True, capture_output=True
        )
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(runs):
            for name, command in commands.items():
                if "remembered" in name:
                    shutil.rmtree(folder / "runs", ignore_errors=True)
                times[name].append(seconds(command, folder, environment))
        base = statistics.median(times["a trivial one-task Prefect flow"])
        for name, values in times.items():
            middle = statistics.median(values)
            ratio = f"{middle / base:5.2f} of the trivial flow"
            print(f"{name:45} {middle:6.2f} s   {ratio}   {middle - base:+6.2f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
