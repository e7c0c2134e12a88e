"""Rebuild a version's rows from another version's rows and the changes between them.

Tests rebuild every version this way, which shows that the published changes are complete.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from xinjiang_record.errors import VerifyError
from xinjiang_record.release.tables.csv_text import format_csv_line
from xinjiang_record.release.tables.row_order import sort_table
from xinjiang_record.schema.cell_text import to_text
from xinjiang_record.schema.load import ARROW_TYPES, arrow_schema

Cells = dict[str, str]
BACK = {"add": "retract", "restore": "retract", "retract": "add", "change": "change"}


def apply_changes(
    table: pa.Table | None,
    changes: Iterable[Mapping[str, str]],
    schema: Mapping[str, Any],
    name: str,
) -> pa.Table:
    """Return the table after the changes, under the new version's schema.

    ``table`` is None where the old version had no such table.

    Raises:
        VerifyError: A change does not fit: its record is absent, or its old value is another.
    """
    key = list(schema["primaryKey"])
    rows = _as_text(table, key) if table is not None and set(key) <= set(table.column_names) else {}
    for change in sorted(
        changes, key=lambda item: item["op"] != "retract"
    ):  # what goes, goes first
        _apply(rows, change, key)
    fields = [item["name"] for item in schema["fields"]]
    columns = {
        field: pa.array([row.get(field) or None for row in rows.values()], pa.string())
        for field in fields
    }
    typed = {item["name"]: _typed(columns[item["name"]], item["type"]) for item in schema["fields"]}
    return sort_table(pa.table(typed, schema=arrow_schema(schema)), schema, name)


def reverse_changes(changes: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """Return the changes that undo these."""
    return [
        {**item, "op": BACK[item["op"]], "old": item["new"], "new": item["old"]} for item in changes
    ]


def _as_text(table: pa.Table, key: Sequence[str]) -> dict[str, Cells]:
    text = {field: to_text(_one(table[field])).to_pylist() for field in table.column_names}
    rows = [dict(zip(text, cells, strict=True)) for cells in zip(*text.values(), strict=True)]
    return {
        _name([row[field] or "" for field in key]): {k: v for k, v in row.items() if v is not None}
        for row in rows
    }


def _apply(rows: dict[str, Cells], change: Mapping[str, str], key: Sequence[str]) -> None:
    record, field = change["record"], change["field"]
    if change["op"] in ("add", "restore"):
        rows.setdefault(record, {})[field] = change["new"]
        return
    row = rows.get(record)
    if row is None or row.get(field, "") != change["old"]:
        raise VerifyError(
            f"{change['table']} {record}: {field} before the change: expected {change['old']!r}. "
            "The changes do not fit."
        )
    if change["new"]:
        row[field] = change["new"]
    else:
        del row[field]
    if not row:
        del rows[record]


def _name(cells: Sequence[str]) -> str:
    return cells[0] if len(cells) == 1 else format_csv_line(cells)


def _typed(column: pa.Array, kind: str) -> pa.Array:
    if kind == "boolean":
        return pc.equal(column, "true")
    if kind == "datetime":
        return (
            pc.replace_substring(column, "Z", "").cast(pa.timestamp("us")).cast(ARROW_TYPES[kind])
        )
    return column.cast(ARROW_TYPES[kind])


def _one(column: pa.ChunkedArray) -> pa.Array:
    merged = column.combine_chunks()
    return merged if isinstance(merged, pa.Array) else merged.chunk(0)
