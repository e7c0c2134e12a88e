"""Publishing: the order of steps that makes a release complete or absent. See the package's docstring."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from xinjiang_record import files
from xinjiang_record.errors import (
    FindingsError,
    NotWritableError,
    ReleaseError,
    UnsafeNameError,
    VerifyError,
)
from xinjiang_record.model import Candidate, PublishResult
from xinjiang_record.release.catalog import write_catalog
from xinjiang_record.release.integrity import provenance
from xinjiang_record.release.integrity.checksums import NAME, read_sums
from xinjiang_record.release.integrity.json_files import read_json
from xinjiang_record.release.integrity.schema_hashes import metadata_hash, schema_hash
from xinjiang_record.release.integrity.version_numbers import PACKAGE
from xinjiang_record.release.integrity.versions_json import Ledger
from xinjiang_record.release.recover import point_latest, recover, write_ledger
from xinjiang_record.release.stage import write_release
from xinjiang_record.release.staging_folder import PreparedCandidate, StagingFolder
from xinjiang_record.release.tables.file_layout import parquet_paths
from xinjiang_record.release.tables.open_table import ParquetTable, read_batches
from xinjiang_record.release.tables.read import read_parquet_batches
from xinjiang_record.release.tables.row_order import sort_table

DAMAGED = "Nothing was published. Restore it from a copy; `xrecord verify` tells all that is wrong."
UNLESS = "Unless the new release is there, whole, nothing was published; run again."


def publish(candidate: Candidate, published: Path, *, declare: str | None = None) -> PublishResult:
    """See ``xinjiang_record.release.publish``."""
    prepared = prepare(candidate)
    folder = published / candidate.package
    with files.locked(folder), files.explained(folder, UNLESS):
        ledger = recover(folder)
        newest = ledger.newest
        if newest and is_same(prepared, folder, newest):
            result = _unchanged(candidate, folder, newest)
        else:
            result = _release(prepared, folder, ledger, declare)
    write_catalog(published)
    return result


def prepare(candidate: Candidate) -> PreparedCandidate:
    """Check a candidate and bring its tables into canonical form."""
    if not PACKAGE.fullmatch(candidate.package):
        raise UnsafeNameError(
            f"{candidate.package!r} cannot name a package: lower-case letters, digits and hyphens only."
        )
    errors = [item for item in candidate.findings if item.severity == "error"]
    if errors:
        raise FindingsError(f"{candidate.package}: {len(errors)} errors, the first: {errors[0]}")
    if list(candidate.tables) != list(candidate.schemas):
        raise ReleaseError(f"{candidate.package}: tables and schemas differ in name or order.")
    tables = {
        name: sort_table(table, candidate.schemas[name], name)
        if isinstance(table, pa.Table)
        else table
        for name, table in candidate.tables.items()
    }
    return PreparedCandidate(
        candidate,
        tables,
        schema_hash(candidate.schemas),
        metadata_hash(candidate.descriptor, candidate.schemas),
    )


def is_same(prepared: PreparedCandidate, folder: Path, newest: Mapping[str, Any]) -> bool:
    """Whether a candidate is what the newest release is. The rows are compared only where all that is cheaper to see is equal.

    Raises VerifyError where the newest release's own bytes are damaged.
    """
    counts = {name: table.num_rows for name, table in prepared.tables.items()}
    release = folder / newest["version"]
    check_before_use(release, newest)
    if counts != newest["row_counts"] or any(
        newest[name] != getattr(prepared, name) for name in ("schema_hash", "metadata_hash")
    ):
        return False
    resources = {
        item["name"]: item for item in read_json(release / "datapackage.json")["resources"]
    }
    return all(
        _same_rows(
            read_batches(prepared.tables[name], schema, name),
            read_parquet_batches(parquet_paths(release, resources[name]), schema),
        )
        for name, schema in prepared.candidate.schemas.items()
    )


def _same_rows(ours: Iterator[pa.RecordBatch], theirs: Iterator[pa.RecordBatch]) -> bool:
    """Stops at the first difference. Both have batches of the same size: Parquet's row groups are ours."""
    return all(
        one is not None and two is not None and one.equals(two)
        for one, two in itertools.zip_longest(ours, theirs)
    )


def check_before_use(release: Path, entry: Mapping[str, Any]) -> None:
    """The release that is compared with still has the bytes that it was published with: its sums, descriptor and Parquet files."""
    if files.sha256(release / NAME) != entry["release_id"]:
        raise VerifyError(f"{release / NAME}: is not the one that was released. {DAMAGED}")
    sums = read_sums(release)
    for path in (path for path in sums if path.endswith(".parquet") or "/" not in path):
        if not (release / path).is_file() or files.sha256(release / path) != sums[path]:
            raise VerifyError(
                f"{release / path}: its bytes are not those that were released. {DAMAGED}"
            )


def _unchanged(candidate: Candidate, folder: Path, entry: Mapping[str, Any]) -> PublishResult:
    counts = {name: table.num_rows for name, table in candidate.tables.items()}
    previous = entry["previous"]["version"] if entry["previous"] else None
    path = str(folder / entry["version"])
    return PublishResult(
        candidate.package,
        "unchanged",
        entry["version"],
        previous,
        "none",
        (),
        counts,
        entry["content_hash"],
        path,
    )


def _release(
    prepared: PreparedCandidate, folder: Path, ledger: Ledger, declare: str | None
) -> PublishResult:
    staging = files.make_folder(folder / ".staging")
    stage = StagingFolder(staging / "release")
    try:
        release, release_id = write_release(stage, prepared, ledger.newest, folder, declare)
        _verify_staged(stage, prepared)
    except Exception:
        with contextlib.suppress(NotWritableError):  # the next run removes it, if this one cannot
            files.remove_tree(staging)
        raise
    files.commit_folder(stage.folder, folder / release.version)
    entry = provenance.build_ledger_entry(_provenance(folder / release.version), release_id)
    ledger = replace(ledger, title=release.title, description=release.description).added(entry)
    write_ledger(folder, ledger)
    point_latest(folder, ledger)
    files.remove_tree(staging)
    return PublishResult(
        release.package,
        "published",
        release.version,
        release.previous,
        release.bump,
        release.reasons,
        release.row_counts,
        release.content_hash,
        str(folder / release.version),
    )


def _provenance(release: Path) -> Mapping[str, Any]:
    value: Mapping[str, Any] = read_json(release / "provenance.json")
    return value


def _verify_staged(stage: StagingFolder, prepared: PreparedCandidate) -> None:
    """Refuse to commit a tree that users could not verify."""
    from xinjiang_record.release.integrity.verify import verify_release  # deferred: start-up

    pieces = {
        name: table
        for name, table in prepared.tables.items()
        if not isinstance(table, pa.Table | ParquetTable)
    }
    problems = verify_release(stage.folder, pieces)
    if problems:
        raise ReleaseError(
            f"{prepared.candidate.package}: the staged release does not verify: {problems[0]}"
        )
