"""Verify everything under ``published/`` from its bytes alone, without the network.

A problem is a sentence that starts with the path it is about, and every problem is listed. No
problems: an empty list. Readers take no lock. But what looks like a problem may be a publication
in progress, so a package with problems is verified again under its lock.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from xinjiang_record import files
from xinjiang_record.errors import VerifyError
from xinjiang_record.release.catalog import build_catalog
from xinjiang_record.release.integrity import deposits, provenance, withdrawals
from xinjiang_record.release.integrity.checksums import hash_sums
from xinjiang_record.release.integrity.json_files import check_shape, read_json
from xinjiang_record.release.integrity.release_shapes import PROVENANCE
from xinjiang_record.release.integrity.verify_release import expect, verify_copy, verify_release
from xinjiang_record.release.integrity.version_numbers import RESERVED
from xinjiang_record.release.integrity.versions_json import (
    Ledger,
    find_ledger_problems,
    find_package_folder,
    package_folders,
    read_ledger,
    version_folders,
)


def verify(published: Path, package: str | None = None, version: str | None = None) -> list[str]:
    """Return every problem of all packages, of one, or of one version of it.

    Raises:
        UsageError: The package or version is unknown.
    """
    folders = package_folders(published)
    if package is None:
        problems = [problem for folder in folders for problem in verify_package(folder)]
        return [*problems, *_verify_top(published)]
    home = find_package_folder(published, package)
    if version is None:
        return verify_package(home)
    entry = read_ledger(home).entry(version)
    folder = home / entry["version"]
    return [
        *verify_release(folder, expected=expect(package, entry)),
        *_compare_entry(folder, entry),
    ]


def verify_some(published: Path) -> list[str]:
    """Return every problem of all packages; that there are none is one, not a success."""
    if not package_folders(published):
        return [f"{published}: holds no release. Name the folder of the releases."]
    return verify(published)


def verify_package(folder: Path) -> list[str]:
    """Return every problem of one package: releases, ledger, withdrawals, chain and ``latest``."""
    problems = _verify_package(folder)
    if problems:
        with files.locked(folder):
            problems = _verify_package(folder)
    return problems


def _verify_package(folder: Path) -> list[str]:
    releases = version_folders(folder)
    try:
        ledger = read_ledger(folder)
    except VerifyError as error:
        return [str(error), *(item for path in releases for item in verify_release(path))]
    entries = {entry["version"]: entry for entry in ledger.versions}
    problems: list[str] = []
    for path in releases:
        entry = entries.get(path.name)
        expected = expect(folder.name, entry) if entry else None
        problems += verify_release(path, expected=expected)
    for entry in ledger.versions:
        path = folder / entry["version"]
        if path.is_dir():
            problems += _compare_entry(path, entry)
        else:
            problems.append(f"{path}: is in versions.json and not there.")
    return [
        *problems,
        *_verify_ledger(folder, ledger),
        *withdrawals.find_withdrawal_problems(folder, ledger),
        *deposits.find_deposit_problems(folder, ledger),
        *_verify_latest(folder, ledger),
        *_find_residue(folder),
    ]


def _compare_entry(folder: Path, entry: Mapping[str, Any]) -> Iterator[str]:
    """Yield where the ledger's entry says other than the release."""
    try:
        made = read_json(folder / "provenance.json")
        check_shape(made, PROVENANCE, str(folder / "provenance.json"))
        theirs = provenance.build_ledger_entry(made, hash_sums(folder))
    except (OSError, VerifyError) as error:
        yield f"{folder}: cannot be compared with versions.json ({error})."
        return
    for name in sorted(theirs.keys() - {"withdrawn"}):
        if entry.get(name) != theirs[name]:
            yield (
                f"{folder.parent / 'versions.json'}: {name} of {entry['version']} is not the "
                "release's."
            )
    yield from withdrawals.find_lost_withdrawals(folder.parent, made)


def _verify_ledger(folder: Path, ledger: Ledger) -> Iterator[str]:
    """Yield where the ledger contradicts itself or what is there."""
    path = folder / "versions.json"
    if path.read_text("utf-8") != ledger.text():
        yield f"{path}: is not written in the canonical form."
    if not ledger.versions:
        yield f"{path}: lists no version. Restore the file from a copy."
    for problem in find_ledger_problems(ledger, folder.name):
        yield f"{path}: {problem}"
    listed = {entry["version"] for entry in ledger.versions}
    for name in (found.name for found in version_folders(folder)):
        if name not in listed:
            yield f"{folder / name}: is not in versions.json."


def _verify_latest(folder: Path, ledger: Ledger) -> Iterator[str]:
    link, expected = folder / "latest", ledger.latest["version"] if ledger.latest else None
    found = None
    if link.is_symlink():
        found = os.readlink(link)
    elif link.is_dir():  # an export to a folder writes a real copy
        yield from verify_copy(link)
        try:
            made = read_json(link / "provenance.json")
            check_shape(made, PROVENANCE, str(link / "provenance.json"))
            found = made["version"]
        except VerifyError as error:
            yield str(error)
            return
    elif (folder / "latest.json").is_file():  # an export to a bucket writes a pointer
        pointer = read_json(folder / "latest.json")
        found = pointer.get("version") if isinstance(pointer, dict) else pointer
    if found != expected:
        yield (
            f"{link}: is {found or 'not there'}; by versions.json it is {expected or 'not there'}."
        )


def _find_residue(folder: Path) -> Iterator[str]:
    known = {"versions.json", "latest", "latest.json", withdrawals.FOLDER, deposits.FOLDER}
    known |= {path.name for path in version_folders(folder)}
    for name in sorted(os.listdir(folder)):
        if name not in known:
            yield (
                f"{folder / name}: does not belong there. If a publisher was killed, the next run "
                "removes it."
            )


def _verify_top(published: Path) -> list[str]:
    """Return the problems of the folder of all packages, and of the catalog."""
    problems = _look_at_top(published)
    if problems and published.is_dir():
        with ExitStack() as locks:  # in the order in which a publisher takes them
            for folder in package_folders(published):
                locks.enter_context(files.locked(folder))
            locks.enter_context(files.locked(published))
            problems = _look_at_top(published)
    return problems


def _look_at_top(published: Path) -> list[str]:
    return [*_find_unexpected(published), *_verify_catalog(published)]


def _find_unexpected(published: Path) -> Iterator[str]:
    folders = {folder.name for folder in package_folders(published)}
    for name in sorted(os.listdir(published)) if published.is_dir() else ():
        path = published / name
        is_empty = path.is_dir() and not os.listdir(path)  # left by a first release that failed
        if name not in {"catalog.json", "catalog.jsonld", *RESERVED, *folders} and not is_empty:
            yield f"{path}: does not belong there."


def _verify_catalog(published: Path) -> Iterator[str]:
    try:
        expected = build_catalog(published)
    except (VerifyError, KeyError, TypeError, OSError) as error:
        yield f"{published / 'catalog.json'}: cannot be compared with the ledgers ({error})."
        return
    for name, text in expected.items():
        path = published / name
        if path.is_symlink() or not path.is_file() or path.read_bytes() != text.encode():
            yield f"{path}: is not what the ledgers say. The next run writes it again."
