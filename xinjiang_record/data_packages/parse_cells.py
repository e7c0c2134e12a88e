"""Parse raw cells by the schema of the table they go to.

Every problem is a finding with its line, and nothing is repaired. A field ``x_on`` next to a field
``x_edtf`` is derived: it is filled where the EDTF text is one plain day.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from xinjiang_record import edtf
from xinjiang_record.constraints.bounds import Minimum
from xinjiang_record.constraints.pattern import Pattern
from xinjiang_record.model import Finding, Row

BOOLEANS = {"true": True, "false": False}
NUMBER_CHARS = 18  # characters; a longer number counts nothing here, and fits no 64-bit column
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
Schema = Mapping[str, Any]


def field_names(schema: Schema) -> list[str]:
    """Return the schema's field names, in order."""
    return [item["name"] for item in schema["fields"]]


def is_derived(name: str, names: Iterable[str]) -> bool:
    """Return whether the field is the plain day of an EDTF field next to it."""
    return name.endswith("_on") and f"{name.removesuffix('_on')}_edtf" in names


def raw_columns(schema: Schema, computed: Iterable[str] = ()) -> list[str]:
    """Return the columns of a table's raw file: its fields that are not derived or computed."""
    names = field_names(schema)
    return [name for name in names if not is_derived(name, names) and name not in set(computed)]


def parse_row(
    row: Row, schema: Schema, computed: Iterable[str], findings: list[Finding]
) -> dict[str, Any] | None:
    """Return the row's typed values by field; None, with findings, if any cell is wrong."""
    before, names = len(findings), field_names(schema)
    skipped = set(computed)
    values: dict[str, Any] = {}
    for item in schema["fields"]:
        name = item["name"]
        if name not in skipped and not is_derived(name, names):
            values[name] = _parse_cell(row, item, findings)
    for name in names:
        if is_derived(name, names):
            values[name] = edtf.full_day(values.get(f"{name.removesuffix('_on')}_edtf"))
    return values if len(findings) == before else None


def keep_first(
    rows: Iterable[Row], key: Iterable[str], findings: list[Finding], kind: str = "primary-key"
) -> list[Row]:
    """Return the first row of each key; each later one is a finding that names the first."""
    names = tuple(key)
    first: dict[tuple[str, ...], Row] = {}
    for row in rows:
        values = tuple(row[name] for name in names)
        seen = first.setdefault(values, row)
        if seen is not row:
            shown = ", ".join(
                f"{name} {value!r}" for name, value in zip(names, values, strict=True)
            )
            message = (
                f"{shown} is in line {seen.place.line} already. "
                f"Take this row out, or correct its key."
            )
            findings.append(
                Finding(kind, message, row.place, field=names[0], value=values[0], record=values[0])
            )
    return list(first.values())


@functools.cache
def _constraint(pattern: str) -> Pattern:
    return Pattern(pattern)


def matches(pattern: str, text: str) -> bool:
    """Return whether a text satisfies a ``pattern`` constraint, by the validator's own rule."""
    return not _constraint(pattern).refused_texts({text})


def _parse_cell(row: Row, item: Mapping[str, Any], findings: list[Finding]) -> Any:
    name, text, rules = item["name"], row.get(item["name"]), item.get("constraints", {})
    if not text:
        if rules.get("required"):
            message = f"{name} is empty and must not be. Fill it in."
            _add(findings, "constraint-error", row, name, message)
        return None
    value = _convert(row, item, findings)
    if value is None:
        return None
    enum, pattern, minimum = rules.get("enum"), rules.get("pattern"), rules.get("minimum")
    if enum and value not in enum:
        choices = tuple(map(str, enum))
        message = f"{name}: expected one of {', '.join(choices)}, got {text!r}. Use one of these."
        _add(findings, "constraint-error", row, name, message, choices)
    if pattern and not matches(pattern, text):
        message = f"{name}: expected the form {pattern}, got {text!r}. Correct it."
        _add(findings, "constraint-error", row, name, message)
    if minimum is not None and not Minimum.allows(value, minimum):
        message = f"{name}: expected {minimum} or more, got {text}. Correct it."
        _add(findings, "constraint-error", row, name, message)
    return value


def _convert(row: Row, item: Mapping[str, Any], findings: list[Finding]) -> Any:
    name, kind = item["name"], item["type"]
    text = row.get(name)
    if kind in ("number", "integer") and len(text) > NUMBER_CHARS:
        message = (
            f"{name}: expected at most {NUMBER_CHARS} characters, got {text[:NUMBER_CHARS]}... "
            "Correct the number."
        )
        _add(findings, "type-error", row, name, message)
        return None
    if kind in ("number", "integer"):
        return parse_number(row, name, findings, whole=kind == "integer")
    if name.endswith("_edtf"):
        return parse_edtf(row, name, findings)
    if kind == "boolean":
        if text not in BOOLEANS:
            message = f"{name}: expected true or false, got {text!r}."
            _add(findings, "type-error", row, name, message)
        return BOOLEANS.get(text)
    if kind == "date":
        return parse_day(row, name, findings)
    return text


def parse_edtf(row: Row, name: str, findings: list[Finding]) -> str | None:
    """Return the EDTF text of a cell; None if it is empty, or wrong (then with a finding)."""
    text = row.get(name)
    if not text:
        return None
    try:
        edtf.bounds(text)
    except ValueError as error:
        _add(findings, "type-error", row, name, f"{name}: {error}.")
        return None
    return text


def parse_day(row: Row, name: str, findings: list[Finding]) -> date | None:
    """Return the full day of a cell; None if it is empty, or wrong (then with a finding)."""
    text = row.get(name)
    if not text:
        return None
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        message = f"{name}: expected a full day such as 2019-07-08, got {text!r}. Correct it."
        _add(findings, "type-error", row, name, message)
        return None


def parse_number(
    row: Row, name: str, findings: list[Finding], *, whole: bool = False
) -> float | int | None:
    """Return the number of a cell; None if it is empty, or wrong (then with a finding).

    A number is plain ASCII digits with at most one point.
    """
    text = row.get(name)
    if not text:
        return None
    digits = text.removeprefix("-")
    plain = (
        digits.isascii()
        and digits.replace(".", "", 0 if whole else 1).isdigit()
        and digits[0] != "."
        and digits[-1] != "."
    )
    if plain:
        return int(text) if whole else float(text)
    kind = "a whole number" if whole else "a number"
    message = f"{name}: expected {kind}, got {text!r}. Write plain digits."
    _add(findings, "type-error", row, name, message)
    return None


def _add(
    findings: list[Finding],
    kind: str,
    row: Row,
    name: str,
    message: str,
    candidates: tuple[str, ...] = (),
) -> None:
    findings.append(
        Finding(
            kind,
            message,
            row.place,
            field=name,
            value=row.get(name),
            candidates=candidates,
        )
    )
