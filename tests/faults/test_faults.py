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
ALONE = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]


def matrix(*options: str) -> dict[str, Any]:
    done = run_script(HERE / "matrix.py", "--json", *options)
    assert done.stdout, done.stderr
    results: dict[str, Any] = json.loads(done.stdout)
    return results


@STRACE
@pytest.mark.parametrize(("fault", "stride"), [("kill", 40), ("EIO", 60), ("ENOSPC", 60)])
def test_at_any_call(fault: str, stride: int) -> None:
    result = matrix("--fault", fault, "--stride", str(stride), "--offset", "5")[fault]
    assert not result["failures"]
    assert result["points"] >= 4


def test_killed_at_random_and_many_at_once() -> None:
    results = matrix("--fault", "random", "--times", "8", "--fault", "crowd", "--publishers", "10")
    assert not results["random"]["failures"]
    assert not results["crowd"]["failures"]


@STRACE
def test_everything_is_flushed_before_it_counts() -> None:
    assert not matrix("--fault", "flush")["flush"]["failures"]


@STRACE
def test_a_table_in_parts_at_any_call() -> None:
    results = matrix(
        "--parts", "--fault", "kill", "--stride", "300", "--offset", "7", "--fault", "flush"
    )
    assert not results["kill"]["failures"]
    assert results["kill"]["points"] >= 5
    assert not results["flush"]["failures"]


@STRACE
def test_a_publisher_that_copies_fails_the_suite() -> None:
    assert matrix(
        "--fault", "kill", "--call", "chmod", "--stride", "12", "--offset", "6", "--mode", "copy"
    )["kill"]["failures"]


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


def apart(script: str) -> subprocess.CompletedProcess[str]:
    """Run a shell script in a mount namespace of its own."""
    done = subprocess.run(
        [*ALONE, "sh", "-euc", script], capture_output=True, text=True, timeout=300
    )
    if "unshare" in done.stderr or "mount" in done.stderr:
        pytest.skip(f"no mount namespace here: {done.stderr.strip()}")
    return done


def test_a_full_disk(tmp_path: Path) -> None:
    """At every size too small for a release.

    Exit 3, nothing visible; and the release fits once there is room.
    """
    publish = f"{sys.executable} {HERE / 'publisher.py'} {tmp_path}"
    said = tmp_path.parent / "said"
    seen = f"$(ls {tmp_path}/made-up 2>/dev/null | grep -c 1.0.0 || true)"
    script = f"""
        for size in 4k 48k 80k 4m; do
            mount -t tmpfs -o size=$size none {tmp_path}
            code=0; {publish} >{tmp_path.parent}/done 2>{said} || code=$?
            echo $size $code {seen} $(head -c 300 {said})
            umount {tmp_path}
        done"""
    lines = [line.split(" ", 3) for line in apart(script).stdout.splitlines()]
    assert [line[1:3] for line in lines[:-1]] == [["3", "0"]] * (len(lines) - 1), lines
    assert lines[-1][1:3] == ["0", "1"]
    assert "No space left on device" in lines[0][3]


def test_a_read_only_place(tmp_path: Path) -> None:
    """Exit 3 with the reason where there is something to write.

    An unchanged package needs no writing, and is none.
    """
    publish = f"{sys.executable} {HERE / 'publisher.py'} {tmp_path}"
    script = f"""
        mount -t tmpfs none {tmp_path}
        {publish} 0
        mount -o remount,ro {tmp_path}
        {publish} 0
        code=0; {publish} 1 2>&1 || code=$?
        echo $code; ls {tmp_path}/made-up"""
    said = apart(script).stdout
    assert said.startswith("published 1.0.0\nunchanged 1.0.0\nNotWritableError: ")
    assert "Read-only file system" in said
    assert said.endswith("3\n1.0.0\nlatest\nversions.json\n")
