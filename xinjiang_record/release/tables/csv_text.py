"""Write canonical CSV: one text for the same rows, from CSV or Parquet, under any pyarrow.

The identity of a release is the hash of this text. The form of ``data/<resource>.csv``:

- UTF-8, LF, a header, fields in schema order, rows in the order of their primary key (text by its
  UTF-8 bytes);
- quotes only around a cell that holds a comma, a quote, LF or CR;
- null is the empty cell (an empty text does not exist);
- ``true`` and ``false``, ISO dates, ``2020-01-01T00:00:00Z``, the shortest digits that read back as
  the same number, no -0, NaN or infinity.

A table's hash is the SHA-256 of these bytes. The content hash of a package is the SHA-256 of the
lines that ``sha256sum`` prints for its tables, so that anyone can check it:

    cd data && LC_ALL=C sha256sum *.csv | sha256sum
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from xinjiang_record.schema.cell_text import to_text

AHEAD = 3  # batches that are encoded ahead of the one in use
QUOTED = (b'"', b",", b"\n", b"\r")


def hash_package(table_hashes: Mapping[str, str]) -> str:
    """Return the hash of a package's rows, from the hash of each table by resource name."""
    lines = (f"{table_hashes[name]}  {name}.csv\n" for name in sorted(table_hashes))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def hash_table(batches: Iterator[pa.RecordBatch], schema: Mapping[str, Any]) -> str:
    """Return the hash of canonical batches, as ``split_into_batches`` yields them."""
    digest = hashlib.sha256(encode_header(schema))
    for _, text in encode_batches(batches):
        digest.update(text)
    return digest.hexdigest()


def encode_batches(
    batches: Iterable[pa.RecordBatch],
) -> Iterator[tuple[pa.RecordBatch, memoryview]]:
    """Yield each batch with its canonical text, in order.

    Two are encoded at a time, and at most ``AHEAD`` are in memory.
    """
    waiting: deque[tuple[pa.RecordBatch, Future[memoryview]]] = deque()
    with ThreadPoolExecutor(2) as pool:
        for batch in batches:
            waiting.append((batch, pool.submit(encode_batch, batch)))
            if len(waiting) >= AHEAD:
                first, text = waiting.popleft()
                yield first, text.result()
        while waiting:
            first, text = waiting.popleft()
            yield first, text.result()


def encode_header(schema: Mapping[str, Any]) -> bytes:
    """Return the first line of the canonical CSV."""
    return (",".join(item["name"] for item in schema["fields"]) + "\n").encode()


def encode_batch(batch: pa.RecordBatch) -> memoryview:
    """Return the canonical CSV lines of a batch whose columns have the schema's order and types."""
    if not batch.num_rows:
        return memoryview(b"")
    lines = format_lines(batch, end="\n")
    offsets = memoryview(lines.buffers()[1]).cast("q")
    start, stop = offsets[lines.offset], offsets[lines.offset + len(lines)]
    return memoryview(lines.buffers()[2]).cast("B")[start:stop]


def format_lines(batch: pa.RecordBatch, *, end: str = "") -> pa.Array:
    """Return the canonical CSV line of each row, as large strings."""
    cells = [quote_cells(to_text(column)).cast(pa.large_string()) for column in batch.columns]
    if end:
        cells[-1] = pc.binary_join_element_wise(
            cells[-1],
            pa.scalar(end, pa.large_string()),
            pa.scalar("", pa.large_string()),
            **_NULL_IS_EMPTY,
        )
    return pc.binary_join_element_wise(*cells, pa.scalar(",", pa.large_string()), **_NULL_IS_EMPTY)


_NULL_IS_EMPTY = {"null_handling": "replace", "null_replacement": ""}


def quote_cells(column: pa.Array) -> pa.Array:
    """Return a text column with quotes around the cells that need them."""
    present = [mark for mark in QUOTED if mark in _bytes_of(column)]
    if not present:
        return column
    mask = pc.match_substring(column, present[0].decode())
    for mark in present[1:]:
        mask = pc.or_(mask, pc.match_substring(column, mark.decode()))
    doubled = pc.replace_substring(column, '"', '""') if b'"' in present else column
    return pc.if_else(mask, pc.binary_join_element_wise('"', doubled, '"', ""), column)


def _bytes_of(column: pa.Array) -> bytes:
    data = column.buffers()[2]
    if data is None or not len(column):
        return b""
    offsets = memoryview(column.buffers()[1]).cast(
        "q" if pa.types.is_large_string(column.type) else "i"
    )
    found: bytes = data.slice(
        offsets[column.offset], offsets[column.offset + len(column)] - offsets[column.offset]
    ).to_pybytes()
    return found


def format_csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a small table of strings as canonical CSV."""
    return "".join(f"{format_csv_line(cells)}\n" for cells in (columns, *rows))


def format_csv_line(cells: Iterable[str]) -> str:
    """Return one line of CSV without its end, which also names a record with a key of parts."""
    return ",".join(
        _quoted(cell) if any(mark in cell for mark in '",\n\r') else cell for cell in cells
    )


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def parse_csv(text: str) -> list[list[str]]:
    """Return the rows of canonical CSV, header first.

    Raises:
        csv.Error: The text is not CSV.
    """
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))
