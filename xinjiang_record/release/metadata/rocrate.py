"""Write ro-crate-metadata.json, RO-Crate 1.1.

The crate is the zip download, with this file at its root; ``metadata/`` has a copy of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from xinjiang_record.release.integrity.json_files import json_text
from xinjiang_record.release.metadata.release_info import ReleaseInfo
from xinjiang_record.release.tables.file_info import FileInfo

NAME = "ro-crate-metadata.json"
PATH = f"metadata/{NAME}"


def render(release: ReleaseInfo, members: Iterable[FileInfo]) -> str:
    """Return the text over the files of the zip, with their paths in it.

    Where the address of the release's folder is known, the crate is that folder on the web.
    """
    members = [replace(info, path=f"{release.folder}{info.path}") for info in members]
    graph = [
        _descriptor(release),
        _root(release, members),
        _maker(release),
        *_licenses(release),
        *map(_file, members),
    ]
    return json_text({"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph})


def _descriptor(release: ReleaseInfo) -> dict[str, Any]:
    return {
        "@id": NAME,
        "@type": "CreativeWork",
        "about": {"@id": release.folder or "./"},
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
    }


def _root(release: ReleaseInfo, members: list[FileInfo]) -> dict[str, Any]:
    return {
        "@id": release.folder or "./",
        "@type": "Dataset",
        "name": release.title,
        "description": release.description,
        "identifier": release.version_id,
        "version": release.version,
        "datePublished": release.day,
        "keywords": ", ".join(release.keywords),
        "license": {"@id": release.licenses[0]["path"]},
        "creator": {"@id": "#maker"},
        "publisher": {"@id": "#maker"},
        "isBasedOn": [url for _, url in release.sources],
        "hasPart": [{"@id": info.path} for info in members],
    }


def _maker(release: ReleaseInfo) -> dict[str, Any]:
    return {"@id": "#maker", "@type": "Organization", "name": ", ".join(release.creators)}


def _licenses(release: ReleaseInfo) -> list[dict[str, Any]]:
    return [
        {
            "@id": item["path"],
            "@type": "CreativeWork",
            "name": item["title"],
            "identifier": item["name"],
        }
        for item in release.licenses
    ]


def _file(info: FileInfo) -> dict[str, Any]:
    return {
        "@id": info.path,
        "@type": "File",
        "name": info.path.rpartition("/")[2],
        "encodingFormat": info.media_type,
        "contentSize": str(info.bytes),
        "sha256": info.sha256,
    }
