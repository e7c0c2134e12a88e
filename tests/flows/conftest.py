"""One real Prefect server for all tests of the flows, on loopback, with a home of its own.

And what the tests start, they stop.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

import flows  # noqa: F401 - sets what Prefect reads when it is imported, here as in a forked command
from tests.project_copies import copy_project
from tests.warm_commands import FLOWS, FLOWS_SERVER, PATIENT, WarmProcess, WarmServer, run_warm
from tests.web_servers import free_port, running
from xinjiang_record.settings import Project

ROOT = Path(__file__).resolve().parents[2]
# How long a test waits for what takes seconds: more than the busiest machine needs.
PATIENCE = 300.0
STATEMENTS = (
    *("2019-07-08-hrc41-critical", "2022-06-14-hrc50-critical", "2025-11-21-unga80-c3-critical"),
    # Those that bloc_positions.csv names.
    *("2021-06-22-hrc47-gcc-letter-supportive", "2021-09-24-hrc48-gcc-letter-supportive"),
    *("2022-09-26-hrc51-item4-eu-critical", "2022-10-31-unga77-c3-gulf-supportive"),
    *("2024-09-24-hrc57-item4-eu-critical", "2025-09-23-hrc60-item4-eu-critical"),
)
ENDED = ("COMPLETED", "CANCELLED", "CRASHED", "FAILED")
Process = subprocess.Popen[bytes] | WarmProcess


@dataclass
class Started:
    """Processes that a test started, each in a group of its own.

    ``stop`` ends the whole group, whatever it began.
    """

    folder: Path
    warm: WarmServer
    environment: dict[str, str] = field(default_factory=dict)
    running: list[Process] = field(default_factory=list)

    def start(self, *command: str | Path, **environment: str) -> subprocess.Popen[bytes]:
        """Start a command; its output goes to a file of the folder named after its number."""
        log = self.folder / f"process-{len(self.running)}.log"
        with open(log, "ab") as stream:
            process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.environment, **environment},
                cwd=ROOT,
                start_new_session=True,
            )
        self.running.append(process)
        return process

    def fork(self, *command: str | Path, **environment: str) -> WarmProcess:
        """Start a command of Python, without its first word, in a process that has imported all.

        Other processes see neither its command nor its environment.
        """
        log = self.folder / f"process-{len(self.running)}.log"
        words = [str(part) for part in command]
        everything = {**os.environ, **self.environment, **PATIENT, **environment}
        process = self.warm.start(words, everything, ROOT, log)
        self.running.append(process)
        return process

    def output(self, process: Process) -> str:
        return (self.folder / f"process-{self.running.index(process)}.log").read_text(
            "utf-8", "replace"
        )

    def stop(self, process: Process, number: int = signal.SIGKILL) -> None:
        """Send a signal to the process and all that it started, and wait for its end."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        process.wait(PATIENCE)

    def wait_for(
        self,
        what: str,
        happened: Callable[[], Any],
        seconds: float = PATIENCE,
        every: float = 0.5,
    ) -> Any:
        """As the function of that name, for tests, which cannot import this file.

        Tells what every process said.
        """
        try:
            return wait_for(what, happened, seconds, every)
        except AssertionError as error:
            raise AssertionError(
                "\n".join([str(error), *(self.output(item)[-3000:] for item in self.running)])
            ) from None

    def stop_all(self) -> None:
        while self.running:
            self.stop(self.running.pop())


def wait_for(
    what: str, happened: Callable[[], object], seconds: float = PATIENCE, every: float = 0.5
) -> object:
    """Wait until ``happened`` gives something true, and return it.

    Fails the test after ``seconds``.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = happened()
        if value:
            return value
        time.sleep(every)
    raise AssertionError(f"{what}: not within {seconds:g} s")


def answers(url: str) -> bool:
    """Whether an address of this machine answers with success."""
    with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=30) as answer:
        return bool(answer.status == 200)
    return False


@pytest.fixture(scope="package")
def prefect_environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of every process that speaks to the server: its home and its address."""
    home = tmp_path_factory.mktemp("prefect-home")
    return {
        **FLOWS,
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://127.0.0.1:{free_port()}/api",
    }


@pytest.fixture(scope="package")
def warm() -> WarmServer:
    """A process that has imported Prefect, Dask and the library, to be forked."""
    return FLOWS_SERVER


@pytest.fixture(scope="package")
def alone(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """A new home of Prefect, and ``xrecord run`` in it: its own server migrates the database.

    Migrations take seconds, so the server of all tests begins with a copy of that.
    """
    place = tmp_path_factory.mktemp("alone")
    command = (sys.executable, "-m", "xinjiang_record.cli", "--project")
    environment = {**os.environ, "PREFECT_HOME": str(place / "home")}
    environment.pop("PREFECT_API_URL", None)
    done = subprocess.run(
        [*command, small_copy(place / "project").root, "run"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return place / "home", done


@pytest.fixture(scope="package")
def prefect_server(
    prefect_environment: dict[str, str],
    warm: WarmServer,
    alone: tuple[Path, Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """The API address of a real ``prefect server`` that lives as long as these tests."""
    url = prefect_environment["PREFECT_API_URL"]
    port = url.rsplit(":", 1)[1].removesuffix("/api")
    started = Started(tmp_path_factory.mktemp("prefect-server"), warm, prefect_environment)
    home = Path(prefect_environment["PREFECT_HOME"])
    shutil.copytree(alone[0], home, dirs_exist_ok=True)
    try:
        command = ("-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", port)
        server = started.fork(*command)

        def ready() -> bool:
            assert server.poll() is None, f"prefect server ended:\n{started.output(server)}"
            return answers(f"{url}/health")

        wait_for("prefect server is ready", ready)
        yield url
    finally:
        started.stop_all()


@pytest.fixture
def started(
    prefect_environment: dict[str, str], warm: WarmServer, tmp_path: Path
) -> Iterator[Started]:
    """Starts processes in the server's environment.

    All are ended with the test, passed or failed.
    """
    (tmp_path / "processes").mkdir()
    processes = Started(tmp_path / "processes", warm, prefect_environment)
    try:
        yield processes
    finally:
        processes.stop_all()


class Api:
    """What the tests ask the server."""

    def __init__(self, url: str, wait: Callable[..., object]) -> None:
        self.wait_for = wait
        # No connection is kept: the server closes idle ones, perhaps just as the next question
        # goes out.
        once = httpx.Limits(max_keepalive_connections=0)
        self._client = httpx.Client(base_url=url, timeout=120, limits=once)
        self.close = self._client.close

    def get(self, url: str) -> Any:
        return self._ask("GET", url)

    def post(self, url: str, **body: Any) -> Any:
        return self._ask("POST", url, body)

    def delete(self, url: str) -> None:
        self._ask("DELETE", url)

    def _ask(self, verb: str, url: str, body: Any = None) -> Any:
        for _ in range(60):  # 503 is the server's word for a database that is locked just then
            answer = self._client.request(verb, url, json=body)
            if answer.status_code != 503:
                break
            time.sleep(1)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def deployment(self, name: str) -> str:
        return str(self.get(f"/deployments/name/{name}")["id"])

    def make_pool_deployment(self, flow: str, name: str) -> None:
        """What ``prefect deploy`` leaves on a server: a deployment that a work pool runs."""
        with contextlib.suppress(httpx.HTTPStatusError):  # it is there
            self.post("/work_pools/", name="some-pool", type="process")
        flow_id = self.post("/flows/", name=flow)["id"]
        body = {"name": name, "flow_id": flow_id, "work_pool_name": "some-pool"}
        self.post("/deployments/", **body, path="/elsewhere", entrypoint="elsewhere.py:run")

    def delete_deployments(self) -> None:
        for item in self.post("/deployments/filter"):
            with contextlib.suppress(httpx.HTTPStatusError):  # its process took it away meanwhile
                self.delete(f"/deployments/{item['id']}")

    def parameters(self, deployment: str) -> Any:
        """The form of a deployment, as a JSON Schema."""
        return self.get(f"/deployments/{deployment}")["parameter_openapi_schema"]

    def ids(self, what: str) -> set[str]:
        """The ids of all things of one kind that the server has."""
        return {item["id"] for item in self.newest(what)}

    def newest(self, what: str, **filters: Any) -> list[dict[str, Any]]:
        return list(self.post(f"/{what}/filter", limit=200, **filters))

    def tasks_of(self, run: str, count: int) -> dict[str, dict[str, Any]]:
        """The task runs of a run by name, once the server has written all, and their last states.

        It writes them down from events, after the run has ended.
        """

        def all_have_ended() -> dict[str, dict[str, Any]] | None:
            found = self.newest("task_runs", flow_runs={"id": {"any_": [run]}})
            ended = [item for item in found if item["state_type"] in ENDED]
            return {item["name"]: item for item in found} if len(ended) >= count else None

        waited: Any = self.wait_for(f"{count} tasks have ended", all_have_ended)
        return dict(waited)

    def log_lines(self, run: str, last: str) -> list[tuple[int, str]]:
        """The level and the text of each line that the server has of a run, once it has ``last``.

        In the order of their times; they arrive in batches.
        """

        def lines() -> list[tuple[int, str]] | None:
            named = {"flow_run_id": {"any_": [run]}}
            found = self.newest("logs", logs=named, sort="TIMESTAMP_ASC")
            told = [(item["level"], item["message"]) for item in found]
            return told if any(last in text for _, text in told) else None

        waited: Any = self.wait_for(f"the log has {last!r}", lines)
        return list(waited)

    def trigger(self, deployment: str, **parameters: Any) -> str:
        return str(
            self.post(f"/deployments/{deployment}/create_flow_run", parameters=parameters)["id"]
        )

    def state(self, run: str) -> str:
        return str(self.get(f"/flow_runs/{run}")["state"]["type"])

    def runs(self, deployment: str, *states: str) -> list[str]:
        found = self.post(
            "/flow_runs/filter",
            deployments={"id": {"any_": [deployment]}},
            flow_runs={"state": {"type": {"any_": states}}},
        )
        return [item["id"] for item in found]

    def missed(self, deployment: str) -> list[str]:
        """Runs that are still to start although their time is past."""
        past = datetime.now(UTC) - timedelta(seconds=20)
        found = self.post(
            "/flow_runs/filter",
            deployments={"id": {"any_": [deployment]}},
            flow_runs={
                "state": {"type": {"any_": ["SCHEDULED"]}},
                "expected_start_time": {"before_": past.isoformat()},
            },
        )
        return [item["id"] for item in found]

    def ended(self, run: str, seconds: float = PATIENCE) -> str:
        self.wait_for(
            "the run ends",
            lambda: self.state(run) in ENDED,
            seconds,
        )
        return self.state(run)


@pytest.fixture
def api(prefect_server: str, started: Started) -> Iterator[Api]:
    """The server, which each test that asks it leaves without deployments."""
    with contextlib.closing(Api(prefect_server, started.wait_for)) as client:
        yield client
        started.stop_all()  # a served schedule makes its deployments again
        client.delete_deployments()


@pytest.fixture
def serve() -> Iterator[Callable[[type[BaseHTTPRequestHandler]], HTTPServer]]:
    """Starts web servers of this test's own on loopback.

    ``asked`` is a list for what their handlers want to keep.
    """
    with contextlib.ExitStack() as stack:

        def start(handler: type[BaseHTTPRequestHandler]) -> HTTPServer:
            server = HTTPServer(("127.0.0.1", 0), handler)
            server.asked = []  # type: ignore[attr-defined]
            stack.enter_context(running(server))
            return server

        yield start


@pytest.fixture
def xrecord(
    prefect_server: str, prefect_environment: dict[str, str], warm: WarmServer
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run ``xrecord`` against the server, in a process of its own, and wait for its end."""

    def run(*arguments: str, project: Project, **environment: str):  # type: ignore[no-untyped-def]
        command = ("-m", "xinjiang_record.cli", "--project", project.root, *arguments)
        everything = {**os.environ, **prefect_environment, **PATIENT, **environment}
        return run_warm(warm, command, everything)

    return run


def small_copy(target: Path) -> Project:
    """A project under ``target`` with the package ``joint-statements`` of few statements, without
    what is said of the others; nothing is published.
    """
    project = copy_project(target, STATEMENTS)
    for folder in (project.raw, project.schemas):
        for other in folder.iterdir():
            if other.is_dir() and other.name != "joint-statements":
                shutil.rmtree(other)
    (project.raw / "joint-statements/amendments.csv").unlink()
    (project.schemas / "joint-statements/assertions.toml").unlink()
    return project


@pytest.fixture
def small_project(tmp_path: Path) -> Project:
    """A copy of the project with its one package ``joint-statements``, which is small."""
    return small_copy(tmp_path / "project")
