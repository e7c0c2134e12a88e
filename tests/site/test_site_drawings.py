"""The map and the chart: who is on them, how they are told apart, and that a flow never stands beside a stock."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from xinjiang_record.errors import UsageError
from xinjiang_record.site import positions
from xinjiang_record.site.graphics import chart, country_shapes, svg_to_png, world_map
from xinjiang_record.site.pages import data
from xinjiang_record.site.release_data import Record, load
from xinjiang_record.site.template_filters import day_words, edtf_words, number_words, plural

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
    figure = world_map.statements_figure(record, [A, B])
    sides = {code: mark.style for code, mark in figure.marks.items()}
    assert sides == {
        "CAN": "critical",
        "FRA": "critical",
        "ITA": "critical",
        "PSE": "supportive",
        "QAT": "withdrew",
        "RUS": "supportive",
        "SOM": "supportive",
    }
    assert (
        "critical",
        "Critical of China’s policy: 3 (2 of the first signatories, 1 joined later)",
    ) in figure.legend
    assert "July 2019" in figure.title


def test_a_roster_as_of_a_day(record: Record) -> None:
    early = world_map.statements_figure(record, [A, B], date(2019, 7, 15))
    assert early.marks["QAT"].style == "supportive"
    assert "ITA" not in world_map.statements_figure(record, [A], date(2019, 7, 11)).marks


def test_a_state_that_changed_sides_is_ringed(record: Record) -> None:
    found = positions.standings(record, date(2025, 1, 1))
    assert (found["SOM"].side, found["SOM"].earlier) == ("critical", "supportive")
    assert found["QAT"].side == "supportive"  # by its vote; the letter it left does not count
    assert found["ITA"].side == "critical"  # an abstention is no side
    figure = world_map.as_of_figure(record, date(2025, 1, 1))
    assert [code for code, mark in figure.marks.items() if mark.ringed] == ["SOM"]


def test_the_map_is_a_whole_svg_with_xinjiang_and_a_legend(record: Record) -> None:
    text = world_map.draw(world_map.as_of_figure(record, date(2025, 1, 1)))
    root = etree.fromstring(text.encode())
    keys = [node.text for node in root.iter("{*}text") if node.get("class") == "key"]
    assert keys[:2] == ["Critical of China’s policy: 5", "Supportive of China’s policy: 3"]
    assert root.tag.endswith("svg")
    assert "Xinjiang" in text and "url(#hatch)" in text
    assert text == world_map.draw(world_map.as_of_figure(record, date(2025, 1, 1)))
    assert svg_to_png.render(text, 0.5) == svg_to_png.render(text, 0.5)


def test_an_unknown_statement_is_named_with_those_there_are(record: Record) -> None:
    with pytest.raises(UsageError, match="2019-07-08-hrc41-critical"):
        world_map.statements_figure(record, ["2030-01-01-nothing"])


def test_counterparts_and_previous(record: Record) -> None:
    assert positions.counterparts(record, A) == [B]
    assert positions.previous(record, C) == A
    assert positions.previous(record, A) is None and positions.counterparts(record, V) == []


def test_one_quantity_type_and_unit_a_chart(record: Record) -> None:
    spec = chart.spec(record, "stock")
    drawn = {row["id"] for row in spec["datasets"]["figures"]}
    assert drawn == {"F001", "F002", "F003"}  # no flow, no share, nothing without a number
    kinds = {
        row["figure_id"]: row["quantity_type"]
        for row in record.rows("detention-figures", "figures")
    }
    for quantity_type, unit in chart.groups(record):
        assert {kinds[row["figure_id"]] for row in chart.choose(record, quantity_type, unit)} == {
            quantity_type
        }
    with pytest.raises(UsageError, match="stock"):
        chart.spec(record, "stock and flow")


def test_the_spec_is_vega_lite(record: Record) -> None:
    import altair

    altair.HConcatChart.from_dict(chart.spec(record, "stock"))


def test_the_same_chart_twice_is_the_same(record: Record) -> None:
    assert chart.draw(record, "stock") == chart.draw(record, "stock")


def test_values_in_words_keep_their_qualifier(record: Record) -> None:
    words = {
        row["figure_id"]: chart.figure_value(row)
        for row in record.rows("detention-figures", "figures")
    }
    assert words["F001"] == "1,000,000 to 3,000,000"
    assert words["F002"] == "more than 1,000,000"
    assert words["F005"] == "nearly 10%"
    assert words["F006"] == "no number given"


def test_words() -> None:
    assert day_words(date(2019, 7, 8)) == "8 July 2019"
    assert edtf_words("2019-07") == "July 2019" and edtf_words("../2021-06-28") == "by 28 June 2021"
    assert edtf_words("2021-06-24/2021-06-25") == "between 24 June 2021 and 25 June 2021"
    assert (
        number_words(1288000.0) == "1,288,000"
        and plural(1, "state") == "1 state"
        and plural(2, "state") == "2 states"
    )


@pytest.mark.parametrize("name", ["pandas", "DuckDB", "JavaScript (Node.js)", "R"])
def test_each_snippet_runs_as_it_stands(record: Record, name: str) -> None:
    import shutil as shell

    for release in record.releases.values():
        code = dict(data.snippets(release))[name]
        runner = {
            "pandas": [sys.executable, "-c"],
            "JavaScript (Node.js)": ["node", "-e"],
            "R": ["Rscript", "-e"],
        }.get(name)
        if runner is None:
            import duckdb

            folder = f"'{release.path}/"
            assert duckdb.sql(code.replace("'", folder, 1)).fetchall()
            continue
        if not shell.which(runner[0]):
            pytest.skip(f"{runner[0]} is not installed (Debian: nodejs, r-base-core); CI has both")
        done = subprocess.run(
            [*runner, code], cwd=release.path, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        if name == "pandas":
            break  # one start of pandas is enough: the code differs by the table's name alone
