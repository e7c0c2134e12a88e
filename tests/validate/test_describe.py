"""``describe`` says what it is not sure of, and its draft fits the file it was made from."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from xinjiang_record.cli.validate import read_maps
from xinjiang_record.errors import ReadError, UsageError
from xinjiang_record.validate import validate
from xinjiang_record.validate.describe import describe

# By name: the file, the names and types of its draft, and a part of what is not sure.
DRAFTS: dict[str, tuple[bytes, list[tuple[str, str]], str]] = {
    "a header alone": (b"a,b\n", [("a", "any"), ("b", "any")], "types are those of 0 rows"),
    "one line": (b"hello\n", [("hello", "any")], "one column"),
    "blanks around names": (b"a, b\n1, x\n", [("a", "integer"), ("b", "string")], "1 rows"),
    "dates in two forms": (
        b"d,e\n2020-01-01,1\n01/02/2020,2\n",
        [("d", "string"), ("e", "integer")],
        "cells are of the type date, but not '01/02/2020'",
    ),
    "NA in numbers": (b"a,b\n1,x\nNA,y\n3,z\n", [("a", "string"), ("b", "string")], "not 'NA'"),
    "NA alone": (b"a,b\nNA,1\nNA,2\n", [("a", "string"), ("b", "integer")], "every cell is 'NA'"),
    "decimal commas": (b"a;b\n1,5;1\n2,5;2\n", [("a", "string"), ("b", "integer")], "decimalChar"),
    "a byte order mark": ("\ufeffa,b\n1,ü\n".encode(), [("a", "integer"), ("b", "string")], ""),
    "UTF-16": ("a,b\n1,ü\n".encode("utf-16"), [("a", "integer"), ("b", "string")], ""),
    "100 columns": (
        b",".join(b"c%d" % number for number in range(100)) + b"\n" + b",".join([b"1"] * 100),
        [(f"c{number}", "integer") for number in range(100)],
        "",
    ),
}


@pytest.mark.parametrize("name", DRAFTS)
def test_a_draft_says_what_is_not_sure_and_fits_its_file(tmp_path: Path, name: str) -> None:
    content, fields, doubt = DRAFTS[name]
    (tmp_path / "t.csv").write_bytes(content)
    resource, notes = describe(tmp_path / "t.csv")
    assert [(item["name"], item["type"]) for item in resource["schema"]["fields"]] == fields
    assert doubt in "\n".join(notes)
    report = validate(tmp_path / "t.csv", schema=resource["schema"])
    assert report.valid, list(report.errors())


@pytest.mark.parametrize(
    ("header", "doubt"),
    [
        (b"a,,c", "column 2 has no name"),
        (b"a,a,c", "2 columns are called 'a'"),
    ],
)
def test_a_header_that_is_wrong_is_told(tmp_path: Path, header: bytes, doubt: str) -> None:
    (tmp_path / "t.csv").write_bytes(header + b"\n1,2,3\n")
    assert doubt in "\n".join(describe(tmp_path / "t.csv")[1])


def test_what_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"hello")
    with pytest.raises(ReadError, match="one line without an end"):
        describe(tmp_path / "t.csv")
    (tmp_path / "t.csv").write_bytes(b"a,b,c\n1,2\n1,2,3\n")  # validate lists the rows
    with pytest.raises(ReadError, match="xrecord validate"):
        describe(tmp_path / "t.csv")


def workbook(path: Path, *sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, 1):
        sheet = book.create_sheet(f"s{number}")
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_other_sheets_are_named(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", [["a", "b"], [1, "x"]], [["q"], ["z"]])
    assert "the file has 2 sheets, and this is 's1' alone" in describe(path)[1]
    assert "t: t.xlsx has 2 sheets, and only 's1' was read" in validate(path).notes
    alone = workbook(tmp_path / "u.xlsx", [["a", "b"], [1, "x"]])
    assert not validate(alone).notes


def test_an_empty_sheet_and_a_merged_header(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="the first sheet is empty"):
        describe(workbook(tmp_path / "t.xlsx", []))
    resource, notes = describe(workbook(tmp_path / "u.xlsx", [["a", None], [1, 2]]))
    assert [item["name"] for item in resource["schema"]["fields"]] == ["a", "field2"]
    assert "column 2 has no name" in "\n".join(notes)


def test_a_local_copy_that_is_not_there_or_not_alone(tmp_path: Path) -> None:
    one, two = tmp_path / "1.json", tmp_path / "2.json"
    one.touch()
    two.touch()
    address = "https://example.org/s.json"
    assert read_maps([f"{address}={one}", f"{address}={one}"]) == {address: one}
    with pytest.raises(UsageError, match="has two copies"):
        read_maps([f"{address}={one}", f"{address}={two}"])
    with pytest.raises(UsageError, match="does not exist"):
        read_maps([f"{address}={tmp_path / 'no.json'}"])
