"""Open an untrusted file only if it is a regular file, not a link, and not over a limit."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from xinjiang_record.errors import LimitError, ReadError
from xinjiang_record.limits import LIMITS


def read_regular_file(path: Path, limit: str, *, follow_link: bool = False) -> bytes:
    """Return the bytes of a regular file of at most ``limit`` bytes (the name of a limit).

    A pipe or a device does not block: the file is opened without waiting, and its kind and
    size are those of the opened file, not of its name.

    Raises:
        FileNotFoundError: the file does not exist.
        ReadError: it is a link, a folder, a pipe, a device, or cannot be read.
        LimitError: it has more bytes than the limit, whatever its size is said to be.
    """
    handle = _open(path, follow_link)
    most = int(getattr(LIMITS, limit))
    with open(handle, "rb", buffering=0) as stream:
        size = os.fstat(handle).st_size
        if size > most:
            raise LimitError(f"{path}: {size} bytes, over the limit {limit} ({most}).")
        pieces, left = [], most + 1
        try:
            while left and (piece := stream.read(min(left, 1 << 20))):
                pieces.append(piece)
                left -= len(piece)
        except OSError as error:
            raise ReadError(f"{path}: cannot be read ({_reason(error)}).") from error
    if not left:
        raise LimitError(f"{path}: more bytes than the limit {limit} ({most}).")
    return b"".join(pieces)


def read_regular_head(path: Path, size: int) -> bytes:
    """Return the first ``size`` bytes of a regular file, without waiting for a pipe.

    Raises:
        FileNotFoundError: the file does not exist.
        ReadError: it is a link, a folder, a pipe, a device, or cannot be read.
    """
    with open(_open(path, False), "rb", buffering=0) as stream:
        return stream.read(size) or b""


def _open(path: Path, follow_link: bool) -> int:
    """Return the handle of a regular file."""
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow_link else os.O_NOFOLLOW)
    try:
        handle = os.open(path, flags)
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        if not follow_link and os.path.islink(path):
            raise ReadError(f"{path}: expected a regular file, got a link.") from error
        raise ReadError(f"{path}: cannot be read ({_reason(error)}).") from error
    mode = os.fstat(handle).st_mode
    if not stat.S_ISREG(mode):
        os.close(handle)
        raise ReadError(f"{path}: expected a regular file, got {describe_kind(mode)}.")
    return handle


def _reason(error: OSError | ValueError) -> str:
    return getattr(error, "strerror", None) or str(error)


def describe_kind(mode: int) -> str:
    """Return what a file that is not a regular one is, by its mode."""
    kinds = {
        stat.S_IFDIR: "a folder",
        stat.S_IFIFO: "a pipe",
        stat.S_IFSOCK: "a socket",
        stat.S_IFCHR: "a device",
        stat.S_IFBLK: "a device",
    }
    return kinds.get(stat.S_IFMT(mode), "something else")
