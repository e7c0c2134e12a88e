"""Say which texts are a version or the name of a package, and put versions in order."""

from __future__ import annotations

import re

VERSION = re.compile(r"(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})")
PACKAGE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
RESERVED = frozenset({"signed"})  # folders next to the packages that are not packages


def version_key(version: str) -> tuple[int, ...]:
    """Return what versions are sorted by."""
    return tuple(int(part) for part in version.split("."))
