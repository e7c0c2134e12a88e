"""Build catalog.json and catalog.jsonld over the ledgers of all packages.

The catalog is never written with less than it says already: fewer releases or withdrawals mean
that a ledger was lost or cut, and the catalog is then what shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from xinjiang_record import files, logs
from xinjiang_record.errors import VerifyError
from xinjiang_record.release.integrity.json_files import FORMAT, check_shape, json_text, read_json
from xinjiang_record.release.integrity.release_shapes import CATALOG
from xinjiang_record.release.integrity.versions_json import Ledger, package_folders, read_ledger
from xinjiang_record.release.metadata import dcat_catalog

NAME = "catalog.json"


def build_catalog(published: Path) -> dict[str, str]:
    """Return the catalog's files by name: JSON, which Frictionless's Catalog opens, and DCAT."""
    ledgers = [read_ledger(folder) for folder in package_folders(published)]
    packages = [_package_entry(ledger) for ledger in ledgers]
    datasets = [
        {"name": item["name"], "title": item["title"], "package": item["path"]}
        for item in packages
        if item["path"]
    ]
    return {
        NAME: json_text({"format": FORMAT, "packages": packages, "datasets": datasets}),
        "catalog.jsonld": dcat_catalog.render(published, ledgers),
    }


def _package_entry(ledger: Ledger) -> dict[str, Any]:
    latest = ledger.latest["version"] if ledger.latest else None
    return {
        "name": ledger.package,
        "title": ledger.title,
        "description": ledger.description,
        "latest": latest,
        "path": _descriptor_path(ledger.package, latest) if latest else None,
        "versions": [_version_entry(ledger.package, entry) for entry in ledger.versions],
    }


def _version_entry(package: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    names = ("version", "created", "release_id", "content_hash", "withdrawn")
    path = _descriptor_path(package, entry["version"])
    return {**{name: entry[name] for name in names}, "path": path}


def _descriptor_path(package: str, version: str) -> str:
    """Return a path that never holds anything else, unlike one through ``latest``."""
    return f"{package}/{version}/datapackage.json"


def write_catalog(published: Path) -> bool:
    """Bring the catalog up to date under its lock; write nothing where it is up to date.

    Returns:
        Whether the catalog is up to date. It is left alone where a package's ledger cannot be read
        or says less than the catalog does; the next run of that package reports it.
    """
    with files.locked(published):
        files.remove_leftovers(published)
        try:
            problems = _find_losses(published)
            texts = {} if problems else build_catalog(published)
        except VerifyError as error:
            problems = [str(error)]
        if problems:
            logs.log("catalog", level="error", message=problems[0])
            return False
        for name, text in texts.items():
            path = published / name
            if not path.exists() or path.read_text("utf-8") != text:
                files.write_text(path, text)
        return True


def _find_losses(published: Path) -> list[str]:
    """Return what the catalog says and no ledger does."""
    ledgers = {folder.name: read_ledger(folder) for folder in package_folders(published)}
    found = []
    for name in _read_packages(published):
        ledger = ledgers.get(name, Ledger(name, "", ""))
        found += [f"{name}: {problem}" for problem in find_missing_from(ledger, published)]
    return found


def find_missing_from(ledger: Ledger, published: Path) -> Iterator[str]:
    """Yield what the catalog says about a package and its ledger does not: a ledger only grows."""
    listed = {entry["version"]: entry for entry in ledger.versions}
    package = _read_packages(published).get(ledger.package, {"versions": []})
    for listing in package["versions"]:
        version, entry = listing["version"], listed.get(listing["version"])
        if entry is None:
            yield f"{NAME} lists {version}, which the ledger does not."
        elif entry["release_id"] != listing["release_id"]:
            yield f"{NAME} lists another release as {version} than the ledger does."
        elif listing["withdrawn"] and entry["withdrawn"] != listing["withdrawn"]:
            yield f"{NAME} says that {version} is withdrawn, which the ledger does not."


def _read_packages(published: Path) -> dict[str, Mapping[str, Any]]:
    path = published / NAME
    if not path.exists():
        return {}
    value = read_json(path)
    check_shape(value, CATALOG, str(path))
    return {item["name"]: item for item in value["packages"]}
