"""The map and the chart.

Who is on them, by which class, and that a flow is never next to a stock.
"""

from __future__ import annotations

import inspect
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest
from lxml import etree

from xinjiang_record.errors import UsageError
from xinjiang_record.site import build, positions
from xinjiang_record.site.graphics import (
    changes_strip,
    chart,
    chart_axis,
    country_shapes,
    drawing,
    figure_panels,
    sides_chart,
    svg_to_png,
    world_map,
)
from xinjiang_record.site.graphics.figure_words import figure_value
from xinjiang_record.site.pages import data
from xinjiang_record.site.release_data import Record, load
from xinjiang_record.site.translate import ENGLISH

A, B, C, V = (
    "2019-07-08-hrc41-critical",
    "2019-07-12-hrc41-supportive",
    "2022-06-14-hrc50-critical",
    "2022-10-06-hrc51-vote-l6",
)
SMALL = [
    "NRU",
    "TUV",
    "PLW",
    "SMR",
    "LIE",
    "MCO",
    "MHL",
    "KIR",
    "FSM",
    "MDV",
    "SYC",
    "GRD",
    "ATG",
    "DMA",
    "BHR",
    "COM",
    "PSE",
    "VAT",
    "SGP",
    "AND",
    "MLT",
    "BRB",
    "VCT",
    "LCA",
    "KNA",
    "TON",
    "WSM",
    "VUT",
    "CPV",
    "STP",
    "MUS",
]


@pytest.fixture(scope="module")
def record(published: Path) -> Record:
    return load(published)


def test_every_small_state_has_a_dot_on_the_map() -> None:
    countries = country_shapes.load()["countries"]
    assert [code for code in SMALL if not countries[code]["is_small"]] == []
    width, height = country_shapes.load()["width"], country_shapes.load()["height"]
    assert all(0 <= item["x"] <= width and 0 <= item["y"] <= height for item in countries.values())
    assert not countries["AUS"]["is_small"] and countries["RUS"]["path"]


def test_no_shape_runs_across_the_whole_map() -> None:
    for code, item in country_shapes.load()["countries"].items():
        for ring in item["path"].split("M")[1:]:
            steps = [
                abs(float(pair.split(",")[0])) for pair in ring.rstrip("z").split("l")[1].split()
            ]
            assert max(steps, default=0) < 300, code


def test_a_pair_of_statements(record: Record) -> None:
    view = world_map.roster_view(record, ENGLISH, [A, B])
    sides = {code: mark.style for code, mark in view.marks.items()}
    assert sides == {
        "CAN": "critical",
        "FRA": "critical",
        "ITA": "critical",
        "PSE": "supportive",
        "QAT": "withdrew",
        "RUS": "supportive",
        "SOM": "supportive",
    }
    words = "Critical of China’s policy: 3 named, 1 of them joined later"
    assert ("critical", words) in view.legend
    assert "July 2019" in view.title


def test_declared_signatories_that_nobody_names_are_in_the_legend(record: Record) -> None:
    row = {**record.statements[B], "declared_count": 9, "residual_count": 5}
    legend = world_map._roster_legend(
        record, ENGLISH, row, positions.roster_positions(record, B), date.max, {}
    )
    assert ("unnamed supportive", "9 declared, 5 of them not named by any source") in legend


def test_a_roster_on_a_day(record: Record) -> None:
    early = world_map.roster_view(record, ENGLISH, [A, B], date(2019, 7, 15))
    assert early.marks["QAT"].style == "supportive"
    assert "ITA" not in world_map.roster_view(record, ENGLISH, [A], date(2019, 7, 11)).marks


def test_a_state_that_changed_sides_has_a_ring(record: Record) -> None:
    found = positions.sides_on(record, date(2023, 1, 1))
    assert (found["SOM"].side, found["SOM"].earlier) == ("critical", "supportive")
    assert found["QAT"].side == "supportive"  # by its vote; the letter it left does not count
    assert found["ITA"].side == "critical"  # an abstention is no side
    view = world_map.day_view(record, ENGLISH, date(2023, 1, 1))
    assert [code for code, mark in view.marks.items() if mark.is_ringed] == ["SOM"]


def test_a_position_older_than_24_months_has_the_lighter_class(record: Record) -> None:
    at = {
        year: world_map.day_view(record, ENGLISH, date(year, 7, 1)).marks["RUS"].style
        for year in (2020, 2021, 2022)
    }
    assert at == {2020: "supportive", 2021: "supportive", 2022: "supportive old"}


def test_the_periods_of_a_state_make_its_sentence(record: Record) -> None:
    assert changes_strip.summary(record, ENGLISH, "SOM") == (
        "Critical, named on 14 June 2022; before that supportive, July 2019"
    )
    assert changes_strip.changed_countries(record) == ["QAT", "SOM"]
    assert changes_strip.summary(record, ENGLISH, "QAT") == (
        "Supportive, named on 6 October 2022. "
        "Signed as supportive on 12 July 2019, withdrew on 18 July 2019"
    )


def test_the_map_is_an_svg_with_xinjiang_disputed_areas_and_a_legend(record: Record) -> None:
    view = world_map.day_view(record, ENGLISH, date(2023, 1, 1))
    text = build.map_file(record, view)
    root = etree.fromstring(text.encode())
    keys = [node.text for node in root.iter("{*}text") if node.get("class") == "key"]
    assert keys[0] == "Critical of China’s policy, named in the 24 months before: 4"
    assert root.tag.endswith("svg")
    assert "Xinjiang" in text and "url(#hatch)" in text
    disputed = [node for node in root.iter("{*}path") if node.get("class") == "disputed"]
    names = {title.text.removesuffix(": status disputed") for node in disputed for title in node}
    assert names == {item["name"] for item in country_shapes.load()["disputed"]}
    wanted = {"Crimea", "Kashmir and Aksai Chin", "Western Sahara", "Abkhazia", "Transnistria"}
    assert wanted <= names and "Crimea" in " ".join(view.notes)
    assert text == build.map_file(record, world_map.day_view(record, ENGLISH, date(2023, 1, 1)))
    draw = inspect.unwrap(svg_to_png.to_png)  # each time anew
    assert draw(text, 0.5) == draw(text, 0.5)


def test_an_unknown_statement_is_named_with_those_there_are(record: Record) -> None:
    with pytest.raises(UsageError, match="2019-07-08-hrc41-critical"):
        world_map.roster_view(record, ENGLISH, ["2030-01-01-nothing"])


def test_counterparts_pairs_and_previous(record: Record) -> None:
    assert positions.counterparts(record, A) == [B]
    assert positions.latest_pair(record) == [A, B]
    assert positions.previous_statement(record, C) == A
    assert positions.previous_statement(record, A) is None
    assert positions.counterparts(record, V) == []


def test_a_chart_has_one_type_measure_unit_and_level(record: Record) -> None:
    for panel in figure_panels.panels(record):
        found = {(row["quantity_type"], row["measure"], row["unit"]) for row in panel.figures}
        assert found == {(panel.quantity_type, panel.measure, panel.unit)}
    stock = figure_panels.choose_panels(record, "stock")[0]
    drawn = chart.draw(record, stock, ENGLISH)
    shown = {row["figure_id"] for row in figure_panels.sort_figures(stock.figures)}
    assert shown == {"F001", "F002", "F003"}  # no flow, no share, nothing without a number
    assert drawn.body.count('class="row"') == 3
    with pytest.raises(UsageError, match="stock"):
        figure_panels.choose_panels(record, "stock and flow")


@pytest.mark.parametrize(
    "values",
    [[1.0, 350.0], [1e6, 3e6], [0.03, 0.9], [100.0, 800.0], [1e4, 3e6], [2.0, 2.0], [-20.0, 60.0]],
)
def test_an_axis_holds_its_values_and_has_plain_ticks(values: list[float]) -> None:
    axis = chart_axis.fit_axis(values)
    assert all(0 <= axis.at(value) <= 100 for value in values)
    assert 2 <= len(axis.ticks) <= 8
    assert not [tick for tick in axis.ticks if "e" in ENGLISH.count(tick)]
    assert list(axis.ticks) == sorted(axis.ticks)


@pytest.mark.parametrize("values", [[0.9, 1.0], [0.0003, 0.98], [0.96, 0.99], [1.2]])
def test_the_axis_of_a_share_ends_at_the_whole(values: list[float]) -> None:
    axis = chart_axis.fit_axis(values, 1.0)
    assert max(values) <= axis.high and axis.ticks[-1] <= axis.high <= max(1.0, 2 * values[-1])
    assert axis.high <= 1.0 or values == [1.2]  # what cannot be is drawn all the same
    assert all(0 <= axis.at(value) <= 100 for value in values)


def test_a_range_with_one_number_and_a_contradiction_are_no_plain_numbers(record: Record) -> None:
    row = next(iter(record.rows("detention-figures", "figures")))
    only_high = {**row, "value_low": None, "value_high": 1e6, "value_point": None}
    open_range = {**only_high, "qualifier": "range_open"}
    assert figure_value(open_range) == "up to 1,000,000 or more"
    assert figure_value({**only_high, "qualifier": "conflict"}) == "1,000,000 (conflict)"
    panel = figure_panels.Panel("stock", "m", row["unit"], "autonomous_region", [open_range])
    arrows = chart.draw(record, panel, ENGLISH).body.count('class="arrow"')
    assert arrows == 2  # neither end is a number that the source gives as an end


def test_an_order_can_be_chosen(record: Record) -> None:
    stock = figure_panels.choose_panels(record, "stock")[0]
    by_value = [row["figure_id"] for row in figure_panels.sort_figures(stock.figures, "value")]
    assert by_value == ["F001", "F002", "F003"]
    weak = figure_panels.sort_figures(stock.figures, "value", {"F001"})
    assert [row["figure_id"] for row in weak] == ["F002", "F003", "F001"]
    by_time = [row["figure_id"] for row in figure_panels.sort_figures(stock.figures, "reference")]
    assert by_time == ["F001", "F003", "F002"]
    body = chart.draw(record, stock, ENGLISH, "value").body
    assert body.index("3,000,000") < body.index("more than 1,000,000") < body.index(">12,000<")


def test_the_words_of_a_file_lie_inside_it(record: Record) -> None:
    stock = figure_panels.choose_panels(record, "stock")[0]
    sides = sides_chart.draw(record, ENGLISH, positions.event_days(record))
    for drawn in (chart.draw(record, stock, ENGLISH), sides):
        root = etree.fromstring(drawing.as_file(drawn, "Source: a test.").encode())
        width = float(root.get("width") or 0)
        for node in root.iter("{*}text"):
            if node.get("class") in {"title", "sub", "key"}:
                size = 19 if node.get("class") == "title" else 12
                used = float(node.get("x") or 0) + len(node.text or "") * size * drawing.LETTER
                assert used <= width, node.text


def test_values_in_words_keep_their_qualifier(record: Record) -> None:
    words = {
        row["figure_id"]: figure_value(row) for row in record.rows("detention-figures", "figures")
    }
    assert words["F001"] == "1,000,000 to 3,000,000"
    assert words["F002"] == "more than 1,000,000"
    assert words["F005"] == "nearly 10%"
    assert words["F006"] == "no number given"


def test_words() -> None:
    assert ENGLISH.day(date(2019, 7, 8)) == "8 July 2019"
    assert (
        ENGLISH.edtf("2019-07") == "July 2019"
        and ENGLISH.edtf("../2021-06-28") == "by 28 June 2021"
    )
    assert ENGLISH.edtf("2021-06-24/2021-06-25") == "between 24 June 2021 and 25 June 2021"
    assert ENGLISH.number(1288000.0) == "1,288,000"


@pytest.mark.parametrize("name", ["pandas", "DuckDB", "JavaScript (Node.js)", "R"])
def test_each_snippet_runs_as_it_stands(record: Record, name: str) -> None:
    for release in record.releases.values():
        code = dict(data.code_snippets(release))[name]
        runner = {
            "pandas": [sys.executable, "-c"],
            "JavaScript (Node.js)": ["node", "-e"],
            "R": ["Rscript", "-e"],
        }.get(name)
        if runner is None:
            folder = f"'{release.path}/"
            assert duckdb.sql(code.replace("'", folder, 1)).fetchall()
            continue
        if not shutil.which(runner[0]):
            pytest.skip(f"{runner[0]} is not installed (Debian: nodejs, r-base-core); CI has both")
        done = subprocess.run(
            [*runner, code], cwd=release.path, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        if name == "pandas":
            break  # one start of pandas is enough: the code differs by the table's name alone


def test_no_words_of_a_row_are_cut(record: Record) -> None:
    panel = figure_panels.choose_panels(record, "stock")[0]
    said = ("US Holocaust Memorial Museum (Simon-Skjodt Center)", "x" * 80, None)
    rows = [{**row, "publisher": name} for row, name in zip(panel.figures, said, strict=False)]
    panel = figure_panels.Panel(panel.quantity_type, panel.measure, panel.unit, panel.level, rows)
    heights = []
    for width in (chart.PHONE, chart.WIDE):
        drawn = chart.draw(record, panel, ENGLISH, width=width)
        root = etree.fromstring(f"<svg>{drawn.body}</svg>".encode())
        lines = [node.text or "" for node in root.iter("tspan") if node.get("class") == "row-text"]
        assert all(drawing.measure(line, chart.TEXT_SIZE) <= width for line in lines)
        words = "".join(lines).replace(" ", "")
        assert all(name.replace(" ", "") in words for name in said if name), lines
        heights.append(drawn.height)
    assert heights[0] > heights[1]  # the rows of a wide drawing need one line
