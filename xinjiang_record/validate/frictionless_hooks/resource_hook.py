"""Replace two steps of ``open()`` in a Frictionless resource: foreign key lookups and row stream.

This folder is the only one that touches the private parts of Frictionless. All that decides what is
an error, and what the report says, stays Frictionless's own code.
"""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from frictionless import Dialect, Resource
from frictionless.resource.stats import ResourceStats
from frictionless.resources import TableResource
from frictionless.system.system import system
from frictionless.table.lookup import Lookup

from xinjiang_record.model import Finding
from xinjiang_record.validate.frictionless_hooks.own_errors import UniqueKeysError
from xinjiang_record.validate.unique_keys import UniqueKey, list_declared_keys

if TYPE_CHECKING:
    from types import ModuleType

    from frictionless import Report
    from frictionless.system.parser import Parser
    from frictionless.table.row import Row

    from xinjiang_record.validate.standard.schema_rules import TableStandard

Key = tuple[object, ...]  # the values of a key in one row
# The keys in referenced tables, by kind of hook, table and fields.
KnownKeys = dict[tuple[type, str, tuple[str, ...]], Container[Key]]
WantedKeys = dict[str, set[tuple[str, ...]]]
Content = Callable[[Iterable[list[Any]]], Iterable[tuple[int, list[Any]]]]

_OPEN_LOOKUP: Any = vars(TableResource)["_TableResource__open_lookup"]
_OPEN_DIALECT: Any = vars(TableResource)["_TableResource__open_dialect"]
_OPEN_ROW_STREAM: Any = vars(TableResource)["_TableResource__open_row_stream"]


class RestartWithoutFastPath(BaseException):
    """Say that Frictionless alone must read a table from the beginning, after pieces were read.

    Not an ``Exception``, since Frictionless would report it.
    """


class TableHook:
    """Hold what was done to one resource.

    ``fast`` is true once rows are proved good without Frictionless; ``reason`` says why they are
    not. ``lazy``: whether a file that Frictionless reads as one is read in pieces. ``standards``
    are the rules of Data Package 2.0 by table, if they apply. ``strict``: whether a repeated unique
    key is an error. ``hashed``: whether hashes are computed that no descriptor declares.
    ``known_keys`` may be one for all tables of a package; ``wanted_keys`` are what other tables
    refer to, by table.
    """

    def __init__(
        self,
        resource: TableResource,
        *,
        lazy: bool = True,
        standards: Mapping[str, TableStandard] | None = None,
        strict: bool = False,
        hashed: bool = True,
    ) -> None:
        self.resource, self.lazy, self.strict = resource, lazy, strict
        self.hashed = hashed or bool(resource.hash)
        self.standards = standards or {}
        self.opened, self.fast, self.reason = False, False, "Frictionless could not open it"
        self.unique: list[UniqueKey] = []
        self.known_keys: KnownKeys = {}
        self.wanted_keys: WantedKeys = {}
        resource._TableResource__open_lookup = self._open_lookup
        resource._TableResource__open_row_stream = self._open_rows

    def close(self) -> None:
        """End the threads of this table."""

    def warnings(self, shown: str) -> Iterator[Finding]:
        """Yield hints about a table that was scanned."""
        raise NotImplementedError

    def key_warnings(self, shown: str) -> Iterator[Finding]:
        """Yield a warning for each row that repeats a unique key; errors are in the report."""
        for key in () if self.strict else self.unique:
            yield from key.warnings(shown, self.resource.name)

    def lines(self, rows: set[int]) -> dict[int, int]:
        """Return the line (from 1) at which each row begins, by its number in the report."""
        raise NotImplementedError

    def _open_rows(self) -> None:
        """Open the row stream, and add the rules that Frictionless does not have."""
        resource = self.resource
        fields = resource.header.get_expected_fields()
        place = {item.name: number for number, item in enumerate(fields)}
        if resource.schema.custom.get("uniqueKeys"):
            self.unique = [UniqueKey(names) for names in list_declared_keys(resource.schema, place)]
        self._open_row_stream()
        rows = resource.row_stream
        if resource.name in self.standards:
            rows = _standard_fields().apply_to_rows(rows, fields)
        if self.unique:
            rows = self._check_unique_keys(rows)
        set_rows(resource, self._with_file_claims(rows))

    def _check_unique_keys(self, rows: Iterator[Row]) -> Iterator[Row]:
        for row in rows:
            for key in self.unique:
                first = key.add_row(row)
                if first and self.strict:
                    note = f"{key.words} is the same as in the row at position {first}"
                    error = UniqueKeysError.from_row(row, note=note, field_name=key.names[0])
                    row.errors.append(error)
            yield row

    def _with_file_claims(self, rows: Iterator[Row]) -> Iterator[Row]:
        """Yield the rows; then set hash and size where Frictionless has none, or another size.

        It has none of a Parquet file. Of several parts it counts the joined text, and a size that
        is the sum of the files is right too.
        """
        yield from rows
        resource = self.resource
        if resource.memory or not (resource.bytes or resource.hash):
            return
        paths = [str(path).removeprefix("file://") for path in resource.normpaths]
        if not all(map(os.path.isfile, paths)):
            return
        size = sum(map(os.path.getsize, paths))
        stats = resource.stats
        if len(paths) == 1 and stats.bytes is None:
            stats.bytes = size
            stats.md5, stats.sha256 = compute_digests(paths[0])
        elif len(paths) > 1 and resource.bytes == size:
            stats.bytes = size

    def _open_row_stream(self) -> None:
        raise NotImplementedError

    def _load_reference_keys(
        self, source: TableResource, fields: tuple[str, ...]
    ) -> Container[Key]:
        """Return the keys in a referenced table."""
        raise NotImplementedError

    def _open_lookup(self) -> None:
        """Do what ``TableResource.__open_lookup`` does, with another reader."""
        resource = self.resource
        rules = self.standards.get(resource.name)
        if rules is not None:
            _standard_fields().accept_equal_names(resource.header, rules)
        own = [key for key in resource.schema.foreign_keys if self._can_look_up(key)]
        if len(own) != len(resource.schema.foreign_keys):
            _OPEN_LOOKUP(resource)
            return
        lookup = Lookup()
        setattr(resource, "_TableResource__lookup", lookup)  # noqa: B010
        for key in own:
            name, fields = key["reference"]["resource"], tuple(key["reference"]["fields"])
            lookup.setdefault(name, {})
            if fields not in lookup[name]:
                lookup[name][fields] = self._get_reference_keys(name, fields)

    def _get_reference_keys(self, name: str, fields: tuple[str, ...]) -> Container[Key]:
        """Return the keys in a referenced table, read once for all tables that refer to it."""
        place = (type(self), name or str(self.resource.name), fields)
        if place not in self.known_keys:
            self.known_keys[place] = self._load_reference_keys(self._source(name), fields)
        return self.known_keys[place]

    def _can_look_up(self, key: Mapping[str, Any]) -> bool:
        name, package = key["reference"]["resource"], self.resource.package
        return (
            name == self.resource.name or not name or bool(package and package.has_resource(name))
        )

    def _source(self, name: str) -> TableResource:
        itself = name == self.resource.name or not name
        package = self.resource.package
        if itself or package is None:
            source = self.resource.to_copy()
        else:
            source = cast(TableResource, package.get_resource(name)).to_copy()
        if source.schema:
            source.schema.foreign_keys = []
            rules = self.standards.get(source.name)
            if rules is not None:
                _standard_fields().apply_to_schema(source.schema, rules)
        if self.standards:
            skip_comments_before_header(source)
        return source


def skip_comments_before_header(resource: TableResource) -> None:
    """Have the header of a table be its first row that is not a comment, if no row is declared.

    Frictionless looks for a header row of about the usual width, unless ``header`` is declared.
    """
    guess: Any = _OPEN_DIALECT

    def open_dialect() -> None:
        guess(resource)
        dialect = resource.dialect
        is_data: Any = dialect.create_comment_filter()  # type: ignore[no-untyped-call]
        if is_data is None or not dialect.header or dialect.has_defined("header_rows"):
            return
        numbers = (row for row, cells in enumerate(resource.sample, 1) if is_data(row, cells))
        dialect.header_rows = [next(numbers, 1)]

    setattr(resource, "_TableResource__open_dialect", open_dialect)  # noqa: B010


def _standard_fields() -> ModuleType:
    """Return the module of the standard's rules, which most runs do without."""
    from xinjiang_record.validate.frictionless_hooks import standard_fields  # deferred: start-up

    return standard_fields


def read_reference_keys(source: TableResource, fields: tuple[str, ...]) -> set[Key]:
    """Return the keys in an open table, row by row, as Frictionless reads them."""
    found = {tuple(row.get(name) for name in fields) for row in source.row_stream}
    return {cells for cells in found if set(cells) != {None}}


def open_rows(resource: TableResource) -> Iterator[Row]:
    """Give an open resource Frictionless's own row stream, and return it."""
    _OPEN_ROW_STREAM(resource)
    return iter(resource.row_stream)


def open_rows_over(resource: TableResource, content: Content) -> Iterator[Row]:
    """Return Frictionless's row stream over ``content(cell_stream)``.

    That yields row numbers (from 1) and cells.
    """
    dialect = resource.dialect
    # Not by assignment, which Frictionless would take for a property of the dialect.
    object.__setattr__(dialect, "read_enumerated_content_stream", content)
    try:
        _OPEN_ROW_STREAM(resource)
    finally:
        object.__delattr__(dialect, "read_enumerated_content_stream")
    return iter(resource.row_stream)


def replace_validate(item: Resource, validate: Callable[..., Report]) -> None:
    """Have a resource validate itself in another way."""
    setattr(item, "validate", validate)  # noqa: B010 - mypy refuses an assignment


def get_path(resource: Resource) -> str:
    """Return the path of a local resource."""
    return str(resource.normpath).removeprefix("file://")


def get_csv_dialect(resource: Resource) -> csv.Dialect:
    """Return a resource's dialect as Python's ``csv`` has it."""
    control: Any = resource.dialect.get_control("csv")
    dialect: csv.Dialect = control.to_python()
    return dialect


def get_first_content_row(dialect: Dialect) -> int:
    """Return the number (from 1) of the first row that is data; a descriptor may give any."""
    first: int = dialect.create_first_content_row()  # type: ignore[no-untyped-call]
    return first


def set_rows(resource: TableResource, rows: Iterator[Row]) -> None:
    """Have an open resource give these rows."""
    setattr(resource, "_TableResource__row_stream", rows)  # noqa: B010


def get_parser(resource: TableResource) -> Parser:
    """Return the parser of an open resource."""
    parser: Parser = getattr(resource, "_TableResource__parser")  # noqa: B009
    return parser


def replace_parser(resource: TableResource, prepare: Callable[[Any], None]) -> None:
    """Have ``open()`` give its parser to ``prepare`` before the parser is opened."""

    def open_parser() -> None:
        parser = system.create_parser(resource)
        setattr(resource, "_TableResource__parser", parser)  # noqa: B010
        prepare(parser)
        parser.open()  # type: ignore[no-untyped-call]

    setattr(resource, "_TableResource__open_parser", open_parser)  # noqa: B010


def parts_have_no_header(resource: TableResource) -> bool:
    """Return whether Frictionless joins the parts of an open table without dropping any line."""
    stream: Any = get_parser(resource).loader.byte_stream
    several = stream._ByteStreamWithStatsHandling__byte_stream
    return bool(several._MultipartByteStream__headless)


def compute_digests(path: str) -> tuple[str, str]:
    """Return MD5 and SHA-256 of a file, in hex."""
    with open(path, "rb") as stream:
        md5 = hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False))
        stream.seek(0)
        return md5.hexdigest(), hashlib.file_digest(stream, "sha256").hexdigest()


class StatsAtRow(ResourceStats):
    """Give the stats as they are at one row.

    ``bytes`` is what Frictionless had read by then. It is computed only if it is used.
    """

    def __init__(self, complete: ResourceStats, consumed: Callable[[], int | None]) -> None:
        self._complete, self._consumed, self._seen = complete, consumed, complete.bytes or 0
        self._rows: int | None = None
        self._found: tuple[str | None, str | None, int | None] | None = None

    rows = property(lambda self: self._rows, lambda self, value: setattr(self, "_rows", value))
    fields = property(lambda self: self._complete.fields)
    md5 = property(lambda self: self._now()[0])
    sha256 = property(lambda self: self._now()[1])
    bytes = property(lambda self: self._now()[2])

    def _now(self) -> tuple[str | None, str | None, int | None]:
        if self._found is None:
            complete = self._complete
            self._found = complete.md5, complete.sha256, complete.bytes
            if not complete.md5 and (consumed := self._consumed()) is not None:
                self._found = None, None, max(self._seen, consumed)
        return self._found
