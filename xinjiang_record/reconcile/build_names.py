"""Make ``generated/names.tsv`` and ``generated/countries.csv`` from libraries and reviewed files.

    python -m xinjiang_record.reconcile.build_names

Names: Unicode CLDR through Babel; ISO 3166-1 and its translations through pycountry
(``locales.toml`` lists the languages of both; in many other translations rows are shifted);
``country_aliases.toml`` and ``reviewed_codes.toml``. Codes: pycountry, and ``country_codes.csv``
for what it lacks. A test makes both again and compares them with the files, so a file always equals
what the pinned libraries say. Nothing here runs when names are reconciled.
"""

from __future__ import annotations

import csv
import gettext
import io
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pycountry
from babel import Locale

from xinjiang_record import files
from xinjiang_record.reconcile.iso3166 import UN_LANGUAGES, reviewed_codes
from xinjiang_record.reconcile.normalize import key

HERE = Path(__file__).parent
LOCALES = tomllib.loads((HERE / "locales.toml").read_text("utf-8"))
LANGUAGES: list[str] = LOCALES["cldr"]
ISO_LANGUAGES: dict[str, str] = LOCALES["iso_codes"]
ANY = "*"  # the language of an alias: any

Names = dict[str, dict[str, set[str]]]  # key -> iso3 (or "" for a body) -> languages


def cldr_names() -> Iterator[tuple[str, str, str]]:
    """Yield (iso3, language, name) of every ISO 3166-1 territory that CLDR names."""
    for language in LANGUAGES:
        territories = Locale.parse(language).territories
        for country in pycountry.countries:
            name = territories.get(country.alpha_2)
            if name and name != country.alpha_2:
                yield country.alpha_3, language, name


def iso_names() -> Iterator[tuple[str, str, str]]:
    """Yield (iso3, language, name) from ISO 3166-1: short, official, common; "B A" for "A, B"."""
    folder = Path(pycountry.__file__).parent / "locales"
    catalogues = {
        own: gettext.translation("iso3166-1", folder, [iso]) for iso, own in ISO_LANGUAGES.items()
    }
    for country in pycountry.countries:
        for field in ("name", "official_name", "common_name"):
            english = getattr(country, field, None)
            if not english:
                continue
            yield from _forms(country.alpha_3, "en", english)
            for language, catalogue in catalogues.items():
                name = catalogue.gettext(english)
                if name != english:
                    yield from _forms(country.alpha_3, language, name)


def _forms(iso3: str, language: str, name: str) -> Iterator[tuple[str, str, str]]:
    yield iso3, language, name
    head, comma, tail = name.partition(",")
    if comma and "," not in tail:
        yield iso3, language, f"{tail.strip()} {head}"
    if language == "en" and " the " in name:
        yield iso3, language, name.replace(" the ", " ")


def reviewed() -> dict[str, Any]:
    """Return ``country_aliases.toml``, as read."""
    return tomllib.loads((HERE / "country_aliases.toml").read_text("utf-8"))


def collect() -> Names:
    """Return every key with the states it may mean and the languages in which it does."""
    rules = reviewed()
    wrong = {(row["iso3"], key(row["name"])) for row in rules["upstream_error"]}
    names: Names = defaultdict(lambda: defaultdict(set))
    for source in (cldr_names(), iso_names()):
        for iso3, language, name in source:
            if (iso3, key(name)) not in wrong:
                names[key(name)][iso3].add(language)
    for group in rules["alias"]:
        for iso3, aliases in group["names"].items():
            for alias in aliases:
                names[key(alias)][iso3].add(ANY)
    for code in reviewed_codes().values():
        for name in code["names"]:
            names[key(name)] = {code["iso3"]: {ANY}}
    _add_bare(names)
    for group in rules["ambiguous"]:
        for name in group["names"]:
            names[key(name)] = {iso3: {ANY} for iso3 in group["candidates"]}
            if len(group["candidates"]) < 2:
                names[key(name)][""] = {
                    "?"
                }  # never sure, although there are not two to choose from
    for group in rules["body"]:
        for name in group["names"]:
            names[key(name)] = {"": {ANY}}
    return names


def _add_bare(names: Names) -> None:
    """Make the word for Guinea alone, and for Congo alone, ambiguous in every language."""
    for iso3, _language, name in cldr_names():
        if iso3 == "GIN":
            names[key(name)] = {other: {ANY} for other in ("GIN", "GNB", "GNQ", "PNG")}
    folder = Path(pycountry.__file__).parent / "locales"
    for language in ISO_LANGUAGES:
        name = key(gettext.translation("iso3166-1", folder, [language]).gettext("Congo"))
        if not any(
            ANY in languages for languages in names[name].values()
        ):  # some translate it as "Republic of the Congo"
            names[name] = {other: {ANY} for other in ("COG", "COD")}


def names_text() -> str:
    """Return ``generated/names.tsv``: key, then ``iso3:language,language`` of each state."""
    lines = []
    for name, states in sorted(collect().items()):
        cells = [
            f"{iso3}:{ANY if ANY in langs else ','.join(sorted(langs))}"
            for iso3, langs in states.items()
        ]
        lines.append("\t".join([name, *cells]))
    return "\n".join(lines) + "\n"


def countries_text() -> str:
    """Return the content of ``generated/countries.csv``: the 249 of ISO 3166-1, by alpha-3."""
    with open(HERE / "country_codes.csv", encoding="utf-8", newline="") as stream:
        codes = {row["country_iso3"]: row for row in csv.DictReader(stream)}
    territories = {language: Locale.parse(language).territories for language in UN_LANGUAGES}
    out = io.StringIO()
    columns = [
        "country_iso3",
        "country_iso2",
        "iso_numeric",
        "un_membership",
        "m49_region",
        "m49_region_name",
        "m49_subregion",
        "m49_subregion_name",
        "cow_code",
        "cow_abbreviation",
        "vdem_id",
        "wikidata_id",
        *(f"name_{language}" for language in UN_LANGUAGES),
    ]
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    for country in sorted(pycountry.countries, key=lambda item: item.alpha_3):
        named = {
            f"name_{language}": territories[language][country.alpha_2] for language in UN_LANGUAGES
        }
        iso = {"country_iso2": country.alpha_2, "iso_numeric": country.numeric}
        writer.writerow({**codes[country.alpha_3], **iso, **named})
    return out.getvalue()


def main() -> None:
    """Write both files."""
    files.write_text(HERE / "generated" / "names.tsv", names_text())
    files.write_text(HERE / "generated" / "countries.csv", countries_text())


if __name__ == "__main__":
    main()
