"""Read and write versions.json, the ledger of a package, which only grows.

A lost ledger can be rebuilt: each entry is in its release's provenance.json, and each withdrawal in
a file of its own (``withdrawals``).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from xinjiang_record.errors import UsageError, VerifyError, suggest_names, suggest_nearest
from xinjiang_record.release.integrity.json_files import (
    FORMAT,
    check_shape,
    json_text,
    parse_release_json,
    read_json,
)
from xinjiang_record.release.integrity.release_shapes import LEDGER
from xinjiang_record.release.integrity.version_numbers import PACKAGE, VERSION, version_key


@dataclass(frozen=True, slots=True)
class Ledger:
    """Hold the releases of one package, oldest first, as in versions.json."""

    package: str
    title: str
    description: str
    versions: tuple[Mapping[str, Any], ...] = ()

    @property
    def newest(self) -> Mapping[str, Any] | None:
        """Return the last release, withdrawn or not: what the next one is compared with."""
        return self.versions[-1] if self.versions else None

    @property
    def latest(self) -> Mapping[str, Any] | None:
        """Return the last release that is not withdrawn: where ``latest`` points."""
        return next((entry for entry in reversed(self.versions) if not entry["withdrawn"]), None)

    def entry(self, version: str) -> Mapping[str, Any]:
        """Return the entry of a version, or of ``latest``.

        Raises:
            UsageError: The version is unknown, or every release is withdrawn.
        """
        if version == "latest" and self.latest:
            return self.latest
        for entry in self.versions:
            if entry["version"] == version:
                return entry
        known = [entry["version"] for entry in self.versions]
        if version == "latest" and self.versions:
            raise UsageError(
                f"Every release of {self.package} is withdrawn, so none is the latest. Name the "
                f"version to read it all the same: {', '.join(known)}."
            )
        hint = suggest_names(version, known)
        raise UsageError(f"{self.package} has no version {version!r}. {hint}")

    def with_entry(self, entry: Mapping[str, Any]) -> Ledger:
        """Return the ledger with one release more.

        Raises:
            VerifyError: The release is not the next one after the newest.
        """
        grown = replace(self, versions=(*self.versions, entry))
        for problem in find_ledger_problems(grown, self.package):
            raise VerifyError(f"versions.json of {self.package}: {problem}")
        return grown

    def text(self) -> str:
        """Return the text of versions.json."""
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
    """Return the ledger of a package's folder; an empty one where nothing is released yet."""
    path = folder / "versions.json"
    if not os.path.lexists(path):
        return Ledger(folder.name, "", "")
    return _ledger_of(read_json(path), str(path))


def parse_ledger(data: bytes, shown: str) -> Ledger:
    """Return the ledger in the bytes of a versions.json; ``shown`` names it in messages.

    Raises:
        VerifyError: The bytes are not a ledger.
    """
    return _ledger_of(parse_release_json(data, shown), shown)


def _ledger_of(value: dict[str, Any], shown: str) -> Ledger:
    check_shape(value, LEDGER, shown)
    return Ledger(value["package"], value["title"], value["description"], tuple(value["versions"]))


def find_ledger_problems(ledger: Ledger, package: str) -> Iterator[str]:
    """Yield where a ledger contradicts itself, or is not the ledger of ``package``."""
    if ledger.package != package:
        yield f"is the ledger of {ledger.package!r}: expected {package!r}."
    listed = [entry["version"] for entry in ledger.versions]
    if listed != sorted(set(listed), key=version_key):
        yield "versions do not rise."
    before: Mapping[str, Any] | None = None
    for entry in ledger.versions:
        expected = (
            {"version": before["version"], "release_id": before["release_id"]} if before else None
        )
        if entry["previous"] != expected:
            yield (f"{entry['version']} does not name the release before it: the chain is broken.")
        before = entry


def version_folders(folder: Path) -> list[Path]:
    """Return the folders of the releases, oldest first."""
    found = (
        [path for path in folder.iterdir() if VERSION.fullmatch(path.name)]
        if folder.is_dir()
        else []
    )
    return sorted(found, key=lambda path: version_key(path.name))


def package_folders(published: Path) -> list[Path]:
    """Return the folders of the packages that have a ledger, by name."""
    return sorted(
        path.parent
        for path in published.glob("*/versions.json")
        if PACKAGE.fullmatch(path.parent.name)
    )


def find_package_folder(published: Path, package: str) -> Path:
    """Return the folder of a package that has a ledger.

    Raises:
        UsageError: The package is unknown.
    """
    known = [folder.name for folder in package_folders(published)]
    if package not in known:
        raise UsageError(describe_unknown_package(package, known))
    return published / package


def describe_unknown_package(package: str, known: Sequence[str]) -> str:
    """Return what a message says of a package that has no release."""
    expected = f"one of {', '.join(known)}" if known else "a package with a release, found none"
    near = suggest_nearest(package, known)
    return f"Unknown package {package!r}: expected {expected}. {near}".strip()
