"""versions.json, the ledger of a package that only grows, and catalog.json over all of them.

Both can be rebuilt: a ledger entry is in its release's provenance.json, the catalog in the ledgers. Only ``withdrawn`` is told by the
ledger alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from xinjiang_record import files
from xinjiang_record.errors import UsageError, VerifyError
from xinjiang_record.limits import LIMITS
from xinjiang_record.release.integrity.schema_hashes import json_text

VERSION = re.compile(r"(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})")
PACKAGE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
FORMAT = 1  # of versions.json and provenance.json; a newer one is refused


@dataclass(frozen=True, slots=True)
class Ledger:
    """The releases of one package, oldest first, as in versions.json."""

    package: str
    title: str
    description: str
    versions: tuple[Mapping[str, Any], ...] = ()

    @property
    def newest(self) -> Mapping[str, Any] | None:
        """The last release, withdrawn or not: what the next one is compared with."""
        return self.versions[-1] if self.versions else None

    @property
    def latest(self) -> Mapping[str, Any] | None:
        """The last release that is not withdrawn: where ``latest`` points."""
        return next((entry for entry in reversed(self.versions) if not entry["withdrawn"]), None)

    def entry(self, version: str) -> Mapping[str, Any]:
        """The entry of a version, or of ``latest``. Raises UsageError for an unknown one."""
        if version == "latest" and self.latest:
            return self.latest
        for entry in self.versions:
            if entry["version"] == version:
                return entry
        known = ", ".join(entry["version"] for entry in self.versions) or "none"
        raise UsageError(f"{self.package} has no version {version!r}. There are: {known}.")

    def added(self, entry: Mapping[str, Any]) -> Ledger:
        return replace(self, versions=(*self.versions, entry))

    def text(self) -> str:
        """The text of versions.json."""
        return json_text(
            {
                "format": FORMAT,
                "package": self.package,
                "title": self.title,
                "description": self.description,
                "latest": self.latest["version"] if self.latest else None,
                "versions": [dict(entry) for entry in self.versions],
            }
        )


def order(version: str) -> tuple[int, ...]:
    """What versions are sorted by."""
    return tuple(int(part) for part in version.split("."))


def read_json(path: Path) -> Any:
    """A JSON file of the record. Raises VerifyError, naming it, if it is too large, broken or of a newer format."""
    try:
        if path.stat().st_size > 64 * LIMITS.descriptor_bytes:
            raise VerifyError(f"{path}: larger than anything that this record writes.")
        value = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise VerifyError(
            f"{path}: cannot be read ({error}). Restore the file from a copy."
        ) from error
    if isinstance(value, dict) and value.get("format", FORMAT) != FORMAT:
        raise VerifyError(
            f"{path}: is of format {value['format']}; this version reads {FORMAT}. Use a newer xinjiang-record."
        )
    return value


def read_ledger(folder: Path) -> Ledger:
    """The ledger of a package's folder; an empty one where no release has been made yet."""
    path = folder / "versions.json"
    if not path.exists():
        return Ledger(folder.name, "", "")
    value = read_json(path)
    try:
        return Ledger(
            value["package"], value["title"], value["description"], tuple(value["versions"])
        )
    except (KeyError, TypeError) as error:
        raise VerifyError(
            f"{path}: is no ledger (lacks {error}). Restore the file from a copy."
        ) from error


def version_folders(folder: Path) -> list[Path]:
    """The releases that are there, oldest first."""
    found = (
        [path for path in folder.iterdir() if VERSION.fullmatch(path.name)]
        if folder.is_dir()
        else []
    )
    return sorted(found, key=lambda path: order(path.name))


def package_folders(published: Path) -> list[Path]:
    """The packages that have a ledger, by name."""
    return sorted(
        path.parent
        for path in published.glob("*/versions.json")
        if PACKAGE.fullmatch(path.parent.name)
    )


def catalog(published: Path) -> dict[str, str]:
    """The catalog's files by name: as our JSON, and as DCAT."""
    from xinjiang_record.release.metadata import dcat_catalog

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
        "catalog.jsonld": dcat_catalog.write(published, ledgers),
    }


def _catalog_entry(package: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    names = ("version", "created", "release_id", "content_hash", "withdrawn")
    return {
        **{name: entry[name] for name in names},
        "path": f"{package}/{entry['version']}/datapackage.json",
    }


def write_catalog(published: Path) -> None:
    """Bring the catalog up to date; writes nothing where it is."""
    with files.locked(published):
        files.remove_leftovers(published)
        for name, text in catalog(published).items():
            path = published / name
            if not path.exists() or path.read_text("utf-8") != text:
                files.write_text(path, text)
