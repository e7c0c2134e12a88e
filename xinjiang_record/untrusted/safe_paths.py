"""Decide whether a path that was read from a file may be used below a folder: one rule for all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from xinjiang_record.limits import LIMITS

_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,254}")


def path_problem(path: object) -> str:
    """Return what is wrong with a relative path of a release, or an empty string.

    Allowed are parts of ASCII letters, digits, dot, hyphen and underscore, none of which starts
    with a dot. So ``..``, absolute paths, links by name and hidden files cannot be written.
    """
    if not isinstance(path, str):
        return f"expected a text, got {type(path).__name__}"
    if path.count("/") >= LIMITS.path_parts or len(path) > LIMITS.path_chars:
        return "expected a shorter path (limits path_parts and path_chars)"
    for part in path.split("/"):
        if not _PART.fullmatch(part) or part.endswith("."):
            return f"{part[:60]!r} is not allowed as a part of a path"
    return ""


def paths_problem(paths: Iterable[str]) -> str:
    """Return what is wrong with a list of paths taken together, or an empty string.

    No path may be the folder of another, and no two may differ only in the case of letters.
    """
    seen = sorted(paths, key=lambda path: path.casefold().split("/"))
    for before, after in pairwise(seen):
        if before.casefold() == after.casefold():
            return f"{before!r} and {after!r} are the same file on some systems"
        if after.casefold().startswith(f"{before.casefold()}/"):
            return f"{before!r} is a file and the folder of {after!r}"
    return ""
