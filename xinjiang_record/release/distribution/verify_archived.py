"""Verify archived releases from their bytes: read them where the ledger says, check the copies."""

from __future__ import annotations

import tempfile
from pathlib import Path

from xinjiang_record.errors import EnvironmentFault, UsageError, VerifyError
from xinjiang_record.release.distribution.get_release import copy_files, verify_whole
from xinjiang_record.release.distribution.locations import FolderLocation
from xinjiang_record.release.distribution.release_locations import Release
from xinjiang_record.release.integrity.versions_json import package_folders, read_ledger


def verify_archived(published: Path, package: str = "", version: str = "") -> list[str]:
    """Return every problem of the archived releases of all packages, of one, or of one version."""
    return [
        problem
        for release in list_archived(published, package, version)
        for problem in _verify(release, published / release.path)
    ]


def list_archived(published: Path, package: str = "", version: str = "") -> list[Release]:
    """Return the archived releases of all packages, of one, or of one version."""
    return [item for item in list_listed(published, package, version) if item.entry.get("archived")]


def list_listed(published: Path, package: str = "", version: str = "") -> list[Release]:
    """Return the releases that the ledgers list: of all packages, of one, or one version."""
    return [
        Release(FolderLocation(published), folder.name, entry)
        for folder in package_folders(published)
        if package in ("", folder.name)
        for entry in read_ledger(folder).versions
        if version in ("", entry["version"])
    ]


def _verify(release: Release, shown: Path) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="xrecord-verify-") as place:
        copy = Path(place) / release.version
        try:
            copy_files(release, release.sums, copy)
        except (UsageError, VerifyError, EnvironmentFault) as error:
            return [f"{shown}: archived at {release.entry['archived']}: {error}"]
        return [item.replace(str(copy), str(shown)) for item in verify_whole(release, copy)]
