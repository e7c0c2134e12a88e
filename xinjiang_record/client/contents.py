"""List what there is: the packages of a place, and the tables and columns of a package."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xinjiang_record.client.bases import Base, explain_base, find_pinned_release, open_base

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xinjiang_record.release.integrity.versions_json import Ledger


@dataclass(frozen=True, slots=True)
class PackageSummary:
    """Describe one package: its newest release that is not withdrawn, and all its versions."""

    name: str
    title: str
    description: str
    version: str | None
    created: str | None
    row_count: int
    versions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ColumnSummary:
    """Describe one column: its type, its unit if it has one, and what it means."""

    name: str
    type: str
    unit: str
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class TableSummary:
    """Describe one table of a release, with its columns."""

    name: str
    title: str
    description: str
    row_count: int
    columns: tuple[ColumnSummary, ...]


def packages(*, base: Base = None) -> list[PackageSummary]:
    """Return the packages, each with its title, newest version and number of rows."""
    from xinjiang_record.release.distribution.release_locations import (  # deferred: start-up
        fetch_ledger,
        list_packages,
    )

    with explain_base():
        location = open_base(base)
        return [_summarize(fetch_ledger(location, name)) for name in list_packages(location)]


def _summarize(ledger: Ledger) -> PackageSummary:
    latest: Mapping[str, object] = ledger.latest or {}
    counts = latest.get("row_counts")
    return PackageSummary(
        ledger.package,
        ledger.title,
        ledger.description,
        str(latest["version"]) if latest else None,
        str(latest["created"]) if latest else None,
        sum(counts.values()) if isinstance(counts, dict) else 0,
        tuple(entry["version"] for entry in ledger.versions),
    )


def tables(package: str, *, version: str = "latest", base: Base = None) -> list[TableSummary]:
    """Return the tables of a package, with their columns, types, units and descriptions.

    Raises:
        UsageError: The package or version is unknown.
    """
    release = find_pinned_release(package, version, base)
    with explain_base():
        resources = release.descriptor["resources"]
    counts = release.entry["row_counts"]
    return [
        TableSummary(
            item["name"],
            item["title"],
            item["description"],
            counts[item["name"]],
            tuple(
                ColumnSummary(
                    field["name"],
                    field["type"],
                    field.get("unit", ""),
                    field.get("title", ""),
                    field.get("description", ""),
                )
                for field in item["schema"]["fields"]
            ),
        )
        for item in resources
    ]
