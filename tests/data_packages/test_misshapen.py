"""Raw files and schemas of every wrong shape.

A finding or an error with its file and line, never an exception of another kind.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from xinjiang_record import data_packages
from xinjiang_record.errors import CorrectionError, SchemaError
from xinjiang_record.model import Finding
from xinjiang_record.pipeline import run
from xinjiang_record.pipeline.outcome import outcome_of_error
from xinjiang_record.settings import Project

STATEMENT, OTHER = "2022-06-14-hrc50-critical", "2019-07-12-hrc41-supportive"


@pytest.fixture
def project(project_of: Callable[..., Project]) -> Project:
    return project_of(STATEMENT, OTHER)


def errors(project: Project, package: str = "joint-statements") -> list[Finding]:
    found = [
        item for item in data_packages.build(project, package).findings if item.severity == "error"
    ]
    assert found
    assert all(item.place and item.place.line for item in found), found
    return found


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ('title = "Joint', 'title = ["a"]\nold = "Joint', 2, "title is a list, not a text."),
        ('topics = ["xinjiang", "hong_kong", "tibet"]\n', "", 1, "topics is missing."),
        (
            'topics = ["xinjiang", "hong_kong", "tibet"]',
            "topics = 5",
            8,
            "topics is a number, not a list.",
        ),
        ('"hong_kong"', '"hongkong"', 8, "topic is 'hongkong', which is none of"),
        ('"tibet"]', '"xinjiang"]', 8, "topics are empty, or one is there twice."),
        (
            "declared_count = 47",
            'declared_count = "47"',
            9,
            "declared_count is a text, not a whole number",
        ),
        ("declared_count = 47", "declared_count = 0", 9, "declared_count is below 1."),
        ('stance = "critical"', 'stance = "hostile"', 4, "stance is 'hostile'"),
        (
            'delivered = "2022-06-14"',
            "delivered = 2022-06-14",
            5,
            "delivered is a date, not a text.",
        ),
        (
            "recorded_on = 2026-11-23",
            'recorded_on = "2026-11-23"',
            12,
            "recorded_on is a text, not a day",
        ),
        ('sources = ["s-0074", "s-0075"]', "sources = []", 11, "sources is empty."),
        (
            'sources = ["s-0074", "s-0075"]',
            'sources = ["s-9999"]',
            11,
            "'s-9999' is not in raw/sources.csv",
        ),
        ('name = "Netherlands"\n', "", 15, "leads[1].name is missing."),
        (
            'name = "Netherlands"',
            'name = "Ruritania"',
            16,
            '"Ruritania" is not the name of a country.',
        ),
        ('role = "delivered"', 'role = "read"', 15, "lead_role is 'read'"),
        (
            'role = "delivered"',
            'role = "delivered"\nbasis = "rumour"',
            18,
            "basis: expected recall, got 'rumour'.",
        ),
        ('file = "signatories.txt"\n', "", 19, "lists[1].file is missing."),
        ('file = "signatories.txt"', 'file = "names.txt"', 20, "the list names.txt is not there."),
        ("count = 47\nas_of", 'count = "47"\nas_of', 26, "count_claims[1].count is a text"),
        ('as_of = "2022-06-14"', 'as_of = "2022-06-31"', 27, "2022-06-31"),
        (
            'as_of = "2022-06-14"\nsource_id',
            'as_of = "2022-06-14"\nsource',
            28,
            "count_claims[1].source is not a key",
        ),
        ("[[leads]]", "[leads]", 15, "leads is a table, not a list."),
        ('stance = "critical"', 'sttance = "critical"', 4, "sttance is not a key of this file."),
    ],
)
def test_a_statement_of_the_wrong_shape(
    project: Project, old: str, new: str, line: int, told: str
) -> None:
    path = project.raw / "joint-statements" / STATEMENT / "statement.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1))
    found = [item for item in errors(project) if told in item.message]
    assert found
    assert str(found[0].place) == f"raw/joint-statements/{STATEMENT}/statement.toml:{line}"


def _symlink(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.parent.parent / "sources.csv")


def _rename(name: str) -> Callable[[Path], object]:
    return lambda path: path.rename(path.with_name(name))


BAD_FILES: dict[str, tuple[Callable[[Path], object], str]] = {
    "gone": (Path.unlink, "is not there"),
    "empty": (lambda path: path.write_bytes(b""), "lacks the column"),
    "a slip in its name": (_rename("event.csv"), "nothing reads this file"),
    "another ending": (_rename("events.cvs"), "nothing reads it"),
    "a link": (_symlink, "is not a regular file"),
    "a mark of byte order": (
        lambda path: path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes()),
        "unseen character",
    ),
    "lines of another system": (
        lambda path: path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n")),
        "unseen",
    ),
    "a NUL": (lambda path: path.write_bytes(path.read_bytes() + b"\0"), "unseen character"),
    "too large": (lambda path: path.write_bytes(b"a" * (17 << 20)), "document_text_bytes"),
}


@pytest.mark.parametrize("what", BAD_FILES)
@pytest.mark.parametrize("package", ["responses", "joint-statements"])
def test_a_bad_file(project: Project, package: str, what: str) -> None:
    folder = {
        "responses": "responses",
        "joint-statements": f"joint-statements/{OTHER}",
    }[package]
    breaks, told = BAD_FILES[what]
    breaks(project.raw / folder / "events.csv")
    found = errors(project, package)
    if (what, package) != (
        "gone",
        "joint-statements",
    ):  # there events.csv may be absent: the count then disagrees
        assert any(told in item.message for item in found), found


def test_a_statement_without_its_facts_is_told(project: Project) -> None:
    (project.raw / "joint-statements" / STATEMENT / "statement.toml").unlink()
    (finding,) = [item for item in errors(project) if "statement.toml is not there" in item.message]
    assert str(finding.place) == f"raw/joint-statements/{STATEMENT}/statement.toml:1"


def test_a_folder_of_junk_is_told(project: Project) -> None:
    junk = project.raw / "joint-statements/2030-01-01-junk"
    junk.mkdir()
    (junk / "scan.pdf").write_bytes(b"%PDF")
    assert any(item.place and item.place.path.endswith("scan.pdf") for item in errors(project))


def test_without_the_registry_there_is_one_finding(project: Project) -> None:
    (project.raw / "sources.csv").unlink()
    (finding,) = errors(project, "documents")
    assert str(finding.place) == "raw/sources.csv:1"


def test_the_same_evidence_twice_is_told(project: Project) -> None:
    path = project.raw / "documents/evidence.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines, lines[1]]))
    (finding,) = errors(project, "documents")
    assert finding.place and finding.place.line == len(lines) + 1


def test_a_name_that_is_no_text_stops_nothing_else(project: Project) -> None:
    (Path(str(project.raw / "documents")) / "a\udcff.csv").write_bytes(b"a\n")
    assert str(errors(project, "documents")[0]).encode("utf-8")
    assert run.run_package(project, "documents").exit_code == 1


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (
            "documents/package.toml",
            "resources = [",
            "resources = 5 # [",
            "resources is a number, not a list.",
        ),
        ("documents/package.toml", '"directives", ', "", "'directives'"),
        (
            "documents/package.toml",
            '"evidence"]',
            '"evidence", "../x"]',
            "'../x': expected a name",
        ),
        ("documents/package.toml", 'name = "documents"', 'name = "papers"', "Make them the same."),
        ("fields.toml", 'type = "string"', 'type = ["string"]', "type is a list, not a text."),
        ("fields.toml", "title =", "titel =", "titel is not a key"),
        (
            "documents/documents.schema.json",
            '"fields": [',
            '"fields": 5, "old": [',
            "no list of fields",
        ),
        (
            "documents/documents.schema.json",
            '"required": true',
            '"required": "yes"',
            "required is a text, not true",
        ),
        (
            "documents/documents.schema.json",
            '"minimum": 1',
            '"minimum": "1"',
            "minimum is a text, not a number.",
        ),
        (
            "documents/directives.schema.json",
            '"reference": {',
            '"reference": 5, "old": {',
            "reference is a number",
        ),
        (
            "documents/assertions.toml",
            "min = 75",
            'min = "55"',
            "rows.min is a text, not a whole number",
        ),
        ("documents/assertions.toml", "[[assertions]]", "[assertions]", "assertions"),
    ],
)
def test_a_schema_of_the_wrong_shape(
    project: Project, file: str, old: str, new: str, told: str
) -> None:
    path = project.schemas / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(SchemaError) as caught:
        data_packages.build(project, "documents")
    assert told in str(caught.value)
    assert Path(file).name in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["corrections = 5", "[[corrections]]\ntable = []\n", "[[corrections]]\nmatch = 5\n", "a ="],
)
def test_corrections_of_the_wrong_shape(project: Project, text: str) -> None:
    (project.schemas / "documents/corrections.toml").write_text(text)
    with pytest.raises(CorrectionError, match="corrections"):
        data_packages.build(project, "documents")


def test_a_runs_folder_that_cannot_be_written_takes_nothing_back(project: Project) -> None:
    project.runs.write_text("a file where a folder should be")
    outcome = run.run_package(project, "documents")
    assert outcome.status == "published", outcome.error
    shutil.rmtree(project.published)


def test_a_ledger_that_was_changed_is_not_taken_for_unchanged(project: Project) -> None:
    assert run.run_package(project, "documents").status == "published"
    assert run.ingest(project, "documents") == ""
    (project.published / "documents/versions.json").write_text("{")
    outcome = run.run_package(project, "documents")
    assert outcome.status == "failed", outcome
    assert "versions.json" in outcome.error
    assert "Traceback" not in outcome.error


def test_a_fault_of_the_disk_is_told_without_a_trace() -> None:
    error = OSError(28, "No space left on device", "published/x")
    outcome = outcome_of_error("documents", error)
    assert outcome.exit_code == 3
    assert outcome.error.startswith("published/x: No space left on device.")


def test_a_bug_in_a_package_exits_as_one_in_the_command() -> None:
    outcome = outcome_of_error("documents", ZeroDivisionError("a fault"))
    assert outcome.exit_code == 3  # 1 would say that the data have findings
    assert "This is a bug" in outcome.error and "ZeroDivisionError: a fault" in outcome.error
