"""Draw published figures: one quantity type, one measure, one unit and one level of area a panel.

Each figure is a row with its value, qualifier, publisher and date above its mark. A dot is one
value, a bar a range, an arrow "at least" or "up to". No midpoint is drawn. Places along the axis
are per cent of the width, so the same drawing fits a phone and a desk.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from xinjiang_record.errors import UsageError
from xinjiang_record.site.graphics.chart_axis import Axis, fit_axis
from xinjiang_record.site.graphics.drawing import Drawing, measure, wrap
from xinjiang_record.site.graphics.figure_panels import (
    ORDERS,
    Panel,
    heading,
    is_weak,
    measure_words,
    numbers,
    sort_figures,
    year_of,
)
from xinjiang_record.site.graphics.figure_words import (
    KIND_WORDS,
    figure_value,
    is_open_down,
    is_open_up,
    reference_words,
    unit_words,
)
from xinjiang_record.site.release_data import Record, RowDict
from xinjiang_record.site.translate import Language

ROW, TOP = 38, 22  # pixels of a row whose words fit on one line; of the axis above the rows
LINE, PHONE, WIDE = 15, 340, 800  # pixels from line to line; of a line on a phone; in a file
VALUE_SIZE, TEXT_SIZE = 13.5, 12  # of a bold value, with its wider letters; of the words after it
SHAPES = {
    "estimate": '<circle r="5"/>',
    "official_count": '<rect x="-4.5" y="-4.5" width="9" height="9"/>',
    "leaked_count": '<path d="M0,-6L6,0L0,6L-6,0z"/>',
    "satellite_count": '<path d="M0,-6L6,5L-6,5z"/>',
    "survey": '<path d="M0,6L6,-5L-6,-5z"/>',
}


def draw(
    record: Record,
    panel: Panel,
    words: Language,
    by: str = "published",
    links: str | None = None,
    here: str = "",
    width: int = PHONE,
) -> Drawing:
    """Return the chart of a panel.

    Args:
        record: The releases.
        panel: The figures to draw.
        words: The language of the labels.
        by: The order: ``published``, ``reference`` or ``value``.
        links: The way to the folder of the figures' pages; with it each row is a link.
        here: A figure to mark among the others.
        width: Pixels that the words of a row may take; what does not fit goes to a next line.

    Raises:
        UsageError: No figure of the panel has a number.
    """
    rows = sort_figures(panel.figures, by, panel.weak)
    if not rows:
        raise UsageError(f"No figure of {panel.id} has a number, so there is nothing to draw.")
    is_share = panel.unit == "share"
    values = [value for row in rows for value in numbers(row)]
    axis = fit_axis(values, 1.0) if is_share else fit_axis(values)
    texts = [_lines(row, words, width) for row in rows]
    pitch = ROW + LINE * (max(map(len, texts)) - 1)
    parts = [_axis(axis, words, pitch * len(rows), is_share)]
    places = _places(rows, panel)
    for number, row in enumerate(rows):
        name = row["figure_id"]
        drawn = _row(row, axis, words, texts[number], pitch, name == here)
        if links is not None:
            drawn = f'<a href="{links}{name}.html">{drawn}</a>'
        parts.append(
            f'<g class="row" transform="translate(0 {TOP + pitch * number})"{places[name]} '
            f"data-tip={quoteattr(_tip(record, row, words))}>{drawn}</g>"
        )
    kinds = [kind for kind in KIND_WORDS if any(row["figure_kind"] == kind for row in rows)]
    legend = [(f"kind-{kind}", words(KIND_WORDS[kind])) for kind in kinds]
    label = heading(record, panel, words) + ": "
    label += "; ".join(f"{figure_value(row, words)}, {row['publisher'] or ''}" for row in rows)
    unit = unit_words(panel.unit, words) or words("share")
    scale = words("logarithmic axis") if axis.is_log else words("axis from zero")
    return Drawing(
        heading(record, panel, words),
        f"{unit}, {scale}",
        "".join(parts),
        TOP + pitch * len(rows) + 6,
        legend,
        (),
        label,
    )


def _places(rows: Sequence[RowDict], panel: Panel) -> dict[str, str]:
    """Return the attributes of each figure that say its place in every order."""
    places = {row["figure_id"]: "" for row in rows}
    for order in ORDERS:
        for place, row in enumerate(sort_figures(rows, order, panel.weak)):
            places[row["figure_id"]] += f' data-{order}="{place}"'
    return places


def _tip(record: Record, row: RowDict, words: Language) -> str:
    parts = [
        f"{figure_value(row, words)} {unit_words(row['unit'], words)}".strip(),
        measure_words(record, row["measure"], row["unit"], words),
        row["publisher"],
        row["area_as_published"],
        reference_words(row, words),
        words("published {day}", day=words.edtf(row["published_edtf"]))
        if row["published_edtf"]
        else "",
        row["note"],
        words("weak source") if is_weak(record, row) else "",
    ]
    return ". ".join(str(part).rstrip(".") for part in parts if part) + "."


def _axis(axis: Axis, words: Language, height: int, is_share: bool) -> str:
    parts = []
    for number, value in enumerate(axis.ticks):
        x = axis.at(value)
        text = f"{value * 100:g}%" if is_share else words.count(value)
        anchor = "start" if number == 0 else "end" if x > 90 else "middle"
        parts.append(
            f'<line class="axis" x1="{x:.2f}%" x2="{x:.2f}%" y1="{TOP - 4}" '
            f'y2="{TOP + height}"/>'
            f'<text class="tick" x="{x:.2f}%" y="12" text-anchor="{anchor}">{escape(text)}</text>'
        )
    return "".join(parts)


def _row(
    row: RowDict, axis: Axis, words: Language, lines: Sequence[str], pitch: int, is_here: bool
) -> str:
    value = figure_value(row, words)
    if words.direction == "rtl":
        value = f"\u2067{value}\u2069"  # an isolate: the row itself stays left to right
    mark = f'<rect class="reach" x="0" y="0" width="100%" height="{pitch}" fill="transparent"/>'
    if is_here:
        mark += f'<line class="here" x1="0" x2="0" y1="2" y2="{pitch - 4}"/>'
    first, *more = map(escape, lines)
    text = f'<tspan class="row-text" dx="6">{first}</tspan>' if first else ""
    text += "".join(f'<tspan class="row-text" x="1%" dy="{LINE}">{line}</tspan>' for line in more)
    return (
        f'{mark}<text x="1%" y="14"><tspan class="row-value">{escape(value)}</tspan>{text}</text>'
        f'<g class="kind-{row["figure_kind"]}">{_marks(row, axis, 26 + LINE * len(more))}</g>'
    )


def _lines(row: RowDict, words: Language, width: int) -> list[str]:
    """Return who says so, where and when, in lines that fit; the value begins the first."""
    said = row["publisher"] or words("publisher not given")
    if row["area_id"] != "xinjiang" and row["area_as_published"]:
        said = f"{row['area_as_published']}, {said}"
    rest = ", ".join(part for part in (said, str(year_of(row) or "")) if part).split()
    room, first = width - 6 - measure(figure_value(row, words), VALUE_SIZE), ""
    while rest and measure(f"{first} {rest[0]}".strip(), TEXT_SIZE) <= room:
        first = f"{first} {rest.pop(0)}".strip()
    return [first, *wrap(" ".join(rest), width, TEXT_SIZE)] if rest else [first]


def _marks(row: RowDict, axis: Axis, y: int) -> str:
    low, high, point = row["value_low"], row["value_high"], row["value_point"]
    parts = []
    if low is not None and high is not None:
        parts.append(
            f'<line class="range" x1="{axis.at(low):.2f}%" x2="{axis.at(high):.2f}%" '
            f'y1="{y}" y2="{y}"/>'
        )
    else:
        point = next(value for value in (point, low, high) if value is not None)
    if point is not None:
        parts.append(_placed(axis.at(point), y, SHAPES.get(row["figure_kind"], SHAPES["estimate"])))
    if is_open_up(row):
        arrow = '<path class="arrow" d="M8,0H20M15,-4L20,0L15,4"/>'
        parts.append(_placed(axis.at(max(numbers(row))), y, arrow))
    if is_open_down(row):
        arrow = '<path class="arrow" d="M-8,0H-20M-15,-4L-20,0L-15,4"/>'
        parts.append(_placed(axis.at(min(numbers(row))), y, arrow))
    return "".join(parts)


def _placed(x: float, y: int, inside: str) -> str:
    return f'<svg x="{x:.2f}%" y="{y}" overflow="visible">{inside}</svg>'
