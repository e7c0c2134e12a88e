"""Environments and options that no command expects: small memory, closed outputs, odd values."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tests.hostile.case import Case

ROOT = Path(__file__).resolve().parents[2]


class Given(NamedTuple):
    itself: Path
    copy: Path


@contextlib.contextmanager
def prepared(top: Path) -> Iterator[Given]:
    """Give the checkout, which no case changes, and a small copy for commands that write."""
    for name in ("raw", "schemas"):
        ignored = shutil.ignore_patterns("snapshots", "__pycache__")
        shutil.copytree(ROOT / name, top / "copy" / name, ignore=ignored)
    shutil.copytree(ROOT / "published/documents", top / "copy/published/documents", symlinks=True)
    yield Given(ROOT, top / "copy")


def limited(what: int, most: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(what, (most, most))


def cases(checkout: Given) -> Iterator[Case]:
    """Yield all environments; each starts Python anew."""
    project = ("--project", str(checkout.itself))
    case = partial(Case, fresh=True)
    for value in ("9" * 5000, "abc", "", "-1", "1.5", "\u0663", "1e9", "0x10", " 5"):
        limit = {"XRECORD_LIMIT_CELL_CHARS": value}
        yield case(f"limit {value[:9]!r}", (*project, "verify", "responses"), "refused",
                   environment=limit)  # fmt: skip
    yield case("an unknown limit", ("reconcile", "Chad"), "answered",
               environment={"XRECORD_LIMIT_NOTHING": "5"})  # fmt: skip
    for value in ("/nowhere", "", "/etc/passwd", "/dev/null", "/proc", "a\nb", "~", "/" * 5000):
        yield case(f"project {value[:9]!r}", ("run", "--direct"), "refused",
                   environment={"XRECORD_PROJECT": value})  # fmt: skip
    for address in ("http://127.0.0.1:99999/", "http://127.0.0.1:abc/", "http://[::/", "http://",
                    "https:///x", "http://:80/", "http://a b/", "ftp://example.org/", "file:///",
                    "http://127.0.0.1:1/", "http://user:word@127.0.0.1:1/", "gopher://x",
                    "http://\u2024/", "http://xn--/", "http://127.0.0.1:-1/"):  # fmt: skip
        yield case(f"from {address}", ("get", "documents", ".", "--from", address), "refused")
    for name in ("../documents", "/etc", "documents@", "@1.0.0", "documents@1.0", "documents@../x",
                 "documents@٣.0.0", "documents@9.9.9", "", "a" * 5000, "documents\n", "-x",
                 "documents@99999999999999999999.0.0"):  # fmt: skip
        yield case(f"package {name[:20]!r}", (*project, "get", "--", name, "."), "refused")
    for code in ("ascii", "latin-1", "cp1252", "utf-16"):
        yield case(f"encoding {code}", ("reconcile", "Côte d'Ivoire", "新疆"), "answered",
                   environment={"PYTHONIOENCODING": code})  # fmt: skip
    for handle in (1, 2):
        yield case(f"closed {handle}", (*project, "versions"), "refused",
                   before=partial(os.close, handle))  # fmt: skip
    for size in (250_000, 400_000, 600_000):
        yield case(f"{size} KiB", (*project, "verify", "responses"), "refused",
                   before=limited(resource.RLIMIT_AS, size * 1024))  # fmt: skip
    yield case("no HOME", (*project, "versions"), "accepted", environment={"HOME": "/nowhere"})
    yield case("16 files", (*project, "versions"), "accepted",
               before=limited(resource.RLIMIT_NOFILE, 16))  # fmt: skip
    yield case("LC_ALL=C", (*project, "versions"), "accepted", environment={"LC_ALL": "C"})
    yield case("no files", (*project, "get", "documents", "."), "refused",
               before=limited(resource.RLIMIT_FSIZE, 1000))  # fmt: skip
    yield case("sound", (*project, "verify", "responses"), "accepted")
    yield from surroundings(project)
    yield from arguments(checkout.copy)


def surroundings(project: tuple[str, str]) -> Iterator[Case]:
    """Yield variables, folders and streams that make no sense, for a command that only reads."""
    case = partial(Case, fresh=True)
    for name, values in {
        "COLUMNS": ("0", "-1", "abc", "9" * 99), "LINES": ("-5",), "TERM": ("", "evil\x1b[2J"),
        "LANG": ("xx_YY.evil", "C", "\udcff"), "LC_ALL": ("../../etc", "POSIX"),
        "TZ": ("Nowhere/Never", ":/etc/passwd", "A" * 9_999), "PATH": ("", "/nowhere"),
        "TMPDIR": ("/nowhere", "/proc", "", "/dev/null", "\n"), "HOME": ("", "/proc", "relative"),
        "XDG_CACHE_HOME": ("/dev/null", "/proc"), "XDG_DATA_HOME": ("/dev/null", "\udcff"),
        "XRECORD_CACHE": ("/dev/null/x", "/proc/x"), "XRECORD_TRUST": ("/dev/null", "/proc/x"),
        "XRECORD_OFFLINE": ("maybe", ""), "XRECORD_LOG": ("evil", "json"), "NO_COLOR": ("\x1b",),
        "XRECORD_BASE": ("http://127.0.0.1:1/", "/nowhere", "s3://x", "\udcff"),
        "PYTHONIOENCODING": ("evil", "utf-8:evil", ""), "PYTHONHASHSEED": ("5",),
        "ARROW_DEFAULT_MEMORY_POOL": ("evil", "system"), "OMP_NUM_THREADS": ("-1", "evil"),
        "SSH_AUTH_SOCK": ("/nowhere", "/dev/null"), "PYTHONUTF8": ("0",),
        "XRECORD_LIMIT_COMMAND_MEMORY_BYTES": ("0", "1"), "XRECORD_LIMIT_GET_SECONDS": ("0",),
        "XRECORD_SIGNING_KEY": ("evil",), "HTTPS_PROXY": ("http://127.0.0.1:1", "evil"),
    }.items():  # fmt: skip
        for value in values:
            for command in (("versions",), ("get", "documents", "into")):
                yield case(f"{command[0]} with {name}={value[:12]!r}", (*project, *command),
                           "answered", environment={name: value})  # fmt: skip
    for name, before in {
        "no standard input": partial(os.close, 0),
        "a folder that is gone": _leave_a_folder,
        "32 files": limited(resource.RLIMIT_NOFILE, 32),
        "no core, no locked memory": limited(resource.RLIMIT_MEMLOCK, 0),
        "a stack of 256 KiB": limited(resource.RLIMIT_STACK, 262_144),
        "one process": limited(resource.RLIMIT_NPROC, 1),
        "standard output for reading": partial(_reopen, 1, "/dev/null", os.O_RDONLY),
        "a full standard output": partial(_reopen, 1, "/dev/full", os.O_WRONLY),
        "a full standard error": partial(_reopen, 2, "/dev/full", os.O_WRONLY),
        "standard input without end": partial(_reopen, 0, "/dev/zero", os.O_RDONLY),
    }.items():
        for command in (("versions",), ("verify", "responses"), ("validate", "-"), ("cite", "x")):
            yield case(f"{command[0]} with {name}", (*project, *command), "answered",
                       before=before)  # fmt: skip


def _leave_a_folder() -> None:
    os.mkdir("gone")
    os.chdir("gone")
    os.rmdir("../gone")


def _reopen(handle: int, path: str, flags: int) -> None:
    os.dup2(os.open(path, flags), handle)


# A name that is none in these places, or that stands for what they do without it.
FINE = {
    *((name, "--") for name in ("versions", "verify", "preview", "run", "sign show", "fetch")),
}


def arguments(copy: Path) -> Iterator[Case]:
    """Yield arguments that no command has; all are refused in a line."""
    odd = ("", "-", "--", "-x", "--no-such", "a" * 100_000, "\udcff", "a\nb", "\x1b[2J", "../..",
           "documents@", "documents@1.0.0@1.0.0", "%00", "/dev/zero", "--project=/no")  # fmt: skip
    commands = {
        "verify": ("verify",), "versions": ("versions",), "cite": ("cite",), "diff": ("diff",),
        "history": ("history",), "withdraw": ("withdraw", "--reason", "x"), "rebuild": ("rebuild",),
        "preview": ("preview",), "sign show": ("sign", "show"), "deposit": ("deposit",),
        "figure": ("figure",), "add": ("add", "--no-input"),
        "check": ("check",), "extract": ("extract",), "reconcile": ("reconcile", "--format"),
        "describe": ("describe",), "run": ("run", "--direct"), "fetch": ("fetch",),
        "withdraw on": ("withdraw", "documents@1.0.0", "--reason", "x", "--on"),
        "verify stamp": ("verify", "documents@1.0.0", "--stamp"),
        "schedule": ("schedule", "--cron"),
        "time zone": ("schedule", "--sweep", "--timezone"), "key": ("sign", "--key"),
        "check date": ("check", "README.md", "--date"), "site": ("site", "serve", "--port"),
        "keep": ("archive", "--to", "x", "--keep"), "new key": ("sign", "new-key"),
    }  # fmt: skip
    for place, (name, command) in enumerate(commands.items()):
        for number, argument in enumerate(odd):
            if (number + place) % 3 == 0 and (name, argument) not in FINE:
                yield Case(f"{name} {argument[:12]!r}", (*command, argument), "refused",
                           environment={"XRECORD_PROJECT": str(copy)})  # fmt: skip
