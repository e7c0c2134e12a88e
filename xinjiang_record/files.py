"""The only code that writes, renames, links or deletes. Whatever it puts in place is complete, or absent.

A file is written beside its place, flushed to the disk, and renamed over it; then the folder is flushed. A failure leaves the
old content as it was and raises NotWritableError, which says so.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from xinjiang_record import settings
from xinjiang_record.errors import LockedError, NotWritableError

FILE_MODE, FOLDER_MODE = 0o644, 0o755  # fixed, so that no umask shows in what is published


def sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextlib.contextmanager
def _explained(path: Path, state: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise NotWritableError(f"{path}: {error.strerror or error}. {state}") from error


def fsync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(path: Path) -> Path:
    """Make a folder and its parents, with fixed modes; no error if it is there."""
    with _explained(path, "Nothing was written."):
        if not path.is_dir():
            if path.parent != path:
                make_folder(path.parent)
            path.mkdir(exist_ok=True)
            path.chmod(FOLDER_MODE)
    return path


def write_bytes(path: Path, data: bytes) -> str:
    """Put ``data`` at ``path`` in one step; returns its SHA-256."""
    make_folder(path.parent)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with _explained(path, "The file is as it was before."):
        try:
            with open(temporary, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.chmod(FILE_MODE)
            os.replace(temporary, path)
            fsync_folder(path.parent)
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
    return hashlib.sha256(data).hexdigest()


def write_text(path: Path, text: str) -> str:
    """Put UTF-8 text at ``path`` in one step, line ends as given; returns its SHA-256."""
    return write_bytes(path, text.encode("utf-8"))


def append_line(path: Path, line: str) -> None:
    """Add one line to a log that only grows, durably."""
    make_folder(path.parent)
    with _explained(path, "The line was not added."), open(path, "ab") as stream:
        stream.write(line.encode("utf-8") + b"\n")
        stream.flush()
        os.fsync(stream.fileno())


def remove_tree(path: Path) -> None:
    """Delete a folder and all in it, or a file or link; no error if it is absent. Links are never followed."""
    with _explained(path, "It may be deleted in part; run again."):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


@contextlib.contextmanager
def locked(path: Path, *, wait_seconds: float | None = None) -> Iterator[None]:
    """Hold the kernel's lock on ``path`` (made if absent, never deleted): it ends with the process, however that ends.

    Raises LockedError, which names the holder, once ``wait_seconds`` (``LIMITS.lock_wait_seconds``) are over.
    """
    make_folder(path.parent)
    limit = settings.LIMITS.lock_wait_seconds if wait_seconds is None else wait_seconds
    with _explained(path, "Nothing was changed."):
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
    try:
        _acquire(handle, path, limit)
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)


def _acquire(handle: int, path: Path, limit: float) -> None:
    deadline = settings.monotonic() + limit
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if settings.monotonic() >= deadline:
                holder = os.pread(handle, 32, 0).decode(errors="replace").strip() or "unknown"
                raise LockedError(
                    f"{path}: process {holder} holds the lock and did not let go within {limit:g} s. "
                    "Nothing was changed. Wait for it to end, then run again."
                ) from None
            settings.pause(0.05)
