"""The pages of statements, countries and the matrix."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from xinjiang_record.site.graphics import world_map
from xinjiang_record.site.pages.base import Page, cited, sentence
from xinjiang_record.site.positions import (
    VOTE_SIDES,
    count,
    counterparts,
    previous,
    spans,
    standings,
    statement_spans,
)
from xinjiang_record.site.release_data import Record, RowDict, delivered, last_day
from xinjiang_record.site.template_filters import day_words, plural

LETTERS = {"signed": "S", "joined": "J", "voted_yes": "Y", "voted_no": "N", "abstained": "A"}


def style_of(row: RowDict, statement: RowDict) -> str:
    """The side a roster row stands for, or ``withdrew``."""
    if row["withdrew_edtf"] or row["withdrew_on"]:
        return "withdrew"
    return VOTE_SIDES.get(row["entry"]) or str(statement["stance"])


def on_xinjiang(record: Record, statement_id: str) -> bool:
    """Whether a statement counts as a position on Xinjiang; a few speak of Hong Kong alone."""
    return "xinjiang" in record.topics.get(statement_id, ["xinjiang"])


def pages(record: Record) -> Iterator[Page]:
    """The list of statements, and a page for each."""
    rows = list(record.statements.values())
    yield Page(
        "statements/index.html",
        "statements.html.j2",
        "Letters, joint statements and the vote",
        f"{plural(len(rows), 'letter, statement or vote', 'letters, statements and votes')} on Xinjiang: declared and named signatories.",
        "statements",
        {"rows": rows},
    )
    yield from (_statement(record, row) for row in rows)


def _statement(record: Record, row: RowDict) -> Page:
    name = row["statement_id"]
    figure = world_map.statements_figure(record, [name])
    totals = count(statement_spans(record, name))
    leads = [
        item
        for item in record.rows("joint-statements", "statement_leads")
        if item["statement_id"] == name
    ]
    claims = [
        item
        for item in record.rows("joint-statements", "count_claims")
        if item["statement_id"] == name
    ]
    context = {
        "row": row,
        "drawing": world_map.page_body(figure),
        "legend": figure.legend,
        "legend_words": "; ".join(words for _, words in figure.legend),
        "notes": " ".join(
            [
                *(
                    [f"Also signed, not a state: {', '.join(figure.unplaced)}."]
                    if figure.unplaced
                    else []
                ),
                *figure.notes,
            ]
        ),
        "others": counterparts(record, name),
        "change": _change(record, name),
        "roster": _roster(record, row),
        "claims": claims,
        "leads": leads,
        "votes": [(words, totals.get(side, 0)) for side, words in world_map.VOTE_WORDS.items()],
    }
    day = day_words(delivered(row))
    described = sentence(
        [
            row["stance"],
            row["body"],
            day,
            f"{row['current_count']} named" if row["current_count"] else "",
        ]
    )
    find = sentence(
        [name, row["body"], row["session"], row["document_symbol"], *record.topics.get(name, [])]
    )
    crumbs = (("Statements", "statements/index.html"),)
    return Page(
        f"statements/{name}.html",
        "statement.html.j2",
        row["title"],
        described,
        "statements",
        context,
        crumbs,
        "Statement",
        find,
    )


def _roster(record: Record, statement: RowDict) -> list[dict[str, Any]]:
    rows = []
    for row in record.signatories.get(statement["statement_id"], []):
        events = record.events.get(row["signatory_id"], [])
        names = dict.fromkeys(
            event["name_as_printed"] for event in events if event["name_as_printed"]
        )
        sources = [
            name
            for event in events
            for name in cited(record, "signature_events", event["event_id"], event)
        ]
        style = style_of(row, statement)
        rows.append(
            {
                **row,
                "style": style,
                "printed": "; ".join(names),
                "cited": list(dict.fromkeys(sources)),
            }
        )
    return rows


def _change(record: Record, name: str) -> dict[str, Any] | None:
    before = previous(record, name)
    if before is None or not record.signatories.get(name):
        return None

    def standing(statement: str) -> dict[str, str]:
        return {
            span.code: span.name
            for span in statement_spans(record, statement)
            if span.code and span.end is None
        }

    now, then = standing(name), standing(before)
    partial = any(record.statements[item]["roster_status"] != "complete" for item in (name, before))
    came = [(code, now[code]) for code in now if code not in then]
    went = [(code, then[code]) for code in then if code not in now]
    return {"before": before, "came": came, "went": went, "partial": partial}


def country_pages(record: Record) -> Iterator[Page]:
    """The list of countries, a page for each that ever took part, and the matrix."""
    standing = standings(
        record, max((span.start for span in spans(record)), default=None) or delivered_last(record)
    )
    moved = {
        row["country_iso3"]
        for row in record.rows("joint-statements", "positions")
        if row["has_changed_sides"]
    }
    rows = [
        _country_row(record, code, standing, moved)
        for code in sorted(record.by_country, key=record.country_name)
    ]
    regions = sorted({row["region"] for row in rows if row["region"]})
    yield Page(
        "countries/index.html",
        "countries.html.j2",
        "Countries",
        f"{len(rows)} states and observers named in a letter, a statement or the vote on Xinjiang.",
        "countries",
        {"rows": rows, "regions": regions},
    )
    yield _matrix(record, rows, regions)
    found = ((name, counterparts(record, name)) for name in record.statements)
    others = {name: names[0] for name, names in found if names}
    yield from (_country(record, row, others) for row in rows)


def delivered_last(record: Record) -> Any:
    """The day of the last statement."""
    return max(delivered(row) for row in record.statements.values())


def _country_row(
    record: Record, code: str, standing: Any, moved: Collection[str]
) -> dict[str, Any]:
    items = [row for row in record.by_country[code] if on_xinjiang(record, row["statement_id"])]
    styles = [style_of(row, record.statements[row["statement_id"]]) for row in items]
    votes = [row["entry"].removeprefix("voted_") for row in items if row["entry"] in VOTE_SIDES]
    signed = [
        style for row, style in zip(items, styles, strict=True) if row["entry"] not in VOTE_SIDES
    ]
    return {
        "code": code,
        "region": record.countries.get(code, {}).get("m49_region_name") or "",
        "side": standing[code].side if code in standing else "neither",
        "critical": signed.count("critical"),
        "supportive": signed.count("supportive"),
        "withdrew": styles.count("withdrew"),
        "vote": votes[0] if votes else "",
        "both": code in moved,
    }


def _country(record: Record, row: dict[str, Any], others: Mapping[str, str]) -> Page:
    code = row["code"]
    about = record.countries.get(code, {"country_iso3": code})
    name = record.country_name(code)
    items = sorted(_timeline(record, code, others), key=lambda item: item["key"])
    own = {item["statement_id"] for item in record.by_country[code]}
    absent = [
        key
        for key, statement in record.statements.items()
        if statement["roster_status"] == "complete" and key not in own and on_xinjiang(record, key)
    ]
    counts = [
        ("Critical signatures", row["critical"], "standing"),
        ("Supportive signatures", row["supportive"], "standing"),
        ("Withdrawals", row["withdrew"], "signed, then left"),
        ("Vote of 2022", row["vote"] or "none", "Human Rights Council"),
    ]
    context = {
        "row": about,
        "name": name,
        "counts": counts,
        "items": items,
        "led": [
            item
            for item in record.rows("joint-statements", "statement_leads")
            if item["country_iso3"] == code
        ],
        "absent": absent,
        "responses": [
            item for item in record.rows("responses", "events") if item["country_iso3"] == code
        ],
    }
    described = f"{name} on Xinjiang: {row['critical']} critical and {row['supportive']} supportive signatures, {plural(row['withdrew'], 'withdrawal')}."
    find = sentence(
        [code, *(about.get(f"name_{language}") for language in ("fr", "es", "ar", "zh", "ru"))]
    )
    return Page(
        f"countries/{code}.html",
        "country.html.j2",
        name,
        described,
        "countries",
        context,
        (("Countries", "countries/index.html"),),
        "Country",
        find,
    )


def _timeline(record: Record, code: str, others: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for row in record.by_country[code]:
        statement = record.statements[row["statement_id"]]
        side = VOTE_SIDES.get(row["entry"], statement["stance"])
        for event in record.events.get(row["signatory_id"], []):
            gone = event["event_type"] == "withdrew"
            yield {
                "key": (
                    last_day(event, "event") or delivered(statement),
                    row["statement_id"],
                    gone,
                ),
                "edtf": event["event_edtf"],
                "side": "withdrew" if gone else side,
                "words": event["event_type"].replace("_", " ")
                + ("" if gone or row["entry"] in VOTE_SIDES else f", {side}"),
                "statement_id": row["statement_id"],
                "aside": not on_xinjiang(record, row["statement_id"]),
                "counter": others.get(row["statement_id"]),
                "printed": event["name_as_printed"],
                "cited": cited(record, "signature_events", event["event_id"], event),
            }


def _matrix(record: Record, rows: list[dict[str, Any]], regions: list[str]) -> Page:
    entries = {
        (row["country_iso3"], row["statement_id"]): row
        for items in record.signatories.values()
        for row in items
    }
    columns = [
        {
            "id": name,
            "title": row["title"],
            "short": f"{name[:10]} {row['session'] or ''} {row['stance'][:4]}",
        }
        for name, row in record.statements.items()
    ]
    lines = []
    for row in rows:
        cells = [
            _cell(record, entries.get((row["code"], name)), statement)
            for name, statement in record.statements.items()
        ]
        lines.append({**row, "cells": cells})
    return Page(
        "matrix.html",
        "matrix.html.j2",
        "Matrix of countries and statements",
        f"{len(rows)} countries by {len(columns)} statements on Xinjiang: who signed, joined, withdrew, voted.",
        "matrix",
        {
            "rows": lines,
            "columns": columns,
            "regions": regions,
            "legend": world_map.page_legend(["critical", "supportive", "neither", "withdrew"]),
        },
    )


def _cell(record: Record, row: RowDict | None, statement: RowDict) -> dict[str, str]:
    if row is None:
        return {
            "style": "" if statement["roster_status"] == "complete" else "partial",
            "letter": "",
            "words": "",
        }
    style = style_of(row, statement)
    letter = "W" if style == "withdrew" else LETTERS[row["entry"]]
    return {
        "style": style,
        "letter": letter,
        "words": f"{row['signatory_name']}, {statement['statement_id']}",
    }
