"""A second process for the readers that run on native code or may run long: PDF, spreadsheets, Markdown.

It is started once and kept, so that a document costs no start. It can hold no more memory than ``reader_memory_bytes``, write no file,
and take no longer than ``reader_seconds`` for one document; when it breaks one of these bounds, or the library in it crashes, that
document is refused with LimitError, and the next one gets a new process. Documents go in and come out as bytes over pipes.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import resource
import select
import struct
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, BinaryIO

from xinjiang_record import errors, settings
from xinjiang_record.document_readers.document import STATE, Builder, Document, from_json, to_json
from xinjiang_record.errors import LimitError, ReadError, XRecordError
from xinjiang_record.limits import LIMITS

READERS = {
    "read_pdf": "xinjiang_record.document_readers.formats.pdf",
    "read_xlsx": "xinjiang_record.document_readers.formats.spreadsheet",
    "read_xls": "xinjiang_record.document_readers.formats.spreadsheet",
    "read_markdown": "xinjiang_record.document_readers.formats.markdown",
}
_LENGTH = struct.Struct("<II")  # bytes of the JSON head, bytes of the body
_LOCK = threading.Lock()


def run_here(
    reader: str, data: bytes, shown: str, encoding: str | None, media_type: str
) -> Document:
    """Read in this process: what the worker does."""
    out = Builder(shown)
    getattr(importlib.import_module(READERS[reader]), reader)(data, out, encoding)
    return out.build(media_type)


class _Worker:
    """The process as its parent sees it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def ask(self, head: dict[str, Any], data: bytes) -> dict[str, Any]:
        """One document in, its answer out; LimitError when the process died or ran out of time."""
        with _LOCK:
            process = self._running()
            try:
                return self._exchange(process, head, data)
            except (OSError, EOFError) as error:
                self.stop()
                memory, seconds = LIMITS.reader_memory_bytes, LIMITS.reader_seconds
                raise LimitError(
                    f"{head['shown']}: reading it broke off: it needs more than reader_memory_bytes ({memory}), took over "
                    f"reader_seconds ({seconds}), or crashes the library that reads it. {STATE}"
                ) from error

    def _running(self) -> subprocess.Popen[bytes]:
        if self._owner != os.getpid():  # after a fork, the process is the parent's
            self._process, self._owner = None, os.getpid()
        if self._process is None or self._process.poll() is not None:
            self.stop()
            root = str(Path(__file__).resolve().parents[2])
            limits = {
                f"XRECORD_LIMIT_{name.upper()}": str(getattr(LIMITS, name))
                for name in LIMITS.__dataclass_fields__
            }
            self._process = subprocess.Popen(
                [sys.executable, "-m", "xinjiang_record.document_readers.subprocess_reader"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={
                    "PYTHONPATH": root,
                    "PYTHONDONTWRITEBYTECODE": "1",
                    "MALLOC_ARENA_MAX": "1",
                    "RAYON_NUM_THREADS": "1",
                    **limits,
                },
            )
        return self._process

    def _exchange(
        self, process: subprocess.Popen[bytes], head: dict[str, Any], data: bytes
    ) -> dict[str, Any]:
        assert process.stdin and process.stdout
        text = json.dumps(head).encode()
        process.stdin.write(_LENGTH.pack(len(text), len(data)) + text)
        process.stdin.write(data)
        process.stdin.flush()
        deadline = settings.monotonic() + LIMITS.reader_seconds
        size, _ = _LENGTH.unpack(_receive(process.stdout.fileno(), _LENGTH.size, deadline))
        answer: dict[str, Any] = json.loads(_receive(process.stdout.fileno(), size, deadline))
        return answer

    def stop(self) -> None:
        """End the process, if it is ours."""
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream:
                try:
                    stream.close()
                except OSError:
                    continue  # what was not yet sent cannot be sent to a dead process
        process.wait()


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


_WORKER = _Worker()
atexit.register(_WORKER.stop)


def run(reader: str, data: bytes, shown: str, encoding: str | None, media_type: str) -> Document:
    """Read ``data`` in the worker. Raises what the reader raised there."""
    head = {"reader": reader, "shown": shown, "encoding": encoding, "media_type": media_type}
    answer = _WORKER.ask(head, data)
    if "error" in answer:
        raise getattr(errors, answer["error"], ReadError)(answer["message"])
    return from_json(shown, answer)


def _bound() -> None:
    for what, most in (
        (resource.RLIMIT_DATA, LIMITS.reader_memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _serve(source: BinaryIO, target: BinaryIO) -> None:
    while head := source.read(_LENGTH.size):
        sizes = _LENGTH.unpack(head)
        ask = json.loads(source.read(sizes[0]))
        answer = _answer(ask, source.read(sizes[1]))
        target.write(_LENGTH.pack(len(answer), 0) + answer)
        target.flush()


def _answer(ask: dict[str, Any], data: bytes) -> bytes:
    try:
        found = to_json(
            run_here(ask["reader"], data, ask["shown"], ask["encoding"], ask["media_type"])
        )
        return json.dumps(found).encode()
    except MemoryError:
        os._exit(137)
    except XRecordError as error:
        return json.dumps({"error": type(error).__name__, "message": str(error)}).encode()
    except (
        Exception
    ) as error:  # a bug in a reader or its library: the parent refuses this document and says why
        message = f"{ask['shown']}: reading it failed: {type(error).__name__}: {error}. {STATE}"
        return json.dumps({"error": "ReadError", "message": message}).encode()


if __name__ == "__main__":
    _bound()
    _serve(sys.stdin.buffer, sys.stdout.buffer)
