"""Choose the figures of a chart: those that can stand on one axis, in an order."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from xinjiang_record.errors import UsageError, suggest_names
from xinjiang_record.site.graphics.figure_words import LEVEL_WORDS, reference, type_words
from xinjiang_record.site.release_data import Record, RowDict, last_day
from xinjiang_record.site.translate import Language

ORDERS = ("published", "reference", "value")


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


def year_of(row: RowDict) -> int | None:
    """Return the year in which a figure was published, or else the one that it speaks of."""
    day = last_day(row, "published") or reference(row)[1]
    return day.year if day else None


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
