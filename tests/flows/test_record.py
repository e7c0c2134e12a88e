"""The flow ``record`` on a real server.

What a person sees there, and what a failed package does to the others.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import logging
import os
import re
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from xinjiang_record.settings import Project

pytestmark = pytest.mark.server
Api = Any  # of conftest.py
Command = Callable[..., "subprocess.CompletedProcess[str]"]


def new_run(api: Api, known: set[str]) -> dict[str, Any]:
    """The one flow run that is not among the known."""
    (run,) = (item for item in api.newest("flow_runs") if item["id"] not in known)
    return dict(run)


def artifacts_of(api: Api, run: str) -> dict[str, dict[str, Any]]:
    found = api.newest("artifacts", flow_runs={"id": {"any_": [run]}})
    return {item["key"]: item for item in found}


def check_the_chains(tasks: dict[str, dict[str, Any]], packages: set[str]) -> None:
    """Each package is a chain of its own: ingest, then validate, then publish."""
    ids = {item["id"]: name for name, item in tasks.items()}
    parents = {
        item["name"]: {
            ids[parent["id"]]
            for parents in item["task_inputs"].values()
            for parent in parents
            if parent["input_type"] == "task_run"
        }
        for item in tasks.values()
    }
    for package in packages:
        assert parents[f"ingest {package}"] == set()
        assert parents[f"validate {package}"] == {f"ingest {package}"}
        assert f"validate {package}" in parents[f"publish {package}"]
        assert parents[f"publish {package}"] <= {f"ingest {package}", f"validate {package}"}


def check_what_a_release_reports(api: Api, run: str, project: Project) -> None:
    """An event for automations, and the metadata of the asset: version, rows, hash, release id."""
    names = ["xrecord.release.published", "prefect.asset.materialization.succeeded"]
    question = {"event": {"name": names}, "any_resource": None}

    def of_this_run() -> list[dict[str, Any]] | None:
        found = [
            item
            for item in api.post("/events/filter", filter=question, limit=50)["events"]
            if any(run in related["prefect.resource.id"] for related in item["related"])
        ]
        return found if len(found) >= 8 else None  # two of each of the four packages

    events = api.wait_for("all events are there", of_this_run)
    released = {
        item["payload"]["package"]: item["payload"]
        for item in events
        if item["event"] == "xrecord.release.published"
    }
    release = project.published / "documents/latest"
    sums = hashlib.sha256((release / "SHA256SUMS").read_bytes()).hexdigest()
    assert released["documents"]["release_id"] == sums
    assert (released["documents"]["version"], released["documents"]["bump"]) == ("1.0.0", "first")
    asset = next(
        item for item in events if item["resource"]["prefect.resource.id"] == "xrecord://documents"
    )
    assert asset["payload"]["content_hash"] == released["documents"]["content_hash"]
    assert asset["resource"]["prefect.resource.name"] == "Documents on the detentions in Xinjiang"
    assert "xrecord://raw/documents" in {item["prefect.resource.id"] for item in asset["related"]}


def check_that_the_asset_of_what_is_unchanged_is_described(api: Api, run: str) -> None:
    """Each materialization has its metadata; only a new release emits the event of one."""
    question = {"event": {"prefix": ["xrecord.", "prefect.asset.materialization."]}}

    def of_this_run() -> list[dict[str, Any]] | None:
        return [
            item
            for item in api.post("/events/filter", filter=question, limit=50)["events"]
            if any(run in related["prefect.resource.id"] for related in item["related"])
        ]

    (event,) = api.wait_for("the event is there", of_this_run)
    assert event["resource"]["prefect.resource.id"] == "xrecord://documents"
    assert (event["payload"]["status"], event["payload"]["version"]) == ("unchanged", "1.0.0")
    assert re.fullmatch("(sha256:)?[0-9a-f]{64}", event["payload"]["content_hash"])


def test_the_run_its_tasks_and_artifacts_are_there_to_see(
    prefect_server: str, api: Api, xrecord: Command, project: Project
) -> None:
    before = api.ids("flow_runs")
    done = xrecord("run", project=project)
    assert done.returncode == 0, done.stderr
    assert prefect_server in done.stderr  # said where it runs
    lines = [line for line in done.stdout.splitlines() if "\tpublished: " in line]
    packages = {line.split("\t")[0] for line in lines}
    assert packages == {"detention-figures", "documents", "joint-statements", "responses"}

    run = new_run(api, before)
    assert run["state"]["type"] == "COMPLETED"
    assert re.fullmatch(r"record all \(command\) [0-9-]{10} [0-9:]{5}", run["name"])
    assert set(run["tags"]) == {"kind:record", *(f"package:{package}" for package in packages)}
    steps = ("ingest", "validate", "publish")
    tasks = api.tasks_of(run["id"], len(steps) * len(packages))
    assert {name: item["state"]["type"] for name, item in tasks.items()} == {
        f"{step} {package}": "COMPLETED" for step in steps for package in packages
    }
    assert not any(item["tags"] for item in tasks.values())  # each would cost a request
    check_the_chains(tasks, packages)
    artifacts = artifacts_of(api, run["id"])
    assert set(artifacts) == {
        "record",
        "findings",  # warnings
        "run-summary",
        *(f"validation-{package}" for package in packages),
    }
    rows = json.loads(artifacts["record"]["data"])
    statements = next(row for row in rows if row["table"] == "statements")
    assert (statements["package"], statements["changed"]) == ("joint-statements", 0)
    assert statements["added"] == statements["rows"] > 30
    assert statements["package seconds"] > 0
    check_what_a_release_reports(api, run["id"], project)

    for key in (project.runs / "unchanged").glob("documents*"):
        key.unlink()  # so that documents is built again, with the same rows
    before = api.ids("flow_runs")
    again = xrecord("run", project=project)
    assert again.returncode == 0, again.stderr
    assert again.stdout.count("\tunchanged\t1.0.0\t") == len(packages)
    check_that_the_asset_of_what_is_unchanged_is_described(api, new_run(api, before)["id"])


# The command, in which one package takes its time: a task that is slow to fail.
SLOW_TO_FAIL = """
import pathlib, sys, time
from xinjiang_record import data_packages
from xinjiang_record.cli.main import main

quick = data_packages.build

def slow(project, package):
    others = ("detention-figures", "documents", "responses")
    while package == "joint-statements" and not all(
        (project.published / name / "latest").exists() for name in others
    ):
        time.sleep(0.1)
    return quick(project, package)

data_packages.build = slow
main()
"""


def test_three_packages_are_published_before_the_fourth_is_known_to_fail(
    api: Api, started: Any, project: Project
) -> None:
    path = project.raw / "joint-statements/2022-06-14-hrc50-critical/signatories.txt"
    path.write_text(path.read_text().replace("Croatia, ", "Croatia "))
    before = api.ids("flow_runs")
    command = ("-c", SLOW_TO_FAIL, "--project", project.root, "run")
    done = started.fork(*command)
    assert done.wait(300) == 1
    told = started.output(done)
    assert "Did a comma go missing (Croatia, Czechia)?" in told
    assert "Traceback" not in told
    run = new_run(api, before)
    # Three chains of three tasks, and one that ends with its second.
    ends = api.tasks_of(run["id"], 11)
    failing = ends["validate joint-statements"]
    assert failing["state"]["type"] == "FAILED"
    for package in ("detention-figures", "documents", "responses"):
        assert ends[f"publish {package}"]["end_time"] < failing["end_time"]
    assert not (project.published / "joint-statements").exists()
    for package in ("detention-figures", "documents", "responses"):
        assert (project.published / package / "latest/datapackage.json").is_file()
    assert run["state"]["type"] == "FAILED"
    assert "joint-statements" in run["state"]["message"]
    lines = api.log_lines(run["id"], "documents: published 1.0.0")
    assert any(
        level == logging.ERROR and "hrc50-critical/signatories.txt:1: unknown-country: " in text
        for level, text in lines
    )
    artifacts = artifacts_of(api, run["id"])
    findings = json.loads(artifacts["findings"]["data"])
    (row,) = (row for row in findings if row["severity"] == "error")
    assert (row["type"], row["severity"]) == ("unknown-country", "error")
    assert row["place"].endswith("signatories.txt:1")
    assert "signatories.txt:1" in artifacts["validation-joint-statements"]["data"]


def test_without_a_server_it_brings_its_own(alone: tuple[Path, Any]) -> None:
    _, done = alone
    assert done.returncode == 0, done.stderr
    assert "a server of its own" in done.stderr
    assert "\njoint-statements\tpublished\t1.0.0\t" in done.stdout


def children(parent: int) -> list[int]:
    """The embedded servers that a process has started and that run."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            status = (folder / "status").read_text()
            command = (folder / "cmdline").read_bytes()
            if f"PPid:\t{parent}\n" in status and b"embedded_server.py" in command:
                found.append(int(folder.name))
    return found


def test_the_server_of_a_run_that_is_killed_ends_with_it(
    started: Any, small_project: Project, alone: tuple[Path, Any], tmp_path: Path
) -> None:
    home, _ = alone
    python = started.warm.stand_in(tmp_path / "bin")
    here = {"PREFECT_HOME": str(home), "PREFECT_API_URL": "", **python}
    command = ("-m", "xinjiang_record.cli", "--project", small_project.root, "run")
    folder = small_project.published / "joint-statements"
    folder.mkdir(parents=True)
    with open_folder(folder) as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)  # the run waits for it, in the middle of its work
        run = started.fork(*command, **here)
        started.wait_for("the run works", lambda: flow_runs(home) == 1)
        (server,) = children(run.pid)
        os.kill(run.pid, signal.SIGKILL)
        run.wait(60)
    started.wait_for("the server is gone", lambda: not Path(f"/proc/{server}").exists())


@contextlib.contextmanager
def open_folder(folder: Path) -> Iterator[int]:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield handle
    finally:
        os.close(handle)


def flow_runs(home: Path) -> int:
    """How many running flow runs the database of a Prefect home has."""
    query = "select count(*) from flow_run where state_type = 'RUNNING'"
    address = f"file:{home}/prefect.db?mode=ro"
    with contextlib.suppress(sqlite3.Error), sqlite3.connect(address, uri=True) as database:
        return int(database.execute(query).fetchone()[0])
    return 0


WITHOUT_ARTIFACTS = """
from flows import pipeline
def gone(*_, **__):
    raise RuntimeError("the server is gone")
pipeline.create_table_artifact = gone
print(pipeline.run_pipeline(return_state=True).type.value)
"""


def test_the_record_of_a_run_is_kept_though_the_server_goes_away(
    prefect_server: str, started: Any, small_project: Project
) -> None:
    run = started.fork("-c", WITHOUT_ARTIFACTS, XRECORD_PROJECT=str(small_project.root))
    assert run.wait(300) == 0
    assert "FAILED" in started.output(run).splitlines()
    (kept,) = small_project.runs.glob("run-*.json")
    assert json.loads(kept.read_text("utf-8"))["packages"][0]["status"] == "published"


def test_a_server_that_is_not_there(small_project: Project, xrecord: Command) -> None:
    done = xrecord("run", project=small_project, PREFECT_API_URL="http://127.0.0.1:9/api")
    assert done.returncode == 3
    assert "127.0.0.1:9" in done.stderr and "--direct" in done.stderr
    assert "Traceback" not in done.stderr
    assert not small_project.published.exists()
