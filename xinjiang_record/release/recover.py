"""Bring a package's folder into order, whatever happened to the run before.

Only the holder of the package's lock may. After a kill there can be leftovers next to their
targets, ``.staging``, a release that the ledger does not list yet, a withdrawal that the ledger
does not say yet, or a ``latest`` that is behind. A folder in order is only read.

Nothing that is found is trusted: a release is added to the ledger only where it follows the newest
one in the chain, and a ledger is written only where it says no less than the catalog does.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from xinjiang_record import files
from xinjiang_record.errors import VerifyError
from xinjiang_record.release.catalog import find_missing_from
from xinjiang_record.release.integrity import deposits, provenance, withdrawals
from xinjiang_record.release.integrity.checksums import NAME, hash_sums, list_entries, read_sums
from xinjiang_record.release.integrity.json_files import check_shape, read_json
from xinjiang_record.release.integrity.release_shapes import DESCRIPTOR, PROVENANCE
from xinjiang_record.release.integrity.verify_release import is_archivable
from xinjiang_record.release.integrity.versions_json import (
    Ledger,
    find_ledger_problems,
    read_ledger,
    version_folders,
)

MOVE_AWAY = "This program did not put it there. Move it away, then run again."


def recover(folder: Path) -> Ledger:
    """Finish or undo what a killed run began, and return the ledger.

    Raises:
        VerifyError: A listed release is gone, an unlisted one does not belong there, or the ledger
            contradicts itself, its releases, its withdrawals or the catalog.
    """
    for place in (folder, folder / withdrawals.FOLDER, folder / deposits.FOLDER):
        if place.is_dir() and not place.is_symlink():
            files.remove_leftovers(place)
    if (folder / ".staging").exists():
        files.remove_tree(folder / ".staging")
    found = ledger = read_ledger(folder)
    there = [path.name for path in version_folders(folder)]
    listed = [entry["version"] for entry in ledger.versions]
    gone = [version for version in listed if version not in there]
    if gone:
        raise VerifyError(
            f"{folder}: versions.json lists {', '.join(gone)}: expected the release's folder, "
            "got none. Restore it from a copy."
        )
    for problem in find_ledger_problems(ledger, folder.name) if listed else ():
        raise VerifyError(f"{folder / 'versions.json'}: {problem} Restore it from a copy.")
    for version in there:
        if version not in listed:
            ledger = _adopt(folder / version, ledger)
    ledger = withdrawals.restore_withdrawals(folder, ledger)
    ledger = deposits.restore_dois(folder, ledger)
    for problem in find_missing_from(ledger, folder.parent):
        raise VerifyError(
            f"{folder / 'versions.json'}: {problem} Restore versions.json and the releases from "
            "a copy, then run again."
        )
    if ledger != found:
        write_ledger(folder, ledger)
    point_latest(folder, ledger)
    return ledger


def _adopt(release: Path, ledger: Ledger) -> Ledger:
    """Add a release to the ledger that was put in place, but not listed before the kill."""
    for problem in _find_strange(release, ledger):
        raise VerifyError(f"{release}: {problem} {MOVE_AWAY}")
    made = read_json(release / "provenance.json")
    descriptor = read_json(release / "datapackage.json")
    entry = provenance.build_ledger_entry(made, hash_sums(release))
    grown = Ledger(made["package"], descriptor["title"], descriptor["description"], ledger.versions)
    return grown.with_entry(entry)


def _find_strange(release: Path, ledger: Ledger) -> Iterator[str]:
    """Yield why a folder is not the release that follows the newest one of the ledger."""
    if release.is_symlink() or not release.is_dir():
        yield "is not listed in versions.json, and is not a folder."
        return
    sums, there = read_sums(release), list_entries(release)
    plain = all(entry.is_file(follow_symlinks=False) for entry in there.values())
    lacking = {*sums, NAME} - set(there)
    if plain and lacking and all(map(is_archivable, lacking)):
        yield (
            "is not listed in versions.json, and its data are in an archive that only "
            "versions.json names. Restore versions.json from a copy."
        )
    elif not plain or set(there) != {*sums, NAME}:
        yield "is not listed in versions.json, and does not hold just the files of SHA256SUMS."
    elif any(files.sha256(release / path) != digest for path, digest in sums.items()):
        yield "is not listed in versions.json, and its bytes are not those of SHA256SUMS."
    else:
        made = read_json(release / "provenance.json")
        descriptor = read_json(release / "datapackage.json")
        check_shape(made, PROVENANCE, str(release / "provenance.json"))
        check_shape(descriptor, DESCRIPTOR, str(release / "datapackage.json"))
        yield from _find_other_identity(release, made, descriptor, ledger)


def _find_other_identity(
    release: Path, made: Mapping[str, Any], descriptor: Mapping[str, Any], ledger: Ledger
) -> Iterator[str]:
    expected = (release.parent.name, release.name)
    for found in ((made["package"], made["version"]), (descriptor["name"], descriptor["version"])):
        if found != expected:
            yield f"expected {' '.join(expected)}, got {' '.join(found)}."
    newest = ledger.newest
    previous = newest and {"version": newest["version"], "release_id": newest["release_id"]}
    if made["previous"] != previous:
        before = newest["version"] if newest else "no release"
        yield f"expected the release that follows {before}, got another."


def write_ledger(folder: Path, ledger: Ledger) -> None:
    """Put versions.json in place."""
    files.write_text(folder / "versions.json", ledger.text())


def point_latest(folder: Path, ledger: Ledger) -> None:
    """Point ``latest`` to the last release that is not withdrawn; remove it where there is none."""
    link = folder / "latest"
    target = ledger.latest["version"] if ledger.latest else None
    present = os.readlink(link) if link.is_symlink() else None
    if target and present != target:
        files.point(link, target)
    elif present and not target:
        files.remove_tree(link)
