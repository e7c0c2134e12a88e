"""Limit sizes and counts: files, tables, cells, downloads, documents."""

from __future__ import annotations

from dataclasses import dataclass

from xinjiang_record.limits.units import GIB, MIB, limit


@dataclass(frozen=True)
class Sizes:
    """Bound sizes and counts."""

    # descriptors, and the JSON and TOML files of releases and of the record
    descriptor_bytes: int = limit(1 * MIB, "bytes", "a datapackage.json, a schema, a TOML file")
    descriptor_depth: int = limit(32, "levels", "nesting in a descriptor")
    yaml_chars: int = limit(100_000, "characters", "a descriptor in YAML")
    descriptor_values: int = limit(1_000_000, "values", "values in a descriptor or ledger")
    descriptor_resources: int = limit(1_000, "resources", "resources of one package")
    descriptor_paths: int = limit(5_000, "paths", "files that a package's resources name")
    number_digits: int = limit(100, "digits", "one number in a descriptor")
    toml_values: int = limit(5_000, "values", "one TOML file under raw/")
    ledger_bytes: int = limit(64 * MIB, "bytes", "versions.json, catalog.json, SHA256SUMS")
    release_files: int = limit(100_000, "files", "files that one release may list")
    release_bytes: int = limit(64 * GIB, "bytes", "what `xrecord get` writes for one release")
    path_parts: int = limit(16, "folders", "a path that a file names")
    path_chars: int = limit(1_024, "characters", "a path that a file names")
    # tables
    cell_chars: int = limit(1_000_000, "characters", "one cell")
    row_bytes: int = limit(16 * MIB, "bytes", "one record")
    field_count: int = limit(2_000, "columns", "one table")
    header_bytes: int = limit(1 * MIB, "bytes", "the header record")
    raw_rows: int = limit(10_000, "lines", "one CSV file under raw/")
    raw_lines: int = limit(1_000, "lines", "one text file under raw/")
    raw_line_chars: int = limit(5_000, "characters", "one line of a text file under raw/")
    # downloads
    download_bytes: int = limit(64 * MIB, "bytes", "one download as sent")
    redirects: int = limit(5, "redirects", "one download")
    cache_bytes: int = limit(512 * MIB, "bytes", "the downloads that the client keeps")
    # documents
    document_bytes: int = limit(64 * MIB, "bytes", "one document file")
    document_text_bytes: int = limit(16 * MIB, "bytes", "one text, or one part of an archive")
    document_pages: int = limit(2_000, "pages", "one document")
    document_blocks: int = limit(150_000, "blocks", "paragraphs, items and tables of a document")
    document_cells: int = limit(1_000_000, "cells", "the tables of one document")
    document_tags: int = limit(500_000, "tags", "one document of markup")
    document_attributes: int = limit(500, "attributes", "one tag of a document of markup")
    document_parts: int = limit(100, "parts", "one e-mail message")
    # runs
    run_records: int = limit(100, "files", "records of runs that runs/ keeps, of each kind")
