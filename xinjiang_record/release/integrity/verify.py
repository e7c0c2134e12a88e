"""Prove everything under ``published/`` again, from its bytes alone. No network, no lock; every problem is told, not the first.

A problem is a sentence that starts with the path it is about. No problems: an empty list.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from xinjiang_record import files
from xinjiang_record.errors import UsageError, VerifyError
from xinjiang_record.release.catalog import build_catalog
from xinjiang_record.release.integrity import provenance
from xinjiang_record.release.integrity.checksums import NAME, list_entries, read_sums
from xinjiang_record.release.integrity.json_files import read_json
from xinjiang_record.release.integrity.verify_rows import verify_rows
from xinjiang_record.release.integrity.version_numbers import VERSION, version_key
from xinjiang_record.release.integrity.versions_json import (
    Ledger,
    package_folders,
    read_ledger,
    version_folders,
)
from xinjiang_record.release.tables import file_layout
from xinjiang_record.release.tables.csv_text import encode_header, hash_package
from xinjiang_record.release.tables.open_table import Pieces

NEEDED = (
    "datapackage.json",
    "provenance.json",
    "README.md",
    "CHANGES.md",
    "CITATION.cff",
    "LICENSE",
)


def verify(published: Path, package: str | None = None, version: str | None = None) -> list[str]:
    """Every problem of all packages, of one, or of one version of it. Raises UsageError for an unknown package or version."""
    folders = package_folders(published)
    if package is None:
        problems = [problem for folder in folders for problem in verify_package(folder)]
        return [*problems, *_strangers(published, folders), *_catalog(published)]
    if package not in [folder.name for folder in folders]:
        known = ", ".join(folder.name for folder in folders) or "none"
        raise UsageError(f"{published}: no package {package!r}. There are: {known}.")
    if version is None:
        return verify_package(published / package)
    entry = read_ledger(published / package).entry(version)
    folder = published / package / entry["version"]
    return [*verify_release(folder), *_entry(folder, entry)]


def verify_package(folder: Path) -> list[str]:
    """Every problem of one package: its releases, its ledger, the chain of releases, ``latest``, what lies about."""
    try:
        ledger = read_ledger(folder)
    except VerifyError as error:
        return [str(error)]
    problems = [problem for path in version_folders(folder) for problem in verify_release(path)]
    for entry in ledger.versions:
        path = folder / entry["version"]
        problems += (
            _entry(path, entry)
            if path.is_dir()
            else [f"{path}: is in versions.json and not there."]
        )
    return [
        *problems,
        *_ledger(folder, ledger),
        *_latest(folder, ledger),
        *_residue(folder, ledger),
    ]


def verify_release(folder: Path, pieces: Mapping[str, Pieces] | None = None) -> list[str]:
    """Every problem of one release, from its own files; ``pieces``: tables whose rows their workers read back."""
    if not folder.is_dir() or folder.is_symlink():
        return [f"{folder}: is not a release's folder."]
    pieces = pieces or {}
    problems = [
        *_completeness(
            folder, tuple(f"{path}/" for name in pieces for path in file_layout.table_paths(name))
        )
    ]
    try:
        problems += _descriptor(folder, pieces)
    except (VerifyError, KeyError, TypeError, AttributeError) as error:
        problems.append(f"{folder / 'datapackage.json'}: is not a release's descriptor ({error}).")
    return problems


def _completeness(folder: Path, elsewhere: tuple[str, ...] = ()) -> Iterator[str]:
    """Listed and there, there and listed, plain files, the same bytes. ``elsewhere``: folders whose files' bytes are read by others."""
    try:
        sums = read_sums(folder)
    except VerifyError as error:
        yield str(error)
        return
    there = list_entries(folder)
    for path in sorted({*sums, *NEEDED} - set(there)):
        yield f"{folder / path}: is missing."
    for path, entry in sorted(there.items()):
        if not entry.is_file(follow_symlinks=False):
            yield f"{folder / path}: is a link or another thing, not a file."
        elif path != NAME and path not in sums:
            yield f"{folder / path}: is not listed in {NAME}."
        elif (
            path != NAME
            and not path.startswith(elsewhere)
            and files.sha256(folder / path) != sums[path]
        ):
            yield f"{folder / path}: its bytes are not those that were released (SHA-256 differs)."


def _descriptor(folder: Path, pieces: Mapping[str, Pieces]) -> Iterator[str]:
    """The descriptor is canonical, agrees with the files, and the rows with the descriptor."""
    from xinjiang_record.release.integrity.json_files import json_text  # deferred: start-up
    from xinjiang_record.release.integrity.schema_hashes import schema_hash  # deferred: start-up

    path, sums = folder / "datapackage.json", read_sums(folder)
    value, made = read_json(path), read_json(folder / "provenance.json")
    if path.read_text("utf-8") != json_text(value):
        yield f"{path}: is not written in the canonical form."
    for item in value["resources"]:
        yield from _files(folder, item, sums)
    schemas = {item["name"]: {**item["schema"]} for item in value["resources"]}
    hashes = {item["name"]: item["hash"].removeprefix("sha256:") for item in value["resources"]}
    found = {"content": hash_package(hashes), "schema": schema_hash(schemas)}
    for name, digest in found.items():
        if value["x-hashes"][name] != f"sha256:{digest}" or made[f"{name}_hash"] != digest:
            yield f"{path}: the {name} hash is {digest}, and the release claims another."
    for name in ("version", "created", "name"):
        if value[name] != made["package" if name == "name" else name]:
            yield f"{path}: {name} differs from provenance.json's."
    if VERSION.fullmatch(folder.name) and folder.name != made["version"]:
        yield f"{folder}: holds version {made['version']}."
    small = [item for item in value["resources"] if item["name"] not in pieces]
    yield from verify_rows(folder, small, made["row_counts"])
    for item in value["resources"]:
        if item["name"] in pieces:
            yield from pieces[item["name"]].problems(folder, file_layout.read_files(item))


def _files(folder: Path, resource: Mapping[str, Any], sums: Mapping[str, str]) -> Iterator[str]:
    """A resource names its files, in pairs, with the sizes and hashes that they have; of parts, also the size of them all."""
    csv, parquet = file_layout.file_entries(resource)
    for info in (*csv, *parquet):
        yield from _described(folder, info, sums)
    if isinstance(resource["path"], list):
        repeated = len(encode_header(resource["schema"])) * (len(csv) - 1)
        if resource["path"] != [info["path"] for info in csv] or len(csv) != len(parquet):
            yield f"{folder / 'datapackage.json'}: {resource['name']} lists other files than it describes."
        elif resource["bytes"] != sum(info["bytes"] for info in csv) - repeated:
            yield f"{folder / 'datapackage.json'}: {resource['name']} has another size than its parts."


def _described(folder: Path, info: Mapping[str, Any], sums: Mapping[str, str]) -> Iterator[str]:
    path = folder / info["path"]
    if ".." in Path(info["path"]).parts or Path(info["path"]).is_absolute():
        yield f"{folder / 'datapackage.json'}: names {info['path']}, outside the release."
    elif path.is_file() and not path.is_symlink():
        if path.stat().st_size != info["bytes"]:
            yield f"{path}: has {path.stat().st_size} bytes; datapackage.json says {info['bytes']}."
        if f"sha256:{sums.get(info['path'])}" != info["hash"]:
            yield f"{path}: its SHA-256 in {NAME} is not the one in datapackage.json."


def _entry(folder: Path, entry: Mapping[str, Any]) -> Iterator[str]:
    """The ledger's entry says what the release says."""
    try:
        release_id = files.sha256(folder / NAME)
        told = provenance.build_ledger_entry(read_json(folder / "provenance.json"), release_id)
    except (OSError, KeyError, TypeError, VerifyError) as error:
        yield f"{folder}: cannot be compared with versions.json ({error})."
        return
    for name in sorted(told.keys() - {"withdrawn"}):
        if entry.get(name) != told[name]:
            yield f"{folder.parent / 'versions.json'}: {name} of {entry['version']} is not the release's."


def _ledger(folder: Path, ledger: Ledger) -> Iterator[str]:
    """The ledger is in its own form, rises, lists all that is there, and each release names the one before."""
    path = folder / "versions.json"
    if path.read_text("utf-8") != ledger.text() or ledger.package != folder.name:
        yield f"{path}: is not written in the canonical form."
    listed = [entry["version"] for entry in ledger.versions]
    if listed != sorted(set(listed), key=version_key):
        yield f"{path}: versions do not rise."
    for name in (found.name for found in version_folders(folder)):
        if name not in listed:
            yield f"{folder / name}: is not in versions.json."
    before = None
    for entry in ledger.versions:
        expected = (
            {"version": before["version"], "release_id": before["release_id"]} if before else None
        )
        if entry["previous"] != expected:
            yield f"{path}: {entry['version']} does not name the release before it: the chain is broken."
        before = entry


def _latest(folder: Path, ledger: Ledger) -> Iterator[str]:
    link, expected = folder / "latest", ledger.latest["version"] if ledger.latest else None
    if link.is_symlink():
        found = os.readlink(link)
    elif link.is_dir():  # an export writes a real copy
        found = str(read_json(link / "provenance.json").get("version"))
        yield from verify_copy(link)
    else:
        found = None
    if found != expected:
        yield f"{link}: is {found or 'not there'}; by versions.json it is {expected or 'not there'}."


def verify_copy(folder: Path) -> Iterator[str]:
    """Only completeness and bytes: of a copy of a release that is verified elsewhere."""
    yield from _completeness(folder)


def _residue(folder: Path, ledger: Ledger) -> Iterator[str]:
    known = {"versions.json", "latest", *(path.name for path in version_folders(folder))}
    for name in sorted(os.listdir(folder)):
        if name not in known:
            yield f"{folder / name}: does not belong there. If a publisher was killed, the next run removes it."


def _strangers(published: Path, folders: list[Path]) -> Iterator[str]:
    known = {"catalog.json", "catalog.jsonld", *(folder.name for folder in folders)}
    for name in sorted(os.listdir(published)) if published.is_dir() else ():
        path = published / name
        if name not in known and not (
            path.is_dir() and not os.listdir(path)
        ):  # a first release that failed leaves an empty folder
            yield f"{path}: does not belong there."


def _catalog(published: Path) -> Iterator[str]:
    try:
        expected = build_catalog(published)
    except (VerifyError, KeyError, TypeError) as error:
        yield f"{published / 'catalog.json'}: cannot be compared ({error})."
        return
    for name, text in expected.items():
        path = published / name
        if not path.is_file() or path.read_text("utf-8") != text:
            yield f"{path}: is not what the ledgers say. The next run writes it anew."
