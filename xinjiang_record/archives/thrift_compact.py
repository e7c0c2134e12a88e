"""Read and write values of Thrift's compact protocol, in which the footers of Parquet files are.

A structure is read as it is: a field that nobody here knows stays. The format:
https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE = range(1, 8)
BINARY, LIST, SET, STRUCT = 8, 9, 10, 12
INTEGERS = (I16, I32, I64)
LONG_LIST = 15  # a list of so many items or more has its length apart
MOST_DEPTH = 24
MOST_BITS = 64  # of a number

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


def read_fields(data: bytes) -> Fields:
    """Return the structure at the beginning of ``data``.

    Raises:
        ValueError: It is cut, too deep, or of kinds that no footer has.
    """
    return _Reader(data).fields(0)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def fields(self, depth: int) -> Fields:
        if depth > MOST_DEPTH:
            raise ValueError("too many levels")
        found, number = Fields({}, {}), 0
        while head := self._byte():
            kind, step = head & 15, head >> 4
            number = number + step if step else self._signed()
            found.kinds[number], found.values[number] = kind, self._value(kind, depth)
        return found

    def _value(self, kind: int, depth: int, *, in_list: bool = False) -> Value:
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
            return self._items(depth + 1)
        if kind == STRUCT:
            return self.fields(depth + 1)
        raise ValueError(f"a kind of value that no Parquet footer has: {kind}")

    def _items(self, depth: int) -> Items:
        if depth > MOST_DEPTH:
            raise ValueError("too many levels")
        head = self._byte()
        kind = head & 15
        count = head >> 4 if head >> 4 < LONG_LIST else self._unsigned()
        if count > len(self._data) - self._at:  # each item takes a byte or more
            raise ValueError("a list that is cut")
        return Items(kind, [self._value(kind, depth, in_list=True) for _ in range(count)])

    def _take(self, count: int) -> bytes:
        data = self._data[self._at : self._at + count]
        if len(data) != count:
            raise ValueError("the footer ends too early")
        self._at += count
        return data

    def _byte(self) -> int:
        if self._at >= len(self._data):
            raise ValueError("the footer ends too early")
        self._at += 1
        return self._data[self._at - 1]

    def _unsigned(self) -> int:
        value = shift = 0
        while (byte := self._byte()) & 0x80:
            value |= (byte & 0x7F) << shift
            shift += 7
            if shift >= MOST_BITS:
                raise ValueError("a number that is too long")
        return value | byte << shift

    def _signed(self) -> int:
        value = self._unsigned()
        return value >> 1 ^ -(value & 1)


def write_fields(out: bytearray, fields: Fields) -> None:
    """Append a structure to ``out``."""
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
        write_fields(out, value)
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
