"""Verify one release from its own files: nothing missing, added or changed, and no contradiction.

Nothing in the folder is trusted. Only regular files are opened; descriptor and provenance have
their exact shapes; then sums, sizes, hashes, keys, references and rows must all agree. A problem
is a sentence that starts with the path it is about, and every problem is listed.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from xinjiang_record import files
from xinjiang_record.errors import VerifyError
from xinjiang_record.release.integrity.checksums import NAME, hash_sums, list_entries, read_sums
from xinjiang_record.release.integrity.json_files import check_shape, json_text, read_json
from xinjiang_record.release.integrity.release_shapes import DESCRIPTOR, PROVENANCE
from xinjiang_record.release.integrity.schema_hashes import schema_hash
from xinjiang_record.release.integrity.verify_rows import verify_rows
from xinjiang_record.release.integrity.version_numbers import VERSION
from xinjiang_record.release.tables import file_layout
from xinjiang_record.release.tables.background import Background
from xinjiang_record.release.tables.csv_text import encode_header, hash_package
from xinjiang_record.release.tables.open_table import Pieces
from xinjiang_record.untrusted.safe_paths import path_problem

DESCRIPTOR_NAME, PROVENANCE_NAME = "datapackage.json", "provenance.json"
DOWNLOADS = "downloads/"  # what a release has a second time, in files for people
STAYING = (DESCRIPTOR_NAME, PROVENANCE_NAME, "CITATION.cff", "LICENSE")
NEEDED = (
    DESCRIPTOR_NAME,
    PROVENANCE_NAME,
    "README.md",
    "CHANGES.md",
    "CITATION.cff",
    "LICENSE",
)


def is_archivable(path: str) -> bool:
    """Return whether an archive takes over a file; the chain and the history need the others."""
    return path not in {*STAYING, NAME} and not path.startswith("changes/")


@dataclass(frozen=True, slots=True)
class Expected:
    """Say which release a folder must hold: what was asked for, or what the ledger says."""

    package: str
    version: str
    release_id: str
    content_hash: str
    is_archived: bool = False  # its larger files may be elsewhere


@dataclass(frozen=True, slots=True)
class _Found:
    """Hold what is in the folder: sums and entries by path, and the regular files.

    ``hashes`` are computed in another thread, while rows are read. ``refusal`` says what is wrong
    with the file of the sums.
    """

    folder: Path
    entries: Mapping[str, os.DirEntry[str]]
    regular: frozenset[str]
    sums: Mapping[str, str] = field(default_factory=dict)
    hashes: Mapping[str, Future[str]] = field(default_factory=dict)
    refusal: str = ""

    def hash_of(self, path: Path) -> str:
        """Return the SHA-256 of a regular file's bytes."""
        found = self.hashes.get(path.relative_to(self.folder).as_posix())
        return found.result() if found else files.sha256(path)


def expect(package: str, entry: Mapping[str, Any]) -> Expected:
    """Return what the release of a ledger's entry must be."""
    names = (entry["version"], entry["release_id"], entry["content_hash"])
    return Expected(package, *names, bool(entry.get("archived")))


def verify_release(
    folder: Path,
    pieces: Mapping[str, Pieces] | None = None,
    expected: Expected | None = None,
) -> list[str]:
    """Return every problem of one release.

    Args:
        folder: The release's folder.
        pieces: Tables whose rows their workers read back.
        expected: Which release it must be; without it, any that agrees with itself.
    """
    if folder.is_symlink() or not folder.is_dir():
        return [f"{folder}: is not a release's folder."]
    pieces = pieces or {}
    elsewhere = tuple(f"{path}/" for name in pieces for path in file_layout.table_paths(name))
    contradictions: list[str] = []
    refusal = ""
    with Background(1) as other:
        found = _look(folder, elsewhere, other)
        try:
            contradictions += _find_contradictions(found, pieces, expected)
        except VerifyError as error:
            refusal = str(error)
        problems = _find_files(found, bool(expected and expected.is_archived))
    if expected:
        problems += _find_other_release(found, expected)
    for name in (DESCRIPTOR_NAME, PROVENANCE_NAME):
        if name in found.regular:
            problems += _find_form_problems(folder / name)
    problems += contradictions
    if refusal and not any(refusal.startswith(problem.split(": ")[0]) for problem in problems):
        problems.append(refusal)
    return problems


def verify_copy(folder: Path) -> list[str]:
    """Return every problem of the files of a copy, whose rows are verified elsewhere."""
    with Background(1) as other:
        return _find_files(_look(folder, (), other))


def _look(folder: Path, elsewhere: tuple[str, ...], other: Executor) -> _Found:
    """Return what is in a folder, and let ``other`` hash its files.

    ``elsewhere`` are the folders whose files others read back.
    """
    entries = list_entries(folder)
    regular = frozenset(
        path for path, entry in entries.items() if entry.is_file(follow_symlinks=False)
    )
    try:
        sums = read_sums(folder)
    except VerifyError as error:
        return _Found(folder, entries, regular, refusal=str(error))
    hashes = {
        path: other.submit(files.sha256, folder / path)
        for path in sorted(regular & set(sums))
        if not path.startswith(elsewhere)
    }
    return _Found(folder, entries, regular, sums, hashes)


def _find_files(found: _Found, is_archived: bool = False) -> list[str]:
    """Return what is wrong with the files of a folder.

    Of an archived release, the files that an archive holds may be missing.
    """
    folder, sums = found.folder, found.sums
    irregular = [
        f"{folder / path}: expected a regular file, got a link or another thing."
        for path in sorted(set(found.entries) - found.regular)
    ]
    if found.refusal:
        return [found.refusal, *irregular]
    problems = [
        f"{folder / path}: is missing."
        for path in sorted({*sums, *NEEDED} - set(found.entries))
        if not (is_archived and is_archivable(path))
    ]
    problems += irregular
    for path in sorted(found.regular - {NAME}):
        if path not in sums:
            problems.append(f"{folder / path}: is not listed in {NAME}.")
        elif path in found.hashes and found.hashes[path].result() != sums[path]:
            problems.append(
                f"{folder / path}: its bytes are not those that were released (SHA-256 differs)."
            )
    problems += _find_odd_files(folder, found.entries, found.regular)
    problems += _find_unlisted_folders(folder, sums)
    return problems


def _find_odd_files(
    folder: Path, entries: Mapping[str, os.DirEntry[str]], regular: frozenset[str]
) -> list[str]:
    """Return files that another mode or another name (a hard link) sets apart from SHA256SUMS.

    All files of a release are written alike, and copied alike. A file system without modes or a
    backup by hard links treats all of them in the same way.
    """
    usual = entries[NAME].stat(follow_symlinks=False)
    found = []
    for path in sorted(regular):
        status = entries[path].stat(follow_symlinks=False)
        if stat.S_IMODE(status.st_mode) != stat.S_IMODE(usual.st_mode):
            found.append(
                f"{folder / path}: expected mode {stat.S_IMODE(usual.st_mode):04o}, as {NAME} has, "
                f"got {stat.S_IMODE(status.st_mode):04o}."
            )
        if status.st_nlink != usual.st_nlink:
            found.append(
                f"{folder / path}: has {status.st_nlink} names (hard links), and {NAME} has "
                f"{usual.st_nlink}. Its bytes can change through another name."
            )
    return found


def _find_unlisted_folders(folder: Path, sums: Iterable[str]) -> list[str]:
    listed = {str(parent) for path in sums for parent in Path(path).parents}
    return [
        f"{path}: is a folder without a file of {NAME}."
        for path in sorted(Path(place) for place, _, _ in os.walk(folder))
        if str(path.relative_to(folder)) not in {*listed, "."}
    ]


def _find_other_release(found: _Found, expected: Expected) -> list[str]:
    if NAME not in found.regular:
        return []
    digest = hash_sums(found.folder)
    if digest == expected.release_id:
        return []
    return [
        f"{found.folder / NAME}: expected the release id {expected.release_id} of "
        f"{expected.package} {expected.version}, got {digest}."
    ]


def _find_form_problems(path: Path) -> list[str]:
    try:
        value = read_json(path)
    except VerifyError as error:
        return [str(error)]
    if path.read_text("utf-8") != json_text(value):
        return [f"{path}: is not written in the canonical form."]
    return []


def _find_contradictions(
    found: _Found,
    pieces: Mapping[str, Pieces],
    expected: Expected | None,
) -> Iterator[str]:
    """Yield where descriptor, provenance, files and rows contradict each other."""
    folder = found.folder
    path = folder / DESCRIPTOR_NAME
    value, made = read_json(path), read_json(folder / PROVENANCE_NAME)
    check_shape(value, DESCRIPTOR, str(path))
    check_shape(made, PROVENANCE, str(folder / PROVENANCE_NAME))
    resources = value["resources"]
    for item in resources:
        yield from _find_file_problems(found, item)
    yield from _find_count_problems(path, resources, made["row_counts"])
    yield from _find_hash_problems(path, value, made)
    yield from _find_identity_problems(found, value, made, expected)
    readable = [item for item in resources if _is_readable(found, item)]
    try:
        small = [item for item in readable if item["name"] not in pieces]
        yield from verify_rows(folder, small, made["row_counts"], found.hash_of)
        for item in readable:
            if item["name"] in pieces:
                table = file_layout.read_files(item)
                yield from pieces[item["name"]].problems(folder, table)
    except (KeyError, TypeError, AttributeError, ValueError, pa.ArrowException) as error:
        yield f"{path}: has a schema that cannot be used ({error!r})."


def _find_count_problems(
    path: Path, resources: Iterable[Mapping[str, Any]], counts: Mapping[str, int]
) -> Iterator[str]:
    """Yield where descriptor and provenance name other tables, or other numbers of rows."""
    names = [item["name"] for item in resources]
    if len(set(names)) != len(names):
        yield f"{path}: expected each table once, got {', '.join(sorted(names))}."
    if odd := sorted(set(names) ^ counts.keys()):
        yield (
            f"{path}: expected the tables of row_counts in {PROVENANCE_NAME}, "
            f"got a difference in {', '.join(odd)}."
        )
    for item in resources:
        if item["x-rows"] != counts.get(item["name"]):
            yield (
                f"{path}: x-rows of {item['name']} is {item['x-rows']}: "
                f"expected {counts.get(item['name'])}, as in {PROVENANCE_NAME}."
            )


def _find_hash_problems(
    path: Path, value: Mapping[str, Any], made: Mapping[str, Any]
) -> Iterator[str]:
    hashes = {item["name"]: item["hash"].removeprefix("sha256:") for item in value["resources"]}
    computed = {"content": hash_package(hashes)}
    try:
        computed["schema"] = schema_hash(
            {item["name"]: item["schema"] for item in value["resources"]}
        )
    except (KeyError, TypeError, AttributeError) as error:
        yield f"{path}: has a schema that cannot be used ({error!r})."
    computed["metadata"] = made["metadata_hash"]
    for name, digest in computed.items():
        for where, claimed in (
            (DESCRIPTOR_NAME, value["x-hashes"][name]),
            (PROVENANCE_NAME, f"sha256:{made[f'{name}_hash']}"),
        ):
            if claimed != f"sha256:{digest}":
                yield f"{path.parent / where}: expected the {name} hash {digest}, got {claimed}."


def _find_identity_problems(
    found: _Found, value: Mapping[str, Any], made: Mapping[str, Any], expected: Expected | None
) -> Iterator[str]:
    folder = found.folder
    previous = made["previous"]["version"] if made["previous"] else None
    for name, theirs in (
        ("name", made["package"]),
        ("version", made["version"]),
        ("created", made["created"]),
        ("x-previous", previous),
    ):
        if value[name] != theirs:
            yield (
                f"{folder / DESCRIPTOR_NAME}: {name} is {value[name]!r}: "
                f"expected {theirs!r}, as in {PROVENANCE_NAME}."
            )
    if VERSION.fullmatch(folder.name) and folder.name != made["version"]:
        yield f"{folder}: holds version {made['version']}."
    if expected:
        for name in ("package", "version", "content_hash"):
            if made[name] != getattr(expected, name):
                yield (
                    f"{folder / PROVENANCE_NAME}: expected the {name.replace('_', ' ')} "
                    f"{getattr(expected, name)}, got {made[name]}."
                )


def _find_file_problems(found: _Found, resource: Mapping[str, Any]) -> Iterator[str]:
    """Yield where a resource does not name its files, in pairs, with their sizes and hashes."""
    path = found.folder / DESCRIPTOR_NAME
    if isinstance(resource["path"], list) != isinstance(resource["x-parquet"], list) or (
        isinstance(resource["path"], list) and "x-parts" not in resource
    ):
        yield f"{path}: {resource['name']} has parts of one kind of file only."
        return
    csv, parquet = file_layout.file_entries(resource)
    for info in (*csv, *parquet):
        yield from _find_entry_problems(found, info)
    if not isinstance(resource["path"], list):
        return
    repeated = len(encode_header(resource["schema"])) * (len(csv) - 1)
    if resource["path"] != [info["path"] for info in csv] or len(csv) != len(parquet):
        yield f"{path}: {resource['name']} lists other files than it describes."
    elif resource["bytes"] != sum(info["bytes"] for info in csv) - repeated:
        yield f"{path}: {resource['name']} has another size than its parts."


def _find_entry_problems(found: _Found, info: Mapping[str, Any]) -> Iterator[str]:
    name, path = info["path"], found.folder / DESCRIPTOR_NAME
    if problem := path_problem(name):
        yield f"{path}: names a file outside the release or in an unsafe way: {problem}."
    elif name not in found.sums:
        yield f"{path}: names {name}, which is not in {NAME}."
    else:
        if name in found.regular and (found.folder / name).stat().st_size != info["bytes"]:
            size, said = (found.folder / name).stat().st_size, info["bytes"]
            yield f"{found.folder / name}: has {size} bytes; {DESCRIPTOR_NAME} says {said}."
        if f"sha256:{found.sums[name]}" != info["hash"]:
            yield (
                f"{found.folder / name}: its SHA-256 in {NAME} is not the one in {DESCRIPTOR_NAME}."
            )


def _is_readable(found: _Found, resource: Mapping[str, Any]) -> bool:
    """Return whether all files of a resource are regular files of the release."""
    if isinstance(resource["path"], list) != isinstance(resource["x-parquet"], list) or (
        isinstance(resource["path"], list) and "x-parts" not in resource
    ):
        return False
    csv, parquet = file_layout.file_entries(resource)
    return len(csv) == len(parquet) and all(
        info["path"] in found.regular and not path_problem(info["path"])
        for info in (*csv, *parquet)
    )
