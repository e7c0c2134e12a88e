"""Keep a file for each withdrawal, so that no rebuild of the ledger can lose one.

    published/<package>/withdrawals/1.0.1.json

A withdrawal is in three places: this file, the release's entry in versions.json, and the catalog.
The next release names the SHA-256 of the file in its provenance.json, so the chain of releases
holds it too. A ledger is never written with fewer withdrawals than there are files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from xinjiang_record import files
from xinjiang_record.errors import VerifyError
from xinjiang_record.release.integrity.json_files import FORMAT, check_shape, json_text, read_json
from xinjiang_record.release.integrity.release_shapes import WITHDRAWAL
from xinjiang_record.release.integrity.version_numbers import VERSION, version_key
from xinjiang_record.release.integrity.versions_json import Ledger

FOLDER = "withdrawals"
Entry = Mapping[str, Any]


def render_withdrawal(package: str, entry: Entry) -> str:
    """Return the text of the file for a withdrawn entry of the ledger."""
    value = {
        "format": FORMAT,
        "package": package,
        "version": entry["version"],
        "release_id": entry["release_id"],
        **entry["withdrawn"],
    }
    return json_text(value)


def write_withdrawal(folder: Path, package: str, entry: Entry) -> None:
    """Write the file for a withdrawn entry, durably, before the ledger says so."""
    files.write_text(_path(folder, entry["version"]), render_withdrawal(package, entry))


def read_withdrawals(folder: Path) -> dict[str, Entry]:
    """Return every withdrawal file of a package by version.

    Raises:
        VerifyError: A file has another name, shape or package.
    """
    found = {}
    for name in _names(folder):
        path, version = folder / FOLDER / name, name.removesuffix(".json")
        if not VERSION.fullmatch(version) or name == version:
            raise VerifyError(f"{path}: expected a file such as 1.0.0.json. Move it away.")
        value = read_json(path)
        check_shape(value, WITHDRAWAL, str(path))
        if value["version"] != version or value["package"] != folder.name:
            raise VerifyError(
                f"{path}: is about {value['package']} {value['version']}: "
                f"expected {folder.name} {version}. Move it away."
            )
        found[version] = value
    return found


def hash_withdrawals(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each withdrawal file by version, for the next release's provenance."""
    versions = sorted(read_withdrawals(folder), key=version_key)
    return {version: files.sha256(_path(folder, version)) for version in versions}


def restore_withdrawals(folder: Path, ledger: Ledger) -> Ledger:
    """Make ledger and files agree: what either says is withdrawn is withdrawn. Return the ledger.

    Raises:
        VerifyError: The two contradict each other, or a file is about an unknown release.
    """
    kept = read_withdrawals(folder)
    entries = []
    for entry in ledger.versions:
        value = kept.pop(entry["version"], None)
        if value is None:
            if entry["withdrawn"]:
                write_withdrawal(folder, ledger.package, entry)
        elif not entry["withdrawn"] and value["release_id"] == entry["release_id"]:
            entry = {**entry, "withdrawn": {"on": value["on"], "reason": value["reason"]}}
        elif not _agree(value, entry):
            raise VerifyError(
                f"{_path(folder, entry['version'])}: contradicts versions.json. "
                "Restore both files from a copy."
            )
        entries.append(entry)
    for version in kept:
        raise VerifyError(
            f"{_path(folder, version)}: withdraws {version}, which versions.json does not list. "
            "Restore the release from a copy."
        )
    return replace(ledger, versions=tuple(entries))


def find_withdrawal_problems(folder: Path, ledger: Ledger) -> Iterator[str]:
    """Yield where files, ledger and the chain of releases disagree about withdrawals."""
    try:
        kept = read_withdrawals(folder)
    except VerifyError as error:
        yield str(error)
        return
    for entry in ledger.versions:
        path, value = _path(folder, entry["version"]), kept.pop(entry["version"], None)
        if value is None and entry["withdrawn"]:
            yield f"{path}: is missing; versions.json says that this release is withdrawn."
        elif value is not None and not _agree(value, entry):
            yield f"{path}: says other than versions.json about this withdrawal."
        elif value is not None and path.read_text("utf-8") != render_withdrawal(
            ledger.package, entry
        ):
            yield f"{path}: is not written in the canonical form."
    for version in kept:
        yield f"{_path(folder, version)}: withdraws {version}, which is not in versions.json."


def find_lost_withdrawals(folder: Path, made: Mapping[str, Any]) -> Iterator[str]:
    """Yield the withdrawals that a release's provenance names and that are not there unchanged."""
    for version, digest in made.get("withdrawals", {}).items():
        path = _path(folder, version)
        if not path.is_file() or files.sha256(path) != digest:
            yield (
                f"{path}: expected SHA-256 {digest}, as {made['version']} names it; "
                "got another file or none."
            )


def _agree(value: Entry, entry: Entry) -> bool:
    same_words = entry["withdrawn"] == {"on": value["on"], "reason": value["reason"]}
    return bool(same_words and value["release_id"] == entry["release_id"])


def _names(folder: Path) -> list[str]:
    place = folder / FOLDER
    if place.is_symlink() or (place.exists() and not place.is_dir()):
        raise VerifyError(f"{place}: expected a folder. Move it away.")
    return sorted(path.name for path in place.iterdir()) if place.is_dir() else []


def _path(folder: Path, version: str) -> Path:
    return folder / FOLDER / f"{version}.json"
