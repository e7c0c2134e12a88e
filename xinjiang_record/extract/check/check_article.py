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
    refuse_many,
)
from xinjiang_record.extract.check.article_tables import LONGEST_HEAD, check_tables
from xinjiang_record.extract.check.claim_figures import counts_people, figure_verdicts
from xinjiang_record.extract.check.claim_reference import (
    acts_together,
    may_lead_another,
    reference_at,
    with_lists,
    without_date_of_act,
)
from xinjiang_record.extract.check.compare.all_or_none import act_of_scope, check_scope
from xinjiang_record.extract.check.compare.comparisons import check_comparisons
from xinjiang_record.extract.check.compare.count_verdicts import check_count, count_part
from xinjiang_record.extract.check.compare.event_verdicts import check_events
from xinjiang_record.extract.check.compare.first_and_only import (
    check_first_state,
    check_first_text,
    check_only,
)
from xinjiang_record.extract.check.compare.motion_verdicts import check_content, parliaments_of
from xinjiang_record.extract.check.compare.orders import check_orders
from xinjiang_record.extract.check.compare.quote_verdicts import check_quotes
from xinjiang_record.extract.check.compare.state_verdicts import (
    check_states,
    without_late_signers,
)
from xinjiang_record.extract.check.compare.times_done import check_times
from xinjiang_record.extract.check.compare.unread_names import unread_name
from xinjiang_record.extract.check.compare.vote_verdicts import check_tally, check_vote_words
from xinjiang_record.extract.check.count_predicates import (
    is_denied_count,
    unread_predicates,
    unread_text,
)
from xinjiang_record.extract.check.find_statement import Reference
from xinjiang_record.extract.check.left_over import (
    IN_DOUBT,
    UsedPlaces,
    left_over,
    not_understood,
    unread_figures,
    without_subject,
)
from xinjiang_record.extract.check.reading.acts import Act, acts_of, names_text
from xinjiang_record.extract.check.reading.claim_words import language_of
from xinjiang_record.extract.check.reading.sentence_reading import Reading
from xinjiang_record.extract.check.reading.state_mentions import states_alone
from xinjiang_record.extract.check.record_tables import VOTE_ACTS, Record, Statement
from xinjiang_record.extract.check.verdict import CheckedSentence, Report, Verdict, pages_of
from xinjiang_record.extract.dates import read_date
from xinjiang_record.extract.languages.detect_language import detect_language
from xinjiang_record.extract.sentences import sentences
from xinjiang_record.extract.wrapped_lines import join_wrapped_lines, mark_at

# "[1]", and "3" behind a word in small letters; not "G7" and "A/HRC/41".
_FOOTNOTE = re.compile(r"\[[0-9]{1,3}\]|(?<=[a-z]{3})[0-9]{1,2}(?=[\s.,;:)]|$)|[¹²³⁴⁵⁶⁷⁸⁹⁰]+")
_ITEM = re.compile(r"^\s*(?:[-*•–]|[0-9]{1,3}[.)])\s+")
_WORD = re.compile(r"\w")


def check_document(document: Document, record: Record, *, on: date | None = None) -> Report:
    """Return the report on a document.

    Args:
        document: The article as read.
        record: The published tables.
        on: The date of the article; without it, the one that the document declares, if any.

    Raises:
        LimitError: The document has more clauses or claims than ``check_claims``.
    """
    anchor = on or _declared_date(document)
    default = detect_language(document.text, document.metadata.get("language", "")[:2])
    context = Context(year=str(anchor.year) if anchor else "")
    found: list[CheckedSentence] = []
    head = ""  # the sentence before a list of states: "The letter was signed by:"
    paragraphs = tuple(join_wrapped_lines(document.blocks))
    for number, (whole, _, marks) in enumerate(paragraphs):
        if head and _names_states(whole, language_of(head, default)):
            text = f"{head} {_ITEM.sub('', whole).strip()}"
            where, alone = marks[0][1], replace(context)
            item = _check_sentence(text, 0, number, where, record, anchor, default, alone)
            found.append(_of_item(item, whole))
            continue
        head = whole.strip() if whole.rstrip().endswith((":", "：")) else ""
        head = head if len(head) <= LONGEST_HEAD else ""
        for text, start in ((item.text, item.start) for item in sentences(whole)):
            if _WORD.search(text):
                where = mark_at(marks, start)[1]
                found.append(
                    _check_sentence(text, start, number, where, record, anchor, default, context)
                )
    tables = tuple(check_tables(document, record, anchor, default, len(paragraphs)))
    blocks = (*(item.text for item in paragraphs), *(item.text for item in tables))
    return Report((*found, *tables), blocks, dict(record.versions))


def _names_states(text: str, code: str) -> bool:
    """Return whether a block has names of states and nothing else."""
    bare = _ITEM.sub("", text)
    if not code or len(bare) > LONGEST_HEAD:
        return False
    return bool(states_alone(bare, code))


def _of_item(whole: CheckedSentence, text: str) -> CheckedSentence:
    """Return what was checked of an item of a list, without what its head says alone."""
    place = (0, len(text))
    own = tuple(
        replace(item, sentence=text, start=0, end=len(text), at=place)
        for item in whole.verdicts
        if item.kind == "state"
    )
    return replace(whole, text=text, is_checkable=True, verdicts=own or whole.verdicts[-1:])


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
    locator: str,
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
        for reading in read_clauses(_without_marks(text), code, anchor, context):
            found = _verdicts(reading, record, context) if reading.may_claim else ()
            mine = tuple(_in_sentence(item, reading) for item in found)
            if not reading.is_checkable and all(v.outcome == "not_understood" for v in mine):
                mine = ()
            if not reading.may_claim and context.statements:
                mine = tuple(_in_sentence(item, reading) for item in without_subject(reading))
            is_checkable = is_checkable or reading.is_checkable or bool(mine)
            carry_statements(reading, mine, context, record)
            verdicts = (*verdicts, *mine)
            context.clauses += 1
            context.verdicts += len(mine)
            refuse_many(max(context.clauses, context.verdicts), locator)
    placed = tuple(
        replace(
            item,
            locator=locator,
            sentence=text,
            start=start,
            end=start + len(text),
            at=_in_block(item.at, start, len(text)),
            pages=pages_of(record.site, item.records, item.states),
        )
        for item in sorted(dict.fromkeys(verdicts), key=lambda one: one.at[0])
    )
    return CheckedSentence(text, number, start, locator, is_checkable, placed)


def _without_marks(text: str) -> str:
    """Return the text with spaces in the place of the marks of footnotes: "countries[1]"."""
    return _FOOTNOTE.sub(lambda found: " " * len(found[0]), text)


def _in_block(at: tuple[int, int], start: int, size: int) -> tuple[int, int]:
    return (start + at[0], start + at[1]) if at[1] else (start, start + size)


def _in_sentence(item: Verdict, reading: Reading) -> Verdict:
    """Return a verdict with the place of its words in the sentence, not in the clause."""
    start, end = item.at if item.at[1] else (0, len(reading.text.rstrip()))
    return replace(item, at=(start + reading.offset, end + reading.offset))


def _verdicts(reading: Reading, record: Record, context: Context) -> Iterator[Verdict]:
    if reading.is_denied:
        yield not_understood(
            reading.text, "the sentence asks, or says that something is wrong or disputed"
        )
        return
    acts = list(acts_of(reading))
    used = UsedPlaces(not_led=any(act.kind == "not_led" for act in acts))
    if reading.is_unreal and (acts or reading.counts):
        yield not_understood(
            reading.text, "the sentence speaks of what could, should or will be done"
        )
        return
    of_group = act_of_scope(reading, acts)
    if reading.scope and of_group:
        leads = frozenset(code for act in acts if act.kind == "led" for code in act.group.codes)
        about = reference_at(reading, reading.scope.start, leads, context, used)
        yield from check_scope(reading, of_group, record, about, used)
    elif reading.scope or (reading.is_quantified and (acts or reading.counts)):
        used.groups |= set(range(len(reading.groups)))
        used.dates |= {item.start for item in reading.dates}
        yield not_understood(reading.text, "the sentence speaks of all, each or none")
    else:
        compared = list(check_comparisons(reading, record, used))
        yield from compared
        if not any(item.records for item in compared):
            yield from _statement_verdicts(reading, acts, record, context, used)
    if counts_people(reading):
        yield from figure_verdicts(reading, record, used)
    if not (used.groups or reading.tally or reading.counts or counts_people(reading)):
        yield from check_events(reading, record, used)
        yield from unread_figures(reading, used)
    yield from check_quotes(reading, record)
    yield from check_orders(reading, record, used)
    yield from unread_text(reading, used)
    yield from unread_name(reading)
    yield from left_over(reading, used)


# --- statements and votes ---------------------------------------------------------------------


def _statement_verdicts(
    reading: Reading, acts: list[Act], record: Record, context: Context, used: UsedPlaces
) -> Iterator[Verdict]:
    first = reading.first if reading.first and reading.first.noun == "text" else None
    if not (reading.counts or acts or reading.tally or first or reading.is_result):
        return
    leads = frozenset(code for act in acts if act.kind == "led" for code in act.group.codes)

    def reference(at: int) -> Reference:
        """Return what the sentence says about the statement of a claim at this place."""
        return reference_at(reading, at, leads, context, used)

    if first:
        used.first = True
        said = reading.text[first.start : first.end]
        about = reference(first.start)
        is_narrow = (
            bool(reading.counts)
            or first.is_narrow
            or any(len(day) < 10 for day in (*about.dates, *about.weak_dates))
        )
        claim = f"{said} text of its kind"
        verdict = check_first_text(record, about, claim, is_narrow=is_narrow)
        yield replace(verdict, at=(first.start, first.end))

    def by_counts(statement: Statement) -> float:
        """Return the score that the counts of the sentence give a statement."""
        outcomes = [count_part(statement, count).outcome for count in reading.counts]
        return sum({"disagrees": -0.5, "partly": 2.0}.get(item, 2.5) for item in outcomes)

    if not reading.is_vote:
        for count in reading.counts:
            if reading.is_in_doubt(count.start, count.end):
                yield not_understood(count.printed, IN_DOUBT, (count.start, count.end))
                continue
            if is_denied_count(reading, count):
                why = "the number is of states that did not sign, or withdrew"
                yield not_understood(count.printed, why, (count.start, count.end))
                continue
            unread = list(unread_predicates(reading, count))
            yield from unread
            about = with_lists(reference(count.start), acts, record)
            about = without_date_of_act(reading, count, acts, about, record)
            verdict = check_count(record, count, about)
            is_part = bool(reading.region) or any(item.at[0] < count.end for item in unread)
            if is_part and verdict.outcome == "disagrees":
                why = "the number is of some of the states only"
                verdict = not_understood(count.printed, why)
            yield replace(verdict, at=(count.start, count.end))
    elif reading.counts or reading.is_result:
        at = reading.counts[0].start if reading.counts else 0
        yield from check_vote_words(record, reading, reference(at), used)
    if reading.tally:
        states = frozenset(code for group in reading.groups for code in group.codes)
        states = states or parliaments_of(reading)
        verdict = check_tally(
            record, reading.tally, reading.outcome, states, reference(reading.tally.start)
        )
        if verdict.records and not verdict.records[0][:1].isdigit():
            used.groups |= set(range(len(reading.groups)))
            acts = []
        yield replace(verdict, at=(reading.tally.start, reading.tally.end))
        if verdict.records and verdict.records[0][:1] == "E":
            yield from check_content(reading, record, verdict.records[0])
    for mine in acts_together(reading, acts):
        used.groups.add(reading.groups.index(mine[0].group))
        if reading.is_in_doubt(mine[0].at, mine[0].end):
            names = ", ".join(item.name for item in mine[0].group.states)
            yield not_understood(names, IN_DOUBT, (mine[0].group.start, mine[0].group.end))
            continue
        yield from _act_verdicts(reading, mine, record, reference(mine[0].at), by_counts, used)


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
    if len(states) > 1 and "led" not in kinds:
        states.pop("CHN", None)
    if not states:
        return
    is_vote = bool(VOTE_ACTS & set(kinds))
    if is_vote and not reading.is_vote:
        yield not_understood(group.states[0].name, "what it did is not clear")
        return
    is_lead = "led" in kinds and not names_text(acts[0], reading)
    if reading.is_vote and not (is_vote or is_lead or "sponsored" in kinds):
        reference = replace(
            reference, is_vote=False, kind=None, bodies=frozenset(), side=reading.side
        )
    place = (min(group.start, acts[0].at), max(group.end, acts[0].end))
    code = next(iter(states))
    if reading.only and len(states) == 1 and not used.only:
        used.only = True
        verdict = check_only(record, code, reading.only, kinds[0], reference, by_counts)
        yield replace(verdict, at=place)
    if reading.first and reading.first.noun in ("state", "time") and len(states) == 1:
        used.first = True
        verdict = check_first_state(record, code, reading.first, kinds[0], reference)
        yield replace(verdict, at=place)
        if not reference.carried and (reading.first.noun == "time" or kinds[0] == "withdrew"):
            return
    why = reference.carried_why
    is_other = "led" in kinds and may_lead_another(reading, record, states, reference)
    for verdict in check_states(record, states, kinds, reference, by_counts):
        is_carried = why and verdict.records and set(verdict.records) <= reference.carried
        if is_other and verdict.outcome == "disagrees":
            verdict = replace(verdict, outcome="ambiguous")
        verdict = without_late_signers(record, verdict, kinds, reading.counts, reference)
        if len(states) == 1 and not used.ordinals:
            yield from check_times(reading, record, code, kinds[0], verdict, used)
        yield replace(verdict, at=place, carried=why if is_carried else verdict.carried)
    for item in group.states:
        if not item.iso3:
            yield not_understood(item.name, "more than one state bears this name")
