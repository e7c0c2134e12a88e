"""Tables of votes and of signatories in an article, against the published record."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from xinjiang_record.client import read_record
from xinjiang_record.document_readers.document import Block, Document, Table
from xinjiang_record.errors import LimitError
from xinjiang_record.extract.check import article_context
from xinjiang_record.extract.check.check_article import check_document
from xinjiang_record.extract.check.record_tables import Record
from xinjiang_record.extract.check.verdict import Report
from xinjiang_record.limits import LIMITS

ROOT = Path(__file__).resolve().parents[2]
VOTE = "Vote on Xinjiang, Human Rights Council, 6 October 2022"
LETTER = "Signatories of the joint statement on Xinjiang, 21 October 2021"
Rows = tuple[tuple[str, ...], ...]


@pytest.fixture(scope="module")
def record() -> Record:
    return read_record(ROOT / "published")


def report_on(head: str, rows: Rows, record: Record) -> Report:
    table = Table(rows, "table 1", position=1)
    document = Document("text", "text/plain", (Block(head, "paragraph 1"),), (table,))
    return check_document(document, record)


SMALL: Rows = (("For", "No"), ("Japan", "Cuba"))
TABLES = [
    ("agrees", VOTE, (("Country", "Vote"), ("Somalia", "Yes"), ("Cuba", "No"))),
    ("disagrees", VOTE, (("Country", "Vote"), ("Ukraine", "Yes"), ("Cuba", "No"))),
    ("agrees", VOTE, (("In favour (17)", "Against"), ("Japan, France", "Gabon"))),
    ("disagrees", VOTE, (("In favour (18)", "Against"), ("Japan, France", "Gabon"))),
    ("disagrees", VOTE, (("In favour", "Against"), ("Japan, Mexico", "Gabon"))),
    ("agrees", VOTE, (("Yes", "Japan, Somalia"), ("No", "Cuba"), ("Abstain", "Benin"))),
    (
        "agrees",
        "Abstimmung über Xinjiang im Menschenrechtsrat am 6. Oktober 2022",
        (("Staat", "Stimme"), ("Deutschland", "Ja"), ("Kuba", "Nein")),
    ),
    ("agrees", LETTER, (("Region", "Names"), ("Africa", "Eswatini, Liberia"))),
    (
        "disagrees",
        LETTER,
        (("Region", "Names"), ("Africa", "Eswatini, Liberia, Somalia"), ("Asia", "Japan")),
    ),
    # What is not read agrees with nothing.
    ("partly", VOTE, (("In favour", "Against"), ("Japan, Narnia", "Gabon"))),
    ("not_understood", LETTER, (("Country", "Signed"), ("Japan", "Yes"), ("Turkey", "No"))),
    (
        "not_understood",
        "How states may vote on Xinjiang",
        TABLE := (("For", "No"), ("Japan", "Cuba")),
    ),
    ("not_understood", "Vote on trade, 6 October 2022", TABLE),
]
EACH = "Joint statements on Xinjiang at the United Nations"
LABELS = ("Date", "Body", "Side", "States")
DAY = "29 October 2019"
BRITISH = (DAY, "Third Committee", "Critical", "23")
TABLES += [
    ("agrees", EACH, (LABELS, BRITISH, ("6 October 2020", "UNGA", "supportive", "45"))),
    ("disagrees", EACH, (LABELS, (DAY, "Third Committee", "Critical", "22"))),
    ("disagrees", EACH, (LABELS, (DAY, "Human Rights Council", "Critical", "23"))),
    ("disagrees", EACH, (LABELS, (DAY, "Third Committee", "Supportive", "23"))),
    (
        "ambiguous",
        EACH,
        (LABELS, BRITISH, ("29 October 2018", "Third Committee", "critical", "23")),
    ),
    ("agrees", EACH, ((*LABELS, "Read by"), (*BRITISH, "United Kingdom"))),
    ("disagrees", EACH, ((*LABELS, "Read by"), (*BRITISH, "Belarus"))),
    (
        "agrees",
        "Erklärungen zu Xinjiang",
        (("Datum", "Seite", "Zahl der Staaten"), ("6. Oktober 2020", "kritisch", "39")),
    ),
    (
        "disagrees",
        "Déclarations sur le Xinjiang",
        (("Pays", "Date", "Camp"), ("43", "21 octobre 2021", "soutien à la Chine")),
    ),
    # A column that is not read leaves its row open, and a table without a topic is not read.
    ("partly", EACH, ((*LABELS, "Place"), (*BRITISH, "Geneva"))),
    ("not_understood", "Joint statements at the United Nations", (LABELS, BRITISH)),
    ("not_understood", EACH, (("Date", "Pages"), (DAY, "23"))),
    ("not_understood", EACH, (("Date", "African countries"), (DAY, "23"))),
    ("not_understood", EACH, (("Date", "Countries that withdrew"), (DAY, "23"))),
    ("not_understood", "Statements that did not name Xinjiang", (("Date", "States"), (DAY, "23"))),
    ("not_understood", "EU states in statements on Xinjiang", (("Date", "States"), (DAY, "23"))),
    (
        "agrees",
        "Заявления по Синьцзяну",
        (("Дата", "Сторона", "Число стран"), ("6 октября 2020 года", "критика Китая", "39")),
    ),
]


@pytest.mark.parametrize(("outcome", "head", "rows"), TABLES)
def test_a_table_has_the_verdicts_of_its_lists(
    outcome: str, head: str, rows: Rows, record: Record
) -> None:
    report = report_on(head, rows, record)
    assert report.outcome == outcome
    assert all(report.blocks[item.block].startswith(item.text) for item in report.sentences)


def test_a_table_of_too_many_verdicts_is_refused(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(article_context, "LIMITS", replace(LIMITS, check_claims=1))
    with pytest.raises(LimitError, match="check_claims"):
        report_on(VOTE, SMALL, record)
