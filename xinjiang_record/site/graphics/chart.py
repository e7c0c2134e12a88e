"""Draw published figures: one quantity type, one measure, one unit and one level of area a panel.

Each figure is a row with its value, qualifier, publisher and date above its mark. A dot is one
value, a bar a range, an arrow "at least" or "up to". No midpoint is drawn. Places along the axis
are per cent of the width, so the same drawing fits a phone and a desk.
"""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from xinjiang_record.errors import UsageError, suggest_names
from xinjiang_record.site.graphics.drawing import Drawing, measure, wrap
from xinjiang_record.site.graphics.figure_words import (
    KIND_WORDS,
    LEVEL_WORDS,
    OPEN_DOWN,
    OPEN_UP,
    figure_value,
    reference,
    reference_words,
    type_words,
    unit_words,
)
from xinjiang_record.site.release_data import Record, RowDict, last_day
from xinjiang_record.site.translate import Language

ROW, TOP = 38, 22  # pixels of a row whose words fit on one line; of the axis above the rows
LINE, PHONE, WIDE = 15, 340, 800  # pixels from line to line; of a line on a phone; in a file
VALUE_SIZE, TEXT_SIZE = 13.5, 12  # of a bold value, with its wider letters; of the words after it
LEFT, SPAN = 2.0, 92.0  # per cent of the width before the axis, and of the axis
LOG_FROM = 40  # largest over smallest value at which the axis is logarithmic
ORDERS = ("published", "reference", "value")
SHAPES = {
    "estimate": '<circle r="5"/>',
    "official_count": '<rect x="-4.5" y="-4.5" width="9" height="9"/>',
    "leaked_count": '<path d="M0,-6L6,0L0,6L-6,0z"/>',
    "satellite_count": '<path d="M0,-6L6,5L-6,5z"/>',
    "survey": '<path d="M0,6L6,-5L-6,-5z"/>',
}


@dataclass(frozen=True, slots=True)
class Panel:
    """Figures that can stand on one axis."""

    quantity_type: str
    measure: str
    unit: str
    level: str
    figures: list[RowDict] = field(default_factory=list)
    weak: set[str] = field(default_factory=set)  # figures whose only source is weak: they come last

    @property
    def id(self) -> str:
        """Return the panel's name in files and addresses."""
        parts = (self.quantity_type, self.measure, self.unit, self.level)
        return "-".join(parts).replace("_", "-")


def panels(record: Record) -> list[Panel]:
    """Return every panel, by quantity type, the type with most figures first."""
    areas = record.index("detention-figures", "areas", "area_id")
    rows = record.rows("detention-figures", "figures")
    found: dict[tuple[str, str, str, str], Panel] = {}
    for row in rows:
        level = areas.get(row["area_id"] or "", {}).get("area_type") or "autonomous_region"
        key = (row["quantity_type"], row["measure"], row["unit"], level)
        panel = found.setdefault(key, Panel(*key))
        panel.figures.append(row)
        if is_weak(record, row):
            panel.weak.add(row["figure_id"])
    totals = Counter(row["quantity_type"] for row in rows)

    def order(panel: Panel) -> tuple[int, str, bool, int, str]:
        is_part = panel.level != "autonomous_region"
        name = panel.quantity_type
        return -totals[name], name, is_part, -len(panel.figures), panel.id

    return sorted(found.values(), key=order)


def choose_panels(
    record: Record, quantity_type: str, unit: str | None = None, measure: str | None = None
) -> list[Panel]:
    """Return the panels of one quantity type, of one unit and measure where they are named.

    Raises:
        UsageError: The type, unit or measure is not in the record.
    """
    known = panels(record)
    types = list(dict.fromkeys(panel.quantity_type for panel in known))
    if quantity_type not in types:
        raise UsageError(
            f"No figures of the quantity type {quantity_type!r}. "
            f"{suggest_names(quantity_type, types)}"
        )
    own = [panel for panel in known if panel.quantity_type == quantity_type]
    units = list(dict.fromkeys(panel.unit for panel in own))
    if unit is not None and unit not in units:
        raise UsageError(
            f"No {quantity_type} figures in the unit {unit!r}. {suggest_names(unit, units)}"
        )
    own = [panel for panel in own if unit in (None, panel.unit)]
    measures = list(dict.fromkeys(panel.measure for panel in own))
    if measure is not None and measure not in measures:
        raise UsageError(
            f"No {quantity_type} figures of the measure {measure!r}. "
            f"{suggest_names(measure, measures)}"
        )
    return [panel for panel in own if measure in (None, panel.measure)]


def heading(record: Record, panel: Panel, words: Language) -> str:
    """Return what a panel shows: the measure, the area, and the quantity type."""
    title = measure_words(record, panel.measure, panel.unit, words)
    level = words(LEVEL_WORDS.get(panel.level, panel.level.replace("_", " ")))
    return f"{title}, {level}. {type_words(panel.quantity_type, words)}"


def measure_words(record: Record, measure: str, unit: str, words: Language) -> str:
    """Return the title of a measure, as the table of measures has it."""
    for row in record.rows("detention-figures", "measures"):
        if row["measure"] == measure and (row.get("unit") or unit) == unit and row.get("title"):
            return words.of_data(str(row["title"]))
    return words.of_data(measure.replace("_", " "))


def sort_figures(
    figures: Sequence[RowDict], by: str = "published", weak: Collection[str] = ()
) -> list[RowDict]:
    """Return the figures that have a number, in one of ``ORDERS``, the weak ones last."""

    def key(row: RowDict) -> tuple[bool, float | date, str]:
        is_last = row["figure_id"] in weak
        if by == "value":
            return is_last, -max(numbers(row)), row["figure_id"]
        day = last_day(row, "published") if by == "published" else reference(row)[1]
        return is_last, day or date.max, row["figure_id"]

    return sorted((row for row in figures if numbers(row)), key=key)


def numbers(row: RowDict) -> list[float]:
    """Return the numbers of a figure."""
    values = (row["value_low"], row["value_high"], row["value_point"])
    return [value for value in values if value is not None]


def as_csv(figures: Sequence[RowDict]) -> bytes:
    """Return the figures of a chart as CSV: the rows that it draws, with every field."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(figures[0])
    writer.writerows(["" if value is None else value for value in row.values()] for row in figures)
    return out.getvalue().encode()


@dataclass(frozen=True, slots=True)
class Axis:
    """Hold the axis of a panel: where a value is along it, in per cent, and its ticks."""

    low: float
    high: float
    is_log: bool
    ticks: tuple[float, ...]

    def at(self, value: float) -> float:
        """Return the place of a value in per cent of the width."""
        if self.is_log:
            share = math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return LEFT + SPAN * share


def fit_axis(values: Sequence[float]) -> Axis:
    """Return an axis for the values: from zero, or logarithmic where they differ widely."""
    smallest, largest = min(values), max(values)
    if smallest > 0 and largest / smallest > LOG_FROM:
        low, high = math.floor(math.log10(smallest)), math.ceil(math.log10(largest) + 1e-9)
        ticks = [10.0**power for power in range(low, high + 1)]
        while len(ticks) > 6:
            ticks = ticks[::2]
        return Axis(10.0**low, 10.0**high, True, tuple(ticks))
    low_end = min(0.0, smallest)
    step = _round_step((largest - low_end) / 4 or 1)
    count = math.ceil((largest - low_end) / step * (1 + 1e-9) - 1e-9)
    first = math.floor(low_end / step)
    ticks = [step * number for number in range(first, first + count + 1)]
    return Axis(ticks[0], ticks[-1], False, tuple(ticks))


def _round_step(step: float) -> float:
    power = 10.0 ** math.floor(math.log10(step))
    return next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= step * 0.999)


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
    axis = fit_axis([value for row in rows for value in numbers(row)])
    is_share = panel.unit == "share"
    texts = [_lines(row, words, width) for row in rows]
    pitch = ROW + LINE * (max(map(len, texts)) - 1)
    parts = [_axis(axis, words, pitch * len(rows), is_share)]
    orders = {
        name: {
            row["figure_id"]: place
            for place, row in enumerate(sort_figures(rows, name, panel.weak))
        }
        for name in ORDERS
    }
    for number, row in enumerate(rows):
        name = row["figure_id"]
        places = "".join(f' data-{order}="{orders[order][name]}"' for order in ORDERS)
        drawn = _row(row, axis, words, texts[number], pitch, name == here)
        if links is not None:
            drawn = f'<a href="{links}{name}.html">{drawn}</a>'
        parts.append(
            f'<g class="row" transform="translate(0 {TOP + pitch * number})"{places} '
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


def year_of(row: RowDict) -> int | None:
    """Return the year in which a figure was published, or else the one that it speaks of."""
    day = last_day(row, "published") or reference(row)[1]
    return day.year if day else None


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
    if row["qualifier"] in OPEN_UP:
        arrow = '<path class="arrow" d="M8,0H20M15,-4L20,0L15,4"/>'
        parts.append(_placed(axis.at(max(numbers(row))), y, arrow))
    if row["qualifier"] in OPEN_DOWN:
        arrow = '<path class="arrow" d="M-8,0H-20M-15,-4L-20,0L-15,4"/>'
        parts.append(_placed(axis.at(min(numbers(row))), y, arrow))
    return "".join(parts)


def _placed(x: float, y: int, inside: str) -> str:
    return f'<svg x="{x:.2f}%" y="{y}" overflow="visible">{inside}</svg>'


def headline_figures(record: Record) -> list[RowDict]:
    """Return the figures of the front page: persons held at one time in all of Xinjiang.

    Left out: figures that restate or misread another, and those of a source marked as weak.
    """
    links = record.rows("detention-figures", "figure_links")
    repeated = {row["figure_id"] for row in links if row["link_type"] in {"restates", "misreads"}}
    return [
        row
        for row in record.rows("detention-figures", "figures")
        if (row["quantity_type"], row["measure"]) == ("stock", "persons_detained")
        and row["area_id"] == "xinjiang"
        and row["area_coverage"] == "whole"
        and row["figure_id"] not in repeated
        and numbers(row)
        and not is_weak(record, row)
    ]


def is_weak(record: Record, row: RowDict) -> bool:
    """Return whether a figure's only source is marked as weak."""
    source = record.sources.get(row["source_id"], {})
    return bool(source.get("is_weak")) or "weak source" in str(row["note"] or "").lower()


def as_number_text(row: RowDict) -> str:
    """Return the lowest number of a figure, to sort a table by. It does not compare figures."""
    found = numbers(row)
    return str(min(found)) if found else ""


def other_kind(record: Record) -> RowDict | None:
    """Return the official figure of trainees a year, which is another kind of number."""
    rows = [
        row
        for row in record.rows("detention-figures", "figures")
        if row["measure"] == "trainees_per_year" and numbers(row) and not is_weak(record, row)
    ]
    return rows[0] if rows else None
