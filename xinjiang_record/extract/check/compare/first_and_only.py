"""Give verdicts on "the only African state that signed" and "the first state to withdraw".

"Only" is compared with the states of a region or bloc on one complete roster. "First" is compared
with all earlier statements of the same kind: an earlier one refutes it; that there is none means
"none that the record has", so a partial roster before it leaves the claim open.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from xinjiang_record import edtf
from xinjiang_record.extract.check.compare.state_verdicts import DID
from xinjiang_record.extract.check.find_statement import (
    Reference,
    best_of,
    find_statements,
    is_near,
)
from xinjiang_record.extract.check.reading.superlatives import Superlative
from xinjiang_record.extract.check.record_tables import (
    NOT_VOTES,
    SIGNED,
    VOTE_ACTS,
    VOTES,
    Record,
    Statement,
)
from xinjiang_record.extract.check.verdict import Part, Verdict
from xinjiang_record.extract.check.verdict_text import combine, links_of, shown, verdict_on

_BLOCS = {"european_union": "eu", "arab": "arab-league", "gulf": "gcc"}
_SUBREGIONS = {"central_asia": "Central Asia", "latin_america": "Latin America and the Caribbean"}


def members(record: Record, group: str, on: str) -> frozenset[str] | None:
    """Return the states of a region or bloc on a day; None where the record has no such list."""
    if group in _BLOCS:
        found, day = record.members.get(_BLOCS[group], ()), _first_day(on)
        return (
            frozenset(
                item.iso3
                for item in found
                if (not item.since or _first_day(item.since) <= day)
                and (not item.until or _first_day(item.until) >= day)
            )
            or None
        )
    if group in _SUBREGIONS:
        return frozenset(c for c, name in record.subregions.items() if name == _SUBREGIONS[group])
    if group == "americas":
        return frozenset(c for c, name in record.regions.items() if name == group)
    found_codes = frozenset(
        code for code, name in record.regions.items() if group and name.startswith(group[:4])
    )
    return found_codes or None


def _first_day(text: str) -> str:
    low, high = edtf.bounds(text)
    day = low or high
    return day.isoformat() if day else ""


def check_only(
    record: Record,
    code: str,
    only: Superlative,
    kind: str,
    reference: Reference,
    extra: Callable[[Statement], float],
) -> Verdict:
    """Return the verdict on "the only African state that signed"."""
    group = only.group.replace("_", " ")
    claim = f"{record.name(code)} is the only {f'one of {group}' if group else 'state'}"
    best = best_of(find_statements(record, reference, extra))
    if len(best) != 1 or not best[0].is_identified:
        return Verdict(claim, "only", "unknown", "The claim identifies no single statement.")
    statement = best[0].statement
    there = members(record, only.group, statement.on) if only.group else None
    if only.group and there is None:
        why = f"the record has no list of such states ({group})"
        part = Part("only", claim, "not_understood", why)
        return Verdict(claim, "only", "not_understood", f"Not checked: {why}.", parts=(part,))
    did = who_did(statement, kind, there)
    if did is None:
        return Verdict(claim, "only", "unknown", "What the others did is not in the record.")
    known = sorted(did if there is None else did & there)
    others = [iso3 for iso3 in known if iso3 != code]
    if others or code not in known:
        outcome = "disagrees" if others or statement.is_complete else "unknown"
    else:
        outcome = "agrees" if statement.is_complete else "unknown"
    names = ", ".join(record.name(iso3) for iso3 in known[:8]) or "none"
    more = f" and {len(known) - 8} more" if len(known) > 8 else ""
    of = "of that group " if only.group else ""
    part = Part("only", claim, outcome, f"{of}{names}{more} {DID[kind]}")
    parts = (part, *best[0].parts.values())
    return verdict_on(record, claim, "only", combine(parts), best[0], parts)


def who_did(statement: Statement, kind: str, there: frozenset[str] | None) -> set[str] | None:
    """Return the states that did this; None where the roster does not say."""
    if kind == "not_signed":
        if there is None or not statement.is_complete:
            return None
        return set(there) - statement.signers
    if kind == "led":
        return statement.lead_states
    if kind == "stayed" or kind in NOT_VOTES:
        return None
    kinds = [kind] if kind in VOTES or kind in ("withdrew", "joined") else list(SIGNED)
    return statement.states(*kinds)


def check_first_state(
    record: Record, code: str, first: Superlative, kind: str, reference: Reference
) -> Verdict:
    """Return the verdict on "the first African state to sign", or "signed for the first time"."""
    group = first.group.replace("_", " ")
    name = record.name(code)
    claim = f"{name} {DID[kind]} first" + (f" of {group}" if group else "")
    if first.noun == "time":
        claim = f"{name} {DID[kind]} for the first time"
    pool = [item for item in record.statements if _may_be_meant(item, reference, kind)]
    days = _days(pool, kind)
    if code not in days:
        text = "The record has no such act of this state."
        return Verdict(claim, "first", "unknown", text, parts=(Part("first", claim, "unknown"),))
    day, statement = days[code]
    there = members(record, first.group, day) if first.group else None
    if first.group and there is None:
        why = f"the record has no list of such states ({group})"
        part = Part("first", claim, "not_understood", why)
        return Verdict(claim, "first", "not_understood", f"Not checked: {why}.", parts=(part,))
    rivals = {} if first.noun == "time" else days
    before = sorted(
        (on, iso3, other.side)
        for iso3, (on, other) in rivals.items()
        if iso3 != code and on <= day and (there is None or iso3 in there)
    )
    parts = [
        _first_part(
            record, claim, day, statement, before, pool, reference, is_narrow=first.is_narrow
        )
    ]
    for said in (*reference.dates, *reference.weak_dates):
        near = is_near(day, said)
        parts.append(Part("date", said, "agrees" if near else "disagrees", day))
    said_so = [f"Its first such act that the record has is of {day}: {shown(statement)}."]
    said_so += [f"{part.record[:1].upper()}{part.record[1:]}." for part in parts[:1] if part.record]
    said_so += [f"The date does not agree: {day}, not {p.said}." for p in parts[1:] if _is_bad(p)]
    return Verdict(
        claim,
        "first",
        combine(parts),
        " ".join(said_so),
        records=(statement.statement_id,),
        parts=tuple(parts),
        links=links_of(record, statement),
    )


def _is_bad(part: Part) -> bool:
    return part.outcome == "disagrees"


def _first_part(
    record: Record,
    claim: str,
    day: str,
    statement: Statement,
    before: Sequence[tuple[str, str, str]],
    pool: Sequence[Statement],
    reference: Reference,
    *,
    is_narrow: bool,
) -> Part:
    earlier = [item for item in before if item[0] < day]
    same_side = [item for item in earlier if item[2] == statement.side or reference.side]
    if same_side:
        on, iso3, _ = same_side[0]
        outcome = "unknown" if is_narrow else "disagrees"
        return Part("first", claim, outcome, f"{record.name(iso3)} did so on {on}")
    if earlier:
        return Part("first", claim, "partly", f"only of the {statement.side} side")
    if before:
        names = ", ".join(record.name(iso3) for _, iso3, _ in before[:4])
        return Part("first", claim, "partly", f"{names} did so on the same day")
    gaps = [
        item.statement_id
        for item in pool
        if _first_day(item.on) < day and not item.is_complete and not item.is_vote
    ]
    if gaps:
        return Part("first", claim, "unknown", f"the roster of {gaps[0]}, before it, is partial")
    return Part("first", claim, "agrees", "the record has none before it")


def _may_be_meant(statement: Statement, reference: Reference, kind: str) -> bool:
    """Return whether an earlier act on this statement would refute the claim."""
    kinds = (
        {"vote"}
        if kind in VOTE_ACTS
        else {reference.kind}
        if reference.kind in ("letter", "joint_statement") and kind not in ("withdrew", "joined")
        else {"letter", "joint_statement"}
    )
    if statement.kind not in kinds or (reference.side and statement.side != reference.side):
        return False
    if reference.topics and statement.topics and "xinjiang" not in statement.topics:
        return False
    return not (reference.bodies and statement.bodies and not reference.bodies & statement.bodies)


def _days(pool: Sequence[Statement], kind: str) -> dict[str, tuple[str, Statement]]:
    """Return the first day on which each state did this, and on which statement."""
    out: dict[str, tuple[str, Statement]] = {}
    kinds = [kind] if kind in VOTES or kind in ("withdrew", "joined") else list(SIGNED)
    for statement in pool:
        acts = [(e.iso3, e.on or statement.on) for e in statement.events if e.kind in kinds]
        if kind == "led":
            acts = [(code, statement.on) for code in statement.lead_states]
        for iso3, printed in acts:
            day = _first_day(printed) if printed else ""
            if iso3 and day and (iso3 not in out or day < out[iso3][0]):
                out[iso3] = (day, statement)
    return out


def check_first_text(
    record: Record, reference: Reference, claim: str, *, is_narrow: bool
) -> Verdict:
    """Return the verdict on "the first joint statement on Xinjiang".

    Args:
        record: The published tables.
        reference: What the sentence says about the statement.
        claim: How the claim is shown.
        is_narrow: Whether more words narrow the kind: "the first of 2022", "for 40 states". Then
            an earlier statement does not refute it.
    """
    best = best_of(find_statements(record, reference))
    pool = [
        item
        for item in record.statements
        if item.kind in ("letter", "joint_statement") and _may_be_meant(item, reference, "signed")
    ]
    earliest = min(pool, key=lambda item: _first_day(item.on), default=None)
    if earliest is None or len(best) != 1 or not best[0].is_identified:
        return Verdict(claim, "first", "unknown", "The claim identifies no single statement.")
    statement = best[0].statement
    if statement not in pool:
        return Verdict(claim, "first", "unknown", "What it is the first of is not in the record.")
    same_side = min(
        (item for item in pool if item.side == statement.side), key=lambda s: _first_day(s.on)
    )
    if _first_day(same_side.on) < _first_day(statement.on) and is_narrow:
        part = Part("first", claim, "unknown", f"{shown(same_side)} is earlier")
    elif _first_day(same_side.on) < _first_day(statement.on):
        part = Part("first", claim, "disagrees", f"{shown(same_side)} is earlier")
    elif _first_day(earliest.on) < _first_day(statement.on):
        part = Part("first", claim, "partly", f"only of the {statement.side} side")
    else:
        part = Part("first", claim, "agrees", "the record has none before it")
    parts = (part, *best[0].parts.values())
    return verdict_on(record, claim, "first", combine(parts), best[0], parts)
