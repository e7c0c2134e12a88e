"""What all tests share: the project's folders, and which tests may not run beside each other."""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import gc
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.project_copies import copy_project
from xinjiang_record.settings import Project

ROOT = Path(__file__).resolve().parent.parent
# Files whose tests share one expensive thing (a server, a browser): one worker runs a whole group.
TOGETHER = {
    "flows/test_schedule.py": "flows",
    "flows/test_large.py": "flows",
    "flows/test_record.py": "flows",
    "flows/test_fetch_verify.py": "flows",
    "flows/test_automations.py": "flows",
    "flows/test_traces.py": "flows",
    "flows/test_two_hundred.py": "flows",
    "browser/test_site_browser.py": "browser",
    "browser/test_review_page.py": "browser",
    "cli/test_install.py": "wheel",
    "cli/test_use_it.py": "wheel",
}
# Folders whose tests share the site of the small record, which each worker would build.
TOGETHER_AS_FOLDERS = ("site", "web")
# Files whose tests start many processes, build whole packages or write large tables, the longest
# first. `make test-fast` leaves them out, and `make test` begins with them, so that no worker is
# left alone with one at the end.
LONG_FILES = (
    "faults/test_faults.py",
    "release/test_large.py",
    "hostile/test_score.py",
    "validate/test_parts.py",
    "test_docs.py",
    "validate/test_parquet.py",
    "validate/test_special_files.py",
    "validate/test_parity.py",
    "validate/test_formats.py",
    "release/test_readers.py",
    "release/test_taken_parts.py",
    "validate/test_proof.py",
    "release/test_signing.py",
    "web/test_web_layout.py",
    "web/test_publish_site.py",
    "web/test_datasette.py",
    "proposals/test_add.py",
    "release/test_archive.py",
    "validate/test_descriptor_safety.py",
    "hostile/test_hostile.py",
    "untrusted/test_patterns.py",
    "data_packages/test_joint_statements.py",
    "test_architecture.py",
    "site/test_site_build.py",
    "site/test_site_command.py",
    "data_packages/test_detention_figures.py",
    "data_packages/test_facts.py",
    "data_packages/test_misshapen.py",
    "release/test_deposit.py",
    "extract/test_check_table.py",
    "data_packages/test_positions.py",
    "site/test_site_languages.py",
    "client/test_release_commands.py",
    "cli/test_environment.py",
    "cli/test_run.py",
    "cli/test_use_it.py",
    "release/test_real_record.py",
    "faults/test_state_machine.py",
    "site/test_site_corrections.py",
    "release/test_export.py",
    "site/test_site_drawings.py",
    "site/test_site_hostile_text.py",
    "release/test_forged.py",
    "faults/test_power_loss.py",
    "data_packages/test_corrected_record.py",
    "release/test_tamper.py",
    "cli/test_install.py",
    "cli/test_output.py",
    "client/test_cache.py",
    "client/test_questions.py",
    "client/test_javascript.py",
    "client/test_notebook.py",
    "client/test_r.py",
    "extract/test_hostile_text.py",
    "extract/test_long_document.py",
    "extract/test_made_lists.py",
    "flows/test_incremental.py",
    "flows/test_preview.py",
    "hostile/test_mutations.py",
    "hostile/test_paths_from_outside.py",
    "pipeline/test_rebuild.py",
    "release/test_reproducible.py",
    "validate/test_published_data.py",
)
# Tests flush thousands of files, which takes no time where the folder of the tests is in memory.
MEMORY, MEMORY_BYTES = Path("/dev/shm"), 3 << 30
FOLDERS = "record-tests-"
ID_LENGTH = 60
# Each process that imports numpy would start threads, which wait busily for work that never comes.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def pytest_configure(config: pytest.Config) -> None:
    """Begin a run: its folder, and the servers that all its workers share."""
    write_into_memory()
    if getattr(config.option, "numprocesses", None):  # not in a worker, nor where there is none
        from tests.warm_commands import FLOWS_SERVER, SERVER

        SERVER.share()
        FLOWS_SERVER.share()


def write_into_memory() -> None:
    """Let this run and all that it starts write temporary files into memory, where that is large.

    Not where the caller named a folder (TMPDIR=/tmp make test), and not where no program of it
    may be started, as in many containers. What a failed run leaves there stays until the next run.
    """
    with contextlib.suppress(OSError):
        there = os.statvfs(MEMORY)
        large = there.f_bavail * there.f_frsize >= MEMORY_BYTES
        if not large or there.f_flag & os.ST_NOEXEC or os.environ.get("TMPDIR"):
            return
        for old in MEMORY.glob(f"{FOLDERS}*"):
            if lock(old) is not None:
                shutil.rmtree(old, ignore_errors=True)
        made = Path(tempfile.mkdtemp(prefix=f".{FOLDERS}", dir=MEMORY))
        lock(made)  # before another run can see it
        made.chmod(0o711)  # PostgreSQL, which a test starts, runs as another user
        place = made.rename(MEMORY / made.name[1:])
        os.environ["TMPDIR"] = str(place)
        tempfile.tempdir = None  # asked before, perhaps
        atexit.register(remove_if_passed, place)


def lock(folder: Path) -> int | None:
    """Lock the folder of a run as long as this process lives; None if another one has done so."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


def remove_if_passed(place: Path) -> None:
    """Remove the folder of a run, unless pytest has kept what failed."""
    if not any(path.is_dir() for path in place.glob("pytest-of-*/pytest-*")):
        shutil.rmtree(place, ignore_errors=True)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = {name: number for number, name in enumerate(LONG_FILES)}
    known: dict[Path, tuple[int, list[pytest.MarkDecorator]]] = {}  # turn and marks of a file
    for item in items:
        if item.path not in known:
            path = item.path.relative_to(ROOT / "tests").as_posix()
            folder = path.partition("/")[0]
            group = TOGETHER.get(path, folder if folder in TOGETHER_AS_FOLDERS else path)
            marks = [pytest.mark.xdist_group(group)]
            if path in order or path.startswith("fuzz/"):
                marks.append(pytest.mark.medium)
            waits = path in TOGETHER and path not in order  # for a server or a browser
            known[item.path] = -1 if waits else order.get(path, len(order)), marks
        for mark in known[item.path][1]:
            item.add_marker(mark)
    items.sort(key=lambda item: known[item.path][0])


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name a test of a long text by its beginning: workers send the whole name with each report."""
    if isinstance(val, (str, bytes)) and len(val) > ID_LENGTH:
        return ascii(val[:ID_LENGTH]).strip("b'\"")
    return None


def pytest_collectstart() -> None:
    """Collect no garbage until all tests are collected: they make many objects and few cycles."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Take what the imports made out of each later garbage collection: many tests collect.

    What garbage there is stays: to look for it would take longer than it is worth. And collect more
    seldom than Python does: the tests make many objects and few cycles.
    """
    gc.freeze()
    gc.enable()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="module", autouse=True)
def collect_garbage() -> None:
    """Take what the files before made out of each later garbage collection too."""
    gc.collect()
    gc.freeze()


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
    return copy_project(tmp_path / "project")
