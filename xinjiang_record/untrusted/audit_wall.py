"""Refuse sockets, other programs, and files outside named folders while untrusted files are read.

This is the second wall: the checks before it should let nothing through. ``confined`` names the
folders that may be read and written. Every ``open``, listing, deletion, connection or new process
of the Python code is then checked by one audit hook, whatever library causes it. A refusal raises
UnsafeNameError there, and again at the end of the block if a library has swallowed it.

The hook covers the entire process (a command) or one thread (a function of the library).
"""

from __future__ import annotations

import contextlib
import functools
import mimetypes
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

from xinjiang_record.errors import UnsafeNameError

STATE = "It was not opened."
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
NETWORK = (
    "socket.connect",
    "socket.bind",
    "socket.sendto",
    "socket.sendmsg",
    "socket.getaddrinfo",
    "socket.gethostby",
    "urllib.Request",
    "http.client.connect",
    "ftplib.",
    "smtplib.",
)
PROBE = (("::1", 0),)  # by which urllib3, when imported, looks whether the machine has IPv6
PROGRAMS = ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.system", "os.startfile")
READS = ("os.listdir", "os.scandir", "os.walk", "glob.glob")
CHANGES = ("os.remove", "os.rmdir", "os.mkdir", "os.rename", "os.link", "os.symlink", "os.truncate")
# What Python and its libraries read for themselves.
SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/dev/null", "/dev/urandom", "/etc/localtime")
SYSTEM_FILES = ("/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/locks", "/proc/self/status")
TEMPORARY = "xrecord-"  # how the temporary folders of this program begin
OWN_WORKER = "xinjiang_record.untrusted.bounded_process"
Resolve = Callable[[str], str]


class Wall:
    """Hold what one block may open, and what was refused in it."""

    def __init__(self, read: Iterable[Path], write: Iterable[Path], *, network: bool) -> None:
        """Resolve the folders once."""
        self.write = _as_prefixes(os.path.realpath(path) for path in write)
        self.read = _as_prefixes(os.path.realpath(path) for path in read) + self.write
        self.network = network
        self.refused: list[str] = []

    def check(self, event: str, arguments: tuple[Any, ...], resolve: Resolve) -> None:
        """Raise UnsafeNameError for what is not allowed; ``resolve`` follows links, once a path."""
        if event == "open":
            path, _, flags = arguments
            flags = flags if isinstance(flags, int) else 0
            if not self._is_new_temporary(path, flags, resolve):
                follows = not flags & os.O_NOFOLLOW  # else the kernel refuses a link
                self._check_path(path, resolve, writes=bool(flags & WRITES), follows=follows)
        elif event in READS:
            if not _is_import_path(arguments[0]):
                self._check_path(arguments[0], resolve, writes=False)
        elif event in CHANGES:
            for path in _changed_paths(event, arguments):
                self._check_path(path, resolve, writes=True)
        elif event.startswith(NETWORK):
            if not self.network and arguments[1:] != PROBE:
                self._refuse(f"{event} {arguments[1:]!r:.100}: this command needs no network")
        elif event.startswith(PROGRAMS) and not (
            event == "subprocess.Popen"
            and arguments[0] == sys.executable
            and OWN_WORKER in arguments[1]
        ):
            self._refuse(f"{event} {arguments!r:.100}: this command starts no other program")

    def _is_new_temporary(self, path: object, flags: int, resolve: Resolve) -> bool:
        """Return whether a temporary file is made, which may then be read and deleted."""
        if not isinstance(path, (str, os.PathLike)):
            return False
        folder, text = _resolve_once(tempfile.gettempdir()), os.fsdecode(path)
        if resolve(text) == folder:
            return True  # by which ``tempfile`` opens a file in it
        if flags & os.O_EXCL and resolve(os.path.dirname(text)) == folder:
            own = _as_prefixes([resolve(text)])
            self.write, self.read = self.write + own, self.read + own
            return True
        return False

    def _check_path(
        self, path: object, resolve: Resolve, *, writes: bool, follows: bool = True
    ) -> None:
        if not isinstance(path, (str, bytes, os.PathLike)):
            return  # a handle that is open already
        text = os.fsdecode(path)
        if "\0" in text:
            return  # which the call itself refuses
        if not os.path.isabs(text) and not writes and not os.path.lexists(text):
            return  # a name in a folder that is open already, or nothing
        folder, name = os.path.split(text)
        real = resolve(text if follows else folder)
        real = real if follows else os.path.join(real, name)
        allowed = self.write if writes else self.read
        if not (f"{real}/".startswith(allowed) or _is_of_system(text, real, writes)):
            # Where links are not followed, the link itself is what the caller asked for.
            is_link = not follows and os.path.islink(text)
            why = "is a link" if is_link else "outside the folders that this command reads"
            self._refuse(f"{text}: {why}")

    def _refuse(self, what: str) -> None:
        self.refused.append(what)
        raise UnsafeNameError(f"{what}. {STATE}")


def _changed_paths(event: str, arguments: tuple[Any, ...]) -> Iterator[object]:
    """Yield the paths that an event changes; a name in an open folder with the folder's path."""
    paths = {
        "os.rename": [(arguments[0], 2), (arguments[1:2], 3)],
        "os.link": [(arguments[1:2], 3)],
        "os.symlink": [(arguments[1:2], 2)],
        "os.mkdir": [(arguments[0], 2)],
    }.get(event, [(arguments[0], 1)])
    for path, place in paths:
        name = path[0] if isinstance(path, tuple) else path
        handle = arguments[place] if len(arguments) > place else -1
        if isinstance(handle, int) and handle >= 0 and isinstance(name, (str, bytes)):
            name = os.path.join(os.readlink(f"/proc/self/fd/{handle}"), os.fsdecode(name))
        yield name


def _is_import_path(path: object) -> bool:
    """Return whether a listing is of a folder in which Python looks for modules or packages."""
    if not isinstance(path, str):
        return False
    folders = [os.getcwd() if item in ("", ".") else item for item in sys.path]
    named = os.path.abspath(path)
    return named in folders or os.path.dirname(named) in folders


def _as_prefixes(paths: Iterable[str]) -> tuple[str, ...]:
    """Return what a file in one of these folders, or one of these files, begins with before a /."""
    return tuple(f"{path.rstrip('/')}/" for path in paths)


def _system_folders() -> list[str]:
    own = [str(Path(__file__).parents[1]), sys.prefix, sys.base_prefix, sys.exec_prefix]
    paths = [item for item in sys.path if item and not os.getcwd().startswith(item)]
    named = [*SYSTEM, *own, *paths]
    return [*named, *map(_resolve_once, map(os.path.abspath, named))]


def _is_of_system(text: str, path: str, writes: bool) -> bool:
    """Return whether Python reads a file for itself: a module, a time zone, a temporary file.

    A link inside a folder of the system may lead out of it; ``path`` is the file behind the link.
    """
    temporary = os.path.join(_resolve_once(tempfile.gettempdir()), TEMPORARY)
    if path.startswith(temporary) or path == "/dev/null":
        return True
    named = os.path.normpath(text)
    folders = _FOLDERS[0] if _FOLDERS else ()
    inside = f"{path}/".startswith(folders) or f"{named}/".startswith(folders)
    if writes:
        return inside and "/__pycache__/" in f"{named}/"
    return inside or path in SYSTEM_FILES or path in mimetypes.knownfiles or _is_module(path)


def _is_module(path: str) -> bool:
    """Return whether a file is the source of an imported module, which a traceback shows."""
    return path.endswith(".py") and any(
        getattr(module, "__file__", None) == path for module in list(sys.modules.values())
    )


# Resolved once in a process: nobody moves its folders of modules or of temporary files meanwhile.
_resolve_once = functools.lru_cache(128)(os.path.realpath)
_FOLDERS: list[tuple[str, ...]] = []
_PROCESS: list[Wall] = []
_THREAD = threading.local()
_INSTALLED: list[bool] = []


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    walls = [*getattr(_THREAD, "walls", ()), *_PROCESS]  # the nearer one reports first
    if not walls or getattr(_THREAD, "busy", False):
        return
    _THREAD.busy = True  # what the check itself does is not checked
    known: dict[str, str] = {}

    def resolve(path: str) -> str:
        if path not in known:
            known[path] = os.path.realpath(path)
        return known[path]

    try:
        for wall in walls:
            wall.check(event, arguments, resolve)
    finally:
        _THREAD.busy = False


@contextlib.contextmanager
def confined(
    read: Iterable[Path],
    write: Iterable[Path] = (),
    *,
    network: bool = False,
    scope: Literal["process", "thread"] = "thread",
) -> Iterator[None]:
    """Allow only these folders and files to be read and written inside the block.

    Raises:
        UnsafeNameError: something else was tried, even if a library swallowed the refusal.
    """
    wall = Wall(read, write, network=network)
    if not hasattr(_THREAD, "walls"):
        _THREAD.walls = []
    walls = _PROCESS if scope == "process" else _THREAD.walls
    if not _INSTALLED:
        _INSTALLED.append(True)
        sys.addaudithook(_hook)
    _FOLDERS[:] = [_as_prefixes(_system_folders())]
    walls.append(wall)
    try:
        yield
    finally:
        walls.remove(wall)
    if wall.refused:
        raise UnsafeNameError(f"{wall.refused[0]}. {STATE}")
