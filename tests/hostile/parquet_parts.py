"""Take a Parquet file apart, and put it together with headers and a footer that were changed.

Both are structs of Thrift's compact protocol. A struct is read as ``{field: [type, value]}``, and a
list as ``[type, values]``, so that each part can be given another value.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

Struct = dict[int, list[Any]]
TRUE, FALSE, BYTE, I64, DOUBLE, BINARY, LIST, SET, STRUCT = 1, 2, 3, 6, 7, 8, 9, 10, 12
# Fields of the structs of parquet.thrift.
NUM_ROWS, ROW_GROUPS = 3, 4
COLUMNS, GROUP_ROWS = 1, 3
META = 3  # of a column chunk
VALUES, UNCOMPRESSED, COMPRESSED, DATA_OFFSET, DICTIONARY_OFFSET, STATISTICS = 5, 6, 7, 9, 11, 12


class _Reader:
    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data, self.at = data, at

    def varint(self) -> int:
        shift = found = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            found |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return found

    def value(self, kind: int) -> Any:
        if kind in (TRUE, FALSE):
            return kind == TRUE
        if kind == BYTE:
            self.at += 1
            return self.data[self.at - 1]
        if kind < DOUBLE:
            number = self.varint()
            return (number >> 1) ^ -(number & 1)
        if kind == STRUCT:
            return self.struct()
        if kind in (LIST, SET):
            head = self.data[self.at]
            self.at += 1
            count = self.varint() if head >> 4 == 15 else head >> 4
            return [head & 15, [self.value(head & 15) for _ in range(count)]]
        size = 8 if kind == DOUBLE else self.varint()
        self.at += size
        return self.data[self.at - size : self.at]

    def struct(self) -> Struct:
        found: Struct = {}
        number = 0
        while head := self.data[self.at]:
            self.at += 1
            if head >> 4:
                number += head >> 4
            else:
                number = self.value(4)
            found[number] = [head & 15, self.value(head & 15)]
        self.at += 1
        return found


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*found, number))


def _value(kind: int, value: Any) -> bytes:
    if kind in (TRUE, FALSE):
        return b""
    if kind == BYTE:
        return bytes([value])
    if kind < DOUBLE:
        return _varint(((value << 1) ^ (value >> 63)) & (1 << 64) - 1)
    if kind == STRUCT:
        return write_struct(value)
    if kind in (LIST, SET):
        inner, values = value
        size = len(values)
        head = bytes([size << 4 | inner]) if size < 15 else bytes([0xF0 | inner]) + _varint(size)
        return head + b"".join(_value(inner, item) for item in values)
    return bytes(value) if kind == DOUBLE else _varint(len(value)) + value


def write_struct(fields: Struct) -> bytes:
    """Return the bytes of a struct; each field is written with its whole number."""
    parts = []
    for number, (kind, value) in sorted(fields.items()):
        kind = (TRUE if value else FALSE) if kind in (TRUE, FALSE) else kind
        parts.append(bytes([kind]) + _value(4, number) + _value(kind, value))
    return b"".join(parts) + b"\0"


def change(
    data: bytes,
    header: Callable[[Struct, bytes], bytes] = lambda fields, page: page,
    footer: Callable[[Struct], object] = lambda fields: None,
) -> bytes:
    """Return a Parquet file with other page headers, pages and another footer.

    Offsets and sizes of chunks are those of the new pages; then ``footer`` may change them.

    Args:
        data: A file without column indexes.
        header: Takes the header of each page, which it may change, and the page; returns the page.
        footer: Takes the footer, which it may change.
    """
    size = struct.unpack("<I", data[-8:-4])[0]
    meta = _Reader(data, len(data) - 8 - size).struct()
    out = bytearray(b"PAR1")
    for group in meta[ROW_GROUPS][1][1]:
        for chunk in group[COLUMNS][1][1]:
            column = chunk[META][1]
            first = column.get(DICTIONARY_OFFSET, column[DATA_OFFSET])[1]
            begin, reader = len(out), _Reader(data, first)
            while reader.at < first + column[COMPRESSED][1]:
                fields = reader.struct()
                page = data[reader.at : reader.at + fields[3][1]]
                reader.at += fields[3][1]
                place = DICTIONARY_OFFSET if fields[1][1] == 2 else DATA_OFFSET
                column[place][1] = len(out)
                page = header(fields, page)
                out += write_struct(fields) + page
            column[COMPRESSED][1] = len(out) - begin
    footer(meta)
    end = write_struct(meta)
    return bytes(out) + end + struct.pack("<I", len(end)) + b"PAR1"


def columns_of(meta: Struct) -> list[Struct]:
    """Return the metadata of every column chunk."""
    groups = meta[ROW_GROUPS][1][1]
    return [chunk[META][1] for group in groups for chunk in group[COLUMNS][1][1]]
