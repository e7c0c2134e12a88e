"""What the sources lack: of the real record, and of one that is made to lack each thing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from xinjiang_record.cli.source_commands.sources import PROBLEMS, sources
from xinjiang_record.data_packages.source_kinds import classify_source, un_document_page
from xinjiang_record.fetch import custody_log
from xinjiang_record.pipeline.source_audit import SourceAudit, audit_sources
from xinjiang_record.settings import Project


@pytest.fixture
def copy(tmp_path: Path, root: Path) -> Project:
    """The record's registry and releases; its log and snapshots are this test's own."""
    (tmp_path / "raw").mkdir()
    shutil.copy(root / "raw/sources.csv", tmp_path / "raw")
    (tmp_path / "published").symlink_to(root / "published")
    return Project(tmp_path)


def by_id(project: Project) -> dict[str, SourceAudit]:
    return {item.source_id: item for item in audit_sources(project)}


@pytest.mark.parametrize(
    ("kind", "url", "is_weak", "expected"),
    [
        ("official", "https://example.org/", False, "primary"),
        ("copy", "https://www.un.org/x", False, "copy"),
        ("official", "https://www.un.org/x", True, "weak"),
        ("", "https://docs.un.org/A/1", False, "primary"),
        ("", "https://notun.org/x", False, "not classified"),
        ("", "https://www.mfa.gov.cn/ce/x.htm", False, "primary"),
        ("", "https://usun.usmission.gov/x", False, "primary"),
        ("", "https://gov.example.com/x", False, "not classified"),
        ("", "https://www.xinhuanet.com/x", False, "agency"),
        ("ngo", "https://example.org/", False, "partisan"),
        ("", "https://[broken", False, "not classified"),
    ],
)
def test_classes_come_from_kinds_and_known_hosts(
    kind: str, url: str, is_weak: bool, expected: str
) -> None:
    assert classify_source(kind, url, is_weak) == expected


def test_every_kind_has_a_class(root: Path) -> None:
    import tomllib

    from xinjiang_record.data_packages.source_kinds import CLASS_OF_KIND

    fields = tomllib.loads((root / "schemas/fields.toml").read_text("utf-8"))
    assert set(fields["source_kind"]["constraints"]["enum"]) == set(CLASS_OF_KIND)
    assert un_document_page("A/HRC/41/G/17").endswith("/A/HRC/41/G/17")
    assert un_document_page("HR/PUB/1") == un_document_page(None) == ""


def test_the_real_record(copy: Project) -> None:
    found = audit_sources(copy)
    counts = [item.fact_count for item in found]
    assert counts == sorted(counts, reverse=True) and counts[0] > 50
    assert all(item.alone_count <= item.fact_count and item.problems for item in found)
    copies = [item for item in found if "copy-for-primary" in item.problems]
    assert copies and all(item.primaries for item in copies)
    assert all(item.nearness != "primary" for item in copies)
    unclear = [item for item in copies if item.nearness == "not classified"]
    assert all(all("undocs.org" in place for place in item.primaries) for item in unclear)
    letter = [item for item in copies if un_document_page("A/HRC/41/G/17") in item.primaries]
    assert letter, "the letter of July 2019 is cited from copies; its UN page is known"
    assert not any("dead-link" in item.problems for item in found)  # nothing was fetched here


def test_the_custody_log_says_what_is_dead_and_what_is_kept(copy: Project) -> None:
    first, second = list(by_id(copy))[:2]
    assert "no-snapshot" in by_id(copy)[first].problems
    line = {"at": "2026-11-20T00:00:00+00:00", "url": "", "bytes": 1, "tool": "t"}
    for source, action, sha256 in (
        (first, "fetched", "a" * 64), (first, "gone", ""), (second, "gone", ""),
        (second, "fetched", "b" * 64),
    ):  # fmt: skip
        entry = {**line, "source_id": source, "action": action, "sha256": sha256}
        custody_log.append_entry(copy.raw, entry)
    found = by_id(copy)
    assert "dead-link" in found[first].problems and "no-snapshot" not in found[first].problems
    if second in found:  # it came back, and is kept
        assert not {"dead-link", "no-snapshot"} & set(found[second].problems)


def test_the_command(copy: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    (copy.root / "schemas").mkdir()
    (copy.root / "schemas/fields.toml").write_text("")
    monkeypatch.chdir(copy.root)
    done = CliRunner().invoke(sources, ["audit", "--limit", "3", "--format", "json"])
    assert done.exit_code == 0, done.output
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rows) == 3 and set(rows[0]["problems"]) <= set(PROBLEMS)
    shown = CliRunner().invoke(sources, ["audit", "--problem", "copy-for-primary"])
    lines = shown.stdout.splitlines()
    assert "facts" in lines[0] and lines[1].startswith("\tprimary: ")
    assert "no-snapshot: " in shown.stderr
