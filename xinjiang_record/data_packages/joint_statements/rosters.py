"""What follows from the events: rosters as of a date, signatories, positions. Pure functions; nothing here knows of files.

A date that is an interval counts from its last day: on 2021-06-23 a signature of ``../2021-06-28`` has not certainly been given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from xinjiang_record import edtf
from xinjiang_record.data_packages.joint_statements.read_statement import (
    SIGNING,
    VOTING,
    Event,
    Statement,
)

SIDE_OF_VOTE = {"voted_yes": "critical", "voted_no": "supportive", "abstained": "neither"}
ENTRY = (*SIGNING, *VOTING)


def certain_by(event: Event) -> date:
    """The last day on which the event can have happened: from then on it certainly has."""
    return edtf.bounds(event.date)[1] or date.max


def replay(events: Iterable[Event], as_of: date | None = None) -> set[str]:
    """The signatory ids in the roster at the end of ``as_of`` (of all time if not given)."""
    counted = [event for event in events if as_of is None or certain_by(event) <= as_of]
    entered = {event.signatory_id for event in counted if event.event_type in ENTRY}
    return entered - {event.signatory_id for event in counted if event.event_type == "withdrew"}


def first_count(events: Iterable[Event]) -> int:
    """How many signatories are named as having signed at first, or voted."""
    return len({event.signatory_id for event in events if event.event_type in ("signed", *VOTING)})


def signatories(statement: Statement) -> list[dict[str, Any]]:
    """One row a signatory: how and when it came in, and whether it is still in."""
    current = replay(statement.events)
    leads = {name.key for _, _, name in statement.leads}
    withdrew = {
        event.signatory_id: event.date
        for event in statement.events
        if event.event_type == "withdrew"
    }
    return [
        {
            **identity(event),
            "signed_on": edtf.full_day(event.date),
            "signed_edtf": event.date,
            "entry": event.event_type,
            "withdrew_on": edtf.full_day(withdrew.get(event.signatory_id)),
            "withdrew_edtf": withdrew.get(event.signatory_id),
            "is_current": event.signatory_id in current,
            "is_lead": event.name.key in leads,
        }
        for event in statement.events
        if event.event_type in ENTRY
    ]


def identity(event: Event) -> dict[str, Any]:
    """The fields that say who acted on what."""
    return {
        "signatory_id": event.signatory_id,
        "statement_id": event.statement_id,
        "country_iso3": event.name.iso3,
        "signatory_name": event.name.english,
    }


def positions(statements: Sequence[Statement]) -> list[dict[str, Any]]:
    """One row a state and statement about Xinjiang, in the order of forum dates, with the side before it."""
    stood: dict[str, list[tuple[Statement, str, bool]]] = defaultdict(list)
    for statement in sorted(
        statements, key=lambda item: (edtf.sort_key(item.facts["delivered"]), item.statement_id)
    ):
        if "xinjiang" not in statement.facts["topics"]:
            continue
        current = replay(statement.events)
        for event in statement.events:
            if event.event_type in ENTRY and event.name.iso3:
                side = SIDE_OF_VOTE.get(event.event_type) or statement.facts["stance"]
                stood[event.name.iso3].append((statement, side, event.signatory_id not in current))
    return [row for iso3 in sorted(stood) for row in _positions_of(iso3, stood[iso3])]


def _positions_of(iso3: str, stood: Sequence[tuple[Statement, str, bool]]) -> list[dict[str, Any]]:
    sides = {side for _, side, withdrawn in stood if not withdrawn and side != "neither"}
    rows, previous = [], None
    for statement, side, withdrawn in stood:
        rows.append(
            {
                "country_iso3": iso3,
                "statement_id": statement.statement_id,
                "delivered_on": edtf.full_day(statement.facts["delivered"]),
                "delivered_edtf": statement.facts["delivered"],
                "side": side,
                "is_withdrawn": withdrawn,
                "previous_side": previous,
                "has_changed_sides": len(sides) > 1,
            }
        )
        if not withdrawn and side != "neither":
            previous = side
    return rows
