"""Write all files of a release into a folder that nobody reads yet, SHA256SUMS last.

1. The tables, and the changes since the release before, which give the version its number.
2. What is in the zip download too: quality reports, ``DIALECTS``, CHANGES.md, provenance.json.
3. The downloads, then ``DIALECTS_WITH_DOWNLOADS``.
4. SHA256SUMS over all of them. Its own SHA-256 is the release's id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from xinjiang_record import files
from xinjiang_record.model import Candidate
from xinjiang_record.release import quality_reports
from xinjiang_record.release.changes.changes_files import render_markdown, write_changes
from xinjiang_record.release.changes.major_minor_patch import (
    Decision,
    compare_schemas,
    decide_first,
    decide_next,
)
from xinjiang_record.release.download_formats import FORMATS
from xinjiang_record.release.download_formats.content import DownloadContent
from xinjiang_record.release.integrity import provenance
from xinjiang_record.release.integrity.checksums import NAME, format_sums
from xinjiang_record.release.integrity.json_files import read_json
from xinjiang_record.release.integrity.withdrawals import hash_withdrawals
from xinjiang_record.release.metadata import changes_page, rocrate
from xinjiang_record.release.metadata.dialects import DIALECTS, DIALECTS_WITH_DOWNLOADS
from xinjiang_record.release.metadata.release_info import ReleaseInfo, ResourceInfo, read_words
from xinjiang_record.release.prepared_candidate import PreparedCandidate
from xinjiang_record.release.staging_folder import StagingFolder
from xinjiang_record.release.tables import file_layout
from xinjiang_record.release.tables.csv_text import hash_package
from xinjiang_record.release.tables.file_info import FileInfo, TableFiles
from xinjiang_record.release.tables.open_table import ParquetTable, Source, read_batches
from xinjiang_record.release.tables.read import read_parquet
from xinjiang_record.release.tables.write import write_table


def write_release(
    stage: StagingFolder,
    prepared: PreparedCandidate,
    newest: Mapping[str, Any] | None,
    folder: Path,
    declare: str | None,
) -> tuple[ReleaseInfo, str]:
    """Write every file of the release that follows ``newest``.

    Args:
        stage: The folder to write into.
        prepared: What is to be released.
        newest: The ledger's entry of the release before, or None for a first release.
        folder: The package's folder, which holds the release before.
        declare: The version that the caller needs, or None.

    Returns:
        What the release is, and its id.

    Raises:
        VersionTooLowError: The declared version is smaller than the change needs.
    """
    files.make_folder(stage.folder / "data")
    code = stage.other.submit(provenance.describe_code)
    resources = tuple(_write_table(stage, prepared, name) for name in prepared.candidate.schemas)
    decision = (
        _decide(stage, prepared, newest, folder, declare) if newest else decide_first(declare)
    )
    release = _describe(prepared, decision, resources)
    _write_quality(stage, prepared.candidate, resources)
    earlier = folder / decision.previous / changes_page.PATH if decision.previous else None
    earlier_text = earlier.read_text("utf-8") if earlier else ""
    page = changes_page.render(release, decision.counts, earlier_text, decision.corrections)
    stage.write(changes_page.PATH, page)
    for dialect in DIALECTS:
        stage.write(dialect.PATH, dialect.render(release))
    withdrawals = hash_withdrawals(folder)
    made_from = provenance.render_provenance(
        release, prepared.candidate, decision, withdrawals, code.result()
    )
    stage.write("provenance.json", made_from)
    release = _write_downloads(stage, release, prepared.candidate.views)
    for dialect in DIALECTS_WITH_DOWNLOADS:
        stage.write(dialect.PATH, dialect.render(release))
    sums = format_sums(stage.hashes)
    files.create(stage.folder / NAME, sums.encode(), stage.later)
    return release, hashlib.sha256(sums.encode()).hexdigest()


def _decide(
    stage: StagingFolder,
    prepared: PreparedCandidate,
    newest: Mapping[str, Any],
    folder: Path,
    declare: str | None,
) -> Decision:
    """Compare with the release before, write the changes, and compute the version they need."""
    previous = newest["version"]
    descriptor = read_json(folder / previous / "datapackage.json")
    old = {item["name"]: item for item in descriptor["resources"]}
    changes = write_changes(stage, prepared, folder, previous, old)
    words_changed = newest["metadata_hash"] != prepared.metadata_hash
    schemas = {name: item["schema"] for name, item in old.items()}
    differences = compare_schemas(schemas, prepared.candidate.schemas)
    decision = decide_next(newest, differences, changes.counts, words_changed, declare)
    text = render_markdown(changes, decision.version, decision.reasons)
    stage.write(changes.markdown, text)
    return replace(decision, corrections=tuple(changes.corrections))


def _describe(
    prepared: PreparedCandidate, decision: Decision, resources: tuple[ResourceInfo, ...]
) -> ReleaseInfo:
    candidate = prepared.candidate
    return ReleaseInfo(
        package=candidate.package,
        version=decision.version,
        previous=decision.previous,
        bump=decision.bump,
        reasons=decision.reasons,
        created=candidate.created,
        content_hash=hash_package({resource.name: resource.files.sha256 for resource in resources}),
        schema_hash=prepared.schema_hash,
        metadata_hash=prepared.metadata_hash,
        resources=resources,
        sources=_list_sources(prepared.tables.get("sources")),
        **read_words(candidate.descriptor),
    )


def _write_table(stage: StagingFolder, prepared: PreparedCandidate, name: str) -> ResourceInfo:
    schema = prepared.candidate.schemas[name]
    table = prepared.tables[name]
    if isinstance(table, pa.Table | ParquetTable):
        written = _write_in_one_piece(stage, table, schema, name)
    else:
        written = table.place(stage.folder, stage.later)
    for info in (*written.csv, *written.parquet):
        stage.note(info.path, info.sha256, info.bytes)
    about: Mapping[str, Any] = prepared.candidate.descriptor.get("resource", {}).get(name, {})
    title, description = about.get("title", name), about.get("description", "")
    return ResourceInfo(name, title, description, schema, written)


def _write_in_one_piece(
    stage: StagingFolder, table: Source, schema: Mapping[str, Any], name: str
) -> TableFiles:
    paths = file_layout.table_paths(name)
    batches = read_batches(table, schema, name)
    csv_path, parquet_path = (stage.folder / path for path in paths)
    *written, rows = write_table(batches, schema, csv_path, parquet_path, stage.later)
    csv, parquet = (
        FileInfo(path, item.bytes, item.sha256) for path, item in zip(paths, written, strict=True)
    )
    return TableFiles((csv,), (parquet,), False, rows, csv.bytes, csv.sha256)


def _write_downloads(
    stage: StagingFolder, release: ReleaseInfo, views: Mapping[str, str]
) -> ReleaseInfo:
    """Write downloads/. The zip holds all that is staged so far, a complete package and crate."""
    members = [
        FileInfo(path, stage.sizes[path], stage.hashes[path]) for path in sorted(stage.hashes)
    ]
    crate = rocrate.render(release, members)
    stage.write(rocrate.PATH, crate)
    if not release.has_downloads:
        return release
    tables = {
        resource.name: read_parquet(
            [stage.folder / info.path for info in resource.files.parquet], resource.schema
        )
        for resource in release.resources
    }
    name = f"{release.package}-{release.version}"
    inside: dict[str, Path | bytes] = {
        f"{name}/{info.path}": stage.folder / info.path for info in members
    }
    inside[f"{name}/{rocrate.NAME}"] = crate.encode()
    content = DownloadContent(release, tables, inside, views)
    folder = files.make_folder(stage.folder / "downloads")
    with files.explained(folder, files.STAGED):
        for item in FORMATS:
            item.write(folder / f"{name}.{item.SUFFIX}", content)
    made = tuple(stage.seal(f"downloads/{name}.{item.SUFFIX}") for item in FORMATS)
    return replace(release, downloads=made)


def _list_sources(table: Source | None) -> tuple[tuple[str, str], ...]:
    if not isinstance(table, pa.Table) or not {"source_id", "url"} <= set(table.column_names):
        return ()
    return tuple(
        (row.get("source_title") or row.get("publisher") or row["source_id"], row["url"])
        for row in table.to_pylist()
    )


def _write_quality(
    stage: StagingFolder, candidate: Candidate, resources: Sequence[ResourceInfo]
) -> None:
    parquets = {
        item.name: [stage.folder / info.path for info in item.files.parquet] for item in resources
    }
    stage.write("quality/validation.json", quality_reports.render_validation(candidate))
    stage.write("quality/assertions.json", quality_reports.render_assertions(candidate))
    stage.write("quality/quarantine.csv", quality_reports.render_quarantine(candidate))
    stage.write("quality/stats.json", quality_reports.render_stats(parquets, candidate.schemas))
