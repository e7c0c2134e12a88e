"""Deposit one release of ``published/`` in an archive, and note where it is next to the ledger.

A release that is noted as deposited is left alone, so each version is deposited once. The sandbox
of an archive is for trying: its DOIs lead nowhere, so they are noted outside ``published/``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from xinjiang_record import files
from xinjiang_record.errors import ReleaseError, VerifyError
from xinjiang_record.fetch.api_client import Api
from xinjiang_record.release.deposit.zenodo import Deposited, Notes, deposit_on_zenodo
from xinjiang_record.release.distribution.cited_address import add_address
from xinjiang_record.release.distribution.locations import FolderLocation
from xinjiang_record.release.distribution.release_locations import Release, find_release
from xinjiang_record.release.integrity.checksums import NAME
from xinjiang_record.release.integrity.deposits import (
    FOLDER,
    Deposit,
    read_deposits,
    restore_dois,
    write_deposit,
)
from xinjiang_record.release.integrity.verify_release import expect, verify_release
from xinjiang_record.release.integrity.version_numbers import version_key
from xinjiang_record.release.integrity.versions_json import read_ledger
from xinjiang_record.release.metadata import datacite
from xinjiang_record.release.metadata.release_info import ReleaseInfo
from xinjiang_record.release.recover import write_ledger
from xinjiang_record.settings import Addresses

PAGES = ("README.md", "CHANGES.md", "CITATION.cff", "LICENSE", NAME)
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Desk:
    """Say where releases are read, and where it is noted what became of a deposit.

    Attributes:
        published: The folder of releases.
        notes: A folder for what is not finished, outside ``published``.
        is_sandbox: Note the result there too, and nothing next to the ledger.
        day: The day to note.
        addresses: Where the record is on the web.
    """

    published: Path
    notes: Path
    is_sandbox: bool
    day: date
    addresses: Addresses


def prepare_release(desk: Desk, package: str, version: str) -> tuple[Release, ReleaseInfo, Path]:
    """Return a release that may be deposited: verified, and not withdrawn.

    Raises:
        ReleaseError: It was withdrawn, or its files were moved to an archive.
        VerifyError: Its bytes are not those that were released.
    """
    release = find_release(FolderLocation(desk.published), package, version)
    if release.withdrawal_notice:
        notice = release.withdrawal_notice.rstrip(".")
        raise ReleaseError(f"{notice}. It is not deposited. Name another release.")
    folder = desk.published / release.path
    archived = release.entry.get("archived")
    if archived and any(not (folder / name).exists() for name in release.sums):
        raise ReleaseError(
            f"{package} {release.version}: its files were moved to {archived}. Bring those of the "
            "newest releases back: xrecord archive --restore"
        )
    if problems := verify_release(folder, expected=expect(package, release.entry)):
        raise VerifyError(f"{problems[0]} Nothing was deposited.")
    return release, add_address(release.info, desk.addresses), folder


def find_deposit(desk: Desk, release: Release, archive: str) -> Deposit | None:
    """Return the deposit of a release that is noted, if it is.

    Raises:
        VerifyError: The note is of another release.
    """
    found = read_deposits(_home(desk, release.package), archive).get(release.version)
    if found and found.release_id != release.entry["release_id"]:
        raise VerifyError(
            f"{_home(desk, release.package)}: the deposit of {release.version} is noted of another "
            "release. Move the note away."
        )
    return found


def note_deposit(
    desk: Desk, release: Release, info: ReleaseInfo, archive: str, done: Deposited
) -> Deposit:
    """Write down a finished deposit, with DataCite's metadata if it has a DOI, and return it."""
    deposit = Deposit(
        release.package,
        release.version,
        release.entry["release_id"],
        archive,
        done.record,
        done.doi,
        done.concept_doi,
        done.address,
        desk.day.isoformat(),
    )
    home = _home(desk, release.package)
    with files.locked(home):  # a publisher waits for this moment only
        if (home / FOLDER).is_dir():
            files.remove_leftovers(home / FOLDER)  # of a run that was killed while it wrote
        write_deposit(home, deposit, datacite.render(replace(info, doi=done.doi)))
        _write_dois(desk, home)
    return deposit


def _write_dois(desk: Desk, home: Path) -> None:
    """Write into the ledger which DOIs its releases have; the caller has the lock."""
    if not desk.is_sandbox:
        ledger = read_ledger(home)
        if (told := restore_dois(home, ledger)) != ledger:
            write_ledger(home, told)


def deposit_at_zenodo(desk: Desk, api: Api, package: str, version: str, report: Report) -> Deposit:
    """Deposit a release on Zenodo or its sandbox, unless it is noted as deposited there.

    Raises:
        ReleaseError: It was withdrawn, or has no downloads.
        VerifyError: Its bytes, or those in the archive, are not those that were released.
        FetchError: The archive refuses or does not answer.
    """
    release, info, folder = prepare_release(desk, package, version)
    home = _home(desk, package)
    with files.locked(desk.notes):  # two runs at once would begin two deposits
        if found := find_deposit(desk, release, "zenodo"):
            report(f"{package} {release.version}: was deposited on {found.deposited_on}")
            with files.locked(home):  # a killed run may have noted it, and not in the ledger
                _write_dois(desk, home)
            return found
        earlier = [
            item
            for item in read_deposits(home, "zenodo").values()
            if version_key(item.version) < version_key(release.version)
        ]
        last = max(earlier, key=lambda item: version_key(item.version), default=None)
        note = desk.notes / f"zenodo-{package}-{release.version}.txt"
        done = deposit_on_zenodo(
            api,
            info,
            _choose_uploads(folder, info),
            Notes(
                lambda: note.read_text("utf-8").strip() if note.is_file() else "",
                lambda number: _note_once(note, number),
            ),
            last.record if last else "",
            report,
        )
        deposit = note_deposit(desk, release, info, "zenodo", done)
        files.remove_tree(note)
    return deposit


def _home(desk: Desk, package: str) -> Path:
    """Return the folder with ``deposits/``: the package's, or that of the sandbox."""
    return (desk.notes / "sandbox" if desk.is_sandbox else desk.published) / package


def _note_once(note: Path, number: str) -> None:
    if not note.is_file() or note.read_text("utf-8").strip() != number:
        files.write_text(note, f"{number}\n")


def _choose_uploads(folder: Path, info: ReleaseInfo) -> dict[str, Path]:
    """Return what is deposited: the ZIP has the complete release, the rest is for people."""
    downloads = sorted((folder / "downloads").glob("*"))
    if not any(path.suffix == ".zip" for path in downloads):
        raise ReleaseError(
            f"{info.package} {info.version}: has no ZIP in downloads/, for it has more than "
            "200,000 rows. Deposit it by hand."
        )
    return {path.name: path for path in (*downloads, *(folder / name for name in PAGES))}
