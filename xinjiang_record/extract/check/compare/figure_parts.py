"""Compare one figure of an article with one row of the record, part by part.

The parts are the unit, the publisher, the date, the area, the people, the period, the kind of
quantity, and what was done to the people: camps are not prisons, arrests are no sentences.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from xinjiang_record.extract.check.find_statement import is_near
from xinjiang_record.extract.check.record_tables import FigureRow
from xinjiang_record.extract.check.verdict import Part
from xinjiang_record.extract.figures.qualifiers import Figure
from xinjiang_record.extract.publishers import publishers_in

_FAMILIES = {
    "persons": {"persons", "persons_per_year"},
    "facilities": {"facilities", "compounds"},
    "compounds": {"facilities", "compounds"},
    "records": {"records", "rows"},
    "m2": {"m2", "ft2"},
}
_GROUPS = {
    "uyghur": re.compile("uyghur|turkic|muslim|non-han|minorit"),
    "muslim": re.compile("muslim|uyghur|turkic|hui|kazakh|minorit"),
    "kazakh": re.compile("kazakh|turkic|muslim|minorit|all ethnicities"),
    "turkic": re.compile("turkic|uyghur|muslim|minorit"),
    "hui": re.compile(r"\bhui\b|muslim|minorit|all ethnicities"),
    "child": re.compile("child|minor|pupil|under 15"),
}
_STOCKS = {"stock", "cumulative", "unclear"}
_HELD = re.compile(
    r"persons_(?:detained|in_reeducation|imprisoned|in_day|sent)|facility_population"
)
# What words of custody say, each with the types of the rows that it can be said of.
CUSTODY = {
    "in_camp": {"camp", "session", "camp_or_session", "labour_camp"},
    "in_prison": {"prison", "sentence"},
    "in_labour_camp": {"labour_camp"},
    "arrested": {"arrest", "criminal_detention"},
    "sentenced": {"sentence", "prison"},
    "prosecuted": {"prosecution"},
    "killed": set[str](),
    "set_free": set[str](),
}
_PLACES_LEFT = ("in_camp", "in_prison", "in_labour_camp")  # "released from camps"
_FREE = re.compile("boarding|trainees|labour_transfer|kindergarten")
_DEAD = re.compile("dead|death|kill")
_RELEASED = re.compile("release|called_free|allowed_to_leave")
_COUNTED = {
    "persons",
    "children",
    "share",
    "percent",
    "facilities",
    "compounds",
    "persons_per_year",
}
_CHANGES = {"rose": re.compile("increase|growth|added"), "fell": re.compile("decline|decrease")}


@dataclass(frozen=True)
class FigureClaim:
    """Hold a figure of an article with all that its sentence says about it."""

    figure: Figure
    publishers: tuple[str, ...]
    dates: tuple[str, ...]
    areas: tuple[str, ...]
    quantity_type: str | None
    durations: frozenset[str] = frozenset()
    published: tuple[str, ...] = ()  # dates next to the publisher: "the white paper of 2020"
    custody: frozenset[str] = frozenset()  # names of CUSTODY whose words are in its clause
    is_held: bool = False  # whether the sentence has a word such as "detained"
    change: str = ""  # rose or fell
    sentence: str = ""


def unit_part(row: FigureRow, unit: str | None) -> Part:
    """Return whether the unit is that of the row."""
    known = row["unit"]
    if unit is None:
        return Part(
            "unit", "no unit", "agrees" if max(row.values or (0,)) >= 1000 else "unknown", known
        )
    agrees = known == unit or known in _FAMILIES.get(unit, set())
    return Part("unit", unit, "agrees" if agrees else "disagrees", known)


def publisher_part(row: FigureRow, publishers: Sequence[str]) -> Part:
    """Return whether all publishers that are said are among those of the row."""
    known = " | ".join(
        (row["publisher"], *row.authors, row["made_with"], row["via"], row["occasion"])
    )
    canonical = {name for _, _, name in publishers_in(known)}
    agrees = [name for name in publishers if name in canonical or name in known]
    outcome = "agrees" if len(agrees) == len(publishers) else "disagrees"
    return Part("publisher", " and ".join(publishers), outcome, row["publisher"])


def date_part(row: FigureRow, dates: Sequence[str]) -> str | None:
    """Return whether the date of the claim is that of the row.

    A flow is of its period. A stock or a sum is of the day it is of, or was published on.
    """
    if not dates:
        return None
    start, end = row["period_start_edtf"], row["period_end_edtf"]
    if not row.dates:
        return "unknown"
    for said in dates:
        first, _, last = said.partition("/")
        if last:
            known_end = end or row["as_of_edtf"] or row["published_edtf"]
            agrees = is_near(start or known_end, first) and is_near(known_end, last)
        elif row["quantity_type"] in ("flow", "rate", "change") and start and end:
            agrees = is_near(start, said) if start[:4] == end[:4] else is_near(end, said)
        else:
            agrees = any(is_near(row[n], said) for n in ("as_of_edtf", "published_edtf") if row[n])
        if not agrees:
            return "disagrees"
    return "agrees"


def population_part(row: FigureRow, said: str | None) -> Part | None:
    """Return whether the people that the article counts are those of the row.

    Only a group that is not part of the row's own contradicts it: an article may well say
    "Uyghurs" of a figure for Uyghurs and other Muslims. A rate is of the people that it names.
    """
    known = row["population"]
    folded = known.lower()
    of_group = any(pattern.search(folded) for pattern in _GROUPS.values())
    is_rate = row["quantity_type"] == "rate"
    if is_rate and known and of_group != bool(said):
        return Part("population", said or "all people", "disagrees" if said else "partly", known)
    if not said or not known:
        return None
    groups = [name for name in _GROUPS if name in said.lower()]
    if not groups or all(_GROUPS[name].search(folded) for name in groups):
        return Part("population", said, "agrees", known) if groups else None
    if any(name in ("kazakh", "hui", "child") for name in groups):
        return Part("population", said, "disagrees" if of_group else "partly", known)
    if any(_GROUPS[name].search(folded) for name in ("kazakh", "hui", "child")):
        return Part("population", said, "disagrees", known)
    return None


def period_part(row: FigureRow, durations: frozenset[str]) -> Part | None:
    """Return whether the flow of "one week" is that of a row with a period of days.

    A number "each year" is of a row that counts by the year.
    """
    if "each year" in durations and row["unit"] != "persons_per_year":
        return Part("period", "each year", "partly", row["period_start_edtf"] or row["as_of_edtf"])
    start, end = row["period_start_edtf"], row["period_end_edtf"]
    if row["quantity_type"] != "flow" or len(start) != 10 or len(end) != 10 or not durations:
        return None
    days = (date.fromisoformat(end) - date.fromisoformat(start)).days + 1
    known = "week" if days <= 8 else "month" if days <= 31 else "year"
    said = " or ".join(sorted(durations))
    return Part("period", said, "agrees" if known in durations else "disagrees", known)


def area_part(row: FigureRow, areas: Sequence[str], sentence: str) -> Part | None:
    """Return whether the area of the claim is that of the row.

    "In camps in Xinjiang" is true of a county of Xinjiang, but says more than the row.
    """
    narrow = [area for area in areas if area != "xinjiang"]
    known = row["area_id"]
    printed = row["area_as_published"]
    if narrow:
        agrees = any(area == known or printed.lower().startswith(area[:5]) for area in narrow)
        return Part("area", ", ".join(narrow), "agrees" if agrees else "disagrees", printed)
    is_within = row["area_coverage"] == "part" or known not in ("xinjiang", "beyond", "")
    if "xinjiang" in areas and is_within and printed.split(" ")[0].rstrip(",") not in sentence:
        return Part("area", "xinjiang", "partly", printed)
    return None


def kind_part(row: FigureRow, kind: str | None) -> Part | None:
    """Return whether the kind of quantity is that of the row: stock, flow, capacity."""
    known = row["quantity_type"]
    if kind is None or known in ("", "list", "sample", "target", "unclear"):
        return None
    if kind == "capacity" or known == "capacity":
        agrees = kind == known
    elif kind in ("rate", "change"):
        agrees = known in ("rate", "change", "stock", "cumulative", "flow")
    elif kind == "flow":
        agrees = known == "flow" or (known == "cumulative" and not _HELD.search(row["measure"]))
    else:
        agrees = known in _STOCKS or (known == "flow" and not _HELD.search(row["measure"]))
    return Part("kind", kind, "agrees" if agrees else "disagrees", known)


def custody_part(row: FigureRow, claim: FigureClaim) -> Part | None:
    """Return whether what was done to the people is what the row counts.

    It is not where no word of custody is read: "99,326 people were vaccinated".
    """
    held = row["custody_type"]
    is_read = bool(claim.custody) or claim.is_held or held in ("", "none")
    if not is_read and claim.figure.unit in ("persons", "children"):
        return Part("kind", "named in the sentence", "partly", row["measure"].replace("_", " "))
    if not claim.custody or row["unit"] not in _COUNTED:
        return None
    said = " or ".join(sorted(claim.custody)).replace("_", " ")
    if "killed" in claim.custody and len(claim.custody) > 1 and not _DEAD.search(row["measure"]):
        return Part("kind", said, "partly", row["measure"].replace("_", " "))
    if claim.custody == {"killed"}:
        agrees = bool(_DEAD.search(row["measure"]))
    elif "set_free" in claim.custody and claim.custody <= {"set_free", *_PLACES_LEFT}:
        agrees = bool(_RELEASED.search(row["measure"]))
    elif held == "none":
        agrees = not _FREE.search(row["measure"])
    else:
        known = frozenset[str]().union(*(CUSTODY[name] for name in claim.custody))
        agrees = held in known or not any(held in types for types in CUSTODY.values())
    outcome = "agrees" if agrees else "disagrees"
    return Part("kind", said, outcome, f"{row['measure']}, {held}".replace("_", " "))


def change_part(row: FigureRow, change: str) -> Part | None:
    """Return whether a change goes the way that the sentence says."""
    ways = [name for name, pattern in _CHANGES.items() if pattern.search(row["measure"])]
    if not change or not ways:
        return None
    return Part("kind", change, "agrees" if change in ways else "disagrees", ways[0])


def published_part(row: FigureRow, published: Sequence[str]) -> Part | None:
    """Return whether the date next to the publisher is that of the publication, or of the row."""
    if not published or not row.dates:
        return None
    agrees = is_near(row["published_edtf"], published[0])
    outcome = "agrees" if agrees else date_part(row, published) or "unknown"
    return Part("date", published[0], outcome, ", ".join(dict.fromkeys(row.dates)))
