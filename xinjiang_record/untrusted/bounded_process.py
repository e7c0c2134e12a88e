"""Run a function on untrusted bytes in a second process with bounded memory and time.

The process is started once and kept, so a call costs no start. It can use no more memory than
``reader_memory_bytes``, write no file, open no socket, and use no more processor time than
``reader_seconds`` for one call. When it breaks a bound, or a library in it crashes, the call is
refused with LimitError, and the next call gets a new process. Bytes go in and JSON comes out over
pipes; an exception of ``errors`` is raised again in the caller.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import json
import os
import resource
import select
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from xinjiang_record import errors, settings
from xinjiang_record.errors import LimitError, ReadError, XRecordError
from xinjiang_record.limits import LIMITS
from xinjiang_record.untrusted.resource_limits import lower_limit

_LENGTH = struct.Struct("<II")  # bytes of the JSON head, bytes of the body
_LOCK = threading.Lock()
WALL_FACTOR = 6  # on a busy machine, processor time passes more slowly than time
FORBIDDEN = ("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.fork", "os.system")
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class BoundedProcess:
    """Hold the second process as its parent sees it."""

    def __init__(self) -> None:
        """Start nothing yet: the first call does."""
        self.process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def call(self, head: Mapping[str, Any], data: bytes) -> dict[str, Any]:
        """Send one call and return its answer. Raises LimitError when the process ended."""
        with _LOCK:
            process = self._running()
            try:
                return self._exchange(process, head, data)
            except (OSError, EOFError) as error:
                why = _why(process, error, head["limit"])
                self.stop()
                raise LimitError(
                    f"{head['shown']}: reading stopped: {why}. {head['state']}"
                ) from error

    def _running(self) -> subprocess.Popen[bytes]:
        if self._owner != os.getpid():  # after a fork, the process is the parent's
            self.process, self._owner = None, os.getpid()
        if self.process is None or self.process.poll() is not None:
            self.stop()
            limits = {
                f"XRECORD_LIMIT_{name.upper()}": str(getattr(LIMITS, name))
                for name in LIMITS.__dataclass_fields__
            }
            self.process = subprocess.Popen(
                [sys.executable, "-m", "xinjiang_record.untrusted.bounded_process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={
                    "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
                    "PYTHONDONTWRITEBYTECODE": "1",
                    "MALLOC_ARENA_MAX": "1",
                    "RAYON_NUM_THREADS": "1",
                    **limits,
                },
            )
        return self.process

    def _exchange(
        self, process: subprocess.Popen[bytes], head: Mapping[str, Any], data: bytes
    ) -> dict[str, Any]:
        assert process.stdin and process.stdout
        text = json.dumps(head).encode()
        process.stdin.write(_LENGTH.pack(len(text), len(data)) + text)
        process.stdin.write(data)
        process.stdin.flush()
        deadline = settings.monotonic() + WALL_FACTOR * head["seconds"]
        size, _ = _LENGTH.unpack(_receive(process.stdout.fileno(), _LENGTH.size, deadline))
        answer: dict[str, Any] = json.loads(_receive(process.stdout.fileno(), size, deadline))
        return answer

    def stop(self) -> None:
        """End the process, if this process started it."""
        process, self.process = self.process, None
        if process is None or self._owner != os.getpid():
            return
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream:
                with contextlib.suppress(OSError):  # what was not sent cannot be sent any more
                    stream.close()
        process.wait()


def _why(process: subprocess.Popen[bytes], error: Exception, limit: str) -> str:
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(1)
    memory = LIMITS.reader_memory_bytes
    if process.returncode == -signal.SIGXCPU or "time" in str(error):
        return f"it takes longer than the limit {limit} ({getattr(LIMITS, limit)})"
    if process.returncode == 137:
        return f"it needs more memory than the limit reader_memory_bytes ({memory})"
    return (
        f"it crashes the library that reads it, or breaks a limit "
        f"(reader_memory_bytes {memory}, {limit} {getattr(LIMITS, limit)})"
    )


def _receive(handle: int, size: int, deadline: float) -> bytes:
    parts, missing = [], size
    while missing:
        left = deadline - settings.monotonic()
        if left <= 0 or not select.select([handle], [], [], left)[0]:
            raise EOFError("out of time")
        part = os.read(handle, min(missing, 1 << 20))
        if not part:
            raise EOFError("the process ended")
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


PROCESS = BoundedProcess()
atexit.register(PROCESS.stop)


def run_bounded(
    function: str,
    data: bytes,
    *,
    shown: str,
    state: str,
    options: Mapping[str, Any] | None = None,
    limit: str = "reader_seconds",
    seconds: int | None = None,
) -> object:
    """Return ``function(data, options)``, computed in the bounded process.

    Args:
        function: ``module:name`` of a function of this library; its result must be JSON.
        data: the untrusted bytes.
        shown: what messages call them.
        state: the sentence that says how things are when the call is refused.
        options: further JSON values for the function.
        limit: the name of the limit on the processor time of the call.
        seconds: what is left of it; all of it if not given.

    Raises:
        LimitError: a bound was broken. Any other exception of the function, if it is an
        XRecordError.
    """
    head = {
        "function": function,
        "shown": shown,
        "state": state,
        "options": dict(options or {}),
        "limit": limit,
        "seconds": getattr(LIMITS, limit) if seconds is None else seconds,
    }
    answer = PROCESS.call(head, data)
    if "missing" in answer:  # a library of an extra, which the command names
        raise ModuleNotFoundError(answer["error"], name=answer["missing"])
    if "error" in answer:
        raise getattr(errors, answer["error"], ReadError)(answer["message"])
    return answer["value"]


def run_here(
    function: str, data: bytes, *, options: Mapping[str, Any] | None = None, **rest: object
) -> object:
    """Return what ``run_bounded`` does, computed in this process without bounds; for tests."""
    return _function(function)(data, dict(options or {}))


def _function(name: str) -> Callable[[bytes, Mapping[str, Any]], object]:
    module, _, function = name.partition(":")
    if not module.startswith("xinjiang_record."):
        raise ReadError(f"Unknown function: expected one of this library, got {name!r}.")
    found: Callable[[bytes, Mapping[str, Any]], object]
    found = getattr(importlib.import_module(module), function)
    return found


def _bound() -> None:
    for what, most in (
        (resource.RLIMIT_DATA, LIMITS.reader_memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        lower_limit(what, most, for_good=True)
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse sockets, other processes and writing, whatever a library is led to do."""
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITES
    if event.startswith(FORBIDDEN) or (writes and arguments[0] != os.devnull):
        raise PermissionError(f"{event} is not allowed while an untrusted file is read")


def _grant_seconds(seconds: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime) + 1 + seconds
    lower_limit(resource.RLIMIT_CPU, most)


def _serve(source: BinaryIO, target: BinaryIO) -> None:
    while head := source.read(_LENGTH.size):
        sizes = _LENGTH.unpack(head)
        call = json.loads(source.read(sizes[0]))
        data = source.read(sizes[1])
        _grant_seconds(call["seconds"])
        answer = _answer(call, data)
        target.write(_LENGTH.pack(len(answer), 0) + answer)
        target.flush()


def _answer(call: dict[str, Any], data: bytes) -> bytes:
    try:
        value = _function(call["function"])(data, call["options"])
        return json.dumps({"value": value}).encode()
    except MemoryError:
        os._exit(137)
    except XRecordError as error:
        return json.dumps({"error": type(error).__name__, "message": str(error)}).encode()
    except ModuleNotFoundError as error:
        return json.dumps({"error": str(error), "missing": error.name}).encode()
    except Exception as error:  # a fault of a reader or its library: the caller refuses the file
        why = f"{type(error).__name__}: {error}"[:500]
        message = f"{call['shown']}: reading it failed: {why}. {call['state']}"
        return json.dumps({"error": "ReadError", "message": message}).encode()


if __name__ == "__main__":
    _bound()
    _serve(sys.stdin.buffer, sys.stdout.buffer)
