"""Keep where a release was deposited: a file for each, next to the ledger.

    published/<package>/deposits/1.0.0.zenodo.json      record number, DOI, day
    published/<package>/deposits/1.0.0.datacite.json    DataCite's metadata with the DOI

A release is sealed before an archive gives it a DOI, and a signed ledger stays as it was signed. So
the DOI is in a file of its own, which names the release by its id. The file is written once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

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
    """Return the deposit in the bytes of a file. Raises VerifyError where it is none."""
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


def find_deposit_problems(package_folder: Path, ledger: Ledger) -> Iterator[str]:
    """Yield where the files of deposits are not what they must be, or name another release."""
    place = package_folder / FOLDER
    if not place.is_dir() or place.is_symlink():
        return
    releases: Mapping[str, str] = {
        entry["version"]: entry["release_id"] for entry in ledger.versions
    }
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
            yield from _compare(path, package_folder.name, version, kind, releases[version])


def _compare(path: Path, package: str, version: str, archive: str, release: str) -> Iterator[str]:
    try:
        deposit = parse_deposit(path.read_bytes(), str(path))
    except VerifyError as error:
        yield str(error)
        return
    found = (deposit.package, deposit.version, deposit.archive, deposit.release_id)
    if found != (package, version, archive, release):
        yield f"{path}: is of another release than its name and versions.json say."
    elif path.read_text("utf-8") != json_text({"format": FORMAT, **asdict(deposit)}):
        yield f"{path}: is not written in the canonical form."
