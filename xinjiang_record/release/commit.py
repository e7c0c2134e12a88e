"""Publishing: the order of steps that makes a release complete or absent. See the package's docstring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from xinjiang_record import files
from xinjiang_record.errors import FindingsError, ReleaseError, UnsafeNameError
from xinjiang_record.model import Candidate, PublishResult
from xinjiang_record.release import provenance
from xinjiang_record.release.canonical import canonical, content_hash, table_hash
from xinjiang_record.release.hashes import metadata_hash, schema_hash
from xinjiang_record.release.ledger import PACKAGE, Ledger, write_catalog
from xinjiang_record.release.recover import point_latest, recover, write_ledger
from xinjiang_record.release.source import batches
from xinjiang_record.release.stage import Prepared, Stage, write_release

UNLESS = "Unless the new release is there, whole, nothing was published; run again."


def publish(candidate: Candidate, published: Path, *, declare: str | None = None) -> PublishResult:
    """See ``xinjiang_record.release.publish``."""
    prepared = prepare(candidate)
    folder = published / candidate.package
    with files.locked(folder), files.explained(folder, UNLESS):
        ledger = recover(folder)
        newest = ledger.newest
        if newest and is_same(prepared, newest):
            result = _unchanged(candidate, folder, newest)
        else:
            result = _release(prepared, folder, ledger, declare)
    write_catalog(published)
    return result


def prepare(candidate: Candidate) -> Prepared:
    """Check a candidate and bring its tables into canonical form."""
    if not PACKAGE.fullmatch(candidate.package):
        raise UnsafeNameError(
            f"{candidate.package!r} cannot name a package: lower-case letters, digits and hyphens only."
        )
    errors = [item for item in candidate.findings if item.severity == "error"]
    if errors:
        raise FindingsError(f"{candidate.package}: {len(errors)} errors, the first: {errors[0]} Nothing was published.")
    if list(candidate.tables) != list(candidate.schemas):
        raise ReleaseError(f"{candidate.package}: tables and schemas differ in name or order. Nothing was published.")
    tables = {
        name: canonical(table, candidate.schemas[name], name) if isinstance(table, pa.Table) else table
        for name, table in candidate.tables.items()
    }
    return Prepared(
        candidate, tables, schema_hash(candidate.schemas), metadata_hash(candidate.descriptor, candidate.schemas)
    )


def is_same(prepared: Prepared, newest: Mapping[str, Any]) -> bool:
    """Whether a candidate is what the newest release is. The rows are hashed only where all that is cheaper to see is equal."""
    counts = {name: table.num_rows for name, table in prepared.tables.items()}
    if counts != newest["row_counts"] or any(
        newest[name] != getattr(prepared, name) for name in ("schema_hash", "metadata_hash")
    ):
        return False
    schemas = prepared.candidate.schemas
    hashes = {
        name: table_hash(batches(table, schemas[name], name), schemas[name]) for name, table in prepared.tables.items()
    }
    return content_hash(hashes) == newest["content_hash"]


def _unchanged(candidate: Candidate, folder: Path, entry: Mapping[str, Any]) -> PublishResult:
    counts = {name: table.num_rows for name, table in candidate.tables.items()}
    previous = entry["previous"]["version"] if entry["previous"] else None
    path = str(folder / entry["version"])
    return PublishResult(
        candidate.package, "unchanged", entry["version"], previous, "none", (), counts, entry["content_hash"], path
    )


def _release(prepared: Prepared, folder: Path, ledger: Ledger, declare: str | None) -> PublishResult:
    staging = files.make_folder(folder / ".staging")
    stage = Stage(staging / "release")
    release, release_id = write_release(stage, prepared, ledger.newest, folder, declare)
    _verify_staged(stage, prepared)
    files.commit_folder(stage.folder, folder / release.version)
    entry = provenance.ledger_entry(_provenance(folder / release.version), release_id)
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
    from xinjiang_record.release.ledger import read_json

    value: Mapping[str, Any] = read_json(release / "provenance.json")
    return value


def _verify_staged(stage: Stage, prepared: Prepared) -> None:
    """Refuse to commit a tree that users could not verify."""
    from xinjiang_record.release.verify import verify_release

    problems = verify_release(stage.folder)
    if problems:
        raise ReleaseError(
            f"{prepared.candidate.package}: the staged release does not verify: {problems[0]} Nothing was published."
        )
