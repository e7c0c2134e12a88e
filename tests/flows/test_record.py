"""The flow ``record`` on a real server: what a person sees there, and what a failed package does to the others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from xinjiang_record.settings import Project

pytestmark = pytest.mark.server
Command = Callable[..., "subprocess.CompletedProcess[str]"]


def seen(api: str, what: str) -> list[dict[str, Any]]:
    """Everything of one kind that the server has."""
    answer = httpx.post(f"{api}/{what}/filter", json={"limit": 200}, timeout=30)
    answer.raise_for_status()
    return list(answer.json())


def new(api: str, what: str, before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    known = {item["id"] for item in before}
    return [item for item in seen(api, what) if item["id"] not in known]


def test_the_run_its_tasks_and_artifacts_are_there_to_see(
    prefect_server: str, xrecord: Command, project: Project
) -> None:
    before = {what: seen(prefect_server, what) for what in ("flow_runs", "task_runs", "artifacts")}
    done = xrecord("run", project=project)
    assert done.returncode == 0, done.stderr
    assert prefect_server in done.stderr  # said where it runs
    packages = {line.split("\t")[0] for line in done.stdout.splitlines()}
    assert packages == {"detention-figures", "documents", "joint-statements", "responses"}

    (run,) = new(prefect_server, "flow_runs", before["flow_runs"])
    assert (run["name"], run["state"]["type"]) == ("record: raw to published", "COMPLETED")
    tasks = {
        item["name"]: item["state"]["type"]
        for item in new(prefect_server, "task_runs", before["task_runs"])
    }
    steps = ("ingest", "validate", "publish")
    assert tasks == {f"{step} {package}": "COMPLETED" for step in steps for package in packages}
    keys = {item["key"] for item in new(prefect_server, "artifacts", before["artifacts"])}
    assert keys == {"record", "run-summary", *(f"validation-{package}" for package in packages)}

    again = xrecord("run", project=project)
    assert again.returncode == 0, again.stderr
    assert all("\tunchanged\t1.0.0\t" in line for line in again.stdout.splitlines())


def test_a_failed_package_leaves_the_others_published_and_exits_1(
    prefect_server: str, xrecord: Command, project: Project
) -> None:
    path = project.raw / "joint-statements/2022-06-14-hrc50-critical/signatories.txt"
    path.write_text(path.read_text().replace("Croatia, ", "Croatia "))
    before = {what: seen(prefect_server, what) for what in ("flow_runs", "artifacts")}
    done = xrecord("run", project=project)
    assert done.returncode == 1
    assert "Did a comma go missing (Croatia, Czechia)?" in done.stdout
    assert "Traceback" not in done.stderr
    assert not (project.published / "joint-statements").exists()
    for package in ("detention-figures", "documents", "responses"):
        assert (project.published / package / "latest/datapackage.json").is_file()
    (run,) = new(prefect_server, "flow_runs", before["flow_runs"])
    assert run["state"]["type"] == "FAILED"
    assert "joint-statements" in run["state"]["message"]
    report = next(
        item
        for item in new(prefect_server, "artifacts", before["artifacts"])
        if item["key"] == "validation-joint-statements"
    )
    assert "signatories.txt:1" in report["data"]


def test_without_a_server_it_brings_its_own(small_project: Project, tmp_path: Path) -> None:
    environment = {**os.environ, "PREFECT_HOME": str(tmp_path / "home")}
    environment.pop("PREFECT_API_URL", None)
    command = [
        sys.executable,
        "-m",
        "xinjiang_record.cli",
        "--project",
        str(small_project.root),
        "run",
    ]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "7 to 20 s to start" in done.stderr
    assert done.stdout.startswith("joint-statements\tpublished\t1.0.0\t")


WITHOUT_ARTIFACTS = """
from flows import pipeline as record
def gone(*_, **__):
    raise RuntimeError("the server is gone")
record.create_table_artifact = gone
print(record.record(return_state=True).type.value)
"""


def test_the_record_of_a_run_is_kept_though_the_server_goes_away(
    prefect_server: str, started: Any, small_project: Project
) -> None:
    run = started.start(
        sys.executable, "-c", WITHOUT_ARTIFACTS, XRECORD_PROJECT=str(small_project.root)
    )
    assert run.wait(120) == 0
    assert started.output(run).splitlines()[-1] == "FAILED"
    (kept,) = small_project.runs.glob("run-*.json")
    assert json.loads(kept.read_text("utf-8"))["packages"][0]["status"] == "published"


def test_a_server_that_is_not_there(small_project: Project, xrecord: Command) -> None:
    done = xrecord("run", project=small_project, PREFECT_API_URL="http://127.0.0.1:9/api")
    assert done.returncode == 3
    assert "127.0.0.1:9" in done.stderr and "--direct" in done.stderr
    assert "Traceback" not in done.stderr
    assert not small_project.published.exists()
