"""Same inputs, same libraries: same bytes, whatever the surroundings."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PUBLISHER = Path(__file__).resolve().parent.parent / "faults" / "publisher.py"
SURROUNDINGS: dict[str, dict[str, str]] = {
    "plain": {},
    "other": {
        "TZ": "Asia/Urumqi",
        "LC_ALL": "tr_TR.UTF-8",
        "LANG": "tr_TR.UTF-8",
        "PYTHONHASHSEED": "12345",
        "PYTHONUTF8": "0",
        "OMP_NUM_THREADS": "1",
        "HOME": "/nonexistent",
    },
    "bare": {"TZ": "America/St_Johns", "LC_ALL": "C", "PYTHONHASHSEED": "0", "PYTHONUTF8": "0"},
}
# Sets the umask, one CPU, a clock 400 days on, and turns the order in which folders list their
# files.
SITE = """
import datetime, os, random, time
os.umask({umask})
os.sched_setaffinity(0, {{min(os.sched_getaffinity(0))}}) if {one} else None
real, shift = time.time, {days} * 86400
time.time = lambda: real() + shift
_scandir, _listdir = os.scandir, os.listdir
def listdir(*args):
    names = _listdir(*args)
    random.Random({umask}).shuffle(names)
    return names
os.listdir = listdir
class Moved(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime.datetime.fromtimestamp(time.time(), tz)
import sys
sys.path.insert(0, {here!r})
sys.argv = ["publisher.py"]
import publisher
import xinjiang_record.settings as settings
settings.datetime = Moved
from pathlib import Path
for variant in (0, 2, 1):
    publisher.run(Path({target!r}), variant)
"""


def build(target: Path, name: str, cwd: Path, umask: int, one: bool, days: int) -> None:
    script = SITE.format(
        umask=umask, one=one, days=days, here=str(PUBLISHER.parent), target=str(target)
    )
    keep = {key: os.environ[key] for key in ("PATH",) if key in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=cwd,
        env={**keep, **SURROUNDINGS[name]},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def contents(folder: Path) -> dict[str, bytes | str]:
    return {
        path.relative_to(folder).as_posix(): os.readlink(path)
        if path.is_symlink()
        else path.read_bytes()
        for path in folder.rglob("*")
        if path.is_symlink() or path.is_file()
    }


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Releases made in plain surroundings; not to be changed."""
    folder = tmp_path_factory.mktemp("plain")
    build(folder / "one", "plain", folder, 0o022, False, 0)
    return folder / "one"


def test_two_builds_are_equal(plain: Path, tmp_path: Path) -> None:
    far = tmp_path / "a" / ("long" * 20) / "way"
    far.mkdir(parents=True)
    build(far / "two", "other", far, 0o077, True, 400)
    build(tmp_path / "three", "bare", Path("/"), 0o000, False, -400)
    first = contents(plain)
    assert len(first) > 70
    for other in (far / "two", tmp_path / "three"):
        found = contents(other)
        assert sorted(found) == sorted(first)
        assert [name for name in first if first[name] != found[name]] == []


def test_the_identity_of_made_up_rows_is_fixed(plain: Path) -> None:
    """A golden hash.

    A change to the canonical form would give every release ever made another identity.
    """
    import json

    golden = json.loads(
        (Path(__file__).resolve().parent.parent / "golden" / "made-up.json").read_text()
    )
    found = json.loads((plain / "made-up/versions.json").read_text())["versions"]
    assert {entry["version"]: entry["content_hash"] for entry in found} == golden["content_hash"]
    assert {entry["version"]: entry["schema_hash"] for entry in found} == golden["schema_hash"]
    assert {entry["version"]: entry["metadata_hash"] for entry in found} == golden["metadata_hash"]


@pytest.mark.slow
def test_another_pyarrow_gives_the_same_rows(plain: Path, tmp_path: Path) -> None:
    """The oldest pyarrow that is supported, in a throwaway environment: the same content hash."""
    import json

    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    python = str(tmp_path / "venv/bin/python")
    asked = ["pyarrow==18.0.0", "xlsxwriter", "numpy<2.3"]
    if subprocess.run(
        [python, "-m", "pip", "install", "-q", *asked], capture_output=True
    ).returncode:
        pytest.skip("pip can reach no index, or has no pyarrow 18 for this Python")
    script = SITE.format(
        umask=0, one=False, days=0, here=str(PUBLISHER.parent), target=str(tmp_path / "old")
    )
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PUBLISHER.parents[2])}
    done = subprocess.run([python, "-c", script], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    hashes = [
        [
            entry["content_hash"]
            for entry in json.loads((folder / "made-up/versions.json").read_text())["versions"]
        ]
        for folder in (plain, tmp_path / "old")
    ]
    assert hashes[0] == hashes[1]
