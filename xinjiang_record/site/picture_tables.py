"""Write the data of each map and chart as CSV: what the picture shows, and nothing else."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from xinjiang_record.site.graphics import changes_strip, figure_panels, sides_chart, stay_flow
from xinjiang_record.site.graphics.world_map import MapView
from xinjiang_record.site.positions import country_positions, event_days, last_moment
from xinjiang_record.site.release_data import Record


def to_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return rows as CSV; a missing value is the empty cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(["" if value is None else value for value in row] for row in rows)
    return out.getvalue().encode()


def map_table(view: MapView) -> bytes:
    """Return the states of a map with their class, position and day."""
    head = ("country_iso3", "class", "position_kind", "statement_id", "position_on", "words")
    rows = []
    for code, mark in sorted(view.marks.items()):
        item = mark.position
        rows.append((code, mark.style, item.kind, item.statement_id, item.start, mark.label))
    return to_csv(head, rows)


def sides_table(record: Record) -> bytes:
    """Return the bars of both sides over time."""
    days = event_days(record)
    rows = [
        (bar.statement_id, days[bar.slot], bar.side, bar.declared, bar.named)
        for bar in sides_chart.bars(record, days)
    ]
    head = ("statement_id", "delivered_on", "side", "declared_count", "named_count")
    return to_csv(head, rows)


def changes_table(record: Record) -> bytes:
    """Return the positions of the states that withdrew or took both sides."""
    rows = [
        (item.code, item.statement_id, item.kind, item.side, item.start, item.end)
        for code in changes_strip.changed_countries(record)
        for item in country_positions(record, code)
    ]
    head = ("country_iso3", "statement_id", "position_kind", "side", "position_on", "withdrew_on")
    return to_csv(head, rows)


def stay_table(record: Record) -> bytes:
    """Return each state of the picture of who stayed, with the band that it is in."""
    pair = stay_flow.first_pair(record)
    rows = [
        (code, band.start, band.end, band.title)
        for band in (stay_flow.bands(record, pair, last_moment(record)) if pair else ())
        for code in band.codes
    ]
    return to_csv(("country_iso3", "start", "end", "words"), rows)


def tables(record: Record, views: dict[str, MapView]) -> dict[str, bytes]:
    """Return the CSV of every picture by the name of its file."""
    found = {f"maps/{name}.csv": map_table(view) for name, view in views.items()}
    found["charts/sides-over-time.csv"] = sides_table(record)
    found["charts/who-left-and-crossed.csv"] = changes_table(record)
    found["charts/who-stayed.csv"] = stay_table(record)
    rows = figure_panels.headline_figures(record)
    if rows:
        found["charts/estimates.csv"] = figure_panels.as_csv(figure_panels.sort_figures(rows))
    return found
