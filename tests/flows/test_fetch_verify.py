"""The flows ``fetch``, ``verify`` and ``site`` as deployments on a real server.

What they find, what they try again, and what they tell.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from tests.site import conftest as small
from xinjiang_record.fetch import custody_log
from xinjiang_record.settings import Project

pytestmark = pytest.mark.server
DEPLOY = """
import sys
from pathlib import Path
from flows import serve_schedule
from xinjiang_record.settings import Project
crons = {"fetch": "0 3 * * 0", "verify": "0 7 * * *", "site": "30 6 * * *"}
for deployment in serve_schedule.deployments(Project(Path(sys.argv[1])), crons):
    print(deployment.apply())
"""
# A run as a worker starts it. Only this process may ask this one port of loopback, which no setting
# of ours allows.
ENGINE = """
import runpy, sys
from xinjiang_record.fetch import http_client as fetch
port, run = int(sys.argv[1]), sys.argv[2]
open_to = lambda address: True
resolve = lambda host, port: ["127.0.0.1"]
policy = fetch.Policy(frozenset({"http"}), frozenset({port}), open_to, resolve)
fetch.Policy = lambda: policy
sys.argv = ["prefect.engine", run]
runpy.run_module("prefect.engine", run_name="__main__")
"""


class Website(BaseHTTPRequestHandler):
    """``/page`` is sound, ``/flaky`` fails the first time, ``/gone`` is not there any more."""

    def do_GET(self) -> None:
        asked: list[str] = self.server.asked  # type: ignore[attr-defined]
        asked.append(self.path)
        status = {"/gone": 410, "/flaky": 200 if asked.count("/flaky") > 1 else 500}.get(
            self.path, 200
        )
        body = b"<html><title>Joint statement</title><p>On behalf of 22 states.</p></html>"
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def website(serve: Any) -> Any:
    return serve(Website)


@pytest.fixture
def run_flow(
    api: Any, started: Any, small_project: Project, website: Any
) -> Callable[[str], dict[str, Any]]:
    """Trigger a flow's deployment and run it as a worker would.

    The state that the server has of it in the end.
    """
    here = {"XRECORD_PROJECT": str(small_project.root)}
    deploy = started.fork("-c", DEPLOY, small_project.root, **here)
    assert deploy.wait(300) == 0, started.output(deploy)
    known = dict(zip(("fetch", "verify", "site"), started.output(deploy).split(), strict=True))

    def run(name: str) -> dict[str, Any]:
        pending = {"state": {"type": "PENDING"}}
        number = api.post(f"/deployments/{known[name]}/create_flow_run", **pending)["id"]
        command = ("-c", ENGINE, str(website.server_port), number)
        started.fork(*command, XRECORD_LOG="json", **here).wait(300)
        return dict(api.get(f"/flow_runs/{number}")["state"])

    return run


def artifact(api: Any, key: str) -> str:
    return str(api.get(f"/artifacts/{key}/latest")["data"])


def test_fetch_looks_at_what_is_due_and_asks_again_who_did_not_answer(
    api: Any,
    small_project: Project,
    website: Any,
    run_flow: Callable[[str], dict[str, Any]],
) -> None:
    address = f"http://source.test:{website.server_port}"
    rows = [
        f"s-000{n},{address}/{path},,,,,2026-11-23,"
        for n, path in enumerate(("page", "flaky", "gone"), 1)
    ]
    header = "source_id,url,title,publisher,published_edtf,language,recorded_on,note"
    (small_project.raw / "sources.csv").write_text("\n".join([header, *rows]) + "\n", "utf-8")

    state = run_flow("fetch")
    assert state["type"] == "COMPLETED", state
    assert website.asked == ["/page", "/flaky", "/flaky", "/gone"]
    log = custody_log.read_custody_log(small_project.raw)
    assert all(log.latest(name) for name in ("s-0001", "s-0002"))
    told = artifact(api, "fetch")
    assert told.count('"fetched"') == 2 and '"gone"' in told
    run = state["state_details"]["flow_run_id"]
    assert re.fullmatch(
        r"fetch all that are due \(deployment\) [0-9-]{10} [0-9:]{5}",
        api.get(f"/flow_runs/{run}")["name"],
    )
    lines = api.log_lines(run, "s-0003: gone")
    assert (logging.INFO, f"s-0001: fetched: {address}/page") in lines
    (gone,) = (level for level, text in lines if "status 410" in text)
    assert gone == logging.WARNING

    assert run_flow("fetch")["type"] == "COMPLETED"
    assert len(website.asked) == 4  # nothing is due for a month


def test_verify_proves_what_is_published_and_fails_on_one_changed_byte(
    api: Any,
    xrecord: Any,
    started: Any,
    small_project: Project,
    run_flow: Callable[[str], dict[str, Any]],
) -> None:
    assert xrecord("run", "--direct", project=small_project).returncode == 0
    state = run_flow("verify")
    assert state["type"] == "COMPLETED"
    lines = [
        json.loads(line)
        for line in started.output(started.running[-1]).splitlines()
        if line.startswith('{"at"')
    ]
    run = state["state_details"]["flow_run_id"]
    assert [(line["event"], line["level"], line["run_id"]) for line in lines] == [
        ("verify", "info", run),
        ("verified", "info", run),
        ("rebuild", "info", run),
        ("rebuild", "warning", run),
    ]
    tags = {"xrecord", "kind:verify", "package:joint-statements"}
    assert tags <= set(api.get(f"/flow_runs/{run}")["tags"])
    told = artifact(api, "verify")
    assert "Every release is as released" in told
    assert "joint-statements: not built again. " in told  # the project is no repository

    table = next((small_project.published / "joint-statements/1.0.0").rglob("statements.csv"))
    table.chmod(0o644)
    table.write_bytes(table.read_bytes().replace(b"2019", b"2018", 1))
    state = run_flow("verify")
    assert state["type"] == "FAILED"
    assert "statements.csv" in state["message"]
    lines = api.log_lines(state["state_details"]["flow_run_id"], "exited with unexpected exception")
    named = [level for level, text in lines if "statements.csv" in text and "Trace" not in text]
    assert logging.ERROR in named  # of the task; the last line is the failure of the run, in words
    assert lines[-1][1].rstrip().endswith(state["message"])
    assert "statements.csv" in artifact(api, "verify")


def test_the_site_is_an_asset_that_names_the_releases_it_was_built_from(
    api: Any,
    small_project: Project,
    run_flow: Callable[[str], dict[str, Any]],
) -> None:
    tables = small.joint_statements()  # the real ones have 2,400 pages in ten languages
    small.write_release(small_project.published, "joint-statements", tables)
    state = run_flow("site")
    assert state["type"] == "COMPLETED", state
    run = state["state_details"]["flow_run_id"]
    assert re.fullmatch(
        r"site \(deployment\) [0-9-]{10} [0-9:]{5}", api.get(f"/flow_runs/{run}")["name"]
    )
    (line,) = (text for _, text in api.log_lines(run, "site: built") if text.startswith("site: "))
    assert re.fullmatch("site: built: [0-9]+ pages, [0-9]+ files written", line)
    assert line.removeprefix("site: ") in artifact(api, "site")
    question = {"event": {"name": ["prefect.asset.materialization.succeeded"]}}

    def built() -> dict[str, Any] | None:
        found = api.post("/events/filter", filter=question, limit=50)["events"]
        site = "xrecord://site"
        return next(
            (item for item in found if item["resource"]["prefect.resource.id"] == site), None
        )

    event: Any = api.wait_for("the site is an asset", built)
    assert event["payload"]["releases"] == ["joint-statements 1.0.0"]
    assert event["resource"]["prefect.asset.url"] == (small_project.root / "site").as_uri()
    assert "xrecord://joint-statements" in {
        item["prefect.resource.id"] for item in event["related"]
    }
