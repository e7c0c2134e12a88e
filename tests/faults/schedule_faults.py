"""Scheduled runs on PostgreSQL while worker, server and database are killed.

    python tests/faults/schedule_faults.py                  300 runs, random kills
    python tests/faults/schedule_faults.py --runs 20 --plan 6:server,12:database-stop

Two workers serve one pool. Each part is started again as systemd starts it. raw/ changes with every
fourth run. A random kill comes up to 20 s after a run has begun, and the next one not before
another run has begun: a busy machine gets as many kills a run as a quiet one. A run that is
cancelled, because another one is under way, does not count.

What must hold in the end: every release is whole, none is there twice, and 90 s after the last run
the server calls no run alive. Prints what was seen as JSON; exit code 1 if anything did not hold.
Says every ten runs on stderr how far it is. Ctrl-C ends it early, with all checks.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx

from xinjiang_record.release.integrity.verify import verify

ROOT = Path(__file__).resolve().parents[2]
PREFECT = (sys.executable, "-m", "prefect")
POOL = ("--pool", "xinjiang-record", "--type", "process")
RANDOM = ("worker", "worker", "run", "server", "database", "database-stop")
DATABASE_STOP_SECONDS = 20.0
START_AGAIN_SECONDS = 2.0
CHANGE_EVERY = 4  # runs between two changes of raw/
ZOMBIE_SECONDS = 90.0
ENDED = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
COUNTED = ("COMPLETED", "FAILED", "CRASHED")  # ended, and begun before


def postgres_programs() -> Path | None:
    """Debian's folder of PostgreSQL's programs; None where it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return found[-1].parent if found else None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Part:
    """A process group that is started again when it has ended, as a service manager does."""

    def __init__(
        self, log: Path, command: tuple[str | Path, ...], first: str = "", **options: Any
    ) -> None:
        self._log, self._options = log, options
        self._script = f"{first}exec {shlex.join(map(str, command))}"
        self._process: subprocess.Popen[bytes] | None = None
        self._not_before = 0.0

    def keep(self) -> None:
        """Start it, if it is not there and its pause is over."""
        if time.monotonic() < self._not_before:
            return
        if self._process is None or self._process.poll() is not None:
            with open(self._log, "ab") as stream:
                self._process = subprocess.Popen(
                    ["sh", "-c", self._script],
                    stdin=subprocess.DEVNULL,
                    stdout=stream,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    **self._options,
                )
            self._not_before = time.monotonic() + START_AGAIN_SECONDS

    def kill(self, pause: float = START_AGAIN_SECONDS) -> None:
        """Kill the whole group; start it again after ``pause`` seconds."""
        self._not_before = time.monotonic() + pause
        if self._process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(30)


class Stack:
    """PostgreSQL, a Prefect server, two workers, and a project that they work on."""

    def __init__(self, folder: Path, every: int) -> None:
        programs = postgres_programs()
        assert programs, "apt-get install postgresql"
        self.folder, self.project = folder, folder / "project"
        # PostgreSQL refuses to run as root; its folder belongs to Debian's user.
        self._user = {"user": "postgres"} if os.geteuid() == 0 else {}
        data = Path(tempfile.mkdtemp(prefix="xrecord-postgres-"))
        if self._user:
            shutil.chown(data, "postgres", "postgres")
        self._data = data
        port, api = free_port(), free_port()
        subprocess.run(
            [programs / "initdb", "-A", "trust", "-U", "prefect", "-D", data / "db", "--no-sync"],
            check=True,
            capture_output=True,
            cwd="/",
            **self._user,
        )
        postgres = (
            *(programs / "postgres", "-D", data / "db", "-h", "127.0.0.1", "-p", str(port)),
            *("-k", data, "-c", "fsync=off"),
        )
        self.url = f"http://127.0.0.1:{api}/api"
        self.environment = {
            **os.environ,
            "PREFECT_HOME": str(folder / "home"),
            "PREFECT_API_URL": self.url,
            "PREFECT_API_DATABASE_CONNECTION_URL": (
                f"postgresql+asyncpg://prefect@127.0.0.1:{port}/postgres"
            ),
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": (
                "prefect.server.concurrency.lease_storage.filesystem"
            ),
            "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "5",
            "PREFECT_WORKER_QUERY_SECONDS": "2",
            "PREFECT_WORKER_PREFETCH_SECONDS": "1",
            "XRECORD_PROJECT": str(self.project),
            "PYTHONPATH": str(ROOT),
        }
        self._lay_out(every)
        here = {"env": self.environment, "cwd": self.project}
        logs = folder / "logs"
        logs.mkdir()
        sweep = shlex.join([sys.executable, "-m", "xinjiang_record.cli", "schedule", "--sweep"])
        server = (*PREFECT, "server", "start", "--host", "127.0.0.1", "--port", str(api))
        self.parts = {
            "database": Part(logs / "database.log", postgres, cwd="/", **self._user),
            "server": Part(logs / "server.log", server, **here),
        }
        for number in range(2):
            worker = (*PREFECT, "worker", "start", *POOL, "--name", f"worker-{number}")
            log = logs / f"worker-{number}.log"
            self.parts[f"worker-{number}"] = Part(log, worker, f"{sweep} || exit 3; ", **here)

    def _lay_out(self, every: int) -> None:
        for name in ("raw", "schemas"):
            (self.project / name).mkdir(parents=True)
            for entry in (ROOT / name).iterdir():
                if entry.is_file():
                    shutil.copy(entry, self.project / name)
            package = ROOT / name / "documents"
            ignored = shutil.ignore_patterns("snapshots")
            shutil.copytree(package, self.project / name / "documents", ignore=ignored)
        for name in ("flows", "deploy"):
            shutil.copytree(ROOT / name, self.project / name)
        plan = (ROOT / "prefect.yaml").read_text("utf-8")
        fast = plan.replace('cron: "30 5 * * *"', f'cron: "* * * * * */{every}"')
        (self.project / "prefect.yaml").write_text(fast, "utf-8")

    def change(self, number: int) -> None:
        """Change one word of raw/, in one step."""
        path = self.project / "raw/documents/documents.csv"
        note = r"(Change [0-9]+\. )?The whole set: one"
        text = re.sub(
            note, f"Change {number}. The whole set: one", path.read_text("utf-8"), count=1
        )
        new = path.with_suffix(".new")
        new.write_text(text, "utf-8")
        new.replace(path)

    def keep(self, *names: str) -> None:
        for name in names or self.parts:
            self.parts[name].keep()

    def wait(self, what: str, happened: Any, seconds: float, *names: str) -> Any:
        """Keep the parts alive until ``happened`` gives something true."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.keep(*names)
            with contextlib.suppress(httpx.HTTPError):
                if value := happened():
                    return value
            time.sleep(0.5)
        raise AssertionError(f"{what}: not within {seconds:g} s; see {self.folder / 'logs'}")

    def ask(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        send = httpx.post(self.url + path, json=body, timeout=20) if body is not None else None
        answer = send or httpx.get(self.url + path, timeout=20)
        answer.raise_for_status()
        return answer.json()

    def is_healthy(self) -> bool:
        return bool(self.ask("/health"))

    def prefect(self, *arguments: str) -> None:
        command = [*PREFECT, "--no-prompt", *arguments]
        done = subprocess.run(
            command, env=self.environment, cwd=self.project, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def runs(self) -> list[dict[str, Any]]:
        """Every run that has begun or ended."""
        found: list[dict[str, Any]] = []
        while True:
            body = {
                "flow_runs": {"state": {"type": {"not_any_": ["SCHEDULED"]}}},
                "sort": "ID_DESC",
                "limit": 200,
                "offset": len(found),
            }
            some = self.ask("/flow_runs/filter", body)
            found += some
            if len(some) < 200:
                return found

    def fault(self, kind: str, chance: random.Random) -> None:
        if kind == "worker":
            self.parts[f"worker-{chance.randrange(2)}"].kill()
        elif kind == "run":
            self._kill_a_run()
        elif kind == "database-stop":
            self.parts["database"].kill(DATABASE_STOP_SECONDS)
        else:
            self.parts[kind].kill()

    def _kill_a_run(self) -> None:
        """Kill the processes of a run, and not its worker."""
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                words = (folder / "cmdline").read_bytes()
                is_run = b"prefect.flow_engine" in words or b"prefect.engine" in words
                if is_run and str(self.project).encode() in (folder / "environ").read_bytes():
                    os.kill(int(folder.name), signal.SIGKILL)

    def end(self) -> None:
        for part in reversed(self.parts.values()):
            part.kill()
        shutil.rmtree(self._data, ignore_errors=True)


@contextlib.contextmanager
def started(every: int) -> Iterator[Stack]:
    with tempfile.TemporaryDirectory(prefix="xrecord-faults-") as name:
        stack = Stack(Path(name), every)
        try:
            stack.wait("the server answers", stack.is_healthy, 600, "database", "server")
            stack.prefect("work-pool", "create", POOL[1], *POOL[2:])
            stack.prefect("deploy", "--name", "record-daily")
            yield stack
        finally:
            stack.end()


def run(runs: int, every: int, between: float, plan: Mapping[int, str], seed: int) -> list[str]:
    """Let that many runs end, with faults; return what did not hold."""
    chance, seen, why, last = random.Random(seed), Counter[str](), Counter[str](), 0
    asked_to_stop = threading.Event()
    with started(every) as stack:
        signal.signal(signal.SIGINT, lambda *_: asked_to_stop.set())
        begun = time.monotonic()
        next_fault, changes, planned = 0.0, 0, dict(plan)
        known: set[str] = set()  # the runs that had begun at the last fault
        while True:
            stack.keep()
            with contextlib.suppress(httpx.HTTPError):
                found = stack.runs()
                ended = sum(item["state_type"] in COUNTED for item in found)
                has_begun = {item["id"] for item in found if item["start_time"]}
                if not next_fault and has_begun - known:
                    next_fault = time.monotonic() + between * chance.random()
                if ended // CHANGE_EVERY >= changes:
                    stack.change(changes)
                    changes += 1
                if ended // 10 > last // 10:
                    told = f"{ended} of {runs} runs after {time.monotonic() - begun:.0f} s"
                    print(told, dict(seen), file=sys.stderr, flush=True)
                last = ended
                if ended >= runs or asked_to_stop.is_set():
                    break
            kinds = [planned.pop(number) for number in sorted(planned) if number <= last]
            if not plan and next_fault and time.monotonic() > next_fault:
                kinds = [chance.choice(RANDOM)]
                known, next_fault = has_begun, 0.0
            for kind in kinds:
                seen[f"fault {kind}"] += 1
                stack.fault(kind, chance)
            assert time.monotonic() - begun < 600 + runs * 180, f"{last} of {runs} runs have ended"
            time.sleep(1)
        stack.wait("the server answers", stack.is_healthy, 300)
        stack.prefect("deployment", "schedule", "clear", "-y", "record/record-daily")

        def alive() -> list[str]:
            return [item["name"] for item in stack.runs() if item["state_type"] not in ENDED]

        with contextlib.suppress(AssertionError):
            stack.wait("no run is alive", lambda: not alive(), ZOMBIE_SECONDS)
        zombies = alive()
        for item in stack.runs():
            seen[item["state_type"]] += 1
            if item["state_type"] in ("CRASHED", "FAILED"):
                why[(item["state"]["message"] or "")[:90]] += 1
        took = time.monotonic() - begun
        published = stack.project / "published"
        problems = [f"a zombie: {name}" for name in zombies] + verify(published)
        ledger = json.loads((published / "documents/versions.json").read_text("utf-8"))["versions"]
        names = [item["version"] for item in ledger]
        hashes = [
            tuple(item[f"{of}_hash"] for of in ("content", "schema", "metadata")) for item in ledger
        ]
        if len(set(names)) < len(names) or len(set(hashes)) < len(hashes):
            problems.append(f"a release is there twice: {names}")
        if len(names) < 2 or len(names) > changes + 1:
            problems.append(f"{len(names)} releases of {changes} changes")
        if seen["COMPLETED"] < last // 4:
            problems.append(f"only {seen['COMPLETED']} of {last} runs completed")
        told = {
            "seen": seen,
            "why": why,
            "releases": len(names),
            "seconds": round(took),
            "problems": problems,
        }
        print(json.dumps(told))
        if problems and (keep := os.environ.get("XRECORD_TEST_KEEP")):
            shutil.copytree(stack.folder, keep, dirs_exist_ok=True, symlinks=True)
    return problems


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--every", type=int, default=10, help="seconds between two runs")
    parser.add_argument("--between", type=float, default=20, help="seconds from a run to a fault")
    parser.add_argument("--plan", default="", help="RUN:FAULT,... instead of random faults")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    steps = [step.split(":") for step in given.plan.split(",") if step]
    fixed = {int(number): kind for number, kind in steps}
    sys.exit(bool(run(given.runs, given.every, given.between, fixed, given.seed)))
