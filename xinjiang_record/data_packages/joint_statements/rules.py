"""Check the rules of statements: kinds, order of events, counts, claims, symbols and notes.

Errors stop the publication. Warnings are in the quality report of every release: lists that are
incomplete (oldest first), a qualifier's word in the note of an exact claim, and a note that says
"not found" without the day of the search.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Unpack

from xinjiang_record import edtf, rosters
from xinjiang_record.data_packages.joint_statements.derive_tables import (
    claim_row,
    coverage_row,
    first_count,
)
from xinjiang_record.data_packages.joint_statements.read_statement import Event, Statement
from xinjiang_record.model import Finding, FindingParts

# The kinds that a text of each type can have.
ALLOWED_KINDS = {
    **dict.fromkeys(("letter", "joint_statement"), (*rosters.SIGNING_KINDS, "withdrew", "derived")),
    "vote": (*rosters.VOTE_KINDS, "declared_after_vote", "sponsored"),
    "side_event": ("co_sponsored_event",),
    "bloc_statement": ("aligned", "spoke_for_bloc", "derived"),
    "debate": ("spoke", "spoke_for_bloc"),
    "readout": ("claimed",),
}
_QUALIFIER_WORDS = re.compile(
    r"\b(about|around|nearly|almost|more than|over|at least|others?)\b", re.IGNORECASE
)
_NOT_FOUND = re.compile(r"\b(not|no|nothing|none)\b[^.;]*\bfound\b", re.IGNORECASE)
_DATED = re.compile(r"\b(by|on|until|as of|in)\b[^.;]*\b20[0-9]{2}\b")


def check_statement(statement: Statement) -> Iterator[Finding]:
    """Yield every finding of the rules for one statement that could be read."""
    if statement.is_broken:
        return
    yield from _kinds(statement)
    yield from _entries(statement)
    yield from _withdrawals(statement)
    yield from _declarations(statement)
    yield from _dates(statement)
    yield from _counts(statement)
    for number in range(len(statement.facts.get("count_claims", []))):
        yield from _claim(statement, number)


def check_together(statements: Sequence[Statement]) -> Iterator[Finding]:
    """Yield the findings that need more than one statement, and the list of incomplete rosters."""
    sound = [item for item in statements if not item.is_broken and not item.is_quarantined]
    yield from _shared_symbols(sound)
    yield from _searches(sound)
    yield from _incomplete(sound)


def _of_event(kind: str, message: str, event: Event) -> Finding:
    return Finding(
        kind,
        message,
        event.place,
        package="joint-statements",
        resource="signature_events",
        record=event.event_id,
        value=event.printed,
    )


def _of_statement(
    statement: Statement,
    kind: str,
    message: str,
    path: tuple[str | int, ...],
    **more: Unpack[FindingParts],
) -> Finding:
    parts: FindingParts = {"resource": "statements", "record": statement.statement_id, **more}
    return Finding(
        kind,
        message,
        statement.place(*path),
        package="joint-statements",
        **parts,
    )


def _kinds(statement: Statement) -> Iterator[Finding]:
    kind = statement.facts["statement_type"]
    for event in statement.events:
        if event.event_type not in ALLOWED_KINDS[kind]:
            message = (
                f'"{event.printed}": expected one of {", ".join(ALLOWED_KINDS[kind])} for a '
                f"{kind.replace('_', ' ')}, got {event.event_type}."
            )
            if kind == "vote" and event.event_type == "withdrew":
                message += (
                    " A state that says later how its vote is to be read is declared_after_vote."
                )
            yield _of_event("kind-mismatch", message, event)


def _entries(statement: Statement) -> Iterator[Finding]:
    """Yield signatories that are on a list twice, or derived and on it, or have a kind twice."""
    first: dict[tuple[str, str], Event] = {}
    for event in statement.events:
        on_list = event.event_type in (*rosters.ENTRY_KINDS, "derived")
        key = (event.signatory_id, "entry" if on_list else event.event_type)
        seen = first.setdefault(key, event)
        if seen is not event:
            message = (
                f'"{event.printed}" is {event.name.english}, which is at {seen.place} already, '
                f'as "{seen.printed}". Keep one.'
            )
            yield _of_event("primary-key", message, event)


def _withdrawals(statement: Statement) -> Iterator[Finding]:
    entered = {
        event.signatory_id: event
        for event in statement.events
        if event.event_type in rosters.SIGNING_KINDS
    }
    for event in statement.events:
        if event.event_type != "withdrew":
            continue
        entry = entered.get(event.signatory_id)
        if entry is None:
            message = f'"{event.printed}" withdraws and never signed. Add the signature.'
            yield _of_event("withdrawal-without-signature", message, event)
        elif rosters.certain_by(event.date) < (edtf.bounds(entry.date)[0] or date.min):
            message = (
                f'"{event.printed}" withdraws on {event.date}, before it signed ({entry.date}). '
                "Correct one of the dates."
            )
            yield _of_event("withdrawal-before-signature", message, event)


def _declarations(statement: Statement) -> Iterator[Finding]:
    """Yield declarations by states that did not vote, or not after their vote."""
    votes = {
        event.signatory_id: event
        for event in statement.events
        if event.event_type in rosters.VOTE_KINDS
    }
    for event in statement.events:
        if event.event_type != "declared_after_vote":
            continue
        vote = votes.get(event.signatory_id)
        if vote is None:
            message = f'"{event.printed}" declares itself on a vote that it has no row in. Add it.'
            yield _of_event("declaration-without-vote", message, event)
        elif (edtf.bounds(event.date)[0] or date.min) <= rosters.certain_by(vote.date):
            message = (
                f'"{event.printed}" declares itself on {event.date}, not after the vote of '
                f"{vote.date}. Correct the date, or record the vote itself."
            )
            yield _of_event("declaration-before-vote", message, event)


def _dates(statement: Statement) -> Iterator[Finding]:
    delivered = edtf.bounds(statement.facts["delivered"])[0]
    for event in statement.events:
        early = delivered and rosters.certain_by(event.date) < delivered
        if early and event.event_type != "sponsored":
            message = (
                f'"{event.printed}" {event.event_type} on {event.date}, before the text of '
                f"{statement.facts['delivered']}. Correct the date."
            )
            yield _of_event("date-order", message, event)


def _counts(statement: Statement) -> Iterator[Finding]:
    """Yield lists without the declared number of names, but for a residual with a reason."""
    facts, named = statement.facts, first_count(statement)
    declared = facts.get("declared_count")
    if declared is None or any(item.type.endswith("-country") for item in statement.findings):
        return
    residual = facts.get("residual", {})
    expected = declared - residual.get("count", 0)
    short = facts["roster_status"] != "complete" and named <= declared
    if named == expected or (short and not residual):
        return
    message = (
        f"declared_count is {declared}, the lists name {named}. Correct the list or the count, or "
        f"declare it: [residual] count = {declared - named} and a reason."
    )
    more: FindingParts = {"field": "declared_count", "value": str(declared)}
    yield _of_statement(statement, "count-mismatch", message, ("declared_count",), **more)


def _claim(statement: Statement, number: int) -> Iterator[Finding]:
    claim, path = statement.facts["count_claims"][number], ("count_claims", number)
    if "source_id" not in claim or statement.is_quarantined:
        return
    row = claim_row(statement, number)
    more: FindingParts = {"resource": "count_claims", "record": row["claim_id"]}
    count, difference, kind = row["claimed_count"], row["difference_count"], row["residual_kind"]
    votes = [row[f"claimed_{name}_count"] for name in ("yes", "no", "abstain")]
    if count is None and not (
        (row["qualifier"] == "non_numeric" and row["as_printed"])
        or (row["counts"] == "votes" and any(value is not None for value in votes))
    ):
        message = (
            "count is missing. Give it, or the qualifier non_numeric with as_printed, "
            "or at least one number of a vote."
        )
        yield _of_statement(statement, "claim-without-number", message, path, **more)
    if None not in votes and count is not None and sum(votes) != count:
        message = f"count is {count}, the votes make {sum(votes)}. Correct one of them."
        yield _of_statement(statement, "count-mismatch", message, path, **more)
    wrong = difference is not None and (
        (kind == "none" and difference != 0) or (kind == "unnamed" and difference <= 0)
    )
    if wrong:
        message = (
            f"the claim counts {count}, the record names {row['named_count']}, and residual_kind "
            f"is {kind}. Say with residual_kind what the difference of {difference} is."
        )
        yield _of_statement(statement, "residual-kind", message, path, **more)
    word = _QUALIFIER_WORDS.search(row["note"] or "")
    if word and row["qualifier"] == "exact" and kind in ("none", "unnamed", None):
        message = (
            f'{row["claim_id"]}: the note says "{word[0]}", but the qualifier is exact. '
            "Look at the source, and correct the qualifier or the note."
        )
        more |= {"field": "qualifier", "value": "exact", "severity": "warning"}
        yield _of_statement(statement, "qualifier-in-note", message, path, **more)


def _shared_symbols(statements: Iterable[Statement]) -> Iterator[Finding]:
    first: dict[str, Statement] = {}
    for statement in statements:
        symbol = statement.facts.get("document_symbol")
        seen = first.setdefault(symbol, statement) if symbol else statement
        if seen is not statement:
            message = (
                f"document_symbol {symbol} is that of {seen.statement_id} already. "
                "One document is one statement: correct one of them."
            )
            more: FindingParts = {"field": "document_symbol", "value": str(symbol)}
            yield _of_statement(statement, "shared-symbol", message, ("document_symbol",), **more)


def _searches(statements: Sequence[Statement]) -> Iterator[Finding]:
    """Yield notes that say "not found" without a day, or with newer rows of the session."""
    for statement in statements:
        facts = statement.facts
        match = _NOT_FOUND.search(facts["note"])
        if not match:
            continue
        if not _DATED.search(facts["note"][match.start() :]):
            message = (
                f'the note says "{match[0]}" without the day of the search. '
                'Add it, as in "not found by 23 November 2026".'
            )
            yield _of_statement(statement, "undated-search", message, ("note",), severity="warning")
        session = facts.get("session")
        newer = [
            other.statement_id
            for other in statements
            if session
            and other.facts.get("session") == session
            and other.facts["recorded_on"] > facts["recorded_on"]
        ]
        if newer:
            message = (
                f'the note says "{match[0]}", and {", ".join(newer)} of {session} was added later. '
                "Read the note again."
            )
            yield _of_statement(
                statement, "overtaken-search", message, ("note",), severity="warning"
            )


def _incomplete(statements: Sequence[Statement]) -> Iterator[Finding]:
    """Yield the lists that name fewer than were declared, oldest first."""
    ordered = sorted(statements, key=lambda item: edtf.sort_key(item.facts["delivered"]))
    for statement in ordered:
        row = coverage_row(statement)
        if row["declared_count"] is not None and row["named_count"] < row["declared_count"]:
            message = (
                f"{statement.statement_id}: {row['named_count']} of {row['declared_count']} "
                f"{row['counts']} are named."
            )
            more: FindingParts = {
                "resource": "coverage",
                "field": "named_count",
                "severity": "warning",
            }
            path = ("declared_count",)
            yield _of_statement(statement, "incomplete-list", message, path, **more)
