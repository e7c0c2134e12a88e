"""A project to add documents to."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from xinjiang_record.settings import Project

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(Path(__file__).parent))  # for pages


@pytest.fixture
def record(tmp_path: Path) -> Project:
    """A copy of the project without releases, to publish from."""
    for name in ("raw", "schemas", "flows"):
        shutil.copytree(
            ROOT / name,
            tmp_path / "project" / name,
            ignore=shutil.ignore_patterns("snapshots", "__pycache__"),
        )
    return Project(tmp_path / "project")
