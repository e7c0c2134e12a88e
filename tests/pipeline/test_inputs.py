"""What a run remembers never changes its answer: every entry of the inputs is in the hash."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from xinjiang_record.errors import UsageError
from xinjiang_record.pipeline import incremental, run
from xinjiang_record.settings import Project

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    for name in ("raw", "schemas"):
        ignored = shutil.ignore_patterns("snapshots")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    return Project(tmp_path)


ENTRIES: dict[str, Callable[[Path], object]] = {
    "a pipe": lambda folder: os.mkfifo(folder / "pipe.csv"),
    "a link to a folder": lambda folder: (folder / "more").symlink_to("/etc"),
    "a link to nothing": lambda folder: (folder / "more").symlink_to("nowhere"),
    "an empty folder": lambda folder: (folder / "more").mkdir(),
}


@pytest.mark.parametrize("what", ENTRIES)
def test_every_kind_of_entry_is_in_the_key(project: Project, what: str) -> None:
    before = incremental.hash_inputs(project, "documents")
    ENTRIES[what](project.raw / "documents")
    assert incremental.hash_inputs(project, "documents") != before


def test_a_package_that_is_a_link_is_not_the_same(project: Project, tmp_path: Path) -> None:
    before = incremental.hash_inputs(project, "documents")
    shutil.move(project.raw / "documents", tmp_path / "elsewhere")
    (project.raw / "documents").symlink_to(tmp_path / "elsewhere")
    assert incremental.hash_inputs(project, "documents") != before


def test_a_copied_release_is_seen_with_the_note_of_a_success(project: Project) -> None:
    assert [item.status for item in run.run(project, ["documents"])] == ["published"]
    assert [item.status for item in run.run(project, ["documents"])] == ["unchanged"]
    package = project.published / "documents"
    shutil.copytree(package / "1.0.0", package / "1.0.5")
    (outcome,) = run.run(project, ["documents"])
    assert outcome.status == "failed" and "1.0.5: expected documents 1.0.5" in outcome.error


def test_the_code_is_in_the_key(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = tmp_path / "code"
    shutil.copytree(incremental.CODE, code, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(incremental, "CODE", code)
    before = incremental.hash_inputs(project, "documents")
    path = code / "data_packages" / "__init__.py"
    path.write_text(path.read_text() + "# other code\n")
    assert incremental.hash_inputs(project, "documents") != before


def test_a_project_without_packages_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "fields.toml").write_text("")
    with pytest.raises(UsageError, match=r"expected a folder with a package\.toml, found none"):
        run.select_packages(Project(tmp_path))
