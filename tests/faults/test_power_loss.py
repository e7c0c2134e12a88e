"""Power loss at any call: complete or absent, and the next run finishes. See power_loss.py."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.warm_commands import run_script
from xinjiang_record import files

SCRIPT = Path(__file__).with_name("power_loss.py")
pytestmark = pytest.mark.skipif(
    not shutil.which("strace"), reason="strace is not installed (apt-get install strace)"
)


def simulate(*arguments: str) -> dict[str, Any]:
    done = run_script(SCRIPT, *arguments)
    assert done.stdout, done.stderr
    results: dict[str, Any] = json.loads(done.stdout)
    return results


@pytest.mark.parametrize("what", ["publish", "withdraw"])
def test_after_power_loss_all_is_complete_or_absent(what: str) -> None:
    found = simulate("12", what)[what]
    assert found["states"] == 12
    assert not found["failures"]


def test_a_publisher_that_does_not_flush_fails_the_suite() -> None:
    assert simulate("12", "publish", "no-fsync")["publish"]["failures"]


def test_a_line_of_the_custody_log_is_flushed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed, fsync = [], os.fsync

    def noted(handle: int) -> None:
        flushed.append((os.fstat(handle).st_ino, os.fstat(handle).st_size))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", noted)
    files.append_line(tmp_path / "custody.log", "a line")
    found = (tmp_path / "custody.log").stat()
    assert (found.st_ino, found.st_size) in flushed


@pytest.mark.slow
def test_after_power_loss_at_every_call() -> None:
    found = simulate("100000")
    assert not {name: item["failures"][:5] for name, item in found.items() if item["failures"]}
