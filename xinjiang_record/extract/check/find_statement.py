"""Find the statement of the record that a sentence is about, by the parts that it gives.

Every statement is scored by the parts of the reference: the date, the side, the body, the
session, the topic, the count, the lead. A part that agrees adds, one that does not takes away.
What is tested by a claim is left out of the score that identifies its statement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from xinjiang_record import edtf
from xinjiang_record.extract.check.record_tables import Record, Statement
from xinjiang_record.extract.check.verdict import Part

IDENTIFIED = 3.0  # score from which a statement is identified, so that a part can disagree with it
# What a camp, a body and a topic may add without a date, a lead or a session: never enough alone.
MOST_LOOSE = 2.4
TIE = 0.75  # how near two scores are when both statements may be meant
# By the letters of a date: a day, part of a month, a month, a year.
PRECISION = {10: 4.0, 21: 3.0, 7: 3.0, 4: 1.5}
_SAME_DAY = 1.0  # more for the day itself than for the day before: two texts a day apart
_CARRIED = 3.0
OTHER_TOPIC = -6.0  # no topic of the sentence is one of the statement


@dataclass
class Reference:
    """Hold what a sentence says about the statement that it is about."""

    dates: tuple[str, ...] = ()
    weak_dates: tuple[str, ...] = ()
    open_dates: tuple[str, ...] = ()
    side: str | None = None
    bodies: frozenset[str] = frozenset()
    session: str | None = None
    kind: str | None = None
    is_letter: bool = False  # whether the sentence names a letter, and no statement
    topics: frozenset[str] = frozenset()
    is_vote: bool = False
    leads: frozenset[str] = frozenset()
    is_about_china: bool = True  # whether the text, so far, names China, Xinjiang, or its topics
    carried: frozenset[str] = frozenset()
    carried_why: str = ""
    # Whose date it is: "withdrew on 18 July" is the act's, "the letter of 12 July" the statement's.
    date_is_of: str = ""
    has_own_date: bool = True
    # More dates that a claim may mean, such as that of joining.
    more_dates: Callable[[Statement], Iterable[str]] = field(default=lambda _: ())


@dataclass(frozen=True)
class Candidate:
    """Hold one statement with its score and the outcome of each part of the reference."""

    statement: Statement
    score: float
    parts: Mapping[str, Part]
    is_beside: bool = False  # whether the sentence is on another topic of the text, or on none

    @property
    def contradictions(self) -> list[Part]:
        """Return the parts that do not agree."""
        return [part for part in self.parts.values() if part.outcome == "disagrees"]

    @property
    def is_identified(self) -> bool:
        """Return whether the parts single the statement out enough for a contradiction to count."""
        return self.score >= IDENTIFIED and not self.is_beside


def find_statements(
    record: Record, reference: Reference, extra: Callable[[Statement], float] = lambda _: 0.0
) -> list[Candidate]:
    """Return all statements of the right kind, the best first.

    Args:
        record: The published tables.
        reference: What the sentence says.
        extra: More score for a statement, from claims of the sentence that are not tested.
    """
    found = [
        score_statement(statement, reference, extra)
        for statement in record.statements
        if reference.is_vote == statement.is_vote
    ]
    return sorted(found, key=lambda item: -item.score)


def best_of(found: list[Candidate]) -> list[Candidate]:
    """Return the best candidates: those that are as good as the first."""
    return [item for item in found if item.score > found[0].score - TIE] if found else []


def score_statement(
    statement: Statement, reference: Reference, extra: Callable[[Statement], float]
) -> Candidate:
    """Return a statement with its score, as ``find_statements`` does."""
    parts: dict[str, Part] = {}
    firm = _score_dates(statement, reference, parts)
    if reference.leads and statement.leads:
        firm += 2.0 if reference.leads & statement.lead_states else -1.0
    if statement.statement_id in reference.carried:
        firm += _CARRIED
    loose = _score_topics(statement, reference, parts)
    if reference.side:
        agrees = statement.side == reference.side
        parts["side"] = Part("side", reference.side, _word(agrees), statement.side)
        loose += 1.5 if agrees else -3.0
    if reference.bodies and statement.bodies:
        agrees = bool(reference.bodies & statement.bodies) or (
            reference.bodies == {"general_assembly"} and "third_committee" in statement.bodies
        )
        said = ", ".join(sorted(reference.bodies)).replace("_", " ")
        parts["body"] = Part("body", said, _word(agrees), _bodies(statement))
        loose += 1.0 if agrees else -2.0
    if reference.session and statement.session:
        agrees = statement.session.endswith(reference.session)
        parts["session"] = Part("session", reference.session, _word(agrees), statement.session)
        firm += 2.0 if agrees else -3.0
    if reference.kind and statement.kind in ("letter", "joint_statement"):
        loose += 0.5 if reference.kind == statement.kind else -0.25
        if reference.is_letter and statement.kind != "letter":
            parts["kind"] = Part("kind", "letter", "partly", "a joint statement")
    elif reference.kind in ("letter", "joint_statement") and statement.kind == "side_event":
        # Hosting an event is not reading a statement.
        parts["kind"] = Part("kind", reference.kind, "ambiguous", statement.kind)
        loose -= 1.0
    if firm <= 0:
        loose = min(loose, MOST_LOOSE)
    score = firm + loose + extra(statement)
    return Candidate(statement, score, parts, _is_beside(statement, reference))


def _is_beside(statement: Statement, reference: Reference) -> bool:
    """Return whether a sentence on Hong Kong alone may mean another text than this one."""
    if not reference.is_about_china:
        return True
    return bool(reference.topics) and "xinjiang" in statement.topics - reference.topics


def _word(agrees: bool) -> str:
    return "agrees" if agrees else "disagrees"


def _bodies(statement: Statement) -> str:
    return ", ".join(sorted(statement.bodies)).replace("_", " ")


def _score_dates(statement: Statement, reference: Reference, parts: dict[str, Part]) -> float:
    score = 0.0
    more = list(reference.more_dates(statement))
    for said in reference.dates:
        # A day that belongs to an act, such as a withdrawal, is not that of the statement.
        is_own = reference.has_own_date or len(said) < 10 or not more
        known = [statement.on, *more] if is_own else more
        agrees = any(is_near(day, said) for day in known)
        outcome = _word(agrees)
        if agrees and not any(is_near(day, said, 0) for day in known):
            outcome = "partly"  # a day apart: another time zone, or the paper of the next morning
        if "date" not in parts or outcome != "agrees":
            parts["date"] = Part("date", said, outcome, statement.on)
        score += PRECISION.get(len(said), 1.5) if agrees else -4.0
        if outcome == "agrees" and len(said) == 10:
            score += _SAME_DAY
    known = [statement.on, *more]
    for said in reference.weak_dates:
        agrees = any(is_near(day, said) for day in known)
        if "date" not in parts:
            parts["date"] = Part("date", said, "agrees" if agrees else "ambiguous", statement.on)
        score += PRECISION.get(len(said), 1.5) / 2 if agrees else -1.0
    if reference.open_dates and "date" not in parts:
        said = ", ".join(reference.open_dates)
        parts["date"] = Part("date", said, "unknown", f"needs the article's date; {statement.on}")
    return score


def _score_topics(statement: Statement, reference: Reference, parts: dict[str, Part]) -> float:
    if not reference.is_about_china:
        parts["topic"] = Part("topic", "not said", "ambiguous", ", ".join(sorted(statement.topics)))
    if not reference.topics or not statement.topics:
        return 0.0
    missing = sorted(reference.topics - statement.topics)
    if "xinjiang" in reference.topics and "xinjiang" not in statement.topics:
        parts["topic"] = Part("topic", "xinjiang", "disagrees", ", ".join(sorted(statement.topics)))
        return -1.5
    if not reference.topics & statement.topics:
        parts["topic"] = Part(
            "topic", ", ".join(missing), "unknown", ", ".join(sorted(statement.topics))
        )
        return OTHER_TOPIC
    if missing:
        parts["topic"] = Part(
            "topic", ", ".join(missing), "unknown", ", ".join(sorted(statement.topics))
        )
        return -0.5
    parts["topic"] = Part("topic", ", ".join(sorted(reference.topics)), "agrees", "")
    return 0.5 * len(reference.topics)


@lru_cache(maxsize=8192)  # the days of the record with those of a text, for each of its sentences
def is_near(known: str, said: str, days: int = 1) -> bool:
    """Return whether a date of an article can be a known one.

    Some days on either side are allowed for a day: time zones, and papers of the next morning.
    """
    if not known or not said:
        return False
    low, high = edtf.bounds(known)
    first, last = edtf.bounds(said)
    slack = days if len(said) == 10 else 0
    starts, ends = low or (high or date.max), high or date.max
    return (first or date.min) <= edtf.shift_day(ends, slack) and (
        last or date.max
    ) >= edtf.shift_day(starts, -slack)
