"""Put parts together to a verdict: its outcome, and one sentence for each part that differs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from xinjiang_record.extract.check.find_statement import Candidate
from xinjiang_record.extract.check.record_responses import ResponseEvent
from xinjiang_record.extract.check.record_tables import Record, Statement
from xinjiang_record.extract.check.verdict import Part, Verdict

_RANK = ("disagrees", "unknown", "ambiguous", "partly", "claimed", "agrees")


def combine(parts: Iterable[Part]) -> str:
    """Return the outcome of a claim: the weakest of its parts; it agrees only if all agree."""
    found = {part.outcome for part in parts}
    return next((name for name in _RANK if name in found), "unknown")


def leave_open(verdict: Verdict, name: str, why: str) -> Verdict:
    """Return a verdict that is ``partly``, with the part that is open and why."""
    part = Part(name, "", "partly", why)
    text = f"{verdict.text} But {why}."
    return replace(verdict, outcome="partly", text=text, parts=(*verdict.parts, part))


def shown(statement: Statement) -> str:
    """Return how a statement is named in a sentence."""
    kind = {"letter": "letter", "vote": "vote"}.get(statement.kind, "statement")
    side = "" if statement.is_vote else f"{statement.side} "
    return f"the {side}{kind} of {statement.on} ({statement.statement_id})"


def links_of(record: Record, statement: Statement) -> tuple[str, ...]:
    """Return the addresses of the sources of a statement."""
    found = [record.address(item) for item in statement.sources]
    return tuple(dict.fromkeys(item for item in found if item))[:3]


def verdict_on(
    record: Record,
    claim: str,
    kind: str,
    outcome: str,
    best: Candidate,
    parts: Sequence[Part],
    note: str = "",
) -> Verdict:
    """Return a verdict against one statement, with a sentence for each part that differs."""
    statement = best.statement
    good = list(dict.fromkeys(part.name for part in parts if part.outcome == "agrees"))
    text = []
    if good:
        names = good[0] if len(good) == 1 else f"{', '.join(good[:-1])} and {good[-1]}"
        verb = "agrees" if len(good) == 1 else "agree"
        text.append(f"{names[0].upper()}{names[1:]} {verb} with {shown(statement)}.")
    else:
        text.append(f"Compared with {shown(statement)}.")
    text += [say_part(part) for part in parts if part.outcome != "agrees"]
    if note:
        text.append(note)
    return Verdict(
        claim,
        kind,
        outcome,
        " ".join(dict.fromkeys(text)),
        records=(statement.statement_id,),
        parts=tuple(parts),
        links=links_of(record, statement),
    )


def on_event(
    record: Record,
    claim: str,
    parts: Sequence[Part],
    events: Sequence[ResponseEvent],
    at: tuple[int, int],
) -> Verdict:
    """Return a verdict against events, with a sentence for each part that does not agree."""
    where = "; ".join(f"{e['happened_edtf']}: {e['title']} ({e.event_id})" for e in events[:3])
    outcome = combine(parts)
    verb = "This agrees with" if outcome == "agrees" else "Compared with"
    wrong = [
        f"{part.record[:1].upper()}{part.record[1:]}."
        if part.outcome == "partly" and not part.said
        else say_part(part)
        for part in parts
        if part.outcome != "agrees"
    ]
    links = [record.address(event["source_id"]) for event in events]
    return Verdict(
        claim,
        "event",
        outcome,
        " ".join([f"{verb} {where}.", *wrong]),
        records=tuple(event.event_id for event in events),
        parts=tuple(parts),
        links=tuple(dict.fromkeys(link for link in links if link))[:3],
        at=at,
    )


def no_event_of_day(
    claim: str, what: str, on: str, known: Iterable[ResponseEvent], at: tuple[int, int]
) -> Verdict:
    """Return the verdict that the record has no event of a kind on a day, with days that it has."""
    days = ", ".join(sorted({event["happened_edtf"] for event in known})[:6]) or "none"
    part = Part("date", on, "unknown", f"days of such acts in the record: {days}")
    text = f"The record has no {what} of that day; it has: {days}."
    return Verdict(claim, "event", "unknown", text, parts=(part,), at=at)


def first_part(said: str, on: str, others: Iterable[ResponseEvent]) -> Part:
    """Return whether none of the other events of the record is before a day."""
    earliest = min(others, key=lambda event: event["happened_edtf"], default=None)
    if earliest is not None and earliest["happened_edtf"] < on:
        known = f"{earliest.body} did so on {earliest['happened_edtf']}"
        return Part("first", said, "disagrees", known)
    return Part("first", said, "agrees", "the record has none before it")


def say_part(part: Part) -> str:
    """Return one sentence on a part that does not simply agree."""
    known = part.record or "nothing"
    if part.outcome == "disagrees" and part.name in ("state", "only", "first"):
        return f"The {part.name} does not agree: the record has that {known}."
    if part.outcome == "disagrees":
        return f"The {part.name} does not agree: {known}, not {part.said}."
    if part.outcome == "claimed":
        return f"The {part.name}: {known}."
    if part.outcome == "partly" and part.name == "count":
        return f"The count is {known}."
    if part.outcome == "partly":
        return f"The {part.name} is near: {known}, not {part.said}."
    word = "is ambiguous" if part.outcome == "ambiguous" else "is not in the record"
    return f"The {part.name} {word} ({part.said}): {known}."
