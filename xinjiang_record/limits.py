"""Define every limit once: its name, its unit, its value and what it guards.

To change one, set ``XRECORD_LIMIT_<NAME>`` to a whole number in the unit of the limit.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields
from typing import Any

from xinjiang_record.errors import UsageError

MIB, GIB = 1024**2, 1024**3
MOST_DIGITS = 15  # of a limit that the environment sets
# Below this much output the ratio of a compressed file is not looked at: small texts compress
# very well.
RATIO_FREE_BYTES = 64 * MIB
# Of the validator; no setting changes these.
KEY_BYTES = 64 * MIB  # texts of keys that are kept; above it a row is read again
MAYBE_BYTES = 32 * MIB  # cells of rows that may repeat a key
PIECE_BYTES, LEAST_PIECE_BYTES = 4 * MIB, MIB // 16  # one piece of a CSV file, and of a small one


def limit(value: int, unit: str, guards: str) -> Any:
    """Return the field of a limit: its value, its unit and what it guards."""
    return field(default=value, metadata={"unit": unit, "guards": guards})


@dataclass(frozen=True)
class Limits:
    """Bound what untrusted files may make the program do."""

    # times: downloads, readers, patterns, locks, whole commands
    download_seconds: int = limit(60, "seconds", "one download, all its redirects together")
    upload_seconds: int = limit(900, "seconds", "one request to an archive")
    connect_seconds: int = limit(10, "seconds", "finding a host's address, and one connection")
    unreachable_seconds: int = limit(
        20, "seconds", "how long `xrecord deposit` tries an archive that cannot be reached"
    )
    lock_wait_seconds: int = limit(60, "seconds", "how long a publisher waits for another")
    sniff_seconds: int = limit(1, "seconds of processor", "guessing the dialect of a table")
    pattern_seconds: int = limit(
        2, "seconds of processor", "one pattern of a schema over all its cells"
    )
    reader_seconds: int = limit(8, "seconds of processor", "reading one document")
    extract_seconds: int = limit(60, "seconds", "`xrecord extract`")
    check_seconds: int = limit(60, "seconds", "`xrecord check`")
    check_claims: int = limit(10_000, "clauses or verdicts", "one article that is checked")
    preview_seconds: int = limit(300, "seconds", "`xrecord preview`")
    get_seconds: int = limit(7_200, "seconds", "`xrecord get`")
    snapshot_days: int = limit(30, "days", "how old a snapshot may be before it is due again")
    # memory of processes
    reader_memory_bytes: int = limit(320 * MIB, "bytes", "the process that reads documents")
    command_memory_bytes: int = limit(2 * GIB, "bytes", "one bounded command as a whole")
    # what archives and documents unpack to
    decompressed_bytes: int = limit(8 * GIB, "bytes", "what one compressed file may become")
    compression_ratio: int = limit(200, "bytes", "output per compressed byte, above 64 MiB")
    archive_members: int = limit(1_000, "files", "one archive")
    document_unpacked_bytes: int = limit(64 * MIB, "bytes", "what a document may unpack to")
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
    signed_root_bytes: int = limit(1 * MIB, "bytes", "a root.json or timestamp.json under signed/")
    signed_bytes: int = limit(4 * MIB, "bytes", "any other metadata under signed/")
    release_files: int = limit(100_000, "files", "files that one release may list")
    release_bytes: int = limit(64 * GIB, "bytes", "what `xrecord get` writes for one release")
    path_parts: int = limit(16, "folders", "a path that a file names")
    path_chars: int = limit(1_024, "characters", "a path that a file names")
    # tables
    cell_chars: int = limit(1_000_000, "characters", "one cell")
    row_bytes: int = limit(16 * MIB, "bytes", "one record")
    field_count: int = limit(2_000, "columns", "one table")
    header_bytes: int = limit(1 * MIB, "bytes", "the header record")
    parquet_footer_bytes: int = limit(16 * MIB, "bytes", "the footer of a Parquet file")
    input_bytes: int = limit(2 * GIB, "bytes", "standard input of `xrecord validate -`")
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
