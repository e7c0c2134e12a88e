"""What all tests share: the project's folders, and which tests may not run beside each other."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from xinjiang_record.settings import Project

ROOT = Path(__file__).resolve().parent.parent
# Folders whose tests share one expensive thing (a server, a browser): one worker runs them all.
TOGETHER = ("flows", "browser")
# Files whose tests start many processes or write large tables: `make test-fast` leaves them out.
MEDIUM = {
    "cli/test_install.py",
    "cli/test_output.py",
    "cli/test_run.py",
    "client/test_release_commands.py",
    "extract/test_hostile_text.py",
    "extract/test_made_lists.py",
    "faults/test_faults.py",
    "flows/test_incremental.py",
    "flows/test_preview.py",
    "hostile/test_hostile.py",
    "hostile/test_mutations.py",
    "release/test_export.py",
    "release/test_large.py",
    "release/test_readers.py",
    "release/test_reproducible.py",
    "site/test_site_build.py",
    "site/test_site_command.py",
    "test_docs.py",
    "web/test_publish_site.py",
    "web/test_web_layout.py",
    "validate/test_parity.py",
    "validate/test_published_data.py",
}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        parts = Path(str(item.path)).relative_to(ROOT / "tests").parts
        group = parts[0] if parts[0] in TOGETHER else "/".join(parts)
        item.add_marker(pytest.mark.xdist_group(group))
        if Path(str(item.path)).relative_to(ROOT / "tests").as_posix() in MEDIUM:
            item.add_marker(pytest.mark.medium)
    # What waits for servers begins first, so that one worker is not left alone with it at the end.
    items.sort(key=lambda item: Path(str(item.path)).parent.name not in TOGETHER)


@pytest.fixture(autouse=True)
def command_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Undo what ``--project`` sets: commands that a test runs in this process set it for good."""
    for name in ("XRECORD_PROJECT", "PYTHONPATH"):
        monkeypatch.setenv(name, os.environ.get(name, ""))  # recorded here, undone after the test
        if not os.environ[name]:
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A copy of raw/, schemas/ and flows/ to break and to publish from."""
    for name in ("raw", "schemas", "flows"):
        shutil.copytree(
            ROOT / name,
            tmp_path / "project" / name,
            ignore=shutil.ignore_patterns("snapshots", "__pycache__"),
        )
    return Project(tmp_path / "project")
