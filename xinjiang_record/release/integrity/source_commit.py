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
    root = _run_git("rev-parse", "--show-toplevel")
    tracked = _run_git("ls-files", "--", "__init__.py")
    if root is None or not tracked or Path(root).resolve() != CODE.parent:
        return unknown
    commit = _run_git("rev-parse", "HEAD")
    changed = _run_git(
        "status", "--porcelain", "--", *(str(CODE.parent / name) for name in MADE_FROM)
    )
    if commit is None or changed is None:
        return unknown
    return {"commit": commit, "is_modified": bool(changed)}


def _run_git(*arguments: str) -> str | None:
    git = shutil.which("git")
    if git is None:
        return None
    try:
        done = subprocess.run(
            [git, "-C", str(CODE), *arguments],
            capture_output=True,
            text=True,
            timeout=GIT_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
