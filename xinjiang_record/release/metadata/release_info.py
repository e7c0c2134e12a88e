"""Hold what every metadata dialect is written from, so that no two can disagree."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xinjiang_record.errors import ReleaseError
from xinjiang_record.model import Bump
from xinjiang_record.release.tables.file_info import FileInfo, TableFiles

NAMESPACE = uuid.UUID(
    "0b6f5c3e-6d0b-5f6e-9a63-6d3f0c1f7a52"
)  # of this record's identifiers, chosen once

DOWNLOAD_ROWS = 200_000  # rows of all tables together; larger packages have no downloads/


@dataclass(frozen=True, slots=True)
class ResourceInfo:
    """Hold one table: its words, its Table Schema and its files."""

    name: str
    title: str
    description: str
    schema: Mapping[str, Any]
    files: TableFiles

    @property
    def rows(self) -> int:
        """Return the number of rows."""
        return self.files.rows


@dataclass(frozen=True, slots=True)
class ReleaseInfo:
    """Hold one release.

    ``created`` comes from the inputs; ``sources`` are (title, address) of the cited pages.
    ``folder`` is the address of the release's own folder, with the last slash. A release does not
    know where it will be served, so it is empty in a release, and paths are relative. ``doi`` is
    what an archive gave it later; it is empty in a release too.
    """

    package: str
    version: str
    previous: str | None
    bump: Bump
    reasons: tuple[str, ...]
    title: str
    description: str
    keywords: tuple[str, ...]
    licenses: tuple[Mapping[str, str], ...]
    contributors: tuple[Mapping[str, Any], ...]
    homepage: str
    created: str
    content_hash: str
    schema_hash: str
    metadata_hash: str
    resources: tuple[ResourceInfo, ...]
    sources: tuple[tuple[str, str], ...] = ()
    downloads: tuple[FileInfo, ...] = ()
    folder: str = ""
    doi: str = ""

    @property
    def id(self) -> str:
        """Return the identifier of the package, the same for all its versions."""
        return f"urn:uuid:{uuid.uuid5(NAMESPACE, self.package)}"

    @property
    def version_id(self) -> str:
        """Return the identifier of this version of the package."""
        return version_id(self.package, self.version)

    @property
    def year(self) -> str:
        """Return the year of ``created``."""
        return self.created[:4]

    @property
    def day(self) -> str:
        """Return the day of ``created``."""
        return self.created[:10]

    @property
    def creators(self) -> tuple[str, ...]:
        """Return the contributors with the role creator, or all contributors."""
        named = [item["title"] for item in self.contributors if "creator" in item.get("roles", ())]
        return tuple(named or [item["title"] for item in self.contributors])

    @property
    def row_counts(self) -> dict[str, int]:
        """Rows by table."""
        return {resource.name: resource.rows for resource in self.resources}

    @property
    def has_downloads(self) -> bool:
        """Return whether the tables are small enough for a spreadsheet and the like."""
        return sum(resource.rows for resource in self.resources) <= DOWNLOAD_ROWS

    @property
    def data_files(self) -> tuple[FileInfo, ...]:
        """Return the CSV and Parquet files of all tables."""
        return tuple(
            info for item in self.resources for info in (*item.files.csv, *item.files.parquet)
        )


def version_id(package: str, version: str) -> str:
    """Return the identifier of one version of a package."""
    return f"urn:uuid:{uuid.uuid5(NAMESPACE, f'{package}@{version}')}"


def read_words(descriptor: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of ``ReleaseInfo`` that a package's template gives.

    Raises:
        ReleaseError: The template lacks one that every release needs.
    """
    lacking = [
        key
        for key in ("title", "description", "licenses", "contributors", "keywords")
        if not descriptor.get(key)
    ]
    if lacking:
        raise ReleaseError(
            f"{descriptor.get('name')}: package.toml lacks {', '.join(lacking)}. Add it."
        )
    return {
        "title": descriptor["title"],
        "description": descriptor["description"],
        "keywords": tuple(descriptor["keywords"]),
        "licenses": tuple(descriptor["licenses"]),
        "contributors": tuple(descriptor["contributors"]),
        "homepage": descriptor.get("homepage", ""),
    }
