"""Give verdicts on counts of votes: of the Human Rights Council, and of parliaments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from xinjiang_record.extract.check.find_statement import (
    PRECISION,
    Reference,
    best_of,
    find_statements,
    is_near,
)
from xinjiang_record.extract.check.left_over import UsedPlaces, not_understood
from xinjiang_record.extract.check.reading.sentence_reading import Reading
from xinjiang_record.extract.check.reading.state_counts import StateCount
from xinjiang_record.extract.check.reading.vote_tallies import Tally
from xinjiang_record.extract.check.record_responses import ResponseEvent
from xinjiang_record.extract.check.record_tables import VOTES, Record, Statement
from xinjiang_record.extract.check.verdict import Part, Verdict
from xinjiang_record.extract.check.verdict_text import combine, links_of, say_part, shown
from xinjiang_record.extract.languages.list_words import fold

_SIDES = ("voted_yes", "voted_no", "abstained")
FAR_SIDE = 80  # letters between a number of states and what they voted
Votes = tuple[int | None, int | None, int | None]


@dataclass(frozen=True)
class _Motion:
    event: ResponseEvent
    score: float
    date: Part | None


def votes_of(statement: Statement) -> Votes:
    """Return how many states voted for, against, and abstained."""
    return (
        len(statement.states("voted_yes")),
        len(statement.states("voted_no")),
        len(statement.states("abstained")),
    )


def tally_part(tally: Tally, votes: Votes) -> Part:
    """Return whether the counts of a vote are these. The sides may come in any order."""
    yes, no, abstained = votes
    said = tally.printed
    known = f"{_n(yes)} in favour, {_n(no)} against, {_n(abstained)} abstentions"
    pairs = [(tally.yes, yes), (tally.no, no), (tally.abstained, abstained)]
    named = [(said_n, n) for said_n, n in pairs if said_n is not None]
    if any(n is None for _, n in named):
        return Part("tally", said, "unknown", known)
    wrong = [said_n for said_n, n in named if said_n != n]
    if tally.unordered is not None:
        if yes is None or no is None:
            return Part("tally", said, "unknown", known)
        if sorted(tally.unordered) != sorted((yes, no)):
            wrong.append(tally.unordered[0])
    return Part("tally", said, "disagrees" if wrong else "agrees", known)


def _n(value: int | None) -> str:
    return "?" if value is None else str(value)


def check_tally(
    record: Record,
    tally: Tally,
    outcome: str | None,
    states: frozenset[str],
    reference: Reference,
) -> Verdict:
    """Return the verdict on "by 19 votes to 17, with 11 abstentions".

    Args:
        record: The published tables.
        tally: The counts that the sentence gives.
        outcome: rejected or adopted, if the sentence says so.
        states: The states that the sentence names: its state identifies a parliament. "EU" is
            the European Parliament.
        reference: What the sentence says about the vote.
    """
    ranked = find_statements(record, reference)
    motions = _motions(record, states, reference)
    is_council = bool(reference.bodies) or not states
    best = best_of(ranked)
    if motions and (not is_council or not best or motions[0].score > best[0].score):
        return _check_motion(record, tally, outcome, motions)
    claim = f"vote of {tally.printed}"
    usable = [item for item in best if item.score >= 1.0]
    if not usable:
        return Verdict(
            claim, "tally", "unknown", "The claim identifies no single vote of the record."
        )
    item = usable[0]
    votes = votes_of(item.statement)
    part = tally_part(tally, votes)
    if part.outcome == "disagrees":
        reversed_claim = next(
            (
                c
                for c in item.statement.claims
                if c.votes != votes
                and any(c.votes)
                and tally_part(tally, c.votes).outcome == "agrees"
            ),
            None,
        )
        if reversed_claim is not None:
            part = replace(part, record=f"{part.record} ({reversed_claim.note})")
    parts = [part, *item.parts.values(), *_outcome_part(outcome, _decided(votes))]
    if tally.unordered is not None and not outcome:
        # "19 to 17" agrees with either result: a verb that is not read may say the wrong one.
        parts.append(Part("result", "", "partly", "which result the numbers had is not read"))
    ids, links = (item.statement.statement_id,), links_of(record, item.statement)
    return _say(
        claim, parts, shown(item.statement), ids, links, 0.0 if item.is_beside else item.score
    )


def check_vote_words(
    record: Record, reading: Reading, reference: Reference, used: UsedPlaces
) -> Iterator[Verdict]:
    """Yield the verdicts on "the 19 that voted against" and on "failed by two votes"."""
    if reading.is_result:
        yield _check_result(record, reading, reference, used)
    best = [item for item in best_of(find_statements(record, reference)) if item.is_identified]
    tally = reading.tally
    said = (tally.yes, tally.no, tally.abstained) if tally else (None, None, None)
    known = votes_of(best[0].statement) if len(best) == 1 else (None, None, None)
    for count in reading.counts:
        if count.value in (*said, *(tally.unordered or () if tally else ())):
            continue
        side = _side_of(reading, count)
        left = {number for number, one in zip(known, said, strict=True) if one is None}
        fits = {known[_SIDES.index(side)]} if side else left if tally and len(left) == 1 else set()
        is_plain = count.qualifier == "exact" and count.role == "total" and not reading.region
        at = (count.start, count.end)
        if not is_plain or count.value not in fits:
            yield not_understood(count.printed, "the number of states is not compared", at)
            continue
        statement = best[0].statement
        part = Part("count", count.printed, "agrees", str(count.value))
        ids, links = (statement.statement_id,), links_of(record, statement)
        parts = [part, *best[0].parts.values()]
        verdict = _say(count.printed, parts, shown(statement), ids, links, best[0].score)
        yield replace(verdict, at=at)


def _side_of(reading: Reading, count: StateCount) -> str:
    """Return what a number of states is said to have voted; empty where no word is near."""
    after = [cue for cue in reading.cues if cue.start >= count.end and cue.kind in VOTES]
    if after and not after[0].is_negated and after[0].start - count.end <= FAR_SIDE:
        return "" if reading.tally else after[0].kind
    return ""


def _check_result(
    record: Record, reading: Reading, reference: Reference, used: UsedPlaces
) -> Verdict:
    """Return the verdict on "rejected a debate" and "failed by two votes", without counts."""
    said = reading.outcome or ""
    claim = f"vote: {said}"
    best = [item for item in best_of(find_statements(record, reference)) if item.is_identified]
    if len(best) != 1:
        return Verdict(
            claim, "tally", "unknown", "The claim identifies no single vote of the record."
        )
    item = best[0]
    yes, no, _ = votes_of(item.statement)
    parts = [*_outcome_part(said, _decided(votes_of(item.statement))), *item.parts.values()]
    at = (0, len(reading.text))
    if reading.margin:
        value, start, end = reading.margin
        used.numbers.append((start, end))
        known = abs((yes or 0) - (no or 0))
        outcome = "agrees" if value == known else "disagrees"
        parts.append(Part("margin", str(value), outcome, f"{known} ({yes} to {no})"))
        at = (start, end)
    if reading.words["size_of_vote"].search(fold(reading.text)):
        parts.append(Part("margin", "", "partly", "by how much is not compared"))
    ids, links = (item.statement.statement_id,), links_of(record, item.statement)
    verdict = _say(claim, parts, shown(item.statement), ids, links, item.score)
    return replace(verdict, at=at)


def _decided(votes: Votes) -> str:
    yes, no, _ = votes
    return "adopted" if (yes or 0) > (no or 0) else "rejected"


def _outcome_part(said: str | None, known: str) -> list[Part]:
    if not said or not known:
        return []
    known = "adopted" if known in ("adopted", "passed") else known
    return [Part("result", said, "agrees" if said == known else "disagrees", known)]


def _motions(record: Record, states: frozenset[str], reference: Reference) -> list[_Motion]:
    """Return the motions with counts that the sentence can mean, the best first."""
    out = []
    for event in record.events:
        if not any(value is not None for value in event.votes):
            continue
        score, date = 0.0, None
        on = event["happened_edtf"]
        for said in reference.dates:
            near = is_near(on, said)
            date = Part("date", said, "agrees" if near else "disagrees", on)
            score += PRECISION.get(len(said), 1.5) if near else -4.0
        owner = "EU" if event.body == "European Parliament" else event["country_iso3"]
        if owner in states:
            score += 2.5
        elif states and owner:
            score -= 2.0
        if owner:
            out.append(_Motion(event, score, date))
    return sorted(out, key=lambda item: -item.score)


def _check_motion(
    record: Record, tally: Tally, outcome: str | None, motions: list[_Motion]
) -> Verdict:
    claim = f"vote of {tally.printed}"
    near = [item for item in motions if item.score > motions[0].score - 0.75]
    hits = [item for item in near if tally_part(tally, item.event.votes).outcome == "agrees"]
    item = hits[0] if hits else near[0]
    if item.score < 2.5 or (len(near) > 1 and not hits):
        return Verdict(
            claim, "tally", "unknown", "The claim identifies no single vote of the record."
        )
    event = item.event
    part = tally_part(tally, event.votes)
    parts = [part, *([item.date] if item.date else []), *_outcome_part(outcome, event.outcome)]
    if item.score < 4.0 and part.outcome == "disagrees":
        parts[0] = Part("tally", part.said, "unknown", part.record)
    where = f"the vote of {event['happened_edtf']}: {event['title']} ({event.event_id})"
    address = record.address(event["source_id"])
    return _say(claim, parts, where, (event.event_id,), (address,) if address else (), 9.0)


def _say(
    claim: str,
    parts: list[Part],
    where: str,
    ids: tuple[str, ...],
    links: tuple[str, ...],
    score: float,
) -> Verdict:
    outcome = combine(parts)
    if outcome == "disagrees" and score < 2.5:
        outcome = "ambiguous"
    text = [f"Compared with {where}."] if outcome != "agrees" else [f"This agrees with {where}."]
    text += [say_part(part) for part in parts if part.outcome != "agrees"]
    return Verdict(
        claim, "tally", outcome, " ".join(text), records=ids, parts=tuple(parts), links=links
    )
