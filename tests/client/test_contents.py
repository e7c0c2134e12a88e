"""What there is, what is found, one table as three kinds of frame, and SQL: real releases."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import xinjiang_record as xr
from xinjiang_record.errors import UsageError

LETTER = "2019-07-12-hrc41-supportive"


@pytest.fixture(scope="module")
def base(root: Path) -> Path:
    return root / "published"


def test_packages_and_tables(base: Path) -> None:
    packages = {item.name: item for item in xr.packages(base=base)}
    assert set(packages) == {"joint-statements", "detention-figures", "documents", "responses"}
    for name, package in packages.items():
        tables = {item.name: item for item in xr.tables(name, base=base)}
        assert package.row_count == sum(item.row_count for item in tables.values()) > 100
        assert package.versions[-1] == package.version and package.title
        assert {"sources", "evidence"} < set(tables)
        for table in tables.values():
            loaded = xr.load(name, table.name, base=base, as_="arrow")
            assert loaded.column_names == [column.name for column in table.columns]
            assert len(loaded) == table.row_count
    units = {c.name: c.unit for t in xr.tables("joint-statements", base=base) for c in t.columns}
    assert units["declared_count"] == "states"
    with pytest.raises(UsageError, match="Unknown package 'nothing'"):
        xr.tables("nothing", base=base)


@pytest.mark.parametrize(
    ("text", "table", "identifier"),
    [
        ("Qatar", "countries", "QAT"),
        ("Qatar", "statements", LETTER),
        ("Britain", "countries", "GBR"),
        ("USA", "countries", "USA"),
        ("瑙鲁", "countries", "NRU"),
        ("cote d'ivoire", "countries", "CIV"),
        ("Palestine", "countries", "PSE"),
        ("A/HRC/41/G/17", "statements", LETTER),
        ("July 2019", "statements", LETTER),
        ("疏附", "areas", "konasheher"),
        ("boarding", "measures", "children_in_boarding"),
    ],
)
def test_search_finds(base: Path, text: str, table: str, identifier: str) -> None:
    assert (table, identifier) in {(hit.table, hit.id) for hit in xr.search(text, base=base)}


def test_search_says_why_and_puts_states_first(base: Path) -> None:
    hits = xr.search("Qatar", base=base)
    assert (hits[0].table, hits[0].id, hits[0].title) == ("countries", "QAT", "Qatar")
    (letter,) = [hit for hit in hits if hit.id == LETTER]
    assert letter.why == "QAT signed 2019-07-12, withdrew 2019-07-18"
    near = xr.search("Qatr", base=base)
    assert [(hit.id, hit.why) for hit in near] == [("QAT", "a name like this")]
    both = [hit for hit in xr.search("Congo", base=base) if hit.table == "countries"]
    assert {hit.id for hit in both} == {"COD", "COG"}
    assert {hit.why for hit in both} == {"one of several states of this name"}


def test_search_matches_from_the_start_of_a_word(base: Path) -> None:
    assert all("thousands" not in hit.title for hit in xr.search("usands", base=base))
    for nothing in ("", "  ,", "qqqqqqq"):
        assert xr.search(nothing, base=base) == []


def test_one_table_in_three_kinds(base: Path) -> None:
    wanted = {"package": "joint-statements", "table": "statements", "columns": ["title", "body"]}
    arrow = xr.load(**wanted, base=base, as_="arrow")
    pandas, polars = (xr.load(**wanted, base=base, as_=kind) for kind in ("pandas", "polars"))
    rows = arrow.to_pylist()
    assert arrow.column_names == list(pandas.columns) == polars.columns == ["title", "body"]
    assert pandas.astype(object).to_dict("records") == polars.to_dicts() == rows
    assert json.loads(arrow.schema.metadata[b"xinjiang_record"]) == pandas.attrs
    assert pandas.attrs["version"] == polars_version(base)


def polars_version(base: Path) -> str:
    return str(xr.packages(base=base)[2].version)


@pytest.mark.parametrize("kind", ["pandas", "polars", "arrow"])
def test_a_roster_carries_what_is_known_of_the_list(base: Path, kind: str) -> None:
    for statement, status in ((LETTER, "complete"), ("2024-10-22-unga79-c3-supportive", "partial")):
        roster = xr.roster(statement, base=base, as_=kind)  # type: ignore[call-overload]
        columns = ("declared_count", "named_count", "roster_status")
        first = [next(iter(roster[name])) for name in columns]
        values = [getattr(value, "as_py", lambda value=value: value)() for value in first]
        assert values[2] == status
        assert values[0] > values[1] if status == "partial" else values[0] == values[1] == 37


def test_a_roster_without_rows_still_says_how_much_is_known(base: Path) -> None:
    roster = xr.roster(LETTER, as_of="2019-07-11", base=base)
    assert roster.empty
    assert roster.attrs["declared_count"] == 37 and roster.attrs["roster_status"] == "complete"
    assert len(xr.roster(LETTER, as_of="2019-07-20", base=base)) == 36


def test_positions_of_a_state_by_any_name(base: Path) -> None:
    by_code, by_name = xr.positions("CIV", base=base), xr.positions("Ivory Coast", base=base)
    assert by_code.equals(by_name) and by_name.attrs["country_iso3"] == "CIV"
    assert xr.positions("Vatican City", base=base).empty
    with pytest.raises(UsageError, match=r"'Congo' is ambiguous.*COD"):
        xr.positions("Congo", base=base)
    with pytest.raises(UsageError, match=r"'Qatr' is unknown.*QAT"):
        xr.positions("Qatr", base=base)


def test_figures_by_measure_and_area(base: Path) -> None:
    chosen = xr.figures(measure="persons_detained", area="xinjiang", base=base)
    everything = xr.figures(base=base)
    assert 0 < len(chosen) < len(everything) == 190
    assert set(chosen["measure"]) == {"persons_detained"} and set(chosen["area_id"]) == {"xinjiang"}
    assert {"qualifier", "quantity_type", "publisher"} < set(chosen.columns)
    with pytest.raises(UsageError, match="expected one of the table measures, got 'x'"):
        xr.figures(measure="x", base=base)
    with pytest.raises(UsageError, match="expected one of the table areas, got 'x'"):
        xr.figures(area="x", base=base)


def test_what_is_asked_wrongly(base: Path) -> None:
    with pytest.raises(UsageError, match=r"has no 'nothing'\. There are: statement_id"):
        xr.load("joint-statements", "statements", columns=["title", "nothing"], base=base)
    with pytest.raises(UsageError, match="has no 'nothing'"):
        xr.load("joint-statements", "statements", columns=["nothing"], as_of="2020-01-01",
                base=base)  # fmt: skip
    with pytest.raises(UsageError, match="as_: expected pandas, polars or arrow, got 'excel'"):
        xr.load("joint-statements", "statements", as_="excel", base=base)  # type: ignore[call-overload]
    for missing in (base / "nothing", "http://127.0.0.1:9"):
        with pytest.raises(Exception, match="base="):
            xr.load("joint-statements", "statements", base=missing)


def test_sql_over_all_tables(base: Path) -> None:
    sides = xr.sql("SELECT side, count(*) AS n FROM positions GROUP BY side", base=base)
    loaded = xr.load("joint-statements", "positions", base=base)
    assert dict(zip(sides["side"], sides["n"], strict=True)) == (
        loaded["side"].value_counts().to_dict()
    )
    assert sides.attrs["versions"] == {"joint-statements": loaded.attrs["version"]}
    across = xr.sql(
        "WITH s AS (SELECT * FROM responses.sources) "
        "SELECT count(*) AS n FROM s JOIN joint_statements.sources USING (url)",
        base=base, as_="arrow",
    )  # fmt: skip
    assert across["n"].to_pylist()[0] > 0


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT * FROM sources", "several packages have a table 'sources'"),
        ("SELECT 1; SELECT 2", "expected one SELECT statement, got SELECT, SELECT"),
        ("", "expected one SELECT statement, got nothing"),
        ("CREATE TABLE x (y INT)", "got CREATE"),
        ("COPY (SELECT 1) TO 'x.csv'", "got COPY"),
        ("ATTACH 'x.db'", "got ATTACH"),
        ("SET enable_external_access = true", "got SET"),
        ("SELECT * FROM read_csv('/etc/hostname')", "disabled by configuration"),
        ("SELECT * FROM '/etc/hostname'", "query: "),
        ("SELECT * FROM hidden", "hidden does not exist"),
        ("SELECT nothing FROM positions", '"nothing" not found'),
    ],
)
def test_sql_reads_tables_and_nothing_else(base: Path, query: str, words: str) -> None:
    hidden = xr.load("documents", "terms", base=base)  # a frame that DuckDB could find by its name
    assert not hidden.empty
    with pytest.raises(UsageError, match=words):
        xr.sql(query, base=base)


@pytest.mark.slow
def test_the_types_are_those_that_a_type_checker_sees(tmp_path: Path, root: Path) -> None:
    """Every kind of frame has its own type."""
    script = tmp_path / "script.py"
    script.write_text(
        "import xinjiang_record as xr\n"
        "reveal_type(xr.roster('x', as_='polars'))\n"
        "reveal_type(xr.load('a', 'b', columns=['c'], base='x', as_='polars'))\n"
        "reveal_type(xr.search('Qatar')[0].title)\n"
        "xr.roster('x', as_='excel')\n"
        "xr.load('a', 'b', nothing=1)\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--ignore-missing-imports", script],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.count('Revealed type is "polars.dataframe.frame.DataFrame"') == 2, done
    assert 'Revealed type is "str"' in done.stdout
    assert done.stdout.count("No overload variant") == 2, done.stdout
