"""versions.json, the ledger of a package that only grows, and catalog.json over all of them.

Both can be rebuilt: a ledger entry is in its release's provenance.json, the catalog in the ledgers. Only ``withdrawn`` is told by the
ledger alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from xinjiang_record.errors import UsageError, VerifyError
from xinjiang_record.release.integrity.json_files import FORMAT, json_text, read_json
from xinjiang_record.release.integrity.version_numbers import PACKAGE, VERSION, version_key


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
    return sorted(found, key=lambda path: version_key(path.name))


def package_folders(published: Path) -> list[Path]:
    """The packages that have a ledger, by name."""
    return sorted(
        path.parent
        for path in published.glob("*/versions.json")
        if PACKAGE.fullmatch(path.parent.name)
    )
