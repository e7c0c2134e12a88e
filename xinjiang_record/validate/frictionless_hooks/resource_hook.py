"""A resource of Frictionless's with two steps of its ``open()`` replaced: the lookups of foreign keys, and the row stream."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from frictionless import Dialect
from frictionless.resource.stats import ResourceStats
from frictionless.resources import TableResource
from frictionless.table.lookup import Lookup

from xinjiang_record.model import Finding, Severity
from xinjiang_record.validate.unique_keys import UniqueKey

Content = Callable[[Any], Iterable[tuple[int, Any]]]

_OPEN_LOOKUP: Any = vars(TableResource)["_TableResource__open_lookup"]
OPEN_ROW_STREAM: Any = vars(TableResource)["_TableResource__open_row_stream"]


class Again(BaseException):
    """What was begun in pieces must be read whole, by Frictionless alone. No ``Exception``, since Frictionless would report it."""


class Hooked:
    """What was done to one resource: ``fast`` once rows are proved good without Frictionless, ``reason`` if they are not.

    ``lazy``: whether a file that Frictionless reads whole is read in pieces.
    """

    def __init__(self, resource: Any, *, lazy: bool = True) -> None:
        self.resource, self.lazy = resource, lazy
        self.opened, self.fast, self.reason = False, False, "Frictionless could not open it"
        self.unique: list[UniqueKey] = []
        resource._TableResource__open_lookup = self._open_lookup
        resource._TableResource__open_row_stream = self._open_row_stream

    def close(self) -> None:
        """End what runs beside."""

    def warnings(self, shown: str) -> Iterator[Finding]:
        """Hints of ours about a table that was scanned."""
        raise NotImplementedError

    def findings(self, shown: str, *, strict: bool) -> Iterator[Finding]:
        """Rows that repeat one of ``uniqueKeys``: warnings, errors if strict. Known only of a table that was scanned to its end."""
        severity: Severity = "error" if strict else "warning"
        for key in self.unique:
            yield from key.findings(shown, self.resource.name, severity)

    def lines(self, rows: set[int]) -> dict[int, int]:
        """The line (from 1) at which each row, by its number in the report, begins; only of a table that was scanned."""
        raise NotImplementedError

    def _open_row_stream(self) -> None:
        raise NotImplementedError

    def _known(self, source: Any, fields: tuple[str, ...]) -> Any:
        """The keys in a referenced table."""
        raise NotImplementedError

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
                lookup[name][fields] = self._known(self._source(name), fields)

    def _can_look_up(self, key: Any) -> bool:
        name, package = key["reference"]["resource"], self.resource.package
        return (
            name == self.resource.name or not name or bool(package and package.has_resource(name))
        )

    def _source(self, name: str) -> Any:
        itself = name == self.resource.name or not name
        source = (
            self.resource.to_copy()
            if itself
            else self.resource.package.get_resource(name).to_copy()
        )
        if source.schema:
            source.schema.foreign_keys = []
        return source


def members(source: Any, fields: tuple[str, ...]) -> set[tuple[Any, ...]]:
    """The keys in an open table, row by row, as Frictionless reads them."""
    found = {tuple(row.get(name) for name in fields) for row in source.row_stream}
    return {cells for cells in found if set(cells) != {None}}


def with_content(dialect: Any, content: Content) -> Any:
    """A copy of a dialect whose content is ``content(cell_stream)``: row numbers (from 1) and cells."""
    copy = dialect.to_copy()
    copy.__class__ = type(
        "Fed", (Dialect,), {"read_enumerated_content_stream": staticmethod(content)}
    )
    return copy


def taken(stream: Any, row: int, *, encoding: str, newline: str | None, dialect: Any) -> int:
    """The bytes of a stream that Frictionless's text stream has taken in when its parser gives a row (from 1): found by reading again."""
    counted = _Counted(stream)
    with io.TextIOWrapper(counted, encoding, newline=newline) as lines:
        for _ in itertools.islice(csv.reader(lines, dialect=dialect), row):
            pass
        return counted.count


class _Counted:
    """A stream of bytes that counts what is read of it in Frictionless's way."""

    def __init__(self, stream: Any) -> None:
        self._stream, self.count = stream, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def read1(self, size: int) -> bytes:
        data: bytes = self._stream.read1(size)
        self.count += len(data)
        return data


class Passing(ResourceStats):
    """The stats as they are at one row: ``bytes`` is what Frictionless had read by then, found only if somebody asks."""

    def __init__(self, whole: Any, consumed: Callable[[], int | None]) -> None:
        self._whole, self._consumed, self._seen = whole, consumed, whole.bytes or 0
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
            if not whole.md5 and (consumed := self._consumed()) is not None:
                self._found = None, None, max(self._seen, consumed)
        return self._found
