"""The process that reads documents: its bounds, whatever it was started with, and its answers."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from xinjiang_record.errors import LimitError, ReadError
from xinjiang_record.limits import LIMITS
from xinjiang_record.untrusted import bounded_process

ROOT = Path(__file__).resolve().parents[2]
MATCH = "xinjiang_record.untrusted.patterns:answer_here"
INSIDE = """
import os, socket, subprocess
from xinjiang_record.untrusted import bounded_process
opened = open("before.txt", "wb", buffering=0)
bounded_process._bound()
def refused(what):
    try:
        what()
    except (OSError, RuntimeError) as error:
        return type(error).__name__
    return "done"
print(refused(lambda: opened.write(b"x")), refused(lambda: open("new.txt", "w")),
      refused(lambda: os.open("new.txt", os.O_CREAT | os.O_WRONLY)), refused(socket.socket),
      refused(lambda: subprocess.run(["true"])), refused(lambda: os.system("true")),
      refused(os.fork), refused(lambda: open("before.txt").close()))
"""


def ask(pattern: str = "a", **more: object) -> object:
    options = {"pattern": pattern, "method": "match"}
    found: object = bounded_process.run_bounded(
        MATCH, b'"aaa"', shown="x", state="Nothing.", options=options, **more
    )
    return found


def test_it_may_write_nothing_and_start_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", INSIDE],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    refused = "OSError" + " PermissionError" * 6 + " done\n"
    assert done.stdout == refused
    assert [path.name for path in tmp_path.iterdir()] == ["before.txt"]


def test_its_limits_are_set_and_its_environment_is_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XRECORD_SECRET", "a-secret")
    bounded_process.PROCESS.stop()
    assert ask() is True
    process = bounded_process.PROCESS.process
    assert process is not None
    found = Path(f"/proc/{process.pid}/limits").read_text()
    rows = {line[:26].strip(): line[26:].split()[0] for line in found.splitlines()}
    assert rows["Max file size"] == rows["Max core file size"] == "0"
    assert rows["Max data size"] == str(LIMITS.reader_memory_bytes)
    assert rows["Max cpu time"] != "unlimited"
    assert b"a-secret" not in Path(f"/proc/{process.pid}/environ").read_bytes()


def test_lower_limits_of_its_parent_stay(tmp_path: Path) -> None:
    program = (
        "from xinjiang_record.untrusted import bounded_process as b\n"
        f"print(b.run_bounded({MATCH!r}, b'\"a\"', shown='x', state='', "
        "options={'pattern': 'a', 'method': 'match'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (20, 20)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "True\n", done.stderr


def test_a_call_that_breaks_a_bound_does_not_break_the_next() -> None:
    with pytest.raises(LimitError, match="pattern_seconds"):
        bounded_process.run_bounded(
            MATCH,
            b'"' + b"x" * 40 + b'"',
            shown="x",
            state="Nothing.",
            options={"pattern": "(x+)+y", "method": "match"},
            limit="pattern_seconds",
            seconds=0,
        )
    assert ask() is True


@pytest.mark.parametrize("function", ["os:system", "json:loads", "xinjiang_record:x"])
def test_only_functions_of_this_library_are_called(function: str) -> None:
    with pytest.raises(ReadError):
        bounded_process.run_bounded(function, b"", shown="x", state="Nothing.")
