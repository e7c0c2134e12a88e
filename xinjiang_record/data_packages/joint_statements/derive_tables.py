"""Derive the tables of joint-statements from the events: rosters, positions, counts and coverage.

Pure functions of statements that were read. Which kinds are on a roster and which count as a side
is decided in ``xinjiang_record.rosters``, for both camps alike.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from xinjiang_record import edtf, rosters
from xinjiang_record.data_packages.joint_statements.read_statement import Event, Statement

# What is counted -> the kinds of event that a claim about it is compared with.
COUNTED_KINDS = {
    "signatories": rosters.SIGNING_KINDS,
    "votes": rosters.VOTE_KINDS,
    "sponsors": ("sponsored",),
    "organisers": ("co_sponsored_event",),
    "speakers": ("spoke",),
}
COUNTS_OF_TYPE = {
    "vote": "votes",
    "side_event": "organisers",
    "bloc_statement": "aligned",
    "debate": "speakers",
    "readout": "claimed",
}
# Only these are compared number by number, and only an exact claim: elsewhere a difference says
# nothing about states that nobody can name.
COMPARED = ("signatories", "votes")
UNNAMED = ("none", "unnamed")  # residual kinds whose residual is a number of unnamed states
CLAIM_COUNTS = ("yes_count", "no_count", "abstain_count")


def withdrawals(events: Iterable[Event]) -> dict[str, str]:
    """Return the date of withdrawal by signatory."""
    return {event.signatory_id: event.date for event in events if event.event_type == "withdrew"}


def roster(events: Sequence[Event], kinds: Iterable[str], as_of: date | None = None) -> set[str]:
    """Return the signatory ids in the roster at the end of ``as_of`` (of all time, if None)."""
    left = withdrawals(events)
    return {
        event.signatory_id
        for event in events
        if event.event_type in kinds
        and rosters.is_on_roster(event.date, left.get(event.signatory_id), as_of)
    }


def roster_kinds(statement: Statement) -> tuple[str, ...]:
    """Return the kinds of event that make up the statement's list."""
    return rosters.ROSTER_KINDS[statement.facts["statement_type"]]


def first_count(statement: Statement) -> int:
    """Return how many are named on the list at first; later joiners are not among them."""
    kinds = set(roster_kinds(statement)) - {"joined"}
    return len({event.signatory_id for event in statement.events if event.event_type in kinds})


def identity(event: Event) -> dict[str, Any]:
    """Return the fields that say who acted on what."""
    return {
        "signatory_id": event.signatory_id,
        "statement_id": event.statement_id,
        "country_iso3": event.name.iso3,
        "signatory_name": event.name.english,
    }


def is_counted(statement: Statement, event: Event) -> bool:
    """Return whether an event gives a state a side in the table ``positions``."""
    return (
        event.event_type in rosters.SIDE_KINDS
        and event.name.iso3 is not None
        and rosters.XINJIANG in statement.facts["topics"]
    )


def event_rows(statement: Statement) -> list[dict[str, Any]]:
    """Return the rows of ``signature_events``."""
    leads = {name.key for _, _, name in statement.leads}
    return [
        {
            **identity(event),
            "event_id": event.event_id,
            "event_type": event.event_type,
            "side": event.side,
            "is_counted": is_counted(statement, event),
            "event_on": edtf.full_day(event.date),
            "event_edtf": event.date,
            "event_by_on": _known_by(event.date),
            "is_lead": event.name.key in leads,
            "name_as_printed": event.printed,
            "source_id": event.source_id,
            "note": event.note or None,
        }
        for event in statement.events
    ]


def signatory_rows(statement: Statement) -> list[dict[str, Any]]:
    """Return one row a signatory: how and when it came in, and whether it is still in."""
    left = withdrawals(statement.events)
    leads = {name.key for _, _, name in statement.leads}
    return [
        {
            **identity(event),
            "signed_on": edtf.full_day(event.date),
            "signed_edtf": event.date,
            "position_kind": event.event_type,
            "side": event.side,
            "withdrew_on": edtf.full_day(left.get(event.signatory_id)),
            "withdrew_edtf": left.get(event.signatory_id),
            "is_current": rosters.is_on_roster(event.date, left.get(event.signatory_id)),
            "is_lead": event.name.key in leads,
        }
        for event in statement.events
        if event.event_type in rosters.ENTRY_KINDS
    ]


def position_rows(statements: Sequence[Statement]) -> list[dict[str, Any]]:
    """Return one row a state, text on Xinjiang and position kind, in the order of the days."""
    taken: dict[str, list[tuple[Statement, Event]]] = defaultdict(list)
    for statement in statements:
        for event in statement.events:
            if is_counted(statement, event):
                taken[event.name.iso3 or ""].append((statement, event))
    return [row for iso3 in sorted(taken) for row in _positions_of(iso3, taken[iso3])]


def _positions_of(iso3: str, taken: list[tuple[Statement, Event]]) -> Iterator[dict[str, Any]]:
    """Yield the positions of one state.

    A text's own day orders a signature, as it does the statements; a state that joined later is
    ordered with that text. Other kinds have a day of their own.
    """
    taken = sorted(taken, key=lambda item: (_day(*item), item[1].statement_id, item[1].event_type))
    left = {
        event.event_id: withdrawals(statement.events).get(event.signatory_id)
        if event.event_type in rosters.ENTRY_KINDS
        else None
        for statement, event in taken
    }
    kept = [event for _, event in taken if not left[event.event_id]]
    has_changed = rosters.has_changed_sides(event.side for event in kept)
    named = max((event.date for _, event in taken), key=edtf.sort_key)
    previous = None
    for number, (statement, event) in enumerate(taken, 1):
        gone = left[event.event_id]
        yield {
            "country_iso3": iso3,
            "statement_id": event.statement_id,
            "position_kind": event.event_type,
            "position_number": number,
            "position_on": edtf.full_day(event.date),
            "position_edtf": event.date,
            "position_by_on": _known_by(event.date),
            "delivered_on": edtf.full_day(statement.facts["delivered"]),
            "delivered_edtf": statement.facts["delivered"],
            "side": event.side,
            "is_withdrawn": gone is not None,
            "left_by_on": _known_by(gone),
            "previous_side": previous,
            "has_changed_sides": has_changed,
            "last_named_on": edtf.full_day(named),
            "last_named_edtf": named,
        }
        if gone is None and event.side in rosters.SIDES:
            previous = event.side


def _known_by(text: str | None) -> date | None:
    """Return the day by which an EDTF date has certainly come; None for an open one, or none."""
    day = rosters.certain_by(text)
    return None if day == date.max else day


def _day(statement: Statement, event: Event) -> tuple[date, date]:
    signed = event.event_type in rosters.ENTRY_KINDS
    return edtf.sort_key(statement.facts["delivered"] if signed else event.date)


def statement_row(statement: Statement) -> dict[str, Any]:
    """Return the row of ``statements``, with the counts of its list."""
    facts = statement.facts
    declared, named = facts.get("declared_count"), first_count(statement)
    names = ("statement_id", "statement_type", "stance", "title", "body", "roster_status")
    more = ("note", "recorded_on", "draft_stance", "session", "document_symbol", "declared_count")
    return {
        **{name: facts.get(name) for name in (*names, *more)},
        "delivered_on": edtf.full_day(facts["delivered"]),
        "delivered_edtf": facts["delivered"],
        "named_count": named,
        "residual_count": None if declared is None else declared - named,
        "current_count": len(roster(statement.events, roster_kinds(statement))),
    }


def coverage_row(statement: Statement) -> dict[str, Any]:
    """Return the row of ``coverage``: how complete the list of one statement is."""
    row = statement_row(statement)
    declared, named = row["declared_count"], row["named_count"]
    missing = None if declared is None else declared - named
    kind = None if missing is None else "none" if not missing else "unnamed"
    dates = [event.date for event in statement.events if event.event_type != "derived"]
    return {
        "statement_id": row["statement_id"],
        "delivered_edtf": row["delivered_edtf"],
        "roster_status": row["roster_status"],
        "counts": COUNTS_OF_TYPE.get(row["statement_type"], "signatories"),
        "declared_count": declared,
        "named_count": named,
        "named_share": round(named / declared, 4) if declared else None,
        "residual_count": missing,
        "residual_kind": kind,
        "derived_count": sum(event.event_type == "derived" for event in statement.events),
        "last_event_edtf": max(dates, key=edtf.sort_key) if dates else None,
    }


def claim_row(statement: Statement, number: int) -> dict[str, Any]:
    """Return the row of ``count_claims`` for the claim ``number`` (from 0) of statement.toml."""
    claim = statement.facts["count_claims"][number]
    as_of, count = claim.get("as_of"), claim.get("count")
    counts = claim.get("counts") or COUNTS_OF_TYPE.get(
        statement.facts["statement_type"], "signatories"
    )
    qualifier = claim.get("qualifier", "exact")
    named = None
    if counts in COUNTED_KINDS:
        until = rosters.certain_by(as_of)
        named = len(roster(statement.events, COUNTED_KINDS[counts], until))
    compared = counts in COMPARED and qualifier == "exact" and count is not None
    difference = count - named if compared else None
    kind = claim.get("residual_kind") or ("unnamed" if difference else "none" if compared else None)
    return {
        "claim_id": f"{statement.statement_id}.{number + 1}",
        "statement_id": statement.statement_id,
        "counts": counts,
        "qualifier": qualifier,
        "claimed_count": count,
        **{f"claimed_{name}": claim.get(name) for name in CLAIM_COUNTS},
        "as_of_on": edtf.full_day(as_of),
        "as_of_edtf": as_of,
        "named_count": named,
        "difference_count": difference,
        "residual_count": difference if kind in UNNAMED else None,
        "residual_kind": kind,
        "as_printed": claim.get("as_printed"),
        "language": claim.get("language"),
        "source_id": claim["source_id"],
        "note": claim.get("note"),
    }


def kind_rows() -> list[dict[str, Any]]:
    """Return the rows of ``position_kinds``."""
    return [
        {
            "position_kind": kind.name,
            "description": kind.description,
            "is_entry": kind.is_entry,
            "counts_as_side": kind.counts_as_side,
        }
        for kind in rosters.POSITION_KINDS
    ]
