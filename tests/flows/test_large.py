"""A large table on a real Dask scheduler with two workers as processes, one of them killed midway: the same bytes as in memory."""

from __future__ import annotations

import importlib.util
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from xinjiang_record import release
from xinjiang_record.model import Candidate
from xinjiang_record.release import large

pytestmark = pytest.mark.server
ROWS = 160_000


@pytest.fixture(scope="module")
def made() -> Iterator[ModuleType]:
    """benchmarks/large.py, for its generator and its schemas."""
    path = Path(__file__).resolve().parents[2] / "benchmarks/large.py"
    spec = importlib.util.spec_from_file_location("benchmark_large_flow", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture
def cluster(started: Any, tmp_path: Path) -> tuple[str, list[Any]]:
    """A scheduler's address and its two workers, each a process without a nanny that would bring it back."""
    file = tmp_path / "scheduler.json"
    dask = (sys.executable, "-m", "distributed.cli.dask_scheduler")
    started.start(*dask, "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", file)
    started.wait_for("the scheduler is there", file.is_file)
    worker = (
        sys.executable,
        "-m",
        "distributed.cli.dask_worker",
        "--scheduler-file",
        file,
        "--no-nanny",
        "--no-dashboard",
    )
    workers = [started.start(*worker, "--nthreads", "1", "--memory-limit", "1GB") for _ in range(2)]
    import json

    return str(json.loads(file.read_text("utf-8"))["address"]), workers


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.filterwarnings("ignore")
def test_a_worker_killed_midway_costs_another_try_and_no_byte(
    made: ModuleType, cluster: tuple[str, list[Any]], started: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.large import DaskEngine

    table = made.partition(0, ROWS)
    tables = {"statements": made.statements(), "events": table}
    small = Candidate("large-events", made.DESCRIPTOR, made.SCHEMAS, tables, "2026-11-23T00:00:00Z")
    whole = release.publish(small, tmp_path / "whole")
    monkeypatch.setattr(large, "RANGE_ROWS", 20_000)
    inputs = []
    for number in range(4):
        inputs.append(tmp_path / f"part={number}.parquet")
        made.pq.write_table(table.slice(number * 40_000, 40_000), inputs[-1])
    address, workers = cluster
    with DaskEngine(address) as engine:
        started.wait_for("both workers are there", lambda: engine.worker_count() == 2)
        killer = threading.Timer(1.0, started.stop, (workers[0], signal.SIGKILL))
        killer.start()
        known = {"statements": tables["statements"]}
        events, findings = large.prepare(
            inputs, "events", made.SCHEMAS, "large-events", tmp_path / "work", engine, known
        )
        killer.join()
        assert findings == []
        result = release.publish(
            Candidate("large-events", made.DESCRIPTOR, made.SCHEMAS, tables | {"events": events}, small.created),
            tmp_path / "dask",
        )
        assert engine.worker_count() == 1
    assert result.content_hash == whole.content_hash
    assert tree(tmp_path / "dask") == tree(tmp_path / "whole")


FLOW = """
import importlib.util, sys
from pathlib import Path
from flows.large import on
from xinjiang_record.model import Candidate

if __name__ == "__main__":
    benchmark, folder, address = sys.argv[1:]
    spec = importlib.util.spec_from_file_location("made", benchmark)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    known = {"statements": made.statements()}
    candidate = Candidate("large-events", made.DESCRIPTOR, made.SCHEMAS, known, "2026-11-23T00:00:00Z")
    inputs, folder = sorted(Path(folder).glob("part=*")), Path(folder)
    result = on(address)(candidate, "events", inputs, folder / "flow", folder / "work", known)
    print("published", result.version, result.content_hash)
"""


@pytest.mark.slow
def test_the_flow_on_an_existing_cluster_through_prefect_dask(
    made: ModuleType, cluster: tuple[str, list[Any]], started: Any, tmp_path: Path, prefect_server: str
) -> None:
    table = made.partition(0, ROWS)
    tables = {"statements": made.statements(), "events": table}
    small = Candidate("large-events", made.DESCRIPTOR, made.SCHEMAS, tables, "2026-11-23T00:00:00Z")
    whole = release.publish(small, tmp_path / "whole")
    for number in range(2):
        made.pq.write_table(table.slice(number * 80_000, 80_000), tmp_path / f"part={number}")
    script = tmp_path / "run.py"
    script.write_text(FLOW, "utf-8")
    benchmark = Path(__file__).resolve().parents[2] / "benchmarks/large.py"
    flow = started.start(sys.executable, script, benchmark, tmp_path, cluster[0])
    assert flow.wait(240) == 0, started.output(flow)
    assert f"published 1.0.0 {whole.content_hash}" in started.output(flow)
    assert tree(tmp_path / "flow") == tree(tmp_path / "whole")
