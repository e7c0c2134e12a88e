"""Where the output of a command goes: a disk that is full, a reader that has enough."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.warm_commands import SERVER, XRECORD, run_command
from xinjiang_record.cli.print_table import print_table
from xinjiang_record.cli.release_commands.history import history
from xinjiang_record.settings import Project

PROGRAM = Path(sys.executable).with_name("xrecord")
COMMANDS = {
    "validate": ["validate", "raw/sources.csv", "--format", "json"],
    "check": ["check", "docs/example-article.txt"],  # in a second process
    "verify": ["verify", "--path", "docs"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_no_room_for_the_output_is_said_in_a_line(name: str, root: Path, tmp_path: Path) -> None:
    """What the command has buffered is lost at its end alone."""
    (err := tmp_path / "err").touch()
    call = ["-c", XRECORD, *COMMANDS[name]]
    command = SERVER.start(call, os.environ, root, Path("/dev/full"), err, seconds=300)
    assert command.wait() == 3
    *counts, said = err.read_text().splitlines()
    assert said.startswith("xrecord: [Errno 28]")
    assert counts == (["1 problem."] if name == "verify" else [])


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_the_exit_says_it_no_second_time(unbuffered: str, root: Path) -> None:
    command = f"PYTHONUNBUFFERED={unbuffered} {PROGRAM} reconcile France >/dev/full"
    done = run_in_bash(command, root)
    assert done.returncode == 3
    assert done.stderr.startswith("xrecord: [Errno 28]") and len(done.stderr.splitlines()) == 1


def test_the_whole_report_is_written_before_the_command_ends(
    project: Project, tmp_path: Path
) -> None:
    table = tmp_path / "many.csv"
    table.write_text("id\n" + "1,2\n" * 2_000)
    with open(tmp_path / "report.json", "w") as out:
        done = subprocess.run(
            [PROGRAM, "validate", table, "--format", "json", "--limit-errors", "0"],
            stdout=out,
            check=False,
        )
    assert done.returncode == 1
    assert (tmp_path / "report.json").read_text().count('"extra-cell"') == 2_000
    assert (tmp_path / "report.json").read_text().endswith("\n")


def test_a_reader_that_has_enough_ends_the_command_without_a_word(tmp_path: Path) -> None:
    """The exit code 1 would say that the data are wrong."""
    table = tmp_path / "many.csv"
    table.write_text("id\n" + "1,2\n" * 2_000)
    command = f"{PROGRAM} validate {table} --format json --limit-errors 0 | head -c 1"
    done = run_in_bash(command, tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (141, "{", "")


@pytest.mark.parametrize("command", ["--help", "get documents --from {root}/published"])
def test_a_closed_output_is_no_finding(command: str, root: Path, tmp_path: Path) -> None:
    """Nor of a command that runs in a second process, as ``get`` does."""
    pipe = f"PYTHONUNBUFFERED=1 {PROGRAM} {command.format(root=root)} | true"
    done = run_in_bash(pipe, tmp_path)
    assert (done.returncode, done.stderr) == (141, "")


def run_in_bash(pipe: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run two commands; the exit code is that of the first one.

    Unbuffered, Python takes it for success that a part was written before the pipe was closed.
    """
    line = ["bash", "-c", f"unset PYTHONUNBUFFERED; {pipe}; exit ${{PIPESTATUS[0]}}"]
    return subprocess.run(line, cwd=folder, capture_output=True, text=True, check=False)


def test_a_source_of_several_events_of_a_row_is_printed_once(root: Path) -> None:
    record = "2019-07-12-hrc41-supportive.QAT"  # signed and withdrew, by the same source
    told = CliRunner().invoke(history, [record, "--from", str(root / "published")]).output
    _, evidence = told.split("\n\n")
    lines = evidence.splitlines()
    assert len(lines) > 1 and len(lines) == len(set(lines))


def test_a_narrow_terminal_cuts_no_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("COLUMNS", "40")
    record = "2019-07-12-hrc41-supportive.QAT"
    print_table(("package", "record", "reason"), [("joint-statements", record, "")])
    shown = terminal.getvalue()
    cells = [line.split("│")[2].strip() for line in shown.splitlines() if "│" in line]
    assert "".join(cells) == record
    assert "reason" not in shown and "…" not in shown  # a column without any value is left out


@pytest.mark.parametrize(
    "command",
    [
        "preview --output",
        "figure map --as-of 2025-11-30 --output",
        "figure chart --quantity-type stock -o",
        "extract raw/sources.csv --review",
        "extract raw/sources.csv --into",
        "add raw/sources.csv --review-file",
        "site build --output",
        "publish-site --output",
        "sign stamp documents@1.0.0",
    ],
)
def test_no_output_is_written_among_the_releases(command: str, project: Project) -> None:
    project.published.mkdir()
    done = run_command(*command.split(), "published/x", folder=project.root)
    assert done.returncode == 2 and "outside of the releases" in done.stderr
    assert not list(project.published.iterdir())
