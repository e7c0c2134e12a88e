"""Give verdicts on "no African state signed" and "all six Gulf states signed": a group as a whole.

They are compared with the states of the group on one complete roster; for a vote, with those that
could vote. Nothing is compared where the sentence says more than one thing of the group.
"""

from __future__ import annotations

from collections.abc import Iterator

from xinjiang_record.extract.check.compare.first_and_only import members, who_did
from xinjiang_record.extract.check.compare.state_verdicts import DID
from xinjiang_record.extract.check.find_statement import Reference, best_of, find_statements
from xinjiang_record.extract.check.left_over import UsedPlaces
from xinjiang_record.extract.check.reading.act_cues import Cue
from xinjiang_record.extract.check.reading.acts import Act
from xinjiang_record.extract.check.reading.clauses import has_defining_clause
from xinjiang_record.extract.check.reading.sentence_reading import Reading
from xinjiang_record.extract.check.reading.state_groups import Group
from xinjiang_record.extract.check.reading.superlatives import Scope
from xinjiang_record.extract.check.record_tables import SIGNED, VOTES, Record, Statement
from xinjiang_record.extract.check.verdict import Part, Verdict
from xinjiang_record.extract.check.verdict_text import combine, verdict_on
from xinjiang_record.extract.languages.context_words import compiled
from xinjiang_record.extract.languages.list_words import fold

_COMPARED = VOTES | {"signed", "joined", "withdrew"}
_NEAR_COUNT = 16  # letters behind "all" in which the number of the group begins: "all six Gulf"
_MOST_SHOWN = 6  # names of states in an answer


def act_of_scope(reading: Reading, acts: list[Act]) -> str | None:
    """Return what all or none of a group did; None where the sentence says more than that."""
    scope = reading.scope
    if scope is None or reading.only or reading.first or reading.tally or reading.is_unreal:
        return None
    cues = [cue for cue in reading.cues if cue.kind not in ("led", "led_by", "among")]
    kinds = {_kind(cue, reading) for cue in cues}
    if len(kinds) != 1 or not kinds <= _COMPARED or _is_denied_twice(scope, cues, reading):
        return None
    if any(has_defining_clause(reading.text, scope.end, cue.start) for cue in cues):
        return None  # "no African state that abstained has explained its vote"
    if any(not _is_of_group(count.start, scope) for count in reading.counts):
        return None
    leads = {act.group for act in acts if act.kind == "led"}
    others = [group for group in reading.groups if group.codes != ("CHN",)]
    if any(group not in leads and group not in _apart(reading) for group in others):
        return None
    return kinds.pop()


def _kind(cue: Cue, reading: Reading) -> str:
    """Return the act of a cue; Slavic languages deny it once more behind "no state"."""
    negation = reading.words.lists.words.get("negations")
    is_twice = reading.scope and reading.scope.is_none and cue.kind == "not_signed"
    if is_twice and negation and negation.match(fold(reading.text), cue.start):
        return "signed"
    return cue.kind


def _apart(reading: Reading) -> list[Group]:
    """Return the groups that are left out: "except Eswatini and Liberia" may be two of them."""
    out: list[Group] = []
    joiner = reading.words.lists.words["and"].pattern
    for group in reading.groups:
        between = fold(reading.text[out[-1].end : group.start]) if out else "?"
        if group.is_left_out or compiled(rf"[\s,]*(?:{joiner})?[\s,]*").fullmatch(between):
            out.append(group)
    return out


def _is_of_group(at: int, scope: Scope) -> bool:
    return scope.start <= at <= scope.end + _NEAR_COUNT


def _is_denied_twice(scope: Scope, cues: list[Cue], reading: Reading) -> bool:
    """Return whether a "not" denies "all", or the act: what is said is not clear then."""
    negation = reading.words.lists.words.get("negations")
    before = reading.text[max(0, scope.start - 12) : scope.start].lower()
    is_denied = negation is not None and bool(negation.search(before))
    return is_denied or (not scope.is_none and any(cue.is_negated for cue in cues))


def check_scope(
    reading: Reading, kind: str, record: Record, reference: Reference, used: UsedPlaces
) -> Iterator[Verdict]:
    """Yield the verdict on what all or none of a group of states did."""
    scope = reading.scope
    if scope is None:
        return
    used.groups |= set(range(len(reading.groups)))
    used.only = True
    which = "no" if scope.is_none else "every"
    claim = f"{which} state {f'of {scope.group} ' if scope.group else ''}{DID[kind]}"
    claim = claim.replace("_", " ")

    def is_theirs(statement: Statement) -> float:
        """Return more score for a text whose signatories are the group itself."""
        there = members(record, scope.group, statement.on) if scope.group else None
        return 1.0 if there and statement.states(*SIGNED) == there else 0.0

    best = best_of(find_statements(record, reference, is_theirs))
    if len(best) != 1 or not best[0].is_identified:
        yield Verdict(claim, "only", "unknown", "The claim identifies no single statement.")
        return
    statement = best[0].statement
    there = _group(record, statement, scope, kind)
    did = who_did(statement, kind, there)
    if there is None or did is None:
        yield Verdict(claim, "only", "unknown", "The record has no list of these states.")
        return
    apart = {code for group in _apart(reading) for code in group.codes}
    part = _part(record, statement, kind, scope, claim, there, did, apart)
    parts = [part, *_counts(reading, there - apart), *best[0].parts.values()]
    yield verdict_on(record, claim, "only", combine(parts), best[0], parts)


def _group(record: Record, statement: Statement, scope: Scope, kind: str) -> frozenset[str] | None:
    """Return the states that the sentence speaks of; in a vote, those that voted."""
    voters = frozenset(statement.states(*VOTES)) if statement.is_vote else None
    if not scope.group:
        return voters or frozenset(who_did(statement, kind, None) or ())
    there = members(record, scope.group, statement.on)
    return there & voters if there is not None and voters is not None else there


def _part(
    record: Record,
    statement: Statement,
    kind: str,
    scope: Scope,
    claim: str,
    there: frozenset[str],
    did: set[str],
    apart: set[str],
) -> Part:
    """Return whether all or none of a group did it, but for the states that are named apart."""
    others = there - apart
    wrong = others & did if scope.is_none else others - did
    wrong |= apart - did if scope.is_none else apart & did
    if not wrong:
        outcome = "agrees" if statement.is_complete and there else "unknown"
        return Part("only", claim, outcome, "no other is known")
    outcome = "disagrees" if statement.is_complete or scope.is_none else "unknown"
    names = [record.name(code) for code in sorted(wrong)]
    more = f" and {len(names) - _MOST_SHOWN} more" if len(names) > _MOST_SHOWN else ""
    did_or_not = DID[kind] if scope.is_none else f"are not among those that {DID[kind]}"
    known = f"{', '.join(names[:_MOST_SHOWN])}{more} {did_or_not}"
    return Part("only", claim, outcome, known)


def _counts(reading: Reading, there: frozenset[str]) -> Iterator[Part]:
    """Yield whether the group has the number of states that the sentence gives it."""
    for count in reading.counts:
        agrees = count.value == len(there)
        outcome = "agrees" if agrees else "disagrees"
        yield Part("count", count.printed, outcome, f"{len(there)} states of the group")
