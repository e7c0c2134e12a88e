"""Whether this engine can read a text table that Frictionless has opened, and how."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from frictionless.schemes.multipart.loader import MultipartByteStream

from xinjiang_record.limits import LIMITS
from xinjiang_record.validate.beyond_frictionless import Hint, look
from xinjiang_record.validate.fast_pass import numpy_columns
from xinjiang_record.validate.fast_pass.suspect_store import THREADS, Table
from xinjiang_record.validate.frictionless_hooks.resource_hook import taken
from xinjiang_record.validate.readers import csv_chunks, file_hashes
from xinjiang_record.validate.readers.byte_streams import Joined, Part, Recoded, parts, several
from xinjiang_record.validate.readers.csv_chunks import Chunk, Parsed, Shape, Uncertain
from xinjiang_record.validate.readers.file_hashes import Digests

PLAIN = {
    "utf-8": 0,
    "utf-8-sig": 3,
}  # encodings that need no recoding, with the length of their byte order mark
PARQUET = ("parquet", "parq")  # formats, as Frictionless calls them
READ_BYTES = 8192  # what Frictionless's text stream asks of its byte stream at a time


@dataclass(frozen=True)
class Plan:
    """A CSV table to read. ``first`` is the number (from 0) of the first record that is data; ``fields`` are Frictionless's own.

    ``ahead`` is the number of records before the first piece: none. ``stream`` is Frictionless's own, of a table in several parts.
    No data are records that begin with ``comment``, those numbered (from 1) ``comment_rows``, and with ``skip_blank`` those of empty cells.
    """

    parts: tuple[Part, ...]
    encoding: str
    shape: Shape
    first: int
    fields: list[Any]
    stream: Any = None
    comment: str = ""
    comment_rows: frozenset[int] = frozenset()
    skip_blank: bool = False
    tabbed: bool = False
    ahead: int = 0
    threads: int = THREADS

    @property
    def path(self) -> str:
        """What the table is called while it is read."""
        return self.parts[0].path

    @cached_property
    def size(self) -> int:
        """The bytes of all parts; those under gzip as they are on the disk."""
        return sum(part.size for part in self.parts)

    def done(self, chunk: Chunk) -> int:
        """The bytes up to the end of a piece."""
        return chunk.offset + chunk.size

    @property
    def rows(self) -> int:
        """About how many rows there are, at 64 bytes each."""
        return self.size // 64

    @property
    def _compressed(self) -> bool:
        return any(part.gzip for part in self.parts)

    def pieces(self) -> Iterator[Chunk]:
        """The table in pieces, from its beginning."""
        stream: Any = Joined(self.parts)
        if self.encoding not in PLAIN:
            stream = Recoded(stream, self.encoding)
        smaller = (
            max(csv_chunks.LEAST_SIZE, min(csv_chunks.SIZE, self.size // 4))
            if not self._compressed
            else csv_chunks.SIZE
        )
        return csv_chunks.cut(stream, self.shape, skip=PLAIN.get(self.encoding, 0), size=smaller)

    def piece(self, offset: int, size: int, last: bool) -> Chunk:
        """One piece again."""
        if self._compressed or self.encoding not in PLAIN:
            return next(chunk for chunk in self.pieces() if chunk.offset == offset)
        memory = bytearray(size + len(self.shape.sentinel) + 1)
        with memoryview(
            memory
        ) as view:  # a last piece may have been counted with a line end that the file lacks
            filled = csv_chunks.fill(Joined(self.parts, offset), view, 0, size)
        return Chunk(memory, filled, offset, last)

    def parse(self, chunk: Chunk) -> Parsed:
        """The records of a piece; of the first one those that are data."""
        if self.tabbed and chunk.memory.find(b"\r", 0, chunk.size) >= 0:
            raise Uncertain(
                "a CR in a tabbed file, which Frictionless reads as LF inside of cells too"
            )
        parsed = csv_chunks.parse(chunk, self.shape)
        if chunk.first:
            _need(
                max(self.comment_rows, default=0) <= parsed.records or chunk.last,
                "commentRows far from the beginning",
            )
            parsed = csv_chunks.without(parsed, min(self.first, parsed.records))
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
        return csv_chunks.only(parsed, kept, ragged)

    def _is_data(self, number: int, cells: list[str], comments: frozenset[int]) -> bool:
        """As Frictionless's filters have it."""
        comment = number + 1 in comments or (
            self.comment and cells and cells[0].startswith(self.comment)
        )
        return not comment and not (self.skip_blank and not any(cells))

    def cells(self, kept: Sequence[pa.Array]) -> list[list[Any]]:
        """Rows that were kept, as Frictionless's parser gives their cells."""
        return list(map(list, zip(*(column.to_pylist() for column in kept), strict=True)))

    def blank_lines(self, chunk: Chunk, blank: set[int]) -> dict[int, list[str]]:
        """Of the records of a piece that have no value, by their numbers in it: those that are blank lines have no cell either."""
        if not csv_chunks.has_blank_line(chunk):
            return {}
        records = enumerate(csv_chunks.records(chunk, self.shape))
        return {number: cells for number, cells in records if number in blank}

    def hints(self, chunk: Chunk, cells: list[pa.Array], kernels: list[Any]) -> list[Hint]:
        """What a reader of a piece should know."""
        return look(chunk, cells, kernels)

    def digests(self) -> Digests | None:
        """The hashes of the bytes that Frictionless counts, begun; None if it has counted them when the table is open."""
        if len(self.parts) > 1:
            return Digests(lambda: Joined(self.parts))
        return None if self._compressed else file_hashes.of(self.path)

    def consumed(self, piece: Any, record: int) -> int | None:
        """The bytes that Frictionless's text stream has taken in when it gives this record; None if it was all of them."""
        if len(self.parts) == 1 and self._compressed:
            return None
        if self.encoding not in PLAIN:
            again = self.stream() if self.stream else open(self.path, "rb")  # noqa: SIM115 - taken closes it
            newline, dialect = None if self.tabbed else "", self.shape.dialect
            return taken(
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

    def _text(self, piece: Any) -> str:
        chunk = self.piece(piece.offset, piece.size, piece.last)
        return bytes(memoryview(chunk.memory)[: chunk.size]).decode("utf-8")

    def lines(self, rows: set[int]) -> dict[int, int]:
        """The line (from 1) at which each row, by its number in the report, begins."""
        found: dict[int, int] = {}
        row, before, last = 1, 0, max(rows)
        for chunk in self.pieces() if self.size else ():
            reader = csv_chunks.records(chunk, self.shape)
            begins = 1
            for _ in reader:
                if row in rows:
                    found[row] = before + begins
                row, begins = row + 1, reader.line_num + 1
                if row > last:
                    return found
            before += reader.line_num
        return found


def plan(resource: Any) -> Table:
    """How to read an open resource of Frictionless's; raises Uncertain, saying why, if this engine cannot."""
    if resource.format in PARQUET:
        from xinjiang_record.validate.readers import (
            parquet_reader,  # with pandas, only where it is needed
        )

        return parquet_reader.plan(resource)
    _need(
        not resource.memory and not resource.innerpath,
        "inline data, or a file inside of an archive",
    )
    scheme = "multipart" if resource.multipart else "file"
    _need(
        resource.format in ("csv", "tsv") and resource.scheme in ("", scheme),
        f"format {resource.format}",
    )
    _need(
        resource.multipart or resource.compression in (None, "", "gz"),
        f"compression {resource.compression}",
    )
    fields = resource.header.get_expected_fields()
    names = [item.name for item in fields]
    _need(bool(names) and len(set(names)) == len(names), "no fields, or fields of one name")
    encoding = codecs.lookup(resource.encoding).name
    dialect = resource.dialect
    _need(dialect.header_case, "headerCase")
    rows = dialect.comment_rows or []
    _need(
        isinstance(dialect.comment_char or "", str) and all(type(row) is int for row in rows),
        "odd comments",
    )
    first = dialect.create_first_content_row() - 1
    _need(type(first) is int and first >= 0, "odd headerRows")
    shape = _shape(dialect, len(names))
    loader = resource._TableResource__parser.loader
    dropped = (
        dialect.comment_char or "",
        frozenset(rows),
        bool(dialect.skip_blank_rows),
        resource.format != "csv",
    )
    return Plan(
        parts(resource, loader), encoding, shape, first, fields, _stream(resource, loader), *dropped
    )


def _stream(resource: Any, loader: Any) -> Any:
    if not resource.multipart:
        return None
    headless = several(loader)._MultipartByteStream__headless
    return lambda: MultipartByteStream(resource.normpaths, remote=False, headless=headless)


def _shape(dialect: Any, width: int) -> Shape:
    control = dialect.get_control("csv")
    python = control.to_python()
    delimiter, quote = python.delimiter, python.quotechar or ""
    plain = all(
        len(item) <= 1 and item.isascii() and item not in "\r\n\0" for item in (delimiter, quote)
    )
    _need(
        plain and len(delimiter) == 1 and delimiter != quote, "delimiter or quote of another kind"
    )
    _need(
        not python.escapechar and python.doublequote and not python.skipinitialspace,
        "escapes or skipInitialSpace",
    )
    _need(width <= LIMITS.field_count, f"{width} columns")
    return Shape(delimiter, quote, width, python)


def _need(fact: bool, why: str) -> None:
    if not fact:
        raise Uncertain(why)
