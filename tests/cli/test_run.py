"""``xrecord run --direct`` as a user calls it.

A process of its own, its exit code, its streams, what it leaves behind.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from tests.warm_commands import SERVER, run_command, run_warm
from tests.warm_commands import XRECORD as XRECORD_CODE
from xinjiang_record.settings import Project

XRECORD = Path(sys.executable).with_name("xrecord")


def xrecord(
    project: Project, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [XRECORD, *arguments],
        cwd=project.root,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def warm(project: Project, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process that has all its imports."""
    return run_command(*arguments, folder=project.root)


def test_publishes_then_finds_nothing_changed(project: Project) -> None:
    first = xrecord(project, "run", "--direct")
    assert first.returncode == 0, first.stderr
    lines = [line for line in first.stdout.splitlines() if "\tpublished: " in line]
    packages = ["detention-figures", "documents", "joint-statements", "responses"]
    assert [line.split("\t")[:3] for line in lines] == [
        [name, "published", "1.0.0"] for name in packages
    ]
    before = {path: path.stat().st_mtime_ns for path in project.published.rglob("*")}

    second = xrecord(project, "run", "--direct")
    assert second.returncode == 0, second.stderr
    lines = [line for line in second.stdout.splitlines() if "\tpublished: " in line]
    assert [line.split("\t")[:3] for line in lines] == [
        [name, "unchanged", "1.0.0"] for name in packages
    ]
    assert {path: path.stat().st_mtime_ns for path in project.published.rglob("*")} == before


def test_a_terminal_gets_a_table_for_people_and_the_next_steps(project: Project) -> None:
    command = f"{XRECORD} run --direct documents"
    options = {"cwd": str(project.root), "timeout": 300, "dimensions": (40, 160)}
    shown = pexpect.run(command, **options).decode()
    assert re.search(r"documents +│ 1\.0\.0 \(published\) +│ [0-9,]+ in [0-9]+ tables", shown), (
        shown
    )
    assert "memory" in shown and "recall" not in shown  # the reason in words
    assert "make site" in shown and "cite joint-statements" in shown
    assert "durations" not in shown
    verbose = pexpect.run(f"{command} --verbose", **options).decode()
    assert "document_languages" in verbose and "durations: ingest" in verbose
    failing = project.schemas / "documents/corrections.toml"
    failing.write_text("no = 'shape'", "utf-8")
    shown = pexpect.run(command, **options).decode()
    assert "Nothing of documents was published." in shown and "make site" not in shown


def test_unchanged_does_not_rest_on_what_a_run_remembers(project: Project) -> None:
    assert warm(project, "run", "--direct", "documents").returncode == 0
    remembered = next((project.runs / "unchanged").glob("*.json"))
    remembered.unlink()
    again = warm(project, "run", "--direct", "documents")
    assert "\tunchanged\t1.0.0\t" in again.stdout


def test_one_failed_package_leaves_the_others_published(project: Project) -> None:
    path = project.raw / "joint-statements/2022-06-14-hrc50-critical/signatories.txt"
    path.write_text(path.read_text().replace("Croatia, ", "Croatia "))
    done = warm(project, "run", "--direct", "joint-statements", "documents")
    assert done.returncode == 1
    assert "signatories.txt:1: unknown-country:" in done.stdout
    assert "Did a comma go missing (Croatia, Czechia)?" in done.stdout
    assert "joint-statements: 1 finding.\nNothing of joint-statements was published." in done.stderr
    assert (project.published / "documents/latest/datapackage.json").is_file()
    assert not (project.published / "joint-statements").exists()
    (failure,) = project.runs.glob("failed-*.json")
    (item,) = json.loads(failure.read_text())["packages"]
    assert item["package"] == "joint-statements"
    assert any("Croatia" in finding for finding in item["findings"])


def test_the_log_has_stages_and_outcomes_under_the_id_of_the_runs_records(project: Project) -> None:
    path = project.raw / "joint-statements/2022-06-14-hrc50-critical/signatories.txt"
    path.write_text(path.read_text().replace("Croatia, ", "Croatia "))
    command = ["-c", XRECORD_CODE, "run", "--direct", "joint-statements", "documents"]
    done = run_warm(SERVER, command, {**os.environ, "XRECORD_LOG": "json"}, project.root)
    lines = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    seen = [
        (line["event"], line["package"], line["level"])
        for line in lines
        if line["level"] != "warning"
    ]
    assert seen == [
        ("ingest", "joint-statements", "info"),
        ("validate", "joint-statements", "info"),
        ("finding", "joint-statements", "error"),
        ("built", "joint-statements", "info"),
        ("ingest", "documents", "info"),
        ("validate", "documents", "info"),
        ("built", "documents", "info"),
        ("publish", "documents", "info"),
        ("published", "documents", "info"),
        ("outcome", "joint-statements", "error"),
        ("outcome", "documents", "info"),
    ]
    failed, published = lines[-2:]
    assert (failed["status"], published["status"]) == ("failed", "published")
    assert failed["findings"] >= 1
    assert failed["error"] == "1 finding."
    kept = [
        json.loads(path.read_text())
        for path in (*project.runs.glob("run-*"), *project.runs.glob("failed-*"))
    ]
    assert len(kept) == 2 and {item["run_id"] for item in (*kept, *lines)} == {kept[0]["run_id"]}


@pytest.mark.parametrize(
    "arguments",
    [["run", "--direct", "no-such-package"], ["run", "--no-such-option"], ["no-such-command"]],
)
def test_a_wrong_call_exits_with_2_and_one_plain_message(
    project: Project, arguments: list[str]
) -> None:
    done = warm(project, *arguments)
    assert done.returncode == 2
    assert "no-such" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_run_whose_record_cannot_be_written_publishes_nothing(project: Project) -> None:
    (project.root / "runs").write_text("not a folder")
    done = warm(project, "run", "--direct", "documents")
    assert (done.returncode, done.stdout) == (3, "")
    assert f"{project.runs}: File exists. Nothing was written. The record of a run" in done.stderr
    assert not project.published.exists()


def test_outside_a_checkout(tmp_path: Path) -> None:
    done = warm(Project(tmp_path), "run", "--direct")
    assert done.returncode == 2
    assert "--project" in done.stderr
    done = warm(Project(tmp_path), "--project", str(tmp_path), "run", "--direct")
    assert done.returncode == 2
    assert f"--project {tmp_path}: expected a checkout of Xinjiang Record" in done.stderr


def test_a_project_named_from_elsewhere(project: Project, tmp_path: Path) -> None:
    done = warm(Project(tmp_path), "--project", str(project.root), "run", "--direct", "documents")
    assert done.returncode == 0, done.stderr
    assert (project.published / "documents/latest").is_symlink()


def test_help_teaches_and_starts_without_the_heavy_libraries(project: Project) -> None:
    done = xrecord(project, "--help", PYTHONPROFILEIMPORTTIME="1")
    assert done.returncode == 0
    for command in (
        "run",
        "validate",
        "verify",
        "diff",
        "versions",
        "cite",
        "fetch",
        "extract",
        "reconcile",
        "figure",
        "site",
    ):
        assert f"\n  {command} " in done.stdout
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if "|" in line}
    assert not imported & {"pyarrow", "pandas", "polars", "frictionless", "prefect", "duckdb"}


def test_an_environment_variable_that_is_no_number(project: Project) -> None:
    done = xrecord(project, "run", "--direct", XRECORD_LIMIT_CELL_CHARS="many")
    assert done.returncode == 2
    assert "XRECORD_LIMIT_CELL_CHARS" in done.stderr
    assert "Traceback" not in done.stderr
