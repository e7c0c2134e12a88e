"""Write, rename, link and delete files; no other module does. What is in place is complete.

A file is written next to its place, flushed to the disk, and renamed over it; then the folder is
flushed. A failure leaves the old content as it was and raises NotWritableError.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path

from xinjiang_record import settings
from xinjiang_record.errors import LockedError, NotWritableError, UnsafeNameError
from xinjiang_record.limits import LIMITS, MIB

FILE_MODE, FOLDER_MODE = 0o644, 0o755  # fixed, so that no umask shows in what is published
STAGED = "No release was changed; the next run removes what is incomplete."
HASHED_BYTES = MIB // 4  # at once: few enough for a processor's cache
Later = Callable[[Callable[[], None]], Future[None]]  # runs work in another thread


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_and_hash(path: Path) -> tuple[memoryview, str]:
    """Return a file's bytes, and their SHA-256 in hexadecimal, in one pass."""
    digest, done = hashlib.sha256(), 0
    with open(path, "rb", buffering=0) as stream:
        data = memoryview(bytearray(os.fstat(stream.fileno()).st_size))
        while count := stream.readinto(data[done : done + HASHED_BYTES]):
            digest.update(data[done : done + count])
            done += count
    return data[:done], digest.hexdigest()


@contextlib.contextmanager
def explained(path: Path, state: str) -> Iterator[None]:
    """Turn an OSError into NotWritableError with the path, the reason and ``state``."""
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
    """Make a folder and its parents with fixed modes, unless it is there."""
    with explained(path, "Nothing was written."):
        if not path.is_dir():
            if path.parent != path:
                make_folder(path.parent)
            path.mkdir(exist_ok=True)
            path.chmod(FOLDER_MODE)
    return path


def check_writable(folder: Path) -> None:
    """Make a folder, and raise NotWritableError now if nothing can be written in it."""
    trial = make_folder(folder) / f".{os.getpid()}.tmp"
    with explained(folder, "Nothing was written."):
        trial.touch()
        trial.unlink()


def write_bytes(path: Path, data: bytes) -> str:
    """Put ``data`` at ``path`` in one step, and return its SHA-256."""
    make_folder(path.parent)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with explained(path, "The file is as it was before."):
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
    """Put UTF-8 text at ``path`` in one step, line ends as given, and return its SHA-256."""
    return write_bytes(path, text.encode("utf-8"))


def write_secret(path: Path, data: bytes) -> None:
    """Write a new file that only its owner can read; an existing one is never replaced."""
    with explained(path, "Nothing was written."):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with open(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(handle)


class NewFile:
    """Write a new file in a folder that nobody reads yet; count and hash its bytes.

    Use it in a ``with``; at its end the bytes are on the disk and the mode is fixed. With ``later``
    they are on the disk once that work is done.
    """

    def __init__(self, path: Path, later: Later | None = None) -> None:
        """Create the file; fail if it is there."""
        self.path, self.bytes = path, 0
        self._hash, self._later = hashlib.sha256(), later
        with explained(path, STAGED):
            self._handle = os.open(
                path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE
            )

    def write(self, data: bytes | memoryview) -> None:
        """Add bytes, all of them."""
        view = memoryview(data)
        self.bytes += view.nbytes
        with explained(self.path, STAGED):
            while view.nbytes:
                written = os.write(self._handle, view[:HASHED_BYTES])
                self._hash.update(view[:written])
                view = view[written:]

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of what was written so far."""
        return self._hash.hexdigest()

    def __enter__(self) -> NewFile:
        """Return the file itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        """Flush the file and fix its mode, unless an exception passes; then close it."""
        if kind is None:
            _finish(self._handle, self.path, self._later)
        else:
            os.close(self._handle)


def create(path: Path, data: bytes, later: Later | None = None) -> str:
    """Write a file that must not exist, in a folder that nobody reads yet; return its SHA-256."""
    with NewFile(path, later) as stream:
        stream.write(data)
    return stream.sha256


def seal(path: Path, later: Later | None = None) -> str:
    """Make durable a file that a library has written, with the fixed mode; return its SHA-256."""
    with explained(path, STAGED):
        _finish(os.open(path, os.O_RDONLY | os.O_CLOEXEC), path, later)
        return sha256(path)


def leave_unflushed(_: Callable[[], None]) -> Future[None]:
    """Flush nothing: a ``Later`` for files that another process flushes, with ``flush``."""
    done = Future[None]()
    done.set_result(None)
    return done


def flush(path: Path) -> None:
    """Make durable a file that was left unflushed."""
    with explained(path, STAGED):
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _finish(handle: int, path: Path, later: Later | None) -> None:
    """Fix the mode of a file, flush it, now or ``later``, and close it in any case."""

    def flush() -> None:
        with explained(path, STAGED):
            os.fsync(handle)

    with contextlib.ExitStack() as close:
        close.callback(os.close, handle)
        with explained(path, STAGED):
            os.fchmod(handle, FILE_MODE)
        if later is None:
            flush()
        else:
            flushed, closing = later(flush), close.pop_all()
            flushed.add_done_callback(lambda _: closing.close())


def settle(temporary: Path, path: Path, *, keep: bool = False) -> None:
    """Give a finished file its name in a folder that nobody reads yet, over an earlier attempt.

    With ``keep`` the earlier attempt stays: it has the same bytes, and may be flushed already.
    """
    with explained(path, STAGED):
        if keep and path.exists():
            temporary.unlink()
        else:
            os.replace(temporary, path)


def commit_folder(staged: Path, target: Path) -> None:
    """Put a finished folder in place by one rename, durably.

    The kernel refuses the rename where ``target`` holds anything.
    """
    with explained(target, f"Unless {target} is there, complete, no release was added. Run again."):
        for folder, _, _ in os.walk(staged, topdown=False):
            fsync_folder(Path(folder))
        os.rename(staged, target)
        fsync_folder(target.parent)


def exchange_folder(staged: Path, target: Path) -> None:
    """Put a finished folder in the place of another; afterwards ``staged`` is the old one.

    On Linux the kernel exchanges the two in one step. Elsewhere ``target`` is absent for an
    instant, but never a mixture.
    """
    with explained(target, "It is as it was before, or is the new one. Run again."):
        for folder, _, _ in os.walk(staged, topdown=False):
            fsync_folder(Path(folder))
        if not os.path.lexists(target):
            os.rename(staged, target)
        elif not _exchange(staged, target):
            old = target.with_name(f".{target.name}.old.tmp")
            os.rename(target, old)
            os.rename(staged, target)
            os.rename(old, staged)
        fsync_folder(target.parent)


def _exchange(one: Path, two: Path) -> bool:
    """Exchange two names by renameat2, if the system has it."""
    import ctypes  # deferred: platform

    library = ctypes.CDLL(None, use_errno=True)
    if not hasattr(library, "renameat2"):
        return False
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    done = library.renameat2(here, os.fsencode(one), here, os.fsencode(two), exchange)
    return bool(done == 0)


def point(link: Path, target: str) -> None:
    """Make ``link`` a symbolic link to ``target`` in one step, whatever link was there before."""
    temporary = link.with_name(f".{link.name}.{os.getpid()}.tmp")
    with explained(link, "The link is as it was before, or is the new one."):
        try:
            os.symlink(target, temporary)
            os.replace(temporary, link)
            fsync_folder(link.parent)
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def remove_leftovers(folder: Path) -> None:
    """Delete what a killed writer left next to its target; only the lock's holder may call it."""
    for entry in sorted(os.listdir(folder)):
        if entry.startswith(".") and entry.endswith(".tmp"):
            remove_tree(folder / entry)


def append_line(path: Path, line: str) -> None:
    """Add one line to a log that only grows, durably."""
    make_folder(path.parent)
    with explained(path, "The line was not added."), open(path, "ab") as stream:
        stream.write(line.encode("utf-8") + b"\n")
        stream.flush()
        os.fsync(stream.fileno())


def remove_tree(path: Path) -> None:
    """Delete a folder and all in it, or a file or link; links are never followed."""
    with explained(path, "It may be deleted in part; run again."):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif os.path.lexists(path):  # a read-only file system refuses even to delete nothing
            path.unlink(missing_ok=True)


@contextlib.contextmanager
def locked(path: Path, *, wait_seconds: float | None = None) -> Iterator[None]:
    """Hold the kernel's lock on the folder ``path``, which is made if absent.

    The lock is on the folder itself, so no lock file remains and an unwritable folder can be locked
    too. Raises LockedError, which names the holder, after ``wait_seconds``
    (``LIMITS.lock_wait_seconds`` if not given).
    """
    make_folder(path)
    limit = LIMITS.lock_wait_seconds if wait_seconds is None else wait_seconds
    with explained(path, "Nothing was changed."):
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _acquire(handle, path, limit)
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
                raise LockedError(
                    f"{path}: {_holder(handle)} did not release the lock within {limit:g} s. "
                    "Nothing was changed. Wait for it to end, then run again."
                ) from None
            settings.pause(0.05)


def _holder(handle: int) -> str:
    """Return the process that the kernel lists as the holder of the lock."""
    inode = f":{os.fstat(handle).st_ino}"
    with contextlib.suppress(OSError), open("/proc/locks", encoding="ascii") as lines:
        for line in lines:
            parts = line.split()
            if "->" not in parts and parts[1] == "FLOCK" and parts[5].endswith(inode):
                return f"process {parts[4]}"
    return "another process"


def mirror(folder: Path, wanted: Mapping[str, bytes], kept: Collection[str] = ()) -> int:
    """Make a folder hold exactly ``wanted`` (by relative path) and what it has of ``kept``.

    The folder must be one that can be built again. Files that are as wanted stay untouched. Each
    other file is replaced in one step, unflushed, and the rest is deleted. Names must stay inside
    the folder. Returns how many files were written.
    """
    make_folder(folder)
    found = {
        str(path.relative_to(folder)): path
        for path in folder.rglob("*")
        if path.is_symlink() or not path.is_dir()
    }
    written = 0
    with explained(folder, "It may be built in part; run again."):
        for name in [name for name in found.keys() - set(kept) if found[name].is_symlink()]:
            found.pop(name).unlink()  # a folder that is a link would lead writing out
        for name, data in wanted.items():
            path = folder / name
            if (
                path.is_absolute() != folder.is_absolute()
                or ".." in Path(name).parts
                or name.startswith("/")
            ):
                raise UnsafeNameError(f"{name!r} could leave {folder}. Nothing more was written.")
            old = found.get(name)
            if old is not None and old.stat().st_size == len(data) and old.read_bytes() == data:
                continue
            make_folder(path.parent)
            temporary = path.with_name(f".{path.name}.tmp")
            temporary.write_bytes(data)
            temporary.chmod(FILE_MODE)
            os.replace(temporary, path)
            written += 1
        for name in found.keys() - wanted.keys() - set(kept):
            found[name].unlink(missing_ok=True)
        for path in sorted((path for path in folder.rglob("*") if path.is_dir()), reverse=True):
            with contextlib.suppress(OSError):
                path.rmdir()
    return written
