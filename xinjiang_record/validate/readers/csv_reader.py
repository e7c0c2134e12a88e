"""Read a CSV table in pieces, with Arrow."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xinjiang_record import limits, numpy_columns
from xinjiang_record.validate.beyond_frictionless import Hint, find_hints
from xinjiang_record.validate.fast_pass.fallback import FastPassUnsupported, Reason, require
from xinjiang_record.validate.fast_pass.suspect_store import THREADS, Piece
from xinjiang_record.validate.readers import csv_chunks, file_hashes
from xinjiang_record.validate.readers.byte_streams import JoinedStream, Part, RecodedStream
from xinjiang_record.validate.readers.consumed_bytes import count_bytes_consumed
from xinjiang_record.validate.readers.csv_chunks import Chunk, Parsed, Shape
from xinjiang_record.validate.readers.file_hashes import FileHashes

if TYPE_CHECKING:
    from xinjiang_record.validate.fast_pass.arrow_checks import ColumnCheck
    from xinjiang_record.validate.field_types.field_rules import TableField

PLAIN = {
    "utf-8": 0,
    "utf-8-sig": 3,
}  # encodings that need no recoding, with the length of their byte order mark
READ_BYTES = 8192  # what Frictionless's text stream asks of its byte stream at a time


@dataclass(frozen=True)
class CsvTable:
    """Hold a CSV table to read.

    ``first`` is the number (from 0) of the first record that is data, ``ahead`` the number of
    records before the first piece. ``fields`` are Frictionless's own, or plain ones; ``stream`` is
    its stream of a table in several parts. Records that begin with ``comment``, those with a
    number (from 1) in ``comment_rows``, and with ``skip_blank`` those of empty cells are not data.
    """

    parts: tuple[Part, ...]
    encoding: str
    shape: Shape
    first: int
    fields: Sequence[TableField]
    stream: Callable[[], BinaryIO] | None = None
    comment: str = ""
    comment_rows: frozenset[int] = frozenset()
    skip_blank: bool = False
    tabbed: bool = False
    ahead: int = 0
    threads: int = THREADS

    @property
    def path(self) -> str:
        """Return the path that progress is reported with."""
        return self.parts[0].path

    @cached_property
    def size(self) -> int:
        """Return the bytes of all parts on the disk."""
        return sum(part.size for part in self.parts)

    def done(self, chunk: Chunk) -> int:
        """Return the bytes up to the end of a piece."""
        return chunk.offset + chunk.size

    @property
    def rows(self) -> int:
        """Return about how many rows there are, at 64 bytes each."""
        return self.size // 64

    @property
    def _compressed(self) -> bool:
        return any(part.gzip for part in self.parts)

    def pieces(self) -> Iterator[Chunk]:
        """Yield the table in pieces, from its beginning."""
        stream: csv_chunks.Readable = JoinedStream(self.parts)
        if self.encoding not in PLAIN:
            stream = RecodedStream(stream, self.encoding)
        smaller = (
            max(limits.LEAST_PIECE_BYTES, min(limits.PIECE_BYTES, self.size // 4))
            if not self._compressed
            else limits.PIECE_BYTES
        )
        return csv_chunks.cut_stream(
            stream, self.shape, skip=PLAIN.get(self.encoding, 0), size=smaller
        )

    def piece(self, offset: int, size: int, last: bool) -> Chunk:
        """Read one piece again."""
        if self._compressed or self.encoding not in PLAIN:
            return next(chunk for chunk in self.pieces() if chunk.offset == offset)
        memory = bytearray(size + len(self.shape.sentinel) + 1)
        with memoryview(
            memory
        ) as view:  # a last piece may have been counted with a line end that the file lacks
            filled = csv_chunks.fill_view(JoinedStream(self.parts, offset), view, 0, size)
        return Chunk(memory, filled, offset, last)

    def parse(self, chunk: Chunk) -> Parsed:
        """Return the records of a piece; of the first piece those that are data."""
        if self.tabbed and chunk.memory.find(b"\r", 0, chunk.size) >= 0:
            raise FastPassUnsupported(Reason.CR_IN_TSV)
        parsed = csv_chunks.parse_chunk(chunk, self.shape)
        if chunk.first:
            near = max(self.comment_rows, default=0) <= parsed.records or chunk.last
            require(near, Reason.FAR_COMMENT_ROWS)
            parsed = csv_chunks.drop_records(parsed, min(self.first, parsed.records))
        if not (self.comment or self.comment_rows or self.skip_blank):
            return parsed
        return self._data(parsed, self.comment_rows if chunk.first else frozenset())

    def _data(self, parsed: Parsed, comments: frozenset[int]) -> Parsed:
        kept = ~np.isin(parsed.numbers + 1, list(comments))
        if self.comment:
            kept &= ~numpy_columns.mask(pc.starts_with(parsed.columns[0], self.comment))
        if self.skip_blank:
            kept &= np.any([numpy_columns.lengths(column) > 0 for column in parsed.columns], axis=0)
        ragged = [
            (number, cells)
            for number, cells in parsed.ragged
            if self._is_data(number, cells, comments)
        ]
        return csv_chunks.keep_records(parsed, kept, ragged)

    def _is_data(self, number: int, cells: list[str], comments: frozenset[int]) -> bool:
        """Return whether a record is data, by the rules of Frictionless's filters."""
        comment = number + 1 in comments or (
            self.comment and cells and cells[0].startswith(self.comment)
        )
        return not comment and not (self.skip_blank and not any(cells))

    def cells(self, kept: Sequence[pa.Array]) -> list[list[Any]]:
        """Return rows that were kept, as Frictionless's parser gives their cells."""
        return list(map(list, zip(*(column.to_pylist() for column in kept), strict=True)))

    def blank_lines(self, chunk: Chunk, blank: set[int]) -> dict[int, list[str]]:
        """Return the cells of records without a value: a blank line has no cell."""
        if not csv_chunks.has_blank_line(chunk):
            return {}
        records = enumerate(csv_chunks.read_records(chunk, self.shape))
        return {number: cells for number, cells in records if number in blank}

    def hints(self, chunk: Chunk, cells: list[pa.Array], checks: list[ColumnCheck]) -> list[Hint]:
        """Return the hints about a piece."""
        return find_hints(chunk, cells, checks)

    def hashes(self) -> FileHashes | None:
        """Start the hashes of the bytes that Frictionless counts.

        Return None if it has counted them when the table is open.
        """
        if len(self.parts) > 1:
            return FileHashes(lambda: JoinedStream(self.parts))
        return None if self._compressed else file_hashes.get_hashes(self.path)

    def consumed(self, piece: Piece, record: int) -> int | None:
        """Return the bytes that Frictionless has read at this record; None if it has read all."""
        if len(self.parts) == 1 and self._compressed:
            return None
        if self.encoding not in PLAIN:
            again = self.stream() if self.stream else open(self.path, "rb")  # noqa: SIM115 - taken closes it
            newline, dialect = None if self.tabbed else "", self.shape.dialect
            return count_bytes_consumed(
                again, record + 1, encoding=self.encoding, newline=newline, dialect=dialect
            )
        lines, used, looked = io.StringIO(self._text(piece), newline=""), [int(piece.offset)], [0]

        def counted() -> Iterator[str]:
            for line in lines:
                used[0] += len(line.encode("utf-8"))
                looked[0] = used[0] + line.endswith("\r")  # what follows a CR is looked at
                yield line

        reader = csv.reader(counted(), dialect=self.shape.dialect)
        for _ in range(record - piece.first + 1):
            next(reader)
        if self.stream is None:
            return min(self.size, -(-looked[0] // READ_BYTES) * READ_BYTES)
        again, count = self.stream(), 0
        while count < looked[0] and (data := again.read(READ_BYTES)):
            count += len(data)
        return count

    def _text(self, piece: Piece) -> str:
        chunk = self.piece(piece.offset, piece.size, piece.last)
        return bytes(memoryview(chunk.memory)[: chunk.size]).decode("utf-8")

    def lines(self, rows: set[int]) -> dict[int, int]:
        """Return the line (from 1) at which each row begins, by its number in the report."""
        found: dict[int, int] = {}
        row, before, last = 1, 0, max(rows)
        for chunk in self.pieces() if self.size else ():
            reader = csv_chunks.read_records(chunk, self.shape)
            begins = 1
            for _ in reader:
                if row in rows:
                    found[row] = before + begins
                row, begins = row + 1, reader.line_num + 1
                if row > last:
                    return found
            before += reader.line_num
        return found
