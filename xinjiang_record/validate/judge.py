"""The second tier: Frictionless itself, reading no more than the suspects.

``thin(resource)`` leaves a resource of Frictionless's as it is, but for two steps of its ``open()``: foreign keys' lookups are read by
``Scan``'s means, and the row stream, Frictionless's own code, is fed with the suspects only, at their own row numbers. All that
decides what is an error, and what the report says, is Frictionless's. Where this engine cannot vouch for its reading, the row
stream stays as Frictionless made it, and ``reasons`` tells why.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

from frictionless import Dialect
from frictionless.resource.stats import ResourceStats
from frictionless.resources import TableResource
from frictionless.table.lookup import Lookup
from frictionless.vendors import stringcase

from xinjiang_record.model import Finding
from xinjiang_record.validate import chunks
from xinjiang_record.validate.chunks import Uncertain
from xinjiang_record.validate.digests import Digests
from xinjiang_record.validate.kernels import BOUNDS, Date, Integer, Kernel, kernel
from xinjiang_record.validate.keys import Group
from xinjiang_record.validate.lookups import Known, Reference, members
from xinjiang_record.validate.plan import plan
from xinjiang_record.validate.scan import Scan
from xinjiang_record.validate.store import Table
from xinjiang_record.validate.unique_keys import UniqueKey, declared

CALM = {
    "string",
    "any",
    "integer",
    "boolean",
    "date",
    "year",
}  # types whose unbounded readers never raise, and can be hashed

_OPEN_LOOKUP: Any = vars(TableResource)["_TableResource__open_lookup"]
_OPEN_ROW_STREAM: Any = vars(TableResource)["_TableResource__open_row_stream"]

# Frictionless turns every key of every descriptor and error to snake case anew, by regular expressions.
stringcase.snakecase = functools.lru_cache(4096)(stringcase.snakecase)
stringcase.camelcase = functools.lru_cache(4096)(stringcase.camelcase)


class Numbered(Dialect):
    """A dialect whose content comes with its row numbers already."""

    def read_enumerated_content_stream(self, cell_stream: Any) -> Any:
        return cell_stream


class Thinned:
    """What was done to one resource: ``fast`` once a scan feeds it, ``reason`` if none does."""

    def __init__(self, resource: Any, planned: Callable[[Any], Table] = plan) -> None:
        self.resource, self._plan = resource, planned
        self.opened, self.fast, self.reason = False, False, "Frictionless could not open it"
        self.digests: Digests | None = None
        self.scan: Scan | None = None
        self.unique: list[UniqueKey] = []
        resource._TableResource__open_lookup = self._open_lookup
        resource._TableResource__open_row_stream = self._open_row_stream

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

    def findings(self, shown: str, *, strict: bool) -> Iterator[Finding]:
        """Rows that repeat one of ``uniqueKeys``: warnings, errors if strict. Known only of a table that was scanned to its end."""
        for key in self.unique:
            yield from key.findings(shown, self.resource.name, "error" if strict else "warning")

    def lines(self, rows: set[int]) -> dict[int, int]:
        """The line (from 1) at which each row, by its number in the report, begins; only of a table that was scanned."""
        return self.scan.plan.lines(rows) if self.scan is not None else {}

    # Foreign keys

    def _open_lookup(self) -> None:
        """As ``TableResource.__open_lookup``, with another reader behind it."""
        resource = self.resource
        own = [key for key in resource.schema.foreign_keys if self._can_look_up(key)]
        if len(own) != len(resource.schema.foreign_keys):
            _OPEN_LOOKUP(resource)
            return
        lookup = resource._TableResource__lookup = Lookup()
        for key in own:
            name, fields = key["reference"]["resource"], tuple(key["reference"]["fields"])
            lookup.setdefault(name, {})
            if fields not in lookup[name]:
                lookup[name][fields] = _known(self._source(name), self._plan, fields)

    def _can_look_up(self, key: Any) -> bool:
        name, package = key["reference"]["resource"], self.resource.package
        return name == self.resource.name or not name or bool(package and package.has_resource(name))

    def _source(self, name: str) -> Any:
        itself = name == self.resource.name or not name
        source = self.resource.to_copy() if itself else self.resource.package.get_resource(name).to_copy()
        if source.schema:
            source.schema.foreign_keys = []
        return source

    # Rows

    def _open_row_stream(self) -> None:
        resource, self.opened = self.resource, True
        _OPEN_ROW_STREAM(resource)
        try:
            how = self._plan(resource)
            self.scan, self.unique = _scan(resource, how)
        except Uncertain as error:
            self.reason = str(error)
            return
        self.digests = how.digests()
        own, parser = resource.row_stream, resource._TableResource__parser
        whole = parser._Parser__cell_stream
        dialect, resource.dialect = resource.dialect, _numbered(resource.dialect)
        stream = _Stream(self, how, own)
        parser._Parser__cell_stream = stream.rows()
        _OPEN_ROW_STREAM(resource)
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
        resource, scan, first = self._thinned.resource, self._thinned.scan, self._how.first
        assert scan is not None
        seen = self._stats.bytes or 0
        for record, cells in scan.suspects():
            for key in self._thinned.unique:
                key.look(record, cells)
            resource.stats = _Stats(self._stats, self._how, scan, record, seen)
            resource.stats.rows = record - first
            yield record + 1, cells
        resource.stats = self._stats
        resource.stats.rows = max(0, scan.records - first)
        if self._thinned.digests is not None:
            resource.stats.md5, resource.stats.sha256, resource.stats.bytes = self._thinned.digests.result()


class _Stats(ResourceStats):
    """The stats as they are at one record: ``bytes`` is what Frictionless had read by then, found only if somebody asks."""

    def __init__(self, whole: Any, how: Table, scan: Scan, record: int, seen: int) -> None:
        self._whole, self._how, self._scan, self._record, self._seen = whole, how, scan, record, seen
        self._rows: int | None = None
        self._found: tuple[str | None, str | None, int | None] | None = None

    rows = property(lambda self: self._rows, lambda self, value: setattr(self, "_rows", value))
    fields = property(lambda self: self._whole.fields)
    md5 = property(lambda self: self._now()[0])
    sha256 = property(lambda self: self._now()[1])
    bytes = property(lambda self: self._now()[2])

    def _now(self) -> tuple[str | None, str | None, int | None]:
        if self._found is None:
            whole = self._whole
            self._found = whole.md5, whole.sha256, whole.bytes
            piece = next(item for item in reversed(self._scan.store.pieces) if item.first <= self._record)
            if not whole.md5 and (consumed := self._how.consumed(piece, self._record)) is not None:
                self._found = None, None, max(self._seen, consumed)
        return self._found


def _numbered(dialect: Any) -> Any:
    copy = dialect.to_copy()
    copy.__class__ = Numbered
    return copy


def _scan(resource: Any, how: Table) -> tuple[Scan, list[UniqueKey]]:
    kernels = [kernel(item) for item in how.fields]
    place = {item.name: number for number, item in enumerate(how.fields)}
    keys = [
        UniqueKey(names, tuple(place[name] for name in names), kernels) for names in declared(resource.schema, place)
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


def _known(source: Any, planned: Callable[[Any], Table], fields: tuple[str, ...]) -> Known:
    """The keys in a referenced table: by this engine, or row by row as Frictionless reads them."""
    with source:
        try:
            return _fast_known(source, planned(source), fields)
        except Uncertain:
            known = Known()
            for row in source.row_stream:
                cells = tuple(row.get(name) for name in fields)
                if set(cells) != {None}:
                    known.add(cells)
            return known


def _fast_known(source: Any, how: Table, fields: tuple[str, ...]) -> Known:
    place = {item.name: number for number, item in enumerate(how.fields)}
    places = tuple(place.get(name) for name in fields)
    kernels = [kernel(how.fields[number]) if number is not None else None for number in places]
    if any(item is not None and not item.empty_is_missing for item in kernels):
        raise Uncertain("an empty cell is a value, and a blank line is none")
    keys = set(source.schema.primary_key) | {item.name for item in how.fields if item.constraints.get("unique")}
    for item in (
        how.fields if keys else ()
    ):  # Frictionless casts these too when a key repeats, and must not be kept from raising
        if item.name not in fields:
            _need_calm(item, item.name in keys)
    known = members(_pieces(how), places, kernels)
    if any(item is not None and item.memo.raised for item in kernels):
        raise Uncertain("Frictionless fails on a cell of the key")
    return known


def _need_calm(item: Any, key: bool) -> None:
    bounded = any(name in item.constraints for name in BOUNDS) and not isinstance(kernel(item), (Integer, Date))
    if bounded or (key and item.type not in CALM):
        raise Uncertain(f"{item.name} has to be cast to be read")


def _pieces(how: Table) -> Iterator[chunks.Parsed]:
    begun = how.ahead
    for chunk in how.pieces():
        parsed = how.parse(chunk)
        skip, begun = how.first - begun, begun + parsed.records
        yield chunks.without(parsed, skip) if skip > 0 and not chunk.first else parsed
