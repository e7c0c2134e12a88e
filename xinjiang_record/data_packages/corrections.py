"""Apply corrections: declared, reasoned changes to a source's value.

They are in ``schemas/<package>/corrections.toml``:

    [[corrections]]
    table = "count_claims"
    match = { claim_id = "c-0007" }       # fields and values; every row that has them all
    field = "claimed_count"
    expect = 37                           # what the value is now; "" where it is missing
    value = 50                            # what it becomes; "" where it goes missing
    reason = "source_correction"          # one of REASONS
    source = "s-0041"                     # where the right value was read
    note = "The paper corrected its count the next day."   # must be there for our_error

A correction that matches no row, or whose ``expect`` no longer holds, is an error: it is no longer
needed, or the source has changed. A value that we had misread is corrected in raw/, with a row in
``amendments.csv``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from xinjiang_record.errors import CorrectionError
from xinjiang_record.schema.check_toml import Kind, Shape, problems, read_toml

REASONS = (
    "new_evidence",
    "source_correction",
    "our_error",
    "reclassification",
    "harmonisation",
    "retraction",
)
REQUIRED = ("table", "match", "field", "expect", "value", "reason", "source")
# What an entry lacks is reported by its number; here only what has the wrong kind.
KINDS: dict[str, Kind] = {
    **dict.fromkeys(("table", "field", "reason", "source"), str),
    "match": {str: object},
    "note": object,
}
SHAPE = Shape(optional={"corrections": [{str: object}]})
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Correction:
    """Hold one correction as written; ``where`` names the file and its number in it."""

    table: str
    match: Mapping[str, Any]
    field: str
    expect: Any
    value: Any
    reason: str
    source: str
    note: str
    where: str


def read_corrections(path: Path) -> tuple[Correction, ...]:
    """Return the corrections of a package; none where the file is absent.

    Raises:
        CorrectionError: The file or an entry is broken.
    """
    entries = read_toml(path, SHAPE, CorrectionError).get("corrections", [])
    return tuple(
        _correction(entry, f"{path}: correction {number}")
        for number, entry in enumerate(entries, 1)
    )


def _correction(entry: Mapping[str, Any], where: str) -> Correction:
    lacking = [name for name in REQUIRED if name not in entry]
    unknown = sorted(set(entry) - {*REQUIRED, "note"})
    misshapen = [
        what
        for key in KINDS
        if key in entry
        for _, what in problems(entry[key], KINDS[key], (key,))
    ]
    problem = (
        (misshapen and f"is not right: {' '.join(misshapen)}")
        or (lacking and f"lacks {', '.join(lacking)}")
        or (unknown and f"has the unknown key {', '.join(unknown)}")
        or (not entry["match"] and "matches every row; name the record")
        or (
            entry["reason"] not in REASONS
            and f"gives the reason {entry['reason']!r}; one of: {', '.join(REASONS)}"
        )
        or (
            entry["reason"] == "our_error"
            and not entry.get("note")
            and "is our error and has no note that explains it"
        )
    )
    if problem:
        raise CorrectionError(f"{where} {problem}.")
    return Correction(
        **{name: entry[name] for name in REQUIRED}, note=entry.get("note", ""), where=where
    )


def cited_sources(corrections: Sequence[Correction]) -> tuple[str, ...]:
    """Return the sources that the corrections cite, for the table ``sources``."""
    return tuple(sorted({item.source for item in corrections}))


def apply_corrections(
    tables: Mapping[str, pa.Table],
    corrections: Sequence[Correction],
    keys: Mapping[str, Sequence[str]],
) -> tuple[dict[str, pa.Table], list[dict[str, Any]], dict[Key, tuple[str, str]]]:
    """Return the corrected tables, the evidence of each changed cell, and the reason for each.

    Args:
        tables: The tables as built. The evidence is added to the table ``evidence``.
        corrections: The corrections, applied in order.
        keys: The primary key of each table.

    Raises:
        CorrectionError: A correction does not apply; the message names it.
    """
    done, evidence, reasons = dict(tables), [], {}
    for item in corrections:
        if item.table not in done:
            raise CorrectionError(
                f"{item.where}: there is no table {item.table!r}. There are: {', '.join(done)}."
            )
        key = list(keys[item.table])
        done[item.table], records = _apply(done[item.table], item, key)
        for record in records:
            reasons[item.table, record, item.field] = (item.reason, item.source)
            evidence.append(_evidence(item, record))
    if evidence and "evidence" in done:
        evidence = _numbered(evidence, done["evidence"]["evidence_id"].to_pylist())
        more = pa.Table.from_pylist(evidence, schema=done["evidence"].schema)
        done["evidence"] = pa.concat_tables([done["evidence"], more]).sort_by("evidence_id")
    return done, evidence, reasons


def _apply(table: pa.Table, item: Correction, key: list[str]) -> tuple[pa.Table, list[str]]:
    unknown = [name for name in (*item.match, item.field) if name not in table.column_names]
    if unknown or item.field in key:
        what = (
            f"{item.table} has no field {unknown[0]!r}"
            if unknown
            else f"{item.field} is part of the record's key"
        )
        raise CorrectionError(f"{item.where}: {what}.")
    mask = pa.chunked_array([pa.array([True] * table.num_rows, pa.bool_())])
    for name, value in item.match.items():
        mask = pc.and_(mask, _is(table[name], value, item))
    if not pc.any(mask).as_py():
        raise CorrectionError(
            f"{item.where} matches no row of {item.table}. Remove it, or correct its match."
        )
    column = table[item.field]
    wrong = pc.and_not(mask, _is(column, item.expect, item))
    if pc.any(wrong).as_py():
        seen = column.filter(wrong)[0].as_py()
        raise CorrectionError(
            f"{item.where}: {item.field} is {seen!r} and no longer {item.expect!r}. "
            "Remove the correction if the source was corrected, or check it again."
        )
    changed = pc.if_else(mask, _scalar(item.value, column.type, item), column)
    table = table.set_column(table.column_names.index(item.field), item.field, changed)
    return table, [record_name(row, key) for row in table.filter(mask).select(key).to_pylist()]


def record_name(row: Mapping[str, Any], key: Sequence[str]) -> str:
    """Return what a record is called: its key, parts joined by commas."""
    return ",".join(str(row[name]) for name in key)


def _is(column: pa.ChunkedArray, value: object, item: Correction) -> pa.ChunkedArray:
    scalar = _scalar(value, column.type, item)
    return pc.fill_null(pc.equal(column, scalar), False) if scalar.is_valid else pc.is_null(column)


def _scalar(value: object, kind: pa.DataType, item: Correction) -> pa.Scalar:
    try:
        return pa.scalar(None if value == "" else value, kind)
    except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError, ValueError) as error:
        raise CorrectionError(f"{item.where}: {value!r} is not a {kind}.") from error


def _evidence(item: Correction, record: str) -> dict[str, Any]:
    return {
        "evidence_id": f"{item.table}.{record}.{item.field}.{item.source}",
        "evidence_resource": item.table,
        "record_id": record,
        "evidence_field": item.field,
        "source_id": item.source,
        "verification": "declared",
        "note": f"{item.note} Correction ({item.reason}): {_shown(item.expect)} became "
        f"{_shown(item.value)}.".strip(),
    }


def _shown(value: object) -> str:
    return "empty" if value == "" else str(value)


def _numbered(rows: list[dict[str, Any]], taken: Sequence[str]) -> list[dict[str, Any]]:
    """Return the rows with identifiers that are free: the second of a kind ends in .2."""
    seen, result = set(taken), []
    for row in rows:
        name, number = row["evidence_id"], 1
        while name in seen:
            number += 1
            name = f"{row['evidence_id']}.{number}"
        seen.add(name)
        result.append({**row, "evidence_id": name})
    return result
