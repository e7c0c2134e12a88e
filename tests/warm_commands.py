"""Run ``xrecord`` and other Python commands without Python's start and the imports.

A server process imports the libraries once and forks for each command. The child has its own
arguments, folder, environment and standard streams, is the first of a group of processes, and ends
as the command does. Settings of Python and the library's limits are read at the import, so a
command whose environment changes them must be started anew: use ``subprocess``, as at least one
test of each command does.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LIBRARIES = (
    *("frictionless", "pandas", "pyarrow.csv", "pyarrow.dataset", "pyarrow.parquet", "xlsxwriter"),
)
# What a flow imports, a server of Prefect and Dask's scheduler and workers too. Nothing of flows/:
# its parameters depend on the project.
PREFECT = (
    *("prefect", "prefect.cli", "prefect.artifacts", "prefect.assets", "prefect.flow_runs"),
    *("prefect.server.api.server", "prefect.runner", "prefect.events", "prefect.deployments"),
    *("prefect.client.orchestration", "prefect_dask.task_runners", "distributed", "uvicorn"),
    *("opentelemetry.sdk.trace.export", "pyarrow.parquet", "pyarrow.dataset"),
)
# What Python, or the library at its import, reads in the environment.
AT_START = ("PYTHON", "LC_", "LANG", "XRECORD_LIMIT_")
XRECORD = "from xinjiang_record.cli.main import main\nmain()"
# A command that a script calls: it asks the server to run a module, and ends as that does.
STAND_IN = """#!{python} -IS
import json, os, socket, sys
if sys.argv[1] == "{real}":
    os.execv("{itself}", ["{itself}", *sys.argv[1:]])
here = f"/proc/{{os.getpid()}}/fd/"
call = {{
    "command": ["-m", "{module}", *sys.argv[1:]],
    "environment": dict(os.environ),
    "folder": os.getcwd(),
    "out": here + "1",
    "err": here + "2",
    "seconds": 300,
}}
with socket.socket(socket.AF_UNIX) as server:
    server.connect("{socket}")
    server.sendall(json.dumps(call).encode() + b"\\n")
    sys.exit(int(server.makefile().readline()))
"""
FAILED = 70  # the exit code of a command that ends with an exception


def _read_at_start(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in environment.items()
        if name.startswith(AT_START) and name != "PYTHONPATH"
    }


class WarmProcess:
    """A command in a fork of the server; used as ``subprocess.Popen`` is."""

    def __init__(self, server: WarmServer, pid: int) -> None:
        self._server, self.pid = server, pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit code, negative for a signal, or None while the command runs."""
        self._server.listen(0)
        self.returncode = self._server.ended.get(self.pid)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end, and return the exit code."""
        deadline = time.monotonic() + (3600 if timeout is None else timeout)
        while self.poll() is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 3600)
            self._server.listen(1)
        assert self.returncode is not None
        return self.returncode


class WarmServer:
    """Hold the server process as the tests see it; the first command starts it.

    Args:
        libraries: what the server imports: ``xrecord`` or ``prefect``.
        environment: what its environment has more than that of the tests.
    """

    def __init__(self, libraries: str, environment: Mapping[str, str] | None = None) -> None:
        self._libraries = libraries
        self._environment = {**os.environ, **(environment or {}), "PYTHONPATH": str(ROOT)}
        self._process: subprocess.Popen[bytes] | None = None
        self._place: tempfile.TemporaryDirectory[str] | None = None
        self._said = b""
        self._started: list[int] = []
        self.ended: dict[int, int] = {}
        atexit.register(self.stop)

    def start(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        out: Path,
        err: Path | None = None,
        seconds: int = 0,
    ) -> WarmProcess:
        """Start a command: the words after ``python``, which begin with -m or -c.

        Args:
            command: the words.
            environment: the whole environment.
            folder: the working folder.
            out: the file for what it prints.
            err: the file for its standard error; ``out`` too where there is none.
            seconds: after which the command is ended, with SIGALRM.
        """
        mine, here = _read_at_start(self._environment), _read_at_start(environment)
        assert mine == here, f"use subprocess: settings differ: {mine.items() ^ here.items()}"
        call = {
            "command": [str(word) for word in command],
            "environment": dict(environment),
            "folder": str(folder),
            "out": str(out),
            "err": str(err or out),
            "seconds": seconds,
        }
        if self._process is None:
            self._place = tempfile.TemporaryDirectory(prefix="warm-")
            self._process = subprocess.Popen(
                [sys.executable, __file__, self._libraries, self._socket()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=ROOT,
                env=self._environment,
            )
        assert self._process.stdin
        self._process.stdin.write(json.dumps(call).encode() + b"\n")
        self._process.stdin.flush()
        while not self._started:
            self.listen(60)
        return WarmProcess(self, self._started.pop())

    def listen(self, seconds: float) -> None:
        """Wait at most ``seconds`` for what the server says of starts and ends, and note it."""
        assert self._process and self._process.stdout
        stream = self._process.stdout.fileno()
        if select.select([stream], [], [], seconds)[0]:
            said = os.read(stream, 65_536)
            assert said, "the server of warm commands has ended"
            *lines, self._said = (self._said + said).split(b"\n")
            for line in lines:
                pid, code = line.split()
                if code == b"started":
                    self._started.append(int(pid))
                else:
                    self.ended[int(pid)] = int(code)

    def stand_in(self, folder: Path, name: str, real: str = "") -> str:
        """Return a PATH on which ``name`` is the module of that name, run by this server.

        For scripts that call a command of Python. What such a command prints, it appends. Where
        its first word is ``real``, it is the command itself.
        """
        folder.mkdir(exist_ok=True)
        program = folder / name
        python = Path(sys.executable)
        itself = python.with_name(name)
        text = STAND_IN.format(
            python=python, module=name, socket=self._socket(), real=real, itself=itself
        )
        program.write_text(text, "utf-8")
        program.chmod(0o755)
        return os.pathsep.join([str(folder), str(python.parent), os.environ["PATH"]])

    def _socket(self) -> str:
        assert self._place, "the server has not started"
        return f"{self._place.name}/socket"

    def stop(self) -> None:
        """End the server, which ends with its input."""
        process, self._process = self._process, None
        if process and process.stdin and process.stdout:
            process.stdin.close()
            process.wait(60)
            process.stdout.close()
        if self._place:
            self._place.cleanup()


_SERVER = WarmServer("xrecord")


def run_command(
    *arguments: object, folder: Path = ROOT, seconds: int = 300, code: str = XRECORD
) -> subprocess.CompletedProcess[str]:
    """Run ``xrecord`` with some arguments; return its exit code and what it printed.

    Args:
        arguments: what follows ``xrecord`` on the command line.
        folder: the working folder.
        seconds: after which the command is ended, with SIGALRM.
        code: what runs the command, where a test changes something of it.
    """
    return run_warm(_SERVER, ["-c", code, *arguments], os.environ, folder, seconds)


def run_script(script: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a script of the tests that imports the library; return what ``run_command`` returns."""
    code = f"import runpy\nrunpy.run_path({str(script)!r}, run_name='__main__')"
    return run_command(*arguments, seconds=3600, code=code)


def run_warm(
    server: WarmServer,
    command: Sequence[object],
    environment: Mapping[str, str],
    folder: Path = ROOT,
    seconds: int = 300,
) -> subprocess.CompletedProcess[str]:
    """Run a command in a fork of a server, and wait for its end; see ``WarmServer.start``."""
    words = [str(word) for word in command]
    with tempfile.TemporaryDirectory() as place:
        files = [Path(place, name) for name in ("out", "err")]
        ended = server.start(words, environment, folder, *files, seconds=seconds).wait()
        out, err = (path.read_text("utf-8", "replace") for path in files)
    assert ended != -signal.SIGALRM, f"{words}: not within {seconds} s\n{out}\n{err}"
    return subprocess.CompletedProcess(["python", *words], ended, out, err)


def import_everything(libraries: str) -> None:
    """Import the library and what its commands import, for processes that are forked later."""
    gc.disable()  # imports make much and leave little; a sixth of their time would go into looking
    import xinjiang_record

    modules = [
        item.name for item in pkgutil.walk_packages(xinjiang_record.__path__, "xinjiang_record.")
    ]
    for name in (*(PREFECT if libraries == "prefect" else LIBRARIES), *modules):
        if not name.endswith("__main__"):
            with contextlib.suppress(ImportError):  # of an extra
                importlib.import_module(name)
    gc.enable()
    gc.collect()
    gc.freeze()


# Whom to tell of the end of a child: a connection, or else the standard output.
_ASKED: dict[int, socket.socket] = {}


def _say(pid: int, what: object) -> None:
    os.write(1, f"{pid} {what}\n".encode())


def _note_ends(*_: object) -> None:
    """Tell of every child that has ended."""
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            code = os.waitstatus_to_exitcode(status)
            if asked := _ASKED.pop(pid, None):
                with contextlib.suppress(OSError), asked:
                    asked.sendall(f"{code}\n".encode())
            else:
                _say(pid, code)


def _fork(line: bytes, asked: socket.socket | None = None) -> None:
    """Start the child of one call; write its number, and later its exit code."""
    call = json.loads(line)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})  # first the start, then the end
    child = os.fork()
    if not child:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        _be_the_command(call)
    with contextlib.suppress(OSError):  # it did so itself, and is another program now
        os.setpgid(child, child)
    if asked:
        _ASKED[child] = asked
    else:
        _say(child, "started")
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})


def _serve(libraries: str, place: str) -> None:
    """Fork for each line of standard input, and for each caller of the socket."""
    import_everything(libraries)
    signal.signal(signal.SIGCHLD, _note_ends)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(place)
        listener.listen()
        while True:
            ready, _, _ = select.select([0, listener], [], [])
            if listener in ready:
                caller, _ = listener.accept()
                _fork(caller.makefile("rb").readline(), caller)
            if 0 in ready:
                line = sys.stdin.buffer.readline()
                if not line:
                    return
                _fork(line)


def _be_the_command(call: Mapping[str, Any]) -> None:
    """Become the command; do not return."""
    code = FAILED
    try:
        os.setpgid(0, 0)
        signal.alarm(call["seconds"])
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        for target, path in ((1, call["out"]), (2, call["err"])):
            os.dup2(os.open(path, flags, 0o644), target)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        sys.stdin = os.fdopen(0)
        sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w", buffering=1)
        os.environ.clear()
        os.environ.update(call["environment"])
        os.chdir(call["folder"])
        _read_settings_again()
        _run(call["command"])
        code = 0
    except SystemExit as error:
        if error.code is not None and not isinstance(error.code, int):
            print(error.code, file=sys.stderr)
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:
        traceback.print_exc()
    with contextlib.suppress(BaseException):
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        sys.stdout.flush()
    os._exit(code)


def _read_settings_again() -> None:
    """Let the libraries that read the environment at their import read it again."""
    if "prefect" in sys.modules:
        sys.modules["prefect.context"].refresh_global_settings_context()
    if "dask.config" in sys.modules:
        sys.modules["dask.config"].refresh()


def _run(command: Sequence[str]) -> None:
    how, what, *arguments = command
    sys.path[:] = ["", *sys.path[1:]]
    sys.modules["__main__"] = main = ModuleType("__main__")
    if how == "-m":
        sys.argv = [what, *arguments]
        runpy.run_module(what, run_name="__main__", alter_sys=True)
        return
    sys.argv = ["xrecord" if what == XRECORD else "-c", *arguments]
    exec(compile(what, "<string>", "exec"), main.__dict__)


if __name__ == "__main__":
    _serve(*sys.argv[1:])
