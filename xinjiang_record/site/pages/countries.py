"""Make the list of countries, and a page with data files for each that ever took part."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from xinjiang_record.rosters import VOTE_KINDS
from xinjiang_record.site.graphics import changes_strip, drawing, world_map
from xinjiang_record.site.pages.page import Page, cited_sources, join_parts
from xinjiang_record.site.pages.statements import style_of
from xinjiang_record.site.positions import (
    OTHER_KINDS,
    counterparts,
    is_newest_list_full,
    is_on_xinjiang,
    last_moment,
    side_of,
    side_periods,
    sides_on,
)
from xinjiang_record.site.release_data import Record, RowDict, delivered, last_day
from xinjiang_record.site.translate import ENGLISH, Language

NOT_NAMED = "not named on Xinjiang"
NAMED_LANGUAGES = ("fr", "es", "ar", "zh", "ru")


def make_pages(record: Record, words: Language) -> Iterator[Page]:
    """Return the list of countries and a page for each."""
    rows = country_rows(record)
    regions = sorted({row["region"] for row in rows if row["region"]})
    yield Page(
        "countries/index.html",
        "countries.html.j2",
        words("Countries"),
        words(
            "States and observers named in a letter, a statement or the vote on Xinjiang. "
            "States: {n}.",
            n=len(rows),
        ),
        "countries",
        {"rows": rows, "regions": regions},
        words=words,
    )
    found = ((name, counterparts(record, name)) for name in record.statements)
    others = {name: names[0] for name, names in found if names}
    yield from (_country(record, words, row, others) for row in rows)


def country_rows(record: Record) -> list[dict[str, Any]]:
    """Return one row for each country that ever took part, by name."""
    if "country_rows" not in record.cache:
        sides = sides_on(record, last_moment(record))
        record.cache["country_rows"] = [
            _country_row(record, code, sides)
            for code in sorted(
                {*record.by_country, *record.country_events}, key=record.country_name
            )
        ]
    rows: list[dict[str, Any]] = record.cache["country_rows"]
    return rows


def _country_row(record: Record, code: str, sides: Mapping[str, Any]) -> dict[str, Any]:
    items = [
        row
        for row in record.by_country.get(code, [])
        if is_on_xinjiang(record, row["statement_id"])
    ]
    styles = [style_of(row, record.statements[row["statement_id"]]) for row in items]
    votes = [row["entry"] for row in items if row["entry"] in VOTE_KINDS]
    signed = [
        style for row, style in zip(items, styles, strict=True) if row["entry"] not in VOTE_KINDS
    ]
    side = sides[code].side if code in sides else "neither" if votes else NOT_NAMED
    periods = side_periods(record, code)
    return {
        "code": code,
        "region": record.countries.get(code, {}).get("m49_region_name") or "",
        "side": side,
        "since": periods[-1].first.start if periods else None,
        "last": sides[code].last.start if code in sides else None,
        "is_recent": code in sides and sides[code].is_recent,
        "critical": signed.count("critical"),
        "supportive": signed.count("supportive"),
        "withdrew": styles.count("withdrew"),
        "vote": world_map.KIND_WORDS[votes[0]] if votes else "",
        "both": len(periods) > 1,
    }


def _country(
    record: Record, words: Language, row: dict[str, Any], others: Mapping[str, str]
) -> Page:
    code = row["code"]
    about = record.countries.get(code, {"country_iso3": code})
    name = record.country_name(code, words.code)
    sentence = changes_strip.summary(record, words, code)
    strip = changes_strip.draw(record, words, [code])
    marks = {
        key: replace(mark, is_ringed=True)  # the ring shows where it is
        for key, mark in day_marks(record, words).items()
        if key == code
    }
    context = {
        "about": about,
        "name": name,
        "row": row,
        "sentence": sentence,
        "sentence_source": _sentence_sources(record, code),
        "strip_svg": Markup(drawing.in_page(strip)) if side_periods(record, code) else "",
        "strip_legend": strip.legend,
        "is_newest_full": is_newest_list_full(record, row["side"]),
        "map": world_map.page_body(marks, words),
        "items": timeline(record, code, others),
        "other_acts": _acts(record, code, OTHER_KINDS),
        "led": _rows_of(record, "statement_leads", code),
        "absent": _absent(record, words, code),
        "responses": [
            item for item in record.rows("responses", "events") if item["country_iso3"] == code
        ],
    }
    described = words("{name} on Xinjiang: {sentence}.", name=name, sentence=sentence)
    names = [about.get(f"name_{language}") for language in NAMED_LANGUAGES]
    return Page(
        f"countries/{code}.html",
        "country.html.j2",
        name,
        described,
        "countries",
        context,
        ((words("Countries"), "countries/index.html"),),
        "Country",
        join_parts([code, about.get("country_iso2"), *names]),
        words,
    )


def day_marks(record: Record, words: Language) -> Mapping[str, world_map.Mark]:
    """Return the marks of the newest day, computed once for each language."""
    key = f"day_marks {words.code}"
    if key not in record.cache:
        record.cache[key] = world_map.day_view(record, words, last_moment(record)).marks
    marks: Mapping[str, world_map.Mark] = record.cache[key]
    return marks


def _sentence_sources(record: Record, code: str) -> list[str]:
    """Return the sources of the position that a state's current side rests on."""
    periods = side_periods(record, code)
    if not periods:
        return []
    last = periods[-1].last
    for row in record.by_country.get(code, []):
        if row["statement_id"] == last.statement_id:
            events = record.events.get(row["signatory_id"], [])
            found = [
                name
                for event in events
                for name in cited_sources(record, "signature_events", event["event_id"], event)
            ]
            return list(dict.fromkeys(found))[:3]
    return []


def _absent(record: Record, words: Language, code: str) -> Markup:
    """Return a table row for each full roster on Xinjiang without the state, newest first."""
    own = {item["statement_id"] for item in record.by_country.get(code, [])}
    rows = _full_roster_rows(record, words)
    return Markup("").join(row for name, row in rows.items() if name not in own)


def _full_roster_rows(record: Record, words: Language) -> dict[str, Markup]:
    """Return the table row of each full roster, made once for all pages of countries."""
    key = f"full_roster_rows {words.code}"
    if key not in record.cache:
        form = Markup(
            '<tr><td>{}</td><th scope="row"><a href="../statements/{}.html">'
            '<bdi lang="en">{}</bdi></a></th><td><span class="side {}">{}</span></td>'
            "<td>{}</td></tr>\n"
        )
        record.cache[key] = {
            name: form.format(
                words.edtf(row["delivered_edtf"]),
                name,
                row["title"],
                row["stance"],
                words(row["stance"]),
                ", ".join(part for part in (words.of_data(row["body"]), row["session"]) if part),
            )
            for name, row in reversed(record.statements.items())
            if row["roster_status"] == "complete" and is_on_xinjiang(record, name)
        }
    rows: dict[str, Markup] = record.cache[key]
    return rows


def _rows_of(record: Record, table: str, code: str) -> list[RowDict]:
    rows = record.rows("joint-statements", table)
    return [row for row in rows if row["country_iso3"] == code]


def _acts(record: Record, code: str, kinds: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        {
            "statement_id": event["statement_id"],
            "edtf": event["event_edtf"],
            "words": world_map.KIND_WORDS.get(event["event_type"], event["event_type"]),
            "side": event.get("side") or "",
            "cited": cited_sources(record, "signature_events", event["event_id"], event),
        }
        for event in record.country_events.get(code, [])
        if event["event_type"] in kinds
    ]


def timeline(record: Record, code: str, others: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return every event of a state that counts as a position, oldest first."""
    skipped = set(OTHER_KINDS)
    found = [
        _timeline_item(record, event, others)
        for event in record.country_events.get(code, [])
        if event["event_type"] not in skipped and event["statement_id"] in record.statements
    ]
    return sorted(found, key=lambda item: item["key"])


def _timeline_item(record: Record, event: RowDict, others: Mapping[str, str]) -> dict[str, Any]:
    name, kind = event["statement_id"], event["event_type"]
    statement = record.statements[name]
    has_left = kind == "withdrew"
    side = event.get("side") or side_of(kind, statement)
    shows_side = not has_left and kind not in VOTE_KINDS
    return {
        "key": (last_day(event, "event") or delivered(statement), name, has_left),
        "edtf": event["event_edtf"],
        "side": "withdrew" if has_left else side,
        "kind": kind,
        "words": world_map.KIND_WORDS.get(kind, kind),
        "shows_side": shows_side,
        "statement_id": name,
        "is_aside": not is_on_xinjiang(record, name),
        "counter": others.get(name),
        "printed": event["name_as_printed"],
        "cited": cited_sources(record, "signature_events", event["event_id"], event),
    }


def country_files(record: Record) -> dict[str, bytes]:
    """Return a CSV and a JSON file for each country: what its page shows."""
    made = {}
    for row in country_rows(record):
        code = row["code"]
        items = [
            {
                "country_iso3": code,
                "event_edtf": item["edtf"],
                "position_kind": item["kind"],
                "side": item["side"],
                "statement_id": item["statement_id"],
                "is_on_xinjiang": not item["is_aside"],
                "name_as_printed": item["printed"],
                "source_ids": " ".join(item["cited"]),
            }
            for item in timeline(record, code, {})
        ]
        if not items:
            continue
        out = io.StringIO()
        writer = csv.DictWriter(out, list(items[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(items)
        made[f"countries/{code}.csv"] = out.getvalue().encode()
        told = {
            "country_iso3": code,
            "name": record.country_name(code),
            "side": row["side"],
            "last_named_on": str(row["last"]) if row["last"] else None,
            "summary": changes_strip.summary(record, ENGLISH, code),
            "positions": items,
        }
        text = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
        made[f"countries/{code}.json"] = text.encode()
    return made
