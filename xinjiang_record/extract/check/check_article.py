"""Check an article: read each sentence into claims, and give a verdict for each part.

1. Each sentence is read in its own language (``sentence_reading``).
2. Its counts, lists, acts, leads, votes and figures become claims, each with the date of its own
   clause. A sentence without a date is checked against the statement of the sentence before.
3. Each claim is compared with the published tables (``*_verdicts``).
4. What a sentence says and no claim covers is "not understood", so that nothing agrees unread.

A verdict is never stronger than the record: a partial roster cannot refute a signature, and a
claim in quarantine is "claimed, not published here".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from xinjiang_record.document_readers.document import Block, Document
from xinjiang_record.extract.check.article_context import (
    Context,
    carry_statements,
    read_clauses,
)
from xinjiang_record.extract.check.count_verdicts import check_count, count_part
from xinjiang_record.extract.check.event_verdicts import check_events
from xinjiang_record.extract.check.figure_verdicts import FigureClaim, check_figure
from xinjiang_record.extract.check.find_statement import Reference
from xinjiang_record.extract.check.left_over import UsedPlaces, left_over, not_understood
from xinjiang_record.extract.check.reading.acts import Act, acts_of
from xinjiang_record.extract.check.reading.claim_words import language_of
from xinjiang_record.extract.check.reading.sentence_reading import Group, Reading
from xinjiang_record.extract.check.record_tables import VOTES, Record, Statement
from xinjiang_record.extract.check.state_verdicts import act_part, check_only, check_states
from xinjiang_record.extract.check.verdict import CheckedSentence, Report, Verdict
from xinjiang_record.extract.check.vote_verdicts import check_tally
from xinjiang_record.extract.dates import DateFound, read_date
from xinjiang_record.extract.languages.detect_language import detect_language
from xinjiang_record.extract.languages.list_words import fold
from xinjiang_record.extract.sentences import sentences

HEAD, NEAR_HEAD = 12, 30  # a date in the first letters of a sentence is near to all its claims
FAR_COMMA = 40  # letters that a comma between a claim and a date counts for
FAR_DATE = 1000  # letters that a relative clause between a claim and a date counts for


def check_document(document: Document, record: Record, *, on: date | None = None) -> Report:
    """Return the report on a document.

    Args:
        document: The article as read.
        record: The published tables.
        on: The date of the article; without it, the one that the document declares, if any.
    """
    anchor = on or _declared_date(document)
    default = detect_language(document.text, document.metadata.get("language", "")[:2])
    context = Context(year=str(anchor.year) if anchor else "")
    found: list[CheckedSentence] = []
    for number, block in enumerate(document.blocks):
        for item in sentences(block.text):
            found.append(
                _check_sentence(
                    item.text, item.start, number, block, record, anchor, default, context
                )
            )
    return Report(
        tuple(found), tuple(block.text for block in document.blocks), dict(record.versions)
    )


def check_text(text: str, record: Record, *, on: date | None = None) -> Report:
    """Return the report on a plain text, a paragraph a line."""
    blocks = tuple(
        Block(line, f"paragraph {number}")
        for number, line in enumerate(filter(str.strip, text.splitlines()), 1)
    )
    return check_document(Document("text", "text/plain", blocks), record, on=on)


def _declared_date(document: Document) -> date | None:
    found = read_date(document.metadata.get("published", "") or "")
    if found is None or found.edtf is None or len(found.edtf) != 10:
        return None
    return date.fromisoformat(found.edtf)


def _check_sentence(
    text: str,
    start: int,
    number: int,
    block: Block,
    record: Record,
    anchor: date | None,
    default: str,
    context: Context,
) -> CheckedSentence:
    code = language_of(text, default)
    if not code:
        is_checkable = bool(re.search("[0-9]", text))
        why = "the language of the sentence is not read"
        verdicts: tuple[Verdict, ...] = (not_understood(text, why),) if is_checkable else ()
    else:
        is_checkable, verdicts = False, ()
        for reading in read_clauses(text, code, anchor, context):
            mine = tuple(_verdicts(reading, record, context)) if reading.may_claim else ()
            if not reading.is_checkable and all(v.outcome == "not_understood" for v in mine):
                mine = ()
            is_checkable = is_checkable or reading.is_checkable or bool(mine)
            carry_statements(reading, mine, context)
            verdicts = (*verdicts, *mine)
    placed = tuple(
        replace(item, locator=block.locator, sentence=text, start=start, end=start + len(text))
        for item in dict.fromkeys(verdicts)
    )
    return CheckedSentence(text, number, start, block.locator, is_checkable, placed)


def _verdicts(reading: Reading, record: Record, context: Context) -> Iterator[Verdict]:
    if reading.is_denied:
        yield not_understood(
            reading.text, "the sentence asks, or says that something is wrong or disputed"
        )
        return
    used = UsedPlaces()
    acts = list(acts_of(reading))
    if reading.is_unreal and (acts or reading.counts):
        yield not_understood(
            reading.text, "the sentence speaks of what could, should or will be done"
        )
        return
    if reading.is_quantified and (acts or reading.counts):
        used.groups |= set(range(len(reading.groups)))
        used.dates |= {item.start for item in reading.dates}
        yield not_understood(reading.text, "the sentence speaks of all, each or none")
    else:
        yield from _statement_verdicts(reading, acts, record, context, used)
    yield from _figure_verdicts(reading, record, context, used)
    if not (used.groups or reading.tally or reading.counts or reading.figures):
        found = list(check_events(reading, record))
        if found:
            used.groups |= set(range(len(reading.groups)))
            used.dates |= {item.start for item in reading.dates}
        yield from found
    yield from left_over(reading, used)


# --- statements and votes ---------------------------------------------------------------------


def _statement_verdicts(
    reading: Reading, acts: list[Act], record: Record, context: Context, used: UsedPlaces
) -> Iterator[Verdict]:
    if not (reading.counts or acts or reading.tally):
        return
    leads = frozenset(code for act in acts if act.kind == "led" for code in act.group.codes)

    def reference(at: int) -> Reference:
        """Return what the sentence says about the statement of a claim at this place."""
        return _reference(reading, at, leads, context, used)

    def by_counts(statement: Statement) -> float:
        """Return the score that the counts of the sentence give a statement."""
        outcomes = [count_part(statement, count).outcome for count in reading.counts]
        return sum(-0.5 if item == "disagrees" else 2.5 for item in outcomes)

    if not reading.is_vote:
        for count in reading.counts:
            yield check_count(record, count, _with_lists(reference(count.start), acts, record))
    if reading.tally:
        states = frozenset(code for group in reading.groups for code in group.codes)
        verdict = check_tally(
            record, reading.tally, reading.outcome, states, reference(reading.tally.start)
        )
        if verdict.records and not verdict.records[0][:1].isdigit():
            used.groups |= set(range(len(reading.groups)))
            acts = []
        yield verdict
    for mine in _acts_together(reading, acts):
        used.groups.add(reading.groups.index(mine[0].group))
        yield from _act_verdicts(reading, mine, record, reference(mine[0].at), by_counts, used)


def _acts_together(reading: Reading, acts: list[Act]) -> list[list[Act]]:
    """Return the acts by group: those of one date and one kind of text share a verdict."""
    out: dict[tuple[Group, int | None, bool], list[Act]] = {}
    for act in acts:
        near = _nearest_date(reading, act.at)
        key = (act.group, near.start if near else None, act.kind in VOTES)
        out.setdefault(key, []).append(act)
    return list(out.values())


def _with_lists(reference: Reference, acts: list[Act], record: Record) -> Reference:
    """Return the reference of a count: the long lists of the sentence help to single it out."""
    codes = [code for act in acts if act.kind in ("signed", "joined") for code in act.group.codes]
    if len(codes) < 4 or reference.carried:
        return reference
    best = [
        statement.statement_id
        for statement in record.statements
        if sum(act_part(record, statement, code, "signed").outcome == "agrees" for code in codes)
        >= 0.75 * len(codes)
    ]
    return replace(reference, carried=frozenset(best), carried_why="the list of states")


def _act_verdicts(
    reading: Reading,
    acts: list[Act],
    record: Record,
    reference: Reference,
    by_counts: Callable[[Statement], float],
    used: UsedPlaces,
) -> Iterator[Verdict]:
    """Yield the verdicts on the acts of one group."""
    kinds = [act.kind for act in acts]
    group = acts[0].group
    states = {item.iso3: item.name for item in group.states if item.iso3}
    if "led" not in kinds:
        states.pop("CHN", None)
    if not states:
        return
    is_vote = bool(VOTES & set(kinds))
    if is_vote and not reading.is_vote:
        yield not_understood(group.states[0].name, "what it did is not clear")
        return
    if reading.is_vote and not is_vote and not {"led", "sponsored"} & set(kinds):
        reference = replace(
            reference, is_vote=False, kind=None, bodies=frozenset(), side=reading.side
        )
    if reading.is_only and reading.region and len(states) == 1:
        used.only = True
        code = next(iter(states))
        yield check_only(record, code, reading.region, kinds[0], reference, by_counts)
    why = reference.carried_why
    for verdict in check_states(record, states, kinds, reference, by_counts):
        is_carried = why and verdict.records and set(verdict.records) <= reference.carried
        yield replace(verdict, carried=why) if is_carried else verdict
    for item in group.states:
        if not item.iso3:
            yield not_understood(item.name, "more than one state bears this name")


def _reference(
    reading: Reading, at: int, leads: frozenset[str], context: Context, used: UsedPlaces
) -> Reference:
    exact, weak, open_dates = _dates_for(reading, at, used)
    is_alone = not (exact or weak or open_dates)
    may_carry = is_alone and (reading.is_vote or not reading.counts)
    carried = context.statements if may_carry else frozenset[str]()
    return Reference(
        dates=exact,
        weak_dates=weak,
        open_dates=open_dates,
        side=None if reading.is_vote else reading.side,
        bodies=reading.bodies,
        session=reading.session,
        kind=reading.kind,
        topics=reading.topics,
        is_vote=reading.is_vote,
        leads=leads,
        carried=carried,
        carried_why="the statement of the sentence before" if carried else "",
        date_is_of=_date_is_of(reading, at),
    )


def _date_is_of(reading: Reading, at: int) -> str:
    """Return whether the date next to an act is the act's, or that of the text it is about."""
    dated = [item for item in reading.dates if item.start > at]
    if not dated:
        is_next = any(at - item.end <= NEAR_HEAD for item in reading.dates)
        return "act" if is_next else ""
    between = fold(reading.text[at : min(item.start for item in dated)])
    words = reading.words
    is_of_text = words["letter"].search(between) or words["spoken"].search(between)
    return "statement" if is_of_text else "act"


def _nearest_date(reading: Reading, at: int) -> DateFound | None:
    """Return the date that is nearest to a place; one behind a relative clause is far."""

    def distance(item: DateFound) -> int:
        """Return how far a date is."""
        far = FAR_DATE if reading.relative_between(at, item.start) else 0
        if item.start <= HEAD < at:
            return min(abs(item.start - at), NEAR_HEAD)
        low, high = sorted((at, item.start))
        commas = len(re.findall(r"[,，、]\s", reading.text[low:high]))
        return abs(item.start - at) + far + FAR_COMMA * commas

    return min(reading.dates, key=distance, default=None)


def _dates_for(
    reading: Reading, at: int, used: UsedPlaces
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the date of the clause of a claim: sure, weak (another clause), or without a year."""
    nearest = _nearest_date(reading, at)
    if nearest is None:
        return (), (), ()
    used.dates.add(nearest.start)
    if nearest.edtf is None:
        return (), (), (nearest.phrase,)
    if "/" in nearest.edtf:
        return (), (nearest.edtf.split("/")[0],), ()
    is_weak = reading.relative_between(at, nearest.start)
    return ((), (nearest.edtf,), ()) if is_weak else ((nearest.edtf,), (), ())


# --- figures ----------------------------------------------------------------------------------


def _figure_verdicts(
    reading: Reading, record: Record, context: Context, used: UsedPlaces
) -> Iterator[Verdict]:
    for figure in reading.figures:
        publishers = tuple(dict.fromkeys(name for _, _, name in reading.publishers))
        used.publishers = True
        is_carried = False
        dates = _figure_dates(reading, figure.start, figure.end, used)
        areas = tuple(dict.fromkeys(name for _, _, name in reading.areas))
        elsewhere = tuple(sorted(reading.topics - {"xinjiang"}))
        claim = FigureClaim(
            figure,
            publishers,
            dates,
            areas or elsewhere,
            figure.quantity_type,
            is_carried,
            reading.durations,
        )
        verdict = check_figure(record, claim)
        groups = {
            place
            for place, group in enumerate(reading.groups)
            if place not in used.groups and group.codes != ("CHN",)
        }
        if groups and not (reading.counts or reading.tally):
            # A government is the publisher of its own figure: "Canada said that 1 million ...".
            verdict = replace(
                verdict, outcome="partly" if verdict.outcome == "agrees" else verdict.outcome
            )
        yield verdict


def _figure_dates(reading: Reading, start: int, end: int, used: UsedPlaces) -> tuple[str, ...]:
    dated = [item for item in reading.dates if item.edtf]
    if not dated:
        return ()
    if len(dated) > 1:
        nearest = min(dated, key=lambda item: min(abs(item.start - end), abs(start - item.end)))
        dated = [nearest]
    used.dates |= {item.start for item in dated}
    return (dated[0].edtf or "",)
