"""Write the files of ``<package>/latest/``: the latest version under addresses that stay."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from xinjiang_record.release.integrity.checksums import read_sums
from xinjiang_record.release.metadata import croissant, datacite, readme, rocrate
from xinjiang_record.release.metadata.release_info import ReleaseInfo
from xinjiang_record.release.tables.file_info import FileInfo
from xinjiang_record.settings import Addresses
from xinjiang_record.site.pages.data import dataset_jsonld, describe
from xinjiang_record.site.release_data import Release
from xinjiang_record.web.json_rows import write_json, write_rows


def whole_tables(release: Release) -> list[Mapping[str, Any]]:
    """Return the resources that are one file each; those in parts have no address in ``latest``."""
    return [item for item in release.descriptor["resources"] if isinstance(item["path"], str)]


def write_latest(release: Release, addresses: Addresses) -> Iterator[tuple[str, bytes]]:
    """Yield what ``latest/`` holds next to the downloads and the tables as CSV and Parquet."""
    base = f"{release.name}/latest"
    info = describe(release, release.version, addresses)
    yield f"{base}/datapackage.json", write_json(_flat_descriptor(release))
    for item in whole_tables(release):
        fields = [field["name"] for field in item["schema"]["fields"]]
        yield f"{base}/{item['name']}.json", write_rows(release.rows(item["name"]), fields)
    for name, text in _described(release, info).items():
        yield f"{base}/{name}", text.encode()


def _flat_descriptor(release: Release) -> dict[str, Any]:
    """Return the descriptor with the paths of ``latest/``; the bytes are those of the release."""
    resources = [
        {
            **item,
            "path": _name(item["path"]),
            "x-parquet": {**item["x-parquet"], "path": _name(item["x-parquet"]["path"])},
        }
        for item in whole_tables(release)
    ]
    return {**release.descriptor, "resources": resources}


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _described(release: Release, info: ReleaseInfo) -> dict[str, str]:
    """Return the metadata of the release, with addresses of the version's own, fixed files."""
    # Relative addresses begin in latest/, next to the folder of the version.
    placed = replace(info, folder=info.folder or f"../{info.version}/")
    members = [*info.data_files, *info.downloads, *_other_files(release)]
    return {
        "croissant.json": croissant.render(placed),
        "dataset.jsonld": json.dumps(dataset_jsonld(release, placed), ensure_ascii=False, indent=1),
        "datacite.json": datacite.render(info),
        "ro-crate-metadata.json": rocrate.render(placed, members),
        "README.md": readme.render(placed),
    }


def _other_files(release: Release) -> Iterator[FileInfo]:
    """Yield the files of a release that are neither tables nor downloads."""
    for path, digest in read_sums(release.path).items():
        if not path.startswith(("data/", "downloads/")):
            yield FileInfo(path, (release.path / path).stat().st_size, digest)
