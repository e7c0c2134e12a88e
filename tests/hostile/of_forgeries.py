"""Releases that agree with themselves byte by byte and are wrong, for the commands that read them.

They are the lies of ``tests/release/test_forged.py``: ``verify`` must name each, and what a reader
of one table can see, ``get`` and ``load`` must not let through.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import xinjiang_record as xr
from tests.faults import publisher
from tests.hostile.case import Case, Ended
from tests.release.forger import Forger
from tests.release.test_forged import LIES
from xinjiang_record.release import publish

MOST = 300_000  # rows of a table that is loaded


@contextlib.contextmanager
def prepared(top: Path) -> Iterator[Path]:
    """Publish the made-up package of the fault tests once."""
    publish(publisher.candidate(0), top / "published")
    yield top / "published"


def forge(published: Path, lie: str, folder: Path) -> None:
    shutil.copytree(published, folder / "published", symlinks=True)
    (folder / "into").mkdir()
    forger = Forger(folder / "published")
    LIES[lie][0](forger)
    forger.seal()


def load() -> None:
    for name in ("things", "sources"):
        assert len(xr.load("made-up", name, base=Path("published"), as_="arrow")) < MOST


def nothing_left(folder: Path, ended: Ended) -> str:
    left = [path.name for path in (folder / "into").iterdir()] if ended.code else []
    return f"left {left} behind" if left else ""


def cases(published: Path) -> Iterator[Case]:
    """Yield every lie for ``verify``, ``get`` and ``load``."""
    for lie in LIES:
        make = partial(forge, published, lie)
        yield Case(f"verify: {lie}", ("verify", "--path", "published"), "refused", make)
        get = ("get", "made-up", "into", "--from", "published")
        yield Case(f"get: {lie}", get, "answered", make, check=nothing_left)
        yield Case(f"load: {lie}", (), "answered", make, call=load)
