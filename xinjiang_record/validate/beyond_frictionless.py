"""Give hints that Frictionless does not give: what no schema forbids, and a reader should know.

They are about NUL characters, characters that turn the direction of writing, and cells that a
spreadsheet would run as a formula.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xinjiang_record.model import Finding, Place

if TYPE_CHECKING:
    import pyarrow as pa

    from xinjiang_record.numpy_columns import Mask
    from xinjiang_record.validate.fast_pass.arrow_checks import ColumnCheck
    from xinjiang_record.validate.fast_pass.suspect_store import Rows
    from xinjiang_record.validate.field_types.field_rules import TableField
    from xinjiang_record.validate.readers.csv_chunks import Chunk

FORMULA = ("=", "@", "+")  # what a cell begins with that a spreadsheet runs
BIDI_CHARACTERS = {*map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))}
BIDI = r"[\x{202a}-\x{202e}\x{2066}-\x{2069}]"
BIDI_BYTES = re.compile(rb"\xe2(?:\x80[\xaa-\xae]|\x81[\xa6-\xa9])")
MESSAGES = {
    "nul-character": "holds a NUL character, at which many programs cut a text off. Remove it",
    "bidi-control": "holds a character that turns the direction of writing (U+202A to U+202E, "
    "U+2066 to U+2069), so that it may read otherwise than it is. Remove it, unless the script "
    "needs it",
    "formula-cell": "begins with =, + or @, which a spreadsheet runs as a formula. Put a text "
    "before it, or warn your readers",
}


def find_open_quote(lines: Iterable[str], dialect: csv.Dialect) -> tuple[int, int] | None:
    """Return row and line (from 1) of the record with a quote that is never closed."""
    reader = csv.reader(lines, dialect=dialect, strict=True)
    row = begins = 1
    try:
        for _ in reader:
            row, begins = row + 1, reader.line_num + 1
    except csv.Error as error:
        return (row, begins) if "unexpected end" in str(error) else None
    return None


def warn_of_open_quote(row: int, where: str, shown: str, resource: str) -> Finding:
    """Return the warning for a quote that is never closed; ``where`` is the line."""
    message = (
        f"the quote of the record at {where} is never closed: the rest of the file "
        "is one cell. Close the quote, or double it."
    )
    return Finding("open-quote", message, Place(shown, row), resource=resource, severity="warning")


@dataclass(frozen=True, slots=True)
class Hint:
    """Hold one kind in one piece and column: how many rows, and the first (of the table)."""

    kind: str
    place: int
    count: int
    row: int


def find_hints(chunk: Chunk, cells: list[pa.Array], checks: list[ColumnCheck]) -> list[Hint]:
    """Return all hints in one piece."""
    from xinjiang_record import numpy_columns  # deferred: start-up

    found: list[Hint] = []
    memory, size = chunk.memory, chunk.size
    nul = memory.find(0, 0, size) >= 0
    lead = memory.find(0xE2, 0, size) >= 0
    bidi = lead and BIDI_BYTES.search(memoryview(memory)[:size]) is not None
    for place, (column, check) in enumerate(zip(cells, checks, strict=True)):
        if nul:
            _note(found, "nul-character", place, numpy_columns.matches(column, r"\x00"))
        if bidi:
            _note(found, "bidi-control", place, numpy_columns.matches(column, BIDI))
        if check.is_text and len(column):
            _note(found, "formula-cell", place, _formulas(column))
    return found


def _formulas(column: pa.Array) -> Mask:
    import numpy as np  # deferred: start-up

    from xinjiang_record import numpy_columns  # deferred: start-up

    data = numpy_columns.data(column)
    if not len(data):
        return np.zeros(len(column), np.bool_)
    first = data.take(numpy_columns.offsets(column)[:-1], mode="clip")
    firsts = first.tobytes()
    if not any(mark.encode() in firsts for mark in FORMULA):
        return np.zeros(len(first), np.bool_)
    equal, at, plus = map(ord, FORMULA)
    long: Mask = numpy_columns.lengths(column) > 1
    result: Mask = ((first == equal) | (first == at) | (first == plus)) & long
    return result


def _note(found: list[Hint], kind: str, place: int, mask: Mask) -> None:
    if mask.any():
        found.append(Hint(kind, place, int(mask.sum()), int(mask.argmax())))


class Hints:
    """Collect the hints of all pieces, one for each kind and column."""

    def __init__(self, fields: Sequence[TableField]) -> None:
        self._fields = fields
        self._found: dict[tuple[str, int], tuple[int, int]] = {}

    def add(self, hints: list[Hint], start: int, rows: Sequence[int] | Rows | None) -> None:
        """Add the hints of one piece; ``start`` is its first record, ``rows`` its rows."""
        for hint in hints:
            record = start + (hint.row if rows is None else int(rows[hint.row]))
            count, first = self._found.get((hint.kind, hint.place), (0, record))
            self._found[hint.kind, hint.place] = count + hint.count, first

    def findings(self, shown: str, resource: str) -> Iterator[Finding]:
        """Yield one warning for each kind and column."""
        for (kind, place), (count, record) in self._found.items():
            name = self._fields[place].name
            more = f" and {count - 1} more" if count > 1 else ""
            message = f"{name}, row {record + 1}{more}: {MESSAGES[kind]}."
            yield Finding(
                kind,
                message,
                Place(shown, record + 1),
                resource=resource,
                field=name,
                severity="warning",
            )
