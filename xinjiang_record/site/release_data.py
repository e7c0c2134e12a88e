"""Read the latest releases as rows of plain Python values, with the look-ups that every page needs.

Nothing but ``published/`` is read. A package that is not released yet has no tables, and its pages
say so.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from xinjiang_record import edtf
from xinjiang_record.errors import ReadError, UsageError

RowDict = dict[str, Any]


@dataclass(frozen=True)
class Release:
    """Hold one package's latest release: its descriptor, versions, and tables as rows."""

    name: str
    version: str
    path: Path
    descriptor: Mapping[str, Any]
    versions: tuple[Mapping[str, Any], ...]
    tables: Mapping[str, list[RowDict]]
    release_id: str

    def rows(self, resource: str) -> list[RowDict]:
        """Return the rows of a table; none where the release does not have it."""
        return self.tables.get(resource, [])

    def schema(self, resource: str) -> Mapping[str, Any]:
        """Return the Table Schema of a table; empty where the release does not have it."""
        for item in self.descriptor.get("resources", ()):
            if item["name"] == resource:
                schema: Mapping[str, Any] = item.get("schema", {})
                return schema
        return {}

    @cached_property
    def cache(self) -> dict[Any, Any]:
        """Return a place for what is computed once for each release."""
        return {}


@dataclass(frozen=True)
class Record:
    """Hold every package's latest release, by package name."""

    releases: Mapping[str, Release]

    def rows(self, package: str, resource: str) -> list[RowDict]:
        """Return the rows of a table of a package; none where the table does not exist."""
        release = self.releases.get(package)
        return release.rows(resource) if release else []

    def index(self, package: str, resource: str, key: str) -> dict[str, RowDict]:
        """Return the rows of a table by a unique key."""
        found = self._indexes.setdefault((package, resource, key), {})
        if not found:
            found.update((row[key], row) for row in self.rows(package, resource))
        return found

    @cached_property
    def _indexes(self) -> dict[tuple[str, str, str], dict[str, RowDict]]:
        return {}

    @cached_property
    def countries(self) -> dict[str, RowDict]:
        """Return the countries by ISO alpha-3 code."""
        return {row["country_iso3"]: row for row in self.rows("joint-statements", "countries")}

    @cached_property
    def statements(self) -> dict[str, RowDict]:
        """Return the statements by id, in order of delivery."""
        rows = sorted(
            self.rows("joint-statements", "statements"),
            key=lambda row: (delivered(row), row["statement_id"]),
        )
        return {row["statement_id"]: row for row in rows}

    @cached_property
    def topics(self) -> dict[str, list[str]]:
        """Return the topics of each statement."""
        found: dict[str, list[str]] = defaultdict(list)
        for row in self.rows("joint-statements", "statement_topics"):
            found[row["statement_id"]].append(row["topic"])
        return dict(found)

    @cached_property
    def signatories(self) -> dict[str, list[RowDict]]:
        """Return the signatories by statement, in order of name."""
        return group(self.rows("joint-statements", "signatories"), "statement_id", "signatory_name")

    @cached_property
    def by_country(self) -> dict[str, list[RowDict]]:
        """Return the signatories by country, for every state and observer that ever took part."""
        rows = [row for row in self.rows("joint-statements", "signatories") if row["country_iso3"]]
        order = {name: number for number, name in enumerate(self.statements)}
        found = group(rows, "country_iso3", "statement_id")
        return {
            code: sorted(items, key=lambda row: order[row["statement_id"]])
            for code, items in found.items()
        }

    @cached_property
    def events(self) -> dict[str, list[RowDict]]:
        """Return the events by signatory."""
        return group(self.rows("joint-statements", "signature_events"), "signatory_id", "event_id")

    @cached_property
    def sources(self) -> dict[str, RowDict]:
        """Return every cited source; the same id is the same source in every package."""
        found: dict[str, RowDict] = {}
        for name in sorted(self.releases):
            for row in self.releases[name].rows("sources"):
                found.setdefault(row["source_id"], {"is_weak": False, **row})
        return dict(sorted(found.items()))

    @cached_property
    def evidence(self) -> dict[tuple[str, str], list[RowDict]]:
        """Return the evidence by ``(resource, record id)``."""
        found: dict[tuple[str, str], list[RowDict]] = defaultdict(list)
        for name in sorted(self.releases):
            for row in self.releases[name].rows("evidence"):
                found[row["evidence_resource"], row["record_id"]].append(row)
        return dict(found)

    @cached_property
    def statement_events(self) -> dict[str, list[RowDict]]:
        """Return the events by statement."""
        return group(self.rows("joint-statements", "signature_events"), "statement_id", "event_id")

    @cached_property
    def country_events(self) -> dict[str, list[RowDict]]:
        """Return the events by country."""
        rows = [
            row for row in self.rows("joint-statements", "signature_events") if row["country_iso3"]
        ]
        return group(rows, "country_iso3", "event_id")

    @cached_property
    def cache(self) -> dict[str, Any]:
        """Return a place for what is computed once for each record."""
        return {}

    def country_name(self, code: str | None, language: str = "en") -> str:
        """Return a country's name in a UN language; the code where the record has no name."""
        row = self.countries.get(code or "", {})
        return str(row.get(f"name_{language}") or row.get("name_en") or code or "")


def group(rows: Iterable[RowDict], key: str, order: str) -> dict[str, list[RowDict]]:
    """Return the rows by the value of ``key``, each list in the order of ``order``."""
    found: dict[str, list[RowDict]] = defaultdict(list)
    for row in rows:
        found[row[key]].append(row)
    return {
        name: sorted(items, key=lambda row: str(row.get(order) or ""))
        for name, items in found.items()
    }


def last_day(row: Mapping[str, Any], name: str) -> date | None:
    """Return the last day that ``<name>_on`` or ``<name>_edtf`` allows; None where unknown."""
    on: date | None = row.get(f"{name}_on")
    if on:
        return on
    text = row.get(f"{name}_edtf")
    return edtf.bounds(text)[1] if text else None


def delivered(statement: Mapping[str, Any]) -> date:
    """Return the day that orders a statement among the others."""
    return last_day(statement, "delivered") or date.fromisoformat(statement["statement_id"][:10])


def load(published: Path, packages: Iterable[str] | None = None) -> Record:
    """Read the latest release of each package under ``published``, or of ``packages`` only.

    Raises:
        UsageError: There is no release at all.
        ReadError: A release cannot be read.
    """
    names = sorted(path.parent.name for path in published.glob("*/latest") if path.is_dir())
    if not names:
        raise UsageError(f"{published} holds no release. Make one first: xrecord run.")
    wanted = set(names if packages is None else packages)
    return Record({name: _load_release(published / name) for name in names if name in wanted})


def _load_release(folder: Path) -> Release:
    path = folder / "latest"
    try:
        descriptor = json.loads((path / "datapackage.json").read_text("utf-8"))
        ledger = _ledger(folder / "versions.json")
        tables = {item["name"]: _rows(path, item) for item in descriptor["resources"]}
        _name_kinds(tables.get("signatories", []))
        release_id = hashlib.sha256((path / "SHA256SUMS").read_bytes()).hexdigest()
    except (OSError, ValueError, KeyError) as error:
        raise ReadError(
            f"{path}: {error}. Check the release with: xrecord verify {folder.name}."
        ) from error
    return Release(
        folder.name, str(descriptor["version"]), path, descriptor, ledger, tables, release_id
    )


def _name_kinds(rows: list[RowDict]) -> None:
    """Give signatories both names of the position kind: before 2.0.0 it was ``entry``."""
    for row in rows:
        kind = row.get("position_kind") or row.get("entry")
        row.update(entry=kind, position_kind=kind)


def _ledger(path: Path) -> tuple[Mapping[str, Any], ...]:
    if not path.is_file():
        return ()
    data = json.loads(path.read_text("utf-8"))
    return tuple(data["versions"] if isinstance(data, dict) else data)


def _rows(release: Path, resource: Mapping[str, Any]) -> list[RowDict]:
    """Return a table's rows; of a partitioned one, the first row group: a page shows no more."""
    if isinstance(resource["path"], list):
        with pq.ParquetFile(release / resource["x-parquet"][0]["path"]) as file:
            return list(file.read_row_group(0).to_pylist())
    return list(pq.read_table(release / resource["x-parquet"]["path"]).to_pylist())


def release_key(published: Path) -> str:
    """Return a hash that changes exactly when a latest release does, from the checksum files."""
    digest = hashlib.sha256()
    for sums in sorted(published.glob("*/latest/SHA256SUMS")):
        digest.update(f"{sums.parent.parent.name}\n".encode() + sums.read_bytes())
    for ledger in sorted(published.glob("*/versions.json")):
        digest.update(ledger.read_bytes())
    return digest.hexdigest()
