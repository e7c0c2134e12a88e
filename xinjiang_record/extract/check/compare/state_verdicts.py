"""Give verdicts on what states did: signed, joined, withdrew, voted, led, or did not sign."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from xinjiang_record.extract.check.find_statement import (
    Candidate,
    Reference,
    best_of,
    find_statements,
    is_near,
    score_statement,
)
from xinjiang_record.extract.check.reading.state_counts import StateCount
from xinjiang_record.extract.check.record_tables import NOT_VOTES, VOTES, Record, Statement
from xinjiang_record.extract.check.verdict import Part, Verdict
from xinjiang_record.extract.check.verdict_text import (
    combine,
    leave_open,
    links_of,
    shown,
    verdict_on,
)

LIST_SIZE = 4  # states from which a claim is shown as a list
DID = {
    "signed": "signed",
    "joined": "joined",
    "withdrew": "withdrew",
    "not_signed": "did not sign",
    "stayed": "never withdrew",
    "still": "signed and has not withdrawn",
    "led": "led or read it",
    "not_led": "did not lead or read it",
    "sponsored": "sponsored it",
    "voted_yes": "voted in favour",
    "voted_no": "voted against",
    "abstained": "abstained",
    "not_voted_yes": "did not vote in favour",
    "not_voted_no": "did not vote against",
    "not_abstained": "did not abstain",
}

DENIALS = frozenset({"not_signed", "stayed", "not_led"})


def act_part(record: Record, statement: Statement, iso3: str, kind: str, printed: str = "") -> Part:
    """Return whether a state did this, as far as the roster of the statement says."""
    said = f"{printed or record.name(iso3)} {DID[kind]}"
    withdrew = statement.did(iso3, ["withdrew"])
    has_signed = iso3 in statement.signers
    what = _position(record, statement, iso3)
    if kind in VOTES:
        if statement.did(iso3, [kind]):
            return Part("state", said, "agrees", what)
        known = statement.did(iso3, VOTES) or statement.is_complete
        return Part("state", said, "disagrees" if known else "unknown", what)
    if kind in NOT_VOTES:
        own = [event.kind for event in statement.did(iso3, VOTES)]
        known_act = own[0] if own else "none" if statement.is_complete else ""
        outcome = "disagrees" if NOT_VOTES[kind] in own else "agrees" if known_act else "unknown"
        return Part("state", said, outcome, what)
    if kind in ("led", "not_led"):
        if not statement.leads:
            return Part("lead", said, "unknown", "the record names no lead")
        agrees = (iso3 in statement.lead_states) == (kind == "led")
        leads = " and ".join(record.name(code) for code in sorted(statement.lead_states))
        return Part(
            "lead",
            (printed or record.name(iso3)) if kind == "led" else said,
            "agrees" if agrees else "disagrees",
            f"{leads} read it or led",
        )
    if kind == "sponsored":
        agrees = bool(statement.did(iso3, ["sponsored"])) or iso3 in statement.lead_states
        return Part("state", said, "agrees" if agrees else "unknown", what)
    if kind == "withdrew":
        outcome = (
            "agrees"
            if withdrew
            else "unknown"
            if has_signed or not statement.is_complete
            else "disagrees"
        )
        return Part("state", said, outcome, what)
    if kind == "stayed":
        outcome = "disagrees" if withdrew else "agrees" if has_signed else "unknown"
        return Part("state", said, outcome, what)
    if kind == "still" and withdrew:
        return Part("state", said, "disagrees", what)
    if kind == "not_signed":
        is_late = has_signed and not statement.did(iso3, ["signed"])  # it joined on another day
        outcome = "agrees" if statement.is_complete else "unknown"
        outcome = "partly" if is_late else "disagrees" if has_signed else outcome
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
        tail = (
            "is not on its list"
            if statement.is_complete
            else "is not among the names known; the roster is partial"
        )
        return f"{name} {tail}"
    words = {
        "voted_yes": "voted in favour",
        "voted_no": "voted against",
        "withdrew": "withdrew",
        "declared_after_vote": "declared its position after the vote",
    }
    known = [
        f"{words.get(event.kind, event.kind)} on {event.on}"
        if event.on
        else words.get(event.kind, event.kind)
        for event in events
    ]
    return f"{name} {' and '.join(dict.fromkeys(known))}"


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
        if reference.date_is_of == "statement":
            return []
        return [e.on for e in statement.events if e.kind in wanted and e.iso3 in states]

    is_later = kinds[0] in ("withdrew", "joined") and reference.date_is_of == "act"
    if "led" in kinds:
        reference = replace(reference, leads=frozenset())
    reference = replace(reference, more_dates=dates_of_act, has_own_date=not is_later)

    def outcomes(statement: Statement) -> list[str]:
        """Return the outcome for each state."""
        return [combine(_act_parts(record, statement, states, code, kinds)) for code in codes]

    def score(statement: Statement) -> float:
        """Add a little for each state that did what the list says: a list can identify."""
        if set(kinds) <= DENIALS:
            return extra(statement)  # what a state did not do is true of most statements
        good = outcomes(statement).count("agrees") / len(codes)
        return extra(statement) + (3.0 if len(codes) >= LIST_SIZE else 1.0) * good

    ranked = find_statements(record, reference, score)
    claim = _list_claim(states, codes, kinds)
    if not ranked:
        return [Verdict(claim, "state", "unknown", "The record has no such statement.")]
    best = best_of(ranked)
    bare = score_statement(best[0].statement, reference, extra)
    is_long = len(codes) >= LIST_SIZE and outcomes(best[0].statement).count(
        "agrees"
    ) * 3 >= 2 * len(codes)
    if not (bare.is_identified or (is_long and best[0].is_identified)):
        return [_existential(record, states, kinds, ranked, claim)]
    return _by_state(record, states, kinds, best)


def _act_parts(
    record: Record, statement: Statement, states: Mapping[str, str], code: str, kinds: Sequence[str]
) -> tuple[Part, ...]:
    parts = tuple(act_part(record, statement, code, kind, states[code]) for kind in kinds)
    if {"signed", "joined"} <= set(kinds) and not statement.did(code, ["joined"]):
        return tuple(
            replace(part, outcome="unknown") if kind == "joined" else part
            for part, kind in zip(parts, kinds, strict=True)
        )
    return parts


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
            known = "; ".join(p.record for _, found, _ in members[:6] for p in found[:1])
            parts = tuple(replace(part, record=known) for part in parts)
        note = _elsewhere(record, codes, kinds, item.statement) if outcome == "disagrees" else ""
        claim = _list_claim(states, codes, kinds)
        kind = "lead" if kinds[0] == "led" else "state"
        verdict = verdict_on(
            record, claim, kind, outcome, item, (*parts, *item.parts.values()), note
        )
        ids = tuple(dict.fromkeys(entry.statement.statement_id for entry in best))
        verdict = replace(verdict, states=tuple(codes))
        out.append(replace(verdict, records=ids) if len(best) > 1 else verdict)
    return out


def without_late_signers(
    record: Record,
    verdict: Verdict,
    kinds: Sequence[str],
    counts: Iterable[StateCount],
    about: Reference,
) -> Verdict:
    """Return a verdict that leaves open whether a state that joined later is one "of the 22".

    The number of a sentence can be that of the day; the state is on the list all the same. So it
    is with "signed on 8 July", if the day is not that of the text.
    """
    if not set(kinds) <= {"signed", "not_signed"} or len(verdict.records) != 1:
        return verdict
    known = [item for item in record.statements if item.statement_id == verdict.records[0]]
    first = {item.declared for item in known} - {item.current for item in known}
    joined = {
        code: event.on
        for item in known
        for code in verdict.states
        if not item.did(code, ["signed"])
        for event in item.did(code, ["joined"])
    }
    late = [record.name(code) for code in joined]
    is_first = any(count.value in first and count.qualifier == "exact" for count in counts)
    is_first = is_first or (
        about.date_is_of != "statement"
        and any(not is_near(on, said) for on in joined.values() if on for said in about.dates)
    )
    if not (late and is_first and verdict.outcome in ("agrees", "disagrees")):
        return verdict
    known_as = f"{' and '.join(late)} joined later, and is not one of the first signatories"
    return leave_open(verdict, "list", known_as)


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
    """Return the verdict on "X signed a statement", where it identifies no single statement."""
    hits = [
        item
        for item in ranked
        if not item.contradictions
        and all(
            combine(_act_parts(record, item.statement, states, code, kinds)) == "agrees"
            for code in states
        )
    ]
    if (DENIALS | {"still"}) & set(kinds):
        hits = []
    ids = tuple(item.statement.statement_id for item in hits)
    kind = "lead" if kinds[0] == "led" else "state"
    if not hits:
        text = "The claim identifies no single statement, and no statement fits it."
        return Verdict(claim, kind, "unknown", text)
    best = hits[0]
    rest = [item for item in best.parts.values() if item.outcome != "agrees"]
    if len(hits) == 1 and not rest:
        parts = _act_parts(record, best.statement, states, next(iter(states)), kinds)
        return verdict_on(record, claim, kind, "agrees", best, (*parts, *best.parts.values()))
    return Verdict(
        claim,
        kind,
        "ambiguous",
        f"This is true of {len(hits)} statements; the text does not say which: "
        f"{', '.join(ids[:5])}.",
        records=ids,
        links=links_of(record, best.statement),
    )
