"""Search the latest releases for a state, an area, a text, a figure's measure, a term, an event.

A name of a state is found as ``xrecord reconcile`` finds it: in any of its languages, by its
aliases, and by what comes near it. All other words must each be the beginning of a word of what
is found, whatever the case and the accents. A search that finds nothing shows only that these
tables do not have the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xinjiang_record.client.bases import Base, explain_base, open_base
from xinjiang_record.errors import UsageError

if TYPE_CHECKING:
    from xinjiang_record.release.distribution.release_locations import Release

Row = Mapping[str, object]
# Where words are looked for: package, table, the field that names a row, its title, other fields.
# Columns that a release does not have are left out.
PLACES = (
    ("joint-statements", "statements", "statement_id", "title",
     ("body", "session", "document_symbol", "delivered_edtf", "statement_type", "stance")),
    ("joint-statements", "blocs", "bloc_id", "title", ()),
    ("detention-figures", "measures", "measure", "title", ("description",)),
    ("detention-figures", "figures", "figure_id", "publication_title",
     ("publisher", "occasion", "published_edtf", "area_as_published")),
    ("documents", "documents", "document_id", "title",
     ("title_zh", "document_symbol", "issuer", "issued_edtf")),
    ("documents", "terms", "term_id", "title", ()),
    ("responses", "events", "event_id", "title", ("actor", "happened_edtf", "event_type")),
)  # fmt: skip
# Names in a table of their own: package, table, the field that names a row, its names.
NAMES = (
    ("detention-figures", "area_names", "area_id", "name", "areas"),
    ("documents", "term_names", "term_id", "name", "terms"),
)
_WORD = re.compile(r"[^\W_]+")
_WITHOUT_SPACES = re.compile(r"[぀-ヿ㐀-鿿가-힣]")


@dataclass(frozen=True, slots=True)
class Hit:
    """Hold one thing that a search found.

    Attributes:
        package: The package that has it.
        table: The table that has it.
        id: The value of the table's key.
        title: What it is.
        why: How the words lead to it.
    """

    package: str
    table: str
    id: str
    title: str
    why: str


def search(text: str, *, base: Base = None) -> list[Hit]:
    """Return what the latest releases have on some words: states first, then what they did.

    Args:
        text: A name or words, such as "Qatar", "瑙鲁", "A/HRC/41/G/17" or "July 2019".
        base: A folder or address of releases.
    """
    from xinjiang_record.release.distribution.release_locations import (  # deferred: start-up
        find_release,
        list_packages,
    )

    if not isinstance(text, str):
        raise UsageError(f"text: expected a name or words, got {text!r}.")
    if not _WORD.search(text):
        return []
    with explain_base():
        location = open_base(base)
        releases = {name: find_release(location, name) for name in list_packages(location)}
        hits = [*_find_states(text, releases), *_find_names(text, releases)]
        hits += _find_words(text, releases)
    return list({(hit.table, hit.id): hit for hit in reversed(hits)}.values())[::-1]


def _rows(releases: Mapping[str, Release], package: str, table: str) -> list[dict[str, object]]:
    """Return the rows of a table; none where the package or the table is not there."""
    release = releases.get(package)
    names = [item["name"] for item in release.descriptor["resources"]] if release else []
    if release is None or table not in names:
        return []
    rows: list[dict[str, object]] = release.table(table).to_pylist()
    return rows


def _find_states(text: str, releases: Mapping[str, Release]) -> Iterator[Hit]:
    """Yield the states that the text names or nearly names, and the statements they are on."""
    from xinjiang_record.reconcile.countries import reconcile  # deferred: start-up

    match = reconcile(text)
    codes = [match.iso3] if match.iso3 else list(match.candidates)
    if not codes:
        return
    why = {"resolved": "its name", "ambiguous": "one of several states of this name"}.get(
        match.status, "a name like this"
    )
    names = {row["country_iso3"]: row for row in _rows(releases, "joint-statements", "countries")}
    for code in codes:
        if code in names:
            title = str(names[code]["name_en"])
            yield Hit("joint-statements", "countries", code, title, why)
    if match.iso3 is None:
        return
    titles = {
        row["statement_id"]: str(row["title"])
        for row in _rows(releases, "joint-statements", "statements")
    }
    for row in _rows(releases, "joint-statements", "signatories"):
        if row["country_iso3"] == match.iso3:
            kind = str(row.get("position_kind") or "signed")
            did = f"{match.iso3} {kind} {row['signed_edtf']}"
            if row["withdrew_edtf"]:
                did += f", withdrew {row['withdrew_edtf']}"
            statement = str(row["statement_id"])
            yield Hit("joint-statements", "statements", statement, titles[statement], did)
    for row in _rows(releases, "responses", "events"):
        if row["country_iso3"] == match.iso3:
            identifier, did = str(row["event_id"]), f"an act of {match.iso3}"
            yield Hit("responses", "events", identifier, str(row["title"]), did)


def _find_names(text: str, releases: Mapping[str, Release]) -> Iterator[Hit]:
    """Yield areas and terms by their names in any language."""
    for package, table, identifier, name, target in NAMES:
        found = [
            row for row in _rows(releases, package, table) if _has_words(text, [str(row[name])])
        ]
        if not found:
            continue
        titles = {row[identifier]: str(row["title"]) for row in _rows(releases, package, target)}
        for row in found:
            key = row[identifier]
            yield Hit(package, target, str(key), titles[key], f"its name {row[name]}")


def _find_words(text: str, releases: Mapping[str, Release]) -> Iterator[Hit]:
    for package, table, identifier, title, others in PLACES:
        for row in _rows(releases, package, table):
            values = [str(row[name]) for name in (identifier, title, *others) if row.get(name)]
            if _has_words(text, values):
                shown = str(row.get(title) or row[identifier])
                yield Hit(package, table, str(row[identifier]), shown, "its words")


def _has_words(text: str, values: Iterable[str]) -> bool:
    """Return whether each word of the text begins a word of the values, in any order."""
    from xinjiang_record.reconcile.normalize import key  # deferred: start-up

    joined = " ".join(_spell_out_months(value) for value in values)
    words = {key(word) for word in _WORD.findall(joined)} | {key(joined)}
    for word in _WORD.findall(text):
        wanted = key(word)
        if _WITHOUT_SPACES.search(word):
            if wanted not in key(joined):
                return False
        elif not any(found.startswith(wanted) for found in words):
            return False
    return True


_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
           "October", "November", "December")  # fmt: skip


def _spell_out_months(value: str) -> str:
    """Return a value with the names of the months of its dates, so that "July 2019" finds it."""
    months = {int(found) for found in re.findall(r"\b[12][0-9]{3}-(0[1-9]|1[0-2])\b", value)}
    return " ".join([value, *(_MONTHS[number - 1] for number in sorted(months))])
