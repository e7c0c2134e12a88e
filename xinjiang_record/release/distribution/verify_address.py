"""Verify the releases that a web address serves: download them, and verify the copy.

What no ledger or release names cannot be seen at an address, and ``latest`` is not compared: the
ledger says which release it is.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from xinjiang_record import files
from xinjiang_record.errors import FetchError, NotServedError, UsageError, VerifyError
from xinjiang_record.release.distribution.get_release import copy_files
from xinjiang_record.release.distribution.locations import WebLocation, open_address
from xinjiang_record.release.distribution.release_locations import (
    Release,
    fetch_ledger,
    list_packages,
)
from xinjiang_record.release.integrity import verify, withdrawals
from xinjiang_record.release.integrity.checksums import NAME, parse_sums
from xinjiang_record.release.integrity.verify_release import verify_release
from xinjiang_record.release.integrity.versions_json import Ledger


def verify_address(address: str) -> list[str]:
    """Return every problem of what an address serves: a folder of releases, a package, a release.

    Raises:
        UsageError: The address serves none of the three.
        FetchError: The address does not answer.
    """
    address = address.rstrip("/")
    with tempfile.TemporaryDirectory(prefix="xrecord-verify-") as name:
        copy = Path(name) / "copy"
        problems = [item.replace(str(copy), address) for item in _verify(address, copy)]
        last = address.rpartition("/")[2]
        return [item.replace(f"{address}/{last}/", f"{address}/") for item in problems]


def _verify(address: str, copy: Path) -> Iterator[str]:
    location = open_address(address)
    parent, _, last = address.rpartition("/")
    if (sums := _read_if_served(location, NAME)) is not None:
        yield from _verify_one(location, sums, copy)
    elif _read_if_served(location, "versions.json") is not None:
        yield from _copy_package(open_address(parent), last, copy / last)
        yield from verify.verify_package(copy / last)
    elif _read_if_served(location, "catalog.json") is not None:
        problems = []
        for package in list_packages(location):
            problems += list(_copy_package(location, package, copy / package))
        for top in ("catalog.json", "catalog.jsonld"):
            if (data := _read_if_served(location, top)) is not None:
                files.create(copy / top, data)
        yield from problems
        yield from verify.verify(copy)
    else:
        raise UsageError(
            f"{address}: expected a folder of releases, a package or a release, got an address "
            f"without catalog.json, versions.json and {NAME}. Give the address that you give as "
            "base=, or that of a package or a version below it."
        )


def _verify_one(location: WebLocation, sums: bytes, copy: Path) -> Iterator[str]:
    """Copy one release, whatever is in it, and yield its problems."""
    files.make_folder(copy)
    files.create(copy / NAME, sums)
    for path in parse_sums(sums, f"{location.shown}/{NAME}"):
        data = _read_if_served(location, path)
        if data is not None:  # otherwise verify_release says that it is missing
            files.make_folder((copy / path).parent)
            files.create(copy / path, data)
    yield from verify_release(copy)


def _copy_package(location: WebLocation, package: str, folder: Path) -> Iterator[str]:
    """Copy the ledger, withdrawals and releases of a package; yield what cannot be copied."""
    ledger = fetch_ledger(location, package)
    files.make_folder(folder)
    files.create(folder / "versions.json", location.read(f"{package}/versions.json"))
    for entry in ledger.versions:
        if entry["withdrawn"]:
            path = f"{withdrawals.FOLDER}/{entry['version']}.json"
            if (data := _read_if_served(location, f"{package}/{path}")) is not None:
                files.make_folder((folder / path).parent)
                files.create(folder / path, data)
        release = Release(location, package, entry)
        try:
            copy_files(release, release.sums, folder / release.version)
        except (VerifyError, NotServedError) as error:
            yield str(error)
        except (UsageError, FetchError) as error:
            if not entry.get("archived"):
                raise
            yield f"{release.path}: archived at {entry['archived']}: {error}"
    _point_latest(folder, ledger)


def _point_latest(folder: Path, ledger: Ledger) -> None:
    if ledger.latest:
        files.point(folder / "latest", ledger.latest["version"])


def _read_if_served(location: WebLocation, path: str) -> bytes | None:
    try:
        return location.read(path)
    except NotServedError:
        return None
    except FetchError as error:
        raise FetchError(f"{error} Nothing was verified.") from error
