"""A project to add documents to."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.project_copies import copy_project
from xinjiang_record.settings import Project

sys.path.insert(0, str(Path(__file__).parent))  # for pages


@pytest.fixture
def record(tmp_path: Path) -> Project:
    """A copy of the project without releases, to publish from."""
    return copy_project(tmp_path / "project")
