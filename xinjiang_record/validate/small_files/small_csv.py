"""Check small CSV files without Arrow, whose import takes longer than the check.

The file is read by Python's ``csv``. The distinct texts of a column are proved good at once, or
read by Frictionless's cell reader. Frictionless's row stream gets only the rows with other texts.
"""

from __future__ import annotations

import csv
import functools
from bisect import bisect_left
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any

from xinjiang_record.constraints.registry import BOUNDS
from xinjiang_record.limits import LIMITS
from xinjiang_record.model import Finding
from xinjiang_record.validate.beyond_frictionless import (
    BIDI_CHARACTERS,
    FORMULA,
    Hint,
    Hints,
    warn_of_open_quote,
)
from xinjiang_record.validate.field_types.field_rules import NEVER_RAISES, make_cell_limit_error
from xinjiang_record.validate.frictionless_hooks.resource_hook import (
    Key,
    StatsAtRow,
    TableHook,
    open_rows,
    open_rows_over,
    read_reference_keys,
)
from xinjiang_record.validate.small_files.small_reader import (
    Cells,
    SmallFile,
    is_small,
    read_content,
)
from xinjiang_record.validate.small_files.text_checks import (
    Dates,
    Integers,
    TextChecks,
    make_text_checks,
)
from xinjiang_record.validate.unique_keys import UniqueKey

if TYPE_CHECKING:
    from frictionless.resources import TableResource

    from xinjiang_record.validate.standard.schema_rules import TableStandard


class SmallTable(TableHook):
    """Hold a small table: its rows are checked when Frictionless reads the first of them."""

    def __init__(
        self,
        resource: TableResource,
        *,
        lazy: bool = True,
        standards: Mapping[str, TableStandard] | None = None,
        strict: bool = False,
        hashed: bool = True,
    ) -> None:
        super().__init__(resource, lazy=lazy, standards=standards, strict=strict, hashed=hashed)
        self._hints: Hints | None = None
        self._open_quote: tuple[int, int] | None = None

    def warnings(self, shown: str) -> Iterator[Finding]:
        """Yield the hints about the table."""
        if self._hints is not None:
            yield from self._hints.findings(shown, self.resource.name)
        if self._open_quote:
            row, line = self._open_quote
            yield warn_of_open_quote(row, f"line {line}", shown, self.resource.name)

    def lines(self, rows: set[int]) -> dict[int, int]:
        """Return the line (from 1) at which each row begins."""
        reader, begins, found = SmallFile(self.resource).records(), 1, {}
        for number, _ in enumerate(reader, start=1):
            if number in rows:
                found[number] = begins
            begins = reader.line_num + 1
        return found

    def _load_reference_keys(
        self, source: TableResource, fields: tuple[str, ...]
    ) -> Container[Key]:
        if is_small(source):
            return _read_keys(source, fields)
        from xinjiang_record.validate.fast_pass import scanned_table  # deferred: start-up

        return scanned_table.load_reference_keys(source, fields, lazy=self.lazy)

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
        if self.fast:
            open_rows_over(resource, self._content)
        else:
            open_rows(resource)

    def _content(self, cell_stream: Iterable[Cells]) -> Iterator[tuple[int, Cells]]:
        """Yield Frictionless's content without the rows that are proved good.

        All of it, if the file cannot be read here.
        """
        resource, stats = self.resource, self.resource.stats
        try:
            table = _Table(resource, self.unique)
        except (UnicodeError, csv.Error) as error:
            self.fast, self.reason = False, str(error)
            yield from resource.dialect.read_enumerated_content_stream(cell_stream)
            return
        if not resource.detector.schema_sync:
            for fields in self.wanted_keys.get(resource.name or "", ()):
                keys = _find_keys(table, resource, fields)
                if keys is not None:
                    self.known_keys[SmallTable, resource.name or "", fields] = keys
        self._open_quote = table.file.open_quote()
        self._hints = Hints(table.fields)
        self._hints.add(list(table.hints()), 0, [table.numbers[spot] - 1 for spot in table.spots])
        for spot in sorted(table.suspects()):
            row, cells = table.numbers[spot], table.row(spot)
            resource.stats = StatsAtRow(stats, functools.partial(table.file.consumed, row))
            resource.stats.rows = spot
            yield row, cells
        resource.stats = stats
        stats.rows = len(table.numbers)
        stats.md5, stats.sha256, stats.bytes = table.file.hashes()


class _Table:
    """Hold the content of an open resource. A row has a spot, from 0, and a number in the report.

    ``cells`` are the columns of the rows that have a cell for each field, at ``spots``; ``odd`` are
    the other rows.
    """

    def __init__(self, resource: TableResource, unique: Sequence[UniqueKey] = ()) -> None:
        self._resource, self.file = resource, SmallFile(resource)
        self.fields = resource.header.get_expected_fields()
        width = len(self.fields)
        self.numbers, rows = read_content(resource.dialect, self.file.records())
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
        self._unique = unique

    def row(self, spot: int) -> Cells:
        """Return the cells of one row."""
        if spot in self.odd:
            return self.odd[spot]
        place = bisect_left(self.spots, spot)
        return [cells[place] for cells in self.cells]

    def suspects(self) -> set[int]:
        """Return the spots of rows that are not proved good.

        The first row is always one, for what Frictionless raises at any row.
        """
        found = {0, *self.odd} if self.numbers else set()
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
        for key in self._resource.schema.foreign_keys:
            found |= self._lost(key)
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
        for key in self._unique:
            yield tuple(self.place[name] for name in key.names), False
        yield from (
            ((place,), False)
            for place, item in enumerate(self.fields)
            if item.constraints.get("unique")
        )
        primary = self._resource.schema.primary_key
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

    def _lost(self, key: Mapping[str, Any]) -> set[int]:
        """Return rows whose foreign key has no partner."""
        group = self._resource.lookup.get(key["reference"]["resource"])
        if not group or not set(key["fields"]) <= set(self.place):
            return set()
        known = group.get(tuple(key["reference"]["fields"]), set())
        places = [self.place[name] for name in key["fields"]]
        if len(places) == 1 and not self.odd:
            value = self.columns[places[0]].value
            return self._with(
                places[0],
                {text for text in self.texts[places[0]] if not _has_partner((value(text),), known)},
            )
        return {
            spot
            for spot, values in enumerate(self.values(places))
            if not _has_partner(values, known)
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


def _has_partner(values: Key, known: Container[Key]) -> bool:
    try:
        return values in known or set(values) == {None}
    except Exception:  # no hash: Frictionless raises when it reads the row
        return False


def _read_keys(source: TableResource, fields: tuple[str, ...]) -> set[Key]:
    """Return the keys in a small referenced table.

    They are read row by row if Frictionless might fail on a cell of another field.
    """
    with source:
        try:
            table = _Table(source)
        except (UnicodeError, csv.Error):
            return read_reference_keys(source, fields)
        found = _find_keys(table, source, fields)
        return read_reference_keys(source, fields) if found is None else found


def _find_keys(table: _Table, source: TableResource, fields: tuple[str, ...]) -> set[Key] | None:
    """Return the keys in the content of an open table; None where Frictionless might raise."""
    expected = source.header.get_expected_fields()
    keys = set(source.schema.primary_key) | {
        item.name for item in expected if item.constraints.get("unique")
    }
    columns = dict(zip(table.place, table.columns, strict=False))
    others = [known for name, known in columns.items() if keys and name not in fields]
    known_names = source.dialect.header_case and len(columns) == len(expected)
    if not known_names or not all(
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
