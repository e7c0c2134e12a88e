"""Questions: one call and one SQL view give one answer, and docs/questions.md shows it."""

from __future__ import annotations

import runpy
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

import xinjiang_record as xr
from xinjiang_record import rosters
from xinjiang_record.errors import UsageError
from xinjiang_record.pipeline import run
from xinjiang_record.settings import Project
from xinjiang_record.site import positions, release_data

PACKAGES = ("joint-statements", "detention-figures", "responses")
DAYS = ("2018-11-14", "2018-11-15", "2019-07-17", "2019-07-18", "2021-06-24", "2021-06-25",
        "2022-10-06", "2022-10-07", "2023-10-29", "2023-10-30", "2026-11-26")  # fmt: skip


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """Releases of the real rows."""
    place = tmp_path_factory.mktemp("record")
    for name in ("raw", "schemas"):
        shutil.copytree(root / name, place / name, ignore=shutil.ignore_patterns("snapshots"))
    for package in PACKAGES:
        assert run.run_package(Project(place), package).status == "published"
    return place / "published"


def ask(base: Path, package: str, sql: str, *values: str) -> list[tuple[Any, ...]]:
    (path,) = (base / package / "latest" / "downloads").glob("*.sqlite")
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return connection.execute(sql, values).fetchall()
    finally:
        connection.close()


def rows(frame: Any, *columns: str) -> list[tuple[Any, ...]]:
    found = frame[list(columns)].astype(object)
    return [tuple(row) for row in found.where(found.notna(), None).itertuples(index=False)]


@pytest.mark.parametrize("day", DAYS)
def test_who_took_which_side_on_a_day(base: Path, day: str) -> None:
    columns = ("country_iso3", "side", "statement_id", "position_kind")
    answer = rows(xr.sides(day, base=base), *columns)
    sql = (
        f"SELECT {', '.join(columns)} FROM side_periods WHERE from_on <= ? "
        "AND (until_on IS NULL OR until_on > ?) AND side IS NOT NULL ORDER BY country_iso3"
    )
    assert answer == ask(base, "joint-statements", sql, day, day)


def test_a_side_is_that_of_the_day_and_not_of_today(base: Path) -> None:
    def side(day: str, country: str) -> dict[str, Any]:
        found = xr.sides(day, base=base)
        return {row[0]: row[1] for row in rows(found, "country_iso3", "side")}.get(country)

    assert side("2019-07-17", "QAT") == "supportive"
    assert side("2019-07-18", "QAT") is None
    assert side("2022-10-05", "SOM") == "supportive"
    assert side("2022-10-06", "SOM") == "critical"
    assert side("2021-06-24", "UKR") == "critical"  # its withdrawal is certain on the 25th only
    assert side("2021-06-25", "UKR") is None
    assert side("2022-10-07", "UKR") == "critical"


def test_kinds_are_chosen_among_those_that_count(base: Path) -> None:
    votes = xr.sides("2026-01-01", kinds=rosters.VOTE_KINDS, base=base)["side"].value_counts()
    assert votes.to_dict() == {"supportive": 19, "critical": 17}
    with pytest.raises(UsageError, match="derived, spoke"):
        xr.sides("2026-01-01", kinds=["spoke", "derived", "signed"], base=base)
    with pytest.raises(UsageError, match="2021-02-30"):
        xr.sides("2021-02-30", base=base)


def test_the_roster_of_a_text_is_that_of_the_client_on_each_day(base: Path) -> None:
    statement = "2019-07-12-hrc41-supportive"
    for day in ("2019-07-17", "2019-07-18", "2019-07-25", "2019-07-26"):
        on_list = set(xr.roster(statement, as_of=day, base=base)["country_iso3"])
        kinds = xr.sides(day, kinds=rosters.SIGNING_KINDS, base=base)
        assert on_list == set(kinds[kinds["statement_id"] == statement]["country_iso3"])


VIEWS = {
    "changed_sides": (
        lambda base: xr.changed_sides(base=base),
        "joint-statements",
        ("country_iso3", "position_number", "side", "previous_side", "statement_id"),
        "",
    ),
    "signed_everything": (
        lambda base: xr.signed_everything("critical", base=base),
        "joint-statements",
        ("country_iso3", "signed_count", "text_count"),
        "WHERE side = 'critical'",
    ),
    "state_timeline": (
        lambda base: xr.timeline("KWT", base=base),
        "joint-statements",
        ("event_edtf", "side", "statement_id", "source_id"),
        "WHERE country_iso3 = 'KWT'",
    ),
    "claims_and_names": (
        lambda base: xr.claims(base=base),
        "joint-statements",
        ("claim_id", "counts", "qualifier", "claimed_count", "named_count", "residual_count"),
        "",
    ),
    "figure_revisions": (
        lambda base: xr.revisions("persons_detained", base=base),
        "detention-figures",
        ("figure_id", "value_low", "value_high", "as_of_edtf", "link_type", "to_figure_id"),
        "WHERE measure = 'persons_detained'",
    ),
    "votes_on_motions": (
        lambda base: xr.votes_on_motions(base=base),
        "responses",
        ("event_id", "happened_edtf", "vote_on", "for_means", "votes_for", "votes_against"),
        "",
    ),
}


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_and_a_call_give_one_answer(base: Path, view: str) -> None:
    call, package, columns, where = VIEWS[view]
    answer = rows(call(base), *columns)
    assert len(answer) > 2
    found = ask(base, package, f'SELECT {", ".join(columns)} FROM "{view}" {where}')
    assert sorted(map(str, answer)) == sorted(map(str, found))


def test_totals_in_two_units_are_two_series(base: Path) -> None:
    sql = "SELECT count_unit, total_count FROM list_totals WHERE total_count IS NOT NULL"
    found = ask(base, "responses", sql)
    assert [total for unit, total in found if unit == "entries"] == [24, 30]
    assert [total for unit, total in found if unit == "entities"] == [68, 75, 107, 144]


def test_the_site_takes_the_same_side_on_every_day_of_change(base: Path) -> None:
    record = release_data.load(base)
    days = positions.event_days(record)
    assert len(days) > 20
    for day in days:
        on_site = {
            code: (item.side, item.last.statement_id)
            for code, item in positions.sides_on(record, day).items()
            if item.side != "withdrew"
        }
        answer = rows(xr.sides(day, base=base), "country_iso3", "side", "statement_id")
        assert on_site == {code: (side, statement) for code, side, statement in answer}, day


def test_what_is_asked_wrongly_is_said(base: Path) -> None:
    with pytest.raises(UsageError, match="critical or supportive"):
        xr.signed_everything("neither", base=base)
    with pytest.raises(UsageError, match="XKX"):
        xr.timeline("XKX", base=base)
    with pytest.raises(UsageError, match="persons"):
        xr.revisions("persons", base=base)
    assert xr.timeline("CHE", base=base).attrs["version"] == "1.0.0"


def test_the_page_shows_these_answers(base: Path, root: Path) -> None:
    page = runpy.run_path(str(root / "docs/make_questions.py"))["render"](base)
    assert (root / "docs/questions.md").read_text("utf-8") == page, "run: make docs"


def test_answers_come_in_three_kinds_with_the_types_of_the_tables(base: Path) -> None:
    asked = {
        "sides": lambda kind: xr.sides("2021-07-01", base=base, as_=kind),
        "revisions": lambda kind: xr.revisions("formal_sentences", base=base, as_=kind),
        "signed_everything": lambda kind: xr.signed_everything("critical", base=base, as_=kind),
    }
    for name, ask_in in asked.items():
        arrow, polars, pandas = (ask_in(kind) for kind in ("arrow", "polars", "pandas"))
        assert arrow.to_pylist() == polars.to_dicts() != [], name
        assert rows(pandas, *arrow.column_names) == [
            tuple(row.values()) for row in polars.to_dicts()
        ]
    figures = xr.load("detention-figures", "figures", base=base, as_="arrow")
    answer = asked["revisions"]("arrow")
    for field in answer.schema:
        if field.name in figures.column_names:
            assert field.type == figures.schema.field(field.name).type
    assert xr.revisions("formal_sentences", base=base).attrs["table"] == "figures"
