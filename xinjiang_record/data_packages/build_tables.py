"""Turn an intake into its package's tables: quarantined values, further evidence, rows in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from xinjiang_record.data_packages.evidence import Built, Evidence, evidence_places, shared_tables
from xinjiang_record.data_packages.intake import EVIDENCE_COLUMNS, VERIFICATIONS, Intake
from xinjiang_record.data_packages.parse_cells import field_names, keep_first
from xinjiang_record.data_packages.source_registry import origin_of
from xinjiang_record.model import FindingParts, Row
from xinjiang_record.schema.load import make_table

VALUE_COLUMNS = ("resource", "record_id", "field", "value", "reason", "note")
VALUE_REASONS = ("recall", "contradiction", "weak")
Computed = Mapping[str, Mapping[str, Mapping[str, Any]]]


def assemble_tables(intake: Intake, computed: Computed | None = None) -> Built:
    """Return the package's tables in published order. Call it once, last.

    Args:
        intake: The package's raw tables, read.
        computed: Values to add, by resource and record id.
    """
    take_quarantined_values(intake)
    take_evidence(intake)
    tables = [f"{name}.csv" for name in intake.spec.schemas if name not in ("sources", "evidence")]
    intake.check_files({*tables, "held.csv", "evidence.csv", "amendments.csv"})
    shared = shared_tables(intake.spec, intake.evidence, intake.sources, intake.findings)
    more = computed or {}
    made: dict[str, pa.Table] = {}
    for name, schema in intake.spec.schemas.items():
        rows = [
            {**item.values, **more.get(name, {}).get(item.record_id, {})}
            for item in intake.rows(name)
        ]
        made[name] = shared[name] if name in shared else make_table(schema, _in_order(rows, schema))
    places = {**evidence_places(intake.evidence, intake.sources), **intake.places()}
    findings = (*intake.raw.findings, *intake.findings)
    return Built(made, findings, tuple(intake.quarantined), places, tuple(intake.evidence))


def _in_order(
    rows: Iterable[Mapping[str, Any]], schema: Mapping[str, Any]
) -> list[Mapping[str, Any]]:
    """Return the rows in the order of their primary key."""
    return sorted(rows, key=lambda row: tuple(row[name] for name in schema["primaryKey"]))


def take_quarantined_values(intake: Intake) -> None:
    """Take in ``held.csv``: values that are not sourced, or contradicted, and so not published."""
    names = {name for _, name in intake.quarantined_ids} | {
        name for ids in intake.raw_ids.values() for name in ids
    }
    rows = intake.parse("held.csv", VALUE_COLUMNS, optional=("source_id",))
    for row in keep_first(rows, VALUE_COLUMNS[:4], intake.findings):
        if row["resource"] in intake.spec.schemas and not intake.raw_ids.get(row["resource"]):
            continue  # that table could not be read, and its own finding says so
        kind, problem = _value_problem(intake, row, names)
        if problem:
            more: FindingParts = {
                "resource": row["resource"],
                "record": row["record_id"],
                "field": row["field"],
            }
            intake.add_finding(kind, problem, row.place, **more)
            continue
        intake.quarantine(
            row["resource"],
            row["record_id"],
            row["reason"],
            f"{row['value']}: {row['note']}",
            row.place,
            field=row["field"],
            source=row["source_id"],
        )


def _value_problem(intake: Intake, row: Row, names: set[str]) -> tuple[str, str]:
    """Return a finding's type and message for a row of held.csv; the message is empty if sound."""
    kind, resource, name = "held-value", row["resource"], row["field"]
    schema = intake.spec.schemas.get(resource)
    if schema is None:
        return kind, f"{resource!r} is not a table of this package. Correct it."
    if name not in field_names(schema):
        return kind, f"{resource} does not have the field {name!r}. Correct it."
    if row["record_id"] not in names:
        return kind, (
            f"{row['record_id']!r} is not a row of this package. Correct it, or take the value out."
        )
    if row["reason"] not in VALUE_REASONS:
        return kind, f"reason: expected one of {', '.join(VALUE_REASONS)}, got {row['reason']!r}."
    record = intake.ids(resource).get(row["record_id"])
    if record and str(record.values.get(name)) == row["value"]:
        return kind, (
            f"{name} {row['value']!r} is in the record as well. "
            "Empty it there, or take it out here."
        )
    if row["reason"] == "contradiction" and record and row["source_id"]:
        own, other = (
            origin_of(item, intake.sources) for item in (record.source_id, row["source_id"])
        )
        if own == other and record.source_id != row["source_id"]:
            return "one-origin", (
                f"{row['record_id']} {name}: {record.source_id} and {row['source_id']} repeat one "
                f"text ({own}), so they do not contradict each other. Take the value out, or cite "
                "an independent source."
            )
    return kind, ""


def take_evidence(intake: Intake) -> None:
    """Take in ``evidence.csv``: support for single fields, other sources, phrases as printed."""
    rows = intake.parse("evidence.csv", EVIDENCE_COLUMNS)
    for row in keep_first(rows, EVIDENCE_COLUMNS, intake.findings):
        name, record_id = row["resource"], row["record_id"]
        if name in intake.spec.schemas and not intake.raw_ids.get(name):
            continue  # that table could not be read, and its own finding says so
        if (name, record_id) in intake.quarantined_ids:
            reason = intake.quarantined_ids[name, record_id]
            detail = "Its record is quarantined, and this with it."
            intake.quarantine("evidence", f"{name}.{record_id}", reason, detail, row.place)
        elif problem := _evidence_problem(intake, row):
            more: FindingParts = {"resource": name, "record": record_id, "field": row["field"]}
            intake.add_finding("foreign-key", problem, row.place, **more)
        else:
            intake.evidence.append(_evidence(row))


def _evidence_problem(intake: Intake, row: Row) -> str:
    name, record_id = row["resource"], row["record_id"]
    if name not in intake.spec.schemas or record_id not in intake.raw_ids.get(name, ()):
        return f"{record_id!r} is not a row of {name!r}. Correct it, or add that row."
    if row["field"] and row["field"] not in field_names(intake.spec.schemas[name]):
        return f"{name} does not have the field {row['field']!r}. Correct it."
    if row["verification"] not in VERIFICATIONS:
        choices = ", ".join(VERIFICATIONS)
        return f"verification: expected one of {choices}, got {row['verification']!r}."
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
