"""Snapshots, the custody log, and what a second look says."""

from __future__ import annotations

import dataclasses
import ipaddress
import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import hostile_server
import pytest
from click.testing import CliRunner
from hostile_server import PAGE, HostileServer

from xinjiang_record import settings
from xinjiang_record.cli.source_commands.fetch import fetch as command
from xinjiang_record.document_readers.open_document import open_document
from xinjiang_record.errors import ReadError, UsageError, XRecordError
from xinjiang_record.fetch import custody_log, due_sources, http_client
from xinjiang_record.limits import LIMITS, MIB
from xinjiang_record.settings import Project

HEADER = "source_id,url,title,publisher,published_edtf,language,recorded_on,note"


@pytest.fixture
def server() -> Iterator[HostileServer]:
    with hostile_server.serving() as running:
        yield running


@pytest.fixture
def policy(server: HostileServer, monkeypatch: pytest.MonkeyPatch) -> http_client.Policy:
    """http on this server's port only.

    It becomes the default, and waiting between requests takes no time.
    """
    made = http_client.Policy(
        schemes=frozenset({"http"}),
        ports=frozenset({server.server_port}),
        allows=lambda address: address == ipaddress.ip_address("127.0.0.1"),
        resolver=lambda host, port: ["127.0.0.1"],
        limits=dataclasses.replace(LIMITS, download_seconds=3, download_bytes=MIB),
    )
    monkeypatch.setattr(http_client, "Policy", lambda: made)
    monkeypatch.setattr(settings, "pause", lambda seconds: None)
    return made


@pytest.fixture
def project(tmp_path: Path, server: HostileServer, monkeypatch: pytest.MonkeyPatch) -> Project:
    paths = ["page", "conditional", "missing", "big", "error-page", "elsewhere", "moved"]
    rows = [
        f"s-{n:04},http://source.test:{server.server_port}/{path},,,,,2026-11-23,"
        for n, path in enumerate(paths, 1)
    ]
    (tmp_path / "raw").mkdir()
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "fields.toml").write_text("")
    (tmp_path / "raw" / "sources.csv").write_text("\n".join([HEADER, *rows]) + "\n", "utf-8")
    monkeypatch.setenv("XRECORD_PROJECT", str(tmp_path))
    return Project(tmp_path)


def looked(project: Project, *names: str, warc: bool = False) -> list[due_sources.FetchResult]:
    rows = due_sources.select_sources(due_sources.read_registry(project), names)
    return list(due_sources.fetch_sources(project, rows, warc=warc))


def actions(project: Project, *names: str) -> list[str]:
    return [look.action for look in looked(project, *names)]


@pytest.mark.usefixtures("policy")
def test_a_first_look_keeps_the_content_and_how_it_was_got(project: Project) -> None:
    (look,) = looked(project, "s-0001")
    place = project.raw / "snapshots" / look.sha256
    assert look.action == "fetched" and look.finding is None
    assert (place / "content").read_bytes() == PAGE
    kept = json.loads((place / "snapshot.json").read_text("utf-8"))
    assert (
        kept["bytes"] == len(PAGE)
        and kept["media_type"] == "text/html"
        and kept["tool"].startswith("xinjiang-record ")
    )
    assert "set-cookie" not in json.dumps(kept).lower()
    assert "content\n" in (project.raw / "snapshots" / ".gitignore").read_text("utf-8")
    (entry,) = custody_log.read_custody_log(project.raw).entries
    assert (entry["action"], entry["sha256"], entry["previous"]) == (
        "fetched",
        look.sha256,
        "0" * 64,
    )
    assert due_sources.verify_sources(project) == []


@pytest.mark.usefixtures("policy")
def test_the_same_content_is_stored_once_and_logged_twice(project: Project) -> None:
    assert actions(project, "s-0001", "s-0001", "s-0007") == ["fetched", "unchanged", "fetched"]
    assert len(list((project.raw / "snapshots").glob("?" * 64))) == 1
    assert len(custody_log.read_custody_log(project.raw).entries) == 3


@pytest.mark.usefixtures("policy")
def test_what_the_server_calls_unchanged_is_not_sent_again(project: Project) -> None:
    assert actions(project, "s-0002", "s-0002", "s-0002") == [
        "fetched",
        "not-modified",
        "not-modified",
    ]


@pytest.mark.usefixtures("policy")
def test_a_changed_source_is_a_finding_and_no_change_of_data(
    project: Project, server: HostileServer
) -> None:
    before = (project.raw / "sources.csv").read_bytes()
    looked(project, "s-0001")
    server.content = PAGE.replace(b"22 states", b"23 states")
    (look,) = looked(project, "s-0001")
    assert (
        look.action == "changed"
        and look.finding is not None
        and look.finding.type == "source-changed"
    )
    assert (
        "No data was changed" in look.finding.message
        and look.finding.place is not None
        and look.finding.place.line == 2
    )
    assert (
        len(list((project.raw / "snapshots").glob("?" * 64))) == 2
        and (project.raw / "sources.csv").read_bytes() == before
    )
    assert actions(project, "s-0001") == ["unchanged"]


@pytest.mark.usefixtures("policy")
def test_a_page_whose_text_is_the_same_has_not_changed(
    project: Project, server: HostileServer
) -> None:
    looked(project, "s-0001")
    server.content = PAGE.replace(b"</body>", b"<script>var shown_at = 1700000000</script></body>")
    (look,) = looked(project, "s-0001")
    assert look.action == "same-text" and look.finding is None


@pytest.mark.usefixtures("policy")
def test_failures_store_nothing_and_do_not_stop_the_others(project: Project) -> None:
    looks = looked(project, "s-0003", "s-0004", "s-0005", "s-0006", "s-0001")
    assert [look.action for look in looks] == ["gone", "failed", "failed", "failed", "fetched"]
    assert [look.finding.type if look.finding else "" for look in looks] == [
        "source-gone",
        "",
        "error-page",
        "",
        "",
    ]
    assert "has retracted nothing" in str(looks[0].finding)
    assert [item["action"] for item in custody_log.read_custody_log(project.raw).entries] == [
        "gone",
        "fetched",
    ]
    left = {path.name for path in project.raw.rglob("*") if path.is_file()}
    assert left == {"sources.csv", "custody.jsonl", ".gitignore", "content", "snapshot.json"}


@pytest.mark.usefixtures("policy")
def test_a_declared_host_may_be_led_to(project: Project, server: HostileServer) -> None:
    path = project.raw / "sources.csv"
    header, *rows = path.read_text("utf-8").splitlines()
    path.write_text(
        "\n".join([f"{header},hosts", *[f"{row},elsewhere.test more.test" for row in rows]]) + "\n",
        "utf-8",
    )
    assert actions(project, "s-0006") == ["fetched"]


@pytest.mark.usefixtures("policy")
def test_warc_holds_every_hop_and_is_read_back(project: Project, tmp_path: Path) -> None:
    (look,) = looked(project, "s-0007", warc=True)
    archive = tmp_path / "exchange.warc.gz"
    archive.write_bytes((project.raw / "snapshots" / look.sha256 / "exchange.warc.gz").read_bytes())
    document = open_document(archive)
    assert "On behalf of 22 states." in document.text
    assert [finding.type for finding in document.findings] == ["left-out"]  # the redirect


@pytest.mark.usefixtures("policy")
def test_many_at_once_make_one_chain(project: Project) -> None:
    threads = [
        threading.Thread(target=looked, args=(project, "s-0001", "s-0007")) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log = custody_log.read_custody_log(project.raw)
    assert len(log.entries) == 8 and not log.findings and due_sources.verify_sources(project) == []
    assert [item["action"] for item in log.entries].count("fetched") == 2


@pytest.mark.parametrize("change", ["edit", "drop", "swap", "cut"])
@pytest.mark.usefixtures("policy")
def test_a_line_of_the_log_that_is_touched_shows(project: Project, change: str) -> None:
    looked(project, "s-0001", "s-0007", "s-0001")
    path = project.raw / custody_log.NAME
    lines = path.read_bytes().splitlines(keepends=True)
    match change:
        case "edit":
            lines[1] = lines[1].replace(b"fetched", b"changed")
        case "drop":
            del lines[1]
        case "swap":
            lines[0], lines[1] = lines[1], lines[0]
        case "cut":
            lines[2] = lines[2][:40]
    path.write_bytes(b"".join(lines))
    assert {finding.type for finding in due_sources.verify_sources(project)} == {"custody"}
    with pytest.raises(ReadError, match="Nothing was added"):
        looked(project, "s-0001")


@pytest.mark.usefixtures("policy")
def test_a_snapshot_that_is_touched_shows(project: Project) -> None:
    (look,) = looked(project, "s-0001")
    place = project.raw / "snapshots" / look.sha256
    (place / "content").write_bytes(b"other")
    (place / "snapshot.json").unlink()
    assert len(due_sources.verify_sources(project)) == 3
    (place / "content").unlink()
    (place / "snapshot.json").write_text("{", "utf-8")
    assert any("broken" in str(finding) for finding in due_sources.verify_sources(project))


@pytest.mark.usefixtures("policy")
def test_due_is_what_was_not_looked_at_for_a_month(project: Project) -> None:
    sources = due_sources.read_registry(project)
    looked(project, "s-0001")
    log, now = custody_log.read_custody_log(project.raw), settings.now()
    names = [row["source_id"] for row in due_sources.list_due_sources(sources, log, now)]
    assert names == ["s-0002", "s-0003", "s-0004", "s-0005", "s-0006", "s-0007"]
    assert [
        row["source_id"]
        for row in due_sources.list_due_sources(sources, log, now + timedelta(days=31))
    ][-1] == "s-0001"


def test_only_registered_sources_are_fetched(project: Project) -> None:
    with pytest.raises(UsageError, match="not a registered source"):
        due_sources.select_sources(due_sources.read_registry(project), ["https://elsewhere.test/"])
    (project.raw / "sources.csv").write_text("source_id\nx\n", "utf-8")
    with pytest.raises(XRecordError, match="lacks the column"):
        due_sources.read_registry(project)


@pytest.mark.usefixtures("policy")
def test_the_command_says_what_it_found_by_its_exit_code(
    project: Project, server: HostileServer
) -> None:
    runner = CliRunner()
    first = runner.invoke(command, ["s-0001", "--warc"])
    assert first.exit_code == 0 and first.stdout.startswith("s-0001 fetched ")
    server.content = PAGE.replace(b"22", b"23")
    again = runner.invoke(command, ["s-0001", "--format", "json"])
    assert again.exit_code == 1 and json.loads(again.stdout)["finding"]["type"] == "source-changed"
    assert runner.invoke(command, ["s-0004"]).exit_code == 3
    due = runner.invoke(command, ["--due", "--limit", "2"])
    assert (
        due.exit_code == 1
        and due.stdout.startswith("s-0002 fetched")
        and "s-0003 gone" in due.stdout
    )
    assert runner.invoke(command, ["--verify"]).exit_code == 0
    for wrong in ([], ["s-0001", "--due"]):
        assert isinstance(runner.invoke(command, wrong).exception, UsageError)
    assert (
        datetime.fromisoformat(custody_log.read_custody_log(project.raw).entries[0]["at"]).tzinfo
        is not None
    )


def test_a_file_that_a_person_saved_is_a_snapshot_and_says_so(
    project: Project, tmp_path: Path, policy: http_client.Policy
) -> None:
    """Its sidecar has no answers of a server, and the source can be fetched after it."""
    saved = tmp_path / "page.html"
    saved.write_bytes(b"<html><title>Letter</title><p>36 states signed.</p></html>")
    (row,) = due_sources.select_sources(due_sources.read_registry(project), ["s-0001"])
    look = due_sources.keep_file(project, row, saved)
    assert (look.action, look.finding) == ("from-file", None)
    sidecar = json.loads((project.raw / f"snapshots/{look.sha256}/snapshot.json").read_text())
    assert sidecar["from_file"] and sidecar["hops"] == [] and sidecar["text_sha256"]
    assert str(tmp_path) not in json.dumps(sidecar)
    assert due_sources.verify_sources(project) == []
    (fetched,) = due_sources.fetch_sources(project, [row], policy=policy)
    assert fetched.action == "changed" and fetched.finding
    again = due_sources.keep_file(project, row, saved)
    assert again.action == "from-file" and again.finding  # other text than was fetched
    actions = [item["action"] for item in custody_log.read_custody_log(project.raw).entries]
    assert actions == ["from-file", "changed", "from-file"]


@pytest.mark.parametrize("kind", ["empty", "link", "error page"])
def test_a_file_that_is_no_source_is_refused(project: Project, tmp_path: Path, kind: str) -> None:
    saved = tmp_path / "page.html"
    if kind == "link":
        saved.symlink_to("/etc/hostname")
    else:
        saved.write_bytes(b"<title>404 Not Found</title>" if kind == "error page" else b" \n")
    (row,) = due_sources.select_sources(due_sources.read_registry(project), ["s-0001"])
    if kind == "error page":
        assert due_sources.keep_file(project, row, saved).action == "failed"
    else:
        with pytest.raises(ReadError):
            due_sources.keep_file(project, row, saved)
    assert custody_log.read_custody_log(project.raw).entries == ()


def test_the_command_takes_one_source_with_a_file(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "schemas").mkdir(exist_ok=True)
    (tmp_path / "schemas/fields.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    saved = tmp_path / "page.html"
    saved.write_bytes(b"<p>36 states signed.</p>")
    done = CliRunner().invoke(command, ["s-0001", "--from-file", str(saved)])
    assert done.exit_code == 0 and done.stdout.startswith("s-0001 from-file ")
    for arguments in (["--due"], ["s-0001", "s-0002"], ["s-0001", "--warc"]):
        wrong = CliRunner().invoke(command, [*arguments, "--from-file", str(saved)])
        assert isinstance(wrong.exception, UsageError), arguments
