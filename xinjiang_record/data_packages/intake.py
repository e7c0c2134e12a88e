"""Take in the raw tables of a package: what is sourced is published, the rest is quarantined.

    raw/<package>/<resource>.csv   one file a table; the main table has source_id, verification and
                                   basis
    raw/<package>/held.csv         single values that are quarantined:
                                   resource,record_id,field,value,reason,note
    raw/<package>/evidence.csv     further support:
                                   resource,record_id,field,source_id,as_printed,language,
                                   verification,note

A row of basis ``recall``, ``contradiction`` or ``unsettled`` is not published, and neither is a row
that refers to it. A row of basis ``weak`` is published only if evidence.csv has a second,
independent source for it. What comes in is in ``records`` or in ``quarantined``; what is wrong is
in ``findings``, all of it at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Unpack

from xinjiang_record.data_packages.evidence import Evidence
from xinjiang_record.data_packages.parse_cells import keep_first, parse_row, raw_columns
from xinjiang_record.data_packages.quarantine import (
    BASES,
    RECALLED,
    is_published,
    quarantine_reason,
)
from xinjiang_record.data_packages.source_registry import Sources, count_origins
from xinjiang_record.errors import SchemaError
from xinjiang_record.model import Finding, FindingParts, Place, Quarantined, Row
from xinjiang_record.raw_files import RawFolder, parse_csv
from xinjiang_record.schema.load import PackageSpec

SUPPORT = ("source_id", "verification")
VERIFICATIONS = ("read_at_source", "retold", "declared")
EVIDENCE_COLUMNS = (
    "resource",
    "record_id",
    "field",
    "source_id",
    "as_printed",
    "language",
    "verification",
    "note",
)
# Tables whose one key field is composed of others, joined by dots, so it has no raw column.
COMPOSED_KEYS: Mapping[str, tuple[str, ...]] = {
    "figure_links": ("figure_id", "link_type", "to_figure_id")
}


@dataclass(frozen=True, slots=True)
class Record:
    """Hold one row that is published: its typed values, its raw place, and its support."""

    record_id: str
    values: Mapping[str, Any]
    place: Place
    source_id: str
    verification: str

    def __getitem__(self, name: str) -> Any:
        """Return the value of a field."""
        return self.values[name]


def record_finding(
    package: str,
    kind: str,
    record: Record,
    name: str,
    message: str,
    value: str = "",
    severity: Literal["error", "warning"] = "error",
) -> Finding:
    """Return a finding about the field ``name`` of a record, with its place in raw/."""
    return Finding(
        kind,
        message,
        record.place,
        package,
        record=record.record_id,
        field=name,
        value=value,
        severity=severity,
    )


@dataclass(slots=True)
class Intake:
    """Hold one package's raw folder on its way to tables.

    Attributes:
        records: By resource and id, the rows that are published.
        quarantined_ids: Why a row is quarantined, by resource and id.
        raw_ids: By resource, the ids of all rows that came in.
    """

    raw: RawFolder
    spec: PackageSpec
    sources: Sources
    records: dict[str, dict[str, Record]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    quarantined_ids: dict[tuple[str, str], str] = field(default_factory=dict)
    raw_ids: dict[str, set[str]] = field(default_factory=dict)

    def add_finding(
        self, kind: str, message: str, place: Place, **more: Unpack[FindingParts]
    ) -> None:
        """Add a finding about this package."""
        self.findings.append(Finding(kind, message, place, package=self.spec.name, **more))

    def quarantine(
        self, resource: str, record: str, reason: str, detail: str, place: Place, **more: str
    ) -> None:
        """Quarantine a record, or with ``field=`` one value of it; ``source=`` where it has one."""
        self.quarantined.append(Quarantined(resource, record, reason, detail, place, **more))

    def ids(self, resource: str) -> dict[str, Record]:
        """Return the published records of a table by id."""
        return self.records.get(resource, {})

    def rows(self, resource: str) -> Iterable[Record]:
        """Return the published records of a table, in the order of the raw file."""
        return self.ids(resource).values()

    def places(self) -> dict[tuple[str, str, str], Place]:
        """Return where the published records are in raw/."""
        return {
            (name, "/".join(str(row.values[key]) for key in schema["primaryKey"]), ""): row.place
            for name, schema in self.spec.schemas.items()
            for row in self.rows(name)
        }

    def read_main(self, resource: str, parents: Mapping[str, str] | None = None) -> None:
        """Read a table whose rows carry their own source and basis.

        Args:
            resource: The table.
            parents: Fields that refer to other tables, by field.
        """
        for row in self._read(resource, (), (*SUPPORT, "basis")):
            record_id, basis = self._id(resource, row), row["basis"]
            if basis not in BASES:
                message = f"basis: expected one of {', '.join(BASES)}, got {basis!r}."
                more: FindingParts = {"field": "basis", "value": basis, "record": record_id}
                self.add_finding("constraint-error", message, row.place, **more)
                continue
            if basis == "recall" and row["verification"] not in RECALLED:
                message = (
                    f"{record_id}: basis recall and verification {row['verification']} exclude "
                    "each other. Empty the verification, or give the source that was read."
                )
                more = {
                    "field": "verification",
                    "value": row["verification"],
                    "record": record_id,
                }
                self.add_finding("recall-verified", message, row.place, **more)
            if is_published(basis, basis == "weak" and self._is_supported(resource, row)):
                if self._parents_published(resource, row, parents or {}):
                    self._take_sourced(resource, row, ())
            else:
                self._quarantine_row(resource, record_id, row)
                self._ask_for_statement(resource, record_id, row)

    def read_sourced(self, resource: str, parents: Mapping[str, str] | None = None) -> None:
        """Read a table whose rows carry a source but no basis: what is in it is published."""
        for row in self._read(resource, (), SUPPORT):
            if self._parents_published(resource, row, parents or {}):
                self._take_sourced(resource, row, ())

    def read_children(
        self,
        resource: str,
        parents: Mapping[str, str],
        computed: Iterable[str] = (),
        verification: str = "",
        also: Iterable[str] = (),
    ) -> None:
        """Read a table that refers to others.

        Args:
            resource: The table.
            parents: The tables that it refers to, by field. Its support is that of the first.
            computed: Fields that are computed, and so have no raw column.
            verification: How the support was established, if not as for the parent.
            also: Columns for the evidence alone. A ``source_id`` among them may be empty; where it
                is filled, it is the row's own source.
        """
        first, table_of_first = next(iter(parents.items()))
        for row in self._read(resource, computed, tuple(also)):
            if self._parents_published(resource, row, parents):
                parent = self.ids(table_of_first)[row[first]]
                own = row.get("source_id") if "source_id" in also else ""
                support = ("read_at_source" if own else "") or verification or parent.verification
                self._take(resource, row, computed, own or parent.source_id, support)

    def read_definitions(self, resource: str) -> None:
        """Read a table of the record's own definitions, which need no source."""
        for row in self._read(resource, (), ()):
            self._take(resource, row, (), "", "")

    def parse(self, name: str, columns: Iterable[str], optional: Iterable[str] = ()) -> list[Row]:
        """Return the rows of a raw file as text; a missing file or a wrong header is a finding."""
        file = self.raw.files.get(name)
        if file is None:
            if not self.raw.unread(name):
                place = Place(f"raw/{self.spec.name}/{name}", 1)
                message = f"{name} is not there. Add it, with its header."
                self.add_finding("source-error", message, place)
            return []
        rows, findings = parse_csv(file, list(columns), tuple(optional))
        self.findings += findings
        return rows

    def check_files(self, used: Iterable[str]) -> None:
        """Add a finding for each file that nothing reads: its rows would be lost."""
        known = sorted(used)
        for name, file in self.raw.files.items():
            if name not in known:
                tables = ", ".join(item for item in known if "/" not in item)
                message = (
                    f"nothing reads this file. The package has: {tables}. "
                    "Correct its name, or take it out."
                )
                self.add_finding("source-error", message, Place(file.path, 1))

    def _read(self, resource: str, computed: Iterable[str], extra: tuple[str, ...]) -> list[Row]:
        if resource not in self.spec.schemas:
            raise SchemaError(
                f"schemas/{self.spec.name}/package.toml: resources lacks the table {resource!r}, "
                f"which the package builds."
            )
        schema = self.spec.schemas[resource]
        computed = (*computed, *self._composed(resource))
        columns = dict.fromkeys((*raw_columns(schema, computed), *extra))
        rows = keep_first(
            self.parse(f"{resource}.csv", columns), self._key(resource), self.findings
        )
        for names in schema.get("uniqueKeys", ()):
            if set(names) <= set(columns) and tuple(names) != self._key(resource):
                rows = keep_first(rows, names, self.findings, "unique-key")
        return rows

    def _composed(self, resource: str) -> tuple[str, ...]:
        return tuple(self.spec.schemas[resource]["primaryKey"]) if resource in COMPOSED_KEYS else ()

    def _key(self, resource: str) -> tuple[str, ...]:
        """Return the raw columns that make up the primary key."""
        return COMPOSED_KEYS.get(resource) or tuple(self.spec.schemas[resource]["primaryKey"])

    def _id(self, resource: str, row: Row) -> str:
        record_id = ".".join(row[name] for name in self._key(resource))
        self.raw_ids.setdefault(resource, set()).add(record_id)
        return record_id

    def _is_supported(self, resource: str, row: Row) -> bool:
        """Return whether evidence.csv has a source for the row that is not weak."""
        file = self.raw.files.get("evidence.csv")
        record_id = ".".join(row[name] for name in self._key(resource))
        rows = parse_csv(file, EVIDENCE_COLUMNS)[0] if file else []
        found = [
            item["source_id"]
            for item in rows
            if (item["resource"], item["record_id"], item["field"]) == (resource, record_id, "")
        ]
        return count_origins(found, self.sources) > 0

    def _take_sourced(self, resource: str, row: Row, computed: Iterable[str]) -> None:
        record_id = self._id(resource, row)
        if row["source_id"]:
            self._take(resource, row, computed, row["source_id"], row["verification"])
            return
        message = (
            f"{record_id} has no source. Give its source_id, or, where the table has a basis, "
            "basis recall."
        )
        more: FindingParts = {"field": "source_id", "record": record_id, "resource": resource}
        self.add_finding("no-source", message, row.place, **more)

    def _quarantine_row(self, resource: str, record_id: str, row: Row) -> None:
        reason, detail = quarantine_reason(row)
        self.quarantined_ids[resource, record_id] = reason
        self.quarantine(resource, record_id, reason, detail, row.place, source=row["source_id"])

    def _ask_for_statement(self, resource: str, record_id: str, row: Row) -> None:
        """Ask for the source of the statement that a quarantined row is about."""
        if row["basis"] == "recall" and row.get("statement_id"):
            message = (
                f"{record_id} is quarantined, and is about {row['statement_id']}, which has "
                "sources. Give it one of these, and basis source."
            )
            more: FindingParts = {
                "resource": resource,
                "record": record_id,
                "field": "source_id",
                "severity": "warning",
            }
            self.add_finding("statement-source", message, row.place, **more)

    def _take(
        self, resource: str, row: Row, computed: Iterable[str], source_id: str, verification: str
    ) -> None:
        record_id = self._id(resource, row)
        if source_id and verification not in VERIFICATIONS:
            message = (
                f"verification: expected one of {', '.join(VERIFICATIONS)}, got {verification!r}."
            )
            more: FindingParts = {
                "field": "verification",
                "value": verification,
                "record": record_id,
            }
            self.add_finding("constraint-error", message, row.place, **more)
        before = len(self.findings)
        computed = (*computed, *self._composed(resource))
        values = parse_row(row, self.spec.schemas[resource], computed, self.findings)
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

    def _parents_published(self, resource: str, row: Row, parents: Mapping[str, str]) -> bool:
        """Return whether all rows that the row refers to are published; say why, if not."""
        for name, parent in parents.items():
            reason = self.quarantined_ids.get((parent, row[name]))
            if reason:
                record_id = ".".join(row[key] for key in self._key(resource))
                detail = f"{row[name]} of {parent} is quarantined, and this with it."
                self.quarantine(resource, record_id, reason, detail, row.place)
                self.quarantined_ids[resource, record_id] = reason
                return False
        if not all(self.raw_ids.get(parent) for parent in parents.values()):
            return False  # a parent table could not be read, and its own finding says so
        for name, parent in parents.items():
            if row[name] not in self.raw_ids[parent]:
                message = (
                    f"{name} {row[name]!r} is not a row of {parent}. Correct it, or add that row."
                )
                more: FindingParts = {"resource": resource, "field": name, "value": row[name]}
                self.add_finding("foreign-key", message, row.place, **more)
                return False
        return all(row[name] in self.ids(parent) for name, parent in parents.items())
