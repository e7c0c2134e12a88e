"""The figures of sentences in 17 languages, by kind of fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from xinjiang_record.document_readers.document import Block, Document
from xinjiang_record.extract.extraction_report import extract
from xinjiang_record.extract.figures.find_figures import extract_figures, figure_findings

Shape = tuple[float | None, float | None, float | None, str, str | None]
TABLE = Path(__file__).with_name("figure_table.tsv").read_text("utf-8").splitlines()[1:]


def shape(cell: str) -> Shape:
    """Read "low/high/point/qualifier/unit"."""
    low, high, point, qualifier, unit = cell.split("/")
    numbers = [float(value) if value else None for value in (low, high, point)]
    return numbers[0], numbers[1], numbers[2], qualifier, unit or None


SENTENCES = [
    (text, [shape(cell) for cell in cells.split("; ") if cell])
    for text, cells in (line.split("\t") for line in TABLE)
]


def figures(text: str) -> list[Shape]:
    found = extract_figures(Document("a", "text/plain", (Block(text, "line 1"),)))
    return [
        (item.value_low, item.value_high, item.value_point, item.qualifier, item.unit)
        for item in found
    ]


@pytest.mark.parametrize(("text", "expected"), SENTENCES, ids=[item[0][:40] for item in SENTENCES])
def test_sentence(text: str, expected: list[Shape]) -> None:
    assert figures(text) == expected


def test_what_a_figure_counts_is_said_or_left_empty() -> None:
    text = (
        "Human Rights Watch said that 99,326 people were sentenced in Xinjiang in 2017. "
        "The centre has a capacity of 11,000 people."
    )
    document = Document("a", "text/plain", (Block(text, "line 1"),))
    flow, capacity = extract_figures(document)
    assert (flow.quantity_type, flow.publisher, flow.area, flow.period) == (
        "flow",
        "Human Rights Watch",
        "xinjiang",
        "2017",
    )
    assert (capacity.quantity_type, capacity.publisher, capacity.period) == ("capacity", None, None)
    findings = figure_findings(document, [flow, capacity])
    assert [item.type for item in findings] == ["figure-incomplete"] * 2
    assert "publisher" not in findings[0].candidates and "publisher" in findings[1].candidates


def test_a_language_that_is_not_read_is_a_finding() -> None:
    text = "حدود ۱۲۰ هزار نفر در اردوگاه‌ها نگهداری می‌شوند و این را گزارش می‌گوید."
    document = Document("a", "text/plain", (Block(text, "line 1"),))
    findings = figure_findings(document, extract_figures(document))
    assert [(item.type, item.value) for item in findings] == [("unread-language", "fa")]


def test_a_figure_that_is_denied_is_asked_about_and_not_given() -> None:
    text = "Not one million but 200,000 people were held, the ministry said."
    found = extract(Document("a", "text/plain", (Block(text, "line 1"),)), "figures")
    assert [figure.value_point for figure in found.figures] == [200000]
    denied = [(item.value, item.severity) for item in found.findings if "denied" in item.type]
    assert denied == [("one million", "error")]
