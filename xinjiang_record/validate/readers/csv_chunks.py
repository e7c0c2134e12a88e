"""Split a CSV stream into pieces that end where a record ends; parse a piece into text columns.

A piece ends at a line end with an even number of quotes before it. That may be wrong, so a
sentinel record is appended to each piece. A parser reads it as a record only if the piece ended
where a record ends. pyarrow's parser and Python's ``csv`` agree on every text except blank lines,
if a piece is one block (across blocks pyarrow loses a line feed: apache/arrow#51368).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pa_csv

from xinjiang_record import limits
from xinjiang_record.errors import LimitError
from xinjiang_record.limits import LIMITS
from xinjiang_record.numpy_columns import arrow
from xinjiang_record.validate.fast_pass.fallback import FastPassUnsupported, Reason

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

BLOCK = 256 * 1024  # bytes that are counted at a time, to stay in the cache
TRIES = 200  # line ends that are looked at for a cut, from the end of a piece
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
SENTINEL = "\x02\x1fx\x1f\x03"


class Readable(Protocol):
    """Hold a stream of bytes."""

    def readinto(self, target: memoryview) -> int | None:
        """Fill (some of) ``target``; 0 at the end."""


@dataclass(slots=True)
class Chunk:
    """Hold a piece: ``size`` bytes and room for the sentinel, and where it begins in the stream."""

    memory: bytearray
    size: int
    offset: int
    last: bool
    first: bool = False


@dataclass(slots=True)
class Parsed:
    """Hold the records of a piece.

    ``columns`` have those with the right number of cells, ``rows`` their numbers in the piece (from
    0). ``ragged`` are the others: number and cells. ``typed`` are the values of a table that has
    types, ``doubtful`` the rows of it in which a text means no value, ``proved`` the columns whose
    values are known to be good.
    """

    columns: list[pa.Array]
    rows: npt.NDArray[np.int64] | None
    ragged: list[tuple[int, list[str]]]
    records: int
    typed: list[pa.Array] | None = None
    doubtful: npt.NDArray[np.bool_] | None = None
    proved: frozenset[int] = frozenset()

    @property
    def kept(self) -> list[pa.Array]:
        """Return what the cells of a row are made of: values, or texts."""
        return self.columns if self.typed is None else self.typed

    @property
    def numbers(self) -> npt.NDArray[np.int64]:
        """Return the numbers of the records in ``columns``."""
        return np.arange(self.records) if self.rows is None else self.rows

    @property
    def absent(self) -> npt.NDArray[np.int64]:
        """Return the numbers of the records that are not data."""
        if len(self.numbers) + len(self.ragged) == self.records:
            return np.zeros(0, np.int64)
        ragged = np.array([number for number, _ in self.ragged], np.int64)
        return np.setdiff1d(np.arange(self.records), np.union1d(self.numbers, ragged))


@dataclass(frozen=True, slots=True)
class Shape:
    """Say how to read: one character each, an empty quote for none, cells in a record."""

    delimiter: str
    quote: str
    width: int
    dialect: csv.Dialect = csv.excel()  # noqa: RUF009 - never changed

    @property
    def sentinel(self) -> bytes:
        """Return the sentinel record."""
        return (self.delimiter.join([SENTINEL] * self.width) + "\n").encode()


def cut_stream(
    stream: Readable, shape: Shape, *, skip: int = 0, size: int | None = None
) -> Iterator[Chunk]:
    """Yield the stream in pieces of about ``size`` bytes.

    ``skip`` is the length of a byte order mark that may be there, and is in no piece.
    """
    size = size or limits.PIECE_BYTES
    room = len(shape.sentinel) + 1
    carry, offset = b"", 0
    first = begun = True
    while True:
        memory = bytearray(len(carry) + size + room)
        memory[: len(carry)] = carry
        with memoryview(memory) as view:
            filled = fill_view(stream, view, len(carry), len(carry) + size)
        last = filled < len(carry) + size
        begin = skip if first and memory.startswith(BYTE_ORDER_MARK) else 0
        if begin:
            del memory[:begin]
            filled -= begin
        if first:
            offset, first = begin, False
        if last:
            if filled:
                yield Chunk(memory, filled, offset, True, begun)
            return
        end = _find_cut(memory, filled, shape.quote)
        if end == 0:
            carry = bytes(memoryview(memory)[:filled])
            if filled > LIMITS.row_bytes:
                raise LimitError(
                    f"a record is too long: expected at most {LIMITS.row_bytes} bytes (row_bytes). "
                    "Is a quote left open? To allow it, set XRECORD_LIMIT_ROW_BYTES."
                )
            continue
        carry = bytes(memoryview(memory)[end:filled])
        yield Chunk(memory, end, offset, False, begun)
        begun = False
        offset += end


def fill_view(stream: Readable, view: memoryview, start: int, stop: int) -> int:
    """Fill a view from ``start`` to ``stop`` or the end of the stream; return where that ended."""
    while start < stop and (count := stream.readinto(view[start:stop])):
        start += count
    return start


def _find_cut(memory: bytearray, filled: int, quote: str) -> int:
    """Return the bytes up to the last line end that is likely to end a record; 0 for none.

    A line may end in CR alone, if no LF follows.
    """
    return _cut_behind(b"\n", memory, filled, quote) or _cut_behind(
        b"\r", memory, filled - 1, quote
    )


def _cut_behind(end: bytes, memory: bytearray, filled: int, quote: str) -> int:
    place = _last(end, memory, filled)
    if place < 0 or not quote or memory.find(quote.encode(), 0, place) < 0:
        return place + 1
    mark = ord(quote)
    view = np.frombuffer(memory, np.uint8)
    quotes = sum(
        _count(view[start : min(start + BLOCK, place)], mark) for start in range(0, place, BLOCK)
    )
    for _ in range(TRIES):
        if quotes % 2 == 0:
            return place + 1
        before = _last(end, memory, max(0, memory.rfind(quote.encode(), 0, place)))
        if before < 0:
            return 0
        quotes -= _count(view[before:place], mark)
        place = before
    return 0


def _last(end: bytes, memory: bytearray, stop: int) -> int:
    place = memory.rfind(end, 0, stop)
    while (
        end == b"\r" and place >= 0 and memory[place + 1] == 10
    ):  # no line end of its own, but half of one
        place = memory.rfind(end, 0, place)
    return place


def _count(view: npt.NDArray[np.uint8], mark: int) -> int:
    return int(np.count_nonzero(view == mark))


def parse_chunk(chunk: Chunk, shape: Shape) -> Parsed:
    """Parse a piece.

    Raise FastPassUnsupported where pyarrow and Python's ``csv`` may differ, or where the piece does
    not end a record.
    """
    if chunk.memory.startswith(BYTE_ORDER_MARK):
        raise FastPassUnsupported(Reason.BYTE_ORDER_MARK)
    if chunk.last and chunk.memory[chunk.size - 1] not in b"\r\n":
        chunk.memory[chunk.size : chunk.size + 1] = b"\n"
        chunk.size += 1
    sentinel = shape.sentinel
    chunk.memory[chunk.size : chunk.size + len(sentinel)] = sentinel
    length = chunk.size + len(sentinel)
    ragged: list[tuple[int, str]] = []
    buffer = pa.py_buffer(memoryview(chunk.memory)[:length])
    _need_utf8(buffer, length)
    columns = _read(buffer, length, shape, ragged)
    count = len(columns[0]) - 1
    if count < 0 or any(column[count].as_py() != SENTINEL for column in columns):
        raise FastPassUnsupported(Reason.OPEN_QUOTE)
    columns = [column.slice(0, count) for column in columns]
    records = count + len(ragged)
    rows = None
    if ragged:
        rows = np.delete(np.arange(records), [number for number, _ in ragged])
    cells = [(number, parse_record(text, shape)) for number, text in ragged]
    return Parsed(columns, rows, cells, records)


def drop_records(parsed: Parsed, skip: int) -> Parsed:
    """Return a piece without its first ``skip`` records, which are not data."""
    rows = parsed.numbers
    drop = int(np.count_nonzero(rows < skip))
    kept = pa.table(
        parsed.columns, names=[str(number) for number in range(len(parsed.columns))]
    ).slice(drop)
    whole = [
        pa.concat_arrays([*column.chunks, column.chunk(0).slice(0, 0)]) for column in kept.columns
    ]
    ragged = [(number, cells) for number, cells in parsed.ragged if number >= skip]
    return Parsed(whole, rows[drop:], ragged, parsed.records)


def keep_records(
    parsed: Parsed, kept: npt.NDArray[np.bool_], ragged: list[tuple[int, list[str]]]
) -> Parsed:
    """Return a piece with some of its rows only."""
    if kept.all() and len(ragged) == len(parsed.ragged):
        return parsed
    columns = [item.filter(arrow(kept)) for item in parsed.columns]
    return Parsed(columns, parsed.numbers[kept], ragged, parsed.records)


def _need_utf8(buffer: pa.Buffer, length: int) -> None:
    """Check a piece as one text: faster than each cell, and the same since delimiters are ASCII."""
    ends = pa.py_buffer(np.array([0, length], np.int32))
    try:
        pa.Array.from_buffers(pa.string(), 1, [None, ends, buffer]).validate(full=True)
    except pa.ArrowInvalid as error:
        raise FastPassUnsupported(Reason.UNDECODABLE, error) from error


def _read(
    buffer: pa.Buffer, length: int, shape: Shape, ragged: list[tuple[int, str]]
) -> list[pa.Array]:
    def keep(row: pa_csv.InvalidRow) -> str:
        ragged.append((row.number - 1, row.text))
        return "skip"

    names = [str(number) for number in range(shape.width)]
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(buffer),
            pa_csv.ReadOptions(use_threads=False, block_size=length + 1, column_names=names),
            pa_csv.ParseOptions(
                delimiter=shape.delimiter,
                quote_char=shape.quote or False,
                newlines_in_values=bool(shape.quote),
                ignore_empty_lines=False,
                invalid_row_handler=keep,
            ),
            pa_csv.ConvertOptions(
                check_utf8=False,
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid as error:
        raise FastPassUnsupported(Reason.ARROW_PARSER, error) from error
    if any(column.num_chunks != 1 for column in table.columns):
        raise FastPassUnsupported(Reason.BLOCKS)
    return [column.chunk(0) for column in table.columns]


def parse_record(text: str, shape: Shape) -> list[str]:
    """Return the cells of one record, as Python's ``csv`` reads them."""
    return next(csv.reader(io.StringIO(text, newline=""), dialect=shape.dialect), [])


def read_records(chunk: Chunk, shape: Shape) -> CsvReader:
    """Return a ``csv`` reader over a piece: slow, and right about blank lines and line numbers."""
    text = bytes(memoryview(chunk.memory)[: chunk.size]).decode("utf-8")
    return csv.reader(io.StringIO(text, newline=""), dialect=shape.dialect)


def has_blank_line(chunk: Chunk) -> bool:
    """Return whether a piece may have a blank line, for pyarrow a record of empty cells."""
    memory, end = chunk.memory, chunk.size
    return memory[0] in b"\r\n" or any(
        memory.find(pair, 0, end) >= 0 for pair in (b"\n\n", b"\n\r", b"\r\r")
    )
