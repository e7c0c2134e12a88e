"""A checked copy of one release, from a folder or a web address, put in place by one rename."""

from __future__ import annotations

from pathlib import Path

from xinjiang_record import files
from xinjiang_record.errors import UsageError, VerifyError
from xinjiang_record.release.distribution.release_locations import Location, find_release
from xinjiang_record.release.integrity.checksums import NAME
from xinjiang_record.release.integrity.verify import verify_release


def get_release(home: Location, package: str, version: str, into: Path) -> Path:
    """Copy a release to ``into/<package>-<version>``; returns that folder. Nothing is there unless all of it verifies."""
    found = find_release(home, package, version)
    target = into / f"{package}-{found.version}"
    if target.exists():
        raise UsageError(f"{target}: is there already. Remove it, or choose another folder.")
    with files.locked(into):
        staged = into / f".{target.name}.tmp"
        files.remove_tree(staged)
        for path in found.sums:
            files.make_folder((staged / path).parent)
            files.create(staged / path, found.read(path))
        files.create(staged / NAME, found.location.read(f"{found.path}/{NAME}"))
        problems = verify_release(staged)
        if problems:
            files.remove_tree(staged)
            raise VerifyError(f"{found.path}: {problems[0]} Nothing was kept.")
        files.commit_folder(staged, target)
    return target
