"""Every phrase of the notes' table of parser cases, and their like in ten languages."""

from __future__ import annotations

import pytest

from xinjiang_record.document_readers.document import Block, Document
from xinjiang_record.errors import LimitError
from xinjiang_record.extract.figures import shared_work
from xinjiang_record.extract.figures.find_figures import (
    begin_figures,
    extract_figures,
    figures_in,
)

M, SIXTH = 1_000_000, 0.1666666667
# phrase -> (low, high, point, qualifier)
CASES: dict[str, tuple[float | None, float | None, float | None, str]] = {
    **dict.fromkeys(("more than a million", "over one million", "upwards of a million"),
        (M, None, None, "more_than")),
    "at least 800,000 and possibly more than 2 million": (800_000, 2 * M, None, "range_open"),
    **dict.fromkeys(
        ("1 to 3 million", "one to three million", "1-3m", "between one and three million"),
        (M, 3 * M, None, "range")),
    "at least a million, but likely closer to three million": (M, 3 * M, None, "range_open"),
    "up to 1.8 million": (None, 1_800_000, None, "up_to"),
    "as many as 1 million": (None, M, None, "up_to"),
    "bis zu einer Million": (None, M, None, "up_to"),
    "just over one million": (M, None, None, "more_than"),
    "slightly more than one in six": (SIXTH, None, None, "more_than"),
    "just under 1 in 6": (None, None, SIXTH, "nearly"),
    "nearly one in 25": (None, None, 0.04, "nearly"),
    "nearly 16 percent": (None, None, 0.16, "nearly"),
    "1.777 million, or approximately 1.8 million": (None, 1_777_000, None, "up_to"),
    "892,000 (892,329)": (None, None, 892_329, "exact"),
    "15.4 percent": (None, None, 0.154, "exact"), "7.7 percent": (None, None, 0.077, "exact"),
    **dict.fromkeys(("several hundred thousand", "tens of thousands", "in the millions"),
        (None, None, None, "non_numeric")),
    "half-million": (None, None, 500_000, "approx"),
    "half a million": (None, None, 500_000, "approx"),
    "nearly half a million": (None, None, 500_000, "nearly"),
    **dict.fromkeys(("540,826", "540.826", "540 826", "540\u202f826", "540826"),
        (None, None, 540_826, "exact")),
    "232. 524": (None, None, 232_524, "exact"), "120 000": (None, None, 120_000, "exact"),
    "3600": (None, None, 3600, "exact"),
    "89万人以上": (890_000, None, None, "at_least"), "多达100万名": (None, M, None, "up_to"),
    "1百萬": (None, None, M, "exact"), "3千人": (None, None, 3000, "exact"),
    "2~4割": (0.2, 0.4, None, "range"), "三成": (None, None, 0.3, "exact"),
    "二十四份": (None, None, 24, "exact"), "四百多頁": (400, None, None, "more_than"),
    "100万~300万": (M, 3 * M, None, "range"), "一百万到三百万": (M, 3 * M, None, "range"),
    "800,000 से 20 लाख": (800_000, 2 * M, None, "range"),
    "2 binden fazla": (2000, None, None, "more_than"),
    "meer dan 2.000": (2000, None, None, "more_than"),
    "23,000+": (23_000, None, None, "more_than"), "300,000+": (300_000, None, None, "more_than"),
    "380+": (380, None, None, "more_than"),
    "465% growth": (None, None, 465, "exact"),
    "increase of 2469.29%": (None, None, 2469.29, "exact"),
    "almost tripled": (None, None, 3, "nearly"),
    "206 million square feet": (None, None, 19_138_026.24, "exact"),
    # their like
    "three to four hundred thousand": (300_000, 400_000, None, "range"),
    "one in six": (None, None, SIXTH, "exact"),
    "plus d'un million de personnes": (M, None, None, "more_than"),
    "entre 1 et 3 millions": (M, 3 * M, None, "range"),
    "une personne sur six": (None, None, SIXTH, "exact"),
    "jusqu'à 1,8 million": (None, 1_800_000, None, "up_to"),
    "más de un millón": (M, None, None, "more_than"),
    "entre uno y tres millones": (M, 3 * M, None, "range"),
    "uno de cada seis": (None, None, SIXTH, "exact"),
    "al menos 800.000 y posiblemente más de 2 millones": (800_000, 2 * M, None, "range_open"),
    "eine halbe Million": (None, None, 500_000, "approx"),
    "jeder Sechste": (None, None, SIXTH, "exact"),
    "mindestens 800.000, möglicherweise mehr als 2 Millionen": (800_000, 2 * M, None, "range_open"),
    "1 milyondan fazla": (M, None, None, "more_than"), "yüzde 15": (None, None, 0.15, "exact"),
    "altı kişiden biri": (None, None, SIXTH, "exact"),
    "yüz binlerce": (None, None, None, "non_numeric"),
    "bijna een half miljoen": (None, None, 500_000, "nearly"),
    "een op de zes": (None, None, SIXTH, "exact"),
    "honderdduizenden": (None, None, None, "non_numeric"),
    "более миллиона человек": (M, None, None, "more_than"),
    "каждый шестой": (None, None, SIXTH, "exact"), "полмиллиона": (None, None, 500_000, "approx"),
    "от 1 до 3 миллионов": (M, 3 * M, None, "range"),
    "сотни тысяч": (None, None, None, "non_numeric"),
    "दस लाख से अधिक": (M, None, None, "more_than"), "हर छह में से एक": (None, None, SIXTH, "exact"),
    "10 लाख से 30 लाख": (M, 3 * M, None, "range"), "लाखों": (None, None, None, "non_numeric"),
    "100万人を超える": (M, None, None, "more_than"), "6人に1人": (None, None, SIXTH, "exact"),
    "六分之一": (None, None, SIXTH, "exact"), "百分之十五": (None, None, 0.15, "exact"),
    "至少80万，可能超过200万": (800_000, 2 * M, None, "range_open"),
    "数十万人": (None, None, None, "non_numeric"),
}  # fmt: skip


@pytest.mark.parametrize("phrase", CASES)
def test_phrase(phrase: str) -> None:
    figure = figures_in(phrase)[0]
    assert (figure.value_low, figure.value_high, figure.value_point, figure.qualifier) == CASES[
        phrase
    ]


@pytest.mark.parametrize(
    ("phrase", "unit"),
    [
        ("15.4 percent", "share"),
        ("465% growth", "percent"),
        ("almost tripled", "ratio"),
        ("206 million square feet", "m2"),
        ("89万人以上", "persons"),
        ("one in six", "share"),
        ("822 children", "children"),
    ],
)
def test_unit(phrase: str, unit: str) -> None:
    assert figures_in(phrase)[0].unit == unit


def test_every_figure_keeps_the_shape_of_its_qualifier() -> None:
    shape = {
        "exact": "p",
        "approx": "p",
        "nearly": "p",
        "average": "p",
        "at_least": "l",
        "more_than": "l",
        "up_to": "h",
        "less_than": "h",
        "range": "lh",
        "range_open": "lh",
        "non_numeric": "",
    }
    for phrase in CASES:
        figure = figures_in(phrase)[0]
        filled = "".join(
            letter
            for letter, value in zip(
                "lhp", (figure.value_low, figure.value_high, figure.value_point), strict=True
            )
            if value is not None
        )
        assert filled == shape[figure.qualifier], phrase


def test_two_conventions_in_one_page() -> None:
    figures = figures_in("Von 120 000 Menschen waren 3600 Personen in Haft.")
    assert [figure.value_point for figure in figures] == [120_000, 3600]


def test_a_document_gives_what_counts_something_and_its_period() -> None:
    text = (
        "On 8 July 2019 (page 3 of A/HRC/41/G/11) it was said that upwards of 1.5 million people "
        "were held in 2018."
    )
    found = extract_figures(Document("a", "text/plain", (Block(text, "line 1"),)))
    assert [(item.phrase, item.value_low, item.locator) for item in found] == [
        ("upwards of 1.5 million people", 1_500_000, "line 1")
    ]
    assert figures_in("In 2017 more than 15,000 people were sent there.")[0].period == "2017"


def _long_document() -> Document:
    sentences = [
        f"In {2000 + number % 20} some {number * 37 + 11:,} people, or 0.{number}5 %, were held."
        for number in range(1, 60)
    ]
    blocks = tuple(Block(text, f"line {at}") for at, text in enumerate(sentences, 1))
    return Document("a", "text/plain", blocks, metadata={"language": "en"})


def test_two_processes_find_what_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = extract_figures(_long_document())
    assert len(alone) > 60
    monkeypatch.setattr(shared_work, "PORTION_CHARS", 200)
    monkeypatch.setattr(shared_work, "LONG_CHARS", 0)
    work = begin_figures(_long_document())
    assert work.helper is not None
    work.helper.join()  # which does all of it
    assert work.finish() == alone
    assert extract_figures(_long_document()) == alone


def test_what_the_second_process_cannot_do_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = extract_figures(_long_document())
    monkeypatch.setattr(shared_work, "LONG_CHARS", 0)

    def refuse(*_: object, **__: object) -> object:
        raise LimitError("reading stopped")

    monkeypatch.setattr(shared_work.bounded_process, "run_bounded", refuse)
    assert extract_figures(_long_document()) == alone
