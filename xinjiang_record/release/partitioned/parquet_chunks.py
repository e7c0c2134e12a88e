"""Put columns of two Parquet files together without decoding them.

A new version of a part often differs from the old one in few columns. The chunks of the others are
copied; only the footer is new. The result has the bytes that pyarrow would write, since a chunk
depends on its own values only. ``tests/release/test_parquet_chunks.py`` compares them.

A footer is a tree of Thrift's compact protocol. It is read and written as it is: a field that this
module does not know stays. The format: https://github.com/apache/parquet-format and
https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from __future__ import annotations

import struct
from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeAlias

MAGIC = b"PAR1"
TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE = range(1, 8)
BINARY, LIST, SET, STRUCT = 8, 9, 10, 12
INTEGERS = (I16, I32, I64)
LONG_LIST = 15  # a list of so many items or more has its length apart
# The numbers of the fields that change with the place of a chunk.
CREATED_BY, ROW_GROUPS = 6, 4  # of the file
COLUMNS, GROUP_BYTES, GROUP_OFFSET, GROUP_COMPRESSED = 1, 2, 5, 6  # of a row group
CHUNK_OFFSET, META = 2, 3  # of a chunk of a column
NAME, UNCOMPRESSED, COMPRESSED, DATA_PAGE, INDEX_PAGE, DICTIONARY_PAGE = 3, 6, 7, 9, 10, 11

Value: TypeAlias = "bool | int | bytes | Items | Fields"


@dataclass(slots=True)
class Items:
    """Hold a list or a set: the kind of its items, and the items."""

    kind: int
    values: list[Value]


@dataclass(slots=True)
class Fields:
    """Hold a structure: the kind and the value of each field, by its number."""

    kinds: dict[int, int]
    values: dict[int, Value]

    def number(self, field: int) -> int:
        """Return an integer; 0 if it is not there."""
        value = self.values.get(field, 0)
        if not isinstance(value, int):
            raise ValueError(f"field {field}: expected an integer")
        return value

    def items(self, field: int) -> list[Value]:
        """Return the items of a list."""
        value = self.values[field]
        if not isinstance(value, Items):
            raise ValueError(f"field {field}: expected a list")
        return value.values

    def structures(self, field: int) -> list[Fields]:
        """Return the items of a list of structures."""
        return [item for item in self.items(field) if isinstance(item, Fields)]

    def structure(self, field: int) -> Fields:
        """Return a structure."""
        value = self.values[field]
        if not isinstance(value, Fields):
            raise ValueError(f"field {field}: expected a structure")
        return value


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def fields(self) -> Fields:
        found, number = Fields({}, {}), 0
        while head := self._byte():
            kind, step = head & 15, head >> 4
            number = number + step if step else self._signed()
            found.kinds[number], found.values[number] = kind, self._value(kind)
        return found

    def _value(self, kind: int, *, in_list: bool = False) -> Value:
        if kind in (TRUE, FALSE):
            return self._byte() == TRUE if in_list else kind == TRUE
        if kind == BYTE:
            return self._byte()
        if kind in INTEGERS:
            return self._signed()
        if kind == DOUBLE:
            return self._take(8)
        if kind == BINARY:
            return self._take(self._unsigned())
        if kind in (LIST, SET):
            head = self._byte()
            count = head >> 4 if head >> 4 < LONG_LIST else self._unsigned()
            return Items(head & 15, [self._value(head & 15, in_list=True) for _ in range(count)])
        if kind == STRUCT:
            return self.fields()
        raise ValueError(f"a kind of value that no Parquet footer has: {kind}")

    def _take(self, count: int) -> bytes:
        data = self._data[self._at : self._at + count]
        if len(data) != count:
            raise ValueError("the footer ends too early")
        self._at += count
        return data

    def _byte(self) -> int:
        return self._take(1)[0]

    def _unsigned(self) -> int:
        value = shift = 0
        while (byte := self._byte()) & 0x80:
            value |= (byte & 0x7F) << shift
            shift += 7
        return value | byte << shift

    def _signed(self) -> int:
        value = self._unsigned()
        return value >> 1 ^ -(value & 1)


def _write_fields(out: bytearray, fields: Fields) -> None:
    before = 0
    for number in sorted(fields.values):
        kind, value = fields.kinds[number], fields.values[number]
        if kind in (TRUE, FALSE):
            kind = TRUE if value else FALSE
        if 0 < number - before < LONG_LIST + 1:
            out.append(number - before << 4 | kind)
        else:
            out.append(kind)
            _write_signed(out, number)
        before = number
        if kind not in (TRUE, FALSE):
            _write_value(out, kind, value)
    out.append(0)


def _write_value(out: bytearray, kind: int, value: Value) -> None:
    if isinstance(value, Fields):
        _write_fields(out, value)
    elif isinstance(value, Items):
        if len(value.values) < LONG_LIST:
            out.append(len(value.values) << 4 | value.kind)
        else:
            out.append(LONG_LIST << 4 | value.kind)
            _write_unsigned(out, len(value.values))
        for item in value.values:
            _write_value(out, value.kind, item)
    elif isinstance(value, bytes):
        if kind == BINARY:
            _write_unsigned(out, len(value))
        out += value
    elif kind in (TRUE, FALSE):
        out.append(TRUE if value else FALSE)
    elif kind == BYTE:
        out.append(value)
    else:
        _write_signed(out, value)


def _write_unsigned(out: bytearray, value: int) -> None:
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)


def _write_signed(out: bytearray, value: int) -> None:
    _write_unsigned(out, value << 1 if value >= 0 else (-value << 1) - 1)


def read_footer(data: bytes) -> Fields:
    """Return the footer of a Parquet file.

    Raises:
        ValueError: It is not one.
    """
    if data[:4] != MAGIC or data[-4:] != MAGIC:
        raise ValueError("not a Parquet file")
    (size,) = struct.unpack("<I", data[-8:-4])
    return _Reader(data[-8 - size : -8]).fields()


def replace_columns(old: bytes, new: bytes, names: Collection[str]) -> bytes:
    """Return the Parquet file ``old`` with the columns ``names`` of the file ``new``.

    Raises:
        ValueError: The files do not fit: they have other row groups, or another program wrote one.
    """
    footer, other = read_footer(old), read_footer(new)
    groups, others = footer.structures(ROW_GROUPS), other.structures(ROW_GROUPS)
    if footer.values.get(CREATED_BY) != other.values.get(CREATED_BY) or len(groups) != len(others):
        raise ValueError("the two files do not fit")
    wanted, out = {name.encode() for name in names}, bytearray(MAGIC)
    for group, replacing in zip(groups, others, strict=True):
        columns = {_name(chunk): chunk for chunk in replacing.structures(COLUMNS)}
        start, chunks = len(out), list[Value]()
        for chunk in group.structures(COLUMNS):
            is_new = _name(chunk) in wanted
            chosen = columns[_name(chunk)] if is_new else chunk
            _move(chosen, new if is_new else old, out)
            chunks.append(chosen)
        group.values[COLUMNS] = Items(STRUCT, chunks)
        metas = [chunk.structure(META) for chunk in group.structures(COLUMNS)]
        group.values[GROUP_BYTES] = sum(meta.number(UNCOMPRESSED) for meta in metas)
        group.values[GROUP_COMPRESSED] = sum(meta.number(COMPRESSED) for meta in metas)
        group.values[GROUP_OFFSET] = start
    start = len(out)
    _write_fields(out, footer)
    return bytes(out + struct.pack("<I", len(out) - start) + MAGIC)


def _name(chunk: Fields) -> bytes:
    (name,) = chunk.structure(META).items(NAME)
    if not isinstance(name, bytes):
        raise ValueError("a column without a name")
    return name


def _move(chunk: Fields, data: bytes, out: bytearray) -> None:
    """Add the bytes of a chunk, and note its new place."""
    meta = chunk.structure(META)
    pages = [meta.number(field) for field in (DATA_PAGE, DICTIONARY_PAGE) if meta.number(field)]
    start, size = min(pages), meta.number(COMPRESSED)
    moved = len(out) - start
    out += data[start : start + size]
    for field in (DATA_PAGE, INDEX_PAGE, DICTIONARY_PAGE):
        if meta.number(field):
            meta.values[field] = meta.number(field) + moved
    if chunk.number(CHUNK_OFFSET):
        chunk.values[CHUNK_OFFSET] = chunk.number(CHUNK_OFFSET) + moved
