"""Write catalog.jsonld: every package and its latest release in the W3C's DCAT 3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinjiang_record.release.integrity.checksums import read_sums
from xinjiang_record.release.integrity.json_files import json_text, read_json
from xinjiang_record.release.metadata import jsonld
from xinjiang_record.release.tables import file_layout
from xinjiang_record.release.tables.file_info import FileInfo

if TYPE_CHECKING:
    from xinjiang_record.release.integrity.versions_json import Ledger

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
TITLE = "Xinjiang Record"
DESCRIPTION = (
    "Which states took which side on the detentions in Xinjiang, when, and whether they stayed; "
    "and how many people are said to be detained, by whom, counted how."
)
MEDIA_TYPE = "https://www.iana.org/assignments/media-types/"
ENGLISH = {
    "@id": "http://publications.europa.eu/resource/authority/language/ENG",
    "@type": "dcterms:LinguisticSystem",
}
SHA256 = {"@id": "spdx:checksumAlgorithm_sha256", "@type": "spdx:ChecksumAlgorithm"}
PUBLIC = {"@id": "http://publications.europa.eu/resource/authority/access-right/PUBLIC"}
Node = dict[str, object]


def render(
    published: Path, ledgers: Sequence[Ledger], data_base: str = "", homepage: str = ""
) -> str:
    """Return the text of catalog.jsonld, with what DCAT-AP 3 needs.

    Args:
        published: The folder of releases.
        ledgers: The ledgers of its packages.
        data_base: The address of the releases, with the last slash. Without it addresses are
            relative to the file itself.
        homepage: The address of the site, with the last slash, if there is one.
    """
    found = [
        _read_dataset(published / ledger.package, ledger) for ledger in ledgers if ledger.latest
    ]
    catalog: Node = {
        "@context": CONTEXT,
        "@id": data_base or "./",
        "@type": "dcat:Catalog",
        "dcterms:title": _english(TITLE),
        "dcterms:description": _english(DESCRIPTION),
        "dcterms:publisher": _agent(TITLE),
        "dcterms:language": ENGLISH,
        "dcat:dataset": [
            _dataset(descriptor, downloads, data_base, homepage) for descriptor, downloads in found
        ],
    }
    if found:
        catalog["dcterms:modified"] = _time(max(item["created"] for item, _ in found))
    if homepage:
        catalog["foaf:homepage"] = {"@id": homepage, "@type": "foaf:Document"}
    return json_text(catalog)


def _read_dataset(folder: Path, ledger: Ledger) -> tuple[Mapping[str, Any], list[dict[str, Any]]]:
    assert ledger.latest is not None
    release = folder / ledger.latest["version"]
    return read_json(release / "datapackage.json"), _downloads(release)


def _dataset(
    descriptor: Mapping[str, Any], downloads: list[dict[str, Any]], data_base: str, homepage: str
) -> Node:
    name, version = descriptor["name"], descriptor["version"]
    base = f"{data_base}{name}/{version}/"
    dataset: Node = {
        "@id": f"{base}datapackage.json",
        "@type": "dcat:Dataset",
        "dcterms:identifier": descriptor["id"],
        "dcterms:title": _english(descriptor["title"]),
        "dcterms:description": _english(descriptor["description"]),
        "dcterms:publisher": _agent(descriptor["contributors"][0]["title"]),
        "dcat:version": version,
        "dcterms:issued": _time(descriptor["created"]),
        "dcterms:language": ENGLISH,
        "dcterms:accessRights": {**PUBLIC, "@type": "dcterms:RightsStatement"},
        "dcterms:creator": [_agent(item["title"]) for item in descriptor["contributors"]],
        "dcat:keyword": [_english(word) for word in descriptor["keywords"]],
        "dcat:distribution": [
            _distribution(base, item["title"], info, descriptor)
            for item in descriptor["resources"]
            for infos in file_layout.file_entries(item)
            for info in infos
        ]
        + [
            _distribution(base, info["path"].rpartition("/")[2], info, descriptor)
            for info in downloads
        ],
    }
    if homepage:
        page = {"@id": f"{homepage}data/{name}.html", "@type": "foaf:Document"}
        dataset["dcat:landingPage"] = page
    return dataset


def _english(text: str) -> Node:
    return {"@value": text, "@language": "en"}


def _time(text: str) -> Node:
    return {"@type": "xsd:dateTime", "@value": text}


def _agent(name: str) -> Node:
    return {"@type": "foaf:Agent", "foaf:name": _english(name)}


def _downloads(release: Path) -> list[dict[str, Any]]:
    """Return the files of ``downloads/``, which the descriptor inside the zip cannot name.

    An archive may have the files themselves; then their sizes are those of dataset.jsonld.
    """
    found = {
        path: digest for path, digest in read_sums(release).items() if path.startswith("downloads/")
    }
    sizes = {path: (release / path).stat().st_size for path in found if (release / path).is_file()}
    if len(sizes) < len(found):
        listed = read_json(release / jsonld.PATH)["distribution"]
        told = {item["sha256"]: int(item["contentSize"].removesuffix(" B")) for item in listed}
        sizes = {path: told[digest] for path, digest in found.items()}
    return [
        {
            "path": path,
            "mediatype": FileInfo(path, 0, digest).media_type,
            "bytes": sizes[path],
            "hash": f"sha256:{digest}",
        }
        for path, digest in found.items()
    ]


def _distribution(
    base: str, title: str, info: Mapping[str, Any], descriptor: Mapping[str, Any]
) -> Node:
    place = {"@id": base + info["path"]}
    media_type = {"@id": f"{MEDIA_TYPE}{info['mediatype']}", "@type": "dcterms:MediaType"}
    return {
        "@id": base + info["path"],
        "@type": "dcat:Distribution",
        "dcterms:title": _english(title),
        "dcat:accessURL": place,
        "dcat:downloadURL": place,
        "dcat:mediaType": media_type,
        "dcterms:license": [
            {"@id": item["path"], "@type": "dcterms:LicenseDocument"}
            for item in descriptor["licenses"]
        ],
        "dcat:byteSize": {"@type": "xsd:nonNegativeInteger", "@value": str(info["bytes"])},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": SHA256,
            "spdx:checksumValue": {
                "@type": "xsd:hexBinary",
                "@value": info["hash"].removeprefix("sha256:"),
            },
        },
    }
