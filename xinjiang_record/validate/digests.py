"""MD5 and SHA-256 of a file, beside everything else: each in a thread of its own, since hashlib lets go of the interpreter."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from xinjiang_record.settings import MIB

_BEGUN: dict[str, Digests] = {}


class Digests:
    """Begins at once; ``result()`` waits."""

    def __init__(self, path: str) -> None:
        self._path, self._stop = path, threading.Event()
        self._found: dict[str, str] = {}
        self._threads = [
            threading.Thread(target=self._run, args=(name,), name=f"xrecord-{name}", daemon=True)
            for name in ("md5", "sha256")
        ]
        for thread in self._threads:
            thread.start()

    def _run(self, name: str) -> None:
        digest = hashlib.new(name, usedforsecurity=False)
        memory = bytearray(MIB)
        view = memoryview(memory)
        with open(self._path, "rb", buffering=0) as stream:
            while not self._stop.is_set() and (count := stream.readinto(view)):
                digest.update(view[:count])
        self._found[name] = digest.hexdigest()

    def stop(self) -> None:
        """The result is not wanted."""
        self._stop.set()

    def result(self) -> tuple[str, str, int]:
        """MD5 and SHA-256 in hex, and the size in bytes."""
        for thread in self._threads:
            thread.join()
        return self._found["md5"], self._found["sha256"], os.path.getsize(self._path)


@contextmanager
def begun(paths: Iterable[str]) -> Iterator[None]:
    """Begin with these files now; ``of`` hands them out. What nobody took is stopped in the end."""
    own = {path: Digests(path) for path in paths}
    _BEGUN.update(own)
    try:
        yield
    finally:
        for path, digests in own.items():
            if _BEGUN.get(path) is digests:
                del _BEGUN[path]
                digests.stop()


def of(path: str) -> Digests:
    """The digests of a file: those that were begun, or new ones."""
    return _BEGUN.pop(os.path.realpath(path), None) or Digests(path)
