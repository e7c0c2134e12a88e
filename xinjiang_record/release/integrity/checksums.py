"""Read and write SHA256SUMS: every file of a release but itself, as ``sha256sum -c`` reads it.

Its own SHA-256 is the id of the release. The same reader checks the file from a folder and from a
web address.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path

from xinjiang_record.errors import LimitError, ReadError, VerifyError
from xinjiang_record.limits import LIMITS
from xinjiang_record.untrusted.regular_files import read_regular_file
from xinjiang_record.untrusted.safe_paths import path_problem, paths_problem

NAME = "SHA256SUMS"
_LINE = re.compile(r"([0-9a-f]{64})  ([^ \n\r][^\n\r]*)")


def format_sums(hashes: Mapping[str, str]) -> str:
    """Return the text of SHA256SUMS, sorted by path."""
    return "".join(f"{hashes[path]}  {path}\n" for path in sorted(hashes))


def read_sums(folder: Path) -> dict[str, str]:
    """Return SHA-256 by path. Raises VerifyError if the file is absent or not as written here."""
    path = folder / NAME
    try:
        data = read_regular_file(path, "ledger_bytes")
    except (OSError, ReadError, LimitError) as error:
        raise VerifyError(f"{path}: cannot be read ({error}).") from error
    return parse_sums(data, str(path))


def hash_sums(folder: Path) -> str:
    """Return the id of the release at ``folder``: the SHA-256 of its SHA256SUMS.

    Raises:
        VerifyError: The file is absent, or is not a regular file.
    """
    path = folder / NAME
    try:
        return hashlib.sha256(read_regular_file(path, "ledger_bytes")).hexdigest()
    except (OSError, ReadError, LimitError) as error:
        raise VerifyError(f"{path}: cannot be read ({error}).") from error


def parse_sums(data: bytes, shown: str) -> dict[str, str]:
    """Return SHA-256 by path from the bytes of a SHA256SUMS, which ``shown`` names in messages.

    Every path is checked, before any of them is used: it must stay in the release's folder.

    Raises:
        VerifyError: a line has another form, a path is unsafe, or the order is not the sorted one.
    """
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError as error:
        raise VerifyError(f"{shown}: expected ASCII text, got other bytes ({error}).") from error
    lines = text.removesuffix("\n").split("\n", LIMITS.release_files)
    if len(lines) > LIMITS.release_files:
        raise VerifyError(
            f"{shown}: more files than the limit release_files ({LIMITS.release_files})."
        )
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        match = _LINE.fullmatch(line)
        if not match:
            raise VerifyError(f"{shown}:{number}: expected a SHA-256, two spaces and a path.")
        if problem := path_problem(match[2]):
            raise VerifyError(f"{shown}:{number}: unsafe path: {problem}. Nothing was written.")
        if match[2] == NAME:
            raise VerifyError(f"{shown}:{number}: lists {NAME} itself.")
        found[match[2]] = match[1]
    if problem := paths_problem(found):
        raise VerifyError(f"{shown}: {problem}.")
    if format_sums(found) != text:
        raise VerifyError(f"{shown}: expected sorted, unique lines that each end with a line feed.")
    return found


def list_entries(folder: Path) -> dict[str, os.DirEntry[str]]:
    """Return every entry below a folder except folders, by its path; follow no links."""
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
