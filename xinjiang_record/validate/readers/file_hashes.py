"""MD5 and SHA-256 of a stream, beside everything else, in threads of their own, since hashlib lets go of the interpreter."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from xinjiang_record.limits import MIB

# On two cores one is left to the rest; with more, the slower of the two would be what everything waits for.
_SHARES = (("md5",), ("sha256",)) if (os.cpu_count() or 1) > 2 else (("md5", "sha256"),)
BLOCK = (
    8 * MIB
)  # bytes hashed at a time: after each the thread waits for its turn with the interpreter
_BEGUN: dict[str, Digests] = {}


class Digests:
    """Begins at once; ``result()`` waits."""

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
        """The result is not wanted."""
        self._stop.set()

    def result(self) -> tuple[str, str, int]:
        """MD5 and SHA-256 in hex, and the size in bytes. Raises what reading raised."""
        for thread in self._threads:
            thread.join()
        if self._failure is not None:
            raise self._failure
        return self._found["md5"], self._found["sha256"], self._bytes


@contextmanager
def begun(paths: Iterable[str]) -> Iterator[None]:
    """Begin with these files now; ``of`` hands them out. What nobody took is stopped in the end."""
    own = {path: _of_file(path) for path in paths}
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
    return _BEGUN.pop(os.path.realpath(path), None) or _of_file(path)


def _of_file(path: str) -> Digests:
    return Digests(lambda: open(path, "rb", buffering=0))
