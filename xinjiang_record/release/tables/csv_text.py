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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from xinjiang_record.limits import MIB
from xinjiang_record.numpy_columns import text_scalar
from xinjiang_record.release.tables.background import Background
from xinjiang_record.schema.cell_text import to_text

PIECE_ROWS = 32_768  # rows that are encoded at once: few enough for a processor's cache
AHEAD = 3  # pieces that are encoded ahead of the one in use
QUOTED = (b'"', b",", b"\n", b"\r")
MOST_TEXT = 512 * MIB  # of a batch that is joined with 32-bit offsets
# A column repeats its values if each occurs REPEATS times in SAMPLE cells, on average.
SAMPLE, REPEATS = 4_096, 4
_QUOTE, _COMMA, _END, _NOTHING = (text_scalar(text) for text in ('"', ",", "\n", ""))


def hash_package(table_hashes: Mapping[str, str]) -> str:
    """Return the hash of a package's rows, from the hash of each table by resource name."""
    lines = (f"{table_hashes[name]}  {name}.csv\n" for name in sorted(table_hashes))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def hash_table(batches: Iterator[pa.RecordBatch], schema: Mapping[str, Any]) -> str:
    """Return the hash of canonical batches, as ``split_into_batches`` yields them."""
    digest = hashlib.sha256(encode_header(schema))
    for text in encode_batches(batches):
        digest.update(text)
    return digest.hexdigest()


def encode_batches(batches: Iterable[pa.RecordBatch]) -> Iterator[memoryview]:
    """Yield the canonical text of batches, ``PIECE_ROWS`` rows at a time.

    Two pieces are encoded at a time, and at most ``AHEAD`` are in memory.
    """
    waiting: deque[Future[memoryview]] = deque()
    with Background(2) as pool:
        for batch in batches:
            for start in range(0, batch.num_rows, PIECE_ROWS):
                waiting.append(pool.submit(encode_batch, batch.slice(start, PIECE_ROWS)))
                if len(waiting) > AHEAD:
                    yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def encode_header(schema: Mapping[str, Any]) -> bytes:
    """Return the first line of the canonical CSV."""
    return (",".join(item["name"] for item in schema["fields"]) + "\n").encode()


def encode_batch(batch: pa.RecordBatch) -> memoryview:
    """Return the canonical CSV lines of a batch whose columns have the schema's order and types.

    A column of texts may be a dictionary, as ``read_parquet_batches`` leaves it.
    """
    if not batch.num_rows:
        return memoryview(b"")
    *first, last = map(_quote, batch.columns)
    cells = [_decode(column) for column in (*first, _end_lines(last))]
    large = any(pa.types.is_large_string(column.type) for column in cells)
    if large or sum(column.nbytes for column in cells) > MOST_TEXT:
        cells = [column.cast(pa.large_string()) for column in cells]
    lines = join_texts(*cells, between=_COMMA)
    start, stop = _data_range(lines)
    return memoryview(lines.buffers()[2]).cast("B")[start:stop]


def join_texts(*texts: pa.Array | pa.Scalar, between: pa.Scalar) -> pa.Array:
    """Return texts of one row joined by a separator; null is the empty text."""
    kind = texts[0].type
    if pa.types.is_large_string(kind):
        texts, between = tuple(text.cast(kind) for text in texts), between.cast(kind)
    return pc.binary_join_element_wise(
        *texts, between, null_handling="replace", null_replacement=""
    )


def quote_cells(column: pa.Array) -> pa.Array:
    """Return a text column with quotes around the cells that need them."""
    return _decode(_quote(column))


def _quote(column: pa.Array) -> pa.Array:
    """Return the quoted texts of a column, as a dictionary where a sample of cells repeats.

    Then each value is looked at once.
    """
    if pa.types.is_dictionary(column.type):
        return _map_texts(_quote_texts, column)
    column = to_text(column)
    marks = _find_marks(column)
    if marks and len(column.slice(0, SAMPLE).unique()) * REPEATS <= min(SAMPLE, len(column)):
        return _map_texts(_quote_texts, column.dictionary_encode())
    return _quote_marked(column, marks) if marks else column


def _end_lines(column: pa.Array) -> pa.Array:
    """Return the last cells of lines, each with the end of its line."""
    if column.null_count:  # a null has no place in a dictionary
        column = _decode(column)
    return _map_texts(lambda texts: join_texts(texts, _END, between=_NOTHING), column)


def _map_texts(function: Callable[[pa.Array], pa.Array], column: pa.Array) -> pa.Array:
    """Apply a function to texts, or to those of a dictionary."""
    if not pa.types.is_dictionary(column.type):
        return function(column)
    return pa.DictionaryArray.from_arrays(column.indices, function(column.dictionary))


def _decode(column: pa.Array) -> pa.Array:
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def _quote_texts(column: pa.Array) -> pa.Array:
    marks = _find_marks(column)
    return _quote_marked(column, marks) if marks else column


def _find_marks(column: pa.Array) -> list[bytes]:
    data = _bytes_of(column)
    return [mark for mark in QUOTED if mark in data]


def _quote_marked(column: pa.Array, marks: Sequence[bytes]) -> pa.Array:
    mask = pc.match_substring(column, marks[0].decode())
    for mark in marks[1:]:
        mask = pc.or_(mask, pc.match_substring(column, mark.decode()))
    doubled = pc.replace_substring(column, '"', '""') if b'"' in marks else column
    return pc.if_else(mask, pc.binary_join_element_wise(_QUOTE, doubled, _QUOTE, _NOTHING), column)


def _bytes_of(column: pa.Array) -> bytes:
    """Return the bytes of all texts of a column, one after the other."""
    data = column.buffers()[2]
    if data is None or not len(column):
        return b""
    start, stop = _data_range(column)
    found: bytes = data.slice(start, stop - start).to_pybytes()
    return found


def _data_range(column: pa.Array) -> tuple[int, int]:
    """Return where the bytes of a text column begin and end in its buffer."""
    wide = pa.types.is_large_string(column.type)
    offsets = memoryview(column.buffers()[1]).cast("q" if wide else "i")
    return offsets[column.offset], offsets[column.offset + len(column)]


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
