"""Write metadata for Datasette: titles, units, facets, sources, and the questions as queries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xinjiang_record.release.distribution.cited_address import version_page
from xinjiang_record.release.metadata.dcat_catalog import DESCRIPTION, TITLE
from xinjiang_record.settings import Addresses
from xinjiang_record.site.release_data import Record, Release
from xinjiang_record.web.duckdb_file import read_views

MOST_FACETS = 4  # facets of a table that are shown at once; a reader can choose others
Node = dict[str, object]
# The record's two questions, by package: the name of each query, its title and its SQL.
QUESTIONS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "joint-statements": (
        (
            "who_took_which_side",
            "Which states took which side on a text, and did they stay?",
            """SELECT g.statement_id, s.delivered_edtf, g.country_iso3, g.signatory_name, g.side,
  g.position_kind, g.signed_edtf, g.withdrew_edtf, g.is_current, s.declared_count, s.named_count,
  s.roster_status
FROM signatories g JOIN statements s ON s.statement_id = g.statement_id
WHERE (:country_iso3 = '' OR g.country_iso3 = upper(:country_iso3))
  AND (:statement_id = '' OR g.statement_id = :statement_id)
ORDER BY s.delivered_edtf, g.statement_id, g.signatory_name""",
        ),
    ),
    "detention-figures": (
        (
            "how_many_detained",
            "How many people are said to be detained, according to whom, counted how?",
            """SELECT f.measure, f.quantity_type, f.qualifier, f.value_low, f.value_high,
  f.value_point, f.unit, f.area_as_published, f.as_of_edtf, f.published_edtf, f.publisher,
  f.method, f.figure_id, s.url, s.is_weak, f.note
FROM figures f JOIN sources s ON s.source_id = f.source_id
WHERE (:measure = '' OR f.measure = :measure) AND (:publisher = '' OR f.publisher = :publisher)
ORDER BY f.measure, f.quantity_type, f.published_edtf, f.figure_id""",
        ),
    ),
}


def describe_database(record: Record, addresses: Addresses) -> Node:
    """Return Datasette's metadata; each package is a database that bears its name."""
    units = {
        field["unit"]
        for release in record.releases.values()
        for item in release.descriptor["resources"]
        for field in item["schema"]["fields"]
        if field.get("unit")
    }
    licence = next(iter(record.releases.values())).descriptor["licenses"][0]
    described: Node = {
        "title": TITLE,
        "description": f"{DESCRIPTION} Where a list of signatories is not complete, a state that "
        "is not in it may still have signed.",
        "license": licence["title"],
        "license_url": licence["path"],
        "source": TITLE,
        # Datasette computes with units; these are of things that are counted.
        "custom_units": [f"{unit} = [{unit}]" for unit in sorted(units)],
        "databases": {
            release.name: _database(release, addresses) for release in record.releases.values()
        },
    }
    if addresses.homepage:
        described["source_url"] = addresses.homepage
    return described


def _database(release: Release, addresses: Addresses) -> Node:
    sqlite_file = release.path / "downloads" / f"{release.name}-{release.version}.sqlite"
    views = read_views(sqlite_file) if sqlite_file.is_file() else {}
    queries: Node = {
        name: {"title": title, "sql": sql} for name, title, sql in QUESTIONS.get(release.name, ())
    }
    queries |= {
        name: {"title": name.replace("_", " ").capitalize(), "sql": f"SELECT * FROM [{name}]"}
        for name in views
    }
    described: Node = {
        "title": f"{release.descriptor['title']} ({release.version})",
        "description": release.descriptor["description"],
        "tables": {
            **{item["name"]: _table(item) for item in release.descriptor["resources"]},
            "_about": {"hidden": True},
        },
        "queries": queries,
    }
    if addresses.homepage:
        page = version_page(addresses.homepage, release.name, release.version)
        described |= {"source": f"{release.name} {release.version}", "source_url": page}
    return described


def _table(resource: Mapping[str, Any]) -> Node:
    fields = resource["schema"]["fields"]
    facets = [
        field["name"]
        for field in fields
        if field["type"] == "boolean" or field.get("constraints", {}).get("enum")
    ]
    table: Node = {
        "title": resource["title"],
        "description": resource["description"],
        "columns": {field["name"]: field["description"] for field in fields},
        "units": {field["name"]: field["unit"] for field in fields if field.get("unit")},
        "facets": facets[:MOST_FACETS],
        "size": 100,
    }
    return {name: value for name, value in table.items() if value}
