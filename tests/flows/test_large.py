"""A package with a table in partitions, by ``xrecord run``.

The same bytes in processes, on a Dask cluster, and with a worker killed.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.warm_commands import SERVER, run_command
from xinjiang_record import files
from xinjiang_record.errors import EnvironmentFault
from xinjiang_record.settings import Project

pytestmark = pytest.mark.server
Command = Callable[..., "subprocess.CompletedProcess[str]"]
ROOT = Path(__file__).resolve().parents[2]
NAME, ROWS, STATEMENTS = "made-events", 7_000, 40
# The command with ranges and parts of so few rows that there are two of each.
RANGES = """
from xinjiang_record.release.partitioned import executor
executor.RANGE_ROWS, executor.PART_ROWS = 5_000, 6_000
"""
# The command with threads, where it does not matter that two processes import the library.
IN_THREADS = """
from xinjiang_record.pipeline import run
from xinjiang_record.release.partitioned import executor
run.start_local_engine = executor.LocalEngine
"""
MAIN = """
from xinjiang_record.cli.main import main
main()
"""
SMALL, THREADS, SMALL_THREADS = RANGES + MAIN, IN_THREADS + MAIN, RANGES + IN_THREADS + MAIN
COMMAND = ("-c", SMALL, "--project")
PACKAGE = """
name = "made-events"
title = "Made-up events"
description = "Generated rows for a test; they say nothing about any state."
keywords = ["test"]
resources = ["statements", "events", "sources", "evidence"]
partitioned = ["events"]
licenses = [{ name = "CC0-1.0", title = "CC0", path = "https://example.org/zero/" }]
contributors = [{ title = "Xinjiang Record", roles = ["publisher"] }]
"""


def field(name: str, kind: str = "string", **constraints: Any) -> dict[str, Any]:
    return {
        "name": name,
        "type": kind,
        "title": name,
        "description": name,
        "constraints": constraints,
    }


SCHEMAS = {
    "statements": {
        "fields": [field("statement_id", required=True), field("title", required=True)],
        "primaryKey": ["statement_id"],
    },
    "events": {
        "fields": [
            field("event_id", required=True),
            field("statement_id", required=True),
            field("country_iso3", required=True, pattern="[A-Z]{3}"),
            field("event_type", required=True, enum=["signed", "withdrew"]),
            field("event_on", "date"),
        ],
        "primaryKey": ["event_id"],
        "foreignKeys": [
            {
                "fields": ["statement_id"],
                "reference": {"resource": "statements", "fields": ["statement_id"]},
            }
        ],
    },
}


def events(rows: int = ROWS) -> pa.Table:
    """Rows whose keys are mixed, so that every partition has keys of every range."""
    chance = np.random.default_rng(7)
    at = chance.permutation(rows)
    statement = np.char.add("st-", np.char.zfill((at % STATEMENTS).astype(str), 3))
    days = pa.array(chance.integers(17_800, 20_700, rows).astype("int32")).cast(pa.date32())
    return pa.table(
        {
            "event_id": np.char.add(np.char.add(statement, "."), np.char.zfill(at.astype(str), 7)),
            "statement_id": statement,
            "country_iso3": np.array(["KLM", "KLN", "KLO"])[at % 3],
            "event_type": np.array(["signed", "withdrew"])[chance.integers(0, 2, rows)],
            "event_on": days,
        }
    )


def lay_out(root: Path, table: pa.Table) -> Project:
    """A project with that one package; its events lie in folders by state."""
    project, shared = Project(root), ROOT / "schemas/responses"
    schemas, raw = project.schemas / NAME, project.raw / NAME
    for folder in (schemas, raw):
        folder.mkdir(parents=True)
    shutil.copy(ROOT / "schemas/fields.toml", project.schemas)
    shutil.copy(ROOT / "raw/sources.csv", project.raw)
    shutil.copytree(ROOT / "flows", root / "flows", ignore=shutil.ignore_patterns("__pycache__"))
    (schemas / "package.toml").write_text(PACKAGE, "utf-8")
    for name in ("sources", "evidence"):
        shutil.copy(shared / f"{name}.schema.json", schemas)
    for name, schema in SCHEMAS.items():
        (schemas / f"{name}.schema.json").write_text(json.dumps(schema), "utf-8")
    source = (ROOT / "raw/sources.csv").read_text("utf-8").splitlines()[1].partition(",")[0]
    lines = [
        f"st-{number:03},Statement {number},{source},read_at_source,source"
        for number in range(STATEMENTS)
    ]
    text = "\n".join(["statement_id,title,source_id,verification,basis", *lines]) + "\n"
    (raw / "statements.csv").write_text(text, "utf-8")
    (raw / "held.csv").write_text("resource,record_id,field,value,reason,note\n", "utf-8")
    columns = "resource,record_id,field,source_id,as_printed,language,verification,note\n"
    (raw / "evidence.csv").write_text(columns, "utf-8")
    for code in ("KLM", "KLN", "KLO"):
        rows = table.filter(pa.compute.equal(table["country_iso3"], code)).drop(["country_iso3"])
        for number in range(2):
            path = raw / "events" / f"country_iso3={code}" / f"{number}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            half = rows.num_rows // 2
            pq.write_table(rows.slice(number * half, half if number == 0 else None), path)
    return project


def tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def table() -> pa.Table:
    return events()


@pytest.fixture(scope="module")
def direct(table: pa.Table, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What ``xrecord run --direct`` publishes: what all the others have to publish too."""
    project = lay_out(tmp_path_factory.mktemp("direct") / "project", table)
    done = plain(project, "run", "--direct")
    assert done.returncode == 0, done.stderr
    assert f"{NAME}\tpublished\t1.0.0" in done.stdout
    return project.published


def plain(project: Project, *arguments: str, code: str = SMALL) -> subprocess.CompletedProcess[str]:
    return run_command("--project", project.root, *arguments, code=code)


def start_scheduler(started: Any, folder: Path) -> tuple[str, Path]:
    """The address of a scheduler without workers, and the file that tells them of it."""
    file = folder / "scheduler.json"
    here = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", file)
    started.fork("-m", "distributed.cli.dask_scheduler", *here)

    def address() -> str:
        """Read the file, which the scheduler makes first and fills then."""
        with contextlib.suppress(OSError, ValueError):
            return str(json.loads(file.read_text("utf-8"))["address"])
        return ""

    return started.wait_for("the scheduler is there", address), file


def start_workers(started: Any, address: str, file: Path) -> list[Any]:
    """Start two workers, each a process without a nanny that would bring it back."""
    from flows import dask_executor

    worker = ("-m", "distributed.cli.dask_worker", "--scheduler-file", file)
    alone = ("--no-nanny", "--no-dashboard", "--nthreads", "1", "--memory-limit", "1GB")
    workers = [started.fork(*worker, *alone) for _ in range(2)]
    with dask_executor.DaskEngine(address) as engine:
        started.wait_for("both workers are there", lambda: engine.worker_count() == 2)
    return workers


def test_what_was_published_verifies_and_a_second_run_finds_nothing_changed(direct: Path) -> None:
    project = Project(direct.parent)
    release = direct / NAME / "1.0.0"
    assert sorted(path.name for path in (release / "data/events.csv").iterdir()) == [
        "00000.csv",
        "00001.csv",
    ]
    inputs = json.loads((release / "provenance.json").read_text("utf-8"))["inputs"]
    assert sum(item["path"].startswith(f"raw/{NAME}/events/country_iso3=") for item in inputs) == 6
    assert plain(project, "verify").returncode == 0
    again = plain(project, "run", "--direct")
    assert again.stdout.startswith(f"{NAME}\tunchanged\t1.0.0"), again.stderr
    left = (project.runs / "partitioned" / NAME).iterdir()
    assert [path.name for path in left] == ["kept"]  # what the next version takes over from


# Of a package with partitioned tables: of its task in the main flow, and of its own flow.
STEPS = (
    *(("ingest", ""), ("publish", "")),
    *(("validate", " hash_partition 5"), ("validate", " scan_partition 0")),
    *(("validate", " split_partition 0"), ("validate", " sort_range 0")),
    *(("validate", " match_part 0"), ("publish", " write_part 0"), ("publish", " verify_part 0")),
    *(("publish", " read_last_keys 0"), ("publish", " diff_part 0")),
)


def drop_rows(project: Project) -> None:
    """Take a hundred rows out of one partition."""
    one = project.raw / NAME / "events/country_iso3=KLM/0.parquet"
    pq.write_table(pq.read_table(one, partitioning=None).slice(100), one)


def test_on_a_cluster_of_this_machine(direct: Path, tmp_path: Path, api: Any, started: Any) -> None:
    """The second version, while another package waits; the same bytes as without a cluster.

    With one worker, as each imports Prefect anew; the next test has two.
    """
    there, project = (Project(tmp_path / name) for name in ("direct", "project"))
    for copy in (there, project):
        shutil.copytree(direct.parent, copy.root, symlinks=True)
        drop_rows(copy)
    assert plain(there, "run", "--direct", code=SMALL_THREADS).returncode == 0
    for folder in ("raw", "schemas"):
        shutil.copytree(ROOT / folder / "responses", project.root / folder / "responses")
    with files.locked(project.published / "responses"):  # the other package cannot be published
        python = started.warm.stand_in(tmp_path / "bin")
        run = started.fork(*COMMAND, project.root, "run", "--workers", "1", **python)
        second = project.published / NAME / "1.1.0"
        started.wait_for("the partitions are published", second.is_dir)
    assert run.wait(300) == 0, started.output(run)
    assert "responses\tpublished\t1.0.0" in started.output(run)
    assert f"{NAME}\tpublished\t1.1.0" in started.output(run)
    assert tree(project.published / NAME) == tree(there.published / NAME)
    changes = (second / "changes/from-1.0.0.csv").read_text("utf-8").splitlines()[1:]
    assert len(changes) == 5 * 100 and all(
        line.startswith("events,retract,st-") for line in changes
    )
    steps = {f"{stage} {NAME}{step}" for stage, step in STEPS}

    def missing() -> set[str]:
        """The steps that the server does not list as completed: it writes them down from events."""
        runs = api.newest("task_runs", task_runs={"name": {"like_": NAME}})
        return steps - {item["name"] for item in runs if item["state_type"] == "COMPLETED"}

    started.wait_for(f"the server lists {sorted(steps)}", lambda: not missing())


def test_on_an_existing_cluster_whose_worker_is_killed_midway(
    direct: Path,
    table: pa.Table,
    tmp_path: Path,
    prefect_server: str,
    started: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """First a scheduler without workers, then a run without Prefect, then one with and the kill."""
    from flows import dask_executor

    address, file = start_scheduler(started, tmp_path)
    no_worker = f"The Dask scheduler at {address} has no worker"
    with monkeypatch.context() as patch, pytest.raises(EnvironmentFault, match=no_worker):
        patch.setattr(dask_executor, "WORKER_SECONDS", 1)
        dask_executor.connect(address)
    monkeypatch.setattr(dask_executor, "WORKER_SECONDS", 300)
    workers = start_workers(started, address, file)
    without = lay_out(tmp_path / "without", table)
    done = plain(without, "run", "--direct", "--on", address)
    assert done.returncode == 0, done.stderr
    assert tree(without.published) == tree(direct)

    project = lay_out(tmp_path / "project", table)
    work = project.runs / "partitioned" / NAME / "work/events"
    with files.locked(project.published / NAME):  # the run cannot end before the kill
        run = started.fork(*COMMAND, project.root, "run", "--on", address)
        started.wait_for(
            "the workers are at work",
            lambda: list(work.glob("split-*")) or run.poll() is not None,
            every=0.02,
        )
        started.stop(workers[0], signal.SIGKILL)
        assert run.poll() is None, started.output(run)
    assert run.wait(300) == 0, started.output(run)
    assert f"{NAME}\tpublished\t1.0.0" in started.output(run)
    assert workers[1].poll() is None
    assert tree(project.published) == tree(direct)


NO_SCHEDULER = {
    "tcp://127.0.0.1:9": (3, "No Dask scheduler answers at tcp://127.0.0.1:9"),
    "127.0.0.1": (2, "Invalid address of a Dask scheduler: '127.0.0.1'"),
}


@pytest.mark.parametrize("address", NO_SCHEDULER)
@pytest.mark.parametrize("how", ["with Prefect", "--direct"])
def test_a_scheduler_that_does_not_answer_is_named(
    tmp_path: Path, xrecord: Command, how: str, address: str
) -> None:
    project = lay_out(tmp_path / "project", events(100))
    done = xrecord(
        *("run", *(["--direct"] if how == "--direct" else []), "--on", address),
        project=project,
        DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT="2s",
    )
    code, told = NO_SCHEDULER[address]
    assert done.returncode == code, done.stderr
    assert told in done.stderr and "Traceback" not in done.stderr
    assert not (project.published / NAME / "1.0.0").exists()


def test_a_step_that_ends_every_worker_is_the_environments_fault() -> None:
    from distributed import KilledWorker

    from flows import dask_executor

    def result() -> None:
        raise KilledWorker("sort-1", None, 3)

    with pytest.raises(EnvironmentFault, match="Every worker that had the step sort-1"):
        dask_executor.result(SimpleNamespace(result=result))


def warm(project: Project) -> subprocess.CompletedProcess[str]:
    """Publish in a process that has all its imports."""
    return run_command("--project", project.root, "run", "--direct", code=THREADS)


def test_findings_name_row_field_and_value_and_nothing_is_published(tmp_path: Path) -> None:
    rows = events(1_000).sort_by("event_id").to_pylist()
    rows[500]["event_type"] = "sang"
    rows[700]["statement_id"] = "st-999"
    project = lay_out(tmp_path / "project", pa.Table.from_pylist(rows))
    python = {**os.environ, **SERVER.stand_in(tmp_path / "bin")}
    command = ("--project", project.root, "run", "--direct")
    done = run_command(*command, environment=python)  # with processes
    assert done.returncode == 1
    first, second = [
        line for line in done.stdout.splitlines() if "error" in line or "foreign-key" in line
    ]
    for line, row, name, value in (
        (first, 501, "event_type", "sang"),
        (second, 701, "statement_id", "st-999"),
    ):
        assert f"{NAME}/events row {row} ({rows[row - 1]['event_id']})" in line
        assert name in line and value in line
    assert not (project.published / NAME / "1.0.0").exists()


def test_what_cannot_be_a_package_in_partitions_is_told(tmp_path: Path) -> None:
    project = lay_out(tmp_path / "project", events(100))
    (project.raw / NAME / "events/_SUCCESS").write_text("", "utf-8")
    done = warm(project)
    assert done.returncode == 1 and "events/_SUCCESS:1: source-error" in done.stdout
    folder = project.raw / NAME / "events/country_iso3=KLM"
    folder.rename(os.fsdecode(os.fsencode(folder) + b"\xff"))
    done = warm(project)
    assert (
        done.returncode == 1
        and "with a plain name" in done.stdout
        and "Traceback" not in done.stderr
    )
    (project.schemas / NAME / "package.toml").write_text(
        PACKAGE.replace('["events"]', '["events", "statements"]')
    )
    done = warm(project)
    assert "events.schema.json:1: refers to 'statements', which comes in partitions" in done.stderr


@pytest.mark.parametrize(
    "names",
    [["event_id"], ["country_iso3", "event_id"], ["event_on"], ["country_iso3", "event_on"]],
)
def test_what_may_stand_once_has_the_field_by_which_rows_meet(
    tmp_path: Path, names: list[str]
) -> None:
    project = lay_out(tmp_path / "project", events(100))
    path = project.schemas / NAME / "events.schema.json"
    path.write_text(json.dumps({**SCHEMAS["events"], "uniqueKeys": [names]}), "utf-8")
    done = warm(project)
    if "event_id" in names:
        assert done.returncode == 0, done.stderr
        return
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert (
        f"events.schema.json:1: {', '.join(names)} must be unique, which is not checked"
        in done.stderr
    )


def test_a_field_that_may_have_each_value_once_is_refused_too(tmp_path: Path) -> None:
    project = lay_out(tmp_path / "project", events(100))
    fields = [*SCHEMAS["events"]["fields"][:-1], field("event_on", "date", unique=True)]
    path = project.schemas / NAME / "events.schema.json"
    path.write_text(json.dumps({**SCHEMAS["events"], "fields": fields}), "utf-8")
    done = warm(project)
    assert done.returncode == 1 and "event_on must be unique, which is not checked" in done.stderr
