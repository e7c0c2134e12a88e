"""Say which texts are a version or the name of a package, and put versions in order."""

from __future__ import annotations

import re

from xinjiang_record.errors import UsageError

VERSION = re.compile(r"(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})")
PACKAGE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
RESERVED = frozenset({"signed"})  # folders next to the packages that are not packages


def check_version(text: str, example: str = "2.0.0") -> None:
    """Check that a text is a version.

    Raises:
        UsageError: It is not.
    """
    if not VERSION.fullmatch(text):
        raise UsageError(
            f"{text!r} is not a version: expected three numbers with points, such as {example}."
        )


def version_key(version: str) -> tuple[int, ...]:
    """Return what versions are sorted by."""
    return tuple(int(part) for part in version.split("."))
