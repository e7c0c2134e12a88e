"""A statement's folder for ``raw/``, as a proposal: what was read, in the form that the record's maintainers review.

What the document does not say stays an empty text, so that the checks of the record refuse the folder until a person has
filled it: nothing that was extracted is published unread. Entries that are not sure stand in the list as printed.
"""

from __future__ import annotations

import json
from pathlib import Path

from xinjiang_record import files
from xinjiang_record.errors import UsageError
from xinjiang_record.extract.signatories.find_statements import Signatory, Statement

_FILES = {
    "signed": "signatories.txt",
    "voted_yes": "voted_yes.txt",
    "voted_no": "voted_no.txt",
    "abstained": "abstained.txt",
}
_SAFE = "abcdefghijklmnopqrstuvwxyz0123456789-"


def write_proposal(
    raw: Path, statement_id: str, statement: Statement, *, title: str, source_id: str = ""
) -> list[Path]:
    """Write ``raw/joint-statements/<statement_id>/``; returns the files. Raises UsageError if the folder is there already.

    ``statement_id`` is ``<date>-<forum>-<side>`` in small letters, digits and hyphens, as everywhere in ``raw/``.
    """
    if not statement_id or set(statement_id) - set(_SAFE) or statement_id.startswith("-"):
        raise UsageError(
            f"{statement_id!r} is no statement id. Use small letters, digits and hyphens: 2019-07-08-hrc41-critical."
        )
    folder = raw / "joint-statements" / statement_id
    if folder.exists():
        raise UsageError(
            f"{folder} is there already, and nothing in it was changed. Move it away, or give another --id."
        )
    texts = {"statement.toml": _toml(statement_id, statement, title, source_id)}
    for event, name in _FILES.items():
        rows = [row for row in statement.signatories if row.event == event]
        if rows:
            texts[name] = "\n".join(_printed(row) for row in rows) + "\n"
    if later := [row for row in statement.signatories if row.event in ("joined", "withdrew")]:
        texts["events.csv"] = _events(later, source_id)
    for name, text in texts.items():
        files.write_text(folder / name, text)
    return [folder / name for name in texts]


def _printed(row: Signatory) -> str:
    """The name on a line of its own; "Korea, Republic of" without the comma that would part it."""
    return row.name.replace(",", "")


def _events(rows: list[Signatory], source_id: str) -> str:
    lines = ["event,date,name_as_printed,source_id,basis,note"]
    return (
        "\n".join([*lines, *(f"{row.event},,{_printed(row)},{source_id},source," for row in rows)])
        + "\n"
    )


def _toml(statement_id: str, statement: Statement, title: str, source_id: str) -> str:
    kind = "vote" if statement.is_vote else "joint_statement"
    facts: dict[str, object] = {
        "statement_id": statement_id, "title": title, "statement_type": kind, "stance": "vote" if statement.is_vote else statement.stance or "",
        "delivered": statement_id[:10] if statement_id[:4].isdigit() else "", "body": "", "session": "", "topics": ["xinjiang"], "declared_count": statement.declared_count,
        "roster_status": "", "sources": [source_id] if source_id else [], "note": "Proposed by xrecord extract; to be reviewed against the source.",
    }  # fmt: skip
    lines = [
        f"{name} = {json.dumps(value, ensure_ascii=False)}"
        for name, value in facts.items()
        if value is not None
    ]
    lead = next((row for row in statement.signatories if row.role == "lead"), None)
    if lead:
        lines += [
            "",
            "[[leads]]",
            f"name = {json.dumps(_printed(lead), ensure_ascii=False)}",
            'role = "delivered"',
        ]
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
