"""Canonical rows: the same text for the same rows, and the text says which rows."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinjiang_record.release.tables.csv_text import encode_batch, encode_header, hash_table
from xinjiang_record.release.tables.read import read_csv_batches, read_parquet_batches
from xinjiang_record.release.tables.row_order import sort_table, split_into_batches
from xinjiang_record.release.tables.write import write_table
from xinjiang_record.schema.load import arrow_schema

KINDS = ["string", "integer", "number", "boolean", "date", "datetime", "year", "string"]
SCHEMA: dict[str, Any] = {
    "fields": [{"name": f"f{number}", "type": kind} for number, kind in enumerate(KINDS)],
    "primaryKey": ["f0", "f1"],
}
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
ROWS = st.lists(
    st.tuples(
        TEXT,
        st.integers(-(2**63), 2**63 - 1),
        st.none() | st.floats(allow_nan=False, allow_infinity=False),
        st.none() | st.booleans(),
        st.none() | st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31)),
        st.none()
        | st.datetimes(dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31), timezones=st.just(dt.UTC)),
        st.none() | st.integers(1000, 2999),
        st.none() | TEXT,
    ),
    max_size=20,
    unique_by=lambda row: (row[0], row[1]),
)


def made(rows: list[tuple[Any, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(KINDS)
    return pa.table(
        [
            pa.array(column, field.type)
            for column, field in zip(columns, arrow_schema(SCHEMA), strict=True)
        ],
        schema=arrow_schema(SCHEMA),
    )


def text(table: pa.Table) -> bytes:
    return encode_header(SCHEMA) + b"".join(
        bytes(encode_batch(batch)) for batch in split_into_batches(table)
    )


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_csv_and_parquet_have_the_same_hash_and_the_rows_come_back(
    rows: list[tuple[Any, ...]],
) -> None:
    import tempfile

    table = sort_table(made(rows), SCHEMA, "made")
    expected = hashlib.sha256(text(table)).hexdigest()
    with tempfile.TemporaryDirectory() as name:
        one, two = Path(name) / "a.csv", Path(name) / "a.parquet"
        written, _, count = write_table(split_into_batches(table), SCHEMA, one, two)
        assert (written.sha256, count) == (expected, len(rows))
        assert hash_table(read_csv_batches(one, SCHEMA), SCHEMA) == expected
        assert hash_table(read_parquet_batches([two], SCHEMA), SCHEMA) == expected
        assert pa.Table.from_batches(read_csv_batches(one, SCHEMA), arrow_schema(SCHEMA)).equals(
            table
        )
    plain = [
        [None if cell == "" else cell for cell in row]
        for row in csv.reader(io.StringIO(text(table).decode(), newline=""), strict=True)
    ]
    assert [row[0] for row in plain[1:]] == table["f0"].to_pylist()
    assert [row[7] for row in plain[1:]] == table["f7"].to_pylist()


@settings(max_examples=50, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_order_of_rows_and_chunks_are_nothing(rows: list[tuple[Any, ...]], dice: Any) -> None:
    turned = list(rows)
    dice.shuffle(turned)
    cut = dice.randint(0, len(rows))
    other = pa.concat_tables([made(turned[:cut]), made(turned[cut:])])
    assert text(sort_table(made(rows), SCHEMA, "made")) == text(sort_table(other, SCHEMA, "made"))


@settings(max_examples=200, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_the_shortest_that_read_back(value: float) -> None:
    row = ("a", 1, value, None, None, None, None, None)
    shown = text(sort_table(made([row]), SCHEMA, "made")).decode().splitlines()[1].split(",")[2]
    assert float(shown) == value
    digits = shown.split("e")[0].replace("-", "").replace(".", "").strip("0")
    assert digits == repr(value).split("e")[0].replace("-", "").replace(".", "").strip("0")
    assert value != 0 or shown == "0"


def test_the_form_of_each_type() -> None:
    moment = dt.datetime(2019, 7, 8, 12, 0, 0, 450000, tzinfo=dt.UTC)
    rows = [
        ("b", 1, -0.0, True, dt.date(2019, 7, 8), moment, 2019, 'a "quote"'),
        ("b", -2, 1e-7, False, None, moment.replace(microsecond=0), None, "x\ry"),
        ("é", 0, 100.0, None, None, None, None, "a,b"),
    ]
    assert text(sort_table(made(rows), SCHEMA, "made")).decode() == (
        "f0,f1,f2,f3,f4,f5,f6,f7\n"
        'b,-2,1e-7,false,,2019-07-08T12:00:00Z,,"x\ry"\n'
        'b,1,0,true,2019-07-08,2019-07-08T12:00:00.45Z,2019,"a ""quote"""\n'
        'é,0,100,,,,,"a,b"\n'
    )


def test_text_is_sorted_by_its_bytes() -> None:
    names = ["ä", "Z", "a", "ﬀ", "𐀀", "z", "新"]
    table = sort_table(made([(name, 0, *[None] * 6) for name in names]), SCHEMA, "made")
    assert table["f0"].to_pylist() == sorted(names, key=lambda name: name.encode())


@pytest.mark.parametrize("rows", [1, 65_535, 65_536, 65_537])
def test_batches_are_of_a_fixed_size(rows: int) -> None:
    table = pa.table({"x": list(range(rows))})
    sizes = [
        batch.num_rows
        for batch in split_into_batches(
            pa.concat_tables([table.slice(0, rows // 3), table.slice(rows // 3)])
        )
    ]
    assert sizes == [65_536] * (rows // 65_536) + ([rows % 65_536] if rows % 65_536 else [])


@pytest.mark.parametrize("last", [None, 'say "so"', "plain"])
def test_texts_that_stay_a_dictionary_give_the_same_text(last: str | None, tmp_path: Path) -> None:
    said = ["a, b", 'a "b"', None, "two\nlines", "\r", "é"]
    rows: list[tuple[Any, ...]] = [
        (f"key {number % 3}", number, None, None, None, None, None, said[number % len(said)])
        for number in range(6_000)
    ]
    rows = [(*row[:7], last if row[1] % 7 == 0 else row[7]) for row in rows]
    table = sort_table(made(rows), SCHEMA, "made")
    path = tmp_path / "a.parquet"
    write_table(split_into_batches(table), SCHEMA, tmp_path / "a.csv", path)
    coded = list(read_parquet_batches([path], SCHEMA, coded=True))
    kinds = coded[0].schema
    assert pa.types.is_dictionary(kinds.field("f7").type)
    assert pa.types.is_string(kinds.field("f0").type)  # of the key, which is compared
    assert (
        b"".join(map(bytes, map(encode_batch, coded))) == text(table)[len(encode_header(SCHEMA)) :]
    )
    assert hash_table(iter(coded), SCHEMA) == hashlib.sha256(text(table)).hexdigest()
