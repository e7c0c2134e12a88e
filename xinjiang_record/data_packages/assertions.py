"""Check assertions: ranges that a package's tables are expected to lie in.

They are in ``schemas/<package>/assertions.toml``:

    [[assertions]]
    table = "statements"
    rows = { min = 30, max = 60 }                   # how many rows

    [[assertions]]
    table = "statements"
    field = "document_symbol"
    filled = { min = 0.2, max = 1.0 }               # the share of rows with a value in the field

    [[assertions]]
    table = "statements"
    field = "delivered_on"
    span = { min = 2018-01-01, max = 2026-12-31 }   # every date is in it

Below the minimum something was lost: an error, and the package is not published. Above the maximum
the record grew past what its maintainers expected: a warning, to look at it and raise the range.
Ranges, not exact counts, so that a new row raises no false alarm.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from xinjiang_record.errors import SchemaError
from xinjiang_record.model import Finding, Place
from xinjiang_record.schema.check_toml import Shape, read_toml

MEASURES = ("rows", "filled", "span")
ENTRY = Shape(
    {"table": str},
    {
        "field": str,
        "rows": Shape(optional={"min": int, "max": int}),
        "filled": Shape(optional={"min": float, "max": float}),
        "span": Shape(optional={"min": date, "max": date}),
    },
)
SHAPE = Shape(optional={"assertions": [ENTRY]})


@dataclass(frozen=True, slots=True)
class Assertion:
    """Hold one range of a measure of a table or field; either end may be open."""

    table: str
    field: str
    measure: str
    minimum: Any
    maximum: Any
    path: str


def read_assertions(path: Path) -> tuple[Assertion, ...]:
    """Return the assertions of a package; none where the file is absent.

    Raises:
        SchemaError: An assertion is broken.
    """
    entries = read_toml(path, SHAPE, SchemaError).get("assertions", [])
    return tuple(
        item for number, entry in enumerate(entries, 1) for item in _read(entry, path, number)
    )


def _read(entry: Mapping[str, Any], path: Path, number: int) -> Iterator[Assertion]:
    unknown = sorted(set(entry) - {"table", "field", *MEASURES})
    measures = [name for name in MEASURES if name in entry]
    if unknown or "table" not in entry or not measures:
        what = (
            f"has the unknown key {', '.join(unknown)}"
            if unknown
            else f"needs table and one of {', '.join(MEASURES)}"
        )
        raise SchemaError(f"{path}: assertion {number} {what}.")
    for name in measures:
        if name != "rows" and "field" not in entry:
            raise SchemaError(f"{path}: assertion {number}: {name} needs a field.")
        limits = entry[name]
        yield Assertion(
            entry["table"],
            entry.get("field", ""),
            name,
            limits.get("min"),
            limits.get("max"),
            f"{path.parent.name}/{path.name}",
        )


def check_assertions(
    tables: Mapping[str, pa.Table], assertions: Sequence[Assertion]
) -> tuple[tuple[dict[str, Any], ...], tuple[Finding, ...]]:
    """Return each assertion with what was seen, for the quality report, and the findings.

    Below a minimum is an error, above a maximum a warning.
    """
    rows, findings = [], []
    for item in assertions:
        low, high = _measure(tables, item)
        status = (
            "failed"
            if _below(low, item.minimum)
            else "warned"
            if _above(high, item.maximum)
            else "passed"
        )
        seen = low if low == high else [_plain(low), _plain(high)]
        rows.append(
            {
                "table": item.table,
                "field": item.field,
                "measure": item.measure,
                "minimum": _plain(item.minimum),
                "maximum": _plain(item.maximum),
                "seen": _plain(seen),
                "status": status,
            }
        )
        if status != "passed":
            findings.append(_finding(item, low if status == "failed" else high, status))
    return tuple(rows), tuple(findings)


def _measure(tables: Mapping[str, pa.Table], item: Assertion) -> tuple[Any, Any]:
    """Return the lowest and the highest value that the assertion is about."""
    table = tables.get(item.table)
    if table is None or (item.field and item.field not in table.column_names):
        known = ", ".join(tables if table is None else table.column_names)
        raise SchemaError(
            f"{item.path}: there is no {item.table}{'.' + item.field if item.field else ''}. "
            f"There are: {known}."
        )
    if item.measure == "rows":
        return table.num_rows, table.num_rows
    column = table[item.field]
    if item.measure == "filled":
        share = (len(column) - column.null_count) / len(column) if len(column) else 0.0
        return round(share, 4), round(share, 4)
    ends = pc.min_max(column).as_py()
    return ends["min"], ends["max"]


def _below(value: Any, minimum: Any) -> bool:
    return minimum is not None and (value is None or value < minimum)


def _above(value: Any, maximum: Any) -> bool:
    return maximum is not None and value is not None and value > maximum


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _finding(item: Assertion, value: object, status: str) -> Finding:
    what = {"rows": "row count", "filled": "share of filled cells", "span": "date"}[item.measure]
    where = f"{item.table}.{item.field}" if item.field else item.table
    low = status == "failed"
    message = (
        f"{where}: the {what} is {_plain(value)}, {'below' if low else 'above'} the asserted "
        f"{_plain(item.minimum if low else item.maximum)}. "
        + (
            "Find what was lost, or lower the range with a reason."
            if low
            else "Look at what grew, then raise the range."
        )
    )
    return Finding(
        "assertion",
        message,
        Place(item.path),
        resource=item.table,
        field=item.field,
        value=str(_plain(value)),
        severity="error" if low else "warning",
    )
