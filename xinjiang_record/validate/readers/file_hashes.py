"""Compute MD5 and SHA-256 of a stream in threads of their own: hashlib releases the interpreter."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from xinjiang_record.errors import XRecordError
from xinjiang_record.limits import MIB
from xinjiang_record.validate import descriptor_safety

# With two cores one thread computes both; with more, each has a thread of its own.
_SHARES = (("md5",), ("sha256",)) if (os.cpu_count() or 1) > 2 else (("md5", "sha256"),)
BLOCK = 8 * MIB  # bytes hashed at a time; after each the thread needs the interpreter again
LARGE = 8 * MIB  # bytes of a file whose hashes are started at once
_STARTED: dict[str, FileHashes] = {}
_OF_THREAD = threading.local()


class FileHashes:
    """Compute hashes from the beginning; ``result()`` blocks until they are complete."""

    def __init__(self, opened: Callable[[], Any]) -> None:
        self._opened, self._stop = opened, threading.Event()
        self._found: dict[str, str] = {}
        self._bytes = 0
        self._failure: Exception | None = None
        self._threads = [
            threading.Thread(
                target=self._run, args=(names,), name=f"xrecord-{'-'.join(names)}", daemon=True
            )
            for names in _SHARES
        ]
        for thread in self._threads:
            thread.start()

    def _run(self, names: tuple[str, ...]) -> None:
        digests = [hashlib.new(name, usedforsecurity=False) for name in names]
        memory = bytearray(BLOCK)
        view = memoryview(memory)
        total = 0
        try:
            with closing(self._opened()) as stream:
                while not self._stop.is_set() and (count := stream.readinto(view)):
                    for digest in digests:
                        digest.update(view[:count])
                    total += count
        except Exception as error:
            self._failure = error
        self._found.update((digest.name, digest.hexdigest()) for digest in digests)
        self._bytes = total

    def stop(self) -> None:
        """Stop: the result is not wanted."""
        self._stop.set()

    def result(self) -> tuple[str, str, int]:
        """Return MD5 and SHA-256 in hex, and the size in bytes. Raise what reading raised."""
        for thread in self._threads:
            thread.join()
        if self._failure is not None:
            raise self._failure
        return self._found["md5"], self._found["sha256"], self._bytes


@contextmanager
def start_hashes(
    target: Path, descriptor: Mapping[str, Any], resource: str | None, *, hashed: bool
) -> Iterator[None]:
    """Compute the hashes of the first large file within the block, if ``hashed``.

    They take as long as the import of Frictionless. ``get_hashes`` returns them. What is not used,
    and what this thread began before, ends with the block.
    """
    large = _find_large(target, descriptor, resource) if hashed else ""
    own = _STARTED.get(large) or _of_file(large) if large else None
    if own is not None:
        _STARTED[large] = own
    try:
        yield
    finally:
        if own is not None:
            _end(large, own)
        end_unused()


def end_if_unused(end: Callable[[], None]) -> None:
    """Call a function when this thread calls ``end_unused``."""
    _OF_THREAD.unused = [*getattr(_OF_THREAD, "unused", ()), end]


def end_unused() -> None:
    """End what this thread has begun for Frictionless, unless it is used."""
    unused, _OF_THREAD.unused = getattr(_OF_THREAD, "unused", ()), []
    for end in unused:
        end()


def begin_hashes(path: str) -> None:
    """Start the hashes of a file, for ``get_hashes``; ``end_unused`` stops them."""
    end_unused()
    real = os.path.realpath(path)
    own = _STARTED[real] = _of_file(real)
    end_if_unused(lambda: _end(real, own))


def _end(path: str, own: FileHashes) -> None:
    if _STARTED.get(path) is own:
        del _STARTED[path]
        own.stop()


def _find_large(target: Path, descriptor: Mapping[str, Any], resource: str | None) -> str:
    """Return the path of the large file that is read first; empty if there is none."""
    resources = descriptor.get("resources")
    for item in resources if isinstance(resources, list) else [descriptor]:
        if isinstance(item, Mapping) and (resource is None or item.get("name") == resource):
            with suppress(OSError, XRecordError):
                for path in descriptor_safety.list_data_paths(target, item):
                    if path.suffix in (".csv", ".tsv") and path.stat().st_size >= LARGE:
                        return os.path.realpath(path)
    return ""


def get_hashes(path: str) -> FileHashes:
    """Return the hashes of a file: those that were started, or new ones."""
    return _STARTED.pop(os.path.realpath(path), None) or _of_file(path)


def _of_file(path: str) -> FileHashes:
    return FileHashes(lambda: open(path, "rb", buffering=0))
