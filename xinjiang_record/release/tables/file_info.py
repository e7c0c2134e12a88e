"""Describe the files of a release: path, size and SHA-256; and the files of one table."""

from __future__ import annotations

from dataclasses import dataclass

MEDIA_TYPES = {
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "zip": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "sqlite": "application/vnd.sqlite3",
    "duckdb": "application/vnd.duckdb",
    "json": "application/json",
    "jsonld": "application/ld+json",
    "md": "text/markdown",
    "cff": "text/yaml",
    "html": "text/html",
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
    "png": "image/png",
    "xml": "application/xml",
}


@dataclass(frozen=True, slots=True)
class FileInfo:
    """Hold one file of a release: its path in it, its size and its SHA-256."""

    path: str
    bytes: int
    sha256: str

    @property
    def media_type(self) -> str:
        """Return the media type, by the file's ending."""
        return MEDIA_TYPES.get(self.path.rpartition(".")[2], "text/plain")


@dataclass(frozen=True, slots=True)
class TableFiles:
    """Hold the files of one table, its rows, and the size and SHA-256 of its CSV as one text.

    A table has one CSV and one Parquet file, or parts of both.
    """

    csv: tuple[FileInfo, ...]
    parquet: tuple[FileInfo, ...]
    in_parts: bool
    rows: int
    bytes: int
    sha256: str
