"""A release is built again from its commit, with the same bytes."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from xinjiang_record.errors import EnvironmentFault, UsageError
from xinjiang_record.pipeline.rebuild import rebuild
from xinjiang_record.settings import Project

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")


def git(folder: Path, *arguments: str) -> str:
    names = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=0")
    done = subprocess.run(
        ["git", "-C", str(folder), *names, *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with this code, from which one package was published and committed."""
    folder = tmp_path_factory.mktemp("rebuild") / "checkout"
    ignored = shutil.ignore_patterns("snapshots")
    for name in ("xinjiang_record", "raw", "schemas"):  # with what Python compiled
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    (folder / ".gitignore").write_text("runs/\n__pycache__/\n")
    git(folder.parent, "init", "--quiet", str(folder))
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "Code and sources")
    environment = {**os.environ, "PYTHONPATH": str(folder), "XRECORD_PROJECT": str(folder)}
    subprocess.run(
        [sys.executable, "-m", "xinjiang_record.cli", "run", "--direct", "documents"],
        cwd=folder,
        env=environment,
        check=True,
        capture_output=True,
    )
    git(folder, "add", "--all", "published")
    git(folder, "commit", "--quiet", "-m", "Publish")
    return folder


@pytest.fixture
def other(checkout: Path, tmp_path: Path) -> Path:
    """A clone of the repository, to change."""
    git(checkout.parent, "clone", "--quiet", str(checkout), str(tmp_path / "other"))
    return tmp_path / "other"


def test_a_release_names_its_commit_and_is_built_again(checkout: Path) -> None:
    made = json.loads((checkout / "published/documents/1.0.0/provenance.json").read_text())
    assert made["code"]["commit"] == git(checkout, "rev-parse", "HEAD~1")
    assert made["code"]["is_modified"] is False
    done = rebuild(Project(checkout), "documents", "latest")
    assert done.is_equal and done.libraries == ()
    assert git(checkout, "status", "--porcelain") == ""
    assert git(checkout, "worktree", "list").count("\n") == 0


def test_the_scheduled_check_finds_a_release_that_was_changed_with_its_sums(other: Path) -> None:
    from flows import verify_flow

    release = other / "published/documents/1.0.0"
    readme, sums = release / "README.md", release / "SHA256SUMS"
    before = hashlib.sha256(readme.read_bytes()).hexdigest()
    readme.write_text(readme.read_text() + "One more line.\n")
    after = hashlib.sha256(readme.read_bytes()).hexdigest()
    sums.write_text(sums.read_text().replace(before, after))
    problems, note = verify_flow.rebuild_package.fn(Project(other), "documents")
    commit = git(other, "rev-parse", "HEAD~1")[:12]
    assert note == f"documents: built again from {commit}, 2 files differ."
    assert [problem.split(" differs")[0] for problem in problems] == [
        "documents: README.md",
        "documents: SHA256SUMS",
    ]


def lock_this_environment(folder: Path) -> str:
    """Return a lock of one library: it lends the libraries of this environment."""
    wheel = folder / "lend-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("lend.pth", f"{sysconfig.get_path('purelib')}\n")
        about = "lend-1.0.dist-info"
        archive.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: lend\nVersion: 1.0\n")
        archive.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{about}/RECORD", "")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return f"lend @ {wheel.as_uri()} --hash=sha256:{digest}\n"


@pytest.mark.medium
def test_another_commit_gives_other_bytes_with_the_libraries_of_its_lock(
    other: Path, tmp_path: Path
) -> None:
    path, lock = other / "schemas/documents/package.toml", other / "requirements.lock"
    path.write_text(path.read_text().replace('title = "', 'title = "Other ', 1))
    text = lock_this_environment(tmp_path)
    lock.write_text(text)
    git(other, "add", "requirements.lock")
    git(other, "commit", "--quiet", "--all", "--message", "Lock, and other words")
    commit = git(other, "rev-parse", "HEAD")
    done = rebuild(Project(other), "documents", "1.0.0", commit, is_locked=True)
    assert "README.md" in done.different and "data/documents.csv" not in done.different
    assert done.libraries == ()
    lock.write_text(text[:-9] + "00000000\n")
    git(other, "commit", "--quiet", "--all", "--message", "Lock other bytes")
    with pytest.raises(EnvironmentFault, match="could not be installed"):
        rebuild(Project(other), "documents", "1.0.0", "HEAD", is_locked=True)


def test_a_release_without_a_commit_asks_for_one(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "published/documents", tmp_path / "published/documents", symlinks=True)
    made = json.loads((tmp_path / "published/documents/1.0.0/provenance.json").read_text())
    assert "commit" not in made["code"]
    with pytest.raises(UsageError, match="names no commit"):
        rebuild(Project(tmp_path), "documents", "1.0.0")


def test_a_commit_that_is_not_there_is_told_in_words_of_ours(other: Path, tmp_path: Path) -> None:
    for commit in ("0" * 40, "no-such-branch", "--help"):
        with pytest.raises(EnvironmentFault, match="which is not in it") as refused:
            rebuild(Project(other), "documents", "1.0.0", commit)
        assert "fatal" not in str(refused.value)
    bare = tmp_path / "bare"
    shutil.copytree(other / "published", bare / "published", symlinks=True)
    with pytest.raises(EnvironmentFault, match="Clone the repository with git, and run") as refused:
        rebuild(Project(bare), "documents", "1.0.0")
    assert "fatal" not in str(refused.value)
