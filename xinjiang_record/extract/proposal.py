"""Write a statement's folder for ``raw/``, as a proposal for the record's maintainers to review.

What the document does not say stays an empty text, so that the checks of the record refuse the
folder until a person has filled it. Names that are not sure stand in the lists as printed. States
without an event are in no list: they are named in ``note``.
"""

from __future__ import annotations

import json
from pathlib import Path

from xinjiang_record import files
from xinjiang_record.errors import UsageError
from xinjiang_record.extract.signatories.statement_model import Signatory, Statement

_FILES = {
    "signed": "signatories.txt",
    "aligned": "aligned.txt",
    "sponsored": "sponsors.txt",
    "voted_yes": "voted_yes.txt",
    "voted_no": "voted_no.txt",
    "abstained": "abstained.txt",
}
_LATER = ("joined", "withdrew")
_SAFE = "abcdefghijklmnopqrstuvwxyz0123456789-"


def write_proposal(
    raw: Path, statement_id: str, statement: Statement, *, title: str, source_id: str = ""
) -> list[Path]:
    """Write ``raw/joint-statements/<statement_id>/`` and return its files.

    Args:
        raw: the ``raw/`` folder.
        statement_id: ``<date>-<forum>-<side>`` in small letters, digits and hyphens.
        statement: what was read.
        title: the title of the document.
        source_id: the source in ``raw/sources.csv``, or an empty text.

    Raises:
        UsageError: an invalid id, or a folder that exists.
    """
    if not statement_id or set(statement_id) - set(_SAFE) or statement_id.startswith("-"):
        raise UsageError(
            "Invalid statement id: expected small letters, digits and hyphens, such as"
            f" 2019-07-08-hrc41-critical, got {statement_id!r}."
        )
    folder = raw / "joint-statements" / statement_id
    if folder.exists():
        raise UsageError(
            f"The folder exists: {folder}. Nothing in it was changed. Move it away, or give"
            " another --id."
        )
    texts = {"statement.toml": _toml(statement_id, statement, title, source_id)}
    for event, name in _FILES.items():
        rows = [row for row in statement.signatories if row.event == event]
        if rows:
            texts[name] = "\n".join(_printed(row) for row in rows) + "\n"
    if later := [row for row in statement.signatories if row.event in _LATER]:
        texts["events.csv"] = _events(later, source_id)
    for name, text in texts.items():
        files.write_text(folder / name, text)
    return [folder / name for name in texts]


def _printed(row: Signatory) -> str:
    """Return the name for a line of its own, without the comma of "Korea, Republic of"."""
    return row.name.replace(",", "")


def _events(rows: list[Signatory], source_id: str) -> str:
    lines = ["event,date,name_as_printed,source_id,basis,note"]
    lines += [f"{row.event},{row.date},{_printed(row)},{source_id},source," for row in rows]
    return "\n".join(lines) + "\n"


def _note(statement: Statement) -> str:
    note = "Proposed by xrecord extract; to be reviewed against the source."
    open_rows = [row.name for row in statement.signatories if row.event is None]
    if open_rows:
        note += f" Listed without a label that was understood: {', '.join(open_rows)}."
    return note


def _toml(statement_id: str, statement: Statement, title: str, source_id: str) -> str:
    kind = "vote" if statement.is_vote else "joint_statement"
    facts: dict[str, object] = {
        "statement_id": statement_id,
        "title": title,
        "statement_type": kind,
        "stance": "vote" if statement.is_vote else "",
        "delivered": statement_id[:10] if statement_id[:4].isdigit() else "",
        "body": "",
        "session": "",
        "topics": [],
        "declared_count": statement.declared_count,
        "roster_status": "",
        "sources": [source_id] if source_id else [],
        "note": _note(statement),
    }
    lines = [
        f"{name} = {json.dumps(value, ensure_ascii=False)}"
        for name, value in facts.items()
        if value is not None
    ]
    if statement.lead_iso3 and statement.lead_name:
        name = json.dumps(statement.lead_name.replace(",", ""), ensure_ascii=False)
        lines += ["", "[[leads]]", f"name = {name}", 'role = "delivered"']
    for event, name in _FILES.items():
        if any(row.event == event for row in statement.signatories):
            lines += [
                "",
                "[[lists]]",
                f'file = "{name}"',
                f'event = "{event}"',
                f'date = "{facts["delivered"]}"',
                f'source_id = "{source_id}"',
            ]
    return "\n".join(lines) + "\n"
