"""Small documents in 19 languages: no wrong event, and nearly every event is read."""

from __future__ import annotations

import csv
from collections import Counter

import pytest
from score_cases import CASES, Case, found_in, own_cases, score, shared_cases

from xinjiang_record.document_readers.open_document import open_document_bytes
from xinjiang_record.extract.signatories.find_statements import find_statements
from xinjiang_record.extract.signatories.statement_model import StatementsFound
from xinjiang_record.reconcile.countries import reconcile

SHARED, OWN = shared_cases(), own_cases()
RECALL = 0.95


def name_of(case: Case) -> str:
    return case.name


@pytest.mark.parametrize("case", SHARED, ids=name_of)
def test_shared_case_is_right(case: Case) -> None:
    found = score(case)
    assert not found.wrong and not found.missed and not found.asked, found.problems
    assert not found.problems


@pytest.mark.parametrize("case", OWN, ids=name_of)
def test_own_case_has_nothing_wrong(case: Case) -> None:
    found = score(case)
    assert not found.wrong, found.problems
    if not case.facts.get("may_ask"):
        assert not found.problems


def test_recall_over_all_cases() -> None:
    total = Counter[str]()
    for case in (*SHARED, *OWN):
        found = score(case)
        total.update(right=found.right, other=found.asked + found.missed, wrong=found.wrong)
    assert total["wrong"] == 0
    assert total["right"] >= RECALL * (total["right"] + total["other"]), total


def test_printings_resolve_and_none_is_wrong() -> None:
    with open(CASES / "reconcile.tsv", encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    codes = [(row, reconcile(row["printing"]).iso3) for row in rows]
    assert [row for row, code in codes if code not in (row["right"], None)] == []
    assert sum(code is not None for _, code in codes) >= RECALL * len(rows)


def nonsense(found: StatementsFound) -> str:
    """Return the text with every label that an event rests on made nonsense."""
    text = found.text.text
    rows = [row for one in found.statements for row in one.signatories]
    for because in {row.because for row in rows if row.because}:
        words = text[because.start : because.end]
        text = text[: because.start] + shape(words) + text[because.end :]
    return text


def shape(words: str) -> str:
    """Return a text of the same shape: letters of the same script, capitals and length."""
    return "".join(_letter(char, place) for place, char in enumerate(words))


def _letter(char: str, place: int) -> str:
    if not char.isalpha():
        return char
    for letters in (
        "zqxkvw",
        "щъфжцэ",
        "ظضذغثص",
        "ढठझघछञ",
        "髙﨑槇籾榊辻",
        "뷁쀍쒧퀡뜗쫡",
        "ゔゑゐぢづぬ",
    ):
        if _block(char) == _block(letters[0]):
            letter = letters[place % len(letters)]
            return letter.upper() if char.isupper() else letter
    return char


def _block(char: str) -> str:
    code = ord(char)
    for name, first, last in (
        ("latin", 0x41, 0x24F),
        ("cyrillic", 0x400, 0x4FF),
        ("arabic", 0x600, 0x6FF),
        ("devanagari", 0x900, 0x97F),
        ("kana", 0x3040, 0x30FF),
        ("han", 0x3400, 0xFAFF),
        ("hangul", 0xAC00, 0xD7AF),
    ):
        if first <= code <= last:
            return name
    return ""


@pytest.mark.parametrize("case", (*SHARED, *OWN), ids=name_of)
def test_a_label_that_is_not_understood_asserts_no_event(case: Case) -> None:
    """Where two words say the same of a list, the second one is made nonsense in the next round."""
    right = {(code, event) for one in case.expected for code, event in one.items()}
    right |= {(code, "aligned") for code, event in right if event == "signed"}
    found = found_in(case)
    for _ in range(3):
        text = nonsense(found)
        found = find_statements(open_document_bytes(text.encode(), "nonsense.txt"))
        rows = [row for one in found.statements for row in one.signatories if row.event]
        assert {(row.iso3, row.event) for row in rows} <= right, text
        if not rows:
            return
    raise AssertionError(text)
