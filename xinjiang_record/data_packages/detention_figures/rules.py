"""Check the rules of figures: values and qualifiers, quantities never mixed, links that hold.

A rule looks at records that are typed already and yields findings; nothing is filled in or put
right. Warnings are in the quality report: values that conflict without a link, and a date of the
data that may be the date of publication.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import combinations
from typing import Any

from xinjiang_record import edtf
from xinjiang_record.data_packages.intake import Intake, Record, record_finding
from xinjiang_record.model import Finding

_finding = partial(record_finding, "detention-figures")

VALUES = ("value_low", "value_high", "value_point")
# Qualifier -> the values that must be filled, all others empty. ``conflict`` needs any one of them.
SHAPES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("exact", "approx", "nearly", "average"), ("value_point",)),
    **dict.fromkeys(("at_least", "more_than"), ("value_low",)),
    **dict.fromkeys(("up_to", "less_than"), ("value_high",)),
    "range": ("value_low", "value_high"),
    "non_numeric": (),
}
# Links whose two ends must count the same kind of quantity.
SAME_TYPE = ("supersedes", "part_of")
# What two figures must share for their values to be compared, with the year of the data.
SAME_QUANTITY = ("measure", "quantity_type", "area_id", "area_as_published", "population")
# Subjects of measures that count nobody who is detained: they share no axis with detention.
APART = ("labour", "population", "births", "equipment", "acts")
CONFLICT_RATIO = 1.25  # values further apart than this conflict
_YEAR = re.compile(r"\b(?:19|20)[0-9]{2}\b")
_OLDER = re.compile(r"\b(document|plan|report|statistics|yearbook|list|file)", re.IGNORECASE)


def check_figures(intake: Intake) -> list[Finding]:
    """Return every finding of every rule."""
    figures, measures = intake.ids("figures"), intake.ids("measures")
    known = intake.raw_ids.get("measures", set())
    links = list(intake.rows("figure_links"))
    found = [item for figure in figures.values() for item in _figure(figure, measures, known)]
    authors: dict[str, set[str]] = {}
    for row in intake.rows("figure_authors"):
        authors.setdefault(row["figure_id"], set()).add(row["author"])
    found += [item for link in links for item in _link(link, figures, authors)]
    for kind in ("supersedes", "part_of", "derived_from"):
        found += _circles(kind, links)
    return [*found, *_areas(intake), *_conflicts(figures, links)]


def _figure(figure: Record, measures: Mapping[str, Record], known: set[str]) -> Iterator[Finding]:
    yield from _order(figure)
    yield from _shape(figure)
    yield from _unit(figure, measures, known)
    yield from _period(figure)
    yield from _date_of_data(figure)
    if figure["quantity_type"] == "rate" and not figure["population_base"]:
        message = f"{figure.record_id} is a rate without a population_base. Say of what."
        yield _finding("no-base", figure, "population_base", message)


def _order(figure: Record) -> Iterator[Finding]:
    low, high, point = (figure[name] for name in VALUES)
    if low is not None and high is not None and low > high:
        message = (
            f"{figure.record_id}: value_low {low:.12g} is above value_high {high:.12g}. "
            "Swap or correct them."
        )
        yield _finding("low-above-high", figure, "value_low", message, f"{low:.12g}")
    elif None not in (low, high, point):
        if not low <= point <= high:
            message = (
                f"{figure.record_id}: value_point {point:.12g} is outside {low:.12g} to "
                f"{high:.12g}. Correct it."
            )
            yield _finding("low-above-high", figure, "value_point", message, f"{point:.12g}")
        elif point == (low + high) / 2:
            message = (
                f"{figure.record_id}: value_point {point:.12g} is the midpoint of the range. "
                "A midpoint is never filled in: empty it."
            )
            yield _finding("midpoint", figure, "value_point", message, f"{point:.12g}")
    if figure["unit"] == "share" and any(
        value is not None and value > 1 for value in (low, high, point)
    ):
        message = (
            f"{figure.record_id}: a share is a part of one, so at most 1. "
            "Divide by 100, or change the measure."
        )
        yield _finding("constraint-error", figure, "unit", message)


def _shape(figure: Record) -> Iterator[Finding]:
    qualifier = figure["qualifier"]
    filled = tuple(name for name in VALUES if figure[name] is not None)
    if qualifier == "conflict":
        fits, wanted = bool(filled), "one of the values"
    elif qualifier == "range_open":
        fits = "value_high" in filled and "value_point" not in filled
        wanted = "value_high, and value_low where there is one"
    elif qualifier == "range":
        fits, wanted = filled in (SHAPES["range"], VALUES), "value_low and value_high"
    else:
        fits, wanted = filled == SHAPES[qualifier], " and ".join(SHAPES[qualifier]) or "no value"
    if not fits:
        has = " and ".join(filled) or "no value"
        message = (
            f"{figure.record_id}: qualifier {qualifier} goes with {wanted}, but the row has {has}. "
            "Move the value or change the qualifier."
        )
        yield _finding("qualifier-mismatch", figure, "qualifier", message, qualifier)


def _unit(figure: Record, measures: Mapping[str, Record], known: set[str]) -> Iterator[Finding]:
    name, measure = figure["measure"], measures.get(figure["measure"])
    if known and name not in known:
        message = (
            f"{figure.record_id}: {name!r} is not a measure. "
            "Define it in measures.csv, or use one that is there."
        )
        yield _finding("unknown-measure", figure, "measure", message, name)
    elif measure is not None and measure["unit"] != figure["unit"]:
        message = (
            f"{figure.record_id}: {name} is in {measure['unit']}, not in {figure['unit']}. "
            "One measure has one unit."
        )
        yield _finding("unit-mismatch", figure, "unit", message, figure["unit"])
    elif measure is not None and measure["subject"] in APART and figure["custody_type"] != "none":
        message = (
            f"{figure.record_id}: {name} is about {measure['subject']}, so custody_type must be "
            f"none; got {figure['custody_type']}. Correct it."
        )
        yield _finding("custody-mismatch", figure, "custody_type", message, figure["custody_type"])


def _period(figure: Record) -> Iterator[Finding]:
    start, end = figure["period_start_edtf"], figure["period_end_edtf"]
    if start and end:
        first, last = edtf.bounds(start)[0], edtf.bounds(end)[1]
        if first and last and first > last:
            message = (
                f"{figure.record_id}: the period starts ({start}) after it ends ({end}). "
                "Correct them."
            )
            yield _finding("period-order", figure, "period_start_edtf", message, start)


def _date_of_data(figure: Record) -> Iterator[Finding]:
    """Ask where the year of the data is that of publication, and the note names something older."""
    as_of, published, note = figure["as_of_edtf"], figure["published_edtf"], figure["note"] or ""
    if not as_of or not published or len(as_of) != 4 or not published.startswith(as_of):
        return
    older = sorted(year for year in _YEAR.findall(note) if year < as_of)
    if older and _OLDER.search(note):
        message = (
            f"{figure.record_id}: as_of_edtf {as_of} is the year of publication, and the note "
            f"names a document of {older[0]}. Is that the date of the data?"
        )
        yield _finding("publication-year", figure, "as_of_edtf", message, as_of, severity="warning")


def _link(
    link: Record, figures: Mapping[str, Record], authors: Mapping[str, set[str]]
) -> Iterator[Finding]:
    kind, one, other = link["link_type"], figures[link["figure_id"]], figures[link["to_figure_id"]]
    if one is other:
        message = f"{one.record_id} is linked with itself. Take the link out."
        yield _finding("link-to-itself", link, "to_figure_id", message)
        return
    if kind in SAME_TYPE and one["quantity_type"] != other["quantity_type"]:
        message = (
            f"{one.record_id} ({one['quantity_type']}) {kind} {other.record_id} "
            f"({other['quantity_type']}): different quantity types are never added or replaced by "
            "each other. Use another kind of link, or none."
        )
        yield _finding("mixed-quantity-types", link, "link_type", message, kind)
    if kind == "supersedes" and not _one_line(one, other, authors):
        message = (
            f"{one.record_id} supersedes {other.record_id}, but they share no author and no "
            "publisher. Use restates or conflicts_with."
        )
        yield _finding("foreign-revision", link, "link_type", message, kind)


def _one_line(one: Record, other: Record, authors: Mapping[str, set[str]]) -> bool:
    """Return whether two figures come from one publisher or share an author."""
    shared = authors.get(one.record_id, set()) & authors.get(other.record_id, set())
    return one["publisher"] == other["publisher"] or bool(shared)


def _circles(kind: str, links: list[Record]) -> Iterator[Finding]:
    """Links of one kind that lead back to their start; figures that restate each other are one."""
    onward: dict[str, list[str]] = {}
    for link in links:
        one, other = link["figure_id"], link["to_figure_id"]
        if link["link_type"] in (kind, "restates"):
            onward.setdefault(one, []).append(other)
        if link["link_type"] == "restates":
            onward.setdefault(other, []).append(one)
    for link in links:
        one, other = link["figure_id"], link["to_figure_id"]
        if link["link_type"] == kind and one != other and one in _reached(other, onward):
            message = f"{one} {kind} {other} closes a circle. Take one of its links out."
            yield _finding("link-circle", link, "to_figure_id", message, other)


def _reached(start: str, onward: Mapping[str, list[str]]) -> set[str]:
    seen: set[str] = set()
    todo = [start]
    while todo:
        here = todo.pop()
        if here not in seen:
            seen.add(here)
            todo += onward.get(here, [])
    return seen


def _areas(intake: Intake) -> Iterator[Finding]:
    known = intake.raw_ids.get("areas", set())
    for area in intake.rows("areas"):
        parent = area["parent_area_id"]
        if parent and (parent not in known or parent == area.record_id):
            message = (
                f"{area.record_id}: its parent {parent!r} is not another area. "
                "Add that area, or correct it."
            )
            yield _finding("unknown-area", area, "parent_area_id", message, parent)
    for figure in intake.rows("figures"):
        if known and figure["area_id"] and figure["area_id"] not in known:
            message = (
                f"{figure.record_id}: {figure['area_id']!r} is not an area. "
                "Add it to areas.csv, or use one that is there."
            )
            yield _finding("unknown-area", figure, "area_id", message, figure["area_id"])


def _conflicts(figures: Mapping[str, Record], links: list[Record]) -> Iterator[Finding]:
    """Ask about values of one quantity and year that are far apart and have no link."""
    linked = {frozenset((link["figure_id"], link["to_figure_id"])) for link in links}
    parts: dict[str, list[str]] = defaultdict(list)
    for link in links:
        if link["link_type"] == "part_of":
            parts[link["to_figure_id"]].append(link["figure_id"])
    linked |= {frozenset(pair) for group in parts.values() for pair in combinations(group, 2)}
    alike: dict[tuple[Any, ...], list[Record]] = defaultdict(list)
    for figure in figures.values():
        if figure["as_of_edtf"] and figure["value_point"] is not None:
            key = (*(figure[name] for name in SAME_QUANTITY), figure["as_of_edtf"][:4])
            alike[key].append(figure)
    for same in alike.values():
        for one, other in combinations(same, 2):
            low, high = sorted((one["value_point"], other["value_point"]))
            apart = high > low * CONFLICT_RATIO
            if apart and frozenset((one.record_id, other.record_id)) not in linked:
                message = (
                    f"{one.record_id} ({one['value_point']:.12g}) and {other.record_id} "
                    f"({other['value_point']:.12g}) give one quantity for {one['as_of_edtf'][:4]}. "
                    "Check the dates, or link them: conflicts_with."
                )
                value = f"{other['value_point']:.12g}"
                yield _finding(
                    "conflict-without-link", other, "value_point", message, value, "warning"
                )
