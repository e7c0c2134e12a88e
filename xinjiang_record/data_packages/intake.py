"""Take in the raw tables of a package of facts: what is sourced goes to the tables, what is not waits in the quarantine.

    raw/<package>/<resource>.csv   one file a table; the main table has source_id, verification and basis
    raw/<package>/held.csv         single values that wait: resource,record_id,field,value,reason,note
    raw/<package>/evidence.csv     further support: resource,record_id,field,source_id,as_printed,language,verification,note

A row of basis ``recall`` or ``contradiction`` is not published, and neither is a row that hangs on it. What comes in is either in
``records`` or in ``quarantine``; what is wrong is in ``findings``, all of it at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from xinjiang_record.data_packages.evidence import Evidence, Sources
from xinjiang_record.data_packages.parse_cells import raw_columns, typed, unique
from xinjiang_record.errors import SchemaError
from xinjiang_record.model import Finding, Place, Quarantined, Row
from xinjiang_record.raw_files import STATE, RawFolder, parse_csv
from xinjiang_record.schema.load import PackageSpec

SUPPORT = ("source_id", "verification")
# What a row rests on; only the first is published.
BASES = {
    "source": "",
    "recall": "Known from memory only.",
    "contradiction": "Contradicted by what it cites.",
}
VERIFICATIONS = ("read_at_source", "retold", "declared")
# Tables whose one key field is composed of others, joined by dots, and so is no column of the raw file.
COMPOSED_KEYS: Mapping[str, tuple[str, ...]] = {
    "figure_links": ("figure_id", "link_type", "to_figure_id")
}


@dataclass(frozen=True, slots=True)
class Record:
    """One row that is published: its typed values, the place of its raw line, and what supports it."""

    record_id: str
    values: Mapping[str, Any]
    place: Place
    source_id: str
    verification: str

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


@dataclass(slots=True)
class Intake:
    """One package's raw folder on its way to tables. ``waiting`` maps resource and id of what is in quarantine to the reason."""

    raw: RawFolder
    spec: PackageSpec
    sources: Sources
    records: dict[str, dict[str, Record]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    quarantine: list[Quarantined] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    waiting: dict[tuple[str, str], str] = field(default_factory=dict)
    known: dict[str, set[str]] = field(default_factory=dict)

    def find(self, kind: str, message: str, place: Place, **more: Any) -> None:
        """Note a finding; the state of things is added to its message."""
        self.findings.append(
            Finding(kind, f"{message} {STATE}", place, package=self.spec.name, **more)
        )

    def hold(
        self, resource: str, record: str, reason: str, detail: str, place: Place, **more: str
    ) -> None:
        """Put a fact in quarantine: a record, or with ``field=`` one value of it; ``source=`` where it has one."""
        self.quarantine.append(Quarantined(resource, record, reason, detail, place, **more))

    def ids(self, resource: str) -> dict[str, Record]:
        """The published records of a table by id."""
        return self.records.get(resource, {})

    def rows(self, resource: str) -> Iterable[Record]:
        """The published records of a table, in the order of the raw file."""
        return self.ids(resource).values()

    def main(self, resource: str) -> None:
        """Take in a table whose rows carry their own source and basis."""
        for row in self._rows(resource, (), (*SUPPORT, "basis")):
            record_id = self._id(resource, row)
            if row["basis"] not in BASES:
                message = f"basis {row['basis']!r} is none of {', '.join(BASES)}. Use one of these."
                self.find(
                    "constraint-error",
                    message,
                    row.place,
                    field="basis",
                    value=row["basis"],
                    record=record_id,
                )
            elif row["basis"] != "source":
                self._wait(resource, record_id, row)
            else:
                self._take_sourced(resource, row, ())

    def sourced(
        self, resource: str, computed: Iterable[str] = (), parents: Mapping[str, str] | None = None
    ) -> None:
        """Take in a table whose rows carry a source but no basis: what is in it is published."""
        for row in self._rows(resource, computed, SUPPORT):
            if self._parents_stand(resource, row, parents or {}):
                self._take_sourced(resource, row, computed)

    def children(
        self,
        resource: str,
        parents: Mapping[str, str],
        computed: Iterable[str] = (),
        verification: str = "",
        also: Iterable[str] = (),
    ) -> None:
        """Take in a table that hangs on others: ``parents`` maps fields of it to tables. Support is the first parent's,
        unless ``verification`` says otherwise; ``also`` are columns for the evidence alone.
        """
        first, table_of_first = next(iter(parents.items()))
        for row in self._rows(resource, computed, tuple(also)):
            if self._parents_stand(resource, row, parents):
                parent = self.ids(table_of_first)[row[first]]
                self._take(
                    resource, row, computed, parent.source_id, verification or parent.verification
                )

    def definitions(self, resource: str) -> None:
        """Take in a table of the record's own definitions, which need no source."""
        for row in self._rows(resource, (), ()):
            self._take(resource, row, (), "", "")

    def _rows(self, resource: str, computed: Iterable[str], extra: tuple[str, ...]) -> list[Row]:
        if resource not in self.spec.schemas:
            raise SchemaError(
                f"schemas/{self.spec.name}/package.toml: resources lacks the table {resource!r}, which the package builds. {STATE}"
            )
        columns = dict.fromkeys(
            (
                *raw_columns(self.spec.schemas[resource], (*computed, *self._composed(resource))),
                *extra,
            )
        )
        rows = unique(self.parse(f"{resource}.csv", columns), self._key(resource), self.findings)
        for names in self.spec.schemas[resource].get("uniqueKeys", ()):
            if set(names) <= set(columns) and tuple(names) != self._key(resource):
                rows = unique(rows, names, self.findings, "unique-key")
        return rows

    def _composed(self, resource: str) -> tuple[str, ...]:
        return tuple(self.spec.schemas[resource]["primaryKey"]) if resource in COMPOSED_KEYS else ()

    def _key(self, resource: str) -> tuple[str, ...]:
        """The raw columns that make up the primary key."""
        return COMPOSED_KEYS.get(resource) or tuple(self.spec.schemas[resource]["primaryKey"])

    def parse(self, name: str, columns: Iterable[str]) -> list[Row]:
        """The rows of one raw file as text; none, with a finding, if it is not there or its header is another."""
        file = self.raw.files.get(name)
        if file is None:
            unread = any(
                item.place and item.place.path.endswith(f"/{name}") for item in self.raw.findings
            )
            if not unread:
                self.find(
                    "source-error",
                    f"{name} is not there. Add it, with its header.",
                    Place(f"raw/{self.spec.name}/{name}", 1),
                )
            return []
        rows, findings = parse_csv(file, list(columns))
        self.findings += findings
        return rows

    def _id(self, resource: str, row: Row) -> str:
        record_id = ".".join(row[name] for name in self._key(resource))
        self.known.setdefault(resource, set()).add(record_id)
        return record_id

    def _take_sourced(self, resource: str, row: Row, computed: Iterable[str]) -> None:
        record_id = self._id(resource, row)
        if row["source_id"]:
            self._take(resource, row, computed, row["source_id"], row["verification"])
        else:
            message = f"{record_id} has no source. Give its source_id, or, where the table has a basis, basis recall."
            self.find(
                "no-source",
                message,
                row.place,
                field="source_id",
                record=record_id,
                resource=resource,
            )

    def _wait(self, resource: str, record_id: str, row: Row) -> None:
        reason = row["basis"] if row["source_id"] else "no-source"
        self.waiting[resource, record_id] = reason
        shown = row.get("title") or " ".join(
            row.get(name) for name in ("publisher", "measure") if row.get(name)
        )
        self.hold(
            resource,
            record_id,
            reason,
            f"{shown}. {BASES[row['basis']]} {row.get('note')}".strip(),
            row.place,
            source=row["source_id"],
        )

    def _take(
        self, resource: str, row: Row, computed: Iterable[str], source_id: str, verification: str
    ) -> None:
        record_id = self._id(resource, row)
        if source_id and verification not in VERIFICATIONS:
            message = f"verification {verification!r} is none of {', '.join(VERIFICATIONS)}. Use one of these."
            self.find(
                "constraint-error",
                message,
                row.place,
                field="verification",
                value=verification,
                record=record_id,
            )
        before = len(self.findings)
        computed = (*computed, *self._composed(resource))
        values = typed(row, self.spec.schemas[resource], computed, self.findings)
        self.findings[before:] = [
            replace(item, package=self.spec.name, resource=resource, record=record_id)
            for item in self.findings[before:]
        ]
        if values is None:
            return
        if resource in COMPOSED_KEYS:
            values[self.spec.schemas[resource]["primaryKey"][0]] = record_id
        record = Record(record_id, values, row.place, source_id, verification)
        self.records.setdefault(resource, {})[record_id] = record
        if source_id:
            as_printed = row.get("as_printed") if "as_printed" not in values else ""
            self.evidence.append(
                Evidence(
                    resource,
                    record_id,
                    source_id,
                    row.place,
                    as_printed=as_printed,
                    verification=verification,
                )
            )

    def _parents_stand(self, resource: str, row: Row, parents: Mapping[str, str]) -> bool:
        for name, parent in parents.items():
            reason = self.waiting.get((parent, row[name]))
            if reason:
                record_id = ".".join(row[key] for key in self._key(resource))
                self.hold(
                    resource,
                    record_id,
                    reason,
                    f"{row[name]} of {parent} waits, and this with it.",
                    row.place,
                )
                self.waiting[resource, record_id] = reason
                return False
        if not all(self.known.get(parent) for parent in parents.values()):
            return False  # a parent table could not be read at all, and its own finding says so
        for name, parent in parents.items():
            if row[name] not in self.known[parent]:
                message = f"{name} {row[name]!r} is no row of {parent}. Mend it, or add that row."
                self.find(
                    "foreign-key",
                    message,
                    row.place,
                    resource=resource,
                    field=name,
                    value=row[name],
                )
                return False
        return all(row[name] in self.ids(parent) for name, parent in parents.items())
