"""Read a table with a scan, and give Frictionless the suspects alone.

``ScannedTable`` leaves a Frictionless resource as it is, except for two steps of its ``open()``.
The lookups of foreign keys are read with Arrow. The row stream, Frictionless's own code, reads only
the suspects, at their own row numbers. A suspect is a row that is not proved good (see ``scan``).
Where the scan cannot read a table (see ``fallback``) the row stream stays as Frictionless made it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

from xinjiang_record.constraints.registry import BOUNDS
from xinjiang_record.model import Finding
from xinjiang_record.validate.beyond_frictionless import find_open_quote, warn_of_open_quote
from xinjiang_record.validate.fast_pass import foreign_keys
from xinjiang_record.validate.fast_pass.arrow_checks import ColumnCheck
from xinjiang_record.validate.fast_pass.arrow_numbers import Date, Integer, make_column_check
from xinjiang_record.validate.fast_pass.begun_scan import take_begun
from xinjiang_record.validate.fast_pass.duplicate_keys import list_key_groups
from xinjiang_record.validate.fast_pass.fallback import FastPassUnsupported, Reason, require
from xinjiang_record.validate.fast_pass.foreign_keys import Reference, ReferenceKeys
from xinjiang_record.validate.fast_pass.scan import Scan
from xinjiang_record.validate.fast_pass.suspect_store import Table
from xinjiang_record.validate.field_types.field_rules import NEVER_RAISES, TableField
from xinjiang_record.validate.frictionless_hooks.resource_hook import (
    StatsAtRow,
    TableHook,
    get_csv_dialect,
    open_rows,
    open_rows_over,
    read_reference_keys,
    set_rows,
)
from xinjiang_record.validate.line_numbers import find_places, open_text
from xinjiang_record.validate.readers import csv_chunks
from xinjiang_record.validate.readers.choose import choose_reader, open_in_pieces
from xinjiang_record.validate.readers.csv_reader import CsvTable
from xinjiang_record.validate.readers.file_hashes import FileHashes
from xinjiang_record.validate.standard.schema_rules import TableStandard
from xinjiang_record.validate.unique_keys import UniqueKey

if TYPE_CHECKING:
    from frictionless.resources import TableResource
    from frictionless.table.row import Row


class ScannedTable(TableHook):
    """Hook a table whose suspects a scan gives to Frictionless."""

    def __init__(
        self,
        resource: TableResource,
        choose: Callable[[TableResource], Table[Any]] = choose_reader,
        *,
        lazy: bool = True,
        standards: Mapping[str, TableStandard] | None = None,
        strict: bool = False,
        hashed: bool = True,
    ) -> None:
        super().__init__(resource, lazy=lazy, standards=standards, strict=strict, hashed=hashed)
        self._choose = choose
        if lazy:
            open_in_pieces(resource, as_stored=bool(standards))
        self.hashes: FileHashes | None = None
        self.scan: Scan | None = None

    def close(self) -> None:
        """End the threads."""
        if self.scan is not None:
            self.scan.close()
        if self.hashes is not None:
            self.hashes.stop()

    def warnings(self, shown: str) -> Iterator[Finding]:
        """Yield hints about a table that was scanned."""
        if self.scan is not None:
            yield from self.scan.hints.findings(shown, self.resource.name)
        if self.reason == Reason.OPEN_QUOTE.value and (found := self._open_quote()):
            row, line = found
            where = f"line {line}"
            if self.resource.extrapaths:
                where = str(find_places(self.resource, [row], {row: line})[row])
            yield warn_of_open_quote(row, where, shown, self.resource.name)

    def _open_quote(self) -> tuple[int, int] | None:
        """Return row and line of a quote that is never closed, read again."""
        resource, table = self.resource, self.scan.table if self.scan else None
        if not isinstance(table, CsvTable) or not resource.encoding:
            return None
        with open_text(table.parts, resource.encoding) as lines:
            return find_open_quote(lines, get_csv_dialect(resource))

    def lines(self, rows: set[int]) -> dict[int, int]:
        """Return the line (from 1) at which each row begins; only of a table that was scanned."""
        return self.scan.table.lines(rows) if self.scan is not None else {}

    def _load_reference_keys(self, source: TableResource, fields: tuple[str, ...]) -> ReferenceKeys:
        return load_reference_keys(
            source, fields, self._choose, lazy=self.lazy, as_stored=bool(self.standards)
        )

    def _open_row_stream(self) -> None:
        resource, self.opened = self.resource, True
        try:
            table = self._choose(resource)
            self.scan = take_begun(_scan(resource, table, self.unique))
        except FastPassUnsupported as error:
            self.reason = str(error)
            open_rows(resource)
            return
        self.hashes = table.hashes() if self.hashed else None
        stream = _SuspectStream(self, table)
        stream.suspects = open_rows_over(resource, lambda _: stream.content())
        set_rows(resource, stream.rows())
        self.fast = True


def read_every_row(resource: TableResource) -> NoReturn:
    """Choose no reader, so that Frictionless reads the table row by row."""
    raise FastPassUnsupported(Reason.EVERY_ROW)


class _SuspectStream:
    """Feed Frictionless's row stream; change to its full stream if the scan cannot go on."""

    def __init__(self, hook: ScannedTable, table: Table[Any]) -> None:
        self._hook, self._table = hook, table
        self.suspects: Iterable[Row] = ()
        self._stats = hook.resource.stats

    def rows(self) -> Iterator[Row]:
        """Yield the suspects as rows; after a failure the rows of the full stream that follow."""
        last = 0
        try:
            for row in self.suspects:
                last = max(last, row.row_number)
                yield row
        except FastPassUnsupported as error:
            self._hook.fast, self._hook.reason = False, str(error)
            self._hook.close()
            resource = self._hook.resource
            resource.stats = self._stats
            asked = resource.row_stream  # before each row
            all_rows = open_rows(resource)
            set_rows(resource, asked)
            for row in all_rows:
                if row.row_number > last:
                    yield row

    def content(self) -> Iterator[tuple[int, list[str]]]:
        """Yield suspects with their row numbers; then set the counts and hashes of the file."""
        resource, scan = self._hook.resource, self._hook.scan
        assert scan is not None
        for record, cells in scan.suspects():
            resource.stats = StatsAtRow(self._stats, partial(self._consumed, record))
            resource.stats.rows = scan.data_before(record)
            yield record + 1, cells
        resource.stats = self._stats
        resource.stats.rows = scan.data_before(scan.records)
        if self._hook.hashes is not None:
            stats = resource.stats
            stats.md5, stats.sha256, stats.bytes = self._hook.hashes.result()
        elif not self._hook.hashed and isinstance(self._table, CsvTable):
            packed = any(part.gzip for part in self._table.parts)
            resource.stats.bytes = resource.stats.bytes if packed else self._table.size

    def _consumed(self, record: int) -> int | None:
        """Return the bytes that Frictionless would have read when it gives a record."""
        assert self._hook.scan is not None
        pieces = reversed(self._hook.scan.store.pieces)
        return self._table.consumed(next(item for item in pieces if item.first <= record), record)


def _scan(resource: TableResource, table: Table[Any], keys: list[UniqueKey]) -> Scan:
    checks = [make_column_check(item) for item in table.fields]
    place = {item.name: number for number, item in enumerate(table.fields)}
    unique = [key.names for key in keys]
    groups = list_key_groups(table.fields, unique, resource.schema.primary_key, table.rows)
    return Scan(table, checks, groups, list(_references(resource, place, checks)))


def _references(
    resource: TableResource, place: dict[str, int], checks: list[ColumnCheck]
) -> Iterator[Reference]:
    for key in resource.schema.foreign_keys:
        if not set(key["fields"]) <= set(place):
            continue
        group = resource.lookup.get(key["reference"]["resource"])
        if not group:
            continue
        keys = group.get(tuple(key["reference"]["fields"]), set())
        keys = keys if isinstance(keys, ReferenceKeys) else ReferenceKeys(keys)
        yield Reference(tuple(place[name] for name in key["fields"]), checks, keys)


def load_reference_keys(
    source: TableResource,
    fields: tuple[str, ...],
    choose: Callable[[TableResource], Table[Any]] = choose_reader,
    *,
    lazy: bool = True,
    as_stored: bool = False,
) -> ReferenceKeys:
    """Return the keys in a referenced table: with Arrow, or row by row with Frictionless."""
    if lazy:
        open_in_pieces(source, as_stored=as_stored)
    with source:
        try:
            return _read_keys(source, choose(source), fields)
        except FastPassUnsupported:
            return ReferenceKeys(read_reference_keys(source, fields))


def _read_keys(source: TableResource, table: Table[Any], fields: tuple[str, ...]) -> ReferenceKeys:
    place = {item.name: number for number, item in enumerate(table.fields)}
    places = tuple(place.get(name) for name in fields)
    checks = [
        make_column_check(table.fields[number]) if number is not None else None for number in places
    ]
    lone_empty = any(item is not None and not item.empty_is_missing for item in checks)
    require(not lone_empty, Reason.EMPTY_IS_A_VALUE)
    keys = set(source.schema.primary_key) | {
        item.name for item in table.fields if item.constraints.get("unique")
    }
    # Frictionless casts the other fields too when a key repeats, and may raise there.
    for item in table.fields if keys else ():
        if item.name not in fields:
            _require_no_cast(item, item.name in keys)
    found = foreign_keys.read_keys(_pieces(table), places, checks)
    raised = any(item is not None and item.cells.raised for item in checks)
    require(not raised, Reason.READER_RAISES)
    return found


def _require_no_cast(item: TableField, key: bool) -> None:
    bounded = any(name in item.constraints for name in BOUNDS) and not isinstance(
        make_column_check(item), (Integer, Date)
    )
    must_be_cast = bounded or (key and item.type not in NEVER_RAISES)
    require(not must_be_cast, Reason.MUST_BE_CAST, item.name)


def _pieces(table: Table[Any]) -> Iterator[csv_chunks.Parsed]:
    begun = table.ahead
    for chunk in table.pieces():
        parsed = table.parse(chunk)
        require(parsed.doubtful is None, Reason.NO_TEXT)
        skip, begun = table.first - begun, begun + parsed.records
        yield csv_chunks.drop_records(parsed, skip) if skip > 0 and not chunk.first else parsed
