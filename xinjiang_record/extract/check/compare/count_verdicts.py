"""Give verdicts on numbers of states: how many signed, how many others, how many joined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from xinjiang_record.extract.check.find_statement import (
    TIE,
    Candidate,
    Reference,
    best_of,
    find_statements,
    is_near,
)
from xinjiang_record.extract.check.reading.state_counts import StateCount
from xinjiang_record.extract.check.record_tables import Record, Statement
from xinjiang_record.extract.check.verdict import Part, Verdict
from xinjiang_record.extract.check.verdict_text import combine, links_of, shown, verdict_on
from xinjiang_record.extract.figures.qualifiers import HIGH

COUNT_SCORE = 2.5  # what a count that fits adds to the score of a statement


def count_part(statement: Statement, count: StateCount, dates: Sequence[str] = ()) -> Part:
    """Return whether a statement has this number of states, and in which sense."""
    value = count.value + count.added if count.role == "others" else count.value
    said = count.printed
    if count.role == "more":
        joined = [event.on for event in statement.events if event.kind == "joined"]
        then = [on for on in joined if any(is_near(on, day) and len(on) == 10 for day in dates)]
        if joined and count.value == len(then or joined):
            return Part("count", said, "agrees", f"{count.value} joined")
        if joined:
            return Part("count", said, "disagrees", f"{len(then or joined)} joined")
    complete = (
        [n for n in (statement.named, statement.current, _states_alone(statement)) if n]
        if statement.is_complete
        else []
    )
    if count.qualifier in ("exact", "average"):
        return _exact_count(statement, value, said, complete)
    numbers = [n for n in (statement.declared, *complete) if n is not None]
    every = all if count.qualifier in HIGH else any  # "fewer than 51" is of the greatest number
    if numbers and every(_fits(count.qualifier, value, number) for number in numbers):
        return Part("count", said, "agrees", _numbers(statement))
    close = [
        c
        for c in statement.claims
        if c.count is not None and _fits(count.qualifier, value, c.count)
    ]
    if close:
        return Part("count", said, "claimed", f"{close[0].count} is claimed by a source")
    if numbers and every(_is_true_bound(count.qualifier, value, number) for number in numbers):
        return Part("count", said, "partly", f"true as a bound: {_numbers(statement)}")
    return Part("count", said, "disagrees", _numbers(statement))


def _states_alone(statement: Statement) -> int | None:
    """Return how many states signed at first, where a body such as the European Union did too."""
    signed = [event for event in statement.events if event.kind == "signed"]
    bodies = sum(not event.iso3 for event in signed)
    return len(signed) - bodies if bodies else None


def _exact_count(statement: Statement, value: int, said: str, complete: Sequence[int]) -> Part:
    same = [
        c for c in statement.claims if c.count == value and c.counts in ("signatories", "votes")
    ]
    sets = {c.named for c in same if c.is_published}
    if value == statement.current and value not in (statement.declared, statement.named):
        return Part("count", said, "claimed", f"{value} at the end; {_numbers(statement)}")
    if value in (statement.declared, *complete):
        if len(sets) > 1:
            return Part(
                "count", said, "ambiguous", f"two different sets bear this number; {same[0].note}"
            )
        aloud = next((c for c in statement.claims if "named when" in c.note), None)
        if aloud is not None and value == statement.declared:
            return Part(
                "count", said, "claimed", f"{aloud.count} named aloud; {_numbers(statement)}"
            )
        return Part("count", said, "agrees", _numbers(statement))
    if same:
        if len(sets) > 1:
            return Part("count", said, "ambiguous", "two different sets bear this number")
        claim = same[0]
        where = "claimed by a source" if claim.is_published else "claimed, not published here"
        note = f" ({claim.note})" if claim.note else ""
        return Part("count", said, "claimed", f"{where}{note}; {_numbers(statement)}")
    return Part("count", said, "disagrees", _numbers(statement))


def _numbers(statement: Statement) -> str:
    declared = f"{statement.declared} declared" if statement.declared is not None else ""
    named = f"{statement.named} named" if statement.named is not None else ""
    current = (
        f"{statement.current} at the end"
        if statement.is_complete and statement.current not in (None, statement.named)
        else ""
    )
    return ", ".join(filter(None, (declared, named, current)))


def _fits(qualifier: str, value: int, number: int) -> bool:
    """Return whether "more than 40", "nearly 70" or "about 50" can be said of a number."""
    if qualifier in ("more_than", "at_least", "range_open"):
        return value <= number <= value * 1.25 and (qualifier != "more_than" or number > value)
    if qualifier in ("nearly", "less_than", "up_to"):
        return value * 0.9 <= number <= value and (qualifier != "less_than" or number < value)
    return abs(number - value) <= max(1, 0.05 * value)


def _is_true_bound(qualifier: str, value: int, number: int) -> bool:
    """Return whether "at least 20" or "fewer than 60" is true of a number that is far from it."""
    return {
        "more_than": number > value,
        "at_least": number >= value,
        "less_than": number < value,
        "up_to": number <= value,
    }.get(qualifier, False)


def check_count(record: Record, count: StateCount, reference: Reference) -> Verdict:
    """Return the verdict on a number of states."""
    value = count.value + count.added if count.role == "others" else count.value

    def dates_of_count(statement: Statement) -> list[str]:
        """Return when this number was claimed, and when states joined."""
        days = [c.as_of for c in statement.claims if c.count in (count.value, value) and c.as_of]
        return days + [e.on for e in statement.events if e.kind == "joined"] * (
            count.role == "more"
        )

    found = find_statements(record, replace(reference, more_dates=dates_of_count))
    scored = [(item, count_part(item.statement, count, reference.dates)) for item in found]
    scored.sort(key=lambda pair: -(pair[0].score + _count_score(pair[1])))
    claim = count.printed
    if not scored:
        return Verdict(claim, "count", "unknown", "The record has no such statement.")
    best, part = scored[0]
    is_far = part.outcome == "partly" and not best.is_identified
    if part.outcome == "disagrees" or is_far:
        return _count_contradicted(record, claim, found, count)
    rivals = [
        item
        for item, other in scored[1:]
        if other.outcome != "disagrees"
        and item.score + _count_score(other) > best.score + _count_score(part) - TIE
        and not item.contradictions
    ]
    parts = (part, *best.parts.values())
    if rivals and not best.contradictions:
        both = [best.statement, *(item.statement for item in rivals)]
        ids = tuple(item.statement_id for item in both)
        return Verdict(
            claim,
            "count",
            "ambiguous",
            f"{len(both)} statements bear this number: {', '.join(ids)}.",
            records=ids,
            parts=(replace(part, outcome="ambiguous"), *best.parts.values()),
        )
    outcome = combine(parts)
    if best.contradictions and best.score + COUNT_SCORE < 1.0:
        outcome = "ambiguous"
    return verdict_on(record, claim, "count", outcome, best, parts)


def _count_score(part: Part) -> float:
    scores = {"agrees": COUNT_SCORE, "ambiguous": COUNT_SCORE, "claimed": 2.0, "partly": 2.0}
    return scores.get(part.outcome, -1.0)


def _count_contradicted(
    record: Record, claim: str, found: list[Candidate], count: StateCount
) -> Verdict:
    best = [item for item in best_of(found) if not item.contradictions]
    ids = tuple(item.statement.statement_id for item in best)
    what = "; ".join(f"{shown(item.statement)}: {_numbers(item.statement)}" for item in best[:3])
    if not best or not best[0].is_identified:
        return Verdict(
            claim,
            "count",
            "unknown",
            "No statement of the record has this number, and the claim identifies none.",
            records=ids if len(ids) < 4 else (),
        )
    if count.role == "more" or any(part.outcome == "ambiguous" for part in best[0].parts.values()):
        return Verdict(
            claim, "count", "unknown", f"The number is not in the record. {what}.", records=ids
        )
    parts = (count_part(best[0].statement, count), *best[0].parts.values())
    return Verdict(
        claim,
        "count",
        "disagrees",
        f"The number does not agree: {what}, not {count.printed}.",
        records=ids,
        parts=parts,
        links=links_of(record, best[0].statement),
    )
