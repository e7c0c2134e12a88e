"""Unattended, on a real server.

A served schedule, a worker with prefect.yaml, overlaps, and what kills leave behind.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from xinjiang_record.release.integrity.verify import verify
from xinjiang_record.settings import Project

pytestmark = pytest.mark.server
ROOT = Path(__file__).resolve().parents[2]
Started = Api = Any  # of conftest.py
FAST = {
    "PREFECT_WORKER_QUERY_SECONDS": "1",
    "PREFECT_RUNNER_POLL_FREQUENCY": "1",
    "PREFECT_WORKER_PREFETCH_SECONDS": "1",
}
EVERY_FEW_SECONDS = "* * * * * */10"  # croniter's sixth part: seconds, enough to start a run


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
            if folder.name == str(process.pid) or (
                int(folder.name) != os.getpid()
                and any(
                    mark in (folder / "environ").read_bytes()
                    or mark in (folder / "cmdline").read_bytes()
                    for mark in marks
                )
            ):
                os.kill(int(folder.name), number)
    process.wait(300)


def commit(folder: Path, what: str) -> None:
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-C", folder)
    subprocess.run([*git, "add", "--all"], check=True)
    subprocess.run([*git, "commit", "--quiet", "--message", what], check=True)


@pytest.fixture
def repository(small_project: Project) -> Project:
    """A repository with that project and all that a container clones."""
    root = small_project.root
    skip = shutil.ignore_patterns("__pycache__")
    for name in ("deploy", "xinjiang_record"):
        shutil.copytree(ROOT / name, root / name, ignore=skip)
    for name in ("prefect.yaml", "requirements.lock", ".gitignore"):
        shutil.copy(ROOT / name, root)
    subprocess.run(["git", "init", "--quiet", "--initial-branch", "main", root], check=True)
    commit(root, "first")
    return small_project


def change(repository: Project) -> None:
    """Change a word in raw/, so that there is something to pull and to publish."""
    path = repository.raw / "joint-statements/2025-11-21-unga80-c3-critical/statement.toml"
    path.write_text(
        path.read_text("utf-8").replace(
            "No counter-statement was found", "None was found against it"
        ),
        "utf-8",
    )
    commit(repository.root, "second")


def container(
    started: Started, repository: Project, checkout: Project, python: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """Start what a container of deploy/Dockerfile starts, and wait until its worker is ready."""
    process: subprocess.Popen[bytes] = started.start(
        *("sh", ROOT / "deploy/entrypoint.sh", "worker"),
        **python,
        XRECORD_PROJECT=str(checkout.root),
        XRECORD_REPOSITORY=str(repository.root),
        XRECORD_LOCK=str(ROOT / "requirements.lock"),
        XRECORD_PULL="1",
        PREFECT_WORKER_WEBSERVER_PORT="0",
        **FAST,
    )
    started.wait_for("the worker is ready", lambda: "started!" in started.output(process))
    return process


def test_a_served_schedule_fires_and_survives_sigterm_in_the_midst_of_a_run(
    api: Api, started: Started, small_project: Project, xrecord: Any, tmp_path: Path
) -> None:
    command = (sys.executable, "-m", "xinjiang_record.cli", "--project", small_project.root)
    schedule = (*command, "schedule", "--cron", EVERY_FEW_SECONDS)
    api.make_pool_deployment("record", "record-daily")
    refused = xrecord("schedule", project=small_project)  # else the pool would get the runs
    assert refused.returncode == 3, refused.stderr
    assert "record/record-daily belongs to the work pool some-pool" in refused.stderr
    (remedy,) = re.findall(r"prefect (deployment delete \S+)", refused.stderr)
    assert started.fork("-m", "prefect", "--no-prompt", *remedy.split()).wait(300) == 0
    python = started.warm.stand_in(tmp_path / "bin")
    served = started.fork(*schedule[1:], **python, **FAST)
    with publisher_waits(small_project):
        started.wait_for("the schedule fires", lambda: waits_at_the_lock(small_project))
        deployment = api.deployment("record/record-daily")
        running = started.wait_for("the run is listed", lambda: api.runs(deployment, "RUNNING"))
        kill_everything_of(small_project, served, signal.SIGTERM)
    # As a script starts a background job: SIGINT is ignored.
    background = ("sh", "-c", 'trap "" INT; exec "$@"', "sh", *schedule)
    again = started.start(*background, **FAST)
    started.wait_for("the next run succeeds", lambda: api.runs(deployment, "COMPLETED"))
    assert "RUNNING" not in {api.state(run) for run in running}
    started.wait_for("the missed times are passed over", lambda: not api.missed(deployment))
    assert verify(small_project.published) == []
    assert again.poll() is None
    os.kill(again.pid, signal.SIGTERM)
    assert again.wait(300) == 143
    assert "Traceback" not in started.output(again)


def test_a_deployment_that_is_served_no_longer_is_taken_away(
    api: Api, started: Started, small_project: Project
) -> None:
    command = ("-m", "xinjiang_record.cli", "--project", small_project.root)
    both = started.fork(*command, "schedule", "--verify", "0 7 * * *", **FAST)
    started.wait_for("both are served", lambda: len(served_names(api, small_project)) == 2)
    started.stop(both)
    alone = started.fork(*command, "schedule", **FAST)
    started.wait_for("one is left", lambda: served_names(api, small_project) == ["record-daily"])
    started.stop(alone)


def served_names(api: Api, project: Project) -> list[str]:
    found = api.post("/deployments/filter")
    return sorted(item["name"] for item in found if f"served-from:{project.root}" in item["tags"])


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--cron", "every day", "minute hour day month weekday"),
        ("--cron", "", "'--cron': it is empty"),
        ("--timezone", "Mars/X", 'Invalid timezone: "Mars/X"'),
    ],
    ids=["words", "empty", "zone"],
)
def test_words_that_are_no_cron_are_refused(
    xrecord: Any, small_project: Project, option: str, value: str, said: str
) -> None:
    done = xrecord("schedule", option, value, project=small_project)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr and "Traceback" not in done.stderr
    assert "validation error" not in done.stderr
    assert "Connecting" not in done.stderr  # refused before a server is asked or started


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


@pytest.mark.parametrize("start", ["forked", pytest.param("anew", marks=pytest.mark.slow)])
def test_a_worker_clones_pulls_runs_one_at_a_time_and_a_killed_one_blocks_nothing(
    api: Api, started: Started, repository: Project, tmp_path: Path, start: str
) -> None:
    """The deployments of prefect.yaml, on a worker that deploy/entrypoint.sh starts.

    In the long form each process of the worker imports all anew.
    """
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    python = started.warm.stand_in(tmp_path / "bin") if start == "forked" else {"PATH": path}
    checkout = Project(tmp_path / "checkout")
    first = container(started, repository, checkout, python)
    deployed = api.deployment("record/record-daily")
    form = api.parameters(deployed)
    assert form["properties"]["packages"]["items"]["const"] == "joint-statements"  # it has one
    assert "smaller than the change needs" in form["properties"]["declare"]["description"]
    with pytest.raises(httpx.HTTPStatusError):
        api.trigger(deployed, packages=["joint-statments"])
    with publisher_waits(checkout):
        pair = [api.trigger(deployed), api.trigger(deployed)]
        started.wait_for("one is refused", lambda: "CANCELLED" in map(api.state, pair))
    (done,) = (run for run in pair if api.ended(run) == "COMPLETED")
    assert {api.state(run) for run in pair} == {"COMPLETED", "CANCELLED"}
    tags = api.get(f"/flow_runs/{done}")["tags"]
    assert set(tags) == {"xrecord", "kind:record", "package:joint-statements"}
    assert (checkout.published / "joint-statements/1.0.0/SHA256SUMS").is_file()

    change(repository)
    with publisher_waits(checkout):
        run = api.trigger(deployed)
        started.wait_for("the pull is over", lambda: api.state(run) == "RUNNING")
        started.wait_for("the run is under way", lambda: waits_at_the_lock(checkout))
        kill_everything_of(checkout, first)
        assert api.state(run) == "RUNNING"  # a zombie: nobody told the server
    watching = "xrecord: a run that is silent has crashed"  # for where no worker starts again
    assert watching in [item["name"] for item in api.post("/automations/filter")]
    second = container(started, repository, checkout, python)
    state = api.get(f"/flow_runs/{run}")["state"]
    assert state["type"] == "CRASHED"
    # By the sweep, or on a machine where the start takes as long by that automation.
    by_sweep = state["message"].startswith("The process of this run was killed.")
    assert by_sweep or state["message"] == "No heartbeat for 90 s."
    assert ("crashed: " in started.output(second)) == by_sweep

    assert api.ended(api.trigger(deployed)) == "COMPLETED"
    assert verify(checkout.published) == []
    latest = checkout.published / "joint-statements/latest"
    assert latest.resolve().name == "1.0.1"
    assert "None was found against it" in (latest / "data/statements.csv").read_text("utf-8")


def test_a_container_without_a_checkout_says_what_to_give(tmp_path: Path) -> None:
    command = ["sh", ROOT / "deploy/entrypoint.sh", "xrecord", "--version"]
    environment = {"PATH": os.environ["PATH"], "XRECORD_PROJECT": str(tmp_path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Mount one there, or set XRECORD_REPOSITORY" in done.stderr
