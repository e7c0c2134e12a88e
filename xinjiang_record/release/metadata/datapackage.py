"""Write datapackage.json: Data Package v2, valid under the official profile and in Frictionless."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xinjiang_record.release.integrity.json_files import json_text
from xinjiang_record.release.metadata.release_info import ReleaseInfo, ResourceInfo
from xinjiang_record.release.tables import file_layout

PATH = "datapackage.json"

PROFILES = "https://datapackage.org/profiles/2.0"


def render(release: ReleaseInfo) -> str:
    """Return the text of datapackage.json."""
    return json_text(build_descriptor(release))


def build_descriptor(release: ReleaseInfo) -> dict[str, Any]:
    """Return the descriptor.

    Properties that start with ``x-`` are the record's own: hashes and files that the standard has
    no place for.
    """
    optional = {
        "homepage": release.homepage,
        "sources": [_source(*source) for source in release.sources],
    }
    return {
        "$schema": f"{PROFILES}/datapackage.json",
        "name": release.package,
        "id": release.id,
        "title": release.title,
        "description": release.description,
        "version": release.version,
        "created": release.created,
        "keywords": list(release.keywords),
        "licenses": [dict(item) for item in release.licenses],
        "contributors": [dict(item) for item in release.contributors],
        **{key: value for key, value in optional.items() if value},
        "x-hashes": {
            "content": f"sha256:{release.content_hash}",
            "schema": f"sha256:{release.schema_hash}",
            "metadata": f"sha256:{release.metadata_hash}",
        },
        "x-previous": release.previous,
        "resources": [_resource(resource) for resource in release.resources],
    }


def _source(title: str, url: str) -> dict[str, str]:
    return {"title": title, "path": url}


def _resource(resource: ResourceInfo) -> dict[str, Any]:
    return {
        "$schema": f"{PROFILES}/dataresource.json",
        "name": resource.name,
        "type": "table",
        "title": resource.title,
        "description": resource.description,
        **file_layout.describe_files(resource.files),
        "dialect": {"delimiter": ","},  # declared, so that a strict reader guesses nothing
        "schema": _schema(resource.schema),
    }


def _schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"$schema": f"{PROFILES}/tableschema.json", **schema, "missingValues": [""]}
