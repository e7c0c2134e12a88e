"""Write openapi.json: the stable addresses as an OpenAPI 3.1 description, with typed rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from xinjiang_record.release.metadata.dcat_catalog import DESCRIPTION, TITLE
from xinjiang_record.release.tables.file_info import MEDIA_TYPES
from xinjiang_record.settings import Addresses
from xinjiang_record.site.release_data import Record, Release
from xinjiang_record.web import entity_files
from xinjiang_record.web.latest_files import whole_tables

Node = dict[str, object]
JSON_TYPES: dict[str, Node] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "year": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
}
VERSION = {
    "name": "version",
    "in": "path",
    "required": True,
    "description": "A version of the package; versions.json lists them.",
    "schema": {"type": "string", "pattern": r"^[0-9]+\.[0-9]+\.[0-9]+$"},
}


def describe_api(record: Record, addresses: Addresses) -> Node:
    """Return the OpenAPI description of what the web layout serves."""
    schemas: dict[str, object] = {}
    paths: dict[str, object] = {"/catalog.json": _get("Every package and version", _body("json"))}
    for release in record.releases.values():
        paths |= _package_paths(release)
        for item in whole_tables(release):
            schemas[_row_name(release, item["name"])] = _row_schema(item)
    paths |= _entity_paths(record, schemas)
    newest = max(release.descriptor["created"] for release in record.releases.values())
    return {
        "openapi": "3.1.0",
        "info": {
            "title": TITLE,
            "version": newest[:10],
            "description": f"{DESCRIPTION} Static files: only GET, no key, no limit. A released "
            "version never changes; latest/ holds the newest that is not withdrawn.",
            "license": {"name": "CC-BY-4.0", "identifier": "CC-BY-4.0"},
        },
        "servers": [{"url": addresses.data_base.rstrip("/") or "."}],
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _package_paths(release: Release) -> Node:
    name, title = release.name, release.descriptor["title"]
    found: Node = {
        f"/{name}/versions.json": _get(f"{title}: every version, with hashes", _body("json")),
        f"/{name}/latest/datapackage.json": _get(f"{title}: the Data Package", _body("json")),
        f"/{name}/{{version}}/datapackage.json": {
            "parameters": [VERSION],
            **_get(f"{title}: the Data Package of one version", _body("json")),
        },
    }
    for item in whole_tables(release):
        table, words = item["name"], f"{title}: {item['title']}"
        rows: Node = {
            "type": "array",
            "items": {"$ref": f"#/components/schemas/{_row_name(release, table)}"},
        }
        found[f"/{name}/latest/{table}.json"] = _get(words, _body("json", rows))
        for ending in ("csv", "parquet"):
            found[f"/{name}/latest/{table}.{ending}"] = _get(words, _body(ending))
            found[f"/{name}/{{version}}/data/{table}.{ending}"] = {
                "parameters": [VERSION],
                **_get(f"{words}, of one version", _body(ending)),
            }
    for ending in ("zip", "xlsx", "sqlite", "duckdb"):
        found[f"/{name}/latest/{name}.{ending}"] = _get(f"{title}, all tables", _body(ending))
    return found


def _entity_paths(record: Record, schemas: dict[str, object]) -> Node:
    release = record.releases[entity_files.PACKAGE]
    known = {item["name"] for item in whole_tables(release)}
    tables = [name for name in entity_files.tables_of_statements(release) if name in known]
    made_from: Node = {
        "package": {"type": "string"},
        "version": {"type": "string"},
        "release_id": {"type": "string", "description": "SHA-256 of the release's SHA256SUMS"},
        "page": {"type": ["string", "null"], "description": "The page about it"},
    }
    lists = {
        name: {
            "type": "array",
            "items": {"$ref": f"#/components/schemas/{_row_name(release, name)}"},
        }
        for name in (*tables, "sources")
    }
    row = f"#/components/schemas/{_row_name(release, 'statements')}"
    document = {"type": ["string", "null"], "description": "The UN document, by its symbol"}
    schemas["statement"] = _object(
        {**made_from, "document_url": document, "statement": {"$ref": row}, **lists}
    )
    row = f"#/components/schemas/{_row_name(release, 'countries')}"
    schemas["country"] = _object(
        {
            **made_from,
            "country": {"$ref": row},
            "side": {"type": "string", "description": "The last known side on Xinjiang"},
            "last_named_on": {"type": ["string", "null"], "format": "date"},
            "summary": {"type": "string", "description": "The same in a sentence"},
            "positions": {
                "type": "array",
                "items": {"type": "object"},
                "description": "What it did, in order, whether it counts as a side or not",
            },
        }
    )
    return {
        "/country/{country_iso3}.json": {
            "parameters": [_parameter("country_iso3", "ISO 3166-1 alpha-3", "^[A-Z]{3}$")],
            **_get("One country or territory", _body("json", _ref("country"))),
        },
        "/statement/{statement_id}.json": {
            "parameters": [_parameter("statement_id", "As in the table statements", "^[^/]+$")],
            **_get("One statement, with its signatories", _body("json", _ref("statement"))),
        },
    }


def _ref(name: str) -> Node:
    return {"$ref": f"#/components/schemas/{name}"}


def _parameter(name: str, description: str, pattern: str) -> Node:
    schema = {"type": "string", "pattern": pattern}
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": schema,
    }


def _get(summary: str, body: Node) -> Node:
    answers = {"200": {"description": "The file", **body}, "404": {"description": "There is none"}}
    return {"get": {"summary": summary, "responses": answers}}


def _body(ending: str, schema: Node | None = None) -> Node:
    kind = MEDIA_TYPES[ending]
    return {"content": {kind: {} if schema is None else {"schema": schema}}}


def _row_name(release: Release, table: str) -> str:
    return f"{release.name}.{table}"


def _row_schema(resource: Mapping[str, Any]) -> Node:
    fields = resource["schema"]["fields"]
    schema = _object({field["name"]: _field_schema(field) for field in fields})
    return {"description": resource["description"], **schema}


def _object(properties: Mapping[str, object]) -> Node:
    return {"type": "object", "properties": dict(properties), "required": list(properties)}


def _field_schema(field: Mapping[str, Any]) -> Node:
    rules: Mapping[str, Any] = field.get("constraints", {})
    schema = dict(JSON_TYPES[field["type"]])
    allowed: Iterable[object] | None = rules.get("enum")
    if allowed:
        schema["enum"] = list(allowed)
    if not rules.get("required"):
        schema["type"] = [schema["type"], "null"]
        if allowed:
            schema["enum"] = [*allowed, None]
    schema["description"] = field["description"]
    return schema
