"""Carry what a sentence says to the clauses and sentences after it, which say less."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from xinjiang_record.errors import LimitError
from xinjiang_record.extract.check.reading.claim_words import claim_words
from xinjiang_record.extract.check.reading.sentence_reading import Reading, read_sentence
from xinjiang_record.extract.check.record_tables import Record
from xinjiang_record.extract.check.verdict import Verdict
from xinjiang_record.extract.dates import DateFound
from xinjiang_record.extract.languages.list_words import fold
from xinjiang_record.limits import LIMITS

_SURE = ("agrees", "claimed", "disagrees", "partly")


@dataclass
class Context:
    """Keep the context of earlier sentences, for sentences that leave it out."""

    year: str = ""
    statements: frozenset[str] = frozenset()
    side: str | None = None
    is_about_china: bool = False
    day: str = ""  # the last day that the text names, or that of the last statement
    topics: frozenset[str] = frozenset()
    recent: tuple[str, ...] = ()  # the last two statements, in their order
    clauses: int = 0  # that were read so far, and the verdicts on them
    verdicts: int = 0


def read_clauses(text: str, code: str, anchor: date | None, context: Context) -> Iterator[Reading]:
    """Yield the clauses of a sentence that semicolons part, each as a reading of its own.

    A clause without a date, a body or a topic has those of the clause before.
    """
    before: Reading | None = None
    offset = 0
    for piece in _pieces(text, code):
        reading = read_sentence(piece, code, anchor)
        reading.offset = offset
        offset += len(piece)
        _resolve_dates(reading, context)
        _resolve_same_day(reading, context)
        if before is not None:
            if not reading.dates:
                reading.dates = [replace(item, start=0, end=0) for item in before.dates]
            reading.bodies = reading.bodies or before.bodies
            reading.topics = reading.topics or before.topics
        context.is_about_china = context.is_about_china or reading.is_about_china
        yield reading
        before = reading


def _pieces(text: str, code: str) -> Iterator[str]:
    """Yield the parts of a sentence: at semicolons, and at a comma before "while"."""
    marks = {found.end() for found in re.finditer(r"[;；؛]", text)}
    for found in claim_words(code)["while"].finditer(fold(text)):
        if re.search(r"[,，،、]\s*$", text[: found.start()]):
            marks.add(found.start())
    start = 0
    for end in (*sorted(marks), len(text)):
        yield text[start:end]
        start = end


def _resolve_dates(reading: Reading, context: Context) -> None:
    """Give a day without a year the year of the sentence, or of the one before."""
    years = [item.edtf[:4] for item in reading.dates if item.edtf and item.edtf[:4].isdigit()]
    year = years[0] if years else context.year
    reading.dates = [
        replace(item, edtf=f"{year}{item.open[1:]}")
        if item.edtf is None and item.open.startswith("--") and year
        else item
        for item in reading.dates
    ]
    if years:
        context.year = years[-1]


def _resolve_same_day(reading: Reading, context: Context) -> None:
    """Give "the same day" the day of the sentence before, with its topic."""
    found = reading.words["same_day"].search(fold(reading.text))
    if found is None or reading.dates or not context.day:
        return
    day = reading.text[found.start() : found.end()]
    reading.dates = [DateFound(day, context.day, found.start(), found.end())]
    reading.topics = reading.topics or context.topics


def carried_by(reading: Reading, context: Context) -> frozenset[str]:
    """Return the statements of the sentence before; "the former" is the first of two."""
    folded = fold(reading.text)
    is_former = bool(reading.words["former"].search(folded))
    is_latter = bool(reading.words["latter"].search(folded))
    if is_former == is_latter:
        return frozenset() if is_former else context.statements
    if len(context.recent) < 2:
        return frozenset()
    return frozenset({context.recent[0 if is_former else 1]})


def is_one_of_two(reading: Reading) -> bool:
    """Return whether a sentence speaks of "the former" or "the latter"."""
    folded = fold(reading.text)
    return any(reading.words[name].search(folded) for name in ("former", "latter"))


def refuse_many(count: int, locator: str) -> None:
    """Raise LimitError where an article has more clauses or verdicts than are checked."""
    if count > LIMITS.check_claims:
        raise LimitError(
            f"{locator}: expected at most {LIMITS.check_claims} clauses and verdicts up to here, "
            f"got {count} (check_claims). Split the document, or raise XRECORD_LIMIT_CHECK_CLAIMS."
        )


def carry_statements(
    reading: Reading, verdicts: tuple[Verdict, ...], context: Context, record: Record
) -> None:
    """Remember which statements a sentence is about, for the sentences after it."""
    about = {
        record
        for item in verdicts
        if item.outcome in _SURE and item.kind != "figure" and len(item.records) == 1
        for record in item.records
    }
    days = [item.edtf for item in reading.dates if item.edtf and len(item.edtf) == 10]
    if len(about) == 1:
        context.statements = frozenset(about)
        known = [item.on for item in record.statements if item.statement_id in about]
        days = days or [on for on in known if len(on) == 10]
        last = dict.fromkeys((*context.recent, *about))
        if not is_one_of_two(reading):
            context.recent = tuple(last)[-2:]
    elif about:
        context.statements = frozenset()
    if len(set(days)) == 1:
        context.day = days[0]
    elif days:
        context.day = ""
    context.topics = reading.topics or context.topics
