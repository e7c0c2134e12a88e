"""The first tier for small CSV files: without Arrow, whose import takes longer than they do.

The file is read by Python's ``csv``, with Frictionless's own dialect. The distinct texts of a column are proved good at once, or asked
of Frictionless's cell reader; Frictionless's row stream gets only the rows that hold one which is neither.
"""

from __future__ import annotations

import codecs
import csv
import functools
import hashlib
import io
import os
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

from xinjiang_record.limits import LIMITS, MIB
from xinjiang_record.model import Finding
from xinjiang_record.validate.beyond_frictionless import (
    BIDI_BYTES,
    BIDI_CHARACTERS,
    FORMULA,
    Hint,
    Hints,
)
from xinjiang_record.validate.constraints.field_rules import CALM, WITHIN, long_cell
from xinjiang_record.validate.frictionless_hooks.resource_hook import (
    OPEN_ROW_STREAM,
    Hooked,
    Passing,
    members,
    taken,
    with_content,
)
from xinjiang_record.validate.small_files.text_checks import Column, Day, Whole, column
from xinjiang_record.validate.unique_keys import UniqueKey, declared

BYTES = (
    4 * MIB
)  # of the largest file that is small: about as long in Python as Arrow takes to be imported
FORMATS = {".csv": "csv", ".tsv": "tsv"}  # by suffix
Cells = list[str]


def takes(resource: Any) -> bool:
    """Whether a resource, which need not be open, is a small local CSV file."""
    if (
        resource.memory
        or resource.extrapaths
        or resource.compression
        or resource.innerpath
        or not resource.path
    ):
        return False
    if resource.format not in FORMATS.values() or resource.scheme not in ("", "file"):
        return False
    path = _path(resource)
    return os.path.isfile(path) and os.path.getsize(path) <= min(BYTES, LIMITS.row_bytes)


def _path(resource: Any) -> str:
    return str(resource.normpath).removeprefix("file://")


class Small(Hooked):
    """A small table: its rows are looked at when Frictionless asks for the first of them."""

    def __init__(self, resource: Any, *, lazy: bool = True) -> None:
        super().__init__(resource, lazy=lazy)
        self.path = _path(resource)
        self._hints: Hints | None = None

    def warnings(self, shown: str) -> Iterator[Finding]:
        """Hints of ours."""
        if self._hints is not None:
            yield from self._hints.findings(shown, self.resource.name)

    def lines(self, rows: set[int]) -> dict[int, int]:
        """The line (from 1) at which each row begins."""
        reader, begins, found = _File(self.resource).records(), 1, {}
        for number, _ in enumerate(reader, start=1):
            if number in rows:
                found[number] = begins
            begins = reader.line_num + 1
        return found

    def _known(self, source: Any, fields: tuple[str, ...]) -> Any:
        if takes(source):
            return _known(source, fields)
        from xinjiang_record.validate.frictionless_hooks.suspect_rows import known

        return known(source, fields, lazy=self.lazy)

    def _open_row_stream(self) -> None:
        resource, self.opened = self.resource, True
        fields = resource.header.get_expected_fields()
        names = [item.name for item in fields]
        if not names or len(set(names)) != len(names) or not resource.dialect.header_case:
            self.reason = "no fields, fields of one name, or headerCase"
        elif len(names) > LIMITS.field_count:
            self.reason = f"{len(names)} columns"
        else:
            self.fast, self.reason = True, ""
        if not self.fast:
            OPEN_ROW_STREAM(resource)
            return
        dialect, resource.dialect = resource.dialect, with_content(resource.dialect, self._content)
        OPEN_ROW_STREAM(resource)
        resource.dialect = dialect

    def _content(self, cell_stream: Any) -> Iterator[tuple[int, Cells]]:
        """Frictionless's content, less the rows that are proved good; all of it, if the file cannot be read here."""
        resource, whole = self.resource, self.resource.stats
        try:
            table = _Table(resource)
        except (UnicodeError, csv.Error) as error:
            self.fast, self.reason = False, str(error)
            yield from resource.dialect.read_enumerated_content_stream(cell_stream)
            return
        self.unique = table.unique
        self._hints = Hints(table.fields)
        self._hints.add(list(table.hints()), 0, [table.numbers[spot] - 1 for spot in table.spots])
        for spot in sorted(table.suspects()):
            row, cells = table.numbers[spot], table.row(spot)
            for key in self.unique:
                key.look(row - 1, cells)
            resource.stats = Passing(whole, functools.partial(table.file.consumed, row))
            resource.stats.rows = spot
            yield row, cells
        resource.stats = whole
        whole.rows = len(table.numbers)
        whole.md5, whole.sha256, whole.bytes = table.file.digests()


class _File:
    """The file of an open resource, in memory."""

    def __init__(self, resource: Any) -> None:
        with open(_path(resource), "rb") as stream:
            self._data = stream.read()
        self._encoding, self._translated = resource.encoding, resource.format != "csv"
        self._dialect = resource.dialect.get_control("csv").to_python()
        self.text = self._data.decode(self._encoding)
        self.is_utf8 = codecs.lookup(self._encoding).name in ("utf-8", "utf-8-sig")
        if not self.is_utf8:
            self.text.encode("utf-8")  # half of a pair of code units is no text

    def records(self) -> Any:
        """A reader of the records, as Frictionless's parser makes it."""
        lines = io.StringIO(self.text, newline=None if self._translated else "")
        return csv.reader(lines, dialect=self._dialect)

    @property
    def has_bidi(self) -> bool:
        """Whether there is a character that turns the direction of writing."""
        if self.is_utf8:
            return 0xE2 in self._data and BIDI_BYTES.search(self._data) is not None
        return any(character in self.text for character in BIDI_CHARACTERS)

    def consumed(self, row: int) -> int:
        """Bytes that Frictionless's text stream has taken in when it gives a row."""
        newline = None if self._translated else ""
        return taken(
            io.BytesIO(self._data),
            row,
            encoding=self._encoding,
            newline=newline,
            dialect=self._dialect,
        )

    def digests(self) -> tuple[str, str, int]:
        """MD5 and SHA-256 in hex, and the size in bytes."""
        md5 = hashlib.md5(self._data, usedforsecurity=False)
        return md5.hexdigest(), hashlib.sha256(self._data).hexdigest(), len(self._data)


class _Table:
    """All content of an open resource. A row is known by its spot, from 0; ``numbers`` are those in the report.

    ``cells`` are the columns of the rows that have a cell for each field, whose spots are ``spots``; ``odd`` are the others.
    """

    def __init__(self, resource: Any) -> None:
        self._resource, self.file = resource, _File(resource)
        self.fields = resource.header.get_expected_fields()
        width = len(self.fields)
        self.numbers, rows = _content(resource.dialect, self.file.records())
        self.odd: dict[int, Cells] = {}
        self.spots: Sequence[int] = range(len(rows))
        if set(map(len, rows)) - {width}:
            self.odd = {spot: cells for spot, cells in enumerate(rows) if len(cells) != width}
            self.spots = [spot for spot in self.spots if spot not in self.odd]
            rows = [rows[spot] for spot in self.spots]
        self.cells: list[tuple[str, ...]] = list(zip(*rows, strict=True)) or [()] * width
        self.texts = [set(cells) for cells in self.cells]
        self.columns = [column(item) for item in self.fields]
        self.place = {item.name: place for place, item in enumerate(self.fields)}
        names = declared(resource.schema, self.place)
        self.unique = [
            UniqueKey(key, tuple(self.place[name] for name in key), self.columns) for key in names
        ]

    def row(self, spot: int) -> Cells:
        """The cells of one row."""
        if spot in self.odd:
            return self.odd[spot]
        place = bisect_left(self.spots, spot)
        return [cells[place] for cells in self.cells]

    def suspects(self) -> set[int]:
        """Spots of rows that are not proved good; the first row is always one, for what Frictionless raises at any row."""
        found = {0, *self.odd} if self.numbers else set()
        long = len(self.file.text) > LIMITS.cell_chars
        for place, (known, texts) in enumerate(zip(self.columns, self.texts, strict=True)):
            if (
                long
                and len(self._lines(place)) > LIMITS.cell_chars
                and max(map(len, texts)) > LIMITS.cell_chars
            ):
                raise long_cell(place + 1)
            found |= self._with(place, known.bad(texts))
        found |= self._blank()
        for places, primary in self._keys():
            found |= self._repeated(places, primary=primary)
        for key in self._resource.schema.foreign_keys:
            found |= self._lost(key)
        return found

    def _lines(self, place: int) -> str:
        """The distinct texts of a column, each behind a line end."""
        return "\n" + "\n".join(self.texts[place])

    def _with(self, place: int, texts: Set[str]) -> set[int]:
        """Full rows that have one of these texts in a column."""
        if not texts:
            return set()
        return {
            spot for spot, text in zip(self.spots, self.cells[place], strict=True) if text in texts
        }

    def _blank(self) -> set[int]:
        """Full rows without any value."""
        found = set(self.spots)
        for place, known in enumerate(self.columns):
            found &= self._with(place, (known.missing_values | {""}) & self.texts[place])
            if not found:
                break
        return found

    def _keys(self) -> Iterator[tuple[tuple[int, ...], bool]]:
        """The places of each key, and whether it is the primary key."""
        yield from ((key.places, False) for key in self.unique)
        yield from (
            ((place,), False)
            for place, item in enumerate(self.fields)
            if item.constraints.get("unique")
        )
        primary = self._resource.schema.primary_key
        if primary and set(primary) <= set(self.place):
            yield tuple(self.place[name] for name in primary), True

    def _repeated(self, places: tuple[int, ...], *, primary: bool) -> set[int]:
        """Rows that share a key; of a primary key also those that have none."""
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
            except Exception:  # no hash: Frictionless raises when it comes to it
                found.add(spot)
                continue
            if first != spot:
                found |= {first, spot}
        return found

    def _repeated_texts(self, place: int, *, primary: bool) -> set[int]:
        """The same for one column whose texts are their own values."""
        missing = self.columns[place].missing_values
        twice = {text for text, count in Counter(self.cells[place]).items() if count > 1}
        return self._with(
            place, (twice - missing) | (missing & self.texts[place] if primary else set())
        )

    def values(self, places: Sequence[int | None]) -> Iterator[tuple[Any, ...]]:
        """What the rows' cells in some columns are cast to; None where there is no value, or no such column."""
        return zip(*map(self._values, places), strict=True)

    def _values(self, place: int | None) -> list[Any]:
        found = [None] * len(self.numbers)
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

    def _lost(self, key: Mapping[str, Any]) -> set[int]:
        """Rows whose reference is not found."""
        group = self._resource.lookup.get(key["reference"]["resource"])
        if not group or not set(key["fields"]) <= set(self.place):
            return set()
        known = group.get(tuple(key["reference"]["fields"]), set())
        places = [self.place[name] for name in key["fields"]]
        if len(places) == 1 and not self.odd:
            value = self.columns[places[0]].value
            return self._with(
                places[0],
                {text for text in self.texts[places[0]] if not _found((value(text),), known)},
            )
        return {
            spot for spot, values in enumerate(self.values(places)) if not _found(values, known)
        }

    def hints(self) -> Iterator[Hint]:
        """Hints of ours about full rows."""
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


def _content(dialect: Any, records: Iterable[Cells]) -> tuple[Sequence[int], list[Cells]]:
    """The numbers and cells that ``Dialect.read_enumerated_content_stream`` gives."""
    first = dialect.create_first_content_row()
    odd = (
        type(first) is not int or first < 1
    )  # a descriptor may give any number as that of a header row
    if odd or dialect.comment_char or dialect.comment_rows or dialect.skip_blank_rows:
        content = list(dialect.read_enumerated_content_stream(records))
        return [number for number, _ in content], [cells for _, cells in content]
    rows = list(records)
    return range(first, len(rows) + 1), rows[first - 1 :]


def _hint(kind: str, place: int, found: Iterable[int]) -> Iterator[Hint]:
    if rows := list(found):
        yield Hint(kind, place, len(rows), rows[0])


def _found(values: tuple[Any, ...], known: Any) -> bool:
    try:
        return values in known or set(values) == {None}
    except Exception:  # no hash: Frictionless raises when it comes to it
        return False


def _known(source: Any, fields: tuple[str, ...]) -> Any:
    """The keys in a small referenced table; row by row, if Frictionless might fail on a cell that is none of them."""
    with source:
        expected = source.header.get_expected_fields()
        keys = set(source.schema.primary_key) | {
            item.name for item in expected if item.constraints.get("unique")
        }
        try:
            table = _Table(source)
        except (UnicodeError, csv.Error):
            return members(source, fields)
        columns = dict(zip(table.place, table.columns, strict=False))
        others = [known for name, known in columns.items() if keys and name not in fields]
        known_names = source.dialect.header_case and len(columns) == len(expected)
        if not known_names or not all(_calm(known, known.field.name in keys) for known in others):
            return members(source, fields)
        found = table.values([table.place.get(name) for name in fields])
        try:
            result = {values for values in found if set(values) != {None}}
        except Exception:  # Frictionless raises here in its own words
            return members(source, fields)
        return (
            members(source, fields)
            if any(known.memo.raised for known in columns.values())
            else result
        )


def _calm(known: Column, key: bool) -> bool:
    """Whether Frictionless surely casts, and compares, every cell without raising."""
    bounded = any(name in known.constraints for name in WITHIN) and not isinstance(
        known, (Whole, Day)
    )
    return not bounded and (not key or known.type in CALM)
