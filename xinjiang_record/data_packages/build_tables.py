"""From an intake to the tables of its package: single values that wait, further evidence, and rows in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from xinjiang_record.data_packages.evidence import Built, Evidence, shared_places, shared_tables
from xinjiang_record.data_packages.intake import VERIFICATIONS, Intake
from xinjiang_record.data_packages.parse_cells import names_of, unique
from xinjiang_record.model import Place, Row
from xinjiang_record.schema.load import table

HELD_COLUMNS = ("resource", "record_id", "field", "value", "reason", "note")
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
HELD_REASONS = ("recall", "contradiction")
Computed = Mapping[str, Mapping[str, Mapping[str, Any]]]


def built(intake: Intake, computed: Computed | None = None) -> Built:
    """The package's tables in published order; ``computed`` adds values by resource and record id. To be called once, last."""
    _take_held(intake)
    _take_evidence(intake)
    _check_files(intake)
    shared = shared_tables(intake.spec, intake.evidence, intake.sources, intake.findings)
    more = computed or {}
    tables: dict[str, pa.Table] = {}
    for name, schema in intake.spec.schemas.items():
        rows = [
            {**item.values, **more.get(name, {}).get(item.record_id, {})}
            for item in intake.rows(name)
        ]
        tables[name] = shared[name] if name in shared else table(schema, _in_order(rows, schema))
    places = shared_places(intake.evidence, intake.sources)
    places |= {
        (name, "/".join(str(row.values[key]) for key in schema["primaryKey"]), ""): row.place
        for name, schema in intake.spec.schemas.items()
        for row in intake.rows(name)
    }
    return Built(tables, (*intake.raw.findings, *intake.findings), tuple(intake.quarantine), places)


def _check_files(intake: Intake) -> None:
    """A file that nothing reads is a slip in its name: its rows would be lost."""
    tables = [f"{name}.csv" for name in intake.spec.schemas if name not in ("sources", "evidence")]
    used = {*tables, "held.csv", "evidence.csv"}
    for name, file in intake.raw.files.items():
        if name not in used:
            message = f"nothing reads this file. The package has: {', '.join(sorted(used))}. Mend its name, or take it out."
            intake.find("source-error", message, Place(file.path, 1))


def _in_order(
    rows: Iterable[Mapping[str, Any]], schema: Mapping[str, Any]
) -> list[Mapping[str, Any]]:
    """Rows by primary key."""
    return sorted(rows, key=lambda row: tuple(row[name] for name in schema["primaryKey"]))


def _take_held(intake: Intake) -> None:
    """``held.csv``: values that are known and not sourced, or contradicted. They go to quarantine and must not be published."""
    names = {name for _, name in intake.waiting} | {
        name for ids in intake.known.values() for name in ids
    }
    for row in unique(intake.parse("held.csv", HELD_COLUMNS), HELD_COLUMNS[:4], intake.findings):
        if row["resource"] in intake.spec.schemas and not intake.known.get(row["resource"]):
            continue  # that table could not be read, and its own finding says so
        problem = _held_problem(intake, row, names)
        if problem:
            more = {"resource": row["resource"], "record": row["record_id"], "field": row["field"]}
            intake.find("held-value", problem, row.place, **more)
        else:
            detail = f"{row['value']}: {row['note']}"
            intake.hold(
                row["resource"],
                row["record_id"],
                row["reason"],
                detail,
                row.place,
                field=row["field"],
            )


def _held_problem(intake: Intake, row: Row, names: set[str]) -> str:
    schema = intake.spec.schemas.get(row["resource"])
    if schema is None:
        return f"{row['resource']!r} is no table of this package. Mend it."
    if row["field"] not in names_of(schema):
        return f"{row['resource']} has no field {row['field']!r}. Mend it."
    if row["record_id"] not in names:
        return f"{row['record_id']!r} is no row of this package. Mend it, or take the value out."
    if row["reason"] not in HELD_REASONS:
        return f"reason {row['reason']!r} is none of {', '.join(HELD_REASONS)}. Use one of these."
    record = intake.ids(row["resource"]).get(row["record_id"])
    if record and str(record.values.get(row["field"])) == row["value"]:
        return f"{row['field']} {row['value']!r} stands in the record as well. Empty it there, or take it out here."
    return ""


def _take_evidence(intake: Intake) -> None:
    """``evidence.csv``: support for single fields, other sources, and phrases as printed."""
    for row in unique(
        intake.parse("evidence.csv", EVIDENCE_COLUMNS), EVIDENCE_COLUMNS, intake.findings
    ):
        name, record_id = row["resource"], row["record_id"]
        if name in intake.spec.schemas and not intake.known.get(name):
            continue  # that table could not be read, and its own finding says so
        if (name, record_id) in intake.waiting:
            reason = intake.waiting[name, record_id]
            intake.hold(
                "evidence",
                f"{name}.{record_id}",
                reason,
                "Its record waits, and this with it.",
                row.place,
            )
        elif problem := _evidence_problem(intake, row):
            intake.find(
                "foreign-key",
                problem,
                row.place,
                resource=name,
                record=record_id,
                field=row["field"],
            )
        else:
            intake.evidence.append(_evidence(row))


def _evidence_problem(intake: Intake, row: Row) -> str:
    name, record_id = row["resource"], row["record_id"]
    if name not in intake.spec.schemas or record_id not in intake.known.get(name, ()):
        return f"{record_id!r} is no row of {name!r}. Mend it, or add that row."
    if row["field"] and row["field"] not in names_of(intake.spec.schemas[name]):
        return f"{name} has no field {row['field']!r}. Mend it."
    if row["verification"] not in VERIFICATIONS:
        return f"verification {row['verification']!r} is none of {', '.join(VERIFICATIONS)}. Use one of these."
    return ""


def _evidence(row: Row) -> Evidence:
    return Evidence(
        resource=row["resource"],
        record_id=row["record_id"],
        source_id=row["source_id"],
        place=row.place,
        field=row["field"],
        as_printed=row["as_printed"],
        language=row["language"],
        verification=row["verification"],
        note=row["note"],
    )
