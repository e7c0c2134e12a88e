"""Prove the rows of a small table good, column by column, without Arrow and without Frictionless.

The distinct texts of a column are proved good at once, or read by a reader of cells. What is not
proved is a suspect: its row is given to Frictionless.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import os
from bisect import bisect_left
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xinjiang_record.constraints.registry import BOUNDS
from xinjiang_record.limits import LIMITS, MIB
from xinjiang_record.validate.beyond_frictionless import (
    BIDI_BYTES,
    BIDI_CHARACTERS,
    FORMULA,
    Hint,
    find_open_quote,
)
from xinjiang_record.validate.field_types.field_rules import (
    NEVER_RAISES,
    TableField,
    make_cell_limit_error,
)
from xinjiang_record.validate.readers.consumed_bytes import count_bytes_consumed
from xinjiang_record.validate.small_files.text_checks import (
    Dates,
    Integers,
    TextChecks,
    make_text_checks,
)

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

SMALL_BYTES = 4 * MIB  # of the largest small file: it takes about as long as Arrow's import
Cells = list[str]


def is_small_file(path: str) -> bool:
    """Return whether a path is that of a file to read without Arrow."""
    return os.path.isfile(path) and os.path.getsize(path) <= min(SMALL_BYTES, LIMITS.row_bytes)


class SmallFile:
    """Hold a file in memory. ``translated``: whether each line end is read as LF."""

    def __init__(
        self, data: bytes, encoding: str, dialect: csv.Dialect, *, translated: bool
    ) -> None:
        self._data, self.encoding, self._translated = data, encoding, translated
        self.dialect = dialect
        self.text = self._data.decode(self.encoding)
        self.is_utf8 = codecs.lookup(self.encoding).name in ("utf-8", "utf-8-sig")
        if not self.is_utf8:
            self.text.encode("utf-8")  # half of a surrogate pair is not a text

    @property
    def lines(self) -> io.StringIO:
        """Return the lines, as Frictionless's text stream gives them."""
        return io.StringIO(self.text, newline=None if self._translated else "")

    def records(self) -> CsvReader:
        """Return a reader of the records, as Frictionless's parser makes it."""
        return csv.reader(self.lines, dialect=self.dialect)

    def open_quote(self) -> tuple[int, int] | None:
        """Return row and line of a quote that is never closed. Quotes come in pairs."""
        quote = self.dialect.quotechar
        if not quote or self.text.count(quote) % 2 == 0:
            return None
        return find_open_quote(io.StringIO(self.text, newline=""), self.dialect)

    @property
    def has_bidi(self) -> bool:
        """Return whether there is a character that turns the direction of writing."""
        if self.is_utf8:
            return 0xE2 in self._data and BIDI_BYTES.search(self._data) is not None
        return any(character in self.text for character in BIDI_CHARACTERS)

    def consumed(self, row: int) -> int:
        """Return the bytes that Frictionless has read when it gives a row."""
        newline = None if self._translated else ""
        return count_bytes_consumed(
            io.BytesIO(self._data),
            row,
            encoding=self.encoding,
            newline=newline,
            dialect=self.dialect,
        )

    def hashes(self) -> tuple[str, str, int]:
        """Return MD5 and SHA-256 in hex, and the size in bytes."""
        md5 = hashlib.md5(self._data, usedforsecurity=False)
        return md5.hexdigest(), hashlib.sha256(self._data).hexdigest(), len(self._data)


Key = tuple[object, ...]  # the values of a key in one row


@dataclass(frozen=True)
class TableKeys:
    """Hold the fields of a table, its primary key and its unique keys, by the fields' names."""

    fields: Sequence[TableField]
    primary: Sequence[str] = ()
    unique: Sequence[Sequence[str]] = ()


class SmallRows:
    """Hold the content of a table. A row has a spot, from 0, and a number in the report.

    ``numbers`` are those of the rows. ``cells`` are the columns of the rows that have a cell for
    each field, at ``spots``; ``odd`` are the other rows.
    """

    def __init__(
        self, file: SmallFile, keys: TableKeys, numbers: Sequence[int], rows: list[Cells]
    ) -> None:
        self.file, self.keys, self.numbers = file, keys, numbers
        self.fields = keys.fields
        width = len(self.fields)
        self.odd: dict[int, Cells] = {}
        self.spots: Sequence[int] = range(len(rows))
        if set(map(len, rows)) - {width}:
            self.odd = {spot: cells for spot, cells in enumerate(rows) if len(cells) != width}
            self.spots = [spot for spot in self.spots if spot not in self.odd]
            rows = [rows[spot] for spot in self.spots]
        self.cells: list[tuple[str, ...]] = list(zip(*rows, strict=True)) or [()] * width
        self.texts = [set(cells) for cells in self.cells]
        self.columns = [make_text_checks(item) for item in self.fields]
        self.place = {item.name: place for place, item in enumerate(self.fields)}

    def row(self, spot: int) -> Cells:
        """Return the cells of one row."""
        if spot in self.odd:
            return self.odd[spot]
        place = bisect_left(self.spots, spot)
        return [cells[place] for cells in self.cells]

    def suspects(self) -> set[int]:
        """Return the spots of rows that are not proved good, foreign keys left out."""
        found = set(self.odd)
        long = len(self.file.text) > LIMITS.cell_chars
        for place, (checks, texts) in enumerate(zip(self.columns, self.texts, strict=True)):
            if (
                long
                and len(self._lines(place)) > LIMITS.cell_chars
                and max(map(len, texts)) > LIMITS.cell_chars
            ):
                raise make_cell_limit_error(place + 1)
            found |= self._with(place, checks.refused(texts))
        found |= self._blank()
        for places, primary in self._keys():
            found |= self._repeated(places, primary=primary)
        return found

    def _lines(self, place: int) -> str:
        """Return the distinct texts of a column, each after a line end."""
        return "\n" + "\n".join(self.texts[place])

    def _with(self, place: int, texts: Set[str]) -> set[int]:
        """Return full rows that have one of these texts in a column."""
        if not texts:
            return set()
        return {
            spot for spot, text in zip(self.spots, self.cells[place], strict=True) if text in texts
        }

    def _blank(self) -> set[int]:
        """Return full rows without any value."""
        found = set(self.spots)
        for place, known in enumerate(self.columns):
            found &= self._with(place, (known.missing_values | {""}) & self.texts[place])
            if not found:
                break
        return found

    def _keys(self) -> Iterator[tuple[tuple[int, ...], bool]]:
        """Yield the places of each key, and whether it is the primary key."""
        for names in self.keys.unique:
            yield tuple(self.place[name] for name in names), False
        yield from (
            ((place,), False)
            for place, item in enumerate(self.fields)
            if item.constraints.get("unique")
        )
        primary = self.keys.primary
        if primary and set(primary) <= set(self.place):
            yield tuple(self.place[name] for name in primary), True

    def _repeated(self, places: tuple[int, ...], *, primary: bool) -> set[int]:
        """Return rows that share a key; of a primary key also those without any value."""
        found, seen = set[int](), dict[Any, int]()
        nothing = (None,) * len(places)
        if len(places) == 1 and self.columns[places[0]].is_plain and not self.odd:
            return self._repeated_texts(places[0], primary=primary)
        for spot, key in enumerate(self.values(places)):
            if key == nothing:
                if primary:
                    found.add(spot)
                continue
            try:
                first = seen.setdefault(key, spot)
            except Exception:  # no hash: Frictionless raises when it reads the row
                found.add(spot)
                continue
            if first != spot:
                found |= {first, spot}
        return found

    def _repeated_texts(self, place: int, *, primary: bool) -> set[int]:
        """Return the same for one column whose texts are their own values."""
        missing = self.columns[place].missing_values
        twice = {text for text, count in Counter(self.cells[place]).items() if count > 1}
        return self._with(
            place, (twice - missing) | (missing & self.texts[place] if primary else set())
        )

    def values(self, places: Sequence[int | None]) -> Iterator[Key]:
        """Yield what the cells of rows are cast to; None without a value, or without the column."""
        return zip(*map(self._values, places), strict=True)

    def _values(self, place: int | None) -> list[object]:
        found: list[object] = [None] * len(self.numbers)
        if place is None:
            return found
        value = self.columns[place].value
        known = {text: value(text) for text in self.texts[place]}
        if not self.odd:
            return [known[text] for text in self.cells[place]]
        for spot, text in zip(self.spots, self.cells[place], strict=True):
            found[spot] = known[text]
        for spot, cells in self.odd.items():
            if place < len(cells):
                found[spot] = value(cells[place])
        return found

    def lost(self, names: Sequence[str], known: Container[Key]) -> set[int]:
        """Return the spots of rows whose foreign key is not among the known keys."""
        places = [self.place[name] for name in names]
        if len(places) == 1 and not self.odd:
            value = self.columns[places[0]].value
            return self._with(
                places[0],
                {text for text in self.texts[places[0]] if not has_partner((value(text),), known)},
            )
        return {
            spot
            for spot, values in enumerate(self.values(places))
            if not has_partner(values, known)
        }

    def hints(self) -> Iterator[Hint]:
        """Yield the hints about full rows."""
        nul, bidi = "\0" in self.file.text, self.file.has_bidi
        marks = [mark for mark in FORMULA if mark in self.file.text]
        for place, (known, cells) in enumerate(zip(self.columns, self.cells, strict=True)):
            if nul:
                yield from _hint(
                    "nul-character", place, (row for row, text in enumerate(cells) if "\0" in text)
                )
            if bidi:
                found = (
                    row for row, text in enumerate(cells) if not BIDI_CHARACTERS.isdisjoint(text)
                )
                yield from _hint("bidi-control", place, found)
            if known.is_text and any(f"\n{mark}" in self._lines(place) for mark in marks):
                found = (
                    row
                    for row, text in enumerate(cells)
                    if text.startswith(FORMULA) and len(text) > 1
                )
                yield from _hint("formula-cell", place, found)


def _hint(kind: str, place: int, found: Iterable[int]) -> Iterator[Hint]:
    if rows := list(found):
        yield Hint(kind, place, len(rows), rows[0])


def has_partner(values: Key, known: Container[Key]) -> bool:
    """Return whether a foreign key is among the known keys, or has no value."""
    try:
        return values in known or set(values) == {None}
    except Exception:  # no hash: Frictionless raises when it reads the row
        return False


def find_keys(table: SmallRows, fields: tuple[str, ...]) -> set[Key] | None:
    """Return the keys in a table; None where Frictionless might raise."""
    expected = table.fields
    keys = set(table.keys.primary) | {
        item.name for item in expected if item.constraints.get("unique")
    }
    columns = dict(zip(table.place, table.columns, strict=False))
    others = [known for name, known in columns.items() if keys and name not in fields]
    if len(columns) != len(expected) or not all(
        _never_raises(known, known.field.name in keys) for known in others
    ):
        return None
    found = table.values([table.place.get(name) for name in fields])
    try:
        result = {values for values in found if set(values) != {None}}
    except Exception:  # Frictionless raises here in its own words
        return None
    return None if any(known.cells.raised for known in columns.values()) else result


def _never_raises(known: TextChecks, key: bool) -> bool:
    """Return whether Frictionless certainly casts and compares every cell without raising."""
    bounded = any(name in known.constraints for name in BOUNDS) and not isinstance(
        known, (Integers, Dates)
    )
    return not bounded and (not key or known.type in NEVER_RAISES)
