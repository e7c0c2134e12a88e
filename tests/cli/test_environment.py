"""What the environment may do to a command: one line and the right exit code, never a traceback."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.warm_commands import run_command

ROOT = Path(__file__).resolve().parents[2]
PUBLISHED = ROOT / "published"


def xrecord(*arguments: str, cwd: Path = ROOT, before: Callable[[], None] | None = None,
            **environment: str) -> subprocess.CompletedProcess[bytes]:  # fmt: skip
    return subprocess.run(
        [sys.executable, "-m", "xinjiang_record.cli", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        check=False,
        timeout=300,
        preexec_fn=before,
    )


def one_line(
    done: subprocess.CompletedProcess[bytes] | subprocess.CompletedProcess[str], code: int
) -> str:
    out, err = (
        text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        for text in (done.stdout, done.stderr)
    )
    assert done.returncode == code, out + err
    assert "Traceback" not in out + err
    assert len(err.strip().splitlines()) == 1
    return err


@pytest.mark.parametrize("value", ["9" * 5_000, "abc", "", "-1", "1.5", "\u0663", "1e9", "0x10"])
def test_a_limit_that_is_not_a_number(value: str) -> None:
    done = xrecord("verify", XRECORD_LIMIT_CELL_CHARS=value)
    assert "XRECORD_LIMIT_CELL_CHARS" in one_line(done, 2)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:abc/",
        "http://[::/",
        "http://",
        "https://",
        "https:///x",
        "http://:80/",
        "http://a b/",
        "ftp://example.org/",
    ],
)
def test_an_address_that_is_not_one(address: str, tmp_path: Path) -> None:
    done = run_command("get", "documents", tmp_path, "--from", address)
    one_line(done, 3 if address == "http://a b/" else 2)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("handle", [1, 2])
@pytest.mark.parametrize("command", [["reconcile", "Chad"], ["verify", "documents"], ["versions"]])
def test_a_closed_output(handle: int, command: list[str]) -> None:
    done = xrecord(*command, before=lambda: os.close(handle))
    assert done.returncode == 3
    assert b"Traceback" not in done.stderr and not done.stdout
    assert handle == 2 or b"closed" in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-16"])
def test_an_encoding_that_lacks_a_letter(encoding: str) -> None:
    done = xrecord("reconcile", "Côte d'Ivoire", "Шинжон", "新疆", PYTHONIOENCODING=encoding)
    assert b"Traceback" not in done.stderr
    assert done.returncode == 0 and "CIV" in done.stdout.decode(encoding)


@pytest.mark.parametrize("kibibytes", [250_000, 400_000, 600_000])
@pytest.mark.parametrize("command", [["verify", "documents"], ["reconcile", "Chad"]])
def test_little_memory(kibibytes: int, command: list[str]) -> None:
    size = kibibytes * 1024
    done = xrecord(*command, before=lambda: resource.setrlimit(resource.RLIMIT_AS, (size, size)))
    if command[0] == "reconcile":
        assert done.returncode == 0
    else:
        assert "ulimit -v" in one_line(done, 3)


def test_a_full_disk_for_the_output() -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "xinjiang_record.cli", "versions"],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 3 and b"Traceback" not in done.stderr


def test_an_internal_error_is_one_line_and_can_be_shown_whole(tmp_path: Path) -> None:
    program = (
        "import sys; from xinjiang_record.reconcile import countries\n"
        "from xinjiang_record.cli import main\n"
        "def broken(*a, **k): raise ZeroDivisionError('a fault')\n"
        "main.group.main = broken\n"
        "main.main(['reconcile', 'Chad'])\n"
    )
    for debug in ("", "1"):
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={**os.environ, "XRECORD_DEBUG": debug},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ("Traceback" in done.stderr) == bool(debug)
        assert "ZeroDivisionError" in done.stderr
        assert debug or done.returncode == 3


MEMORY_POOL = """
import atexit, contextlib, io
def told():
    import pyarrow
    print(pyarrow.default_memory_pool().backend_name)
atexit.register(told)
from xinjiang_record.cli.main import main
with contextlib.redirect_stdout(io.StringIO()):
    main(["reconcile", "France"])
"""


@pytest.mark.skipif(
    "CS_GNU_LIBC_VERSION" not in os.confstr_names, reason="Arrow has jemalloc on Linux with glibc"
)
@pytest.mark.parametrize("asked", ["", "system"])
def test_arrow_takes_memory_from_jemalloc_where_nothing_else_was_asked(asked: str) -> None:
    variables = {**os.environ, "ARROW_DEFAULT_MEMORY_POOL": asked}
    if not asked:
        del variables["ARROW_DEFAULT_MEMORY_POOL"]
    done = subprocess.run(
        [sys.executable, "-c", MEMORY_POOL],
        capture_output=True,
        text=True,
        check=True,
        env=variables,
    )
    assert done.stdout.split()[0] == (asked or "jemalloc")
    assert not done.stderr
