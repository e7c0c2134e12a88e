"""Give Frictionless the suspects of a small CSV file, without Arrow.

The import of Arrow takes longer than the check. The file is read by Python's ``csv``, with
Frictionless's own dialect; Frictionless's row stream gets only the rows that are not proved good.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from xinjiang_record.limits import LIMITS
from xinjiang_record.model import Finding
from xinjiang_record.validate.beyond_frictionless import Hints, warn_of_open_quote
from xinjiang_record.validate.frictionless_hooks.resource_hook import (
    Key,
    StatsAtRow,
    TableHook,
    get_csv_dialect,
    get_first_content_row,
    get_path,
    open_rows,
    open_rows_over,
    read_reference_keys,
)
from xinjiang_record.validate.small_files.small_rows import (
    Cells,
    SmallFile,
    SmallRows,
    TableKeys,
    find_keys,
    is_small_file,
)

if TYPE_CHECKING:
    from frictionless import Dialect
    from frictionless.resources import TableResource


class SmallTable(TableHook):
    """Hold a small table: its rows are checked when Frictionless reads the first of them."""

    _hints: Hints | None = None
    _open_quote: tuple[int, int] | None = None

    def warnings(self, shown: str) -> Iterator[Finding]:
        """Yield the hints about the table."""
        if self._hints is not None:
            yield from self._hints.findings(shown, self.resource.name)
        if self._open_quote:
            row, line = self._open_quote
            yield warn_of_open_quote(row, f"line {line}", shown, self.resource.name)

    def lines(self, rows: set[int]) -> dict[int, int]:
        """Return the line (from 1) at which each row begins."""
        reader, begins, found = _read_file(self.resource).records(), 1, {}
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

        return scanned_table.load_reference_keys(
            source, fields, lazy=self.lazy, as_stored=bool(self.standards)
        )

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
            table = _read_rows(resource, [key.names for key in self.unique])
        except (UnicodeError, csv.Error) as error:
            self.fast, self.reason = False, str(error)
            yield from resource.dialect.read_enumerated_content_stream(cell_stream)
            return
        if not resource.detector.schema_sync:
            for fields in self.wanted_keys.get(resource.name or "", ()):
                keys = find_keys(table, fields)
                if keys is not None:
                    self.known_keys[SmallTable, resource.name or "", fields] = keys
        self._open_quote = table.file.open_quote()
        self._hints = Hints(table.fields)
        self._hints.add(list(table.hints()), 0, [table.numbers[spot] - 1 for spot in table.spots])
        for spot in sorted(self._suspects(table)):
            row, cells = table.numbers[spot], table.row(spot)
            resource.stats = StatsAtRow(stats, functools.partial(table.file.consumed, row))
            resource.stats.rows = spot
            yield row, cells
        resource.stats = stats
        stats.rows = len(table.numbers)
        stats.md5, stats.sha256, stats.bytes = table.file.hashes()

    def _suspects(self, table: SmallRows) -> set[int]:
        """Return the spots of suspects; the first row is one, for what Frictionless raises."""
        found = table.suspects()
        if table.numbers:
            found.add(0)
        for key in self.resource.schema.foreign_keys:
            group = self.resource.lookup.get(key["reference"]["resource"])
            if group and set(key["fields"]) <= set(table.place):
                known = group.get(tuple(key["reference"]["fields"]), set())
                found |= table.lost(key["fields"], known)
        return found


def is_small(resource: TableResource) -> bool:
    """Return whether a resource, open or not, is a small local CSV file."""
    if (
        resource.memory
        or resource.extrapaths
        or resource.compression
        or resource.innerpath
        or not resource.path
    ):
        return False
    if resource.format not in ("csv", "tsv") or resource.scheme not in ("", "file"):
        return False
    return is_small_file(get_path(resource))


def _read_file(resource: TableResource) -> SmallFile:
    """Return the file of an open resource."""
    with open(get_path(resource), "rb") as stream:
        data = stream.read()
    return SmallFile(
        data,
        resource.encoding or "utf-8",
        get_csv_dialect(resource),
        translated=resource.format != "csv",
    )


def _read_rows(resource: TableResource, unique: Sequence[Sequence[str]] = ()) -> SmallRows:
    """Return the rows of an open resource."""
    file = _read_file(resource)
    numbers, rows = _read_content(resource.dialect, file.records())
    fields = resource.header.get_expected_fields()
    return SmallRows(file, TableKeys(fields, resource.schema.primary_key, unique), numbers, rows)


def _read_content(dialect: Dialect, records: Iterable[Cells]) -> tuple[Sequence[int], list[Cells]]:
    """Return the row numbers and cells that ``read_enumerated_content_stream`` gives."""
    first = get_first_content_row(dialect)
    # A descriptor may give any number as that of a header row.
    odd = type(first) is not int or first < 1
    if odd or dialect.comment_char or dialect.comment_rows or dialect.skip_blank_rows:
        content = list(dialect.read_enumerated_content_stream(records))
        return [number for number, _ in content], [cells for _, cells in content]
    rows = list(records)
    return range(first, len(rows) + 1), rows[first - 1 :]


def _read_keys(source: TableResource, fields: tuple[str, ...]) -> set[Key]:
    """Return the keys in a small referenced table.

    They are read row by row if Frictionless might fail on a cell of another field.
    """
    with source:
        try:
            table = _read_rows(source)
        except (UnicodeError, csv.Error):
            return read_reference_keys(source, fields)
        found = find_keys(table, fields) if source.dialect.header_case else None
        return read_reference_keys(source, fields) if found is None else found
