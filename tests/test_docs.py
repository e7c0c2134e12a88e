"""What the docs say is run.

Every console command, every snippet, every relative link, the generated parts.

A block marked ``console`` holds commands after ``$ ``; one that is expected to fail ends in ``#
exit N``. Blocks marked ``python``, ``sql``
and ``r`` are run as they stand, in a copy of the project with the record published.
"""

from __future__ import annotations

import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.warm_commands import run_command
from xinjiang_record.pipeline import run
from xinjiang_record.release.metadata import data_dictionary
from xinjiang_record.settings import Project

ROOT = Path(__file__).resolve().parent.parent
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted(ROOT.glob("CONTRIBUTING.md")),
]
BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
SHELL = re.compile(r"[|&;<>$`*?~\\#]")  # what a shell does not take as it stands
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)]*)?\)")


def blocks(kind: str) -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for number, match in enumerate(BLOCK.finditer(page.read_text("utf-8")), 1):
            if match[2] == kind:
                yield f"{page.relative_to(ROOT)}:{number}", re.sub(f"(?m)^{match[1]}", "", match[3])


def parametrize(kind: str) -> pytest.MarkDecorator:
    found = list(blocks(kind))
    return pytest.mark.parametrize(("where", "text"), found, ids=[where for where, _ in found])


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with the record published, and nothing else of the checkout."""
    place = tmp_path_factory.mktemp("docs")
    for name in ("raw", "schemas", "docs"):
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("snapshots"))
    outcomes = run.run(Project(place))
    assert all(outcome.status == "published" for outcome in outcomes), outcomes
    return place


def execute(command: list[str], copy: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        command, cwd=copy, env=environment, capture_output=True, text=True, timeout=240, check=False
    )


def run_line(line: str, copy: Path) -> subprocess.CompletedProcess[str]:
    """Run a line of a console: by a shell, unless it is one command of ours and nothing else."""
    if line.startswith("xrecord ") and not SHELL.search(line):
        return run_command(*shlex.split(line)[1:], folder=copy)
    return execute(["bash", "-c", line], copy)


@parametrize("console")
def test_commands(where: str, text: str, copy: Path) -> None:
    commands = [line[2:] for line in text.splitlines() if line.startswith("$ ")]
    assert commands, f"{where}: no command in a console block"
    for line in commands:
        command, _, expected = line.partition("# exit ")
        done = run_line(command, copy)
        assert done.returncode == int(expected or 0), (
            f"{where}: {line}\n{done.stdout}\n{done.stderr}"
        )


def test_an_output_is_what_its_command_prints(copy: Path) -> None:
    """A block marked ``output`` is a part of what a command of the page prints."""
    for where, text in blocks("output"):
        page = where.partition(":")[0]
        lines = "".join(text for place, text in blocks("console") if place.startswith(f"{page}:"))
        commands = [line[2:].partition("# exit")[0] for line in lines.splitlines()]
        assert any(text in run_line(command, copy).stdout for command in commands), where


@parametrize("python")
def test_python(where: str, text: str, copy: Path) -> None:
    """The README's in a new Python; the others in one that has the imports."""
    if where.startswith("README"):
        done = execute([sys.executable, "-W", "error", "-c", text], copy)
    else:
        strict = "import warnings; warnings.simplefilter('error')\n"
        done = run_command(folder=copy, code=strict + text)
    assert done.returncode == 0, f"{where}\n{done.stderr}"


@parametrize("sql")
def test_sql(where: str, text: str, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(copy)
    assert duckdb.sql(text).fetchall(), where


@pytest.mark.skipif(
    not shutil.which("Rscript"),
    reason="R is not installed here (Debian: r-base-core); CI installs it",
)
@parametrize("r")
def test_r(where: str, text: str, copy: Path) -> None:
    done = execute(["Rscript", "--vanilla", "-e", text], copy)
    assert done.returncode == 0, f"{where}\n{done.stderr}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_lead_somewhere(page: Path) -> None:
    links = [match[1] for match in LINK.finditer(page.read_text("utf-8")) if ":" not in match[1]]
    missing = [link for link in links if not (page.parent / link).exists()]
    assert not missing, f"{page.relative_to(ROOT)}: {missing}"


def test_the_data_dictionary_is_that_of_the_schemas() -> None:
    assert (ROOT / "docs/data-dictionary.md").read_text(
        "utf-8"
    ) == data_dictionary.render_data_dictionary(Project(ROOT)), "run: make docs"


def test_the_command_reference_is_that_of_the_commands() -> None:
    page = runpy.run_path(str(ROOT / "docs/make_reference.py"))["render"]()
    assert (ROOT / "docs/commands.md").read_text("utf-8") == page, "run: make docs"


def test_the_readme_stays_short_and_begins_with_what_is_declared_and_named() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert len(readme.splitlines()) <= 120
    first = next(match[3] for match in BLOCK.finditer(readme))
    assert all(name in first for name in ("declared_count", "named_count", "roster_status"))


def test_the_index_names_every_page() -> None:
    index = (ROOT / "docs/index.md").read_text("utf-8")
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"index.md"}
    missing = sorted(name for name in pages if f"]({name})" not in index)
    assert not missing, missing


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/how-to-add-a-statement.md"])
def test_a_raw_file_that_a_guide_names_is_in_the_checkout(page: str) -> None:
    known = {path.name for name in ("raw", "schemas") for path in (ROOT / name).rglob("*.*")}
    named = re.findall(r"`([a-z_]+\.(?:csv|txt|toml))`", (ROOT / page).read_text("utf-8"))
    missing = set(named) - known - {"pyproject.toml"}
    assert named and not missing, missing
