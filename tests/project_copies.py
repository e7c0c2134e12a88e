"""Copies of the project, to break and to publish from."""

from __future__ import annotations

import shutil
from collections.abc import Container
from pathlib import Path

from xinjiang_record.settings import Project

ROOT = Path(__file__).resolve().parents[1]


def copy_project(target: Path, statements: Container[str] = ()) -> Project:
    """Copy raw/, schemas/ and flows/ to a folder; nothing is published there.

    Args:
        target: The folder.
        statements: The joint statements to copy; all, if none is named.
    """
    left = [
        path.name
        for path in (ROOT / "raw/joint-statements").iterdir()
        if statements and path.is_dir() and path.name not in statements
    ]
    skip = shutil.ignore_patterns("snapshots", "__pycache__", *left)
    for name in ("raw", "schemas", "flows"):
        shutil.copytree(ROOT / name, target / name, ignore=skip)
    return Project(target)
