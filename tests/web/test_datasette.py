"""The record in Datasette: a real server on loopback, with the real releases."""

from __future__ import annotations

import contextlib
import html
import json
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner

from tests.web.conftest import ROOT
from tests.web_servers import free_port
from xinjiang_record.cli.main import group
from xinjiang_record.site.release_data import load
from xinjiang_record.web.datasette_metadata import QUESTIONS

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "xinjiang_record.cli", "--project", str(ROOT)]
    process = subprocess.Popen(
        [*command, "serve", "--datasette", "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    at = f"http://127.0.0.1:{port}"
    try:
        wait_until_it_answers(f"{at}/-/versions.json", process)
        yield at
        process.send_signal(signal.SIGTERM)
        printed, _ = process.communicate(timeout=120)
    finally:
        process.kill()
        process.wait()
    assert printed.startswith(f"{at}/\n")
    assert process.returncode in (-signal.SIGTERM, 128 + signal.SIGTERM)


def wait_until_it_answers(address: str, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(address, timeout=30).close()
            return
        assert process.poll() is None, process.stdout and process.stdout.read()
        time.sleep(0.2)
    raise AssertionError(f"{address} does not answer")


def get(address: str) -> str:
    with urllib.request.urlopen(address, timeout=120) as answer:
        text: str = answer.read().decode()
        return text


def test_a_used_port_is_refused_in_one_line(address: str) -> None:
    port = address.rpartition(":")[2]
    options = ["--published", str(ROOT / "published"), "--port", port]
    done = CliRunner().invoke(group, ["serve", "--datasette", *options])
    said = f"--port: expected a free port, got {port} (Address already in use)"
    assert said in str(done.exception)
    assert done.output == ""  # no address: what answers there is another server


def rows(address: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(get(f"{address}_shape=array"))
    return found


def test_the_two_questions_are_queries(address: str) -> None:
    asked = f"{address}/joint-statements/who_took_which_side.json?country_iso3=qat&statement_id=&"
    answer = rows(asked)
    left = next(row for row in answer if row["statement_id"] == "2019-07-12-hrc41-supportive")
    assert (left["withdrew_edtf"], left["is_current"]) == ("2019-07-18", 0)
    assert left["declared_count"] and left["roster_status"]
    measure = "persons_detained"
    asked = f"{address}/detention-figures/how_many_detained.json?measure={measure}&publisher=&"
    answer = rows(asked)
    assert len(answer) > 10 and {row["measure"] for row in answer} == {measure}
    assert all(row["publisher"] and row["qualifier"] and row["quantity_type"] for row in answer)
    assert set(QUESTIONS) == {"joint-statements", "detention-figures"}


def test_every_query_answers(address: str) -> None:
    metadata = json.loads(get(f"{address}/-/metadata.json"))
    asked = 0
    for database, described in metadata["databases"].items():
        for name in described["queries"]:
            empty = "country_iso3=&statement_id=&measure=&publisher=&"
            assert rows(f"{address}/{database}/{name}.json?{empty}"), name
            asked += 1
    assert asked >= 9


def test_tables_have_titles_descriptions_units_and_facets(address: str) -> None:
    release = load(ROOT / "published").releases["joint-statements"]
    page = html.unescape(get(f"{address}/joint-statements/statements"))
    for field in release.schema("statements")["fields"]:
        assert field["description"].split(".")[0][:40] in page, field["name"]
    assert "Creative Commons Attribution 4.0" in page
    table = json.loads(get(f"{address}/joint-statements/signatories.json?_size=1"))
    assert "position_kind" in table["facet_results"] and "side" in table["facet_results"]
    assert table["units"] == {}
    table = json.loads(get(f"{address}/joint-statements/statements.json?_size=1"))
    assert table["units"]["declared_count"] == "states"
    home = html.unescape(get(f"{address}/joint-statements"))
    assert release.descriptor["title"] in home and release.version in home
    assert "_about</a>" not in home.split("hidden")[0]


def test_nobody_can_change_a_row(address: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        get(f"{address}/joint-statements.json?sql=delete+from+statements")
    caught.value.close()
    assert caught.value.code == 400
    assert len(rows(f"{address}/joint-statements/statements.json?_size=max&")) == 46
