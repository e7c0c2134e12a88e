"""Describe a change in the words of the subject.

For example: "Qatar withdrew from the letter of 12 July 2019 (source s-0041)". The note of a
correction comes first, then the fields, then reason and source with its publisher and address.
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
    "declared_after_vote": "declared its position after",
    "sponsored": "sponsored the draft of",
    "aligned": "aligned itself with",
    "co_sponsored_event": "co-sponsored",
    "spoke": "spoke in",
    "spoke_for_bloc": "spoke for a bloc in",
    "claimed": "is claimed for",
    "derived": "is counted by membership for",
}
KINDS = {
    "letter": "letter",
    "joint_statement": "joint statement",
    "vote": "vote",
    "side_event": "side event",
    "bloc_statement": "statement of a bloc",
    "debate": "debate",
    "readout": "readout",
}
# Tables whose rows have a title that names them, and the fields of its identifier and title.
TITLED = {
    "events": ("event_id", "title"),
    "documents": ("document_id", "title"),
    "figures": ("figure_id", "publication_title"),
    "statements": ("statement_id", "title"),
}
# What a ChangeWriter looks up in the new version.
USED_TABLES = (*TITLED, "sources", "evidence")
MACHINE_NOTE = "Correction ("  # what the note of a correction says for machines comes after this
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
            said = [*self._notes_of(changes), "; ".join(map(_field, _without_days(changes))) + "."]
            return f"{self._named(first)}: {' '.join(said)[:-1]}{self._because(changes)}"
        cells = {row["field"]: row["new"] or row["old"] for row in changes}
        if first["table"] == "signature_events" and cells.get("event_type") in DID:
            return self._event(first["op"], cells) + self._because(changes)
        name = next((cells[key] for key in NAMED_BY if cells.get(key)), "")
        named = f": {name}" if name else ""
        what = f"`{first['table']}` {first['record']} {PLAIN[first['op']]}"
        return f"{what}{named}{self._because(changes)}"

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
        title = _short(self._titles.get(change["record"].split(",")[0], ""))
        return f"`{change['table']}` {change['record']}" + (f" ({title})" if title else "")

    @cached_property
    def _titles(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, (key, title) in TITLED.items():
            table = self._tables.get(name)
            if table is not None and {key, title} <= set(table.column_names):
                columns = (table[column].to_pylist() for column in (key, title))
                found.update(pair for pair in zip(*columns, strict=True) if pair[1])
        return found

    @cached_property
    def _notes(self) -> dict[tuple[str, str, str], str]:
        """Return the notes of the evidence for single fields, by table, record and field."""
        table = self._tables.get("evidence")
        if table is None or "evidence_field" not in table.column_names:
            return {}
        return {
            (row["evidence_resource"], row["record_id"], row["evidence_field"]): row["note"]
            for row in table.to_pylist()
            if row["evidence_field"] and row["note"]
        }

    def _notes_of(self, changes: Sequence[Mapping[str, Any]]) -> list[str]:
        """Return what the evidence says of changes that have a declared reason."""
        found = [
            self._notes.get((row["table"], row["record"].replace(",", "."), row["field"]), "")
            for row in _without_days(changes)
            if row["reason"]
        ]
        notes = [note.partition(MACHINE_NOTE)[0].strip() for note in found]
        return list(dict.fromkeys(note for note in notes if note))

    @cached_property
    def _sources(self) -> dict[str, str]:
        table = self._tables.get("sources")
        if table is None or not {"source_id", "publisher", "url"} <= set(table.column_names):
            return {}
        return {
            row["source_id"]: f"{row['publisher'] or row['source_id']}, {row['url']}"
            for row in table.to_pylist()
        }

    def _because(self, changes: Sequence[Mapping[str, Any]]) -> str:
        """Return reasons and sources; a source of a changed value has publisher and address."""
        changed = changes[0]["op"] == "change"
        reasons = sorted(
            {row["reason"].replace("_", " ") for row in changes if row["reason"] and changed}
        )
        names = sorted({row["source"] for row in changes if row["source"]})
        shown = [
            f"{name}: {self._sources[name]}" if changed and name in self._sources else name
            for name in names
        ]
        plural = "s" if len(names) > 1 else ""
        notes = [*reasons, *([f"source{plural} {'; '.join(shown)}"] if shown else [])]
        return f" ({'; '.join(notes)})" if notes else ""


def _without_days(changes: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the changes without the plain day of an EDTF field that changed as well."""
    names = {row["field"] for row in changes}
    return [
        row
        for row in changes
        if not (
            row["field"].endswith("_on") and f"{row['field'].removesuffix('_on')}_edtf" in names
        )
    ]


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
