"""Write rows as JSON: an array of objects with typed values, a row a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime

JsonValue = str | int | float | bool | None


def json_value(value: object) -> JsonValue:
    """Return a value of a table as JSON has it: dates as ISO texts, times in UTC with ``Z``."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat() + "Z"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def json_row(row: Mapping[str, object], fields: Iterable[str]) -> dict[str, JsonValue]:
    """Return the fields of a row, each there, also where it is null."""
    return {name: json_value(row[name]) for name in fields}


def write_rows(rows: Iterable[Mapping[str, object]], fields: Iterable[str]) -> bytes:
    """Return the rows as the bytes of a JSON file."""
    names = list(fields)
    lines = (
        json.dumps(json_row(row, names), ensure_ascii=False, separators=(",", ":")) for row in rows
    )
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode()


def write_json(value: object) -> bytes:
    """Return any JSON value as the bytes of a file for people and programs."""
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
