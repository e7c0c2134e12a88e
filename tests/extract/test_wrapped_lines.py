"""Sentences that go on in the next line of plain text; lines that stay apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from xinjiang_record.document_readers.open_document import open_document
from xinjiang_record.extract.figures.find_figures import extract_figures

MAIL = "From: a@example.org\nSubject: x\nContent-Type: text/plain; charset=utf-8\n\n"
WRAPPED = {
    "a qualifier": (
        "Researchers say that at least\n1 million people were held.\n",
        [("line 1", "at_least", (1_000_000, None, None))],
    ),
    "a range": (
        "The camp held between 2,000 and\n3,000 inmates.\n",
        [("line 1", "range", (2_000, 3_000, None))],
    ),
    "a unit": (
        "Nothing else is known.\n\nAnother paragraph says that about 500\nfacilities\nwere built.",
        [("line 3", "approx", (None, None, 500))],
    ),
    "the second line": (
        "The report of the researchers says nothing of the camps, and that there are\n"
        "more than 1 million people in them, and in prisons at least\n300,000 prisoners.\n",
        [
            ("line 2", "more_than", (1_000_000, None, None)),
            ("line 2", "at_least", (300_000, None, None)),
        ],
    ),
    "letters with an accent of their own": (
        "Pe\u0301ne\u0301lope et The\u0301re\u0300se ont e\u0301te\u0301 libe\u0301re\u0301es et\n"
        "1 200 personnes sont de\u0301tenues.\n",
        [("line 2", "exact", (None, None, 1_200))],
    ),
    "Chinese": (
        "研究人员在关于新疆拘留营的长篇报告中写道,据估计那里至少有\n100万人被关押。\n",
        [("line 1", "at_least", (1_000_000, None, None))],
    ),
}
APART = {
    "a blank line": "The number of camps is at least\n\n1 million people were held.\n",
    "a label": "It was more than what others said\nDetained: 2,000 people\n",
    "an item": "The researchers say that there are at least\n- 2,000 people in Hotan\n",
    "columns": "Year    at least\n2018    2,000 people\n",
    "a sentence that ended": "Nobody knows how many more than that.\n2,000 people were held.\n",
}


def figures(tmp_path: Path, text: str, name: str = "text.txt") -> list[tuple[str, str, object]]:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return [
        (item.locator, item.qualifier, (item.value_low, item.value_high, item.value_point))
        for item in extract_figures(open_document(path))
    ]


@pytest.mark.parametrize("what", WRAPPED)
def test_a_sentence_goes_on_in_the_next_line(tmp_path: Path, what: str) -> None:
    text, expected = WRAPPED[what]
    assert figures(tmp_path, text) == expected
    in_mail = [(f"part 1, {where}", *rest) for where, *rest in expected]
    assert figures(tmp_path, MAIL + text, "mail.eml") == in_mail


@pytest.mark.parametrize("what", APART)
def test_lines_that_are_no_sentence_stay_apart(tmp_path: Path, what: str) -> None:
    found = figures(tmp_path, APART[what])
    assert [qualifier for _, qualifier, (_, _, point) in found if point != 2018] == ["exact"]
