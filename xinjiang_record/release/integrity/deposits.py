"""Keep where a release was deposited: a file for each, next to the ledger.

    published/<package>/deposits/1.0.0.zenodo.json      record number, DOI, day
    published/<package>/deposits/1.0.0.datacite.json    DataCite's metadata with the DOI

A release is sealed before an archive gives it a DOI. So the DOI is in a file of its own, which
names the release by its id and is written once, and in the release's entry of versions.json, which
can be rebuilt from the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from xinjiang_record import files
from xinjiang_record.errors import VerifyError
from xinjiang_record.release.integrity.json_files import (
    FORMAT,
    check_shape,
    json_text,
    parse_release_json,
)
from xinjiang_record.release.integrity.release_shapes import DEPOSIT
from xinjiang_record.release.integrity.version_numbers import VERSION
from xinjiang_record.release.integrity.versions_json import Ledger

FOLDER, DATACITE = "deposits", "datacite"
ARCHIVES = ("zenodo", "huggingface")
DOI_ARCHIVE = "zenodo"  # the hub gives a DOI on its page only
NAME = re.compile(rf"({VERSION.pattern})\.({'|'.join((*ARCHIVES, DATACITE))})\.json")


@dataclass(frozen=True, slots=True)
class Deposit:
    """Say where one release is: the archive's number of it, its DOIs if any, its address."""

    package: str
    version: str
    release_id: str
    archive: str
    record: str
    doi: str
    concept_doi: str
    address: str
    deposited_on: str


def deposit_path(package_folder: Path, version: str, kind: str) -> Path:
    """Return the file of a deposit, or of DataCite's metadata, of a version."""
    return package_folder / FOLDER / f"{version}.{kind}.json"


def write_deposit(package_folder: Path, deposit: Deposit, datacite: str) -> None:
    """Write the file of a deposit, and DataCite's metadata where it has a DOI, durably."""
    if deposit.doi:
        files.write_text(deposit_path(package_folder, deposit.version, DATACITE), datacite)
    text = json_text({"format": FORMAT, **asdict(deposit)})
    files.write_text(deposit_path(package_folder, deposit.version, deposit.archive), text)


def parse_deposit(data: bytes, shown: str) -> Deposit:
    """Return the deposit in the bytes of a file. Raises VerifyError where it is not one."""
    value = parse_release_json(data, shown)
    check_shape(value, DEPOSIT, shown)
    return Deposit(**{name: item for name, item in value.items() if name != "format"})


def read_deposits(package_folder: Path, archive: str) -> dict[str, Deposit]:
    """Return the deposits of a package in one archive, by version."""
    found = {}
    for path in sorted((package_folder / FOLDER).glob(f"*.{archive}.json")):
        deposit = parse_deposit(path.read_bytes(), str(path))
        found[deposit.version] = deposit
    return found


def restore_dois(package_folder: Path, ledger: Ledger) -> Ledger:
    """Return the ledger with the DOI of each release that has a file of it.

    Raises:
        VerifyError: A file is not one of a deposit.
    """
    entries = []
    for entry in ledger.versions:
        path = deposit_path(package_folder, entry["version"], DOI_ARCHIVE)
        if path.is_file() and not path.is_symlink():
            deposit = parse_deposit(path.read_bytes(), str(path))
            if deposit.doi and deposit.release_id == entry["release_id"]:
                entry = {**entry, "doi": deposit.doi}
        entries.append(entry)
    return replace(ledger, versions=tuple(entries))


def find_deposit_problems(package_folder: Path, ledger: Ledger) -> Iterator[str]:
    """Yield where deposits are not what they must be, or name another release.

    The files and the ledger must name the same DOIs.
    """
    for entry in ledger.versions:
        path = deposit_path(package_folder, entry["version"], DOI_ARCHIVE)
        if entry.get("doi") and not path.is_file():
            yield f"{path}: is missing: versions.json has the DOI {entry['doi']}."
    place = package_folder / FOLDER
    if not place.is_dir() or place.is_symlink():
        return
    releases = {entry["version"]: entry for entry in ledger.versions}
    for path in sorted(place.iterdir()):
        name = NAME.fullmatch(path.name)
        if not name or path.is_symlink() or not path.is_file():
            yield f"{path}: does not belong there."
            continue
        version, kind = name[1], path.name.split(".")[-2]
        if version not in releases:
            yield f"{path}: is of {version}, which versions.json does not list."
        elif kind == DATACITE:
            if not deposit_path(package_folder, version, ARCHIVES[0]).is_file():
                yield f"{path}: expected the file of a deposit with it, got none."
        else:
            yield from _compare(path, package_folder.name, kind, releases[version])


def _compare(path: Path, package: str, archive: str, entry: Mapping[str, Any]) -> Iterator[str]:
    try:
        deposit = parse_deposit(path.read_bytes(), str(path))
    except VerifyError as error:
        yield str(error)
        return
    found = (deposit.package, deposit.version, deposit.archive, deposit.release_id)
    if found != (package, entry["version"], archive, entry["release_id"]):
        yield f"{path}: is of another release than its name and versions.json say."
    elif path.read_text("utf-8") != json_text({"format": FORMAT, **asdict(deposit)}):
        yield f"{path}: is not written in the canonical form."
    elif archive == DOI_ARCHIVE and deposit.doi != entry.get("doi", ""):
        yield (
            f"{path}: expected the DOI of versions.json, {entry.get('doi') or 'none'}, got "
            f"{deposit.doi or 'none'}. If the file is right, run xrecord deposit again."
        )
