"""Canonical rows: one text for the same rows, from CSV or Parquet, under any pyarrow. A release's identity is the hash of it.

Contract of the canonical CSV, which is what ``data/<resource>.csv`` holds: UTF-8, LF, a header, fields in schema order, rows in
the order of their primary key (text by its UTF-8 bytes), quotes only around a cell that holds a comma, a quote, LF or CR, null is
the empty cell (an empty text does not exist), ``true`` and ``false``, ISO dates, ``2020-01-01T00:00:00Z``, the shortest digits
that read back as the same number, no -0, NaN or infinity. A table's hash is the SHA-256 of these bytes, and the content hash of a
package that of the lines ``sha256sum`` prints for its tables, so anyone can check it:

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
    """The hash of a package's rows, from the hash of each table by resource name."""
    lines = (f"{table_hashes[name]}  {name}.csv\n" for name in sorted(table_hashes))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def hash_table(batches: Iterator[pa.RecordBatch], schema: Mapping[str, Any]) -> str:
    """The hash of canonical batches, as ``rebatch`` gives them."""
    digest = hashlib.sha256(encode_header(schema))
    for _, text in encode_batches(batches):
        digest.update(text)
    return digest.hexdigest()


def encode_batches(
    batches: Iterable[pa.RecordBatch],
) -> Iterator[tuple[pa.RecordBatch, memoryview]]:
    """Each batch with its canonical text, in order; two are encoded side by side, and at most ``AHEAD`` are in memory."""
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
    """The first line of the canonical CSV."""
    return (",".join(item["name"] for item in schema["fields"]) + "\n").encode()


def encode_batch(batch: pa.RecordBatch) -> memoryview:
    """The canonical CSV lines of a batch whose columns have the schema's order and types."""
    if not batch.num_rows:
        return memoryview(b"")
    lines = format_lines(batch, end="\n")
    offsets = memoryview(lines.buffers()[1]).cast("q")
    start, stop = offsets[lines.offset], offsets[lines.offset + len(lines)]
    return memoryview(lines.buffers()[2]).cast("B")[start:stop]


def format_lines(batch: pa.RecordBatch, *, end: str = "") -> pa.Array:
    """The canonical CSV line of each row, as large strings."""
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
    """A CSV with LF, a header, and quotes only where needed (around a lone CR too)."""
    return "".join(f"{format_csv_line(cells)}\n" for cells in (columns, *rows))


def format_csv_line(cells: Iterable[str]) -> str:
    """One line of CSV, without its end: also what names a record whose key has several fields."""
    return ",".join(
        _quoted(cell) if any(mark in cell for mark in '",\n\r') else cell for cell in cells
    )


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def parse_csv(text: str) -> list[list[str]]:
    """The rows of such a CSV, header first. Raises csv.Error where it is none."""
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))
