"""Files that trip parsers: the report equals Frictionless's own, whatever it is."""

from __future__ import annotations

import dataclasses
import gzip
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from xinjiang_record import limits
from xinjiang_record.validate import validate

FIELDS = [{"name": "a", "type": "string"}, {"name": "b", "type": "integer"}]
FILES = {
    "empty": b"",
    "header only": b"a,b\n",
    "header without line end": b"a,b",
    "one blank line": b"\n",
    "blank lines": b"a,b\n\nx,1\n\n\ny,2\n",
    "blank lines, CRLF": b"a,b\r\n\r\nx,1\r\n",
    "empty cells": b'a,b\n,\n"",""\n',
    "byte order mark": b"\xef\xbb\xbfa,b\nx,1\n",
    "byte order mark inside": b"a,b\n\xef\xbb\xbfx,1\n",
    "CR": b"a,b\rx,1\ry,2\r",
    "mixed line ends": b"a,b\r\nx,1\ny,2\rz,3\r\n",
    "quoted newlines": b'a,b\n"x\ny",1\n"x\r\ny",2\n"\r",3\n',
    "doubled quotes": b'a,b\n"x""y",1\n"""",2\n',
    "text behind a quote": b'a,b\n"x"y,1\nz"z,2\n',
    "open quote": b'a,b\n"x,1\ny,2\n',
    "open quote late": b"a,b\n" + b"x,1\n" * 500 + b'"x,1\ny,2\n',
    "stray quotes": b'a,b\n5" pipe,1\n6" pipe,2\n7 pipe,3\n' * 50,
    "NUL": b"a,b\nx\x00y,1\n",
    "long cell": b"a,b\n" + b"x" * 300_000 + b",1\n",
    "short and long rows": b"a,b\nx\nx,1,2\n,\nx,1\n\n",
    "Latin-1": "a,b\né,1\n".encode("latin-1"),
    "UTF-16": "a,b\né,1\n".encode("utf-16"),
    "wrong bytes late": b"a,b\n" + b"x,1\n" * 20_000 + b"\xff\xfe,2\n",
    "semicolons": b"a;b\nx;1\n",
    "tabs": b"a\tb\nx\t1\n",
    "duplicate labels": b"a,a\nx,1\n",
    "blank label": b"a,\nx,1\n",
    "other labels": b"b,a\nx,1\n",
    "extra label": b"a,b,c\nx,1,2\n",
    "missing label": b"a\nx\n",
    "title rows": b"A table\na,b\nx,1\ny,2\nz,3\n",
    "no line end": b"a,b\nx,1",
    "duplicates": b"a,b\n" + b"x,1\ny,2\n" * 3,
    "sentinel inside": b"a,b\n\x02\x1fx\x1f\x03,\x02\x1fx\x1f\x03\n",
}


@pytest.mark.parametrize("limit", [0, 2])
@pytest.mark.parametrize("declared", [True, False], ids=["declared", "detected"])
@pytest.mark.parametrize("name", FILES)
def test_special_file(
    name: str, declared: bool, limit: int, box: Callable[..., Path], same: Callable[..., Any]
) -> None:
    extra = {"encoding": "utf-8", "dialect": {"delimiter": ",", "header": True}} if declared else {}
    keys = {"primaryKey": ["a"]} if name in ("duplicates", "quoted newlines") else {}
    same(box(FILES[name], FIELDS, schema=keys, **extra), limit)


@pytest.mark.parametrize("name", FILES)
def test_special_file_without_a_schema(name: str, tmp_path: Path, same: Callable[..., Any]) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(FILES[name])
    same(path)


def test_where_the_reading_stops(box: Callable[..., Path], same: Callable[..., Any]) -> None:
    rows = b"".join(
        b"x%d,%s\n" % (number, b"bad" if number % 50 == 49 else b"1") for number in range(5_000)
    )
    for limit in (1, 7, 99, 100, 1000):
        report = same(box(b"a,b\n" + rows, FIELDS), limit)
        assert not report.slow


@pytest.mark.parametrize("end", ["\n", "\r"], ids=["LF", "CR"])
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-16", "utf-16-be", "utf-7"])
def test_where_the_reading_stops_in_other_encodings(
    encoding: str, end: str, box: Callable[..., Path], same: Callable[..., Any]
) -> None:
    rows = [f"é{number},{'bad' if number % 700 == 699 else 1}" for number in range(3_000)]
    path = box(
        end.join(["a,b", *rows, ""]).encode(encoding),
        FIELDS,
        encoding=encoding,
        dialect={"delimiter": ","},
    )
    for limit in (1, 2, 4):
        assert same(path, limit).error_count == limit


def test_lines_that_end_in_cr_alone_are_no_long_record(
    box: Callable[..., Path], same: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from xinjiang_record.validate.readers import csv_chunks

    monkeypatch.setattr(
        csv_chunks, "LIMITS", dataclasses.replace(csv_chunks.LIMITS, row_bytes=2_000)
    )
    for name in ("LEAST_PIECE_BYTES", "PIECE_BYTES"):
        monkeypatch.setattr(limits, name, 500)
    odd = ['"x\ny",bad', '"\r",2', '"\r\n"', "", "z,1"]
    for rows in (
        [f"k{number},{number}" for number in range(999)] + odd,
        [*odd, "z,\n", "\n", "\r\n"] * 99,
    ):
        path = box(
            "\r".join(["a,b", *rows, ""]).encode(),
            FIELDS,
            encoding="utf-8",
            dialect={"delimiter": ","},
        )
        assert not same(path).slow


@pytest.mark.parametrize("rows", [[-3], [0], [1.0], [3, 1], []], ids=str)
def test_odd_numbers_of_header_rows(
    rows: list[Any], box: Callable[..., Path], same: Callable[..., Any]
) -> None:
    same(
        box(
            b"a,b\nx,1\ny,bad\nx,2\n",
            FIELDS,
            schema={"primaryKey": ["a"]},
            dialect={"headerRows": rows},
        )
    )


def test_hash_count_and_byte_count(box: Callable[..., Path], same: Callable[..., Any]) -> None:
    report = same(box(b"a,b\nx,1\n", FIELDS, bytes=3, hash="sha256:" + "0" * 64, rows=7))
    kinds = {error["type"] for _, error in report.errors()}
    assert {"hash-count", "byte-count"} <= kinds


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["without", "with"])
def test_a_byte_order_mark_that_is_declared(
    mark: bytes, box: Callable[..., Path], same: Callable[..., Any]
) -> None:
    path = box(
        mark + b"a\nx\ny\nx\n", FIELDS[:1], schema={"primaryKey": ["a"]}, encoding="utf-8-sig"
    )
    assert [error["rowNumber"] for _, error in same(path).errors()] == [4]


def test_the_first_row_is_read_for_errors_in_the_header(
    box: Callable[..., Path], same: Callable[..., Any]
) -> None:
    content = b"title\nc,b\nx,1\ny,2\nz,3\n"
    report = same(box(content, FIELDS, dialect={"delimiter": ",", "commentRows": [1, 3]}), 1)
    assert report.descriptor["tasks"][0]["stats"]["rows"] == 1


def test_gzip_is_scanned(box: Callable[..., Path], same: Callable[..., Any]) -> None:
    content = gzip.compress(b"a,b\nx,1\nx,bad\n")
    report = same(box(content, FIELDS, name="t.csv.gz", schema={"primaryKey": ["a"]}))
    assert not report.slow
    assert [error["type"] for _, error in report.errors()] == ["type-error", "primary-key"]


def test_keys_across_pieces(
    box: Callable[..., Path], same: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from xinjiang_record.validate.fast_pass import scan, suspect_store

    rows = [b"k%d,%d\n" % (number % 997, number) for number in range(3_000)]
    for size, phase, kept in ((500, 3, 10), (500, 2000, 1 << 20), (4 << 20, 3, 1 << 20)):
        monkeypatch.setattr(limits, "LEAST_PIECE_BYTES", size)
        monkeypatch.setattr(limits, "PIECE_BYTES", size)
        monkeypatch.setattr(scan, "FIRST_PHASE", phase)
        monkeypatch.setattr(suspect_store, "KEY_BYTES", kept)
        monkeypatch.setattr(suspect_store, "MAYBE_BYTES", kept)
        report = same(box(b"a,b\n" + b"".join(rows), FIELDS, schema={"primaryKey": ["a"]}))
        assert report.error_count == 3_000 - 997
        assert not report.slow


def test_unique_keys_behind_where_the_fast_pass_ends(
    box: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from xinjiang_record.validate.small_files import small_rows

    monkeypatch.setattr(small_rows, "SMALL_BYTES", 0)
    for name in ("LEAST_PIECE_BYTES", "PIECE_BYTES"):
        monkeypatch.setattr(limits, name, 500)
    rows = [b"k%d,%d\n" % (number % 900, number) for number in range(4_000)]
    told = {"encoding": "utf-8", "dialect": {"delimiter": ","}, "schema": {"uniqueKeys": [["a"]]}}
    report = validate(box(b"a,b\n" + b"".join(rows) + b"\xff,1\n", FIELDS, **told), strict=True)
    assert report.slow
    found = [error["rowNumber"] for _, error in report.errors() if error["type"] == "unique-keys"]
    assert found == list(range(902, 1_902))  # as many as a report holds


RISING = [f"k{number:05d}" for number in range(120)]
SORTED: dict[str, tuple[list[str], int]] = {
    "all different": (RISING, 0),
    "one twice, side by side": ([*RISING[:60], RISING[59], *RISING[60:]], 1),
    "the first again at the end": ([*RISING, RISING[0]], 1),
    "one of the middle again at the end": ([*RISING, RISING[49]], 1),
    "all twice, side by side": (sorted(RISING * 2), 120),
    "all twice, one after another": (RISING * 2, 120),
    "falling": (RISING[::-1], 0),
    "none in the middle": ([*RISING[:60], "", *RISING[60:]], 1),
    "none, as a word, at the end": ([*RISING, "none"], 1),
    "a short row with a key that is there": ([*RISING[:80], RISING[7] + "\n", *RISING[80:]], 2),
    "a key of the middle before and after it": (
        [*RISING[:36], RISING[72], *RISING[36:100], RISING[72], *RISING[100:]],
        2,
    ),
    "two that stand out and are equal": (
        [*RISING[:20], "zz", *RISING[20:80], "zz", *RISING[80:]],
        1,
    ),
    "one of a piece in order, then none in order": (
        [*RISING[:80], RISING[7], *RISING[80:], *RISING[39::-1]],
        41,
    ),
    "none and a word for none, between": (
        [*RISING[:20], "", *RISING[20:80], "none", *RISING[80:]],
        2,
    ),
    "late ones that stand out and are equal to early ones": (
        [*RISING[:100], "k00100", "k00040", *RISING[101:], "k00009"],
        2,
    ),
    "short rows whose keys are each other's": (
        [*RISING[:20], "zz\n", *RISING[20:80], "zz\n", *RISING[80:]],
        3,
    ),
}


@pytest.mark.parametrize("name", SORTED)
def test_sorted_keys_across_pieces(
    name: str, box: Callable[..., Path], same: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from xinjiang_record.validate.fast_pass import scan

    keys, errors = SORTED[name]
    lines = [key if key.endswith("\n") else f"{key},{number}\n" for number, key in enumerate(keys)]
    schema = {"primaryKey": ["a"], "missingValues": ["", "none"]}
    for size, phase in (
        (6, 2_000),
        (280, 2_000),
        (280, 1),
        (4 << 20, 2_000),
    ):  # pieces of one row, of some, of all
        monkeypatch.setattr(scan, "FIRST_PHASE", phase)
        monkeypatch.setattr(limits, "LEAST_PIECE_BYTES", size)
        monkeypatch.setattr(limits, "PIECE_BYTES", size)
        report = same(box(f"a,b\n{''.join(lines)}".encode(), FIELDS, schema=schema))
        assert report.error_count == errors
        assert not report.slow


def test_keys_that_are_almost_sorted(
    box: Callable[..., Path], same: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seeded: sorted keys, of which some are repeated, moved, left out, or in rows of another
    length.
    """
    from xinjiang_record.validate.fast_pass import scan

    for seed in range(int(os.environ.get("XRECORD_TEST_TABLES", "30"))):
        dice = random.Random(seed)
        rows = [
            f"{key}{number:04d},{number}"
            for number in range(dice.choice([40, 300, 900]))
            for key in "ak"
        ]
        rows.sort(key=None if dice.random() < 0.9 else lambda row: row[1:])
        for _ in range(dice.randrange(12)):
            place, other = dice.randrange(len(rows)), dice.choice(rows)
            odd = [
                "",
                ",",
                other,
                other,
                f"{other},9",
                other.partition(",")[0],
                "none,1",
                ",7",
                '"z""z",1',
                "é,1",
            ]
            rows[place : place + dice.randrange(2)] = [dice.choice(odd)]
        end, head = dice.choice(["\n", "\r\n"]), dice.choice(["a,b", "zz,b", "0,b"])
        fields = [
            {"name": head.partition(",")[0], "type": "string"},
            {"name": "b", "type": "integer"},
        ]
        key = {"primaryKey": [fields[0]["name"]]} if dice.random() < 0.6 else {}
        if not key:
            fields[0]["constraints"] = {"unique": True}
        how = {
            "encoding": "utf-8",
            "dialect": {"delimiter": ","},
            "schema": {**key, "missingValues": ["", "none"]},
        }
        path = box((end.join([head, *rows]) + end).encode(), fields, **how)
        monkeypatch.setattr(scan, "FIRST_PHASE", dice.choice([1, 5, 2_000]))
        for name in ("LEAST_PIECE_BYTES", "PIECE_BYTES"):
            monkeypatch.setattr(limits, name, dice.choice([300, 2_000, 4 << 20]))
        assert not same(path).slow


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_line_ends_in_tabbed_files(
    end: bytes, box: Callable[..., Path], same: Callable[..., Any]
) -> None:
    content = end.join([b"a\tb", b'"x%sy"\tbad' % end, b"", b"z\t1", b'"q%s"\t2' % end])
    for limit in (0, 1):
        same(box(content, FIELDS, name="t.tsv", format="tsv", schema={"primaryKey": ["a"]}), limit)
