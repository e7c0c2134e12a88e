"""Write catalog.jsonld: every package and its latest release in the W3C's DCAT 3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinjiang_record.release.integrity.checksums import read_sums
from xinjiang_record.release.integrity.json_files import json_text
from xinjiang_record.release.tables import file_layout
from xinjiang_record.release.tables.file_info import FileInfo

if TYPE_CHECKING:
    from xinjiang_record.release.integrity.versions_json import Ledger

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def render(published: Path, ledgers: Sequence[Ledger]) -> str:
    """Return the text of catalog.jsonld; its addresses are relative to the file itself."""
    catalog = {
        "@context": CONTEXT,
        "@id": "./",
        "@type": "dcat:Catalog",
        "dcterms:title": "Xinjiang Record",
        "dcat:dataset": [
            _dataset(published / ledger.package, ledger) for ledger in ledgers if ledger.latest
        ],
    }
    return json_text(catalog)


def _dataset(folder: Path, ledger: Ledger) -> dict[str, Any]:
    from xinjiang_record.release.integrity.json_files import read_json  # deferred: start-up

    assert ledger.latest is not None
    version = ledger.latest["version"]
    base = f"{ledger.package}/{version}/"
    descriptor = read_json(folder / version / "datapackage.json")
    return {
        "@id": f"{base}datapackage.json",
        "@type": "dcat:Dataset",
        "dcterms:identifier": descriptor["id"],
        "dcterms:title": descriptor["title"],
        "dcterms:description": descriptor["description"],
        "dcat:version": version,
        "dcterms:issued": {"@type": "xsd:dateTime", "@value": descriptor["created"]},
        "dcterms:license": [{"@id": item["path"]} for item in descriptor["licenses"]],
        "dcterms:creator": [item["title"] for item in descriptor["contributors"]],
        "dcat:keyword": descriptor["keywords"],
        "dcat:distribution": [
            _distribution(base, item["title"], info)
            for item in descriptor["resources"]
            for infos in file_layout.file_entries(item)
            for info in infos
        ]
        + [
            _distribution(base, info["path"].rpartition("/")[2], info)
            for info in _downloads(folder / version)
        ],
    }


def _downloads(release: Path) -> list[dict[str, Any]]:
    """Return the files of ``downloads/``, which the descriptor inside the zip cannot name."""
    return [
        {
            "path": path,
            "mediatype": FileInfo(path, 0, digest).media_type,
            "bytes": (release / path).stat().st_size,
            "hash": f"sha256:{digest}",
        }
        for path, digest in read_sums(release).items()
        if path.startswith("downloads/")
    ]


def _distribution(base: str, title: str, info: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "@id": base + info["path"],
        "@type": "dcat:Distribution",
        "dcterms:title": title,
        "dcat:downloadURL": {"@id": base + info["path"]},
        "dcat:mediaType": info["mediatype"],
        "dcat:byteSize": info["bytes"],
        "spdx:checksum": {
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": info["hash"].removeprefix("sha256:"),
        },
    }
