"""Environments and options that no command expects: small memory, closed outputs, odd values."""

from __future__ import annotations

import contextlib
import os
import resource
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.hostile.case import Case

ROOT = Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def prepared(top: Path) -> Iterator[Path]:
    """Give the checkout, which no case changes."""
    yield ROOT


def limited(what: int, most: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(what, (most, most))


def cases(checkout: Path) -> Iterator[Case]:
    """Yield all environments; each starts Python anew."""
    project = ("--project", str(checkout))
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
