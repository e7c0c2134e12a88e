"""Only what changed is built.

Nothing when nothing changed, one package for one changed figure, the one whose file moved.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from xinjiang_record import data_packages
from xinjiang_record.pipeline import incremental, run
from xinjiang_record.settings import Project


def test_only_what_changed_is_built(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[str] = []
    build = data_packages.build

    def counted(place: Project, package: str):  # type: ignore[no-untyped-def]
        built.append(package)
        return build(place, package)

    monkeypatch.setattr(data_packages, "build", counted)
    for other in ("documents", "joint-statements"):  # two packages are enough
        shutil.rmtree(project.raw / other)
        shutil.rmtree(project.schemas / other)
    assert {outcome.status for outcome in run.run(project)} == {"published"}
    built.clear()
    assert {outcome.status for outcome in run.run(project)} == {"unchanged"}
    assert built == []

    figures = project.raw / "detention-figures/figures.csv"
    text = figures.read_text("utf-8")
    figures.write_text(text.replace(",660000,", ",670000,", 1), "utf-8")
    outcomes = {outcome.package: outcome for outcome in run.run(project)}
    assert built == ["detention-figures"]
    assert (outcomes["detention-figures"].status, outcomes["detention-figures"].version) == (
        "published",
        "1.0.1",
    )
    assert {
        outcome.status for name, outcome in outcomes.items() if name != "detention-figures"
    } == {"unchanged"}

    records = sorted(project.runs.glob("run-*.json"))
    assert len(records) == 3 and '"run_id"' in records[-1].read_text("utf-8")


def test_a_file_that_moved_changes_the_key(small_project: Project) -> None:
    before = incremental.hash_inputs(small_project, "joint-statements")
    folder = small_project.raw / "joint-statements/2022-06-14-hrc50-critical"
    folder.rename(folder.with_name("2022-06-15-hrc50-critical"))
    assert incremental.hash_inputs(small_project, "joint-statements") != before


def test_a_cache_that_python_writes_meanwhile_changes_no_key(
    small_project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code = tmp_path / "code"
    for folder in incremental.HASHED_FOLDERS:
        (code / folder).mkdir(parents=True)
        (code / folder / "module.py").write_text("ANSWER = 1\n", "utf-8")
    monkeypatch.setattr(incremental, "CODE", code)
    before = incremental.hash_inputs(small_project, "joint-statements")
    cache = code / "validate/__pycache__"
    cache.mkdir()
    (cache / "module.cpython-311.pyc.140234").write_bytes(b"half written")
    assert incremental.hash_inputs(small_project, "joint-statements") == before
    (code / "validate/module.py").write_text("ANSWER = 2\n", "utf-8")
    assert incremental.hash_inputs(small_project, "joint-statements") != before


IN_THREADS = """
import sys
from concurrent.futures import ThreadPoolExecutor
import subprocess
import sys
from pathlib import Path
from xinjiang_record.pipeline import run
from xinjiang_record.settings import Project
project = Project(Path(sys.argv[1]))
with ThreadPoolExecutor(4) as pool:
    outcomes = list(pool.map(lambda name: run.check(project, name, "key"), sys.argv[2:]))
assert all(outcome.status != "failed" for outcome in outcomes), outcomes
"""


def test_packages_are_validated_in_threads_of_a_fresh_process(root: Path) -> None:
    """Frictionless cannot be imported by two threads at once; each thread needs it first."""
    packages = ["detention-figures", "documents", "joint-statements", "responses"]
    command = [sys.executable, "-c", IN_THREADS, root, *packages]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
