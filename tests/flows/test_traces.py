"""Traces of a run arrive at a collector on loopback.

A collector that is not there costs no release.
"""

from __future__ import annotations

import gzip
import json
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from xinjiang_record.settings import Project

pytestmark = pytest.mark.server


class Collector(BaseHTTPRequestHandler):
    """As much of an OpenTelemetry collector as it takes to be sent spans."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        sent = gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body
        self.server.asked.append((self.path, ExportTraceServiceRequest.FromString(sent)))  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_the_run_and_its_tasks_are_one_trace_under_the_runs_own_id(
    prefect_server: str, xrecord: Any, small_project: Project, serve: Any
) -> None:
    collector = serve(Collector)
    address = f"http://127.0.0.1:{collector.server_port}"
    done = xrecord("run", project=small_project, OTEL_EXPORTER_OTLP_ENDPOINT=address)
    assert done.returncode == 0, done.stderr

    assert {path for path, _ in collector.asked} == {"/v1/traces"}
    of_resources = [item for _, request in collector.asked for item in request.resource_spans]
    services = {
        item.value.string_value
        for each in of_resources
        for item in each.resource.attributes
        if item.key == "service.name"
    }
    assert services == {"xinjiang-record"}
    spans = [span for each in of_resources for scope in each.scope_spans for span in scope.spans]
    flow = next(span for span in spans if span.name.startswith("record all (command) "))
    tasks = {span.name: span for span in spans if span is not flow}
    assert {f"{step} joint-statements" for step in ("ingest", "validate", "publish")} <= set(tasks)
    assert {span.parent_span_id for span in tasks.values()} == {flow.span_id}
    assert {span.trace_id for span in tasks.values()} == {flow.trace_id}

    (kept,) = small_project.runs.glob("run-*.json")
    told = {item.key: item.value.string_value for item in flow.attributes}
    assert told["prefect.run.id"] == json.loads(kept.read_text("utf-8"))["run_id"]


def test_a_collector_that_is_not_there_costs_no_release(
    prefect_server: str, xrecord: Any, small_project: Project
) -> None:
    missing = {"ENDPOINT": "http://127.0.0.1:9", "TIMEOUT": "1"}  # a second, else ten
    settings = {f"OTEL_EXPORTER_OTLP_{name}": value for name, value in missing.items()}
    done = xrecord("run", project=small_project, **settings)
    assert done.returncode == 0, done.stderr
    assert (small_project.published / "joint-statements/1.0.0/SHA256SUMS").is_file()
    assert "Traceback" not in done.stderr
