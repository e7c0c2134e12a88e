"""Find the commit of the checkout that this program runs from, so that a release can be rebuilt."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

CODE = Path(__file__).resolve().parents[2]
GIT_SECONDS = 10
MADE_FROM = ("raw", "schemas", "xinjiang_record", "requirements.lock")  # of the checkout


@cache
def find_source_commit() -> dict[str, str | bool | None]:
    """Return the commit, and whether what a release is made from differs from it.

    Both are None outside a checkout, for an installed program, and without git.
    """
    unknown: dict[str, str | bool | None] = {"commit": None, "is_modified": None}
    root = run_git(CODE, "rev-parse", "--show-toplevel")
    tracked = run_git(CODE, "ls-files", "--", "__init__.py")
    if root is None or not tracked or Path(root).resolve() != CODE.parent:
        return unknown
    commit = run_git(CODE, "rev-parse", "HEAD")
    made_from = (str(CODE.parent / name) for name in MADE_FROM)
    changed = run_git(CODE, "status", "--porcelain", "--", *made_from)
    if commit is None or changed is None:
        return unknown
    return {"commit": commit, "is_modified": bool(changed)}


def run_git(folder: Path, *arguments: str) -> str | None:
    """Return what git says about a folder; None without git, and if it fails."""
    git = shutil.which("git")
    if git is None:
        return None
    try:
        done = subprocess.run(
            [git, "-C", str(folder), *arguments],
            capture_output=True,
            text=True,
            timeout=GIT_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
