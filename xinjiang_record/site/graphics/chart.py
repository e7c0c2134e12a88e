"""Charts of the published figures: one quantity type in one unit at a time, so that no reader can set a flow beside a stock.

Each figure is a row, in order of publication or of the time it speaks of. Left: its value, with the range or the arrow that its
qualifier stands for, and dashed lines to the figures it supersedes, restates or is a part of. Right: the time it speaks of (bar)
and the day it was published (tick). A Vega-Lite spec, drawn by vl-convert: the same bytes each time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from xinjiang_record import edtf
from xinjiang_record.errors import UsageError
from xinjiang_record.site.release_data import Record, RowDict, last_day
from xinjiang_record.site.template_filters import number_words

INK = "#101010"  # stands for the page's own ink until a page puts it there
KINDS = {
    "estimate": ("Estimate", "#2f7fb8", "circle"),
    "official_count": ("Count by Chinese authorities", "#c9622a", "square"),
    "leaked_count": ("Count in a leaked document", "#1f9070", "diamond"),
    "satellite_count": ("Count from satellite images", "#b4679a", "triangle-up"),
    "survey": ("Survey", "#85803a", "triangle-down"),
}
RIGHT = {"at_least", "more_than", "range_open"}
LEFT = {"up_to", "less_than"}
LINKS = ("supersedes", "restates", "part_of", "derived_from", "conflicts_with", "misreads")
SIGNS = {
    "approx": "about ",
    "nearly": "nearly ",
    "at_least": "at least ",
    "more_than": "more than ",
    "up_to": "up to ",
    "less_than": "less than ",
    "average": "on average ",
}
UNITS = {
    "m2": "square metres",
    "ft2": "square feet",
    "share": "share",
    "per_100000": "per 100,000",
    "CNY": "yuan",
    "persons_per_year": "persons per year",
}
ROW, LABEL = 19, 46  # pixels of a row; letters of a publisher's name beside it
BRIEF_DAYS = 45  # a shorter time is drawn as a dot: its bar would be a hair
DASHES = [[1, 0], [5, 3], [2, 2], [8, 3, 2, 3], [1, 4], [1, 6]]
TOOLTIP = [
    {"field": "value", "type": "nominal"},
    {"field": "says", "type": "nominal", "title": "said by"},
    *({"field": name, "type": "nominal"} for name in ("measure", "start", "end", "published")),
]
CONFIG = {
    "font": "Liberation Sans, Arial, sans-serif",
    "background": "transparent",
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK,
        "titleColor": INK,
        "titleFontWeight": "normal",
        "labelFontSize": 11,
        "titleFontSize": 12,
        "gridColor": "#8888884d",
        "domainColor": "#888888",
        "tickColor": "#888888",
    },
    "legend": {
        "labelColor": INK,
        "titleColor": INK,
        "titleFontWeight": "normal",
        "labelLimit": 300,
    },
}


def figure_value(row: Mapping[str, Any]) -> str:
    """A figure in words with its qualifier, never a midpoint: "more than 1,000,000"; "2,000,000 to 3,000,000"."""
    low, high, point = (_number(row, name) for name in ("value_low", "value_high", "value_point"))
    qualifier = row["qualifier"]
    if qualifier in {"range", "range_open", "conflict"} and low and high:
        more = " or more" if qualifier == "range_open" else ""
        return f"{low} to {high}{more}"
    value = point or low or high
    return SIGNS.get(qualifier, "") + value if value else "no number given"


def unit_words(unit: str) -> str:
    """The unit as it stands after a number in words; a share is written as a percentage and needs none."""
    return "" if unit == "share" else UNITS.get(unit, unit.replace("_", " "))


def _number(row: Mapping[str, Any], name: str) -> str:
    value = row[name]
    if value is None:
        return ""
    return f"{value * 100:.4g}%" if row["unit"] == "share" else number_words(value)


def groups(record: Record) -> list[tuple[str, str]]:
    """Every quantity type with every unit it comes in, most figures first within a type."""
    found = Counter(
        (row["quantity_type"], row["unit"]) for row in record.rows("detention-figures", "figures")
    )
    totals = Counter(row["quantity_type"] for row in record.rows("detention-figures", "figures"))
    return sorted(found, key=lambda pair: (-totals[pair[0]], pair[0], -found[pair], pair[1]))


def choose(record: Record, quantity_type: str, unit: str | None) -> list[RowDict]:
    """The figures of one quantity type in one unit. Raises UsageError for a type or unit that the record does not have."""
    known = groups(record)
    types = list(dict.fromkeys(pair[0] for pair in known))
    if quantity_type not in types:
        raise UsageError(
            f"No figures of the quantity type {quantity_type!r}. There are: {', '.join(types)}."
        )
    units = [pair[1] for pair in known if pair[0] == quantity_type]
    chosen = unit or units[0]
    if chosen not in units:
        raise UsageError(
            f"No {quantity_type} figures in the unit {chosen!r}. There are: {', '.join(units)}."
        )
    rows = record.rows("detention-figures", "figures")
    return [row for row in rows if (row["quantity_type"], row["unit"]) == (quantity_type, chosen)]


def reference(row: Mapping[str, Any]) -> tuple[date | None, date | None]:
    """First and last day of the time a figure speaks of, as far as it says."""
    texts = [row.get(name) for name in ("period_start_edtf", "period_end_edtf", "as_of_edtf")]
    bounds = [edtf.bounds(text) for text in texts if text]
    lows, highs = [low for low, _ in bounds if low], [high for _, high in bounds if high]
    return (min(lows) if lows else None), (max(highs) if highs else None)


def drawn_rows(figures: Sequence[RowDict], by: str = "published") -> list[dict[str, Any]]:
    """The rows of the chart, in order; a figure without any number is left to the table."""

    def when(row: RowDict) -> tuple[date, str]:
        day = last_day(row, "published") if by == "published" else reference(row)[1]
        return day or date.max, row["figure_id"]

    return [
        _drawn(row) for row in sorted(figures, key=when) if figure_value(row) != "no number given"
    ]


def _drawn(row: RowDict) -> dict[str, Any]:
    low, high, point = row["value_low"], row["value_high"], row["value_point"]
    start, end = reference(row)
    published = last_day(row, "published")
    publisher = row["publisher"] or "publisher not given"
    where = row["area_as_published"] or ""
    full = publisher if row["area_id"] == "xinjiang" or not where else f"{publisher}: {where}"
    name = full if len(full) <= LABEL else full[: LABEL - 1].rstrip() + "…"
    at = (
        point
        if point is not None
        else (low if low is not None and high is None else high if low is None else None)
    )
    ends = [value for value in (low, high, point) if value is not None]
    return {
        "id": row["figure_id"],
        "row": f"{name}  {row['figure_id']}",
        "value": figure_value(row),
        "at": at,
        "low": low if low is not None and high is not None else None,
        "high": high if low is not None and high is not None else None,
        "middle": max(ends) if row["qualifier"] in RIGHT else min(ends),
        "arrow": "right"
        if row["qualifier"] in RIGHT
        else "left"
        if row["qualifier"] in LEFT
        else None,
        "kind": KINDS[row["figure_kind"]][0],
        "says": publisher,
        "measure": row["measure"].replace("_", " "),
        "start": str(start) if start else None,
        "end": str(end) if end else None,
        "brief": not (start and end) or (end - start).days < BRIEF_DAYS,
        "published": str(published) if published else None,
    }


def _axis_format(unit: str, largest: float) -> str:
    return "~%" if unit == "share" else "~s" if largest >= 1000 else "~g"


def _links(record: Record, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    known = {row["id"]: row for row in rows}
    return [
        {
            "row": known[link["figure_id"]]["row"],
            "row2": known[link["to_figure_id"]]["row"],
            "x": known[link["figure_id"]]["middle"],
            "x2": known[link["to_figure_id"]]["middle"],
            "link": link["link_type"].replace("_", " "),
        }
        for link in record.rows("detention-figures", "figure_links")
        if link["figure_id"] in known and link["to_figure_id"] in known
    ]


def spec(
    record: Record, quantity_type: str, unit: str | None = None, by: str = "published"
) -> dict[str, Any]:
    """The Vega-Lite spec. Raises UsageError for an unknown type or unit.

    It is written out rather than made by Altair's classes, which copy each part dozens of times (0.4 s a chart); a test has
    Altair's schema accept it.
    """
    figures = choose(record, quantity_type, unit)
    unit = figures[0]["unit"]
    rows = drawn_rows(figures, by)
    if not rows:
        raise UsageError(f"No {quantity_type} figure in {unit} has a number: nothing to draw.")
    links = _links(record, rows)
    height = max(70, ROW * len(rows))
    y = {"field": "row", "type": "nominal", "sort": [row["row"] for row in rows]}
    colour = _kinds(rows, 1) | {"legend": {"title": None, "orient": "bottom", "columns": 3}}
    values = {"width": 430, "height": height, "layer": _value_layers(rows, links, unit, y, colour)}
    times = {"width": 210, "height": height, "layer": _time_layers(y, colour)}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "datasets": {"figures": rows, "links": links},
        "hconcat": [values, times],
        "spacing": 14,
        "resolve": {"scale": {"color": "shared", "y": "shared"}},
        "config": CONFIG,
    }


def _kinds(rows: Sequence[Mapping[str, Any]], part: int) -> dict[str, Any]:
    used = [item for item in KINDS.values() if any(row["kind"] == item[0] for row in rows)]
    return {
        "field": "kind",
        "type": "nominal",
        "scale": {"domain": [item[0] for item in used], "range": [item[part] for item in used]},
    }


def _layer(
    name: str, mark: dict[str, Any], encoding: dict[str, Any], *, where: str | None = None
) -> dict[str, Any]:
    layer: dict[str, Any] = {"data": {"name": name}, "mark": mark, "encoding": encoding}
    return {**layer, "transform": [{"filter": where}]} if where else layer


def _value_layers(
    rows: Sequence[Mapping[str, Any]],
    links: Sequence[Mapping[str, Any]],
    unit: str,
    y: dict[str, Any],
    colour: dict[str, Any],
) -> list[dict[str, Any]]:
    numbers = [
        value for row in rows for value in (row["at"], row["low"], row["high"]) if value is not None
    ]
    wide = min(numbers) > 0 and max(numbers) / min(numbers) > 40
    axis: dict[str, Any] = {
        "title": f"{UNITS.get(unit, unit)}{' (logarithmic)' if wide else ''}",
        "orient": "top",
        "tickCount": 6,
        "grid": True,
    }
    axis |= {"format": _axis_format(unit, max(numbers))} | (
        {"values": [10**power for power in range(9)]} if wide else {}
    )

    def x(name: str) -> dict[str, Any]:
        return {
            "field": name,
            "type": "quantitative",
            "axis": axis,
            "scale": {"type": "log", "nice": True} if wide else {"zero": True, "nice": True},
        }

    y = {**y, "axis": {"title": None, "labelLimit": 330, "grid": True}}
    shared = {"y": y, "color": colour, "tooltip": TOOLTIP}
    arrow = {"type": "text", "fontSize": 10}
    layers = [
        _layer(
            "figures",
            {"type": "rule", "strokeWidth": 4, "opacity": 0.75},
            {**shared, "x": x("low"), "x2": {"field": "high"}},
            where="datum.low !== null",
        ),
        _layer(
            "figures",
            {"type": "point", "filled": True, "size": 62, "opacity": 1},
            {**shared, "x": x("at"), "shape": _kinds(rows, 2)},
            where="datum.at !== null",
        ),
        _layer(
            "figures",
            {**arrow, "text": "\u25b6", "dx": 11},
            {**shared, "x": x("middle")},
            where="datum.arrow === 'right'",
        ),
        _layer(
            "figures",
            {**arrow, "text": "\u25c0", "dx": -11},
            {**shared, "x": x("middle")},
            where="datum.arrow === 'left'",
        ),
    ]
    if not links:
        return layers
    scale = {"domain": [name.replace("_", " ") for name in LINKS], "range": DASHES}
    legend = {
        "title": "Link between figures",
        "orient": "bottom",
        "columns": 3,
        "values": sorted({link["link"] for link in links}),
    }
    encoding = {
        "x": x("x"),
        "x2": {"field": "x2"},
        "y": y,
        "y2": {"field": "row2"},
        "strokeDash": {"field": "link", "type": "nominal", "scale": scale, "legend": legend},
        "tooltip": [{"field": name, "type": "nominal"} for name in ("link", "row", "row2")],
    }
    return [
        _layer(
            "links", {"type": "rule", "color": INK, "opacity": 0.45, "strokeWidth": 1.2}, encoding
        ),
        *layers,
    ]


def _time_layers(y: dict[str, Any], colour: dict[str, Any]) -> list[dict[str, Any]]:
    axis = {
        "title": "time it speaks of (bar), published (tick)",
        "orient": "top",
        "format": "%Y",
        "tickCount": "year",
        "labelOverlap": True,
    }

    def x(name: str) -> dict[str, Any]:
        return {"field": name, "type": "temporal", "axis": axis}

    shared = {
        "y": {**y, "axis": {"title": None, "labels": False, "ticks": False, "grid": True}},
        "tooltip": TOOLTIP,
    }
    bar, point = (
        {"type": "bar", "height": 6, "opacity": 0.7},
        {"type": "point", "filled": True, "size": 40},
    )
    return [
        _layer(
            "figures",
            bar,
            {**shared, "x": x("start"), "x2": {"field": "end"}, "color": colour},
            where="datum.end !== null && !datum.brief",
        ),
        _layer(
            "figures",
            point,
            {**shared, "x": x("end"), "color": colour},
            where="datum.end !== null && datum.brief",
        ),
        _layer(
            "figures",
            {"type": "tick", "color": INK, "thickness": 2, "height": 12},
            {**shared, "x": x("published")},
            where="datum.published !== null",
        ),
    ]


def with_order(value: Any, before: list[str], after: list[str]) -> Any:
    """The same spec with its rows in another order."""
    if value == before:
        return after
    if isinstance(value, dict):
        return {key: with_order(part, before, after) for key, part in value.items()}
    return [with_order(part, before, after) for part in value] if isinstance(value, list) else value


def svg(chart_spec: Mapping[str, Any]) -> str:
    """The drawing of a spec, for a page: its ink is the page's ink."""
    import vl_convert

    drawing: str = vl_convert.vegalite_to_svg(dict(chart_spec))
    return drawing


def draw(record: Record, quantity_type: str, unit: str | None = None, by: str = "published") -> str:
    """The chart as an SVG file of its own: white ground, heading, and where it comes from."""
    chosen = choose(record, quantity_type, unit)[0]["unit"]
    return svg(framed(record, spec(record, quantity_type, unit, by), quantity_type, chosen, by))


def framed(
    record: Record, made: Mapping[str, Any], quantity_type: str, unit: str, by: str = "published"
) -> dict[str, Any]:
    """A spec with what a file of its own needs around it."""
    order = "publication" if by == "published" else "the time they speak of"
    release = record.releases["detention-figures"]
    subtitle = [
        f"Published figures in order of {order}. A dot is one value, a bar a range; an arrow says at least (right) or up to (left).",
        f"Xinjiang Record, detention-figures {release.version}. Each figure's source stands in the table under its number.",
    ]
    title = {
        "text": heading(quantity_type, unit),
        "subtitle": subtitle,
        "anchor": "start",
        "offset": 14,
        "fontSize": 18,
        "color": INK,
        "subtitleColor": "#444444",
        "subtitleFontSize": 12,
    }
    config = {**made["config"], "background": "#ffffff"}
    return {**made, "config": config, "padding": 16, "title": title}


def heading(quantity_type: str, unit: str) -> str:
    """What one chart shows, in words."""
    words = {
        "stock": "At one time (stock)",
        "flow": "Within a period (flow)",
        "cumulative": "Ever within a period (cumulative)",
        "rate": "Part of a population (rate)",
        "capacity": "Room for (capacity)",
        "change": "Change between two times",
        "list": "Entries in a list",
        "target": "Targets set",
        "sample": "Within a sample",
        "unclear": "Stock or flow unclear",
    }
    return f"{words.get(quantity_type, quantity_type)}: {UNITS.get(unit, unit)}"
