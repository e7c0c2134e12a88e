"""Raw cells to typed values, by the schema of the table they go to: every problem is a finding with its line, nothing is repaired.

A field ``x_on`` beside a field ``x_edtf`` is derived: it is filled where the EDTF text is one plain day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from xinjiang_record import edtf
from xinjiang_record.data_packages.evidence import check_edtf, check_number
from xinjiang_record.model import Finding, Row
from xinjiang_record.raw_files import STATE

BOOLEANS = {"true": True, "false": False}
NUMBER_CHARS = 18  # a longer number is no count of anything here, and fits no 64-bit column
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
Schema = Mapping[str, Any]


def names_of(schema: Schema) -> list[str]:
    """The schema's field names, in order."""
    return [item["name"] for item in schema["fields"]]


def is_derived(name: str, names: Iterable[str]) -> bool:
    """Whether the field is the plain day of an EDTF field beside it."""
    return name.endswith("_on") and f"{name.removesuffix('_on')}_edtf" in names


def raw_columns(schema: Schema, computed: Iterable[str] = ()) -> list[str]:
    """The columns that the raw file of a table has: its fields without the derived and the ``computed`` ones."""
    names = names_of(schema)
    return [name for name in names if not is_derived(name, names) and name not in set(computed)]


def typed(
    row: Row, schema: Schema, computed: Iterable[str], findings: list[Finding]
) -> dict[str, Any] | None:
    """The row's values by field name, typed; None if any cell is wrong, then with a finding for each."""
    before, names = len(findings), names_of(schema)
    skipped = set(computed)
    values: dict[str, Any] = {}
    for item in schema["fields"]:
        name = item["name"]
        if name not in skipped and not is_derived(name, names):
            values[name] = _cell(row, item, findings)
    for name in names:
        if is_derived(name, names):
            values[name] = edtf.full_day(values.get(f"{name.removesuffix('_on')}_edtf"))
    return values if len(findings) == before else None


def unique(
    rows: Iterable[Row], key: Iterable[str], findings: list[Finding], kind: str = "primary-key"
) -> list[Row]:
    """The rows whose key stands for the first time; each later one is a finding that names the first."""
    names = tuple(key)
    first: dict[tuple[str, ...], Row] = {}
    for row in rows:
        values = tuple(row[name] for name in names)
        seen = first.setdefault(values, row)
        if seen is not row:
            shown = ", ".join(
                f"{name} {value!r}" for name, value in zip(names, values, strict=True)
            )
            message = f"{shown} stands in line {seen.place.line} already. Take this row out, or tell it apart. {STATE}"
            findings.append(
                Finding(kind, message, row.place, field=names[0], value=values[0], record=values[0])
            )
    return list(first.values())


def _cell(row: Row, item: Mapping[str, Any], findings: list[Finding]) -> Any:
    name, text, rules = item["name"], row.get(item["name"]), item.get("constraints", {})
    if not text:
        if rules.get("required"):
            _find(
                findings,
                "constraint-error",
                row,
                name,
                f"{name} is empty and must not be. Fill it in.",
                text,
            )
        return None
    value = _convert(row, item, findings)
    if value is None:
        return None
    enum, pattern, minimum = rules.get("enum"), rules.get("pattern"), rules.get("minimum")
    if enum and value not in enum:
        message = f"{name}: {text!r} is none of {', '.join(map(str, enum))}. Use one of these."
        _find(findings, "constraint-error", row, name, message, text, tuple(map(str, enum)))
    if pattern and not re.fullmatch(pattern, text):
        _find(
            findings,
            "constraint-error",
            row,
            name,
            f"{name}: {text!r} has not the form {pattern}. Mend it.",
            text,
        )
    if minimum is not None and value < minimum:
        _find(
            findings,
            "constraint-error",
            row,
            name,
            f"{name}: {text} is below {minimum}. Mend it.",
            text,
        )
    return value


def _convert(row: Row, item: Mapping[str, Any], findings: list[Finding]) -> Any:
    name, kind = item["name"], item["type"]
    text = row.get(name)
    if kind in ("number", "integer") and len(text) > NUMBER_CHARS:
        message = (
            f"{name}: {text[:NUMBER_CHARS]}... has over {NUMBER_CHARS} characters. Mend the number."
        )
        _find(findings, "type-error", row, name, message, text)
        return None
    if kind in ("number", "integer"):
        return check_number(row, name, findings, whole=kind == "integer")
    if name.endswith("_edtf"):
        return check_edtf(row, name, findings)
    if kind == "boolean":
        if text not in BOOLEANS:
            _find(
                findings,
                "type-error",
                row,
                name,
                f"{name}: {text!r} is neither true nor false. Write one of them.",
                text,
            )
        return BOOLEANS.get(text)
    if kind == "date":
        return _day(row, name, findings)
    return text


def _day(row: Row, name: str, findings: list[Finding]) -> date | None:
    try:
        if not _DAY.fullmatch(row[name]):
            raise ValueError
        return date.fromisoformat(row[name])
    except ValueError:
        _find(
            findings,
            "type-error",
            row,
            name,
            f"{name}: {row[name]!r} is no day such as 2019-07-08. Mend it.",
            row[name],
        )
        return None


def _find(
    findings: list[Finding],
    kind: str,
    row: Row,
    name: str,
    message: str,
    value: str,
    candidates: tuple[str, ...] = (),
) -> None:
    findings.append(
        Finding(
            kind, f"{message} {STATE}", row.place, field=name, value=value, candidates=candidates
        )
    )
