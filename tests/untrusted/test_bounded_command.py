"""A whole command in a second process: its exit code, its limits, its signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import os, signal, sys, time
from xinjiang_record.errors import LimitError
from xinjiang_record.untrusted.bounded_command import run_bounded_command

{before}

def work():
    {work}
    return 0

try:
    sys.exit(run_bounded_command(work, "this", limit="preview_seconds"))
except LimitError as error:
    sys.exit(f"refused: {{error}}")
"""


def start(work: str, before: str = "", **limits: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(work=work, before=before)],
        env={**os.environ, "PYTHONPATH": str(ROOT), **limits},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.parametrize(
    ("work", "code", "said"),
    [
        ("print('done')", 0, "done"),
        ("return 4", 4, ""),
        ("sys.exit(3)", 3, ""),
        ("raise ValueError('a fault')", 70, ""),
        ("os.kill(os.getpid(), signal.SIGSEGV)", 1, "refused: this: needed more memory"),
        ("os._exit(137)", 1, "command_memory_bytes"),
        ("x = bytearray(10**9)", 70, ""),
    ],
)
def test_it_ends_as_the_command_does(work: str, code: int, said: str) -> None:
    limits = {"XRECORD_LIMIT_COMMAND_MEMORY_BYTES": "400000000"}
    with start(work, **limits) as process:
        output = process.communicate(timeout=60)[0]
    assert process.returncode == code, output
    assert said in output


@pytest.mark.parametrize("memory", ["0", "1"])
def test_no_memory_at_all_ends_in_a_sentence(memory: str, tmp_path: Path) -> None:
    limits = {"XRECORD_LIMIT_COMMAND_MEMORY_BYTES": memory, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "xinjiang_record.cli", "extract", str(ROOT / "README.md")],
        cwd=tmp_path,
        env={**os.environ, **limits},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (1, 2, 3), done.stderr
    assert "memory" in done.stderr and "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("work", ["while True: pass", "time.sleep(60)"])
def test_it_ends_at_its_deadline(work: str) -> None:
    started = time.monotonic()
    with start(work, XRECORD_LIMIT_PREVIEW_SECONDS="1") as process:
        output = process.communicate(timeout=60)[0]
    assert "refused: this: took longer than the limit preview_seconds (1)" in output
    assert process.returncode == 1 and time.monotonic() - started < 50


def test_a_signal_reaches_the_command() -> None:
    work = "signal.signal(15, lambda *a: sys.exit(143)); print('ready', flush=True); time.sleep(60)"
    with start(work) as process:
        assert process.stdout and process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 143


def test_a_signal_that_comes_before_the_handlers_reaches_the_command_too() -> None:
    slow = "os.register_at_fork(after_in_parent=lambda: time.sleep(0.5))"
    work = "signal.signal(15, lambda *a: sys.exit(143)); os.kill(os.getppid(), 15); time.sleep(60)"
    with start(work, before=slow) as process:
        assert process.wait(30) == 143


@pytest.mark.parametrize(
    "arguments",
    [
        ["preview"],
        ["--project", str(ROOT), "preview"],
        [f"--project={ROOT}", "get", "responses"],
        ["--project", str(ROOT), f"--project={ROOT}", "preview"],
        ["--", "get", "responses"],
        ["extract", str(ROOT / "README.md")],
        ["check", str(ROOT / "README.md")],
    ],
)
def test_the_commands_that_read_files_of_others_are_bounded(
    arguments: list[str], tmp_path: Path
) -> None:
    names = ("PREVIEW", "GET", "EXTRACT", "CHECK")
    limits = {f"XRECORD_LIMIT_{name}_SECONDS": "0" for name in names}
    done = subprocess.run(
        [sys.executable, "-m", "xinjiang_record.cli", *arguments],
        cwd=tmp_path if len(arguments) > 1 else ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **limits},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (1, 2)
    assert "_seconds (0)" in done.stderr or "LIMIT" in done.stderr
    assert not list(tmp_path.iterdir())
