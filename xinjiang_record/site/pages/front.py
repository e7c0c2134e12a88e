"""The front page: the map of both sides with its slider, the counts, what is new, the downloads."""

from __future__ import annotations

from datetime import date
from typing import Any

from markupsafe import Markup

from xinjiang_record.site.graphics import country_shapes, world_map
from xinjiang_record.site.graphics.chart import figure_value
from xinjiang_record.site.pages.base import Page, script_json
from xinjiang_record.site.positions import Span, spans
from xinjiang_record.site.release_data import Record, Release, delivered, last_day
from xinjiang_record.site.template_filters import MONTHS, day_words, edtf_words, plural

SIDE_NUMBERS = {"critical": 0, "supportive": 1, "neither": 2}
NEWEST = 6  # rows of each list


def last_moment(record: Record) -> date:
    """The day of the last event of the record: the map's "now", which no clock moves."""
    days = [day for span in spans(record) for day in (span.start, span.end) if day]
    return max(days, default=max(delivered(row) for row in record.statements.values()))


def page(record: Record) -> Page:
    """The front page."""
    items, last = spans(record), last_moment(record)
    figure = world_map.as_of_figure(record, last)
    statements = list(record.statements.values())
    figures = sorted(
        record.rows("detention-figures", "figures"),
        key=lambda row: (last_day(row, "published") or date.min, row["figure_id"]),
    )
    events = record.rows("joint-statements", "signature_events")
    left = sum(event["event_type"] == "withdrew" for event in events)
    counts = [
        ("Statements and votes", len(statements), "both sides and the vote of 2022"),
        (
            "Signatures and votes",
            f"{len(events) - left:,}",
            f"{plural(left, 'withdrawal')} besides",
        ),
        ("States and observers", len(record.by_country), "named at least once"),
        ("Figures", len(figures), "each with its kind of quantity"),
        ("Sources", len(record.sources), "cited addresses"),
    ]
    days = sorted({day.isoformat() for span in items for day in (span.start, span.end) if day})
    context = {
        "heading": f"Where states stood, {day_words(last)}",
        "drawing": Markup(world_map.body(figure.marks, interactive=True, rings=False)),
        "legend": figure.legend,
        "legend_words": "; ".join(words for _, words in figure.legend),
        "notes": " ".join([figure.subtitle + ".", *figure.notes]),
        "last_day": last.isoformat(),
        "days": days,
        "choices": [
            {
                "id": row["statement_id"],
                "label": f"{edtf_words(row['delivered_edtf'])}: {row['title'][:70]} ({row['stance']})",
            }
            for row in statements
        ],
        "counts": counts,
        "latest": statements[: -NEWEST - 1 : -1],
        "figures": figures[: -NEWEST - 1 : -1],
        "figure_value": figure_value,
        "news": {name: _news(release) for name, release in record.releases.items()},
        "map_data": script_json(_map_data(record, items, days)),
    }
    return Page(
        "index.html",
        "index.html.j2",
        "Xinjiang Record: who signed what, and how many are said to be detained",
        f"{len(statements)} letters, joint statements and votes of {len(record.by_country)} states on Xinjiang, and {len(figures)} published figures, each with its source.",
        "map",
        context,
        find=None,
    )


def _news(release: Release) -> str:
    last = release.versions[-1] if release.versions else {}
    reasons = last.get("reasons") or ["released"]
    return " ".join(str(reason) for reason in reasons)[:300]


def _map_data(record: Record, items: list[Span], days: list[str]) -> dict[str, Any]:
    order = {name: number for number, name in enumerate(record.statements)}
    places = country_shapes.load()["countries"]
    codes = sorted({span.code for span in items if span.code})
    rows = [
        [
            span.code,
            order[span.statement_id],
            SIDE_NUMBERS[span.side],
            span.start.isoformat(),
            span.end.isoformat() if span.end else None,
        ]
        for span in items
    ]
    return {
        "days": days,
        "months": list(MONTHS),
        "words": world_map.WORDS,
        "vote": list(world_map.VOTE_WORDS.values()),
        "spans": rows,
        "statements": [
            {
                "id": name,
                "title": row["title"],
                "stance": row["stance"],
                "xinjiang": "xinjiang" in record.topics.get(name, ["xinjiang"]),
            }
            for name, row in record.statements.items()
        ],
        "names": {code: record.country_name(code) for code in places if code in record.countries},
        "places": {
            code: [places[code]["x"], places[code]["y"]] for code in codes if code in places
        },
        "pages": codes,
    }
