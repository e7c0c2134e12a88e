"""The commit that a release says it was made from: that of the program's own checkout, or none."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from pathlib import Path

import pytest

from xinjiang_record.release.integrity import source_commit

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
UNKNOWN = {"commit": None, "is_modified": None}


def git(folder: Path, *arguments: str) -> str:
    names = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
    done = subprocess.run(
        ["git", "-C", str(folder), *names, *arguments], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with the module where it is in this one."""
    made = tmp_path / "checkout"
    module = made / "xinjiang_record/release/integrity/source_commit.py"
    module.parent.mkdir(parents=True)
    shutil.copy(source_commit.__file__, module)
    (made / "xinjiang_record/__init__.py").touch()
    (made / "raw").mkdir()
    (made / "raw/facts.csv").write_text("a\n")
    (made / ".gitignore").write_text("__pycache__/\n")
    git(made, "init", "-q")
    git(made, "add", ".")
    git(made, "commit", "-q", "-m", "Begin")
    return made


def found(checkout: Path) -> dict[str, str | bool | None]:
    """Load the module from the checkout and ask it."""
    path = checkout / "xinjiang_record/release/integrity/source_commit.py"
    spec = importlib.util.spec_from_file_location("source_commit_of_a_test", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    answer: dict[str, str | bool | None] = module.find_source_commit()
    return answer


def test_the_commit_and_whether_what_is_read_differs_from_it(checkout: Path) -> None:
    commit = git(checkout, "rev-parse", "HEAD")
    assert found(checkout) == {"commit": commit, "is_modified": False}
    (checkout / "notes.txt").write_text("no release is made from this\n")
    assert found(checkout) == {"commit": commit, "is_modified": False}
    (checkout / "raw/facts.csv").write_text("b\n")
    assert found(checkout) == {"commit": commit, "is_modified": True}


def test_no_commit_is_named_of_what_is_not_the_checkout_itself(checkout: Path) -> None:
    """A folder in another repository, a copy that is not tracked, and no repository."""
    inner = checkout / "inner"
    shutil.copytree(checkout / "xinjiang_record", inner / "xinjiang_record")
    git(checkout, "add", "inner")
    git(checkout, "commit", "-q", "-m", "Add a copy")
    assert found(inner) == UNKNOWN
    git(checkout, "rm", "-q", "--cached", "-r", "xinjiang_record")
    assert found(checkout) == UNKNOWN
    shutil.rmtree(checkout / ".git")
    assert found(checkout) == UNKNOWN


def test_no_commit_is_named_before_the_first_and_without_git(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(checkout / ".git")
    git(checkout, "init", "-q")
    git(checkout, "add", ".")
    assert found(checkout) == UNKNOWN
    git(checkout, "commit", "-q", "-m", "Begin again")
    assert found(checkout)["commit"]
    monkeypatch.setenv("PATH", "/nowhere")
    assert found(checkout) == UNKNOWN
