"""``xrecord preview``.

Says what merging would publish, with the computed version, and publishes nothing.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.warm_commands import run_command
from xinjiang_record import data_packages
from xinjiang_record.cli.pipeline_commands.show_outcomes import show_outcomes
from xinjiang_record.model import Finding, Place
from xinjiang_record.pipeline.outcome import Outcome
from xinjiang_record.pipeline.preview import Preview, preview_markdown, preview_packages
from xinjiang_record.pipeline.run import run
from xinjiang_record.release.integrity import source_commit
from xinjiang_record.release.withdraw import withdraw
from xinjiang_record.settings import Project

STATEMENT = """statement_id = "2026-05-04-hrc62-critical"
title = "Joint statement on human rights in China"
statement_type = "joint_statement"
stance = "critical"
delivered = "2026-05-04"
body = "UN Human Rights Council"
session = "HRC62"
topics = ["xinjiang"]
declared_count = 15
roster_status = "complete"
sources = ["s-0113"]
recorded_on = 2026-11-23
note = "Made up for a test."

[[leads]]
name = "Norway"
role = "delivered"

[[lists]]
file = "signatories.txt"
event = "signed"
date = "2026-05-04"
source_id = "s-0113"

[[count_claims]]
count = 15
as_of = "2026-05-04"
source_id = "s-0113"
"""
NAMES = (
    "Albania, Australia, Austria, Belgium, Bulgaria, Canada, Croatia, Denmark, Estonia, Finland, "
    "France, Germany, Iceland, Ireland, Norway"
)

EXPECTED = (
    "| joint-statements | 1.0.0 | 1.1.0 | a minor version |",
    "| table | added | changed | retracted |",
    "| statements | 1 | 0 | 0 |",
    "| count_claims | 1 | 0 | 0 |",
    "| signature_events | 15 | 0 | 0 |",
    "| signatories | 15 | 0 | 0 |",
    "- 2026-05-04-hrc62-critical: 15 new signature events",
)


def preview(project: Project, *more: str) -> tuple[int, str]:
    done = run_command("--project", project.root, "preview", *more)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout


@pytest.fixture(scope="module")
def released_once(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Project:
    """The project with its one package ``joint-statements`` published, for all tests here."""
    place = tmp_path_factory.mktemp("released") / "project"
    for name in ("raw", "schemas"):
        kept = shutil.ignore_patterns("snapshots", "responses", "documents", "detention-figures")
        shutil.copytree(root / name, place / name, ignore=kept)
    assert [outcome.status for outcome in run(Project(place))] == ["published"]
    return Project(place)


@pytest.fixture
def released(released_once: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A copy of the released project, to change."""
    shutil.copytree(released_once.root, tmp_path / "released", symlinks=True)
    # The command sets it, and it must not outlive the test.
    monkeypatch.setenv("XRECORD_PROJECT", str(tmp_path / "released"))
    return Project(tmp_path / "released")


def test_a_new_statement_with_15_signatories_and_the_computed_version(
    released: Project, tmp_path: Path
) -> None:
    before = sorted(path.relative_to(released.published) for path in released.published.rglob("*"))
    folder = released.raw / "joint-statements/2026-05-04-hrc62-critical"
    folder.mkdir()
    (folder / "statement.toml").write_text(STATEMENT, "utf-8")
    (folder / "signatories.txt").write_text(NAMES + "\n", "utf-8")
    code, text = preview(released, "--output", str(tmp_path / "preview.md"))
    assert code == 0, text
    assert [line for line in EXPECTED if line not in text.splitlines()] == [], text
    assert (tmp_path / "preview.md").read_text("utf-8") == text
    assert (
        sorted(path.relative_to(released.published) for path in released.published.rglob("*"))
        == before
    )


def test_nothing_changed_says_so(released: Project) -> None:
    code, text = preview(released)
    assert code == 0
    assert re.search(r"\| joint-statements \| 1\.0\.0 \| 1\.0\.0 \| unchanged \|\n$", text)


def test_a_withdrawn_version_is_not_called_unchanged_alone(
    released: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    withdraw(released.published, "joint-statements", "1.0.0", "Misread.", "2026-11-26")
    (outcome,) = run(released)
    assert outcome.withdrawn == "on 2026-11-26: Misread."
    show_outcomes([outcome])
    said = capsys.readouterr()
    assert "\tunchanged\t1.0.0 (withdrawn)\t" in said.out
    assert "1.0.0 was withdrawn on 2026-11-26: Misread. raw/ still gives the same" in said.err
    _, text = preview(released)
    assert "| joint-statements | - | - | unchanged; 1.0.0 is withdrawn, so nothing is" in text


def test_a_finding_stops_it_and_is_shown(released: Project) -> None:
    path = released.raw / "joint-statements/2022-06-14-hrc50-critical/signatories.txt"
    path.write_text(path.read_text("utf-8").replace("Croatia, ", "Croatia "), "utf-8")
    code, text = preview(released)
    assert code == 1
    assert "| joint-statements | 1.0.0 | nothing: see below | cannot be published |" in text
    assert "signatories.txt:1" in text and "Croatia, Czechia" in text


def test_a_changed_schema_says_why_the_version_is_what_it_is(released: Project) -> None:
    path = released.schemas / "joint-statements/statements.schema.json"
    schema = json.loads(path.read_text("utf-8"))
    next(item for item in schema["fields"] if item["name"] == "title").setdefault(
        "constraints", {}
    )["maxLength"] = 900
    path.write_text(json.dumps(schema), "utf-8")
    code, text = preview(released)
    assert code == 0
    assert "| joint-statements | 1.0.0 | 2.0.0 | a major version |" in text
    assert text.endswith(
        "### joint-statements\n\n- `major: statements.title: maxLength tightened`\n"
    )


def test_a_first_release_says_how_many_rows_it_has(small_project: Project) -> None:
    source_commit.find_source_commit.cache_clear()  # git is asked before the audit wall
    code, text = preview(small_project)
    assert code == 0
    assert "| joint-statements | - | 1.0.0 | first release |" in text
    rows = re.search(r"\| statements \| ([0-9]+) \| 0 \| 0 \|", text)
    assert rows and int(rows[1]) == len(list(small_project.raw.rglob("statement.toml"))) > 3


def test_words_of_strangers_are_no_markdown_and_call_nobody(released: Project) -> None:
    path = released.raw / "joint-statements/2022-06-14-hrc50-critical/signatories.txt"
    path.write_text(path.read_text("utf-8").replace("Croatia", "@someone `<b>`"), "utf-8")
    code, text = preview(released)
    assert code == 1
    (line,) = (line for line in text.splitlines() if "@someone" in line)
    assert line.startswith("- `raw/") and line.endswith("`") and line.count("`") == 2


def test_a_damaged_release_is_named_where_it_lies(released: Project) -> None:
    path = released.published / "joint-statements/1.0.0/data/statements.parquet"
    path.write_bytes(path.read_bytes()[:-1])
    raw = released.raw / "joint-statements/2022-06-14-hrc50-critical/statement.toml"
    raw.write_text(raw.read_text("utf-8") + "# read again\n", "utf-8")
    code, text = preview(released)
    assert code == 1
    assert f"~~~\n{path}: its bytes are not those that were released." in text


def test_no_message_of_a_finding_moves_the_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    finding = Finding("type-error", "got 'a\x1b[2Jb\u202e'.", Place("raw/x.csv", 1))
    show_outcomes([Outcome("documents", "failed", error="1\x1b[2J", findings=(finding,))])
    said = capsys.readouterr()
    assert "got 'a\\x1b[2Jb\\u202e'." in said.out and "documents: 1\\x1b[2J" in said.err
    item = Preview("documents", "", error="1\x1b[2J", findings=(finding,), new_findings=("\x1b",))
    text = preview_markdown([item])
    assert "\x1b" not in text and "- `\\x1b`" in text and "1\\x1b[2J" in text


def test_a_fault_in_one_package_does_not_hide_the_others(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = data_packages.build

    def broken(place: Project, package: str):  # type: ignore[no-untyped-def]
        if package == "documents":
            raise KeyError(package)
        return build(place, package)

    monkeypatch.setattr(data_packages, "build", broken)
    previews = preview_packages(project)
    assert [item.package for item in previews if item.errors] == ["documents"]
    text = preview_markdown(previews)
    assert "| documents | - | nothing: see below | cannot be published |" in text
    assert "| responses | - | 1.0.0 | first release |" in text
    assert "Report it with this trace" in text and "KeyError: 'documents'" in text
