"""Put Parquet files with one schema after one another into one, without reading their rows: the row groups' bytes as they are.

A Parquet file is row groups and then a footer (Thrift's compact protocol) that says where they lie. The joined footer lists all row
groups, moved; so many writers at once give the bytes that one writer gives, if each wrote whole row groups.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xinjiang_record import files
from xinjiang_record.errors import ReleaseError
from xinjiang_record.settings import MIB

MAGIC = b"PAR1"
COPY_BYTES = 4 * MIB
# Numbers of fields in parquet.thrift.
NUM_ROWS, ROW_GROUPS = 3, 4
GROUP_COLUMNS, GROUP_OFFSET, GROUP_ORDINAL = 1, 5, 7
CHUNK_OFFSETS = (2, 4, 6)  # of ColumnChunk: file_offset, offset_index_offset, column_index_offset
CHUNK_METADATA = 3
COLUMN_OFFSETS = (9, 10, 11, 14)  # of ColumnMetaData: data page, index page, dictionary page, bloom filter
TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = range(1, 13)


@dataclass(slots=True)
class Field:
    """One field of a Thrift struct: its number, its type on the wire, its value."""

    number: int
    kind: int
    value: Any


Struct = list[Field]


def join(parts: Sequence[Path], out: files.NewFile) -> None:
    """Write the joined file into ``out``. ReleaseError for parts that one writer could not have written."""
    out.write(MAGIC)
    first: Struct | None = None
    for path in parts:
        footer, end = _footer(path)
        moved = out.bytes - len(MAGIC)
        _copy(path, len(MAGIC), end, out)
        if first is None:
            first = footer
            _move(_get(footer, ROW_GROUPS)[1], moved, 0)
            continue
        if any(_get(first, number) != _get(footer, number) for number in (1, 2, 5, 6, 7)):
            raise ReleaseError(f"{path}: is not of the schema or the writer of {parts[0]}. Nothing was published.")
        groups = _get(first, ROW_GROUPS)[1]
        _move(_get(footer, ROW_GROUPS)[1], moved, len(groups))
        groups.extend(_get(footer, ROW_GROUPS)[1])
        _set(first, NUM_ROWS, _get(first, NUM_ROWS) + _get(footer, NUM_ROWS))
    text = bytearray()
    _write_struct(text, first or [])
    out.write(bytes(text) + struct.pack("<I", len(text)) + MAGIC)


def _footer(path: Path) -> tuple[Struct, int]:
    """The footer of a file, and where it begins."""
    with open(path, "rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(size - 8)
        length, magic = struct.unpack("<I4s", stream.read(8))
        if magic != MAGIC or length > size - 12:
            raise ReleaseError(f"{path}: is no Parquet file. Nothing was published.")
        stream.seek(size - 8 - length)
        return _Reader(stream.read(length)).structure(), size - 8 - length


def _copy(path: Path, start: int, end: int, out: files.NewFile) -> None:
    with open(path, "rb") as stream:
        stream.seek(start)
        while start < end:
            data = stream.read(min(COPY_BYTES, end - start))
            out.write(data)
            start += len(data)


def _move(groups: list[Struct], by: int, before: int) -> None:
    """Shift every offset of some row groups; ``before`` row groups stand ahead of them."""
    for at, group in enumerate(groups):
        _shift(group, (GROUP_OFFSET,), by)
        _set(group, GROUP_ORDINAL, before + at)
        for chunk in _get(group, GROUP_COLUMNS)[1]:
            _shift(chunk, CHUNK_OFFSETS, by)
            _shift(_get(chunk, CHUNK_METADATA), COLUMN_OFFSETS, by)


def _shift(value: Struct, numbers: Sequence[int], by: int) -> None:
    for item in value:
        if item.number in numbers and item.value:  # 0 says that there is none
            item.value += by


def _get(value: Struct, number: int) -> Any:
    return next((item.value for item in value if item.number == number), None)


def _set(value: Struct, number: int, to: Any) -> None:
    for item in value:
        if item.number == number:
            item.value = to


class _Reader:
    """Thrift's compact protocol, as values that ``_write_struct`` gives back byte for byte."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def structure(self) -> Struct:
        return list(self._fields())

    def _fields(self) -> Iterator[Field]:
        number = 0
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._signed()
            kind = head & 15
            yield Field(number, kind, kind == TRUE if kind in (TRUE, FALSE) else self._value(kind))

    def _value(self, kind: int) -> Any:
        if kind in (I16, I32, I64):
            return self._signed()
        if kind == STRUCT:
            return self.structure()
        if kind == BINARY:
            return self._take(self._varint())
        if kind in (LIST, SET):
            head = self._byte()
            size = head >> 4 if head >> 4 != 15 else self._varint()
            return head & 15, [self._value(head & 15) for _ in range(size)]
        if kind in (BYTE, TRUE, FALSE):  # the last two only in lists
            return self._byte()
        if kind == DOUBLE:
            return self._take(8)
        raise ReleaseError(f"a Parquet footer has a field of type {kind}, which none has. Nothing was published.")

    def _byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def _take(self, count: int) -> bytes:
        self._at += count
        return self._data[self._at - count : self._at]

    def _varint(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7

    def _signed(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)


def _write_struct(out: bytearray, value: Struct) -> None:
    last = 0
    for item in value:
        kind = (TRUE if item.value else FALSE) if item.kind in (TRUE, FALSE) else item.kind
        if 0 < item.number - last <= 15:
            out.append((item.number - last) << 4 | kind)
        else:
            out.append(kind)
            _write_signed(out, item.number)
        last = item.number
        if kind not in (TRUE, FALSE):
            _write_value(out, kind, item.value)
    out.append(0)


def _write_value(out: bytearray, kind: int, value: Any) -> None:
    if kind in (I16, I32, I64):
        _write_signed(out, value)
    elif kind == STRUCT:
        _write_struct(out, value)
    elif kind == BINARY:
        _write_varint(out, len(value))
        out += value
    elif kind in (LIST, SET):
        inner, items = value
        out.append(min(len(items), 15) << 4 | inner)
        if len(items) >= 15:
            _write_varint(out, len(items))
        for item in items:
            _write_value(out, inner, item)
    elif kind == DOUBLE:
        out += value
    else:
        out.append(value)


def _write_varint(out: bytearray, value: int) -> None:
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)


def _write_signed(out: bytearray, value: int) -> None:
    _write_varint(out, value << 1 if value >= 0 else (-value << 1) - 1)
