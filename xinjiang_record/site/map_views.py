"""Compute every view of the map for the script that repaints it: each statement, and each day.

The rules are in ``positions`` and ``world_map``; the script only looks the results up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from xinjiang_record.site.graphics import country_shapes, world_map
from xinjiang_record.site.pages.page import script_json
from xinjiang_record.site.positions import event_days, is_on_xinjiang, latest_pair
from xinjiang_record.site.release_data import Record, delivered
from xinjiang_record.site.translate import Language

STYLES = ("critical", "critical old", "supportive", "supportive old", "neither", "withdrew")
SCRIPT_WORDS = (
    *("not named", "came", "went", "stayed", "crossed", "withdrew", "none", "critical"),
    *("supportive", "neither", "Play", "Stop", "Choose two."),
    "not known whether new: the first list is known in part",
    "not known whether they stayed: the second list is known in part",
)


def views_script(record: Record, words: Language) -> bytes:
    """Return the views as a script that sets one variable, so that it also loads from a disk."""
    return f"window.xrViews={script_json(views(record, words))};\n".encode()


def views(record: Record, words: Language) -> dict[str, Any]:
    """Return every view: marks by code, legend, and the labels that they share."""
    labels: dict[str, int] = {}

    def label(text: str) -> int:
        return labels.setdefault(text, len(labels))

    def packed(mark: world_map.Mark) -> list[int]:
        return [STYLES.index(mark.style), int(mark.is_ringed), label(mark.label)]

    days = event_days(record)
    order = {day: number for number, day in enumerate(days)}
    changes: dict[str, list[list[int]]] = {}
    legends = []
    for number, day in enumerate(days):
        view = world_map.day_view(record, words, day)
        legends.append([list(item) for item in view.legend])
        for code, mark in view.marks.items():
            value = packed(mark)
            own = changes.setdefault(code, [])
            if not own or own[-1][1:] != value:
                own.append([number, *value])
    shapes = country_shapes.load()["countries"]
    pair = latest_pair(record)
    pair_view = world_map.roster_view(record, words, pair)
    return {
        "days": [day.isoformat() for day in days],
        "dayWords": [words.day(day) for day in days],
        "changes": changes,
        "dayLegends": legends,
        "dayTitle": words("Last known side of each state, {day}"),
        "statements": [
            _statement_view(record, words, name, order, packed) for name in record.statements
        ],
        "pair": pair,
        "pairTitle": pair_view.title,
        "pairLegend": [list(item) for item in pair_view.legend],
        "pairMarks": {code: packed(mark) for code, mark in pair_view.marks.items()},
        "labels": list(labels),
        "styles": list(STYLES),
        "names": {
            code: record.country_name(code, words.code)
            for code in {*shapes, *record.by_country}
            if code in record.countries
        },
        "places": {
            code: [shapes[code]["x"], shapes[code]["y"]]
            for code in record.by_country
            if code in shapes
        },
        "pages": sorted(record.by_country),
        "words": {text: words(text) for text in SCRIPT_WORDS},
    }


def _statement_view(
    record: Record,
    words: Language,
    name: str,
    order: Mapping[date, int],
    packed: Callable[[world_map.Mark], list[int]],
) -> dict[str, Any]:
    """Return the view of one statement; ``order`` has the number of each day."""
    row = record.statements[name]
    view = world_map.roster_view(record, words, [name])
    return {
        "id": name,
        "title": row["title"],
        "side": row["stance"],
        "day": words.day(delivered(row)),
        "slot": order.get(delivered(row), -1),
        "legend": [list(item) for item in view.legend],
        "marks": {code: packed(mark) for code, mark in view.marks.items()},
        "full": row["roster_status"] == "complete",
        "xinjiang": is_on_xinjiang(record, name),
    }
