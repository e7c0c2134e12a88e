"""Hash what a release has apart from its rows: its structure, and the words about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xinjiang_record.release.integrity.json_files import json_hash

STRUCTURE = ("name", "type", "format", "unit", "constraints", "categories")  # of a field
KEYS = ("primaryKey", "foreignKeys", "uniqueKeys")  # of a schema
WORDS = ("title", "description", "keywords", "licenses", "contributors", "homepage")  # of a package


def structure(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a Table Schema that a reader's code depends on."""
    fields = [{key: item[key] for key in STRUCTURE if item.get(key)} for item in schema["fields"]]
    return {"fields": fields, **{key: schema[key] for key in KEYS if schema.get(key)}}


def schema_hash(schemas: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the hash of every table's structure, in published order."""
    return json_hash([[name, structure(schema)] for name, schema in schemas.items()])


def metadata_hash(descriptor: Mapping[str, Any], schemas: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the hash of all words about a package.

    It depends on nothing that the rows or the structure decide, nor on the version or a date.
    """
    words = {key: descriptor[key] for key in WORDS if descriptor.get(key)}
    resources = descriptor.get("resource", {})
    fields = [
        [
            name,
            resources.get(name, {}),
            [{k: v for k, v in item.items() if k not in STRUCTURE} for item in schema["fields"]],
        ]
        for name, schema in schemas.items()
    ]
    return json_hash([words, fields])
