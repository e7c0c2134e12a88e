"""Write all files of a release into a folder that nobody reads yet. SHA256SUMS comes last, over everything else."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from xinjiang_record import files
from xinjiang_record.archives.zip import write_zip
from xinjiang_record.model import Candidate
from xinjiang_record.release import download_formats, quality_reports
from xinjiang_record.release.changes.changes_files import markdown, write_changes
from xinjiang_record.release.changes.next_version import Decision, decide, first
from xinjiang_record.release.changes.schema_diff import compare
from xinjiang_record.release.integrity import provenance
from xinjiang_record.release.integrity.checksums import NAME, sums_text
from xinjiang_record.release.integrity.versions_json import read_json
from xinjiang_record.release.metadata import (
    citation,
    croissant,
    datacite,
    datapackage,
    jsonld,
    readme,
    rocrate,
)
from xinjiang_record.release.metadata.release_info import (
    FileInfo,
    ReleaseInfo,
    ResourceInfo,
    TableFiles,
    words,
)
from xinjiang_record.release.tables import file_layout
from xinjiang_record.release.tables.open_table import ParquetTable, Source, batches
from xinjiang_record.release.tables.read import read_parquet
from xinjiang_record.release.tables.row_order import content_hash
from xinjiang_record.release.tables.write import write_table


@dataclass(frozen=True, slots=True)
class Prepared:
    """A candidate whose tables are canonical, with the hashes of its structure and of its words."""

    candidate: Candidate
    tables: Mapping[str, Source]
    schema_hash: str
    metadata_hash: str


@dataclass(slots=True)
class Stage:
    """A folder being filled; remembers the SHA-256 of all that it holds, by path."""

    folder: Path
    hashes: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def write(self, path: str, text: str) -> None:
        data = text.encode("utf-8")
        files.make_folder((self.folder / path).parent)
        self.note(path, files.create(self.folder / path, data), len(data))

    def note(self, path: str, sha256: str, size: int) -> FileInfo:
        self.hashes[path], self.sizes[path] = sha256, size
        return FileInfo(path, size, sha256)

    def seal(self, path: str) -> FileInfo:
        """Take in a file that a library has written."""
        digest = files.seal(self.folder / path)
        return self.note(path, digest, (self.folder / path).stat().st_size)


def write_release(
    stage: Stage,
    prepared: Prepared,
    newest: Mapping[str, Any] | None,
    folder: Path,
    declare: str | None,
) -> tuple[ReleaseInfo, str]:
    """Write every file of the release after ``newest`` (a ledger entry); returns what the release is, and its id.

    ``folder`` is the package's. Raises VersionTooLowError, when everything is still only staged.
    """
    files.make_folder(stage.folder / "data")
    resources = tuple(_resource(stage, prepared, name) for name in prepared.candidate.schemas)
    decision = _decide(stage, prepared, newest, folder, declare) if newest else first(declare)
    release = _describe(prepared, decision, resources)
    _quality(stage, prepared.candidate, resources)
    earlier = (
        (folder / decision.previous / "CHANGES.md").read_text("utf-8") if decision.previous else ""
    )
    stage.write("README.md", readme.write(release, has_downloads(release)))
    stage.write("CHANGES.md", readme.changes(release, decision.counts, earlier))
    stage.write("CITATION.cff", citation.cff(release))
    stage.write("LICENSE", readme.license_notice(release))
    stage.write("datapackage.json", datapackage.write(release))
    stage.write("provenance.json", provenance.write(release, prepared.candidate, decision))
    release = _downloads(stage, release)
    stage.write("metadata/dataset.jsonld", jsonld.write(release))
    stage.write("metadata/croissant.json", croissant.write(release))
    stage.write("metadata/datacite.json", datacite.write(release))
    sums = sums_text(stage.hashes)
    files.create(stage.folder / NAME, sums.encode())
    return release, hashlib.sha256(sums.encode()).hexdigest()


def _decide(
    stage: Stage, prepared: Prepared, newest: Mapping[str, Any], folder: Path, declare: str | None
) -> Decision:
    """Compare with the release before, write the changes, and name the version that they need."""
    previous = newest["version"]
    old = {
        item["name"]: item
        for item in read_json(folder / previous / "datapackage.json")["resources"]
    }
    changes = write_changes(stage, prepared, folder, previous, old)
    words_changed = newest["metadata_hash"] != prepared.metadata_hash
    schemas = {name: item["schema"] for name, item in old.items()}
    decision = decide(
        newest, compare(schemas, prepared.candidate.schemas), changes.counts, words_changed, declare
    )
    stage.write(changes.markdown, markdown(changes, decision.version, decision.reasons))
    return decision


def _describe(
    prepared: Prepared, decision: Decision, resources: tuple[ResourceInfo, ...]
) -> ReleaseInfo:
    candidate = prepared.candidate
    return ReleaseInfo(
        package=candidate.package,
        version=decision.version,
        previous=decision.previous,
        bump=decision.bump,
        reasons=decision.reasons,
        created=candidate.created,
        content_hash=content_hash({resource.name: resource.files.sha256 for resource in resources}),
        schema_hash=prepared.schema_hash,
        metadata_hash=prepared.metadata_hash,
        resources=resources,
        sources=_sources(prepared.tables.get("sources")),
        **words(candidate.descriptor),
    )


def _resource(stage: Stage, prepared: Prepared, name: str) -> ResourceInfo:
    schema = prepared.candidate.schemas[name]
    table = prepared.tables[name]
    files = (
        _whole(stage, table, schema, name)
        if isinstance(table, pa.Table | ParquetTable)
        else table.place(stage.folder)
    )
    for info in (*files.csv, *files.parquet):
        stage.note(info.path, info.sha256, info.bytes)
    about: Mapping[str, Any] = prepared.candidate.descriptor.get("resource", {}).get(name, {})
    return ResourceInfo(name, about.get("title", name), about.get("description", ""), schema, files)


def _whole(stage: Stage, table: Source, schema: Mapping[str, Any], name: str) -> TableFiles:
    """Write a table in one piece."""
    paths = file_layout.whole(name)
    *written, rows = write_table(
        batches(table, schema, name), schema, *(stage.folder / path for path in paths)
    )
    csv, parquet = (
        FileInfo(path, item.bytes, item.sha256) for path, item in zip(paths, written, strict=True)
    )
    return TableFiles((csv,), (parquet,), False, rows, csv.bytes, csv.sha256)


def _downloads(stage: Stage, release: ReleaseInfo) -> ReleaseInfo:
    """Write downloads/; the zip holds all that is staged so far, and so is a whole data package and a whole RO-Crate."""
    members = [
        FileInfo(path, stage.sizes[path], stage.hashes[path]) for path in sorted(stage.hashes)
    ]
    crate = rocrate.write(release, members)
    stage.write(f"metadata/{rocrate.NAME}", crate)
    if not has_downloads(release):
        return release
    whole = {
        resource.name: read_parquet(
            [stage.folder / info.path for info in resource.files.parquet], resource.schema
        )
        for resource in release.resources
    }
    name, folder = (
        f"{release.package}-{release.version}",
        files.make_folder(stage.folder / "downloads"),
    )
    inside: dict[str, Path | bytes] = {
        f"{name}/{info.path}": stage.folder / info.path for info in members
    }
    with files.explained(folder, files.STAGED):
        write_zip(folder / f"{name}.zip", {**inside, f"{name}/{rocrate.NAME}": crate.encode()})
        download_formats.xlsx(folder / f"{name}.xlsx", release, whole)
        download_formats.sqlite(folder / f"{name}.sqlite", release, whole)
    made = tuple(stage.seal(f"downloads/{name}.{kind}") for kind in ("zip", "xlsx", "sqlite"))
    return replace(release, downloads=made)


def has_downloads(release: ReleaseInfo) -> bool:
    """Whether the tables are small enough for a spreadsheet and the like."""
    return sum(resource.rows for resource in release.resources) <= download_formats.DOWNLOAD_ROWS


def _sources(table: Source | None) -> tuple[tuple[str, str], ...]:
    if not isinstance(table, pa.Table) or not {"source_id", "url"} <= set(table.column_names):
        return ()
    return tuple(
        (row.get("source_title") or row.get("publisher") or row["source_id"], row["url"])
        for row in table.to_pylist()
    )


def _quality(stage: Stage, candidate: Candidate, resources: Sequence[ResourceInfo]) -> None:
    parquets = {
        item.name: [stage.folder / info.path for info in item.files.parquet] for item in resources
    }
    stage.write("quality/validation.json", quality_reports.validation(candidate))
    stage.write("quality/assertions.json", quality_reports.assertions(candidate))
    stage.write("quality/quarantine.csv", quality_reports.quarantine(candidate))
    stage.write("quality/stats.json", quality_reports.stats(parquets, candidate.schemas))
