"""The spreadsheet and the SQLite file hold the same rows, typed, and say what they are."""

from __future__ import annotations

import asyncio
import datetime as dt
import shutil
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from xinjiang_record.model import Candidate
from xinjiang_record.release import publish
from xinjiang_record.release.download_formats.sqlite_file import quote_name
from xinjiang_record.release.integrity.verify import verify
from xinjiang_record.release.metadata import release_info


@pytest.fixture
def folder(published_once: Path) -> Path:
    return published_once / "made-up" / "1.2.0"


def test_the_spreadsheet(folder: Path, make: Callable[[int], Candidate]) -> None:
    import openpyxl

    book = openpyxl.load_workbook(folder / "downloads/made-up-1.2.0.xlsx")
    assert book.sheetnames == ["About", "things", "sources"]
    about = {row[0]: row[1] for row in book["About"].iter_rows(values_only=True)}
    assert about["version"] == "1.2.0"
    assert "Things that are made up (version 1.2.0)" in about["how to cite"]
    sheet = book["things"]
    assert sheet.freeze_panes == "A2"
    header, *rows = sheet.iter_rows(values_only=True)
    table = make(1).tables["things"]
    assert list(header) == table.column_names
    for row, wanted in zip(rows, table.to_pylist(), strict=True):
        seen = {**dict(zip(header, row, strict=True)), "seen_on": row[5].date()}
        assert {k: v for k, v in seen.items() if k != "name"} == pytest.approx(
            {k: v for k, v in wanted.items() if k != "name"}
        )
        assert isinstance(row[5], dt.datetime) and (row[4] is None or isinstance(row[4], bool))
    names = [row[1] for row in rows]
    assert "=1+1" in names and "NA" in names and "新疆" in names
    assert {cell.data_type for cell in sheet["B"]} <= {"s", "n", "inlineStr"}, (
        "no cell is a formula"
    )


def test_the_sqlite_file(folder: Path, make: Callable[[int], Candidate]) -> None:
    connection = sqlite3.connect(
        f"file:{folder / 'downloads/made-up-1.2.0.sqlite'}?mode=ro", uri=True
    )
    try:
        things = connection.execute("select * from things order by thing_id").fetchall()
        wanted = [
            tuple(
                int(v) if isinstance(v, bool) else v.isoformat() if isinstance(v, dt.date) else v
                for v in row.values()
            )
            for row in make(1).tables["things"].to_pylist()
        ]
        assert things == wanted
        assert connection.execute("pragma foreign_key_list(things)").fetchall()[0][2:5] == (
            "sources",
            "source_id",
            "source_id",
        )
        assert connection.execute("pragma foreign_key_check").fetchall() == []
        assert [row[5] for row in connection.execute("pragma table_info(things)")] == [
            1,
            0,
            0,
            0,
            0,
            0,
            0,
        ]
        assert dict(connection.execute("select * from _about"))["version"] == "1.2.0"
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
    finally:
        connection.close()


def test_datasette_opens_it(folder: Path, tmp_path: Path) -> None:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from datasette.app import Datasette

        copy = shutil.copy(folder / "downloads/made-up-1.2.0.sqlite", tmp_path / "made.sqlite")

        async def ask() -> dict[str, object]:
            answer = await Datasette([str(copy)]).client.get(
                "/made/things.json?_shape=objects&_size=1"
            )
            value: dict[str, object] = answer.json()
            return value

        # In a thread of its own: a browser test of the same worker may leave an event loop behind.
        with ThreadPoolExecutor(1) as thread:
            answer = thread.submit(asyncio.run, ask()).result()
        assert answer["rows"][0]["thing_id"] == "t-000"  # type: ignore[index]


def test_a_large_package_has_none(
    make: Callable[[int], Candidate], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release_info, "DOWNLOAD_ROWS", 20)
    publish(make(0), tmp_path)
    assert not (tmp_path / "made-up/1.0.0/downloads").exists()
    assert verify(tmp_path) == []


def test_any_name_is_one_sql_identifier() -> None:
    """A quote in the name of a table or field does not end the identifier."""
    connection = sqlite3.connect(":memory:")
    for name in ('a"b', '"); DROP TABLE x; --', "é", "select", ""):
        quoted = quote_name(name)
        connection.execute(f"CREATE TABLE {quoted} ({quote_name(name + '1')} TEXT)")
        (found,) = connection.execute("SELECT name FROM sqlite_master").fetchall()
        assert found == (name,)
        connection.execute(f"DROP TABLE {quoted}")
    connection.close()
