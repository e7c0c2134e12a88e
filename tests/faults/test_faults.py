"""Whatever happens to a publisher, readers see the old release or the new one, whole, and the next
run finishes.

The short form of ``python tests/faults/matrix.py``, which fails the publisher at every call, 500
times at random, and with 40 at once.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.warm_commands import run_script

HERE = Path(__file__).resolve().parent
STRACE = pytest.mark.skipif(
    not shutil.which("strace"), reason="strace is not installed (apt-get install strace)"
)
KILLED_AT = ("openat", "close", "write", "chmod", "fchmod", "rename", "rmdir")
POINTS = [
    *(f"kill:{call}" for call in KILLED_AT),
    *(f"{error}:{call}" for error in ("EIO", "ENOSPC") for call in ("openat", "write", "fsync")),
]
ALONE = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]


def matrix(*options: str) -> dict[str, Any]:
    done = run_script(HERE / "matrix.py", "--json", *options)
    assert done.stdout, done.stderr
    results: dict[str, Any] = json.loads(done.stdout)
    return results


@pytest.fixture(scope="module")
def results() -> dict[str, Any]:
    times = ("--fault", "random", "--times", "3", "--fault", "crowd", "--publishers", "5")
    traced = (*(f"--at={point}" for point in POINTS), "--fault", "flush")
    return matrix(*(traced if shutil.which("strace") else ()), *times)


@STRACE
@pytest.mark.parametrize("fault", ["kill", "EIO", "ENOSPC"])
def test_at_any_call(fault: str, results: dict[str, Any]) -> None:
    assert not results[fault]["failures"]
    assert results[fault]["points"] >= 3


def test_killed_at_random_and_many_at_once(results: dict[str, Any]) -> None:
    assert not results["random"]["failures"]
    assert not results["crowd"]["failures"]


@STRACE
def test_everything_is_flushed_before_it_counts(results: dict[str, Any]) -> None:
    assert not results["flush"]["failures"]


@STRACE
def test_a_table_in_parts_at_any_call() -> None:
    points = [f"--at=kill:{call}" for call in ("openat", "write", "close")]
    results = matrix("--parts", *points, "--fault", "flush")
    assert not results["kill"]["failures"]
    assert results["kill"]["points"] == 3
    assert not results["flush"]["failures"]


@STRACE
def test_a_publisher_that_copies_fails_the_suite() -> None:
    assert matrix("--at=kill:chmod", "--mode", "copy")["kill"]["failures"]


@STRACE
def test_a_publisher_that_does_not_flush_fails_the_suite() -> None:
    assert len(matrix("--fault", "flush", "--mode", "no-fsync")["flush"]["failures"]) > 10


@STRACE
@pytest.mark.slow
def test_every_point() -> None:
    results = matrix() | {
        f"{fault}, in parts": found for fault, found in matrix("--parts", "--stride", "3").items()
    }
    assert not {
        fault: result["failures"][:5] for fault, result in results.items() if result["failures"]
    }


def apart(*steps: str) -> list[str]:
    """Run the publisher in a mount namespace of its own; return the lines that it printed."""
    command = [*ALONE, sys.executable, str(HERE / "publisher.py"), *steps]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if "unshare" in done.stderr or "mount" in done.stderr:
        pytest.skip(f"no mount namespace here: {done.stderr.strip()}")
    return done.stdout.splitlines()


def test_a_full_disk(tmp_path: Path) -> None:
    """At every size too small for a release.

    Exit 3, nothing visible; and the release fits once there is room.
    """
    look = f"ls {tmp_path}/made-up 2>/dev/null | grep -c 1.0.0 || true"
    steps = []
    for size in ("4k", "48k", "80k", "4m"):
        mount = f"mount -t tmpfs -o size={size} none {tmp_path}"
        steps += [mount, "0", look, f"umount {tmp_path}"]
    lines = apart(str(tmp_path), *steps)
    assert [line.startswith("3 NotWritableError: ") for line in lines[:-2:2]] == [True] * 3, lines
    assert lines[1::2] == ["0", "0", "0", "1"]
    assert "No space left on device" in lines[0]
    assert lines[-2] == "0 published 1.0.0"


def test_a_read_only_place(tmp_path: Path) -> None:
    """Exit 3 with the reason where there is something to write.

    An unchanged package needs no writing, and is none.
    """
    mounts = (f"mount -t tmpfs none {tmp_path}", f"mount -o remount,ro {tmp_path}")
    steps = (mounts[0], "0", mounts[1], "0", "1", f"ls {tmp_path}/made-up")
    said = apart(str(tmp_path), *steps)
    assert said[:2] == ["0 published 1.0.0", "0 unchanged 1.0.0"]
    assert said[2].startswith("3 NotWritableError: ") and "Read-only file system" in said[2]
    assert said[3:] == ["1.0.0", "latest", "versions.json"]
