"""Bring a package's folder into order after whatever happened to the run before. Only the holder of its lock may.

What can be there after a kill: leftovers beside their targets, ``.staging``, a release that the ledger does not list yet, a ``latest``
that is behind. An orderly folder is only read.
"""

from __future__ import annotations

import os
from pathlib import Path

from xinjiang_record import files
from xinjiang_record.errors import VerifyError
from xinjiang_record.release.integrity import provenance
from xinjiang_record.release.integrity.checksums import NAME, list_entries, read_sums
from xinjiang_record.release.integrity.json_files import read_json
from xinjiang_record.release.integrity.versions_json import Ledger, read_ledger, version_folders


def recover(folder: Path) -> Ledger:
    """Finish or undo what a killed run began; returns the ledger. Raises VerifyError where a listed release is gone or changed."""
    files.remove_leftovers(folder)
    if (folder / ".staging").exists():
        files.remove_tree(folder / ".staging")
    ledger = read_ledger(folder)
    there = [path.name for path in version_folders(folder)]
    listed = [entry["version"] for entry in ledger.versions]
    gone = [version for version in listed if version not in there]
    if gone:
        raise VerifyError(
            f"{folder}: versions.json lists {', '.join(gone)}, which is not there. Restore it from a copy."
        )
    for version in there:
        if version not in listed:
            ledger = _adopt(folder / version, ledger)
            write_ledger(folder, ledger)
    point_latest(folder, ledger)
    return ledger


def _adopt(release: Path, ledger: Ledger) -> Ledger:
    """Take a release into the ledger that was put in place, and so is whole, but not listed any more before the kill."""
    sums, there = read_sums(release), list_entries(release)
    if set(there) != {*sums, NAME} or any(
        files.sha256(release / path) != digest for path, digest in sums.items()
    ):
        raise VerifyError(
            f"{release}: is not listed in versions.json and not whole, so this program did not put it there. "
            "Move it away, then run again."
        )
    about = read_json(release / "provenance.json")
    descriptor = read_json(release / "datapackage.json")
    entry = provenance.build_ledger_entry(about, files.sha256(release / NAME))
    return Ledger(
        about["package"], descriptor["title"], descriptor["description"], (*ledger.versions, entry)
    )


def write_ledger(folder: Path, ledger: Ledger) -> None:
    """Put versions.json in place."""
    files.write_text(folder / "versions.json", ledger.text())


def point_latest(folder: Path, ledger: Ledger) -> None:
    """Make ``latest`` the last release that is not withdrawn; without one there is no ``latest``."""
    link = folder / "latest"
    target = ledger.latest["version"] if ledger.latest else None
    present = os.readlink(link) if link.is_symlink() else None
    if target and present != target:
        files.point(link, target)
    elif present and not target:
        files.remove_tree(link)
