"""Parquet files whose footer contradicts itself, or would end the process that reads it."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from tests.hostile.parquet_parts import Struct, change, columns_of
from xinjiang_record.archives.parquet_size import check_parquet_size
from xinjiang_record.cli.main import group
from xinjiang_record.errors import LimitError, ReadError
from xinjiang_record.limits import LIMITS

TABLE = pa.table({"id": ["a", "b", "c"], "n": [1, 2, None]})
NESTED = pa.table(
    {
        "list": [[1, 2], None, []],
        "struct": [{"a": "x", "b": [1]}, None, {"a": "y", "b": []}],
        "map": pa.array([[("k", 1)], None, []], pa.map_(pa.string(), pa.int64())),
        "e\u0301. x": ["a", "b", "c"],
        "fixed": pa.array([b"abc"] * 3, pa.binary(3)),
        "coded": pa.array(["a"] * 3).dictionary_encode(),
    }
)


def parquet(table: pa.Table = TABLE, **options: object) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()


def groups(meta: Struct) -> list[Struct]:
    found: list[Struct] = meta[4][1][1]
    return found


def every(field: int, value: list[object]) -> Callable[[Struct], object]:
    return lambda meta: [column.update({field: value}) for column in columns_of(meta)]


# Arrow ends the process for the first two when it is asked for a column chunk.
FOOTERS: dict[str, tuple[Callable[[Struct], object], str]] = {
    "exchanged": (lambda meta: groups(meta)[0][1][1][1].reverse(), "column 'id': it says another"),
    "histograms": (every(16, [12, {2: [9, [6, [1, 2, 3]]]}]), "its size statistics are not of"),
    "sizes": (every(16, [12, {1: [6, 5]}]), "column 'n': its size statistics"),
    "definitions": (every(16, [12, {3: [9, [6, [1]]]}]), "its size statistics are not of"),
    "type": (every(1, [5, 99]), "it says another type than BYTE_ARRAY"),
    "path": (every(3, [9, [8, [b"zz"]]]), "it is of another column"),
    "one less": (lambda meta: groups(meta)[0][1][1][1].pop(), "does not have the 2 columns"),
    "encrypted": (
        lambda meta: [chunk.pop(3) for chunk in groups(meta)[0][1][1][1]],
        "it has no metadata, or they are encrypted",
    ),
    "rows": (lambda meta: meta[3].__setitem__(1, 4), "says 4 rows, and its row groups say 3"),
    "rows of a group": (lambda meta: groups(meta)[0][3].__setitem__(1, 2), "row groups say 2"),
    "values": (every(5, [6, 2]), "the column 'id' says 2 values, and its row group says 3 rows"),
}


@pytest.mark.parametrize("name", FOOTERS)
def test_a_footer_that_contradicts_itself_is_refused(name: str, tmp_path: Path) -> None:
    footer, said = FOOTERS[name]
    path = tmp_path / "a.parquet"
    path.write_bytes(change(parquet(), footer=footer))
    for source in (str(path), pa.py_buffer(path.read_bytes())):
        with pytest.raises(ReadError, match=said):
            check_parquet_size(source, "x")
    done = CliRunner().invoke(group, ["validate", str(path), "--no-progress"])
    assert done.exit_code == 1 and said in done.output


def test_pages_that_hold_fewer_rows_are_an_error(tmp_path: Path) -> None:
    def fewer(fields: Struct, page: bytes) -> bytes:
        if 5 in fields:
            fields[5][1][1][1] = 2
        return page

    path = tmp_path / "a.parquet"
    path.write_bytes(change(parquet(), header=fewer))
    done = CliRunner().invoke(group, ["validate", str(path), "--no-progress"])
    assert done.exit_code == 1
    assert "row group 1 holds 2 rows: expected 3, as the footer says" in done.output


@pytest.mark.parametrize("table", [TABLE, NESTED], ids=["flat", "nested"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"data_page_version": "2.0", "version": "1.0"},
        {"write_page_index": True, "row_group_size": 1},
        {"write_statistics": False, "store_schema": False},
    ],
    ids=str,
)
def test_what_arrow_writes_is_sound(table: pa.Table, options: dict[str, object]) -> None:
    check_parquet_size(pa.py_buffer(parquet(table, **options)), "x")
    check_parquet_size(pa.py_buffer(change(parquet(table))), "x")


def test_a_large_footer_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = pa.py_buffer(parquet())
    size = int.from_bytes(data[-8:-4].to_pybytes(), "little")
    monkeypatch.setattr(
        "xinjiang_record.archives.parquet_footer.LIMITS", _limits(parquet_footer_bytes=size)
    )
    check_parquet_size(data, "x")
    monkeypatch.setattr(
        "xinjiang_record.archives.parquet_footer.LIMITS", _limits(parquet_footer_bytes=size - 1)
    )
    with pytest.raises(LimitError, match=r"over the limit parquet_footer_bytes \([0-9]+\)"):
        check_parquet_size(data, "x")


def _limits(**changed: int) -> object:
    from dataclasses import replace

    return replace(LIMITS, **changed)
