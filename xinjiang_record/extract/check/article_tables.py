"""Check the tables of an article: states by their vote, signatories of a text, a text in each row.

The words before a table say which vote or text it is about, and its labels what the states did:
a column or row for each side, or a column of states next to one of votes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from xinjiang_record.document_readers.document import Document, Table
from xinjiang_record.extract.check.article_context import Context, read_clauses, refuse_many
from xinjiang_record.extract.check.claim_reference import reference_at
from xinjiang_record.extract.check.compare.state_verdicts import DID, check_states
from xinjiang_record.extract.check.left_over import UsedPlaces, not_understood
from xinjiang_record.extract.check.reading.act_cues import read_cues
from xinjiang_record.extract.check.reading.claim_words import language_of
from xinjiang_record.extract.check.reading.sentence_reading import Reading
from xinjiang_record.extract.check.reading.state_mentions import states_alone
from xinjiang_record.extract.check.record_tables import Record
from xinjiang_record.extract.check.table_rows import check_row, rows_of
from xinjiang_record.extract.check.verdict import CheckedSentence, Part, Verdict, pages_of
from xinjiang_record.extract.languages.context_words import compiled, either
from xinjiang_record.extract.languages.list_words import fold
from xinjiang_record.extract.sentences import sentences

LONGEST_HEAD = 400  # letters of the words before a table or a list, and of an item
_SIDES = {
    "voted_yes": f"{either('votes_for')}|{either('label_yes')}",
    "voted_no": f"{either('votes_against')}|{either('label_no')}",
    "abstained": either("votes_abstained"),
}


@dataclass(frozen=True, slots=True)
class _List:
    """Hold the cells whose states did one thing."""

    kind: str
    label: str
    cells: tuple[str, ...]


def check_tables(
    document: Document, record: Record, anchor: date | None, default: str, number: int
) -> Iterator[CheckedSentence]:
    """Yield what was checked of each list of states in the tables of a document.

    ``number`` is that of the first list in the report's blocks.
    """
    verdicts = 0
    for table in document.tables:
        before = _head_of(document, table)
        code = language_of(before, default) if before and len(before) <= LONGEST_HEAD else ""
        if not code or len(table.rows) < 2:
            continue
        context = Context(year=str(anchor.year) if anchor else "")
        for reading in read_clauses(before, code, anchor, context):
            if "xinjiang" not in reading.topics or reading.is_denied or reading.is_unreal:
                continue
            for text, found in _checked(table, reading, record, context):
                verdicts += len(found)
                refuse_many(verdicts, table.locator)
                yield CheckedSentence(
                    text, number, 0, table.locator, True, _placed(found, text, table, record)
                )
                number += 1


def _checked(
    table: Table, reading: Reading, record: Record, context: Context
) -> Iterator[tuple[str, tuple[Verdict, ...]]]:
    """Yield the text of each row or list of a table, with its verdicts."""
    head, *body = table.rows
    columns = {} if reading.is_vote else rows_of(table, reading)
    for row in body if columns else ():
        yield ", ".join(row), tuple(check_row(head, row, columns, reading, record))
    for item in _lists(table, reading) if reading.dates and not columns else ():
        found = tuple(_verdicts(item, reading, record, context))
        yield f"{item.label}: {', '.join(item.cells)}", found


def _head_of(document: Document, table: Table) -> str:
    """Return the last sentence before a table; empty where nothing is before it."""
    if not table.position:
        return ""
    found = [item.text for item in sentences(document.blocks[table.position - 1].text)]
    return found[-1] if found else ""


def _placed(
    found: Sequence[Verdict], text: str, table: Table, record: Record
) -> tuple[Verdict, ...]:
    return tuple(
        replace(
            item,
            locator=table.locator,
            sentence=text,
            start=0,
            end=len(text),
            at=(0, len(text)),
            pages=pages_of(record.site, item.records, item.states),
        )
        for item in found
    )


def _lists(table: Table, reading: Reading) -> list[_List]:
    """Return the lists of a table: by column, by row, or by a column of votes."""
    head, *body = table.rows
    if reading.kind in ("letter", "joint_statement"):
        return _signatories(head, body, reading)
    sides = {place: side for place, cell in enumerate(head) if (side := _side(cell, reading))}
    if len(set(sides.values())) > 1:
        return [
            _List(side, head[place], tuple(row[place] for row in body if row[place : place + 1]))
            for place, side in sides.items()
        ]
    first = [(_side(row[0], reading), row) for row in table.rows if len(row) > 1]
    if len({side for side, _ in first if side}) > 1:
        return [_List(side, row[0], tuple(row[1:])) for side, row in first if side]
    return _by_vote(head, body, reading)


def _side(cell: str, reading: Reading) -> str:
    """Return the side that a whole label names: "In favour (17)"; empty where it names none."""
    label = re.sub(r"[\s:(]*[0-9]*\)?\s*$", "", fold(cell)).strip()
    found = [
        kind
        for kind, pattern in _SIDES.items()
        if compiled(pattern).fullmatch(label) or reading.words.short_votes[kind].fullmatch(label)
    ]
    return found[0] if len(found) == 1 else ""


def _by_vote(head: Sequence[str], body: Sequence[Sequence[str]], reading: Reading) -> list[_List]:
    """Return the lists of a table with a state and its vote in each row."""
    width = min((len(row) for row in body), default=0)
    votes = [n for n in range(width) if all(_side(row[n], reading) for row in body)]
    names = [n for n in range(width) if all(_names(row[n], reading) for row in body)]
    if len(votes) != 1 or len(names) != 1:
        return []
    out: dict[str, list[str]] = {}
    labels: Mapping[str, str] = {
        _side(row[votes[0]], reading): row[votes[0]] for row in reversed(body)
    }
    for row in body:
        out.setdefault(_side(row[votes[0]], reading), []).append(row[names[0]])
    return [_List(side, labels[side], tuple(cells)) for side, cells in out.items()]


def _signatories(
    head: Sequence[str], body: Sequence[Sequence[str]], reading: Reading
) -> list[_List]:
    """Return the list of the one column of states of a table about the signatories of a text.

    Another column that says what the states did, such as "Signed: no", is not read.
    """
    kinds = {(cue.kind, cue.is_negated) for cue in reading.cues}
    width = min((len(row) for row in body), default=0)
    names = [n for n in range(width) if all(_names(row[n], reading) for row in body)]
    if kinds != {("signed", False)} or len(names) != 1 or reading.open_negations:
        return []
    others = [cell for row in body for n, cell in enumerate(row) if n != names[0]]
    negation = reading.words.lists.words.get("negations")
    if any(
        _side(cell, reading)
        or read_cues(fold(cell), reading.words)
        or (negation and negation.search(fold(cell)))
        for cell in others
    ):
        return []
    return [_List("signed", head[names[0]], tuple(row[names[0]] for row in body))]


def _names(cell: str, reading: Reading) -> dict[str, str]:
    """Return the states of a cell that has nothing else; none where a name is not read."""
    found = states_alone(cell, reading.code)
    if not all(item.iso3 for item in found):
        return {}
    return {item.iso3: item.name for item in found}


def _verdicts(item: _List, reading: Reading, record: Record, context: Context) -> Iterator[Verdict]:
    states: dict[str, str] = {}
    for cell in item.cells:
        named = _names(cell, reading)
        if cell.strip() and not named:
            yield not_understood(cell, "the names in the cell are not all read")
        states |= named
    if not states:
        return
    reference = reference_at(reading, len(reading.text), frozenset(), context, UsedPlaces())
    if item.kind != "signed":
        reference = replace(reference, is_vote=True, kind=None, side=None)
    reference = replace(reference, carried=frozenset(), is_about_china=True)
    found = check_states(record, states, (item.kind,), reference, lambda _: 0.0)
    yield from found
    yield from _count_of_label(item, found, record)


def _count_of_label(item: _List, found: Sequence[Verdict], record: Record) -> Iterator[Verdict]:
    """Yield the verdict on the number of a label: "In favour (17)"."""
    number = re.search(r"[0-9]+", item.label)
    ids = {name for verdict in found for name in verdict.records}
    statements = [one for one in record.statements if one.statement_id in ids]
    if number is None:
        return
    if item.kind not in _SIDES or len(statements) != 1:
        yield not_understood(item.label, "what the number counts is not clear")
        return
    known = len(statements[0].states(item.kind))
    outcome = "agrees" if int(number[0]) == known else "disagrees"
    text = f"The record has {known} states that {DID[item.kind]}."
    part = Part("count", number[0], outcome, str(known))
    yield Verdict(item.label, "tally", outcome, text, records=tuple(ids), parts=(part,))
