"""The rules that hold for one statement, as findings: counts, order of events, one signature each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from xinjiang_record import edtf
from xinjiang_record.data_packages.joint_statements import rosters
from xinjiang_record.data_packages.joint_statements.read_statement import Event, Statement
from xinjiang_record.model import Finding, Place
from xinjiang_record.raw_files import STATE, line_of


def check(statement: Statement) -> Iterator[Finding]:
    """Every finding of the rules for one statement that could be read."""
    if statement.broken:
        return
    yield from _entries(statement)
    yield from _withdrawals(statement)
    yield from _dates(statement)
    yield from _counts(statement)


def _finding(kind: str, message: str, event: Event) -> Finding:
    return Finding(
        kind,
        f"{message} {STATE}",
        event.place,
        package="joint-statements",
        resource="signature_events",
        record=event.event_id,
        value=event.printed,
    )


def _entries(statement: Statement) -> Iterator[Finding]:
    first: dict[tuple[str, bool], Event] = {}
    for event in statement.events:
        seen = first.setdefault((event.signatory_id, event.event_type == "withdrew"), event)
        if seen is not event:
            message = f'"{event.printed}" is {event.name.english}, which stands at {seen.place} already, as "{seen.printed}". Keep one.'
            yield _finding("primary-key", message, event)


def _withdrawals(statement: Statement) -> Iterator[Finding]:
    entered = {
        event.signatory_id: event for event in statement.events if event.event_type in rosters.ENTRY
    }
    for event in statement.events:
        if event.event_type != "withdrew":
            continue
        entry = entered.get(event.signatory_id)
        if entry is None:
            yield _finding(
                "withdrawal-without-signature",
                f'"{event.printed}" withdraws and never signed. Add the signature.',
                event,
            )
        elif rosters.certain_by(event) < (edtf.bounds(entry.date)[0] or date.min):
            message = f'"{event.printed}" withdraws on {event.date}, before it signed ({entry.date}). Mend one of the dates.'
            yield _finding("withdrawal-before-signature", message, event)


def _dates(statement: Statement) -> Iterator[Finding]:
    delivered = edtf.bounds(statement.facts["delivered"])[0]
    for event in statement.events:
        if (
            delivered
            and event.event_type in rosters.ENTRY
            and rosters.certain_by(event) < delivered
        ):
            message = f'"{event.printed}" signs on {event.date}, before the statement of {statement.facts["delivered"]}. Mend the date.'
            yield _finding("date-order", message, event)


def _counts(statement: Statement) -> Iterator[Finding]:
    """A complete list must have the declared number of names, but for a residual that statement.toml declares with its reason."""
    facts, named = statement.facts, rosters.first_count(statement.events)
    declared = facts.get("declared_count")
    if declared is None or any(item.type.endswith("-country") for item in statement.findings):
        return
    residual = facts.get("residual", {})
    expected = declared - residual.get("count", 0)
    short = facts["roster_status"] != "complete" and named <= declared
    if named == expected or (short and not residual):
        return
    message = (
        f"declared_count is {declared}, the lists name {named}. Mend the list or the count, or declare it: "
        f"[residual] count = {declared - named} and a reason. {STATE}"
    )
    place = Place(statement.file.path, line_of(statement.file, "declared_count"))
    record = statement.statement_id
    yield Finding(
        "count-mismatch",
        message,
        place,
        "joint-statements",
        "statements",
        record,
        "declared_count",
        str(declared),
    )
