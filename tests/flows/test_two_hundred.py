"""Two hundred scheduled runs in a row, a tenth of them killed at a random instant.

The record stays whole. The long form, alone:

make slow, or: pytest -m slow tests/flows/test_two_hundred.py
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from xinjiang_record.release.integrity.verify import verify
from xinjiang_record.settings import Project

RUNS = int(os.environ.get("XRECORD_TEST_RUNS", "200"))
CHANGE_EVERY = 4  # runs between two changes of raw/
AT_WORK = (
    0.75  # the share of kills that wait until the run is at work; the others come at any instant
)
KEPT = "20"  # records of runs that stay
DEPLOY = """
import sys
import time
from pathlib import Path
from flows import serve_schedule
from xinjiang_record.settings import Project
(deployment,) = serve_schedule.deployments(Project(Path(sys.argv[1])), {"record": "0 5 * * *"})
print(deployment.apply())
"""


def asked(client: httpx.Client, path: str, body: Any = None) -> Any:
    """The server's answer.

    503, its word for a database that is locked just then, is asked again, as Prefect's own client
    does.
    """
    for _ in range(10):
        answer = client.get(path) if body is None else client.post(path, json=body)
        if answer.status_code != 503:
            break
        time.sleep(2)
    return answer.raise_for_status().json()


def size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


def change(project: Project, number: int) -> None:
    path = project.raw / "joint-statements/2025-11-21-unga80-c3-critical/statement.toml"
    words = path.read_text("utf-8").splitlines()
    words = [
        f'note = "Change {number} of the test."' if line.startswith('note = "') else line
        for line in words
    ]
    path.write_text("\n".join(words) + "\n", "utf-8")


@pytest.mark.slow
@pytest.mark.server
def test_two_hundred_scheduled_runs_a_tenth_of_them_killed(
    prefect_server: str, started: Any, small_project: Project
) -> None:
    here = {"XRECORD_PROJECT": str(small_project.root)}
    deploy = started.start(sys.executable, "-c", DEPLOY, small_project.root, **here)
    assert deploy.wait(60) == 0, started.output(deploy)
    deployment = started.output(deploy).split()[-1]
    chance = random.Random(7)
    killed_runs = set(chance.sample(range(CHANGE_EVERY, RUNS * 9 // 10), RUNS // 10))
    seen: dict[str, int] = {"changes": 0, "COMPLETED": 0, "killed": 0, "killed while working": 0}
    sizes: list[int] = []
    took = working = (
        # seconds of the last run that was left alone, and of them those in which it was running
        0.0
    )
    to_kill = 0  # a run that ended before its instant came leaves its place to the next
    with httpx.Client(base_url=prefect_server, timeout=60) as client:
        for number in range(RUNS):
            to_kill += number in killed_runs
            if number % CHANGE_EVERY == 0 or to_kill:
                change(small_project, number)
                seen["changes"] += 1
            run = asked(
                client, f"/deployments/{deployment}/create_flow_run", {"state": {"type": "PENDING"}}
            )["id"]
            process = started.start(
                sys.executable, "-m", "prefect.engine", run, XRECORD_LIMIT_RUN_RECORDS=KEPT, **here
            )
            begun = time.monotonic()
            if to_kill and chance.random() < AT_WORK:
                while (
                    process.poll() is None
                    and asked(client, f"/flow_runs/{run}")["state"]["type"] != "RUNNING"
                ):
                    time.sleep(0.02)
                patience = working * chance.random()
            else:
                patience = took * chance.random() if to_kill else 120
            try:
                process.wait(patience)
            except subprocess.TimeoutExpired:
                started.stop(process)
                state = asked(client, f"/flow_runs/{run}")["state"]["type"]
                to_kill -= 1
                seen["killed"] += 1
                seen["killed while working"] += state == "RUNNING"
            else:
                ended = asked(client, f"/flow_runs/{run}")
                state = ended["state"]
                assert state["type"] == "COMPLETED", (number, state["name"], state["message"], seen)
                seen["COMPLETED"] += 1
                took, working = time.monotonic() - begun, float(ended["total_run_time"])
                sizes.append(size(small_project.runs))
        lost = asked(
            client,
            "/flow_runs/filter",
            {
                "deployments": {"id": {"any_": [deployment]}},
                "flow_runs": {"state": {"type": {"any_": ["RUNNING"]}}},
            },
        )
    print(json.dumps({"seen": seen, "runs_bytes": [sizes[len(sizes) // 2], sizes[-1]]}))
    assert seen["killed"] == RUNS // 10
    assert lost == []  # the next run buries a killed one
    assert verify(small_project.published) == []  # no partial release, the ledger whole, no residue
    ledger = json.loads(
        (small_project.published / "joint-statements/versions.json").read_text("utf-8")
    )
    versions = [entry["version"] for entry in ledger["versions"]]
    hashes = [
        (entry["content_hash"], entry["schema_hash"], entry["metadata_hash"])
        for entry in ledger["versions"]
    ]
    assert (
        len(versions) == len(set(versions)) == len(set(hashes))
    )  # none twice, by name or by content
    assert len(versions) <= seen["changes"]
    if RUNS >= 100:
        assert sizes[-1] <= sizes[len(sizes) // 2] * 1.1  # what runs leave does not grow
