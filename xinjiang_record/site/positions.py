"""Who stood where, when: rosters and sides as of a day, replayed from the events' own dates.

A side is a camp of statements on China's policy in Xinjiang: ``critical`` or ``supportive``. A state that is on no list is not
thereby on neither side: several rosters are known only in part.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from xinjiang_record import rosters
from xinjiang_record.errors import UsageError
from xinjiang_record.site.release_data import Record, delivered, last_day

SIDES = rosters.SIDES
VOTE_SIDES = {kind: rosters.side_of(kind, "vote") for kind in rosters.VOTE_KINDS}


@dataclass(frozen=True, slots=True)
class Span:
    """One signature or vote: who, on which statement and side, from when, and until when (None: it stands)."""

    code: str | None
    name: str
    statement_id: str
    side: str
    entry: str
    start: date
    end: date | None

    def stands(self, day: date) -> bool:
        return rosters.is_standing(self.start, self.end, day)


def spans(record: Record) -> list[Span]:
    """Every signature and vote of the record, in order of the statements."""
    return [
        span for statement_id in record.statements for span in statement_spans(record, statement_id)
    ]


def statement_spans(record: Record, statement_id: str) -> list[Span]:
    """The signatures or votes of one statement, by name. Raises UsageError for an unknown statement."""
    statement = record.statements.get(statement_id)
    if statement is None:
        raise UsageError(
            f"No statement {statement_id!r}. There are: {', '.join(record.statements)}."
        )
    return [_span(row, statement) for row in record.signatories.get(statement_id, [])]


def _span(row: Mapping[str, Any], statement: Mapping[str, Any]) -> Span:
    start = last_day(row, "signed") or delivered(statement)
    kind = row.get("position_kind") or row["entry"]  # "entry" in releases before 2.0.0
    side = rosters.side_of(kind, statement["stance"], statement.get("draft_stance"))
    left = last_day(row, "withdrew") if row.get("withdrew_edtf") or row.get("withdrew_on") else None
    return Span(
        row["country_iso3"],
        row["signatory_name"],
        row["statement_id"],
        side,
        kind,
        start,
        left,
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """A state as of a day: its side, the statement that side rests on, the other side if it stood there before, what it left."""

    code: str
    name: str
    side: str
    statement_id: str
    earlier: str | None
    left: str | None


def standings(record: Record, day: date) -> dict[str, Standing]:
    """The side of every state that stood on one by ``day``: that of the last statement it was then a signatory of.

    Statements on other subjects than Xinjiang do not count, nor do abstentions. A state all of whose signatures were withdrawn
    has the side ``withdrew``.
    """
    order = {name: number for number, name in enumerate(record.statements)}
    about = [
        s
        for s in spans(record)
        if s.code and "xinjiang" in record.topics.get(s.statement_id, ["xinjiang"])
    ]
    found: dict[str, list[Span]] = {}
    for span in about:
        if span.start <= day and span.side in SIDES:
            found.setdefault(span.code or "", []).append(span)
    return {code: _standing(items, day, order) for code, items in sorted(found.items())}


def _standing(items: list[Span], day: date, order: Mapping[str, int]) -> Standing:
    items = sorted(items, key=lambda span: (order[span.statement_id], span.start))
    standing = [span for span in items if span.stands(day)]
    left = [span.statement_id for span in items if not span.stands(day)]
    last = standing[-1] if standing else items[-1]
    side = last.side if standing else "withdrew"
    earlier = next((span.side for span in reversed(standing[:-1]) if span.side != last.side), None)
    return Standing(
        last.code or "", last.name, side, last.statement_id, earlier, left[-1] if left else None
    )


def count(items: Iterable[Span], day: date | None = None) -> dict[str, int]:
    """How many stand on each side, all events replayed, or as of a day."""
    totals: dict[str, int] = {}
    for span in items:
        if span.stands(day or date.max):
            totals[span.side] = totals.get(span.side, 0) + 1
    return totals


def counterparts(record: Record, statement_id: str) -> list[str]:
    """The statements of the other camp made within 45 days of this one, nearest first: what readers set beside it."""
    own = record.statements[statement_id]
    if own["stance"] == "vote":
        return []
    near = [
        (abs((delivered(row) - delivered(own)).days), name)
        for name, row in record.statements.items()
        if row["stance"] not in {own["stance"], "vote"}
        and set(_topics(record, name)) & set(_topics(record, statement_id))
    ]
    return [name for days, name in sorted(near) if days <= 45]


def previous(record: Record, statement_id: str) -> str | None:
    """The same camp's statement before this one that has a roster and a subject in common, or None."""
    own = record.statements[statement_id]
    earlier = None
    for name, row in record.statements.items():
        if name == statement_id:
            return earlier
        same = row["stance"] == own["stance"] != "vote" and row["roster_status"] != "none"
        if same and set(_topics(record, name)) & set(_topics(record, statement_id)):
            earlier = name
    return None


def _topics(record: Record, statement_id: str) -> list[str]:
    return record.topics.get(statement_id, ["xinjiang"])
