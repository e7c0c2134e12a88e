"""A project to add documents to."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.project_copies import copy_project
from xinjiang_record.settings import Project

SIGNED = ("2019-07-08-hrc41-critical", "2019-07-12-hrc41-supportive")
sys.path.insert(0, str(Path(__file__).parent))  # for pages


@pytest.fixture
def record(tmp_path: Path) -> Project:
    """A copy of the project with two statements, and nothing said of others, to publish from."""
    project = copy_project(tmp_path / "project", SIGNED)
    blocs = project.raw / "joint-statements/bloc_positions.csv"
    blocs.write_text(blocs.read_text("utf-8").splitlines(keepends=True)[0], "utf-8")
    (project.raw / "joint-statements/amendments.csv").unlink()
    (project.schemas / "joint-statements/assertions.toml").unlink()
    return project
