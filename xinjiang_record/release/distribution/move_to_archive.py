"""Move the data of older releases to an archive, so that this folder stays small.

For each release that is neither among the newest nor the latest, under the package's lock:

1. Verify it here.
2. Copy its files to the archive: each as itself, in the layout of a folder of releases, or all as
   one zip. Read them back.
3. Read all of them back once more by the address that readers will use, and compare the hashes.
4. Write that address into the ledger.
5. Only then delete the files of the release here, except for descriptor, provenance, sums, changes,
   licence and citation: with these the chain and the history stay whole.

If asked, do the same for the newest releases, but delete only their downloads. Git cannot store a
zip or a spreadsheet as its difference from the one before, so these are what makes it grow.

Stopped at any point, nothing is lost: run it again. A release that is archived already is read back
before more of its files are deleted here. ``restore_releases`` brings files back.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from xinjiang_record import files
from xinjiang_record.archives.zip import write_zip
from xinjiang_record.errors import NotServedError, UsageError, VerifyError
from xinjiang_record.release.distribution.archive_locations import open_archive
from xinjiang_record.release.distribution.locations import FolderLocation
from xinjiang_record.release.distribution.mirror import copy_release
from xinjiang_record.release.distribution.object_stores import (
    Store,
    open_store_apart,
    refuse_own_folder,
)
from xinjiang_record.release.distribution.release_locations import Release
from xinjiang_record.release.integrity.checksums import NAME, list_entries, read_sums
from xinjiang_record.release.integrity.verify_release import (
    DOWNLOADS,
    expect,
    is_archivable,
    verify_release,
)
from xinjiang_record.release.integrity.versions_json import Ledger, package_folders
from xinjiang_record.release.recover import recover, write_ledger

KEPT = 2  # releases of each package that stay whole
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Archive:
    """Say where releases are archived.

    Attributes:
        target: A folder or ``s3://`` address to write to.
        address: The address by which readers reach the target; the target itself if empty.
        as_zip: Write one file a release, for a place without folders.
        downloads: Take over the downloads of the releases that stay, too.
    """

    target: str
    address: str = ""
    as_zip: bool = False
    downloads: bool = False

    def address_of(self, release: Release) -> str:
        """Return what the ledger says about a release that is archived here."""
        base = self.address or self.target
        if "://" not in base:
            base = str(Path(base).resolve())
        return f"{base.rstrip('/')}/{zip_name(release)}" if self.as_zip else base.rstrip("/")


def zip_name(release: Release) -> str:
    """Return the name of the zip of one release."""
    return f"{release.package}-{release.version}.release.zip"


def archive_releases(
    published: Path,
    archive: Archive,
    packages: tuple[str, ...] = (),
    keep: int = KEPT,
    report: Report = lambda line: None,
) -> list[str]:
    """Move older releases to an archive, and return their names, such as ``documents@1.0.0``.

    Raises:
        UsageError: A package is unknown, the archive is ``published`` itself or lies inside it, or
            the address does not serve the files yet.
        VerifyError: A release is damaged here, or the archive does not hold what was sent.
    """
    folders = _choose(published, packages, keep)
    store = open_store_apart(archive.target, published)
    refuse_own_folder(archive.address or archive.target, published)
    moved = []
    for folder in folders:
        with files.locked(folder):
            moved += [
                f"{folder.name}@{version}"
                for version in _archive_package(folder, store, archive, keep, report)
            ]
    return moved


def restore_releases(
    published: Path,
    packages: tuple[str, ...] = (),
    keep: int = KEPT,
    report: Report = lambda line: None,
) -> list[str]:
    """Bring the files of the newest releases back from the archive, and return the releases.

    Each file is compared with the hash of the ledger, and put in place in one step.

    Raises:
        UsageError: A package is unknown, or the archive has not the file.
        VerifyError: The archive has other bytes than the release.
    """
    restored = []
    for folder in _choose(published, packages, keep):
        with files.locked(folder):
            ledger = recover(folder)
            for entry in _newest(ledger, keep):
                release = Release(FolderLocation(published), folder.name, entry)
                path = folder / release.version
                lacking = [name for name in release.sums if not (path / name).exists()]
                if lacking and entry.get("archived"):
                    report(f"{folder.name} {release.version}: {len(lacking)} files")
                    for place in (path, *(item for item in path.rglob("*") if item.is_dir())):
                        files.remove_leftovers(place)  # of a run that was killed while it wrote
                    for name in lacking:
                        files.write_bytes(path / name, release.read(name))
                    restored.append(f"{folder.name}@{release.version}")
    return restored


def _choose(published: Path, packages: tuple[str, ...], keep: int) -> list[Path]:
    """Return the folders of the named packages, or of all."""
    folders = {folder.name: folder for folder in package_folders(published)}
    unknown = sorted(set(packages) - set(folders))
    if unknown:
        raise UsageError(f"No package {unknown[0]!r}. There are: {', '.join(folders) or 'none'}.")
    if keep < 1:
        raise UsageError(f"--keep {keep}: expected 1 or more: the newest release stays here.")
    return [folders[name] for name in packages or folders]


def _newest(ledger: Ledger, keep: int) -> list[Mapping[str, Any]]:
    """Return the entries of the newest releases, and of the latest, which may be older."""
    latest = [ledger.latest] if ledger.latest else []
    return [entry for entry in ledger.versions if entry in (*ledger.versions[-keep:], *latest)]


def _archive_package(
    folder: Path, store: Store, archive: Archive, keep: int, report: Report
) -> Iterator[str]:
    ledger = recover(folder)
    kept = {entry["version"] for entry in _newest(ledger, keep)}
    for entry in ledger.versions:
        release = Release(FolderLocation(folder.parent), folder.name, entry)
        path = folder / release.version
        is_leaving = is_archivable if entry["version"] not in kept else _is_download
        if is_leaving is _is_download and not archive.downloads:
            continue
        leaving = [name for name in list_entries(path) if is_leaving(name)]
        if not leaving:
            continue
        report(f"{folder.name} {release.version}")
        address = entry.get("archived")
        if not address:
            _copy(path, release, store, archive)
            address = archive.address_of(release)
        _read_back(release, address)
        if not entry.get("archived"):
            ledger = _with_address(ledger, entry, address)
            write_ledger(folder, ledger)
        _delete(path, leaving)
        yield release.version


def _is_download(path: str) -> bool:
    return path.startswith(DOWNLOADS)


def _copy(path: Path, release: Release, store: Store, archive: Archive) -> None:
    problems = verify_release(path, expected=expect(release.package, release.entry))
    if problems:
        raise VerifyError(f"{problems[0]} Nothing was archived. Restore it from a copy.")
    if not archive.as_zip:
        copy_release(store, path)
        return
    members = {name: path / name for name in (*read_sums(path), NAME)}
    with tempfile.TemporaryDirectory(prefix="xrecord-archive-") as place:
        made = Path(place) / zip_name(release)
        digest = write_zip(made, members)
        if store.sha256(made.name) != digest:
            store.put(made.name, made.read_bytes())
    if store.sha256(made.name) != digest:
        raise VerifyError(f"{store.shown}/{made.name}: what was read back differs. Run again.")


def _read_back(release: Release, address: str) -> None:
    """Read every file of a release by the address that the ledger will name."""
    location = open_archive(address, release.location, release.path)
    for path, digest in release.sums.items():
        try:
            data = location.read(f"{release.path}/{path}")
        except (UsageError, NotServedError) as error:
            raise UsageError(
                f"{error} The files are at the target, and {address} does not serve them. Bring "
                "them there, then run again. Nothing was deleted here."
            ) from error
        if hashlib.sha256(data).hexdigest() != digest:
            raise VerifyError(
                f"{address}: its {path} of {release.package} {release.version} has other bytes "
                "than the release. Nothing was deleted here."
            )


def _with_address(ledger: Ledger, entry: Mapping[str, Any], address: str) -> Ledger:
    entries = tuple(
        {**item, "archived": address} if item["version"] == entry["version"] else item
        for item in ledger.versions
    )
    return replace(ledger, versions=entries)


def _delete(path: Path, names: Iterable[str]) -> None:
    """Delete files that the archive has, and the folders that are empty then."""
    for name in names:
        files.remove_tree(path / name)
    for folder in sorted((item for item in path.rglob("*") if item.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            files.remove_tree(folder)
