"""The rules of figures: values that match their qualifier, quantities that are never mixed, links that make sense.

A rule looks at records that are typed already and yields findings; nothing is filled in or put right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xinjiang_record import edtf
from xinjiang_record.data_packages.intake import Intake, Record
from xinjiang_record.model import Finding
from xinjiang_record.raw_files import STATE

VALUES = ("value_low", "value_high", "value_point")
# Qualifier -> the values that must be filled, all others empty. ``conflict`` needs one of them, any.
SHAPES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("exact", "approx", "nearly", "average"), ("value_point",)),
    **dict.fromkeys(("at_least", "more_than"), ("value_low",)),
    **dict.fromkeys(("up_to", "less_than"), ("value_high",)),
    "range": ("value_low", "value_high"),
    "non_numeric": (),
}
# Links whose two ends must count the same kind of quantity.
SAME_TYPE = ("supersedes", "part_of")


def check(intake: Intake) -> list[Finding]:
    """Every finding of every rule."""
    figures = intake.ids("figures")
    measures = intake.ids("measures")
    found = [
        item
        for figure in figures.values()
        for item in _figure(figure, measures, intake.known.get("measures", set()))
    ]
    authors: dict[str, set[str]] = {}
    for row in intake.rows("figure_authors"):
        authors.setdefault(row["figure_id"], set()).add(row["author"])
    found += [
        item for link in intake.rows("figure_links") for item in _link(link, figures, authors)
    ]
    links = list(intake.rows("figure_links"))
    for kind in ("supersedes", "part_of", "derived_from"):
        found += _circles(kind, links)
    return found + list(_areas(intake))


def _figure(figure: Record, measures: Mapping[str, Record], known: set[str]) -> Iterator[Finding]:
    yield from _order(figure)
    yield from _shape(figure)
    yield from _unit(figure, measures, known)
    yield from _period(figure)
    if figure["quantity_type"] == "rate" and not figure["population_base"]:
        yield _finding(
            "no-base",
            figure,
            "population_base",
            f"{figure.record_id} is a rate without a population_base. Say of what.",
        )


def _order(figure: Record) -> Iterator[Finding]:
    low, high, point = (figure[name] for name in VALUES)
    if low is not None and high is not None and low > high:
        message = f"{figure.record_id}: value_low {low:.12g} is above value_high {high:.12g}. Swap or mend them."
        yield _finding("low-above-high", figure, "value_low", message, f"{low:.12g}")
    elif None not in (low, high, point):
        if not low <= point <= high:
            message = f"{figure.record_id}: value_point {point:.12g} is outside {low:.12g} to {high:.12g}. Mend it."
            yield _finding("low-above-high", figure, "value_point", message, f"{point:.12g}")
        elif point == (low + high) / 2:
            message = f"{figure.record_id}: value_point {point:.12g} is the midpoint of the range. A midpoint is never filled in: empty it."
            yield _finding("midpoint", figure, "value_point", message, f"{point:.12g}")
    if figure["unit"] == "share" and any(
        value is not None and value > 1 for value in (low, high, point)
    ):
        message = f"{figure.record_id}: a share is a part of one, so at most 1. Divide by 100, or change the measure."
        yield _finding("constraint-error", figure, "unit", message)


def _shape(figure: Record) -> Iterator[Finding]:
    qualifier = figure["qualifier"]
    filled = tuple(name for name in VALUES if figure[name] is not None)
    if qualifier == "conflict":
        fits, wanted = bool(filled), "one of the values"
    elif qualifier == "range_open":
        fits, wanted = (
            "value_high" in filled and "value_point" not in filled,
            "value_high, and value_low where there is one",
        )
    elif qualifier == "range":
        fits, wanted = filled in (SHAPES["range"], VALUES), "value_low and value_high"
    else:
        fits, wanted = filled == SHAPES[qualifier], " and ".join(SHAPES[qualifier]) or "no value"
    if not fits:
        has = " and ".join(filled) or "no value"
        message = f"{figure.record_id}: qualifier {qualifier} goes with {wanted}, but the row has {has}. Move the value or change the qualifier."
        yield _finding("qualifier-mismatch", figure, "qualifier", message, qualifier)


def _unit(figure: Record, measures: Mapping[str, Record], known: set[str]) -> Iterator[Finding]:
    measure = measures.get(figure["measure"])
    if known and figure["measure"] not in known:
        message = f"{figure.record_id}: {figure['measure']!r} is no measure. Define it in measures.csv, or use one that is there."
        yield _finding("unknown-measure", figure, "measure", message, figure["measure"])
    elif measure is not None and measure["unit"] != figure["unit"]:
        message = f"{figure.record_id}: {figure['measure']} is in {measure['unit']}, not in {figure['unit']}. One measure has one unit."
        yield _finding("unit-mismatch", figure, "unit", message, figure["unit"])


def _period(figure: Record) -> Iterator[Finding]:
    start, end = figure["period_start_edtf"], figure["period_end_edtf"]
    if start and end:
        first, last = edtf.bounds(start)[0], edtf.bounds(end)[1]
        if first and last and first > last:
            message = (
                f"{figure.record_id}: the period starts ({start}) after it ends ({end}). Mend them."
            )
            yield _finding("period-order", figure, "period_start_edtf", message, start)


def _link(
    link: Record, figures: Mapping[str, Record], authors: Mapping[str, set[str]]
) -> Iterator[Finding]:
    kind, one, other = link["link_type"], figures[link["figure_id"]], figures[link["to_figure_id"]]
    if one is other:
        yield _finding(
            "link-to-itself",
            link,
            "to_figure_id",
            f"{one.record_id} is linked with itself. Take the link out.",
        )
        return
    if kind in SAME_TYPE and one["quantity_type"] != other["quantity_type"]:
        message = (
            f"{one.record_id} ({one['quantity_type']}) {kind} {other.record_id} ({other['quantity_type']}): "
            "different quantity types are never added or replaced by each other. Use another kind of link, or none."
        )
        yield _finding("mixed-quantity-types", link, "link_type", message, kind)
    if kind == "supersedes" and not _one_line(one, other, authors):
        message = f"{one.record_id} supersedes {other.record_id}, but they share no author and no publisher. Use restates or conflicts_with."
        yield _finding("foreign-revision", link, "link_type", message, kind)


def _one_line(one: Record, other: Record, authors: Mapping[str, set[str]]) -> bool:
    """Whether two figures come from one publisher or share an author."""
    shared = authors.get(one.record_id, set()) & authors.get(other.record_id, set())
    return one["publisher"] == other["publisher"] or bool(shared)


def _circles(kind: str, links: list[Record]) -> Iterator[Finding]:
    """Links of one kind that lead back to where they start; figures that restate each other count as one."""
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
    known = intake.known.get("areas", set())
    for area in intake.rows("areas"):
        parent = area["parent_area_id"]
        if parent and (parent not in known or parent == area.record_id):
            message = f"{area.record_id}: its parent {parent!r} is no other area. Add that area, or mend it."
            yield _finding("unknown-area", area, "parent_area_id", message, parent)
    for figure in intake.rows("figures"):
        if known and figure["area_id"] and figure["area_id"] not in known:
            message = f"{figure.record_id}: {figure['area_id']!r} is no area. Add it to areas.csv, or use one that is there."
            yield _finding("unknown-area", figure, "area_id", message, figure["area_id"])


def _finding(kind: str, record: Record, name: str, message: str, value: str = "") -> Finding:
    return Finding(
        kind,
        f"{message} {STATE}",
        record.place,
        "detention-figures",
        field=name,
        value=value,
        record=record.record_id,
    )
