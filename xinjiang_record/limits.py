"""Define every limit once: its name, its unit, its value and what it guards.

To change one, set ``XRECORD_LIMIT_<NAME>`` to a whole number in the unit of the limit.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields
from typing import Any

from xinjiang_record.errors import UsageError

MIB, GIB = 1024**2, 1024**3
# Memory of the validator; no setting changes these.
KEY_BYTES = 64 * MIB  # texts of keys that are kept; above it a row is read again
MAYBE_BYTES = 32 * MIB  # cells of rows that may repeat a key
PIECE_BYTES, LEAST_PIECE_BYTES = 4 * MIB, MIB // 16  # one piece of a CSV file, and of a small one
# Below this much output the ratio of a compressed file is not looked at: small texts compress
# very well.
RATIO_FREE_BYTES = 64 * MIB
MOST_DIGITS = 15  # of a limit that the environment sets


def _limit(value: int, unit: str, guards: str) -> Any:
    return field(default=value, metadata={"unit": unit, "guards": guards})


@dataclass(frozen=True, slots=True)
class Limits:
    """Bound what untrusted files may make the program do."""

    # descriptors, and the JSON and TOML files of releases and of the record
    descriptor_bytes: int = _limit(1 * MIB, "bytes", "a datapackage.json, a schema, a TOML file")
    descriptor_depth: int = _limit(32, "levels", "nesting in a descriptor")
    yaml_chars: int = _limit(100_000, "characters", "a descriptor in YAML")
    descriptor_values: int = _limit(1_000_000, "values", "values in a descriptor or ledger")
    descriptor_resources: int = _limit(1_000, "resources", "resources of one package")
    descriptor_paths: int = _limit(5_000, "paths", "files that a package's resources name")
    number_digits: int = _limit(100, "digits", "one number in a descriptor")
    toml_values: int = _limit(5_000, "values", "one TOML file under raw/")
    ledger_bytes: int = _limit(64 * MIB, "bytes", "versions.json, catalog.json, SHA256SUMS")
    release_files: int = _limit(100_000, "files", "files that one release may list")
    release_bytes: int = _limit(64 * GIB, "bytes", "what `xrecord get` writes for one release")
    path_parts: int = _limit(16, "folders", "a path that a file names")
    path_chars: int = _limit(1_024, "characters", "a path that a file names")
    # tables
    cell_chars: int = _limit(1_000_000, "characters", "one cell")
    row_bytes: int = _limit(16 * MIB, "bytes", "one record")
    field_count: int = _limit(2_000, "columns", "one table")
    header_bytes: int = _limit(1 * MIB, "bytes", "the header record")
    pattern_seconds: int = _limit(
        2, "seconds of processor", "one pattern of a schema over all its cells"
    )
    sniff_seconds: int = _limit(1, "seconds of processor", "guessing the dialect of a table")
    raw_rows: int = _limit(10_000, "lines", "one CSV file under raw/")
    raw_lines: int = _limit(1_000, "lines", "one text file under raw/")
    raw_line_chars: int = _limit(5_000, "characters", "one line of a text file under raw/")
    # archives
    decompressed_bytes: int = _limit(8 * GIB, "bytes", "what one compressed file may become")
    compression_ratio: int = _limit(200, "bytes", "output per compressed byte, above 64 MiB")
    archive_members: int = _limit(1_000, "files", "one archive")
    # downloads
    download_bytes: int = _limit(64 * MIB, "bytes", "one download as sent")
    download_seconds: int = _limit(60, "seconds", "one download, all its redirects together")
    upload_seconds: int = _limit(900, "seconds", "one request to an archive")
    redirects: int = _limit(5, "redirects", "one download")
    cache_bytes: int = _limit(512 * MIB, "bytes", "the downloads that the client keeps")
    # documents
    document_bytes: int = _limit(64 * MIB, "bytes", "one document file")
    document_text_bytes: int = _limit(16 * MIB, "bytes", "one text, or one part of an archive")
    document_unpacked_bytes: int = _limit(64 * MIB, "bytes", "what a document may unpack to")
    document_pages: int = _limit(2_000, "pages", "one document")
    document_blocks: int = _limit(200_000, "blocks", "paragraphs, items and tables of a document")
    document_cells: int = _limit(1_000_000, "cells", "the tables of one document")
    document_tags: int = _limit(500_000, "tags", "one document of markup")
    document_attributes: int = _limit(500, "attributes", "one tag of a document of markup")
    document_parts: int = _limit(100, "parts", "one e-mail message")
    reader_memory_bytes: int = _limit(320 * MIB, "bytes", "the process that reads documents")
    reader_seconds: int = _limit(8, "seconds of processor", "reading one document")
    # commands that read whole trees of untrusted files
    preview_seconds: int = _limit(300, "seconds", "`xrecord preview`")
    get_seconds: int = _limit(7_200, "seconds", "`xrecord get`")
    command_memory_bytes: int = _limit(2 * GIB, "bytes", "`xrecord preview` and `xrecord get`")
    # runs
    snapshot_days: int = _limit(30, "days", "how old a snapshot may be before it is due again")
    lock_wait_seconds: int = _limit(60, "seconds", "how long a publisher waits for another")
    run_records: int = _limit(100, "files", "records of runs that runs/ keeps, of each kind")

    def replace_from_environment(self) -> Limits:
        """Return these limits with those that the environment sets. Raises UsageError."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        for name in values:
            variable = f"XRECORD_LIMIT_{name.upper()}"
            text = os.environ.get(variable)
            if text is None:
                continue
            if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
                raise UsageError(
                    f"{variable}: expected a whole number of up to {MOST_DIGITS} digits, "
                    f"got {text[:40]!r}. Give digits only, or unset it."
                )
            values[name] = int(text)
        return Limits(**values)


LIMITS = Limits().replace_from_environment()
