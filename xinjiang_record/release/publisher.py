"""Publish a candidate in the order of steps that makes a release complete or absent.

The docstring of ``xinjiang_record.release`` lists the steps.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from xinjiang_record import files
from xinjiang_record.errors import (
    NotWritableError,
    ReleaseError,
    VerifyError,
)
from xinjiang_record.model import Candidate, PublishResult
from xinjiang_record.release.catalog import write_catalog
from xinjiang_record.release.integrity import provenance
from xinjiang_record.release.integrity.checksums import NAME, hash_sums, read_sums
from xinjiang_record.release.integrity.json_files import read_json
from xinjiang_record.release.integrity.verify_release import verify_release
from xinjiang_record.release.integrity.verify_rows import have_same_rows
from xinjiang_record.release.integrity.versions_json import Ledger
from xinjiang_record.release.prepared_candidate import PreparedCandidate, prepare_candidate
from xinjiang_record.release.recover import point_latest, recover, write_ledger
from xinjiang_record.release.stage import write_release
from xinjiang_record.release.staging_folder import StagingFolder
from xinjiang_record.release.tables.background import Background
from xinjiang_record.release.tables.file_layout import parquet_paths
from xinjiang_record.release.tables.open_table import ParquetTable, read_batches
from xinjiang_record.release.tables.read import read_parquet_batches

DAMAGED = "Restore it from a copy; `xrecord verify` lists all problems."
UNLESS = "If the new release is not there, the run changed nothing. Run again."


def publish(candidate: Candidate, published: Path, *, declare: str | None = None) -> PublishResult:
    """Publish a candidate, as ``xinjiang_record.release.publish`` says."""
    prepared = prepare_candidate(candidate)
    folder = published / candidate.package
    with files.locked(folder), files.explained(folder, UNLESS):
        ledger = recover(folder)
        newest = ledger.newest
        if newest and is_same(prepared, folder, newest):
            result = _unchanged(candidate, folder, newest)
        else:
            result = _release(prepared, folder, ledger, declare)
        _update_catalog(published, result)
    return result


def _update_catalog(published: Path, result: PublishResult) -> None:
    """Write the catalog, still under the package's lock, so that no reader sees it behind."""
    try:
        write_catalog(published)
    except NotWritableError as error:
        raise NotWritableError(
            f"{error} {result.package} {result.version} is {result.status}; only the catalog is "
            "behind. Run again."
        ) from error


def is_same(prepared: PreparedCandidate, folder: Path, newest: Mapping[str, Any]) -> bool:
    """Return whether a candidate is what the newest release is.

    Rows are compared only where counts and hashes are equal.

    Raises:
        VerifyError: The bytes of the newest release are damaged.
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
        have_same_rows(
            read_batches(prepared.tables[name], schema, name),
            read_parquet_batches(parquet_paths(release, resources[name]), schema),
        )
        for name, schema in prepared.candidate.schemas.items()
    )


def check_before_use(release: Path, entry: Mapping[str, Any]) -> None:
    """Check that a release still has its bytes: sums, descriptor, Parquet files.

    Raises:
        VerifyError: It has not.
    """
    if hash_sums(release) != entry["release_id"]:
        raise VerifyError(f"{release / NAME}: SHA-256 is not the release's id. {DAMAGED}")
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
    flag = entry["withdrawn"]
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
        f"on {flag['on']}: {flag['reason']}" if flag else "",
    )


def _release(
    prepared: PreparedCandidate, folder: Path, ledger: Ledger, declare: str | None
) -> PublishResult:
    staging = files.make_folder(folder / ".staging")
    try:
        with Background(1) as other:
            stage = StagingFolder(staging / "release", other)
            release, release_id = write_release(stage, prepared, ledger.newest, folder, declare)
            _verify_staged(stage, prepared)
            stage.wait()
    except Exception:
        with contextlib.suppress(NotWritableError):  # the next run removes it, if this one cannot
            files.remove_tree(staging)
        raise
    files.commit_folder(stage.folder, folder / release.version)
    entry = provenance.build_ledger_entry(_provenance(folder / release.version), release_id)
    ledger = replace(ledger, title=release.title, description=release.description).with_entry(entry)
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
    """Refuse to publish a staged folder that users could not verify."""
    pieces = {
        name: table
        for name, table in prepared.tables.items()
        if not isinstance(table, pa.Table | ParquetTable)
    }
    pa.default_memory_pool().release_unused()  # what other threads needed to write
    problems = verify_release(stage.folder, pieces)
    if problems:
        raise ReleaseError(
            f"{prepared.candidate.package}: the staged release does not verify: {problems[0]}"
        )
