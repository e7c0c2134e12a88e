"""The second tier: Frictionless itself, reading no more than the suspects.

``thin(resource)`` leaves a resource of Frictionless's as it is, but for two steps of its ``open()``: foreign keys' lookups are read by
``Scan``'s means, and the row stream, Frictionless's own code, is fed with the suspects only, at their own row numbers. All that
decides what is an error, and what the report says, is Frictionless's. Where this engine cannot vouch for its reading, the row
stream stays as Frictionless made it, and ``reasons`` tells why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import xinjiang_record.validate.frictionless_hooks.speedups  # isort: skip  # noqa: F401 - before Frictionless

from xinjiang_record.model import Finding
from xinjiang_record.validate.constraints.arrow_checks import Date, Integer, Kernel, kernel
from xinjiang_record.validate.constraints.field_rules import CALM, WITHIN
from xinjiang_record.validate.fast_pass import foreign_keys
from xinjiang_record.validate.fast_pass.duplicate_keys import Group
from xinjiang_record.validate.fast_pass.foreign_keys import Known, Reference
from xinjiang_record.validate.fast_pass.scan import Scan
from xinjiang_record.validate.fast_pass.suspect_store import Table
from xinjiang_record.validate.frictionless_hooks.resource_hook import (
    OPEN_ROW_STREAM,
    Hooked,
    Passing,
    members,
    with_content,
)
from xinjiang_record.validate.readers import csv_chunks
from xinjiang_record.validate.readers.csv_chunks import Uncertain
from xinjiang_record.validate.readers.csv_reader import PARQUET, plan
from xinjiang_record.validate.readers.file_hashes import Digests
from xinjiang_record.validate.unique_keys import UniqueKey, declared


class Thinned(Hooked):
    """A table that a scan feeds to Frictionless."""

    def __init__(
        self, resource: Any, planned: Callable[[Any], Table] = plan, *, lazy: bool = True
    ) -> None:
        super().__init__(resource, lazy=lazy)
        self._plan = planned
        if lazy:
            _lazily(resource)
        self.digests: Digests | None = None
        self.scan: Scan | None = None

    def close(self) -> None:
        """End the threads."""
        if self.scan is not None:
            self.scan.close()
        if self.digests is not None:
            self.digests.stop()

    def warnings(self, shown: str) -> Iterator[Finding]:
        """Hints of ours about a table that was scanned."""
        if self.scan is not None:
            yield from self.scan.hints.findings(shown, self.resource.name)

    def lines(self, rows: set[int]) -> dict[int, int]:
        """The line (from 1) at which each row, by its number in the report, begins; only of a table that was scanned."""
        return self.scan.plan.lines(rows) if self.scan is not None else {}

    def _known(self, source: Any, fields: tuple[str, ...]) -> Known:
        return known(source, fields, self._plan, lazy=self.lazy)

    def _open_row_stream(self) -> None:
        resource, self.opened = self.resource, True
        OPEN_ROW_STREAM(resource)
        try:
            how = self._plan(resource)
            self.scan, self.unique = _scan(resource, how)
        except Uncertain as error:
            self.reason = str(error)
            return
        self.digests = how.digests()
        own, parser = resource.row_stream, resource._TableResource__parser
        whole = parser._Parser__cell_stream
        dialect, resource.dialect = resource.dialect, with_content(resource.dialect, iter)
        stream = _Stream(self, how, own)
        parser._Parser__cell_stream = stream.rows()
        OPEN_ROW_STREAM(resource)
        stream.thin = resource.row_stream
        parser._Parser__cell_stream, resource.dialect = whole, dialect
        resource._TableResource__row_stream = stream.guarded()
        self.fast = True


class _Stream:
    """Feeds Frictionless's row stream; takes to its full stream if, before any suspect was given, the scan cannot go on."""

    def __init__(self, thinned: Thinned, how: Table, own: Any) -> None:
        self._thinned, self._how, self._own = thinned, how, own
        self.thin: Any = None
        self._stats = thinned.resource.stats

    def guarded(self) -> Iterator[Any]:
        """The rows. A scan that fails half-way is followed by the full stream, less the rows that were given already."""
        last = 0
        try:
            for row in self.thin:
                last = max(last, row.row_number)
                yield row
        except Uncertain as error:
            self._thinned.fast, self._thinned.reason = False, str(error)
            self._thinned.close()
            self._thinned.resource.stats = self._stats
            for row in self._own:
                if row.row_number > last:
                    yield row

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Suspects with their row numbers (from 1); in the end the counts and hashes of the whole file."""
        resource, scan = self._thinned.resource, self._thinned.scan
        assert scan is not None
        for record, cells in scan.suspects():
            for key in self._thinned.unique:
                key.look(record, cells)
            resource.stats = Passing(self._stats, partial(self._consumed, record))
            resource.stats.rows = scan.data_before(record)
            yield record + 1, cells
        resource.stats = self._stats
        resource.stats.rows = scan.data_before(scan.records)
        if self._thinned.digests is not None:
            resource.stats.md5, resource.stats.sha256, resource.stats.bytes = (
                self._thinned.digests.result()
            )

    def _consumed(self, record: int) -> int | None:
        """Bytes that Frictionless would have read when it gives a record."""
        assert self._thinned.scan is not None
        piece = next(
            item for item in reversed(self._thinned.scan.store.pieces) if item.first <= record
        )
        return self._how.consumed(piece, record)


def _scan(resource: Any, how: Table) -> tuple[Scan, list[UniqueKey]]:
    kernels = [kernel(item) for item in how.fields]
    place = {item.name: number for number, item in enumerate(how.fields)}
    keys = [
        UniqueKey(names, tuple(place[name] for name in names), kernels)
        for names in declared(resource.schema, place)
    ]
    groups = [Group(key.places, primary=False, rows=how.rows) for key in keys]
    for number, item in enumerate(how.fields):
        if item.constraints.get("unique"):
            groups.append(Group((number,), primary=False, rows=how.rows))
    primary = resource.schema.primary_key
    if primary and set(primary) <= set(place):
        groups.append(Group(tuple(place[name] for name in primary), primary=True, rows=how.rows))
    return Scan(how, kernels, groups, list(_references(resource, place, kernels))), keys


def _references(resource: Any, place: dict[str, int], kernels: list[Kernel]) -> Iterator[Reference]:
    for key in resource.schema.foreign_keys:
        if not set(key["fields"]) <= set(place):
            continue
        group = resource.lookup.get(key["reference"]["resource"])
        if not group:
            continue
        known = group.get(tuple(key["reference"]["fields"]), set())
        known = known if isinstance(known, Known) else Known(known)
        yield Reference(tuple(place[name] for name in key["fields"]), kernels, known)


def _lazily(resource: Any) -> None:
    """Have Frictionless open a Parquet file without reading it whole."""
    if resource.format in PARQUET:
        from xinjiang_record.validate.readers import (
            parquet_reader,  # with pandas, only where it is needed
        )

        parquet_reader.lazily(resource)


def known(
    source: Any,
    fields: tuple[str, ...],
    planned: Callable[[Any], Table] = plan,
    *,
    lazy: bool = True,
) -> Known:
    """The keys in a referenced table: by this engine, or row by row as Frictionless reads them."""
    if lazy:
        _lazily(source)
    with source:
        try:
            return _fast_known(source, planned(source), fields)
        except Uncertain:
            return Known(members(source, fields))


def _fast_known(source: Any, how: Table, fields: tuple[str, ...]) -> Known:
    place = {item.name: number for number, item in enumerate(how.fields)}
    places = tuple(place.get(name) for name in fields)
    kernels = [kernel(how.fields[number]) if number is not None else None for number in places]
    if any(item is not None and not item.empty_is_missing for item in kernels):
        raise Uncertain("an empty cell is a value, and a blank line is none")
    keys = set(source.schema.primary_key) | {
        item.name for item in how.fields if item.constraints.get("unique")
    }
    for item in (
        how.fields if keys else ()
    ):  # Frictionless casts these too when a key repeats, and must not be kept from raising
        if item.name not in fields:
            _need_calm(item, item.name in keys)
    found = foreign_keys.members(_pieces(how), places, kernels)
    if any(item is not None and item.memo.raised for item in kernels):
        raise Uncertain("Frictionless fails on a cell of the key")
    return found


def _need_calm(item: Any, key: bool) -> None:
    bounded = any(name in item.constraints for name in WITHIN) and not isinstance(
        kernel(item), (Integer, Date)
    )
    if bounded or (key and item.type not in CALM):
        raise Uncertain(f"{item.name} has to be cast to be read")


def _pieces(how: Table) -> Iterator[csv_chunks.Parsed]:
    begun = how.ahead
    for chunk in how.pieces():
        parsed = how.parse(chunk)
        if parsed.doubtful is not None:
            raise Uncertain("a value that has no text")
        skip, begun = how.first - begun, begun + parsed.records
        yield csv_chunks.without(parsed, skip) if skip > 0 and not chunk.first else parsed
