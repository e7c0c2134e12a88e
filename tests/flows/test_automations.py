"""The notices of deploy/automations.yaml, on a real server and to a real webhook."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.server
ROOT = Path(__file__).resolve().parents[2]
BLOCK = """
import sys
from prefect.blocks.notifications import CustomWebhookNotificationBlock as Webhook
data = {"subject": "{{subject}}", "body": "{{body}}"}
Webhook(name="xrecord", url=sys.argv[1], json_data=data).save("xrecord", overwrite=True)
"""


class Webhook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(json.loads(body))  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_people_are_told_of_failed_runs_and_of_a_record_that_stands_still(
    prefect_environment: dict[str, str],
    api: Any,
    started: Any,
    serve: Any,
    tmp_path: Path,
) -> None:
    webhook = serve(Webhook)
    address = f"http://127.0.0.1:{webhook.server_port}/"
    block = started.fork("-c", BLOCK, address)
    assert block.wait(300) == 0, started.output(block)
    for name in ("automations.sh", "automations.yaml"):
        shutil.copy(ROOT / "deploy" / name, tmp_path)
    path = tmp_path / "automations.yaml"  # 90 days pass in the least time that Prefect allows
    path.write_text(path.read_text("utf-8").replace("within: 7776000", "within: 10"), "utf-8")
    environment = {
        **os.environ,
        **prefect_environment,
        **started.warm.stand_in(tmp_path / "bin"),
    }
    command = [tmp_path / "automations.sh", "custom-webhook/xrecord"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr

    flow = api.post("/flows/", name="of-automations")["id"]
    for kind, state in (("record", "FAILED"), ("verify", "CRASHED"), ("other", "FAILED")):
        tags = [f"kind:{kind}", "xrecord"]  # runs get the tags of their deployment
        deployment = api.post("/deployments/", name=kind, flow_id=flow, tags=tags)["id"]
        ended = {"type": state, "message": f"{kind} ended"}
        api.post(f"/flow_runs/{api.trigger(deployment)}/set_state", state=ended, force=True)
    expected = {
        "record ended",
        "verify ended",
        "No package was released for 90 days. The sources may no longer be read.",
    }

    def told() -> dict[str, str]:
        return {item["body"].splitlines()[0]: item["subject"] for item in webhook.asked}

    # The last one comes every ten seconds, so that a number of notices would say nothing.
    started.wait_for("three notices", lambda: told().keys() >= expected)
    for item in api.post("/automations/filter"):
        if item["actions"][0]["type"] == "send-notification":
            api.delete(f"/automations/{item['id']}")

    assert "other ended" not in told()
    assert told()["record ended"].endswith(": Failed")
    assert told()["verify ended"].endswith(": Crashed")
