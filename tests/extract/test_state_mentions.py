"""States in running text, in the forms of each language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel import Locale

from xinjiang_record.extract.check.reading import state_mentions
from xinjiang_record.extract.check.reading.state_mentions import states_in
from xinjiang_record.reconcile.iso3166 import country_rows

TEXTS = [
    ("en", "For the U.K. and Bosnia and Herzegovina Turkey's envoy spoke.", "GBR BIH TUR"),
    ("fr", "L'Allemagne, les Pays-Bas et la France ont rejoint le Portugal.", "DEU NLD FRA PRT"),
    ("de", "Kanadas Botschafter sprach für die Niederlande und die Türkei.", "CAN NLD TUR"),
    ("ru", "От имени Канады и Саудовской Аравии; Украина воздержалась.", "CAN SAU UKR"),
    ("pl", "W imieniu Wielkiej Brytanii, Niemiec i Stanów Zjednoczonych.", "GBR DEU USA"),
    ("uk", "Від імені Нідерландів, Великої Британії та Туреччини.", "NLD GBR TUR"),
    ("ar", "وقعت كندا والمملكة المتحدة وتركيا الرسالة.", "CAN GBR TUR"),
    ("zh", "加拿大、英国和土耳其签署,乌克兰弃权。", "CAN GBR TUR UKR"),
    ("ja", "オランダが代表し、カナダ、英国、トルコが署名した。", "NLD CAN GBR TUR"),
    ("ko", "네덜란드가 낭독했고 캐나다와 터키, 우크라이나는 기권했다.", "NLD CAN TUR UKR"),
    ("hi", "कनाडा ने बयान पढ़ा, यूक्रेन और भारत ने नहीं।", "CAN UKR IND"),
    ("tr", "Kanada'nın büyükelçisi, Türkiye ve Katar.", "CAN TUR QAT"),
    ("es", "Los Países Bajos, Arabia Saudita y el Reino Unido.", "NLD SAU GBR"),
    ("it", "I Paesi Bassi, la Germania e gli Stati Uniti.", "NLD DEU USA"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text", "expected"), TEXTS, ids=[item[0] for item in TEXTS])
def test_states(code: str, text: str, expected: str) -> None:
    assert [item.iso3 for item in states_in(text, code)] == expected.split()


def test_what_is_not_a_state_is_not_found() -> None:
    text = "Hong Kong, New Jersey's harbour and the Union were on the Island."
    assert [item.iso3 for item in states_in(text, "en") if item.iso3 != "JEY"] == []


def test_the_slavic_names_are_those_of_unicode() -> None:
    lines = [
        f"{code}\t{row['country_iso3']}\t{name}"
        for code in ("pl", "ru", "uk")
        for row in country_rows()
        if (name := Locale.parse(code).territories.get(row["country_iso2"], ""))
        and not re.search(r"[(,]", name)
    ]
    path = Path(state_mentions.__file__).with_name("slavic_names.tsv")
    assert path.read_text("utf-8").splitlines() == lines
