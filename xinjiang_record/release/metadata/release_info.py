"""What every metadata dialect is written from. Nothing in a dialect comes from anywhere else, so they cannot disagree."""

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
    """One table: its words, its Table Schema and its files."""

    name: str
    title: str
    description: str
    schema: Mapping[str, Any]
    files: TableFiles

    @property
    def rows(self) -> int:
        return self.files.rows


@dataclass(frozen=True, slots=True)
class ReleaseInfo:
    """One release. ``created`` comes from the inputs; ``sources`` are (title, address) of the cited pages."""

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

    @property
    def id(self) -> str:
        """The identifier of the package, the same for all its versions."""
        return f"urn:uuid:{uuid.uuid5(NAMESPACE, self.package)}"

    @property
    def version_id(self) -> str:
        """The identifier of this version of it."""
        return version_id(self.package, self.version)

    @property
    def year(self) -> str:
        return self.created[:4]

    @property
    def day(self) -> str:
        return self.created[:10]

    @property
    def creators(self) -> tuple[str, ...]:
        """Who made it: the contributors with the role creator, or all."""
        named = [item["title"] for item in self.contributors if "creator" in item.get("roles", ())]
        return tuple(named or [item["title"] for item in self.contributors])

    @property
    def row_counts(self) -> dict[str, int]:
        return {resource.name: resource.rows for resource in self.resources}

    @property
    def has_downloads(self) -> bool:
        """Whether the tables are small enough for a spreadsheet and the like."""
        return sum(resource.rows for resource in self.resources) <= DOWNLOAD_ROWS

    @property
    def data_files(self) -> tuple[FileInfo, ...]:
        return tuple(
            info for item in self.resources for info in (*item.files.csv, *item.files.parquet)
        )


def version_id(package: str, version: str) -> str:
    """The identifier of one version of a package."""
    return f"urn:uuid:{uuid.uuid5(NAMESPACE, f'{package}@{version}')}"


def read_words(descriptor: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of ``ReleaseInfo`` that a package's template gives. Raises ReleaseError for a blocker: a word that must not lack."""
    lacking = [
        key
        for key in ("title", "description", "licenses", "contributors", "keywords")
        if not descriptor.get(key)
    ]
    if lacking:
        raise ReleaseError(
            f"{descriptor.get('name')}: package.toml has no {', '.join(lacking)}. Nothing was published."
        )
    return {
        "title": descriptor["title"],
        "description": descriptor["description"],
        "keywords": tuple(descriptor["keywords"]),
        "licenses": tuple(descriptor["licenses"]),
        "contributors": tuple(descriptor["contributors"]),
        "homepage": descriptor.get("homepage", ""),
    }
