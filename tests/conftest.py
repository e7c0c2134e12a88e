"""What all tests share: the project's folders, and which tests may not run beside each other."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from xinjiang_record.settings import Project

ROOT = Path(__file__).resolve().parent.parent
# Folders whose tests share one expensive thing (a server, a browser): one worker runs them all.
TOGETHER = ("flows", "browser")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        parts = Path(str(item.path)).relative_to(ROOT / "tests").parts
        group = parts[0] if parts[0] in TOGETHER else "/".join(parts)
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A copy of raw/ and schemas/ to break and to publish from."""
    for name in ("raw", "schemas"):
        shutil.copytree(ROOT / name, tmp_path / "project" / name, ignore=shutil.ignore_patterns("snapshots"))
    return Project(tmp_path / "project")
