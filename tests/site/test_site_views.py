"""Over the published record.

Each coloured state has a position that justifies its colour, in every view.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from xinjiang_record import rosters
from xinjiang_record.site import map_views, picture_tables, positions
from xinjiang_record.site.graphics import chart, drawing, figure_panels, stay_flow, world_map
from xinjiang_record.site.pages import countries, matrix
from xinjiang_record.site.release_data import Record, delivered, last_day, load
from xinjiang_record.site.translate import ENGLISH, load_language

ROOT = Path(__file__).resolve().parents[2]
YEARS_2 = timedelta(days=731)


@pytest.fixture(scope="module")
def record() -> Record:
    return load(ROOT / "published")


def acts(record: Record, day: date) -> dict[str, list[tuple[date, str, str]]]:
    """Every act that counts as a side and is in force on a day, straight from the events."""
    left: dict[str, date] = {}
    for rows in record.events.values():
        for row in rows:
            if row["event_type"] == "withdrew":
                left[row["signatory_id"]] = last_day(row, "event") or date.max
    found: dict[str, list[tuple[date, str, str]]] = {}
    for rows in record.events.values():
        for row in rows:
            statement = record.statements[row["statement_id"]]
            kind, code = row["event_type"], row["country_iso3"]
            start = last_day(row, "event") or delivered(statement)
            is_over = kind in rosters.ENTRY_KINDS and left.get(row["signatory_id"], date.max) <= day
            topics = record.topics.get(row["statement_id"], [])
            if kind not in rosters.SIDE_KINDS or "xinjiang" not in topics or not code:
                continue
            side = rosters.side_of(kind, statement["stance"], statement.get("draft_stance"))
            if start <= day and not is_over and side != "neither":
                found.setdefault(code, []).append((start, row["statement_id"], side))
    return found


def test_on_every_day_each_colour_has_its_position_and_age(record: Record) -> None:
    days = positions.event_days(record)
    assert len(days) > 20
    for day in days:
        view, found = world_map.day_view(record, ENGLISH, day), acts(record, day)
        coloured = {code for code, mark in view.marks.items() if mark.style != "withdrew"}
        assert coloured == set(found), day
        for code in coloured:
            newest = max(start for start, _, _ in found[code])
            sides = {side for start, _, side in found[code] if start == newest}
            side, _, age = view.marks[code].style.partition(" ")
            assert side in sides, (day, code)
            assert (age == "old") == (newest < day - YEARS_2), (day, code)
            before = {side for _, _, side in found[code]}
            assert view.marks[code].is_ringed == (before == {"critical", "supportive"}), code


def test_on_every_day_the_numbers_of_the_legend_are_those_of_the_marks(record: Record) -> None:
    for day in positions.event_days(record):
        view = world_map.day_view(record, ENGLISH, day)
        totals = Counter(mark.style for mark in view.marks.values())
        for style, words in view.legend:
            if style not in {"ring", "withdrew"}:
                assert words.endswith(f": {totals[style]}"), (day, words)


def test_every_statement_shows_its_roster_and_the_numbers_of_the_table(record: Record) -> None:
    for name, row in record.statements.items():
        view, roster = (
            world_map.roster_view(record, ENGLISH, [name]),
            record.signatories.get(name, []),
        )
        styles = {
            item["country_iso3"]: "withdrew"
            if item["withdrew_edtf"]
            else rosters.side_of(item["entry"], row["stance"], row.get("draft_stance"))
            for item in roster
            if item["country_iso3"]
        }
        assert {code: mark.style for code, mark in view.marks.items()} == styles, name
        if row["stance"] != "vote" and roster:
            assert view.counts[row["stance"]] == row["current_count"], name
            legend = dict(view.legend)
            if (row["residual_count"] or 0) > 0 and row["declared_count"]:
                words = legend[f"unnamed {row['stance']}"]
                assert f"{row['declared_count']} declared, {row['residual_count']} of" in words


def test_the_pair_shows_both_rosters_and_their_numbers(record: Record) -> None:
    pair = positions.latest_pair(record)
    assert {record.statements[name]["stance"] for name in pair} == {"critical", "supportive"}
    view, legend = world_map.roster_view(record, ENGLISH, pair), []
    styles = Counter(mark.style for mark in view.marks.values())
    for name in pair:
        row = record.statements[name]
        own = {code for code, mark in view.marks.items() if mark.position.statement_id == name}
        named = {item["country_iso3"] for item in record.signatories[name]}
        assert own == named - {None}, name
        assert view.counts[row["stance"]] == row["current_count"] == styles[row["stance"]]
        legend += [row["stance"], *([f"unnamed {row['stance']}"] if row["residual_count"] else [])]
    assert [style for style, _ in view.legend] == legend


def test_the_small_map_and_the_sentence_of_a_country_are_those_of_the_day(record: Record) -> None:
    day = positions.last_moment(record)
    marks, found = countries.day_marks(record, ENGLISH), acts(record, day)
    for row in countries.country_rows(record):
        mark, sides = marks.get(row["code"]), found.get(row["code"], [])
        if row["side"] in positions.SIDES:
            newest = max(start for start, _, _ in sides)
            assert mark and mark.style.partition(" ")[0] == row["side"] and row["last"] == newest
            assert row["side"] in {side for start, _, side in sides if start == newest}
        else:
            assert not sides and (mark is None or mark.style == row["side"] == "withdrew")


def test_who_stayed_has_each_state_once_by_its_two_lists(record: Record) -> None:
    pair, day = stay_flow.first_pair(record), positions.last_moment(record)
    start = {
        item["country_iso3"]: record.statements[name]["stance"]
        for name in pair
        for item in record.signatories[name]
        if item["country_iso3"]
    }
    end = {
        code: mark.style for code, mark in world_map.day_view(record, ENGLISH, day).marks.items()
    }
    found = [(code, band) for band in stay_flow.bands(record, pair, day) for code in band.codes]
    assert sorted(code for code, _ in found) == sorted(end)
    for code, band in found:
        assert (band.start, band.end) == (start.get(code, stay_flow.LATER), end[code]), code
        has_crossed = band.start in positions.SIDES and band.end.partition(" ")[0] in (
            set(positions.SIDES) - {band.start}
        )
        assert has_crossed == (band.title in stay_flow.CROSSED.values()), code
    for width in (stay_flow.WIDE, stay_flow.NARROW):
        drawn = stay_flow.draw(record, ENGLISH, day, width)
        assert drawn and all(record.country_name(code) in drawn.label for code in end)
        assert "e+" not in drawn.body
    chinese = stay_flow.draw(record, load_language("zh"), day, stay_flow.NARROW)
    assert chinese
    lines = re.findall(r'class="row-(value|text)" x="([0-9]+)" y="[0-9.]+">([^<]+)<', chinese.body)
    assert len(lines) > 20
    for kind, x, text in lines:  # no line is wider than the phone
        room = stay_flow.NARROW - int(x)
        assert drawing.measure(text, 13 if kind == "value" else 12) <= room
    for code in ("en", "fr", "ru", "ar"):  # no two labels of the bars lie on each other on a phone
        drawn_in = stay_flow.draw(record, load_language(code), day, stay_flow.NARROW)
        assert drawn_in
        boxes = []
        form = (
            r'<text class="row-value" x="([0-9]+)" y="([0-9.]+)" text-anchor="(start|end)">(.*?)<'
        )
        for x, y, anchor, text in re.findall(form, drawn_in.body):
            wide = len(text.strip("\u2067\u2069")) * 13 * drawing.LETTER
            begin = float(x) - (wide if anchor == "end" else 0)
            boxes.append((begin, begin + wide, float(y)))
        assert len(boxes) > 4
        for place, one in enumerate(boxes):
            for other in boxes[place + 1 :]:
                is_apart = one[1] <= other[0] or other[1] <= one[0]
                assert is_apart or abs(one[2] - other[2]) >= 13, (code, one, other)
    newest = {
        record.statements[name]["stance"]: name
        for name in record.statements
        if (
            record.statements[name]["statement_type"] in positions.SIGNED_TYPES
            and positions.is_on_xinjiang(record, name)
        )
    }
    for side in positions.SIDES:
        is_full = record.statements[newest[side]]["roster_status"] == "complete"
        assert positions.is_newest_list_full(record, side) == is_full
        assert stay_flow.NOTES[side, is_full] in drawn.label


def test_the_script_gets_the_views_that_python_computes(record: Record) -> None:
    data: dict[str, Any] = map_views.views(record, ENGLISH)
    for number, day in enumerate(positions.event_days(record)):
        view = world_map.day_view(record, ENGLISH, day)
        looked_up = {}
        for code, changes in data["changes"].items():
            last = [item for item in changes if item[0] <= number]
            if last:
                style, ring, label = last[-1][1:]
                looked_up[code] = (data["styles"][style], bool(ring), data["labels"][label])
        assert looked_up == {
            code: (mark.style, mark.is_ringed, mark.label) for code, mark in view.marks.items()
        }, day
        assert data["dayLegends"][number] == [list(item) for item in view.legend]


def test_the_head_of_a_column_without_a_session_says_what_the_text_is(record: Record) -> None:
    (page,) = matrix.make_pages(record, ENGLISH)
    heads = {item["id"]: item["short"] for item in page.context["columns"]}
    assert len(set(heads.values())) == len(heads)
    for name, head in heads.items():
        row = record.statements[name]
        kind = row["session"] or row["statement_type"].replace("_", " ")
        assert f" {kind}, " in head, head


def test_a_state_on_hong_kong_alone_is_not_named_on_xinjiang(record: Record) -> None:
    rows = {row["code"]: row for row in countries.country_rows(record)}
    alone = {
        code
        for code, items in record.by_country.items()
        if not any(positions.is_on_xinjiang(record, item["statement_id"]) for item in items)
    }
    assert alone
    marks = world_map.day_view(record, ENGLISH, positions.last_moment(record)).marks
    for code in alone:
        if not positions.side_periods(record, code):
            assert rows[code]["side"] == countries.NOT_NAMED and code not in marks


def test_kinds_that_never_count_colour_nothing(record: Record) -> None:
    assert not set(positions.OTHER_KINDS) & {
        item.kind for item in positions.record_positions(record)
    }
    assert set(positions.FORMAL_KINDS) == {"sponsored", "aligned", "declared_after_vote"}


def test_the_estimates_of_the_front_page_are_one_measure_and_none_is_weak(record: Record) -> None:
    rows = figure_panels.headline_figures(record)
    assert len(rows) > 5
    assert {(row["quantity_type"], row["measure"], row["unit"]) for row in rows} == {
        ("stock", "persons_detained", "persons")
    }
    assert {row["area_id"] for row in rows} == {"xinjiang"}
    assert not [row for row in rows if figure_panels.is_weak(record, row)]


def test_no_chart_mixes_measures_and_no_word_is_scientific(record: Record) -> None:
    for panel in figure_panels.panels(record):
        if not figure_panels.sort_figures(panel.figures):
            continue
        drawn = chart.draw(record, panel, ENGLISH)
        assert "e+" not in drawn.body and "e+" not in drawn.label, panel.id
        assert len({(row["measure"], row["unit"]) for row in panel.figures}) == 1


def test_the_steps_between_full_rosters_are_those_of_the_signatories(record: Record) -> None:
    steps = positions.roster_steps(record)
    assert len(steps) > 5
    for step in steps:
        names = (step.before, step.after)
        assert {record.statements[name]["roster_status"] for name in names} == {"complete"}
        assert len({record.statements[name]["stance"] for name in names}) == 1
        then, now = (
            {
                row["country_iso3"]
                for row in record.signatories[name]
                if row["country_iso3"] and not row["withdrew_edtf"]
            }
            for name in names
        )
        assert (set(step.stayed), set(step.came), set(step.went)) == (
            then & now,
            now - then,
            then - now,
        )


def test_the_table_of_a_picture_has_what_the_picture_shows(record: Record) -> None:
    views = {"pair": world_map.roster_view(record, ENGLISH, positions.latest_pair(record))}
    tables = picture_tables.tables(record, views)
    rows = list(csv.DictReader(tables["maps/pair.csv"].decode().splitlines()))
    assert {row["country_iso3"]: row["class"] for row in rows} == {
        code: mark.style for code, mark in views["pair"].marks.items()
    }
    bars = list(csv.DictReader(tables["charts/sides-over-time.csv"].decode().splitlines()))
    for row in bars:
        statement = record.statements[row["statement_id"]]
        assert row["named_count"] == str(statement["named_count"])
        if statement["declared_count"]:
            assert row["declared_count"] == str(statement["declared_count"])
    estimates = list(csv.DictReader(tables["charts/estimates.csv"].decode().splitlines()))
    assert [row["figure_id"] for row in estimates] == [
        row["figure_id"]
        for row in figure_panels.sort_figures(figure_panels.headline_figures(record))
    ]
