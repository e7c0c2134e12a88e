"""Write one JSON file a country and one a statement: what the record says of it, with sources."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from xinjiang_record.data_packages.source_kinds import un_document_page
from xinjiang_record.settings import Addresses
from xinjiang_record.site.pages.countries import NOT_NAMED, country_files
from xinjiang_record.site.pages.page import cited_sources, slug
from xinjiang_record.site.release_data import Record, Release, RowDict
from xinjiang_record.web.json_rows import json_row, write_json

PACKAGE = "joint-statements"
SILENCE = (
    "No statement on Xinjiang in this record names it. Many lists of signatories are not complete, "
    "so this does not mean that it signed none."
)
SILENT: dict[str, object] = {
    "side": NOT_NAMED,
    "last_named_on": None,
    "summary": SILENCE,
    "positions": [],
}
# Tables that say which sources support their records, and the field that names the record.
EVIDENCE_KEYS = {
    "statements": "statement_id",
    "signature_events": "event_id",
    "count_claims": "claim_id",
}


def write_countries(record: Record, addresses: Addresses) -> Iterator[tuple[str, bytes]]:
    """Yield ``country/<ISO3>.json`` for each country: codes and names, and every position."""
    release = record.releases[PACKAGE]
    fields = _fields(release, "countries")
    told = country_files(record)
    for code, row in record.countries.items():
        told_file = told.get(f"countries/{code}.json")
        said = json.loads(told_file) if told_file else SILENT
        page = f"countries/{code}.html" if told_file else None
        value = {
            **_made_from(release, addresses, page),
            "country": json_row(row, fields),
            **{name: said[name] for name in ("side", "last_named_on", "summary", "positions")},
        }
        yield f"country/{code}.json", write_json(value)


def write_statements(record: Record, addresses: Addresses) -> Iterator[tuple[str, bytes]]:
    """Yield ``statement/<id>.json`` for each statement: its row, and its rows of other tables."""
    release = record.releases[PACKAGE]
    tables = tables_of_statements(release)
    rows = {name: _by_statement(release.rows(name)) for name in tables}
    for name, statement in record.statements.items():
        found = {table: rows[table].get(name, []) for table in tables}
        value = {
            **_made_from(release, addresses, f"statements/{slug(name)}.html"),
            "document_url": un_document_page(statement.get("document_symbol")) or None,
            "statement": json_row(statement, _fields(release, "statements")),
            **{
                table: [json_row(row, _fields(release, table)) for row in items]
                for table, items in found.items()
            },
            "sources": [
                json_row(record.sources[source], _fields(release, "sources"))
                for source in _sources(record, {"statements": [statement], **found})
            ],
        }
        yield f"statement/{slug(name)}.json", write_json(value)


def tables_of_statements(release: Release) -> list[str]:
    """Return the tables whose rows are about one statement each, in the order of the package."""
    return [
        item["name"]
        for item in release.descriptor["resources"]
        if item["name"] != "statements" and "statement_id" in _fields(release, item["name"])
    ]


def _fields(release: Release, table: str) -> list[str]:
    return [field["name"] for field in release.schema(table).get("fields", ())]


def _by_statement(rows: list[RowDict]) -> dict[str, list[RowDict]]:
    found: dict[str, list[RowDict]] = {}
    for row in rows:
        if row["statement_id"]:
            found.setdefault(row["statement_id"], []).append(row)
    return found


def _made_from(release: Release, addresses: Addresses, page: str | None) -> dict[str, str | None]:
    return {
        "package": release.name,
        "version": release.version,
        "release_id": release.release_id,
        "page": f"{addresses.homepage or '../'}{page}" if page else None,
    }


def _sources(record: Record, tables: Mapping[str, list[RowDict]]) -> list[str]:
    """Return the sources of some rows, each once, in their order."""
    found: dict[str, None] = {}
    for table, rows in tables.items():
        for row in rows:
            key = EVIDENCE_KEYS.get(table, "")
            for name in cited_sources(record, table, str(row.get(key)), row):
                if name in record.sources:
                    found[name] = None
    return sorted(found)
