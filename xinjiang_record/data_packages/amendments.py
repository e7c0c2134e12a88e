"""Explain the values in raw/ that we had misread and changed: ``raw/<package>/amendments.csv``.

    resource,record_id,field,old_value,reason,source_id,note
    events,E086,happened_edtf,2021-06-14,our_error,s-0401,"The Senate voted on 10 June 2021..."

The value itself is changed where it is, in raw/. The row here gives the release its reason, source
and words. An empty field explains a record that came in or went as a whole. A row whose old value
is that of the record again is an error, since it explains nothing. A wrong value of the source is
no amendment: ``corrections`` declares it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from xinjiang_record.data_packages.corrections import REASONS, record_name
from xinjiang_record.data_packages.evidence import Evidence
from xinjiang_record.data_packages.parse_cells import keep_first
from xinjiang_record.data_packages.source_registry import Sources
from xinjiang_record.model import Finding, Row
from xinjiang_record.raw_files import RawFolder, parse_csv
from xinjiang_record.schema.cell_text import to_text

COLUMNS = ("resource", "record_id", "field", "old_value", "reason", "source_id", "note")
NAME = "amendments.csv"
Reasons = dict[tuple[str, str, str], tuple[str, str]]


def read_amendments(raw: RawFolder) -> tuple[list[Row], list[Finding]]:
    """Return the amendments of a package; none where it has no such file."""
    file = raw.files.get(NAME)
    if file is None:
        return [], []
    rows, findings = parse_csv(file, COLUMNS)
    return keep_first(rows, COLUMNS[:3], findings), findings


def check_amendments(
    rows: list[Row], tables: Mapping[str, pa.Table], keys: Mapping[str, list[str]], sources: Sources
) -> Iterator[Finding]:
    """Yield what is wrong with the amendments, given the tables that were built."""
    records = {name: _records(table, keys[name]) for name, table in tables.items()}
    for row in rows:
        problem = _problem(row, records, tables, sources)
        if problem:
            more: dict[str, Any] = {"resource": row["resource"], "record": row["record_id"]}
            message = f"{row['record_id']} {row['field']}: {problem}"
            yield Finding("amendment-error", message, row.place, field=row["field"], **more)


def _records(table: pa.Table, key: list[str]) -> dict[str, int]:
    rows = table.select(key).to_pylist()
    return {record_name(row, key): number for number, row in enumerate(rows)}


def _problem(
    row: Row,
    records: Mapping[str, Mapping[str, int]],
    tables: Mapping[str, pa.Table],
    sources: Sources,
) -> str:
    resource, name = row["resource"], row["field"]
    if resource not in tables:
        return f"{resource!r} is not a table of this package. Correct it."
    if name and name not in tables[resource].column_names:
        return f"{resource} does not have this field. Correct it."
    if row["reason"] not in REASONS:
        return f"reason: expected one of {', '.join(REASONS)}, got {row['reason']!r}."
    if row["source_id"] and row["source_id"] not in sources:
        return f"{row['source_id']!r} is not in raw/sources.csv. Add the source there first."
    if not row["note"]:
        return "the note is empty. Say what was wrong and what is right."
    if not name:
        return ""
    number = records[resource].get(row["record_id"])
    if number is None:
        return f"is not a row of {resource}. Correct it, or take the amendment out."
    value = to_text(tables[resource][name].slice(number, 1).combine_chunks())[0].as_py() or ""
    if value == row["old_value"]:
        return f"is {value!r}, which is the old value. Change it in raw/, or take this out."
    return ""


def amendment_reasons(rows: list[Row]) -> Reasons:
    """Return the reason and source of each amendment, by resource, record and field."""
    return {
        (row["resource"], row["record_id"], row["field"]): (row["reason"], row["source_id"])
        for row in rows
    }


def amendment_evidence(rows: list[Row]) -> Iterator[Evidence]:
    """Yield the evidence of the amended fields: where the right value was read."""
    for row in rows:
        if row["source_id"] and row["field"]:
            yield Evidence(
                row["resource"],
                row["record_id"].replace(",", "."),
                row["source_id"],
                row.place,
                field=row["field"],
                note=row["note"],
            )
