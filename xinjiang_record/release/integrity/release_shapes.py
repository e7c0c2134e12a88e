"""Define the shapes of versions.json, catalog.json and provenance.json: which keys, of which kind.

A file with another key or another kind of value is refused before any of it is used. Whoever adds
a key to one of these files adds it here.
"""

from __future__ import annotations

from xinjiang_record.release.integrity.version_numbers import PACKAGE, VERSION
from xinjiang_record.untrusted.shapes import (
    Anything,
    Flag,
    ListOf,
    MapOf,
    Null,
    OneOf,
    Shape,
    Table,
    Text,
    Whole,
)

VERSION_TEXT = Text(VERSION.pattern, "a version such as 1.0.0", 20)
PACKAGE_TEXT = Text(PACKAGE.pattern, "the name of a package", 64)
SHA256 = Text(r"[0-9a-f]{64}", "a SHA-256 in 64 hexadecimal digits", 64)
_DATE = r"(?!0000)[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
DAY = Text(_DATE, "a day such as 2026-11-23", 10)
TIME = Text(
    rf"{_DATE}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z",
    "a time such as 2026-11-23T00:00:00Z",
    20,
)
BUMP = Text("first|major|minor|patch", "first, major, minor or patch", 5)
TABLE_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}"

PREVIOUS = OneOf(
    (Null(), Table({"version": VERSION_TEXT, "release_id": SHA256})),
    "null, or the version and release_id of the release before",
)
WITHDRAWN = OneOf(
    (Null(), Table({"on": DAY, "reason": Text()})), "null, or the day and reason of a withdrawal"
)
DOI = r"10\.[0-9]{4,9}/[^\s]{1,180}"
FACTS: dict[str, Shape] = {  # what a ledger's entry takes over from provenance.json
    "version": VERSION_TEXT,
    "created": TIME,
    "content_hash": SHA256,
    "schema_hash": SHA256,
    "metadata_hash": SHA256,
    "previous": PREVIOUS,
    "bump": BUMP,
    "reasons": ListOf(Text()),
    "row_counts": MapOf(Whole(), TABLE_NAME),
    "changes": MapOf(MapOf(Whole(), r"[a-z_]{1,40}"), TABLE_NAME),
}
LEDGER = Table(
    {
        "format": Whole(),
        "package": PACKAGE_TEXT,
        "title": Text(),
        "description": Text(),
        "latest": OneOf((Null(), VERSION_TEXT), "a version, or null"),
        "versions": ListOf(
            Table(
                {**FACTS, "release_id": SHA256, "withdrawn": WITHDRAWN},
                {
                    "archived": Text(most=1_000),  # where the data and downloads of a version are
                    "doi": Text(DOI, "a DOI", 200),  # that an archive gave the version
                },
            )
        ),
    }
)
WITHDRAWAL = Table(
    {
        "format": Whole(),
        "package": PACKAGE_TEXT,
        "version": VERSION_TEXT,
        "release_id": SHA256,
        "on": DAY,
        "reason": Text(),
    }
)
DEPOSIT = Table(
    {
        "format": Whole(),
        "package": PACKAGE_TEXT,
        "version": VERSION_TEXT,
        "release_id": SHA256,
        "archive": Text(r"[a-z]{1,20}", "the name of an archive", 20),
        "record": Text(r"[A-Za-z0-9_./-]{1,200}", "the archive's name of a record", 200),
        "doi": Text(f"({DOI})?", "a DOI, or nothing", 200),
        "concept_doi": Text(f"({DOI})?", "a DOI, or nothing", 200),
        "address": Text(r"https?://[^\s]{1,500}", "an address", 512),
        "deposited_on": DAY,
    }
)
LOCK = Table(  # of xr.lock, which pins releases for a reader
    {
        "format": Whole(),
        "packages": MapOf(
            Table({"version": VERSION_TEXT, "release_id": SHA256}, {"content_hash": SHA256}),
            PACKAGE.pattern,
        ),
    }
)
CATALOG = Table(
    {
        "format": Whole(),
        "packages": ListOf(
            Table(
                {
                    "name": PACKAGE_TEXT,
                    "title": Text(),
                    "description": Text(),
                    "latest": OneOf((Null(), VERSION_TEXT), "a version, or null"),
                    "path": OneOf((Null(), Text(most=1_000)), "a path, or null"),
                    "versions": ListOf(
                        Table(
                            {
                                "version": VERSION_TEXT,
                                "created": TIME,
                                "release_id": SHA256,
                                "content_hash": SHA256,
                                "withdrawn": WITHDRAWN,
                                "path": Text(most=1_000),
                            }
                        )
                    ),
                }
            )
        ),
    },
    {  # what Frictionless's Catalog reads; catalogs before 2026-11-27 do not have it
        "datasets": ListOf(
            Table({"name": PACKAGE_TEXT, "title": Text(), "package": Text(most=1_000)})
        ),
    },
)
INPUT = Text(r"(?!/)(?!(?:.*/)?\.\.(?:/|$)).+", "a path inside the checkout", 1_000)
PROVENANCE = Table(
    {
        "format": Whole(),
        "package": PACKAGE_TEXT,
        **FACTS,
        "code": MapOf(OneOf((Text(), Flag(), Null()), "a text, true, false or null")),
        "environment": MapOf(OneOf((Null(), Text()), "a version, or null")),
        "inputs": ListOf(Table({"path": INPUT, "bytes": Whole(), "sha256": SHA256})),
    },
    {"withdrawals": MapOf(SHA256, VERSION.pattern)},
)
PROFILES = r"https://datapackage\.org/profiles/2\.0/"  # others say other rules for the same bytes
HASH = Text(r"sha256:[0-9a-f]{64}", "sha256: and 64 hexadecimal digits", 71)
_FILE: dict[str, Shape] = {
    "path": Text(most=1_024),
    "mediatype": Text(r"text/csv|application/vnd\.apache\.parquet", "CSV or Parquet", 40),
    "bytes": Whole(),
    "hash": HASH,
}
_FILES = OneOf((Table(_FILE), ListOf(Table(_FILE), least=1)), "what a file is, or a list of such")
RESOURCE = Table(
    {
        "name": Text(TABLE_NAME, "the name of a table", 100),
        "title": Text(),
        "description": Text(),
        "path": OneOf((Text(most=1_024), ListOf(Text(most=1_024), least=1)), "a path, or a list"),
        "bytes": Whole(),
        "hash": HASH,
        "x-rows": Whole(),
        "x-parquet": _FILES,
        "schema": Table(
            {"fields": ListOf(MapOf(Anything(), r"[\w$-]{1,60}"), 10_000, 1)},
            {
                "$schema": Text(f"{PROFILES}tableschema\\.json", "the standard's profile"),
                "missingValues": ListOf(Text("", "an empty text"), 1, 1),
                "primaryKey": OneOf(
                    (Text(), ListOf(Text(), 100, 1)), "a field, or a list of fields"
                ),
                "foreignKeys": ListOf(Anything(), 1_000),
                "uniqueKeys": ListOf(Anything(), 1_000),
                "fieldsMatch": Anything(),
            },
        ),
    },
    {
        "$schema": Text(f"{PROFILES}dataresource\\.json", "the standard's profile"),
        "type": Text("table", "table"),
        "format": Text("csv", "csv"),
        "mediatype": Text("text/csv", "text/csv"),
        "encoding": Text("utf-8", "utf-8"),
        "dialect": Table({"delimiter": Text(",", "a comma")}),
        "x-parts": ListOf(Table(_FILE), least=1),
    },
)
DESCRIPTOR = Table(
    {
        "name": PACKAGE_TEXT,
        "title": Text(),
        "description": Text(),
        "version": VERSION_TEXT,
        "created": TIME,
        "keywords": ListOf(Text(), 1_000),
        "licenses": ListOf(MapOf(Text()), 100),
        "contributors": ListOf(MapOf(Anything()), 1_000),
        "x-hashes": Table({"content": HASH, "schema": HASH, "metadata": HASH}),
        "x-previous": OneOf((Null(), VERSION_TEXT), "a version, or null"),
        "resources": ListOf(RESOURCE, 10_000),
    },
    {
        "$schema": Text(f"{PROFILES}datapackage\\.json", "the standard's profile"),
        "id": Text(),
        "homepage": Text(),
        "sources": ListOf(MapOf(Text())),
    },
)
