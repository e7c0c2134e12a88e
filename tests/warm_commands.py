"""Run ``xrecord`` in a process of its own that does not pay for Python's start and the imports.

A server process imports the library once and forks for each command. The child has its own
arguments, folder, environment and standard streams, and ends as the command does. Settings are
read at the import, so a command whose environment changes them must be started anew: use
``subprocess``, as at least one test of each command does.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
ALSO = ("frictionless", "pandas", "pyarrow.csv", "pyarrow.dataset", "pyarrow.parquet", "xlsxwriter")
# What Python, or the library at its import, reads in the environment.
STREAMS = ("out", "err")
AT_START = ("PYTHON", "LC_", "LANG", "XRECORD_LIMIT_")


def _read_at_start() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if name.startswith(AT_START) and name != "PYTHONPATH"
    }


class CommandServer:
    """Hold the server process as the tests see it; the first command starts it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._read_at_start = _read_at_start()

    def run(self, call: Mapping[str, object]) -> int:
        """Run the command of a call (see ``_be_the_command``); return its exit code."""
        assert _read_at_start() == self._read_at_start, "use subprocess: settings differ"
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, __file__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(call) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def stop(self) -> None:
        """End the server, which ends with its input."""
        process, self._process = self._process, None
        if process and process.stdin and process.stdout:
            process.stdin.close()
            process.wait(60)
            process.stdout.close()


_SERVER = CommandServer()
atexit.register(_SERVER.stop)


def run_command(
    *arguments: object, folder: Path = ROOT, seconds: int = 300
) -> subprocess.CompletedProcess[str]:
    """Run ``xrecord`` with some arguments; return its exit code and what it printed.

    Args:
        arguments: what follows ``xrecord`` on the command line.
        folder: the working folder.
        seconds: after which the command is ended, with SIGALRM.
    """
    words = [str(word) for word in arguments]
    with tempfile.TemporaryDirectory() as place:
        call = {
            "arguments": words,
            "folder": str(folder),
            "environment": dict(os.environ),
            "said": f"{place}/said",
            "seconds": seconds,
        }
        code = _SERVER.run(call)
        out, err = (Path(place, f"said.{end}").read_text("utf-8", "replace") for end in STREAMS)
    assert code != -signal.SIGALRM, f"{words}: not within {seconds} s\n{out}\n{err}"
    return subprocess.CompletedProcess(["xrecord", *words], code, out, err)


def _import_everything() -> None:
    import xinjiang_record

    modules = pkgutil.walk_packages(xinjiang_record.__path__, "xinjiang_record.")
    for name in (*ALSO, *(item.name for item in modules)):
        if not name.endswith("__main__"):
            with contextlib.suppress(ImportError):  # of an extra
                importlib.import_module(name)
    gc.collect()
    gc.freeze()


def _serve() -> None:
    """Fork for each line of standard input; write the child's exit code."""
    _import_everything()
    for line in sys.stdin:
        call = json.loads(line)
        child = os.fork()
        if not child:
            _be_the_command(call)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _be_the_command(call: Mapping[str, Any]) -> None:
    """Become the command; do not return."""
    try:
        signal.alarm(call["seconds"])
        files = [os.open(f"{call['said']}.{end}", os.O_WRONLY | os.O_CREAT) for end in STREAMS]
        for target, source in enumerate((os.open(os.devnull, os.O_RDONLY), *files)):
            os.dup2(source, target)
        sys.stdin = os.fdopen(0)
        sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w", buffering=1)
        os.environ.clear()
        os.environ.update(call["environment"])
        os.chdir(call["folder"])
        sys.argv = ["xrecord", *call["arguments"]]
        main = importlib.import_module("xinjiang_record.cli.main").main
        main()
    except SystemExit as error:
        sys.stdout.flush()
        os._exit(error.code if isinstance(error.code, int) else 1)
    except BaseException:
        traceback.print_exc()
    os._exit(70)


if __name__ == "__main__":
    _serve()
