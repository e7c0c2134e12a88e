"""Names to codes: what resolves, what asks, what is only proposed."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from xinjiang_record.reconcile import build_names
from xinjiang_record.reconcile.countries import name_of, reconcile, reconcile_all, reconcile_list
from xinjiang_record.reconcile.normalize import key

HERE = Path(__file__).parent
DATA = Path(build_names.__file__).parent
ASKS = {"Congo", "the Congo", "Korea", "Guinea", "Guinée", "ギニア", "ドミニカ"}
MISSPELT = {"Belguim", "Kyrgyztan", "Karabagh"}


def printed(name: str) -> list[dict[str, str]]:
    with open(HERE / name, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_data_files_are_what_the_libraries_say() -> None:
    assert (DATA / "generated" / "names.tsv").read_text("utf-8") == build_names.names_text()
    assert (DATA / "generated" / "countries.csv").read_text("utf-8") == build_names.countries_text()


@pytest.mark.parametrize("file", ["names_as_printed.csv", "name_variants.csv"])
def test_names_of_the_record_resolve_or_ask(file: str) -> None:
    rows = printed(file)
    assert len(rows) > 100
    for row in rows:
        match = reconcile(row["name_as_printed"])
        if row["name_as_printed"] in ASKS:
            assert match.status == "ambiguous" and row["iso3"] in match.candidates, match
        elif row["name_as_printed"] in MISSPELT or not row["iso3"]:
            assert match.status == "unknown" and match.iso3 is None, match
        else:
            assert match.iso3 == row["iso3"], match


@pytest.mark.parametrize(
    ("name", "iso3"),
    [
        ("Niger", "NER"), ("Nigeria", "NGA"), ("Dominica", "DMA"), ("Samoa", "WSM"),
        ("American Samoa", "ASM"), ("Sudan", "SDN"), ("Ireland", "IRL"),
        ("Micronesia", "FSM"), ("Georgia", "GEO"), ("Jersey", "JEY"), ("Equatorial Guinea", "GNQ"),
        ("Guinea Bissau", "GNB"), ("Papua New Guinea (PNG)", "PNG"),
        ("the Bolivarian Republic of Venezuela", "VEN"),
        ("Venezuela (Bolivarian Republic of)", "VEN"), ("Korea, Republic of", "KOR"),
        ("Congo (Brazzaville)", "COG"),
        ("Democratic Republic of the Congo (DRC)", "COD"), ("Lao P.D.R.", "LAO"),
        ("Myanmar (Burma)", "MMR"), ("Burma/Myanmar", "MMR"), ("Swaziland", "SWZ"),
        ("Zaire", "COD"),
        ("United Kingdom of Great Britain and Northern Ireland", "GBR"),
        ("Palestine, State of", "PSE"), ("Hong Kong", "HKG"), ("Holy See", "VAT"),
        ("الولاياتالمتحدة", "USA"), ("والسعودية", "SAU"), ("للإمارات", "ARE"), ("وكوبا", "CUB"),
        ("Türkiye'nin", "TUR"), ("Almanya’dan", "DEU"), ("한국과", "KOR"),
        ("ＦＲＡＮＣＥ", "FRA"), ("\u200fمصر\u200f", "EGY"), ("l'Iran", "IRN"),
        ("Česká republika", "CZE"), ("Республика Корея", "KOR"), ("Côte d'Ivoire", "CIV"),
        ("アンティグアバーブーダ", "ATG"), ("アンティグア・バーブーダ", "ATG"), ("瑙鲁", "NRU"),
        ("瑙魯", "NRU"), ("及び日本", "JPN"), ("帛琉", "PLW"), ("澳洲", "AUS"), ("紐西蘭", "NZL"),
        ("Arab Saudi", "SAU"),
        ("Trinidad y Tabago", "TTO"), ("República Popular Democrática de Corea", "PRK"),
        ("Bosnien und Herzegowina", "BIH"), ("Emirados Árabes Unidos", "ARE"),
        ("Luxembourg (Grand Duchy of)", "LUX"),
        ("Korea (the Democratic People's Republic of)", "PRK"),
        ("Yemen (People's Democratic Republic of)", "YMD"), ("Corée (République de)", "KOR"),
        ("Rep. of the Marshall Is.", "MHL"), ("Micronesia (Fed. States of)", "FSM"),
        ("Russian Fed.", "RUS"), ("Fed. Rep. of Germany", "DEU"),
        ("Saint Vincent & the Grenadines", "VCT"),
        ("Khmer Republic", "KHM"), ("Vatican City State", "VAT"), ("中国香港", "HKG"),
        ("Republic of China (Taiwan)", "TWN"),
    ],
)  # fmt: skip
def test_resolves(name: str, iso3: str) -> None:
    for form in (
        name,
        unicodedata.normalize("NFD", name),
        unicodedata.normalize("NFC", name),
        f" {name}, ",
    ):
        assert reconcile(form).iso3 == iso3, form


@pytest.mark.parametrize(
    ("name", "candidates"),
    [
        ("Congo", {"COG", "COD"}), ("Korea", {"KOR", "PRK"}),
        ("Guinea", {"GIN", "GNB", "GNQ", "PNG"}), ("ドミニカ", {"DMA", "DOM"}),
        ("Virgin Islands", {"VGB", "VIR"}),
        ("Saint Martin", {"MAF", "SXM"}), ("Serbia and Montenegro", {"SCG", "SRB", "MNE"}),
        ("Republic of China", {"TWN", "CHN"}), ("England", {"GBR"}), ("刚果", {"COG", "COD"}),
        ("Конго", {"COG", "COD"}),
        ("Nigera", {"NER", "NGA"}), ("China (Republic of)", {"TWN", "CHN"}),
        ("Rep. of China", {"TWN", "CHN"}),
    ],
)  # fmt: skip
def test_asks(name: str, candidates: set[str]) -> None:
    match = reconcile(name)
    assert (match.status, match.iso3, set(match.candidates)) == ("ambiguous", None, candidates)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("Belguim", "BEL"),
        ("Kyrgyztan", "KGZ"),
        ("Çekime Cumhuriyeti", "CZE"),
        ("Croatia Czech Republic", "HRV"),
    ],
)
def test_proposes_and_never_resolves(name: str, near: str) -> None:
    match = reconcile(name)
    assert match.status == "unknown" and match.iso3 is None and near in match.candidates


@pytest.mark.parametrize(
    "name",
    [
        "Karabagh",
        "Tibet",
        "European Union",
        "EU",
        "NA",
        "",
        "?",
        "New Jersey",
        "Northern Cyprus",
        "N. Cyprus",
        "N. Ireland",
        "Georgia (US state)",
    ],
)
def test_names_of_no_state(name: str) -> None:
    assert reconcile(name).iso3 is None


@pytest.mark.parametrize(
    ("name", "code"),
    [("Kosovo", "XKX"), ("科索沃", "XKX"), ("USSR", "SUN"), ("Yugoslavia", "YUG"), ("GDR", "DDR")],
)
def test_names_without_an_iso_code_get_a_reviewed_one(name: str, code: str) -> None:
    match = reconcile(name)
    assert (match.status, match.iso3) == ("resolved", code)
    assert "not of ISO 3166-1" in match.note


def test_a_list_settles_what_one_name_does_not() -> None:
    listed = [
        "Cameroon",
        "the Congo",
        "Democratic Republic of the Congo",
        "Guinea",
        "Korea",
        "North Korea",
        "Oman",
    ]
    assert [match.iso3 for match in reconcile_list(listed)] == [
        "CMR",
        "COG",
        "COD",
        "GIN",
        "KOR",
        "PRK",
        "OMN",
    ]
    assert reconcile_list(["Kenya", "Congo", "Korea", "Oman"])[1].status == "ambiguous"
    assert reconcile_list(["Guinea"])[0].status == "ambiguous"


def test_a_list_settles_no_name_while_two_candidates_are_left() -> None:
    *_, guinea = reconcile_list(["Republic of Guinea", "Guinea-Bissau", "Kenya", "Guinea"])
    assert (guinea.status, guinea.iso3) == ("ambiguous", None)
    assert len(set(guinea.candidates) - {"GIN", "GNB"}) >= 2


def test_every_name_that_cldr_gives_comes_back_or_asks() -> None:
    for iso3, _language, name in build_names.cldr_names():
        match = reconcile(name)
        assert match.iso3 == iso3 or iso3 in match.candidates, (iso3, name, match)


def test_language_narrows() -> None:
    assert reconcile("Island").iso3 == "ISL"
    assert reconcile("Island", languages=["en"]).iso3 is None


def test_many_names_at_once_keep_their_order() -> None:
    assert [match.iso3 for match in reconcile_all(["Peru", "Mali", "Peru"])] == [
        "PER",
        "MLI",
        "PER",
    ]


def test_key_keeps_what_carries_meaning() -> None:
    assert key("ガーナ") != key("カーナ") and key("Côte") == key("cote") == "cote"
    assert name_of("DEU", "tr") == "Almanya"


def test_the_command_prints_the_four_fields_in_order() -> None:
    command = [
        sys.executable,
        "-m",
        "xinjiang_record.cli",
        "reconcile",
        "--format",
        "json",
        "Guinea",
        "Peru",
        "Foo",
    ]
    rows = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert [list(row) for row in rows] == [["name", "status", "iso3", "candidates"]] * 3
    assert [(row["name"], row["status"]) for row in rows] == [
        ("Guinea", "ambiguous"),
        ("Peru", "resolved"),
        ("Foo", "unknown"),
    ]
