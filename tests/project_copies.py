"""Copies of the project, to break and to publish from."""

from __future__ import annotations

import shutil
from pathlib import Path

from xinjiang_record.settings import Project

ROOT = Path(__file__).resolve().parents[1]


def copy_project(target: Path) -> Project:
    """Copy raw/, schemas/ and flows/ to a folder; nothing is published there."""
    skip = shutil.ignore_patterns("snapshots", "__pycache__")
    for name in ("raw", "schemas", "flows"):
        shutil.copytree(ROOT / name, target / name, ignore=skip)
    return Project(target)
