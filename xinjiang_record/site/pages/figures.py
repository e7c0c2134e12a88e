"""Make the pages of figures: the list, a page of charts for each quantity type, a page a figure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from xinjiang_record.site.graphics import chart, drawing, figure_panels
from xinjiang_record.site.graphics.figure_words import (
    KIND_WORDS,
    figure_value,
    reference_words,
    type_words,
    unit_words,
)
from xinjiang_record.site.pages.page import Page, join_parts, slug
from xinjiang_record.site.release_data import Record, RowDict, last_day
from xinjiang_record.site.translate import Language

LINK_WORDS = {
    "supersedes": ("Supersedes", "Superseded by"),
    "part_of": ("Part of", "Has the part"),
    "restates": ("Restates", "Restated by"),
    "derived_from": ("Derived from", "Source of"),
    "conflicts_with": ("Conflicts with", "Conflicts with"),
    "misreads": ("Misreads", "Misread by"),
}
DESCRIPTIONS = {
    "stock": (
        "Numbers at one time: how many were held, or how many facilities there were. "
        "They cannot be added to numbers within a period."
    ),
    "flow": (
        "Numbers within a period: how many were sent, arrested or sentenced in a week or a year. "
        "They do not say how many were held at once."
    ),
    "cumulative": (
        "Everyone who was ever held, tried or counted from a start to an end. "
        "Larger than any number at one time within it."
    ),
    "rate": (
        "Parts of a population. Each has its own base; "
        "two rates on different bases cannot be compared."
    ),
    "capacity": "Room for persons, not persons.",
}
OTHER_DESCRIPTION = "Figures of one kind of quantity, each with its source."


def make_pages(record: Record, words: Language) -> Iterator[Page]:
    """Return the list, the quantity types and the figures; nothing where the record has none."""
    figures = sorted(
        record.rows("detention-figures", "figures"),
        key=lambda row: (str(last_day(row, "published")), row["figure_id"]),
    )
    if not figures:
        return
    panels = figure_panels.panels(record)
    names = list(dict.fromkeys(panel.quantity_type for panel in panels))
    types = [_type(record, name, figures, words) for name in names]
    described = words(
        "Published figures for the detained in Xinjiang, by kind of quantity, each with its "
        "source. Figures: {n}.",
        n=len(figures),
    )
    yield Page(
        "figures/index.html",
        "figures.html.j2",
        words("Figures for the detained"),
        described,
        "figures",
        {**_shared(record, words), "figures": figures, "types": types},
        words=words,
    )
    yield from (_quantity(record, words, item, figures, panels) for item in types)
    found = {row["figure_id"]: panel for panel in panels for row in panel.figures}
    yield from (_figure(record, words, row, found[row["figure_id"]]) for row in figures)


def _shared(record: Record, words: Language) -> dict[str, Any]:
    return {
        "figure_value": lambda row: figure_value(row, words),
        "unit_words": lambda unit: unit_words(unit, words),
        "type_words": lambda name: type_words(name, words),
        "measure_words": lambda row: figure_panels.measure_words(
            record, row["measure"], row["unit"], words
        ),
        "reference_words": lambda row: reference_words(row, words),
        "sort_value": figure_panels.as_number_text,
        "kinds": [(key, words(text)) for key, text in KIND_WORDS.items()],
        "kind_words": lambda kind: words(KIND_WORDS[kind]),
    }


def _type(record: Record, name: str, figures: list[RowDict], words: Language) -> dict[str, Any]:
    own = [row for row in figures if row["quantity_type"] == name]
    units = dict.fromkeys(unit_words(row["unit"], words) or words("share") for row in own)
    return {
        "name": name,
        "words": type_words(name, words),
        "count": len(own),
        "units": ", ".join(units),
    }


def _quantity(
    record: Record,
    words: Language,
    item: dict[str, Any],
    figures: list[RowDict],
    panels: list[figure_panels.Panel],
) -> Page:
    own = [row for row in figures if row["quantity_type"] == item["name"]]
    described = words(DESCRIPTIONS.get(item["name"], OTHER_DESCRIPTION))
    mine = [panel for panel in panels if panel.quantity_type == item["name"]]
    drawn = [_panel(record, words, panel) for panel in mine]
    context = {
        **_shared(record, words),
        "heading": item["words"],
        "description": described,
        "charts": [entry for entry in drawn if entry["svg"]],
        "singles": [entry for entry in drawn if not entry["svg"]],
        "figures": own,
    }
    return Page(
        f"figures/type-{item['name']}.html",
        "quantity.html.j2",
        words("{type}: figures", type=item["words"]),
        described,
        "figures",
        context,
        ((words("Figures"), "figures/index.html"),),
        "Chart",
        words=words,
    )


def has_chart(panel: figure_panels.Panel) -> bool:
    """Return whether a panel has enough numbers for a chart; the others are in the table alone."""
    return len(figure_panels.sort_figures(panel.figures)) > 1


def _panel(record: Record, words: Language, panel: figure_panels.Panel) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": panel.id,
        "heading": figure_panels.heading(record, panel, words),
        "rows": figure_panels.sort_figures(panel.figures, weak=panel.weak),
        "without": [row for row in panel.figures if not figure_panels.numbers(row)],
        "svg": "",
    }
    if has_chart(panel):
        drawn = chart.draw(record, panel, words, links="")
        entry |= {"svg": Markup(drawing.in_page(drawn, "plot dots")), "drawing": drawn}
    return entry


def _figure(record: Record, words: Language, row: RowDict, panel: figure_panels.Panel) -> Page:
    identifier = row["figure_id"]
    authors = [
        item["author"]
        for item in record.rows("detention-figures", "figure_authors")
        if item["figure_id"] == identifier
    ]
    value = f"{figure_value(row, words)} {unit_words(row['unit'], words)}".rstrip()
    shown = has_chart(panel) and figure_panels.numbers(row)
    drawn = chart.draw(record, panel, words, links="", here=identifier) if shown else None
    measure = figure_panels.measure_words(record, row["measure"], row["unit"], words)
    areas = record.index("detention-figures", "areas", "area_id")
    context = {
        **_shared(record, words),
        "row": row,
        "measure": measure,
        "area": areas.get(row["area_id"] or "", {}).get("title") or "",
        "links": _links(record, words, identifier),
        "authors": authors,
        "svg": Markup(drawing.in_page(drawn, "plot dots")) if drawn else "",
        "drawing": drawn,
        "panel": panel,
    }
    published = words.edtf(row["published_edtf"])
    kind = type_words(row["quantity_type"], words)
    described = join_parts([value, measure, kind, row["publisher"], published])
    find = join_parts(
        [
            identifier,
            measure,
            row["publisher"],
            row["population"],
            row["area_as_published"],
            kind,
            row["publication_title"],
            published,
            *(words.count(number) for number in figure_panels.numbers(row)),
            *authors,
        ]
    )
    crumbs = (
        (words("Figures"), "figures/index.html"),
        (kind, f"figures/type-{row['quantity_type']}.html"),
    )
    return Page(
        f"figures/{slug(identifier)}.html",
        "figure.html.j2",
        f"{value} ({row['publisher'] or identifier})",
        described,
        "figures",
        context,
        crumbs,
        "Figure",
        find,
        words,
    )


def _links(record: Record, words: Language, identifier: str) -> list[dict[str, Any]]:
    figures = record.index("detention-figures", "figures", "figure_id")
    found = []
    for link in record.rows("detention-figures", "figure_links"):
        for own, other, way in (
            (link["figure_id"], link["to_figure_id"], 0),
            (link["to_figure_id"], link["figure_id"], 1),
        ):
            if own != identifier or other not in figures:
                continue
            label = f"{figure_value(figures[other], words)}, {figures[other]['publisher'] or other}"
            known = LINK_WORDS[link["link_type"]]
            found.append(
                {
                    "words": words(known[way]),
                    "other": slug(other),
                    "label": label,
                    "reason": link["reason"],
                }
            )
    return found
