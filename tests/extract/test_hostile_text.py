"""Texts made to keep a reader busy: work grows with the text and not with its square."""

from __future__ import annotations

import sys
import time

import pytest

from xinjiang_record.document_readers.document import Block, Document
from xinjiang_record.extract.extraction_report import extract

TEXTS = {
    "digits": "1" * 50_000,
    "commas": "1," * 20_000,
    "points": "." * 50_000,
    "brackets": "(a " * 15_000,
    "and": "and " * 15_000,
    "names": "Albania " * 5_000,
    "scales": "million " * 8_000,
    "letters": "a" * 100_000,
    "ideographs": "我" * 30_000,
    "footnotes": "Chad[1], " * 9_000,
    "abbreviations": "Ab. " * 10_000,
    "own states": "Chad " + "and of course Togo " * 700,
    "verbs first": "أصدرت فرنسا و" * 400,
    "labels": "Chad voted against: Togo abstained " * 300,
}


@pytest.mark.parametrize("name", TEXTS)
def test_time_is_bounded(name: str) -> None:
    start = time.process_time()
    extract(Document("hostile", "text/plain", (Block(TEXTS[name], "line 1"),)))
    assert time.process_time() - start < 10


DENSE = {
    "verbs first": "أصدرت فرنسا و",
    "labels": "Chad voted against: Togo abstained ",
    "lists": "Chad and Togo, Mali abstained: Peru and Cuba, Oman voted against; ",
    "Japanese": "チャドは反対し、トーゴは棄権した、",
}


def calls_of(text: str) -> int:
    """Count the calls of Python functions, once the words of the text have been read before."""
    document, calls = Document("dense", "text/plain", (Block(text, "line 1"),)), 0
    extract(document)

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        extract(document)
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize("name", DENSE)
def test_steps_grow_with_the_lists_and_labels_of_a_sentence(name: str) -> None:
    short, long = (calls_of(DENSE[name] * count) for count in (30, 120))
    assert long < 5 * short  # four times the text; the square would be sixteen times
