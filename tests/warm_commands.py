"""Run ``xrecord`` and other Python commands without Python's start and the imports.

A server process imports the libraries once, at the first command, and forks for each command; the
workers of one run of the tests share it. The child has its own arguments, folder, environment and
standard streams, is the first of a group of processes, and ends as the command does. Settings of
Python and the library's limits are read at the import, so a command whose environment changes them
must be started anew: use ``subprocess``, as at least one test of each command does.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import gc
import importlib
import json
import multiprocessing
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
# What a flow imports, a server of Prefect and Dask's scheduler and workers too. ``flows`` comes
# first: it sets what Prefect reads at its import. The flows themselves are not here: their
# parameters depend on the project.
PREFECT = (
    *("flows", "prefect", "prefect.cli", "prefect.artifacts", "prefect.assets"),
    "prefect.flow_runs",
    *("prefect.server.api.server", "prefect.runner", "prefect.events", "prefect.deployments"),
    *("prefect.client.orchestration", "prefect_dask.task_runners", "distributed", "uvicorn"),
    *("opentelemetry.sdk.trace.export", "pyarrow.parquet", "pyarrow.dataset"),
)
# Prefect reads the certificates that it trusts for each client, of which each task makes several:
# 0.02 s for those of the world, and no test speaks TLS with its server.
CERTIFICATE = str(ROOT / "tests" / "flows" / "certificate.pem")
# What commands of flows alone have in their environment, and the server that forks them.
FLOWS = {
    "PREFECT_API_SSL_CERT_FILE": CERTIFICATE,
    "SSL_CERT_FILE": CERTIFICATE,
    "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "2",
    "PREFECT_SERVER_SERVICES_SCHEDULER_MAX_RUNS": "3",  # else each schedule has a hundred
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_FLUSH_INTERVAL": "1",  # tests wait for events
    "PREFECT_SERVER_EVENTS_PROACTIVE_GRANULARITY": "PT1S",
    "PREFECT_CLI_COLORS": "false",
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "false",  # it looks at each thread each 10 ms
    "COLUMNS": "200",
}
PATIENT = {"XRECORD_LIMIT_LOCK_WAIT_SECONDS": "600"}  # a test holds a lock until all has happened
# What Python, or the library at its import, reads in the environment.
AT_START = ("PYTHON", "LC_", "LANG", "XRECORD_LIMIT_")
XRECORD = "from xinjiang_record.cli.main import main\nmain()"
# A command that others call: it asks the server to run a module with all its open files, ends as
# that does, and that ends with it. What that takes for Python is a stand-in too.
STAND_IN = """#!{python} -IS
import json, os, signal, socket, sys
opened = [int(name) for name in os.listdir("/dev/fd") if os.path.lexists("/dev/fd/" + name)]
call = {{
    "command": [*{first}, *sys.argv[1:]],
    "environment": dict(os.environ),
    "folder": os.getcwd(),
    "files": opened,
    "seconds": 0,
}}
with socket.socket(socket.AF_UNIX) as server:
    server.connect("{socket}")
    socket.send_fds(server, [b" "], opened)
    server.sendall(json.dumps(call).encode() + b"\\n")
    said = server.makefile()
    pid = int(said.readline())
    signal.signal(signal.SIGTERM, lambda *_: os.kill(pid, signal.SIGTERM))
    code = int(said.readline())
    if code < 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    sys.exit(code)
"""
FAILED = 70  # the exit code of a command that ends with an exception


def _read_at_start(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in environment.items()
        if name.startswith(AT_START) and name != "PYTHONPATH"
    }


class WarmProcess:
    """A command in a fork of the server; used as ``subprocess.Popen`` is.

    The server says its number and, when it has ended, its exit code.
    """

    def __init__(self, place: str, call: Mapping[str, object], opened: Sequence[int]) -> None:
        self.returncode: int | None = None
        with socket.socket(socket.AF_UNIX) as server:
            server.connect(place)
            socket.send_fds(server, [b" "], opened)
            server.sendall(json.dumps(call).encode() + b"\n")
            self._server = server.detach()  # a test may forget a command that it has killed
        self._said = b""
        while not self._said.endswith(b"\n"):
            self._listen(60)
        self.pid, self._said = int(self._said), b""

    def _listen(self, seconds: float) -> None:
        """Wait at most ``seconds`` for a byte; the server imports all before the first one."""
        if select.select([self._server], [], [], seconds)[0]:
            said = os.read(self._server, 1)
            assert said, "the server of warm commands has ended"
            self._said += said

    def poll(self) -> int | None:
        """Return the exit code, negative for a signal, or None while the command runs."""
        return self._ended(0)

    def _ended(self, seconds: float) -> int | None:
        if self.returncode is None:
            self._listen(seconds)
            while self._said and not self._said.endswith(b"\n"):
                self._listen(60)
            if self._said:
                self.returncode = int(self._said)
                os.close(self._server)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end, and return the exit code."""
        deadline = time.monotonic() + (3600 if timeout is None else timeout)
        while (code := self._ended(1)) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 3600)
        return code


class WarmServer:
    """Hold the server process as the tests see it; it imports the libraries at the first command.

    Args:
        libraries: what the server imports: ``xrecord`` or ``prefect``.
        environment: what its environment has more than that of the tests.
    """

    def __init__(self, libraries: str, environment: Mapping[str, str] | None = None) -> None:
        self._libraries = libraries
        self._environment = {**os.environ, **(environment or {}), "PYTHONPATH": str(ROOT)}
        self._process: subprocess.Popen[bytes] | None = None
        self._name = f"RECORD_TESTS_WARM_{libraries.upper()}"
        atexit.register(self.stop)

    def share(self) -> None:
        """Start the server, and tell the processes that this one starts later where it is."""
        os.environ[self._name] = self._socket()

    def _socket(self) -> str:
        """Return where the server listens: one of this process, where none is shared with it."""
        if self._name not in os.environ and self._process is None:
            self._place = tempfile.TemporaryDirectory(prefix="warm-")
            with socket.socket(socket.AF_UNIX) as listener:
                listener.bind(f"{self._place.name}/socket")
                listener.listen(100)
                self._process = subprocess.Popen(
                    [sys.executable, __file__, self._libraries, str(listener.fileno())],
                    stdin=subprocess.PIPE,
                    pass_fds=[listener.fileno()],
                    cwd=ROOT,
                    env={**self._environment, "PREFECT_HOME": self._place.name},
                )
        return os.environ.get(self._name) or f"{self._place.name}/socket"

    def folder(self) -> Path:
        """Return a folder for what those that share the server share too."""
        return Path(self._socket()).parent

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
            "files": [0, 1, 2],
            "seconds": seconds,
        }
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        opened = [os.open(path, flags, 0o644) for path in (out, err or out)]
        opened.insert(0, os.open(os.devnull, os.O_RDONLY))
        try:
            return WarmProcess(self._socket(), call, opened)
        finally:
            for number in opened:
                os.close(number)

    def stand_in(self, folder: Path) -> dict[str, str]:
        """Return the environment in which ``prefect`` and ``python`` are run by this server.

        Those that a script calls, and those that a command starts that this server runs.
        """
        folder.mkdir(exist_ok=True)
        python = Path(sys.executable)
        for name, first in (("prefect", ["-m", "prefect"]), ("python", [])):
            text = STAND_IN.format(python=python, first=first, socket=self._socket())
            (folder / name).write_text(text, "utf-8")
            (folder / name).chmod(0o755)
        path = os.pathsep.join([str(folder), str(python.parent), os.environ["PATH"]])
        return {"PATH": path, "RECORD_TESTS_PYTHON": f"{folder}/python"}

    def stop(self) -> None:
        """End the server, which ends with its input."""
        process, self._process = self._process, None
        if process and process.stdin:
            process.stdin.close()
            process.wait(60)
            self._place.cleanup()


SERVER = WarmServer("xrecord")
FLOWS_SERVER = WarmServer("prefect", {**FLOWS, **PATIENT})


def run_command(
    *arguments: object,
    folder: Path = ROOT,
    seconds: int = 300,
    code: str = XRECORD,
    environment: Mapping[str, str] = os.environ,
) -> subprocess.CompletedProcess[str]:
    """Run ``xrecord`` with some arguments; return its exit code and what it printed.

    Args:
        arguments: what follows ``xrecord`` on the command line.
        folder: the working folder.
        seconds: after which the command is ended, with SIGALRM.
        code: what runs the command, where a test changes something of it.
        environment: the whole environment.
    """
    return run_warm(SERVER, ["-c", code, *arguments], environment, folder, seconds)


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
    for name in ("flows", "flows.tracing"):  # which each command imports in its own environment
        sys.modules.pop(name, None)
    if libraries == "xrecord":
        read_a_text()
    gc.enable()
    gc.collect()
    gc.freeze()


def read_a_text() -> None:
    """Compile what ``check`` and ``extract`` look for: most of their time with a short text.

    In this process: a bounded process must not be there when commands are forked.
    """
    from xinjiang_record.document_readers.document import Block, Document
    from xinjiang_record.extract.check.article_context import Context, read_clauses
    from xinjiang_record.extract.signatories.find_statements import find_statements

    lines = (ROOT / "docs/example-article.txt").read_text("utf-8").splitlines()
    blocks = tuple(Block(line, f"line {number}", "line") for number, line in enumerate(lines, 1))
    document = Document("text", "text/plain", blocks)
    find_statements(document)
    for block in document.blocks:
        list(read_clauses(block.text, "en", None, Context()))


# The connections of the commands that run, by number: whom to tell of the end.
_ASKED: dict[int, socket.socket] = {}


def _note_ends(*_: object) -> None:
    """Tell of every child that has ended."""
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            _say(_ASKED[pid], os.waitstatus_to_exitcode(status))
            _ASKED.pop(pid).close()


def _say(asked: socket.socket, number: int) -> None:
    with contextlib.suppress(OSError):  # who asked has ended
        asked.sendall(f"{number}\n".encode())


def _fork(listener: socket.socket) -> None:
    """Start the child of one call; tell its number, and later its exit code."""
    asked, _ = listener.accept()
    _, opened, *_ = socket.recv_fds(asked, 1, 250)
    with asked.makefile("rb") as lines:
        call = json.loads(lines.readline())
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})  # first the start, then the end
    child = os.fork()
    if not child:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        os.setpgid(0, 0)
        _end_with(asked)
        for connection in (listener, asked, *_ASKED.values()):
            connection.close()
        _be_the_command(call, opened)
    for number in opened:
        os.close(number)
    with contextlib.suppress(OSError):  # it did so itself, and is another program now
        os.setpgid(child, child)
    _ASKED[child] = asked
    _say(asked, child)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})


def _end_with(asked: socket.socket) -> None:
    """Let the group of this process be killed when who asked for it ends, which closes a socket."""
    fcntl.fcntl(asked, fcntl.F_SETOWN, -os.getpid())
    fcntl.fcntl(asked, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(asked, fcntl.F_SETFL, os.O_ASYNC)
    if select.select([asked], [], [], 0)[0]:  # it has ended
        os._exit(FAILED)


def _serve(libraries: str, descriptor: str) -> None:
    """Fork for each caller of the socket, until standard input ends."""
    with socket.socket(fileno=int(descriptor)) as listener:
        if 0 in select.select([0, listener], [], [])[0]:
            return
        import_everything(libraries)
        signal.signal(signal.SIGCHLD, _note_ends)
        while 0 not in select.select([0, listener], [], [])[0]:
            _fork(listener)


def _be_the_command(call: Mapping[str, Any], opened: Sequence[int]) -> None:
    """Become the command; do not return."""
    code = FAILED
    try:
        signal.alarm(call["seconds"])
        _take_over(opened, call["files"])
        sys.stdin = os.fdopen(0)
        sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w", buffering=1)
        os.environ.clear()
        os.environ.update(call["environment"])
        os.chdir(call["folder"])
        sys.executable = os.environ.get("RECORD_TESTS_PYTHON", sys.executable)
        multiprocessing.set_executable(sys.executable)
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


def _take_over(opened: Sequence[int], numbers: Sequence[int]) -> None:
    """Give the files that came with a call the numbers that they have there."""
    above = [fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, 500) for number in opened]
    for number in opened:
        os.close(number)
    for number, target in zip(above, numbers, strict=True):
        os.dup2(number, target)
        os.close(number)


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
    if how != "-c":
        sys.argv = list(command)
        runpy.run_path(how, run_name="__main__")
        return
    sys.argv = ["xrecord" if what == XRECORD else "-c", *arguments]
    exec(compile(what, "<string>", "exec"), main.__dict__)


if __name__ == "__main__":
    _serve(*sys.argv[1:])
