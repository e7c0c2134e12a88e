"""Copy one release from a folder or a web address, verify it, and put it in place by one rename."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from xinjiang_record import files
from xinjiang_record.errors import UsageError, VerifyError, WithdrawnWarning
from xinjiang_record.limits import LIMITS
from xinjiang_record.release.distribution.locations import Location
from xinjiang_record.release.distribution.release_locations import Release, find_release
from xinjiang_record.release.integrity.checksums import NAME
from xinjiang_record.release.integrity.verify_release import expect, verify_release


def _warn(text: str) -> None:
    warnings.warn(text, WithdrawnWarning, stacklevel=3)


def get_release(
    location: Location,
    package: str,
    version: str,
    into: Path,
    warn: Callable[[str], None] = _warn,
) -> Path:
    """Copy a release to ``into/<package>-<version>``, and return that folder.

    Nothing is there unless all of it verifies as the release that was asked for. ``warn`` is
    called where that release was withdrawn.

    Raises:
        UsageError: The release is unknown, or the folder exists.
        VerifyError: The location serves anything but that release.
    """
    found = find_release(location, package, version)
    target = into / f"{package}-{found.version}"
    if target.exists():
        raise UsageError(f"{target}: already exists. Remove it, or choose another folder.")
    sums = found.sums  # every name in it is checked before anything is created
    with files.locked(into):
        staged = into / f".{target.name}.tmp"
        files.remove_tree(staged)
        try:
            copy_files(found, sums, staged)
            if problems := verify_whole(found, staged):
                raise VerifyError(f"{found.path}: {problems[0]} Nothing was kept.")
            files.commit_folder(staged, target)
            if found.withdrawal_notice:
                warn(found.withdrawal_notice)
        finally:
            files.remove_tree(staged)
    return target


def verify_whole(found: Release, folder: Path) -> list[str]:
    """Return every problem of a copy of a release, which must have all of its files."""
    expected = replace(expect(found.package, found.entry), is_archived=False)
    return verify_release(folder, expected=expected)


def copy_files(found: Release, sums: Mapping[str, str], staged: Path) -> None:
    """Write the files of a release, each checked, up to the limit release_bytes together."""
    left = LIMITS.release_bytes
    for path in (*sums, NAME):
        data = found.read(path) if path in sums else found.location.read(f"{found.path}/{NAME}")
        left -= len(data)
        if left < 0:
            raise VerifyError(
                f"{found.path}: more bytes than the limit release_bytes "
                f"({LIMITS.release_bytes}). Nothing was kept."
            )
        files.make_folder((staged / path).parent)
        files.create(staged / path, data)
