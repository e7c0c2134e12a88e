"""Whether this engine can read a table that Frictionless has opened, and how; and the stream it is read from."""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from xinjiang_record.errors import LimitError
from xinjiang_record.settings import LIMITS, MIB
from xinjiang_record.validate import chunks
from xinjiang_record.validate.chunks import Chunk, Shape, Uncertain

PLAIN = {"utf-8": 0, "utf-8-sig": 3}  # encodings that need no recoding, with the length of their byte order mark
RATIO_FREE_BYTES = 64 * MIB  # below this a compressed file's ratio is not looked at


@dataclass(frozen=True, slots=True)
class Plan:
    """A table to read. ``first`` is the number (from 0) of the first record that is data; ``fields`` are Frictionless's own."""

    path: str
    compression: str
    encoding: str
    shape: Shape
    first: int
    fields: list[Any]

    @property
    def seekable(self) -> bool:
        return not self.compression and self.encoding in PLAIN

    def pieces(self) -> Iterator[Chunk]:
        """The file in pieces, from its beginning."""
        with self._open() as raw:
            stream: Any = raw if self.encoding in PLAIN else _Recoded(raw, self.encoding)
            size = os.path.getsize(self.path)
            guarded = _Bounded(stream, size, self.path) if self.compression else stream
            smaller = max(chunks.LEAST_SIZE, min(chunks.SIZE, size // 4)) if not self.compression else chunks.SIZE
            yield from chunks.cut(guarded, self.shape, skip=PLAIN.get(self.encoding, 0), size=smaller)

    def _open(self) -> Any:
        if self.compression:
            return pa.CompressedInputStream(pa.OSFile(self.path), "gzip")
        return open(self.path, "rb", buffering=0)

    def piece(self, offset: int, size: int, last: bool) -> Chunk:
        """One piece again."""
        if self.seekable:
            with open(self.path, "rb") as stream:
                stream.seek(offset)
                data = stream.read(size)  # a last piece may have been counted with a line end that the file lacks
            memory = bytearray(len(data) + len(self.shape.sentinel) + 1)
            memory[: len(data)] = data
            return Chunk(memory, len(data), offset, last)
        return next(chunk for chunk in self.pieces() if chunk.offset == offset)


class _Bounded:
    """Counts what comes out of a compressed file."""

    def __init__(self, stream: Any, packed: int, shown: str) -> None:
        self._stream, self._packed, self._shown, self._out = stream, packed, shown, 0

    def readinto(self, target: memoryview) -> int:
        try:
            count = int(self._stream.readinto(target))
        except OSError as error:
            raise Uncertain(str(error)) from error
        self._out += count
        if self._out > LIMITS.decompressed_bytes:
            raise LimitError(
                f"{self._shown}: over the limit decompressed_bytes ({LIMITS.decompressed_bytes}). Nothing was kept."
            )
        if self._out > RATIO_FREE_BYTES and self._out > self._packed * LIMITS.compression_ratio:
            raise LimitError(
                f"{self._shown}: {self._packed} bytes became {self._out}, over the limit compression_ratio "
                f"({LIMITS.compression_ratio}). Nothing was kept."
            )
        return count


class _Recoded:
    """Another encoding's bytes as UTF-8."""

    def __init__(self, stream: Any, encoding: str) -> None:
        self._stream, self._decoder, self._rest, self._done = (
            stream,
            codecs.getincrementaldecoder(encoding)(),
            b"",
            False,
        )

    def readinto(self, target: memoryview) -> int:
        while not self._rest and not self._done:
            data = self._stream.read(len(target))
            self._done = not data
            try:
                self._rest = self._decoder.decode(data or b"", final=self._done).encode("utf-8")
            except UnicodeError as error:
                raise Uncertain(str(error)) from error
        count = min(len(target), len(self._rest))
        target[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


def plan(resource: Any) -> Plan:
    """How to read an open resource of Frictionless's; raises Uncertain, saying why, if this engine cannot."""
    _need(not resource.multipart and not resource.memory and not resource.innerpath, "several parts or inline data")
    _need(resource.format in ("csv", "tsv") and resource.scheme in ("", "file"), f"format {resource.format}")
    _need(resource.compression in (None, "", "gz"), f"compression {resource.compression}")
    path = str(resource.normpath).removeprefix("file://")
    fields = resource.header.get_expected_fields()
    names = [item.name for item in fields]
    _need(bool(names) and len(set(names)) == len(names), "no fields, or fields of one name")
    encoding = codecs.lookup(resource.encoding).name
    dialect = resource.dialect
    _need(dialect.header_case and not dialect.skip_blank_rows, "headerCase or skipBlankRows")
    _need(not dialect.comment_char and not dialect.comment_rows, "comments")
    first = dialect.create_first_content_row() - 1
    return Plan(path, resource.compression or "", encoding, _shape(dialect, len(names)), first, fields)


def _shape(dialect: Any, width: int) -> Shape:
    control = dialect.get_control("csv")
    python = control.to_python()
    delimiter, quote = python.delimiter, python.quotechar or ""
    plain = all(len(item) <= 1 and item.isascii() and item not in "\r\n\0" for item in (delimiter, quote))
    _need(plain and len(delimiter) == 1 and delimiter != quote, "delimiter or quote of another kind")
    _need(not python.escapechar and python.doublequote and not python.skipinitialspace, "escapes or skipInitialSpace")
    _need(width <= LIMITS.field_count, f"{width} columns")
    return Shape(delimiter, quote, width, python)


def _need(fact: bool, why: str) -> None:
    if not fact:
        raise Uncertain(why)
