"""Parquet and Arrow files whose rows are much larger than they are, and those that are not."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from xinjiang_record.archives.arrow_size import check_arrow_size
from xinjiang_record.archives.parquet_size import check_parquet_size
from xinjiang_record.errors import LimitError
from xinjiang_record.limits import MIB

FEW = pa.table({"id": ["1", "2"], "size": [1, None]})
MANY = 80 * MIB


def zeros() -> pa.Table:
    numbers = pa.Array.from_buffers(pa.int8(), MANY, [None, pa.py_buffer(bytes(MANY))])
    return pa.table({"id": numbers})


def arrow(table: pa.Table, compression: str | None = None, *, file: bool = True) -> bytes:
    out = io.BytesIO()
    make = pa.ipc.new_file if file else pa.ipc.new_stream
    with make(out, table.schema, options=pa.ipc.IpcWriteOptions(compression=compression)) as writer:
        writer.write_table(table)
    return out.getvalue()


def parquet(table: pa.Table, **options: bool) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **options)  # type: ignore[arg-type]
    return out.getvalue()


@pytest.mark.parametrize("stored", [True, False])
def test_a_long_text_in_many_rows(stored: bool) -> None:
    long = pa.DictionaryArray.from_arrays(pa.array([0] * 90_000, pa.int32()), ["x" * 50_000])
    data = parquet(pa.table({"n": range(90_000), "id": long}), store_schema=stored)
    with pytest.raises(LimitError, match=r"x: [0-9]+ bytes whose rows take at least [0-9]{10}"):
        check_parquet_size(pa.py_buffer(data), "x")


def test_many_equal_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(parquet(zeros()))
    with pytest.raises(LimitError, match=r"limit compression_ratio \(200\)\. Nothing was read"):
        check_parquet_size(str(path), "x")


def test_too_many_columns() -> None:
    data = parquet(pa.table({f"f{number}": [1] for number in range(2_001)}))
    with pytest.raises(LimitError, match=r"x: 2001 columns, over the limit field_count \(2000\)"):
        check_parquet_size(pa.py_buffer(data), "x")


@pytest.mark.parametrize(
    "make",
    [
        lambda: arrow(zeros(), "zstd"),
        lambda: arrow(zeros(), "lz4", file=False),
        lambda: arrow(pa.table({"id": pa.nulls(10**8)})),
        lambda: arrow(pa.table({"id": pa.DictionaryArray.from_arrays([0], ["x" * MANY])}), "zstd"),
    ],
    ids=["zstd", "lz4 as a stream", "rows without buffers", "a dictionary"],
)
def test_arrow_buffers_that_grow(make: Callable[[], bytes], tmp_path: Path) -> None:
    path = tmp_path / "a.arrow"
    path.write_bytes(make())
    with pytest.raises(LimitError, match=r"a\.arrow: [0-9]+ bytes whose rows take at least"):
        check_arrow_size(path)


def test_what_is_sound_or_no_such_file_passes(tmp_path: Path) -> None:
    """Whoever reads a file says what is wrong with it."""
    path = tmp_path / "a"
    varied = pa.table({"id": [f"{number} {'y' * (number % 999)}" for number in range(20_000)]})
    sound = [arrow(FEW), arrow(FEW, "zstd"), arrow(varied, "lz4"), parquet(FEW), parquet(varied)]
    for data in (*sound, b"", b"ARROW1\0\0", b"PAR1" * 9, sound[1][:-90], sound[3][:-5]):
        path.write_bytes(data)
        check_arrow_size(path)
        check_parquet_size(str(path), "x")
        check_parquet_size(pa.py_buffer(data), "x")
