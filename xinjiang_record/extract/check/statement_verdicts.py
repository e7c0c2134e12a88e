"""Verdicts on counts of states, on what states did, and on who led a statement."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from xinjiang_record.extract.check.find_statement import (
    Candidate,
    Reference,
    best_of,
    find_statements,
    is_near,
)
from xinjiang_record.extract.check.record_tables import SIGNED, VOTES, Record, Statement
from xinjiang_record.extract.check.sentence_reading import StateCount
from xinjiang_record.extract.check.verdict import Part, Verdict

COUNT_SCORE = 2.5
LIST_SIZE = 4  # states from which a claim is shown as a list
DID = {
    "signed": "signed",
    "joined": "joined",
    "withdrew": "withdrew",
    "not_signed": "did not sign",
    "stayed": "never withdrew",
    "led": "led or read it",
    "sponsored": "sponsored it",
    "voted_yes": "voted in favour",
    "voted_no": "voted against",
    "abstained": "abstained",
}
_RANK = ("disagrees", "unknown", "ambiguous", "partly", "claimed", "agrees")


def combine(parts: Iterable[Part]) -> str:
    """Return the outcome of a claim: the weakest of its parts; it agrees only if all agree."""
    found = {part.outcome for part in parts}
    return next((name for name in _RANK if name in found), "unknown")


def shown(statement: Statement) -> str:
    """Return how a statement is named in a sentence."""
    kind = {"letter": "letter", "vote": "vote"}.get(statement.kind, "statement")
    side = "" if statement.is_vote else f"{statement.side} "
    return f"the {side}{kind} of {statement.on} ({statement.statement_id})"


def links_of(record: Record, statement: Statement, sources: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the addresses of the sources of a statement."""
    found = [record.address(item) for item in (*sources, *statement.sources)]
    return tuple(dict.fromkeys(item for item in found if item))[:3]


# --- counts -----------------------------------------------------------------------------------


def count_part(statement: Statement, count: StateCount) -> Part:
    """Return whether a statement has this number of states, and in which sense."""
    value = count.value + 1 if count.role == "others" else count.value
    said = count.printed
    if count.role == "more":
        joined = len(statement.states("joined"))
        day = [len([e for e in statement.events if e.kind == "joined" and e.on == on])
               for on in {e.on for e in statement.events if e.kind == "joined"}]  # fmt: skip
        if count.value in (joined, *day):
            return Part("count", said, "agrees", f"{count.value} joined")
    complete = [n for n in (statement.named, statement.current) if n] if statement.is_complete else []
    if count.qualifier in ("exact", "average"):
        return _exact_count(statement, value, said, complete)
    numbers = [n for n in (statement.declared, *complete) if n is not None]
    if any(_fits(count.qualifier, value, number) for number in numbers):
        return Part("count", said, "agrees", _numbers(statement))
    close = [c for c in statement.claims if c.count is not None and _fits(count.qualifier, value, c.count)]
    if close:
        return Part("count", said, "claimed", f"{close[0].count} is claimed by a source")
    return Part("count", said, "disagrees", _numbers(statement))


def _exact_count(
    statement: Statement, value: int, said: str, complete: Sequence[int]
) -> Part:
    same = [c for c in statement.claims if c.count == value and c.counts in ("signatories", "votes")]
    sets = {c.named for c in same if c.is_published}
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
        return value * 0.9 <= number <= value
    return abs(number - value) <= max(1, 0.05 * value)


def check_count(record: Record, count: StateCount, reference: Reference) -> Verdict:
    """Return the verdict on a number of states."""
    value = count.value + 1 if count.role == "others" else count.value

    def dates_of_count(statement: Statement) -> list[str]:
        """Return when this number was claimed, and when states joined."""
        days = [c.as_of for c in statement.claims if c.count in (count.value, value) and c.as_of]
        return days + [e.on for e in statement.events if e.kind == "joined"] * (count.role == "more")

    found = find_statements(record, replace(reference, more_dates=dates_of_count))
    scored = [(item, count_part(item.statement, count)) for item in found]
    scored.sort(key=lambda pair: -(pair[0].score + _count_score(pair[1])))
    claim = count.printed
    if not scored:
        return Verdict(claim, "count", "unknown", "The record has no such statement.")
    best, part = scored[0]
    if part.outcome == "disagrees":
        return _count_contradicted(record, claim, found, count)
    rivals = [
        item
        for item, other in scored[1:]
        if other.outcome != "disagrees"
        and item.score + _count_score(other) > best.score + _count_score(part) - TIE_OF_COUNTS
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
    return _verdict(record, claim, "count", outcome, best, parts)


TIE_OF_COUNTS = 0.75


def _count_score(part: Part) -> float:
    return {"agrees": COUNT_SCORE, "ambiguous": COUNT_SCORE, "claimed": 2.0}.get(part.outcome, -1.0)


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
            "No statement of the record bears this number, and none is singled out.",
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


def _verdict(
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
    text += [_told(part) for part in parts if part.outcome != "agrees"]
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


def _told(part: Part) -> str:
    """Return one sentence on a part that does not simply agree."""
    known = part.record or "nothing"
    if part.outcome == "disagrees" and part.name in ("state", "only"):
        return f"The {part.name} does not agree: the record has that {known}."
    if part.outcome == "disagrees":
        return f"The {part.name} does not agree: {known}, not {part.said}."
    if part.outcome == "claimed":
        return f"The {part.name}: {known}."
    word = "is ambiguous" if part.outcome == "ambiguous" else "cannot be told from the record"
    return f"The {part.name} {word} ({part.said}): {known}."


# --- what states did --------------------------------------------------------------------------


def act_part(
    record: Record, statement: Statement, iso3: str, kind: str, printed: str = ""
) -> Part:
    """Return whether a state did this, as far as the roster of the statement can tell."""
    said = f"{printed or record.name(iso3)} {DID[kind]}"
    withdrew = statement.did(iso3, ["withdrew"])
    has_signed = iso3 in statement.signers
    what = _position(record, statement, iso3)
    if kind in VOTES:
        if statement.did(iso3, [kind]):
            return Part("state", said, "agrees", what)
        known = statement.did(iso3, VOTES) or statement.is_complete
        return Part("state", said, "disagrees" if known else "unknown", what)
    if kind == "led":
        if not statement.leads:
            return Part("lead", said, "unknown", "the record names no lead")
        agrees = iso3 in statement.lead_states
        leads = " and ".join(record.name(code) for code in sorted(statement.lead_states))
        return Part(
            "lead", printed or record.name(iso3), "agrees" if agrees else "disagrees", f"{leads} read it or led"
        )
    if kind == "sponsored":
        agrees = bool(statement.did(iso3, ["sponsored"])) or iso3 in statement.lead_states
        return Part("state", said, "agrees" if agrees else "unknown", what)
    if kind == "withdrew":
        outcome = "agrees" if withdrew else "unknown" if has_signed or not statement.is_complete else "disagrees"
        return Part("state", said, outcome, what)
    if kind == "stayed":
        outcome = "disagrees" if withdrew else "agrees" if has_signed else "unknown"
        return Part("state", said, outcome, what)
    if kind == "not_signed":
        outcome = "disagrees" if has_signed else "agrees" if statement.is_complete else "unknown"
        return Part("state", said, outcome, what)
    if has_signed:
        return Part("state", said, "agrees", what)
    if record.name(iso3) in statement.held_states:
        return Part("state", said, "claimed", "claimed, not published here")
    return Part("state", said, "disagrees" if statement.is_complete else "unknown", what)


def _position(record: Record, statement: Statement, iso3: str) -> str:
    """Return what the record says that a state did on a statement."""
    name = record.name(iso3)
    events = [event for event in statement.events if event.iso3 == iso3]
    if not events:
        tail = "is not on its list" if statement.is_complete else "is not among the names known; the roster is partial"
        return f"{name} {tail}"
    words = {"voted_yes": "voted in favour", "voted_no": "voted against", "withdrew": "withdrew", "declared_after_vote": "declared its position after the vote"}
    told = [f"{words.get(event.kind, event.kind)} on {event.on}" if event.on else words.get(event.kind, event.kind) for event in events]
    return f"{name} {' and '.join(dict.fromkeys(told))}"


def check_states(
    record: Record,
    states: Mapping[str, str],
    kinds: Sequence[str],
    reference: Reference,
    extra: Callable[[Statement], float],
) -> list[Verdict]:
    """Return the verdicts on what the states of one list did.

    States of one outcome share a verdict; a state that disagrees has its own.

    Args:
        record: The published tables.
        states: The codes of the states, with their names as printed.
        kinds: What they are said to have done: one act, or two ("signed and never withdrew").
        reference: What the sentence says about the statement.
        extra: More score for a statement, from other claims of the sentence.
    """
    codes = list(states)

    def dates_of_act(statement: Statement) -> list[str]:
        """Return when these states joined, withdrew, or declared themselves."""
        later = {"joined": "joined", "withdrew": "withdrew", "signed": "joined"}
        wanted = {later[kind] for kind in kinds if kind in later}
        return [e.on for e in statement.events if e.kind in wanted and e.iso3 in states]

    if "led" in kinds:
        reference = replace(reference, leads=frozenset())
    reference = replace(reference, more_dates=dates_of_act)

    def outcomes(statement: Statement) -> list[str]:
        """Return the outcome for each state."""
        return [combine(_act_parts(record, statement, states, code, kinds)) for code in codes]

    def score(statement: Statement) -> float:
        """Add a little for each state that did what the list says: a list can identify."""
        good = outcomes(statement).count("agrees") / len(codes)
        return extra(statement) + (3.0 if len(codes) >= LIST_SIZE else 1.0) * good

    ranked = find_statements(record, reference, score)
    claim = _list_claim(states, codes, kinds)
    if not ranked:
        return [Verdict(claim, "state", "unknown", "The record has no such statement.")]
    best = best_of(ranked)
    bare = {c.statement.statement_id: c for c in find_statements(record, reference, extra)}
    is_long = len(codes) >= LIST_SIZE and outcomes(best[0].statement).count("agrees") * 3 >= 2 * len(codes)
    if not (bare[best[0].statement.statement_id].is_identified or (is_long and best[0].is_identified)):
        return [_existential(record, states, kinds, ranked, claim)]
    return _by_state(record, states, kinds, best)


def _act_parts(
    record: Record, statement: Statement, states: Mapping[str, str], code: str, kinds: Sequence[str]
) -> tuple[Part, ...]:
    return tuple(act_part(record, statement, code, kind, states[code]) for kind in kinds)


def _by_state(
    record: Record, states: Mapping[str, str], kinds: Sequence[str], best: list[Candidate]
) -> list[Verdict]:
    groups: dict[tuple[str, str], list[tuple[str, tuple[Part, ...], Candidate]]] = {}
    for code in states:
        tried = [(_act_parts(record, c.statement, states, code, kinds), c) for c in best]
        parts, item = next((pair for pair in tried if combine(pair[0]) == "agrees"), tried[0])
        if len({combine(pair[0]) for pair in tried}) > 1:
            parts = tuple(replace(part, outcome="ambiguous") for part in parts)
        outcome = combine((*parts, *item.parts.values()))
        alone = code if combine(parts) == "disagrees" else ""
        groups.setdefault((outcome, alone), []).append((code, parts, item))
    out = []
    for (outcome, _), members in groups.items():
        codes = [code for code, _, _ in members]
        _, parts, item = members[0]
        if len(members) > 1:
            told = "; ".join(p.record for _, found, _ in members[:6] for p in found[:1])
            parts = tuple(replace(part, record=told) for part in parts)
        note = _elsewhere(record, codes, kinds, item.statement) if outcome == "disagrees" else ""
        claim = _list_claim(states, codes, kinds)
        kind = "lead" if kinds[0] == "led" else "state"
        verdict = _verdict(
            record, claim, kind, outcome, item, (*parts, *item.parts.values()), note
        )
        ids = tuple(dict.fromkeys(entry.statement.statement_id for entry in best))
        out.append(replace(verdict, records=ids) if len(best) > 1 else verdict)
    return out


def _elsewhere(
    record: Record, codes: Sequence[str], kinds: Sequence[str], statement: Statement
) -> str:
    """Return where a state that is not on this list did sign, within a month."""
    if kinds[0] not in ("signed", "joined") or len(codes) != 1 or codes[0] in statement.signers:
        return ""
    for other in record.statements:
        is_other = other.side != statement.side and not other.is_vote
        if is_other and codes[0] in other.signers and is_near(other.on, statement.on[:7]):
            return f"{record.name(codes[0])} signed {shown(other)}."
    return ""


def _list_claim(states: Mapping[str, str], codes: Sequence[str], kinds: Sequence[str]) -> str:
    did = " and ".join(DID[kind] for kind in kinds)
    if len(codes) >= LIST_SIZE:
        return f"list of {len(codes)} states ({', '.join(codes)}) {did}"
    return f"{' and '.join(f'{states[code]} ({code})' for code in codes)} {did}"


def _existential(
    record: Record,
    states: Mapping[str, str],
    kinds: Sequence[str],
    ranked: list[Candidate],
    claim: str,
) -> Verdict:
    """Return the verdict on "X signed a statement", where nothing singles one statement out."""
    hits = [
        item
        for item in ranked
        if not item.contradictions
        and all(
            combine(_act_parts(record, item.statement, states, code, kinds)) == "agrees"
            for code in states
        )
    ]
    if "not_signed" in kinds or "stayed" in kinds:
        hits = []
    ids = tuple(item.statement.statement_id for item in hits)
    kind = "lead" if kinds[0] == "led" else "state"
    if not hits:
        text = "No statement is singled out, and none fits this claim."
        return Verdict(claim, kind, "unknown", text)
    best = hits[0]
    rest = [item for item in best.parts.values() if item.outcome != "agrees"]
    if len(hits) == 1 and not rest:
        parts = _act_parts(record, best.statement, states, next(iter(states)), kinds)
        return _verdict(record, claim, kind, "agrees", best, (*parts, *best.parts.values()))
    return Verdict(
        claim,
        kind,
        "ambiguous",
        f"This is true of {len(hits)} statements; the text does not say which: "
        f"{', '.join(ids[:5])}.",
        records=ids,
        links=links_of(record, best.statement),
    )


def check_only(
    record: Record, code: str, region: str, kind: str, reference: Reference,
    extra: Callable[[Statement], float],
) -> Verdict:  # fmt: skip
    """Return the verdict on "the only African state that signed"."""
    claim = f"{record.name(code)} is the only one of {region}"
    ranked = find_statements(record, reference, extra)
    best = best_of(ranked)
    if len(best) != 1 or not best[0].is_identified:
        return Verdict(claim, "only", "unknown", "No statement is singled out.")
    statement = best[0].statement
    kinds = [kind] if kind in VOTES or kind == "withdrew" else list(SIGNED)
    there = sorted(
        iso3 for iso3 in statement.states(*kinds) if record.regions.get(iso3, "").startswith(region[:4])
    )
    others = [record.name(iso3) for iso3 in there if iso3 != code]
    if others or code not in there:
        sure = bool(others) or statement.is_complete
        outcome = "disagrees" if sure else "unknown"
    else:
        outcome = "agrees" if statement.is_complete else "unknown"
    told = ", ".join(record.name(iso3) for iso3 in there[:8]) or "none"
    part = Part("only", claim, outcome, f"of that region the record has {told}")
    parts = (part, *best[0].parts.values())
    return _verdict(record, claim, "only", combine(parts), best[0], parts)
