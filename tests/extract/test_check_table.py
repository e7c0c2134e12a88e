"""True and false paragraphs about the published record, and mutants of the true ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from check_mutations import variants

from xinjiang_record.client import read_record
from xinjiang_record.extract.check.check_article import check_text
from xinjiang_record.extract.check.record_tables import Record

TABLE = Path(__file__).with_name("check_table.tsv").read_text("utf-8").splitlines()[1:]
PAIRS = [tuple(line.split("\t")) for line in TABLE]
ROOT = Path(__file__).resolve().parents[2]
IDS = [f"{language}-{part}-{number}" for number, (language, part, _, _) in enumerate(PAIRS)]


@pytest.fixture(scope="module")
def record() -> Record:
    return read_record(ROOT / "published")


def is_read(text: str, record: Record) -> bool:
    return any(item.outcome != "not_understood" for item in check_text(text, record).verdicts)


def test_the_table_is_wide_enough() -> None:
    assert len(PAIRS) >= 60
    assert len({language for language, _, _, _ in PAIRS}) >= 6


@pytest.mark.parametrize(("language", "part", "true", "false"), PAIRS, ids=IDS)
def test_pair(language: str, part: str, true: str, false: str, record: Record) -> None:
    assert all(item.outcome != "disagrees" for item in check_text(true, record).verdicts)
    assert check_text(false, record).outcome != "agrees"


def test_most_paragraphs_are_understood(record: Record) -> None:
    texts = [text for _, _, true, false in PAIRS for text in (true, false)]
    read = sum(is_read(text, record) for text in texts)
    assert read >= 0.8 * len(texts)


@pytest.mark.parametrize(
    "every", [3, pytest.param(1, marks=pytest.mark.slow)], ids=["each third", "all"]
)
@pytest.mark.parametrize("number", range(len(PAIRS)), ids=IDS)
def test_no_mutant_agrees(number: int, every: int, record: Record) -> None:
    language, _, true, _ = PAIRS[number]
    mutants = list(dict.fromkeys(variants(true, language)))
    assert len(mutants) >= 10
    some = mutants[number % every :: every]
    agreeing = [text for _, text in some if check_text(text, record).outcome == "agrees"]
    assert agreeing == []


SENTENCES = [
    line.split("\t")
    for line in Path(__file__).with_name("check_sentences.tsv").read_text("utf-8").splitlines()[1:]
]


@pytest.mark.parametrize(("is_true", "text"), SENTENCES, ids=[item[1][:40] for item in SENTENCES])
def test_sentence_of_the_press(is_true: str, text: str, record: Record) -> None:
    report = check_text(text, record)
    if is_true != "false":  # "open": the record decides nothing
        assert all(item.outcome != "disagrees" for item in report.verdicts)
    if is_true != "true":
        assert report.outcome != "agrees"
