"""``xrecord add`` on a real terminal: from a page saved in a browser to a published release."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest
from pages import BODY, members, page

import xinjiang_record as xr
from tests.project_copies import copy_project
from tests.warm_commands import run_command
from xinjiang_record.document_readers.open_document import open_document_bytes
from xinjiang_record.proposals.draft import draft_document
from xinjiang_record.settings import Project

COMMAND = [sys.executable, "-m", "xinjiang_record.cli"]
ANSWERS = {
    "statement_type": "joint_statement",
    "stance": "critical",
    "delivered": "2026-06-14",
    "body": "1",
    "session": "HRC62",
    "topics": "1",
    "roster_status": "complete",
    f"name {BODY}": "leave-out",
}


def run(project: Project, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return run_command("--project", project.root, *arguments, folder=project.root)


def answer(
    project: Project, answers: dict[str, str], *arguments: str | Path
) -> tuple[str, list[str]]:
    """Run ``add`` on a terminal; return what it printed at the end, and what it asked."""
    asked: list[str] = []
    child = pexpect.spawn(
        sys.executable,
        [*COMMAND[1:], "--project", str(project.root), "add", *map(str, arguments)],
        encoding="utf-8",
        timeout=60,
        dimensions=(50, 250),
    )
    while child.expect([r"\r\n([^\r\n>]+?)(?: \([^\r\n>]*\))*> ", pexpect.EOF]) == 0:
        asked.append(child.match[1].strip())
        child.sendline(answers[asked[-1]])
    child.close()
    return child.before or "", asked


def test_a_page_of_98_states_with_a_body_among_them(record: Project, tmp_path: Path) -> None:
    states = members(98)
    names = [name for _, name in states]
    saved = tmp_path / "page.html"
    saved.write_text(page([*names[:49], BODY, *names[49:]], 98), "utf-8")
    output, asked = answer(record, ANSWERS, saved)
    assert "written: raw/joint-statements/2026-06-14-hrc62-critical/statement.toml" in output, (
        output
    )
    assert len(asked) <= 8, asked
    preview = run(record, "preview", "joint-statements")
    assert preview.returncode == 0, preview.stdout + preview.stderr
    done = run(record, "run", "--direct", "joint-statements")
    assert done.returncode == 0, done.stdout + done.stderr
    roster = xr.roster("2026-06-14-hrc62-critical", base=record.published)
    assert set(roster["country_iso3"]) == {code for code, _ in states}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write_small(tmp_path)


def write_small(folder: Path) -> Path:
    saved = folder / "small.html"
    saved.write_text(page(["Albania", "Austria", "Korea", "Canada", "Denmark"], 5), "utf-8")
    return saved


def test_an_open_name_is_asked_with_numbered_candidates_and_a_reason(
    record: Project, small: Path
) -> None:
    answers = {**ANSWERS, "name Korea": "1", "reason": "Its mission read the statement."}
    _, asked = answer(record, answers, small)
    assert "name Korea" in asked and "reason" in asked
    text = (record.raw / "joint-statements/2026-06-14-hrc62-critical/statement.toml").read_text()
    assert 'as_printed = "Korea"' in text and 'reason = "Its mission read the statement."' in text
    done = run(record, "run", "--direct", "joint-statements")
    assert done.returncode == 0, done.stdout
    roster = xr.roster("2026-06-14-hrc62-critical", base=record.published)
    assert "KOR" in set(roster["country_iso3"]) and len(roster) == 5


def test_the_source_is_registered_once_and_its_snapshot_stored(
    record: Project, small: Path
) -> None:
    answers = {**ANSWERS, "name Korea": "leave-out"}
    answer(record, answers, small)
    with open(record.raw / "sources.csv", encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    new = [row for row in rows if row["url"] == "https://mission.example.org/xinjiang-2026"]
    assert [(row["title"], row["publisher"], row["published_edtf"]) for row in new] == [
        ("Joint statement on Xinjiang", "Example Mission", "2026-06-14")
    ]
    source = new[0]["source_id"]
    again = run(record, "add", source, "--no-input")
    assert "statement 1: 5" in again.stdout, again.stdout + again.stderr
    assert len((record.raw / "sources.csv").read_text("utf-8").splitlines()) == len(rows) + 1


def test_without_input_each_question_is_a_finding_and_nothing_is_guessed(
    record: Project, small: Path
) -> None:
    before = sorted(path.name for path in (record.raw / "joint-statements").iterdir())
    done = run(record, "add", small, "--no-input")
    assert done.returncode == 1
    for word in ("statement_type", "stance", "delivered", "body", "topics", "name Korea"):
        assert f"finding: {word}: not known." in done.stdout
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in (record.raw / "joint-statements").iterdir()) == before


def test_a_figure_has_its_place_in_the_whole_document() -> None:
    text = b"<p>Albania, Chile and Malta signed.</p><p>More than 1,200 people were detained.</p>"
    draft = draft_document(open_document_bytes(text, "page.html"), "")
    figure = draft.figures[0]
    assert draft.text[figure.start : figure.end] == figure.phrase == "More than 1,200 people"


def test_the_end_of_the_input_writes_nothing(record: Project, small: Path) -> None:
    before = (record.raw / "sources.csv").read_bytes()
    done = subprocess.run(
        [*COMMAND, "--project", str(record.root), "add", str(small)],
        input="joint_statement\n",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2 and "Nothing was written" in done.stderr
    assert (record.raw / "sources.csv").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("s-9999",), "s-9999 is not in raw/sources.csv"),
        (("no-such-file.html",), "no-such-file.html"),
        (("small.html", "--review", "--no-input"), "at most one of --no-input, --review"),
    ],
)
def test_what_cannot_be_added_is_said(
    record: Project, small: Path, arguments: tuple[str, ...], words: str
) -> None:
    shutil.copy(small, record.root / "small.html")
    done = run(record, "add", *arguments)
    assert done.returncode in (1, 2, 3) and words in done.stderr and "Traceback" not in done.stderr


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The draft in the review page of the small document, as the page's script reads it.

    It is the same in every copy of the project. JSON text, so that no test changes another's.
    """
    folder = tmp_path_factory.mktemp("reviewed")
    project = copy_project(folder / "project")
    saved, out = write_small(folder), folder / "review.html"
    done = run(project, "add", saved, "--review-file", out)
    assert done.returncode == 0, done.stderr
    text = out.read_text("utf-8")
    start = text.index("const draft = ") + len("const draft = ")
    return json.dumps(json.JSONDecoder().raw_decode(text[start:])[0])


def test_a_reviewed_draft_is_applied(
    record: Project, small: Path, reviewed: str, tmp_path: Path
) -> None:
    draft = json.loads(reviewed)
    statement = draft["statements"][0]  # type: ignore[index]
    statement["statement_id"] = "2026-06-14-hrc62-critical"
    statement["facts"] |= {
        "statement_type": "joint_statement",
        "stance": "critical",
        "delivered": "2026-06-14",
        "body": "UN Human Rights Council",
        "session": "HRC62",
        "topics": ["xinjiang"],
        "roster_status": "partial",
    }
    for row in statement["rows"]:
        row["keep"] = row["name"] != "Korea"
    decided = tmp_path / "decided.json"
    decided.write_text(json.dumps(draft))
    done = run(record, "add", small, "--apply", decided)
    assert done.returncode == 0, done.stdout + done.stderr
    assert run(record, "run", "--direct", "joint-statements").returncode == 0
    roster = xr.roster("2026-06-14-hrc62-critical", base=record.published)
    assert set(roster["country_iso3"]) == {"ALB", "AUT", "CAN", "DNK"}


@pytest.mark.parametrize(
    "change",
    [
        lambda draft: draft | {"sha256": "0" * 64},
        lambda draft: draft | {"format": 2},
        lambda draft: draft | {"extra": 1},
        lambda draft: draft | {"statements": [{"rows": "none"}]},
        lambda draft: draft | {"statements": [draft["statements"][0] | {"statement_id": "../x"}]},
    ],
)
def test_a_draft_of_another_shape_or_document_is_refused(
    record: Project, small: Path, reviewed: str, tmp_path: Path, change
) -> None:  # type: ignore[no-untyped-def]
    decided = tmp_path / "decided.json"
    decided.write_text(json.dumps(change(json.loads(reviewed))))
    before = sorted((record.raw / "joint-statements").iterdir())
    done = run(record, "add", small, "--apply", decided)
    assert done.returncode == 2 and "Traceback" not in done.stderr, done.stderr
    assert sorted((record.raw / "joint-statements").iterdir()) == before
