"""The table of countries: 249 rows, each code once, and no code of another system in its place."""

from __future__ import annotations

from collections import Counter

from xinjiang_record.reconcile.iso3166 import country_rows

ROWS = {row["country_iso3"]: row for row in country_rows()}


def test_rows_and_membership() -> None:
    assert len(ROWS) == 249
    assert Counter(row["un_membership"] for row in ROWS.values()) == {
        "member": 193,
        "observer": 2,
        "none": 54,
    }
    assert {code for code, row in ROWS.items() if row["un_membership"] == "observer"} == {
        "PSE",
        "VAT",
    }


def test_codes_are_unique() -> None:
    for field in (
        "country_iso2",
        "iso_numeric",
        "cow_code",
        "cow_abbreviation",
        "vdem_id",
        "wikidata_id",
    ):
        values = [row[field] for row in ROWS.values() if row[field] is not None]
        assert len(values) == len(set(values)), field


def test_correlates_of_war_is_not_gleditsch_ward() -> None:
    # Where the two systems differ: Germany is 255 (260 there), Yemen 679 (678), Serbia 345 (340),
    # Kiribati 946 (970).
    assert [ROWS[code]["cow_code"] for code in ("DEU", "YEM", "SRB", "KIR", "VNM", "ROU")] == [
        255,
        679,
        345,
        946,
        816,
        360,
    ]
    assert ROWS["PSE"]["cow_code"] is None and ROWS["TWN"]["cow_code"] == 713
    assert all(
        row["cow_code"] is not None for row in ROWS.values() if row["un_membership"] == "member"
    )


def test_regions_and_names() -> None:
    assert (ROWS["TUR"]["m49_region_name"], ROWS["TUR"]["m49_subregion"]) == ("Asia", "145")
    assert ROWS["NAM"]["country_iso2"] == "NA"
    assert all(
        row[f"name_{language}"]
        for row in ROWS.values()
        for language in ("en", "fr", "es", "ar", "zh", "ru")
    )
    assert {code for code, row in ROWS.items() if row["m49_region"] is None} == {"ATA", "TWN"}


def test_vdem_and_wikidata() -> None:
    """Ids of other systems, spot by spot; null where a system has none, or not one alone."""
    expected = {
        "SOM": (130, "Q1045"),
        "DEU": (77, "Q183"),
        "YEM": (14, "Q805"),
        "USA": (20, "Q30"),
        "TWN": (48, "Q865"),
        "NLD": (91, "Q29999"),  # the kingdom
        "PSE": (None, "Q219060"),  # V-Dem has Gaza and the West Bank
        "VAT": (None, "Q237"),  # V-Dem has the Papal States
        "AND": (None, "Q228"),
    }
    found = {code: (ROWS[code]["vdem_id"], ROWS[code]["wikidata_id"]) for code in expected}
    assert found == expected
    assert sum(row["vdem_id"] is not None for row in ROWS.values()) == 174
    assert all(row["wikidata_id"] for row in ROWS.values())
    reviewed = {row["country_iso3"]: row for row in country_rows(("XKX", "SCG"))}
    assert (reviewed["XKX"]["vdem_id"], reviewed["XKX"]["wikidata_id"]) == (43, "Q1246")
    assert (reviewed["SCG"]["vdem_id"], reviewed["SCG"]["wikidata_id"]) == (None, None)
