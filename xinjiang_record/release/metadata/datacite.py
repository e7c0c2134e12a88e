"""Write metadata/datacite.json: DataCite's metadata, kernel 4.5, ready for a deposit.

The archive assigns the DOI, so the file in a release has none; the one that is written at the
deposit has it.
"""

from __future__ import annotations

from typing import Any

from xinjiang_record.release.integrity.json_files import json_text
from xinjiang_record.release.metadata.release_info import ReleaseInfo, version_id

PATH = "metadata/datacite.json"


def render(release: ReleaseInfo) -> str:
    """Return the text of datacite.json."""
    creators = [{"name": name, "nameType": "Organizational"} for name in release.creators]
    value: dict[str, Any] = {
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Data package"},
        "alternateIdentifiers": [
            {"alternateIdentifier": release.version_id, "alternateIdentifierType": "URN"},
            {
                "alternateIdentifier": f"sha256:{release.content_hash}",
                "alternateIdentifierType": "Content hash",
            },
        ],
        "creators": creators,
        "titles": [{"title": release.title}],
        "publisher": {"name": release.creators[0]},
        "publicationYear": release.year,
        "subjects": [{"subject": word} for word in release.keywords],
        "dates": [
            {"date": release.day, "dateType": "Created"},
            {"date": release.day, "dateType": "Issued"},
        ],
        "language": "en",
        "version": release.version,
        "rightsList": [
            {
                "rights": item["title"],
                "rightsUri": item["path"],
                "rightsIdentifier": item["name"],
                "rightsIdentifierScheme": "SPDX",
                "schemeUri": "https://spdx.org/licenses/",
            }
            for item in release.licenses
        ],
        "descriptions": [{"description": release.description, "descriptionType": "Abstract"}],
        "formats": sorted({info.media_type for info in (*release.data_files, *release.downloads)}),
        "sizes": [
            f"{info.path}: {info.bytes} bytes, sha256:{info.sha256}"
            for info in (*release.data_files, *release.downloads)
        ],
        "relatedIdentifiers": _related(release),
    }
    if release.doi:
        value |= {
            "doi": release.doi,
            "identifiers": [{"identifier": release.doi, "identifierType": "DOI"}],
        }
    if release.homepage:
        value["url"] = release.homepage
    return json_text(value)


def _related(release: ReleaseInfo) -> list[dict[str, str]]:
    found = [(release.id, "URN", "IsVersionOf")]
    if release.previous:
        found.append((version_id(release.package, release.previous), "URN", "IsNewVersionOf"))
    found += [(url, "URL", "IsDerivedFrom") for _, url in release.sources]
    return [
        {"relatedIdentifier": name, "relatedIdentifierType": kind, "relationType": relation}
        for name, kind, relation in found
    ]
