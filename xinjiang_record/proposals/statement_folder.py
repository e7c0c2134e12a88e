"""Write a decided statement as its folder below raw/joint-statements/.

Names are written as printed, one a line. A name whose reading is not certain by itself gets a
``[[corrections]]`` entry with its reason. What is not known stays an empty text, so that the checks
of the record refuse the folder until a person has filled it.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from xinjiang_record import files, settings
from xinjiang_record.data_packages.joint_statements.read_names import (
    BODIES,
    Name,
    resolve_name,
)
from xinjiang_record.errors import UsageError
from xinjiang_record.proposals.draft import DraftRow, DraftStatement
from xinjiang_record.reconcile.iso3166 import english_name

LIST_FILES = {
    "signed": "signatories.txt",
    "aligned": "aligned.txt",
    "sponsored": "sponsors.txt",
    "voted_yes": "voted_yes.txt",
    "voted_no": "voted_no.txt",
    "abstained": "abstained.txt",
    "co_sponsored_event": "hosts.txt",
    "spoke": "speakers.txt",
}
# Kinds of position that happen later than the text, each on its own day.
LATER = ("joined", "withdrew")
TEXTS = ("title", "statement_type", "stance", "delivered", "body", "session")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def write_statement(raw: Path, statement: DraftStatement, source_id: str) -> list[Path]:
    """Write ``raw/joint-statements/<statement_id>/`` and return its files.

    Raises:
        UsageError: The id is invalid, or the folder exists. Nothing is written then.
    """
    if not _ID.fullmatch(statement.statement_id):
        raise UsageError(
            "Invalid statement id: expected small letters, digits and hyphens, such as "
            f"2019-07-08-hrc41-critical, got {statement.statement_id!r}. Give --id."
        )
    folder = raw / "joint-statements" / statement.statement_id
    if folder.exists():
        raise UsageError(
            f"{folder} exists. Nothing in it was changed. Move it away, or give another --id."
        )
    rows = [row for row in statement.rows if row.keep and row.event]
    texts = {"statement.toml": _toml(statement, rows, source_id)}
    for event, name in LIST_FILES.items():
        listed = [row for row in rows if row.event == event and not _is_later(row)]
        if listed:
            texts[name] = "".join(f"{printed(row)}\n" for row in listed)
    later = [row for row in rows if _is_later(row)]
    if later:
        texts["events.csv"] = _events(later, statement, source_id)
    for name, text in texts.items():
        files.write_text(folder / name, text)
    return [folder / name for name in texts]


def _is_later(row: DraftRow) -> bool:
    return row.event in LATER or bool(row.date) or row.event not in LIST_FILES


def printed(row: DraftRow) -> str:
    """Return a name for a line of its own, without the comma of "Korea, Republic of"."""
    return " ".join(row.name.replace(",", " ").split())


def _events(rows: Sequence[DraftRow], statement: DraftStatement, source_id: str) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["event", "date", "name_as_printed", "source_id", "basis", "note"])
    for row in rows:
        date = row.date or str(statement.facts.get("delivered", ""))
        writer.writerow([row.event, date, printed(row), source_id, "source", ""])
    return text.getvalue()


def list_corrections(rows: Sequence[DraftRow]) -> list[tuple[str, str, str]]:
    """Return (as printed, read as, reason) for each name that its line alone does not settle."""
    found: dict[str, tuple[str, str, str]] = {}
    for row in rows:
        code, name = row.read_as or row.iso3, printed(row)
        if not code or name in BODIES:
            continue
        alone = resolve_name(name, None)
        if isinstance(alone, Name) and alone.iso3 == code:
            continue
        reason = (
            row.reason or f"Printed {row.name!r}; the document and its list settle the reading."
        )
        found[name] = (name, english_name(code), reason)
    return sorted(found.values())


def _toml(statement: DraftStatement, rows: Sequence[DraftRow], source_id: str) -> str:
    known = statement.facts
    facts: dict[str, Any] = {"statement_id": statement.statement_id}
    facts |= {name: known.get(name, "") for name in TEXTS}
    facts |= {
        name: known[name]
        for name in ("draft_stance", "document_symbol", "declared_count")
        if known.get(name)
    }
    facts["topics"] = known.get("topics", [])
    facts["roster_status"] = known.get("roster_status", "")
    facts["sources"] = [source_id] if source_id else []
    facts["note"] = known.get("note", "") or _note(statement)
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in facts.items()]
    lines.append(f"recorded_on = {settings.now().date().isoformat()}")
    if statement.lead:
        lines += _entry("leads", {"name": statement.lead.replace(",", ""), "role": "delivered"})
    for event, name in LIST_FILES.items():
        if any(row.event == event and not _is_later(row) for row in rows):
            listed = {"file": name, "event": event, "date": facts["delivered"]}
            lines += _entry("lists", {**listed, "source_id": source_id})
    for as_printed, read_as, reason in list_corrections(rows):
        cells = {"as_printed": as_printed, "read_as": read_as, "reason": reason}
        lines += _entry("corrections", cells)
    return "\n".join(lines) + "\n"


def _entry(table: str, cells: dict[str, str]) -> list[str]:
    values = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in cells.items()]
    return ["", f"[[{table}]]", *values]


def _note(statement: DraftStatement) -> str:
    parts = ["Entered with xrecord add; names as printed at the source."]
    left = [row.name for row in statement.rows if row.keep and not row.event]
    if left:
        parts.append(f"Listed without a label that was understood: {', '.join(left)}.")
    dropped = [row.name for row in statement.rows if not row.keep]
    if dropped:
        parts.append(f"In the list and not taken as states: {', '.join(dropped)}.")
    return " ".join(parts)
