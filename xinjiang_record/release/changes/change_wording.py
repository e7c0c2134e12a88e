"""Describe a change in the words of the subject.

For example: "Qatar withdrew from the letter of 12 July 2019 (source s-0041)".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

import pyarrow as pa

DID = {
    "signed": "signed",
    "joined": "joined",
    "withdrew": "withdrew from",
    "voted_yes": "voted yes in",
    "voted_no": "voted no in",
    "abstained": "abstained in",
}
KINDS = {"letter": "letter", "joint_statement": "joint statement", "vote": "vote"}
NAMED_BY = (
    "title",
    "name",
    "source_title",
    "signatory_name",
    "country_name",
    "value_phrase",
    "as_printed",
)
PLAIN = {"add": "new", "restore": "restored", "retract": "retracted"}


class ChangeWriter:
    """Turn the changes of one record into one sentence.

    ``tables`` are those of the new version; names of changed records are looked up in them.
    """

    def __init__(self, tables: Mapping[str, pa.Table]) -> None:
        """Take the tables of the new version."""
        self._tables = tables

    def __call__(self, changes: Sequence[Mapping[str, Any]]) -> str:
        """Return the sentence for the changes of one record."""
        first = changes[0]
        if first["op"] == "change":
            return f"{self._named(first)}: {'; '.join(map(_field, changes))}{_because(changes)}"
        cells = {row["field"]: row["new"] or row["old"] for row in changes}
        if first["table"] == "signature_events" and cells.get("event_type") in DID:
            return self._event(first["op"], cells) + _because(changes)
        name = next((cells[key] for key in NAMED_BY if cells.get(key)), "")
        named = f": {name}" if name else ""
        what = f"`{first['table']}` {first['record']} {PLAIN[first['op']]}"
        return f"{what}{named}{_because(changes)}"

    def _event(self, op: str, cells: Mapping[str, str]) -> str:
        who = cells.get("signatory_name") or cells.get("country_iso3") or "A signatory"
        said = f"{who} {DID[cells['event_type']]} {self._statement(cells.get('statement_id', ''))}"
        return {
            "add": said,
            "restore": f"Recorded again: {said}",
            "retract": f"No longer recorded: {said}",
        }[op]

    def _statement(self, statement_id: str) -> str:
        return self._statements.get(statement_id, f"the statement {statement_id}")

    @cached_property
    def _statements(self) -> dict[str, str]:
        table = self._tables.get("statements")
        needed = {"statement_id", "statement_type", "delivered_on", "delivered_edtf"}
        if table is None or not needed <= set(table.column_names):
            return {}
        return {row["statement_id"]: _called(row) for row in table.to_pylist()}

    def _named(self, change: Mapping[str, Any]) -> str:
        if change["table"] == "statements" and change["record"] in self._statements:
            said = self._statements[change["record"]]
            return said[0].upper() + said[1:]
        return f"`{change['table']}` {change['record']}"


def _called(statement: Mapping[str, Any]) -> str:
    kind = KINDS.get(statement["statement_type"], "statement")
    return f"the {kind} of {format_day(statement['delivered_on']) or statement['delivered_edtf']}"


def format_day(day: date | None) -> str:
    """Return a day as people write it, in English whatever the locale; an empty text for None."""
    months = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ]
    return f"{day.day} {months[day.month - 1]} {day.year}" if day else ""


def _field(change: Mapping[str, Any]) -> str:
    old, new = change["old"], change["new"]
    if not old:
        return f"{change['field']} is now {_short(new)}"
    if not new:
        return f"{change['field']} is now empty (was {_short(old)})"
    return f"{change['field']} is now {_short(new)} (was {_short(old)})"


def _short(value: str) -> str:
    value = " ".join(value.split())
    return value if len(value) <= 120 else value[:117] + "..."


def _because(changes: Sequence[Mapping[str, Any]]) -> str:
    reasons = sorted(
        {
            row["reason"].replace("_", " ")
            for row in changes
            if row["reason"] and row["op"] == "change"
        }
    )
    sources = sorted({row["source"] for row in changes if row["source"]})
    notes = [
        *reasons,
        *([f"source{'s' if len(sources) > 1 else ''} {', '.join(sources)}"] if sources else []),
    ]
    return f" ({'; '.join(notes)})" if notes else ""
