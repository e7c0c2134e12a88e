"""Build catalog.json and catalog.jsonld over the ledgers of all packages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xinjiang_record import files
from xinjiang_record.release.integrity.json_files import FORMAT, json_text
from xinjiang_record.release.integrity.versions_json import package_folders, read_ledger
from xinjiang_record.release.metadata import dcat_catalog


def build_catalog(published: Path) -> dict[str, str]:
    """Return the catalog's files by name: the record's own JSON, and DCAT."""
    ledgers = [read_ledger(folder) for folder in package_folders(published)]
    packages = [
        {
            "name": ledger.package,
            "title": ledger.title,
            "description": ledger.description,
            "latest": ledger.latest["version"] if ledger.latest else None,
            "path": f"{ledger.package}/latest/datapackage.json" if ledger.latest else None,
            "versions": [_catalog_entry(ledger.package, entry) for entry in ledger.versions],
        }
        for ledger in ledgers
    ]
    return {
        "catalog.json": json_text({"format": FORMAT, "packages": packages}),
        "catalog.jsonld": dcat_catalog.render(published, ledgers),
    }


def _catalog_entry(package: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the catalog says about one version."""
    names = ("version", "created", "release_id", "content_hash", "withdrawn")
    return {
        **{name: entry[name] for name in names},
        "path": f"{package}/{entry['version']}/datapackage.json",
    }


def write_catalog(published: Path) -> None:
    """Bring the catalog up to date under its lock; write nothing where it is up to date."""
    with files.locked(published):
        files.remove_leftovers(published)
        for name, text in build_catalog(published).items():
            path = published / name
            if not path.exists() or path.read_text("utf-8") != text:
                files.write_text(path, text)
