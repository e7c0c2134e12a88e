"""Unattended, on a real server.

A served schedule, a worker with prefect.yaml, overlaps, and what kills leave behind.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from xinjiang_record.release.integrity.verify import verify
from xinjiang_record.settings import Project

pytestmark = pytest.mark.server
Started = Any  # of conftest.py
PREFECT = (sys.executable, "-m", "prefect")
FAST = {
    "PREFECT_WORKER_QUERY_SECONDS": "1",
    "PREFECT_RUNNER_POLL_FREQUENCY": "1",
    "PREFECT_WORKER_PREFETCH_SECONDS": "1",
}
EVERY_FEW_SECONDS = "* * * * * */4"  # croniter's sixth part: seconds


class Api:
    """What the tests ask the server."""

    def __init__(self, url: str, started: Started) -> None:
        self._wait_for = started.wait_for
        self._client = httpx.Client(base_url=url, timeout=30)
        self.close = self._client.close

    def post(self, url: str, **body: Any) -> Any:
        for _ in range(10):  # 503 is the server's word for a database that is locked just then
            answer = self._client.post(url, json=body)
            if answer.status_code != 503:
                break
            time.sleep(1)
        return answer.raise_for_status().json()

    def deployment(self, name: str) -> str:
        return str(self._client.get(f"/deployments/name/{name}").raise_for_status().json()["id"])

    def make_pool_deployment(self, flow: str, name: str) -> None:
        """What ``prefect deploy`` leaves on a server: a deployment that a work pool runs."""
        self._client.post("/work_pools/", json={"name": "some-pool", "type": "process"})
        flow_id = self.post("/flows/", name=flow)["id"]
        body = {"name": name, "flow_id": flow_id, "work_pool_name": "some-pool"}
        self.post("/deployments/", **body, path="/elsewhere", entrypoint="elsewhere.py:run")

    def delete_deployments(self) -> None:
        for item in self.post("/deployments/filter"):
            self._client.delete(f"/deployments/{item['id']}").raise_for_status()

    def parameters(self, deployment: str) -> Any:
        """The form of a deployment, as a JSON Schema."""
        answer = self._client.get(f"/deployments/{deployment}").raise_for_status()
        return answer.json()["parameter_openapi_schema"]

    def trigger(self, deployment: str, **parameters: Any) -> str:
        return str(
            self.post(f"/deployments/{deployment}/create_flow_run", parameters=parameters)["id"]
        )

    def state(self, run: str) -> str:
        return str(self._client.get(f"/flow_runs/{run}").raise_for_status().json()["state"]["type"])

    def runs(self, deployment: str, *states: str) -> list[str]:
        found = self.post(
            "/flow_runs/filter",
            deployments={"id": {"any_": [deployment]}},
            flow_runs={"state": {"type": {"any_": states}}},
        )
        return [item["id"] for item in found]

    def ended(self, run: str, seconds: float = 60) -> str:
        self._wait_for(
            "the run ends",
            lambda: self.state(run) in ("COMPLETED", "CANCELLED", "CRASHED", "FAILED"),
            seconds,
        )
        return self.state(run)


@pytest.fixture
def api(prefect_server: str, started: Started) -> Iterator[Api]:
    """The server, which the tests of this file leave without deployments."""
    with contextlib.closing(Api(prefect_server, started)) as client:
        yield client
        client.delete_deployments()


@contextlib.contextmanager
def publisher_waits(project: Project) -> Iterator[None]:
    """Hold the package's lock, so that a run stays in the midst of publishing."""
    folder = project.published / "joint-statements"
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def waits_at_the_lock(project: Project) -> bool:
    """Whether a process holds the scheduled runs' lock: then its flow's body is under way."""
    folder = project.runs / "live/record"
    if not folder.is_dir():
        return False
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    finally:
        os.close(handle)


def kill_everything_of(
    project: Project, process: subprocess.Popen[bytes], number: int = signal.SIGKILL
) -> None:
    """Kill a worker or server of flows and every process of a run that works on the project, as a
    service manager does.
    """
    marks = (f"XRECORD_PROJECT={project.root}".encode(), str(project.root).encode())
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if int(folder.name) != os.getpid() and any(
                mark in (folder / "environ").read_bytes()
                or mark in (folder / "cmdline").read_bytes()
                for mark in marks
            ):
                os.kill(int(folder.name), number)
    process.wait(30)


def changed(project: Project) -> None:
    """Change a word in raw/, so that there is something to publish."""
    path = project.raw / "joint-statements/2025-11-21-unga80-c3-critical/statement.toml"
    path.write_text(
        path.read_text("utf-8").replace(
            "No counter-statement was found", "None was found against it"
        ),
        "utf-8",
    )


@pytest.fixture
def deployed(api: Api, started: Started, small_project: Project) -> str:
    """The deployment ``record/record-daily`` of prefect.yaml on a pool; its id."""
    for command in (
        ("work-pool", "create", "xinjiang-record", "--type", "process", "--overwrite"),
        ("--no-prompt", "deploy", "--all"),
    ):
        process = started.start(*PREFECT, *command)
        assert process.wait(60) == 0, started.output(process)
    return api.deployment("record/record-daily")


def worker(started: Started, project: Project) -> subprocess.Popen[bytes]:
    return started.start(
        *PREFECT,
        "worker",
        "start",
        "--pool",
        "xinjiang-record",
        "--type",
        "process",
        XRECORD_PROJECT=str(project.root),
        **FAST,
    )


def test_a_served_schedule_fires_and_survives_sigterm_in_the_midst_of_a_run(
    api: Api, started: Started, small_project: Project, xrecord: Any
) -> None:
    command = (sys.executable, "-m", "xinjiang_record.cli", "--project", small_project.root)
    schedule = (*command, "schedule", "--cron", EVERY_FEW_SECONDS)
    api.make_pool_deployment("record", "record-daily")
    refused = xrecord("schedule", project=small_project)  # else the pool would get the runs
    assert refused.returncode == 3, refused.stderr
    assert "record/record-daily belongs to the work pool some-pool" in refused.stderr
    (remedy,) = re.findall(r"prefect (deployment delete \S+)", refused.stderr)
    assert started.start(*PREFECT, "--no-prompt", *remedy.split()).wait(60) == 0
    served = started.start(*schedule, **FAST)
    with publisher_waits(small_project):
        started.wait_for("the schedule fires", lambda: waits_at_the_lock(small_project), 240)
        deployment = api.deployment("record/record-daily")
        (run,) = started.wait_for("the run is listed", lambda: api.runs(deployment, "RUNNING"))
        kill_everything_of(small_project, served, signal.SIGTERM)
    again = started.start(*schedule, **FAST)
    started.wait_for("the next run succeeds", lambda: api.runs(deployment, "COMPLETED"), 240)
    assert api.state(run) != "RUNNING"
    assert verify(small_project.published) == []
    assert again.poll() is None
    os.kill(again.pid, signal.SIGTERM)
    assert again.wait(60) == 143
    assert "Traceback" not in started.output(again)


def test_a_deployment_that_is_served_no_longer_is_taken_away(
    api: Api, started: Started, small_project: Project
) -> None:
    command = (sys.executable, "-m", "xinjiang_record.cli", "--project", small_project.root)
    both = started.start(*command, "schedule", "--verify", "0 7 * * *", **FAST)
    started.wait_for("both are served", lambda: len(served_names(api, small_project)) == 2, 90)
    started.stop(both)
    alone = started.start(*command, "schedule", **FAST)
    started.wait_for(
        "one is left", lambda: served_names(api, small_project) == ["record-daily"], 90
    )
    started.stop(alone)


def served_names(api: Api, project: Project) -> list[str]:
    found = api.post("/deployments/filter")
    return sorted(item["name"] for item in found if f"served-from:{project.root}" in item["tags"])


@pytest.mark.parametrize("cron", ["every day", ""])
def test_words_that_are_no_cron_are_refused(
    xrecord: Any, small_project: Project, cron: str
) -> None:
    done = xrecord("schedule", "--cron", cron, project=small_project)
    assert done.returncode == 2, done.stderr
    assert "minute hour day month weekday" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("more", [(), ("--sweep",)])
def test_a_server_that_is_not_there_is_told(
    xrecord: Any, small_project: Project, more: tuple[str, ...]
) -> None:
    done = xrecord(
        "schedule", *more, project=small_project, PREFECT_API_URL="http://127.0.0.1:9/api"
    )
    assert done.returncode == 3
    assert (
        "No Prefect server answers at http://127.0.0.1:9/api" in done.stderr
        and "Traceback" not in done.stderr
    )


def test_a_worker_runs_prefect_yaml_one_at_a_time_and_a_killed_one_blocks_nothing(
    api: Api, deployed: str, started: Started, small_project: Project, xrecord: Any
) -> None:
    form = api.parameters(deployed)
    assert "joint-statements" in form["properties"]["packages"]["items"]["enum"]
    assert "smaller than the change needs" in form["properties"]["declare"]["description"]
    with pytest.raises(httpx.HTTPStatusError):
        api.trigger(deployed, packages=["joint-statments"])
    first = worker(started, small_project)
    pair = [api.trigger(deployed), api.trigger(deployed)]
    assert sorted(api.ended(run) for run in pair) == ["CANCELLED", "COMPLETED"]
    assert (small_project.published / "joint-statements/1.0.0/SHA256SUMS").is_file()

    changed(small_project)
    with publisher_waits(small_project):
        run = api.trigger(deployed)
        started.wait_for("the run is under way", lambda: waits_at_the_lock(small_project))
        kill_everything_of(small_project, first)
        assert api.state(run) == "RUNNING"  # a zombie: nobody told the server
    swept = xrecord("schedule", "--sweep", project=small_project)
    assert swept.returncode == 0, swept.stderr
    assert swept.stdout.startswith("crashed: ")
    assert api.state(run) == "CRASHED"

    worker(started, small_project)
    assert api.ended(api.trigger(deployed)) == "COMPLETED"
    assert verify(small_project.published) == []
    assert (small_project.published / "joint-statements/latest").resolve().name == "1.0.1"
