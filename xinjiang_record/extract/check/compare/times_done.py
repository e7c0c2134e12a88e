"""Give verdicts on "its third statement" and "signed for the second time".

What is counted are the texts of the same side and topic up to the one that is meant. A text whose
lead or roster the record does not have in full may be one of them: then a number is left open.
"""

from __future__ import annotations

from collections.abc import Iterator

from xinjiang_record import edtf
from xinjiang_record.extract.check.compare.state_verdicts import DID
from xinjiang_record.extract.check.left_over import UsedPlaces
from xinjiang_record.extract.check.reading.sentence_reading import Reading
from xinjiang_record.extract.check.record_tables import SIGNED, Record, Statement
from xinjiang_record.extract.check.verdict import Part, Verdict
from xinjiang_record.extract.check.verdict_text import links_of, shown

_TEXTS = ("letter", "joint_statement")


def check_times(
    reading: Reading, record: Record, code: str, kind: str, found: Verdict, used: UsedPlaces
) -> Iterator[Verdict]:
    """Yield the verdict on the one ordinal of a sentence, for the act of one state.

    Args:
        reading: The sentence.
        record: The published tables.
        code: The state.
        kind: What it did: led or signed.
        found: The verdict on that act; it has to be of one statement, and to agree.
        used: Gets the ordinal, if it is compared.
    """
    ordinals = [item for item in reading.ordinals if item.noun == "time" or item.is_own]
    if len(ordinals) != 1 or len(reading.ordinals) != 1 or kind not in ("led", *SIGNED):
        return
    if len(found.records) != 1 or found.outcome != "agrees" or not reading.topics:
        return
    if ordinals[0].noun not in ("text", "time") or reading.region or reading.is_only:
        return
    by_id = {item.statement_id: item for item in record.statements}
    statement = by_id.get(found.records[0])
    if statement is None or statement.kind not in _TEXTS:
        return
    used.ordinals = True
    ordinal = ordinals[0]
    known, open_ones = _texts(reading, record, code, kind, statement)
    said = reading.text[ordinal.start : ordinal.end]
    outcome = _outcome(ordinal.value, len(known), len(open_ones))
    days = ", ".join(item.on for item in known)
    name = record.name(code)
    claim = f"{said}: {name} {DID[kind]}"
    what = f"{name} {DID[kind]} {len(known)} such texts up to then: {days}"
    more = f"; not known: {shown(open_ones[0])}" if open_ones else ""
    part = Part("times", said, outcome, what + more)
    yield Verdict(
        claim,
        "times",
        outcome,
        f"The number of times {_WORDS[outcome]}: {what}{more}.",
        records=(statement.statement_id,),
        parts=(part,),
        links=links_of(record, statement),
        at=(ordinal.start, ordinal.end),
        states=(code,),
    )


_WORDS = {"agrees": "agrees", "disagrees": "does not agree", "unknown": "is not in the record"}


def _outcome(said: int, known: int, more: int) -> str:
    if said == known and not more:
        return "agrees"
    return "unknown" if known <= said <= known + more else "disagrees"


def _texts(
    reading: Reading, record: Record, code: str, kind: str, last: Statement
) -> tuple[list[Statement], list[Statement]]:
    """Return the texts up to the last one that count, and those that may."""
    known, more = [], []
    for item in record.statements:
        if item.kind not in _TEXTS or item.side != last.side or not item.topics & reading.topics:
            continue
        if item.statement_id != last.statement_id and not _is_before(item.on, last.on):
            continue
        did = item.lead_states if kind == "led" else item.signers
        is_other = reading.kind in _TEXTS and reading.kind != item.kind
        is_other = is_other or bool(reading.bodies and not reading.bodies & item.bodies)
        is_open = not item.is_complete
        if kind == "led":  # who read it, at a meeting
            is_open = bool(item.bodies) and not item.leads and code in item.signers
        if code in did and not is_other:
            known.append(item)
        elif code in did or (is_open and not is_other):
            more.append(item)
    return known, more


def _is_before(first: str, second: str) -> bool:
    low, high = edtf.bounds(first)[1], edtf.bounds(second)[0]
    return low is not None and high is not None and low < high
