"""SHA256SUMS: every file of a release but itself, in the form that ``sha256sum -c`` reads. Its own SHA-256 is the release's id."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from xinjiang_record.errors import VerifyError

NAME = "SHA256SUMS"
LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9][A-Za-z0-9._/-]*)")


def format_sums(hashes: Mapping[str, str]) -> str:
    """The text, by path."""
    return "".join(f"{hashes[path]}  {path}\n" for path in sorted(hashes))


def read_sums(folder: Path) -> dict[str, str]:
    """SHA-256 by path. Raises VerifyError if the file is absent or not in its form."""
    path = folder / NAME
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise VerifyError(f"{path}: cannot be read ({error}).") from error
    matches = [LINE.fullmatch(line) for line in text.removesuffix("\n").split("\n")]
    found = {match[2]: match[1] for match in matches if match and ".." not in match[2].split("/")}
    if len(found) != len(matches) or format_sums(found) != text:
        raise VerifyError(f"{path}: is not in the form that this record writes.")
    return found


def list_entries(folder: Path) -> dict[str, os.DirEntry[str]]:
    """Every entry below a folder that is not a folder itself, by its path in it; links are not followed."""
    found = {}
    stack = [("", str(folder))]
    while stack:
        prefix, path = stack.pop()
        with os.scandir(path) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    stack.append((f"{prefix}{entry.name}/", entry.path))
                else:
                    found[f"{prefix}{entry.name}"] = entry
    return found
