"""Read what an XLS workbook says about its cells: which are formulas, which are hidden.

It knows just enough of two formats: the compound file (sectors in chains) for the workbook's
stream, and the stream's records (BIFF). Every chain is bounded by the file's own size. A file that
does not fit gives None: then calamine may still read its values.
"""

from __future__ import annotations

import struct
from array import array
from dataclasses import dataclass, field

_FREE = 0xFFFFFFFA  # sector numbers from here on are marks, not sectors
_ENTRY = 128
_NAMES = ("Workbook", "Book")
FORMULA, ROW, COLUMN, SHEET = {0x0006, 0x0206, 0x0406}, 0x0208, 0x007D, 0x0085


@dataclass(slots=True)
class Marks:
    """Hold what is known of one sheet's cells; rows and columns are counted from 0.

    Formulas are as printed, or empty if not known.
    """

    formulas: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


def marks_of(data: bytes) -> list[Marks] | None:
    """Return one ``Marks`` per sheet, in order; None for a file not built as the format says."""
    try:
        stream = _workbook(data)
        return _marks(stream) if stream else None
    except (struct.error, IndexError, ValueError):
        return None


def _workbook(data: bytes) -> bytes:
    shift, mini_shift = struct.unpack_from("<HH", data, 30)
    first_directory, _, cutoff, first_mini = struct.unpack_from("<IIII", data, 48)
    if shift not in (9, 12) or mini_shift != 6:
        raise ValueError("no sector size")
    size = 1 << shift
    table = array(
        "I", b"".join(_sector(data, number, size) for number in _table_sectors(data, size))
    )
    directory = _chain(data, table, first_directory, size)
    root = b""
    for start in range(0, len(directory) - _ENTRY + 1, _ENTRY):
        entry = directory[start : start + _ENTRY]
        name = entry[: max(0, struct.unpack_from("<H", entry, 64)[0] - 2)].decode(
            "utf-16-le", "replace"
        )
        first, length = struct.unpack_from("<II", entry, 116)
        if entry[66] == 5:
            root = _chain(data, table, first, size)
        elif name in _NAMES and length >= cutoff:
            return _chain(data, table, first, size)[:length]
        elif name in _NAMES:
            mini = array("I", _chain(data, table, first_mini, size))
            return _chain(root, mini, first, 1 << mini_shift, before=0)[:length]
    return b""


def _table_sectors(data: bytes, size: int) -> list[int]:
    """Return the sectors of the allocation table: 109 in the header, the rest in a chain."""
    numbers = list(struct.unpack_from("<109I", data, 76))
    more, count = struct.unpack_from("<II", data, 68)
    for _ in range(min(count, len(data) // size)):
        if more >= _FREE:
            break
        *part, more = struct.unpack(f"<{size // 4}I", _sector(data, more, size))
        numbers += part
    return [number for number in numbers if number < _FREE]


def _sector(data: bytes, number: int, size: int, before: int = 1) -> bytes:
    return data[(number + before) * size : (number + before + 1) * size].ljust(size, b"\0")


def _chain(data: bytes, table: array[int], number: int, size: int, before: int = 1) -> bytes:
    parts: list[bytes] = []
    while number < _FREE:
        if len(parts) > len(data) // size + 1:
            raise ValueError("a chain without an end")
        parts.append(_sector(data, number, size, before))
        number = table[number]
    return b"".join(parts)


def _marks(stream: bytes) -> list[Marks]:
    starts: list[int] = []
    sheets: dict[int, Marks] = {}
    here: Marks | None = None
    position = 0
    while position + 4 <= len(stream):
        here = sheets.get(position, here)
        kind, length = struct.unpack_from("<HH", stream, position)
        body = stream[position + 4 : position + 4 + length]
        if kind == SHEET:
            starts.append(struct.unpack_from("<I", body)[0])
            sheets[starts[-1]] = Marks()
        elif here is not None:
            _mark(kind, body, here)
        position += 4 + length
    return [sheets[start] for start in starts]


def _mark(kind: int, body: bytes, sheet: Marks) -> None:
    if kind in FORMULA:
        row, column = struct.unpack_from("<HH", body)
        sheet.formulas[row, column] = ""
    elif kind == ROW and struct.unpack_from("<H", body, 12)[0] & 0x20:
        sheet.hidden_rows.add(struct.unpack_from("<H", body)[0])
    elif kind == COLUMN and struct.unpack_from("<H", body, 8)[0] & 1:
        first, last = struct.unpack_from("<HH", body)
        sheet.hidden_columns.update(range(first, min(last, 255) + 1))
