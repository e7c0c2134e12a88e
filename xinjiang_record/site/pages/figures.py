"""The pages of figures: the list, one page with charts per quantity type, and one page per figure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import quoteattr

from markupsafe import Markup

from xinjiang_record.site.graphics import chart
from xinjiang_record.site.graphics.chart import KINDS, UNITS, figure_value
from xinjiang_record.site.pages.base import Page, script_json, sentence, slug
from xinjiang_record.site.release_data import Record, RowDict, last_day
from xinjiang_record.site.template_filters import edtf_words, plural

LINK_WORDS = {
    "supersedes": ("Supersedes", "Superseded by"),
    "part_of": ("Part of", "Has the part"),
    "restates": ("Restates", "Restated by"),
    "derived_from": ("Derived from", "Source of"),
    "conflicts_with": ("Conflicts with", "Conflicts with"),
    "misreads": ("Misreads", "Misread by"),
}
DESCRIPTIONS = {
    "stock": "Numbers at one time: how many were held, or how many facilities stood. They cannot be added to numbers within a period.",
    "flow": "Numbers within a period: how many were sent, arrested or sentenced in a week or a year. They say nothing of how many were held at once.",
    "cumulative": "Everyone who was ever held, tried or counted from a start to an end. Larger than any number at one time within it.",
    "rate": "Parts of a population. Each has a base of its own; two rates on different bases cannot be compared.",
    "capacity": "Room for persons, not persons.",
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """One chart: its id, the spec in the order of publication, the drawing for a page, and its rows as CSV."""

    id: str
    quantity_type: str
    unit: str
    spec: Mapping[str, Any]
    svg: str
    csv: bytes


def draw_all(record: Record) -> list[Drawn]:
    """Every chart of the record: a quantity type and unit with at least two numbers to show."""
    drawn = []
    for quantity_type, unit in chart.groups(record):
        figures = chart.choose(record, quantity_type, unit)
        if len(chart.drawn_rows(figures)) > 1:
            spec = chart.spec(record, quantity_type, unit)
            drawn.append(
                Drawn(
                    f"{quantity_type}-{unit}".replace("_", "-"),
                    quantity_type,
                    unit,
                    spec,
                    chart.svg(spec),
                    _csv(figures),
                )
            )
    return drawn


def _csv(figures: list[RowDict]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(figures[0])
    writer.writerows(["" if value is None else value for value in row.values()] for row in figures)
    return out.getvalue().encode()


def reordered(record: Record, item: Drawn) -> Any:
    """The same spec with its rows in the order of the time they speak of."""
    figures = chart.choose(record, item.quantity_type, item.unit)
    before, after = (
        [row["row"] for row in chart.drawn_rows(figures, by)] for by in ("published", "reference")
    )
    return chart.with_order(item.spec, before, after)


def pages(record: Record, drawn: list[Drawn]) -> Iterator[Page]:
    """The list, the types, the figures; nothing where the record has none."""
    figures = sorted(
        record.rows("detention-figures", "figures"),
        key=lambda row: (str(last_day(row, "published")), row["figure_id"]),
    )
    if not figures:
        return
    types = [
        _type(name, figures) for name in dict.fromkeys(pair[0] for pair in chart.groups(record))
    ]
    shared = {
        "figure_value": figure_value,
        "sort_value": sort_value,
        "kinds": [(key, item[0]) for key, item in KINDS.items()],
    }
    described = f"{len(figures)} published figures for the detained in Xinjiang, by kind of quantity, each with its source."
    yield Page(
        "figures/index.html",
        "figures.html.j2",
        "Figures for the detained",
        described,
        "figures",
        {**shared, "figures": figures, "types": types},
    )
    yield from (_quantity(record, item, figures, drawn, shared) for item in types)
    yield from (_figure(record, row, shared) for row in figures)


def sort_value(row: RowDict) -> str:
    """The number a figure sorts by in a table: its lowest. Sorting orders; it does not say that the two can be compared."""
    values = [
        row[name] for name in ("value_low", "value_point", "value_high") if row[name] is not None
    ]
    return str(min(values)) if values else ""


def _type(name: str, figures: list[RowDict]) -> dict[str, Any]:
    own = [row for row in figures if row["quantity_type"] == name]
    units = ", ".join(dict.fromkeys(str(UNITS.get(row["unit"], row["unit"])) for row in own))
    return {
        "name": name,
        "words": chart.heading(name, "").rstrip(": "),
        "count": len(own),
        "units": units,
    }


def _quantity(
    record: Record,
    item: dict[str, Any],
    figures: list[RowDict],
    drawn: list[Drawn],
    shared: dict[str, Any],
) -> Page:
    own = [row for row in figures if row["quantity_type"] == item["name"]]
    made = {(part.quantity_type, part.unit): part for part in drawn}
    charts = []
    for quantity_type, unit in chart.groups(record):
        if quantity_type != item["name"]:
            continue
        rows, part = [row for row in own if row["unit"] == unit], made.get((quantity_type, unit))
        entry: dict[str, Any] = {
            "id": f"{quantity_type}-{unit}".replace("_", "-"),
            "heading": chart.heading(quantity_type, unit),
            "count": len(rows),
            "figures": rows,
            "svg": None,
        }
        if part:
            without = len(rows) - len(chart.drawn_rows(rows))
            entry["svg"] = _inline(part.svg, f"{entry['heading']}: chart of {len(rows)} figures")
            entry["specs"] = script_json(
                {"published": part.spec, "reference": reordered(record, part)}
            )
            entry["missing"] = (
                f"{plural(without, 'figure')} without a number stand in the table alone."
                if without
                else ""
            )
        charts.append(entry)
    described = DESCRIPTIONS.get(
        item["name"], "Figures of one kind of quantity, each with its source."
    )
    context = {
        **shared,
        "words": item["words"],
        "description": described,
        "charts": charts,
        "figures": own,
    }
    return Page(
        f"figures/type-{item['name']}.html",
        "quantity.html.j2",
        f"{item['words']}: figures",
        described,
        "figures",
        context,
        (("Figures", "figures/index.html"),),
        "Chart",
    )


def _inline(svg: str, label: str) -> Markup:
    """A drawing for a page: one picture with one name (the table has it in words), in the page's own ink."""
    bare = re.sub(
        r' (?:role|aria-[a-z]+)="[^"]*"', "", svg.replace(f'"{chart.INK}"', '"currentColor"')
    )
    return Markup(bare.replace("<svg ", f'<svg role="img" aria-label={quoteattr(label)} ', 1))


def _figure(record: Record, row: RowDict, shared: dict[str, Any]) -> Page:
    identifier = row["figure_id"]
    authors = [
        item["author"]
        for item in record.rows("detention-figures", "figure_authors")
        if item["figure_id"] == identifier
    ]
    value = f"{figure_value(row)} {chart.unit_words(row['unit'])}".rstrip()
    context = {**shared, "row": row, "links": _links(record, identifier), "authors": authors}
    described = sentence(
        [
            value,
            row["measure"].replace("_", " "),
            row["quantity_type"],
            row["publisher"],
            edtf_words(row["published_edtf"]),
        ]
    )
    find = sentence(
        [
            identifier,
            row["measure"].replace("_", " "),
            row["publisher"],
            row["population"],
            row["area_as_published"],
            row["quantity_type"],
            row["publication_title"],
            *authors,
        ]
    )
    title = f"{value} ({row['publisher'] or identifier})"
    crumbs = (
        ("Figures", "figures/index.html"),
        (row["quantity_type"], f"figures/type-{row['quantity_type']}.html"),
    )
    return Page(
        f"figures/{slug(identifier)}.html",
        "figure.html.j2",
        title,
        described,
        "figures",
        context,
        crumbs,
        "Figure",
        find,
    )


def _links(record: Record, identifier: str) -> list[dict[str, Any]]:
    figures = record.index("detention-figures", "figures", "figure_id")
    found = []
    for link in record.rows("detention-figures", "figure_links"):
        for own, other, way in (
            (link["figure_id"], link["to_figure_id"], 0),
            (link["to_figure_id"], link["figure_id"], 1),
        ):
            if own == identifier and other in figures:
                label = (
                    f"{other}: {figure_value(figures[other])}, {figures[other]['publisher'] or ''}"
                )
                words = LINK_WORDS.get(link["link_type"], (link["link_type"], link["link_type"]))[
                    way
                ]
                found.append(
                    {"words": words, "other": slug(other), "label": label, "reason": link["reason"]}
                )
    return found
