"""Define every limit once: its name, its unit, its value and what it guards.

To change one, set ``XRECORD_LIMIT_<NAME>`` to a whole number in the unit of the limit.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, fields

from xinjiang_record.errors import UsageError

KIB, MIB, GIB = 1024, 1024**2, 1024**3


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what strangers' files may make us do. ``XRECORD_LIMIT_<NAME>`` overrides one (an integer in its unit)."""

    descriptor_bytes: int = 1 * MIB  # a datapackage.json, a schema, a TOML file
    descriptor_depth: int = 32  # nesting levels in a descriptor
    descriptor_values: int = 1_000_000  # values in a descriptor or in a JSON file of a release
    number_digits: int = 100  # digits of one number in a descriptor
    ledger_bytes: int = 64 * MIB  # a versions.json, a catalog.json, a SHA256SUMS, a provenance.json
    release_files: int = 100_000  # files that one release may list
    release_bytes: int = 64 * GIB  # bytes that `get` writes for one release
    path_parts: int = 16  # folders in a path that a file names
    path_chars: int = 1_024  # characters in a path that a file names
    cell_chars: int = 1_000_000  # characters in one cell
    row_bytes: int = 16 * MIB  # bytes in one record
    field_count: int = 2_000  # columns in one table
    header_bytes: int = 1 * MIB  # bytes in the header record
    decompressed_bytes: int = 8 * GIB  # bytes that one compressed file may become
    compression_ratio: int = 200  # decompressed bytes per compressed byte, above 64 MiB
    archive_members: int = 1_000  # files in one archive
    download_bytes: int = 64 * MIB  # raw bytes of one download
    download_seconds: int = 60  # overall deadline of one download
    redirects: int = 5  # hops of one download
    document_bytes: int = 64 * MIB  # bytes of one document file
    document_text_bytes: int = (
        16 * MIB
    )  # bytes of one document of text or markup, or of one part of an archive
    document_unpacked_bytes: int = (
        64 * MIB
    )  # bytes that one document or archive of documents may become
    document_pages: int = 2_000  # pages of one document
    document_blocks: int = 200_000  # paragraphs, headings, items and tables of one document
    document_cells: int = 1_000_000  # cells in the tables of one document
    document_tags: int = 500_000  # tags in one document of markup
    reader_memory_bytes: int = (
        320 * MIB
    )  # memory of the process that reads PDF, spreadsheets and Markdown
    reader_seconds: int = 120  # how long that process may take for one document
    snapshot_days: int = 30  # days after which a source is looked at again
    lock_wait_seconds: int = 60  # how long a publisher waits for another
    run_records: int = 100  # records of runs, and of failed ones, that runs/ keeps

    def replace_from_environment(self) -> Limits:
        values = {}
        for item in fields(self):
            name = f"XRECORD_LIMIT_{item.name.upper()}"
            text = os.environ.get(name)
            if text is None:
                continue
            if not (text.isascii() and text.isdigit()):
                raise UsageError(
                    f"{name}={text!r} is not a whole number. Give digits only, or unset it."
                )
            values[item.name] = int(text)
        return Limits(
            **{**{item.name: getattr(self, item.name) for item in fields(self)}, **values}
        )


LIMITS = Limits().replace_from_environment()
