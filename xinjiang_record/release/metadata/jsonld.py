"""Write metadata/dataset.jsonld: schema.org's Dataset, as Google Dataset Search reads it.

Addresses are relative to the file, where the release's own address is not known.
"""

from __future__ import annotations

from typing import Any

from xinjiang_record.release.integrity.json_files import json_text
from xinjiang_record.release.metadata.release_info import ReleaseInfo
from xinjiang_record.release.tables.file_info import FileInfo

PATH = "metadata/dataset.jsonld"


def render(release: ReleaseInfo) -> str:
    """Return the text of dataset.jsonld."""
    return json_text(dataset(release))


def dataset(release: ReleaseInfo) -> dict[str, Any]:
    """Return the Dataset, which a page can embed too."""
    base = release.folder or "../"
    value: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": release.title,
        "description": release.description,
        "identifier": [release.id, release.version_id, f"sha256:{release.content_hash}"],
        "version": release.version,
        "datePublished": release.day,
        "dateModified": release.day,
        "keywords": list(release.keywords),
        "license": [item["path"] for item in release.licenses],
        "isAccessibleForFree": True,
        "creator": [{"@type": "Organization", "name": name} for name in release.creators],
        "publisher": {"@type": "Organization", "name": release.creators[0]},
        "variableMeasured": _variables(release),
        "distribution": [
            _download(info, base) for info in (*release.data_files, *release.downloads)
        ],
    }
    if release.homepage:
        value["url"] = release.homepage
    if release.sources:
        value["isBasedOn"] = [
            {"@type": "CreativeWork", "name": title, "url": url} for title, url in release.sources
        ]
    return value


def _variables(release: ReleaseInfo) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for resource in release.resources:
        for field in resource.schema["fields"]:
            value = {
                "@type": "PropertyValue",
                "name": field["name"],
                "description": field["description"],
            }
            if field.get("unit"):
                value["unitText"] = field["unit"]
            found.setdefault(field["name"], value)
    return list(found.values())


def _download(info: FileInfo, base: str) -> dict[str, Any]:
    return {
        "@type": "DataDownload",
        "name": info.path.rpartition("/")[2],
        "contentUrl": base + info.path,
        "encodingFormat": info.media_type,
        "contentSize": f"{info.bytes} B",
        "sha256": info.sha256,
    }
