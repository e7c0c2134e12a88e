"""Prove a large table with a scan, before Frictionless is imported.

The errors of a few bad rows are worded here, where the verdict of Frictionless is known. Otherwise
the table that Frictionless opens takes the scan over, so that no piece is read twice; where that is
known at the first bad row, the scan goes on in a thread while Frictionless is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from xinjiang_record.constraints.constraint import ValueConstraint
from xinjiang_record.constraints.registry import BOUNDS
from xinjiang_record.limits import LIMITS
from xinjiang_record.numpy_columns import text_array
from xinjiang_record.validate.fast_pass.arrow_checks import ColumnCheck
from xinjiang_record.validate.fast_pass.arrow_numbers import make_column_check
from xinjiang_record.validate.fast_pass.begun_scan import BegunScan
from xinjiang_record.validate.fast_pass.duplicate_keys import list_key_groups
from xinjiang_record.validate.fast_pass.foreign_keys import Reference, ReferenceKeys
from xinjiang_record.validate.fast_pass.scan import MOST_ROWS, Scan, Suspect
from xinjiang_record.validate.field_types.field_rules import NotProved, PlainField
from xinjiang_record.validate.proof.known_errors import Error, KnownErrors, KnownReference
from xinjiang_record.validate.readers import file_hashes
from xinjiang_record.validate.readers.byte_streams import Part
from xinjiang_record.validate.readers.csv_chunks import Shape
from xinjiang_record.validate.readers.csv_reader import CsvTable
from xinjiang_record.validate.small_files.small_rows import Key, SmallFile

if TYPE_CHECKING:
    from xinjiang_record.validate.proof.clean_tables import PlainTable

NOT_READ = {"type": "it is read when Frictionless is there"}
KnownKeys = Mapping[tuple[str, tuple[str, ...]], set[Key]]  # by table and fields


@dataclass(frozen=True)
class UnreadField(PlainField):
    """Hold a field whose unusual texts make their row a suspect, for Frictionless to read.

    ``is_key``: whether the values of its texts are compared.
    """

    is_key: bool = False

    def create_cell_reader(self) -> Callable[[Any], Any]:
        """Return a reader of the texts that the check of the column does not prove."""
        return self._read

    def _read(self, cell: str) -> tuple[object, dict[str, str]]:
        """Return the value of a text, and a note unless it is good.

        Raises:
            NotProved: The value is not known, and is needed.
        """
        if cell in self.missing_values:
            return None, {}
        if self.type in ("any", "string") and self.format == "default":
            return cell, NOT_READ
        try:
            value = self.create_value_reader()(cell)
        except (NotProved, ValueError):
            if self.is_key:
                raise NotProved(cell) from None
            return None, NOT_READ
        is_good = all(rule.allows(value, bound) for rule, bound in self._bounds)
        return value, {} if is_good and "enum" not in self.constraints else NOT_READ

    @cached_property
    def _bounds(self) -> list[tuple[type[ValueConstraint], Any]]:
        read = self.create_value_reader()
        return [
            (BOUNDS[name], read(bound))
            for name, bound in self.constraints.items()
            if name in BOUNDS
        ]


@dataclass(frozen=True)
class ProvedFile:
    """Hold the file of a table by the names that Frictionless's resource has for its parts."""

    name: str
    path: str
    normpaths: tuple[str, ...]
    extrapaths: tuple[str, ...] = ()
    memory: bool = False
    innerpath: None = None
    format: str = "csv"


@dataclass(frozen=True)
class ProvedTable:
    """Hold what is known of a table: counts, errors, and the lines of rows."""

    resource: ProvedFile
    scan: Scan
    count: Mapping[str, object]
    errors: list[Error]

    def lines(self, rows: set[int]) -> dict[int, int]:
        """Return the line (from 1) at which each row begins."""
        return self.scan.table.lines(rows)


def prove(
    table: PlainTable,
    head: SmallFile,
    fields: Sequence[PlainField],
    known: KnownKeys,
    *,
    hashed: bool,
    limit_errors: int,
) -> ProvedTable:
    """Return what is known of a table; ``head`` is its begin.

    ``known`` are the keys of the tables that it refers to.

    Raises:
        NotProved: An error is not known, there are ``limit_errors`` or many, or the table cannot be
            scanned.
    """
    begun = BegunScan(_begin_scan(table, head, fields, known))
    scan, judge = begun.scan, _make_judge(table, fields, known)
    try:
        clean = scan.is_clean()
        hinted = any(scan.hints.findings("", table.name))
        most = min(MOST_ROWS, limit_errors or MOST_ROWS)
        suspects = [] if clean else scan.collect(most) if judge and not hinted else None
    except BaseException:  # the scan cannot go on
        scan.close()
        raise
    try:
        errors = _find_errors(suspects, judge, limit_errors)
        if any(scan.hints.findings("", table.name)):
            raise NotProved(table.name)
        count: dict[str, object] = {"bytes": scan.table.size}
        if hashed:
            md5, sha256, size = file_hashes.get_hashes(table.file).result()
            count = {"md5": md5, "sha256": sha256, "bytes": size}
            if table.digest not in ("", md5, f"sha256:{sha256}"):
                raise NotProved(table.digest)
    except (NotProved, Exception):  # of any kind: Frictionless goes on, and says what it is
        begun.go_on()
        file_hashes.end_if_unused(begun.close)
        raise
    rows = scan.data_before(scan.records)
    count |= {"fields": len(fields), **({"rows": rows} if rows else {})}
    return ProvedTable(ProvedFile(table.name, table.place, (table.file,)), scan, count, errors)


def _make_judge(
    table: PlainTable, fields: Sequence[PlainField], known: KnownKeys
) -> KnownErrors | None:
    """Return what finds the errors of rows; None for a table whose errors are not all known."""
    if table.unique:  # a key that is repeated is a warning, which needs all of its rows
        return None
    references = [
        KnownReference(key.fields, key.table, key.target, known[key.table, key.target])
        for key in table.foreign
    ]
    try:
        return KnownErrors(fields, table.primary, references)
    except (NotProved, Exception):  # of any kind: Frictionless says what it is
        return None


def _find_errors(
    suspects: Sequence[Suspect] | None, judge: KnownErrors | None, limit_errors: int
) -> list[Error]:
    """Return the errors of all suspects; raise NotProved for too many, or if one is not known."""
    if suspects is None or (suspects and judge is None):
        raise NotProved("suspects")
    errors: list[Error] = []
    for record, cells in suspects:
        errors += judge.find(record + 1, cells) if judge else ()
        if limit_errors and len(errors) >= limit_errors:
            raise NotProved(limit_errors)
    return errors


def _begin_scan(
    table: PlainTable, head: SmallFile, fields: Sequence[PlainField], known: KnownKeys
) -> Scan:
    place = {field.name: number for number, field in enumerate(fields)}
    keys = {*table.primary, *(name for names in table.unique for name in names)}
    keys |= {name for key in table.foreign for name in key.fields}
    unread = [
        UnreadField(**vars(field), is_key=field.name in keys or "unique" in field.constraints)
        for field in fields
    ]
    python = head.dialect
    delimiter, quote = python.delimiter, python.quotechar or ""
    odd = python.escapechar or not python.doublequote or python.skipinitialspace
    if odd or delimiter == quote or len(fields) > LIMITS.field_count:
        raise NotProved(table.name)
    source = CsvTable(
        parts=(Part(table.file),),
        encoding=head.encoding,
        shape=Shape(delimiter, quote, len(fields), python),
        first=1,
        fields=unread,
        tabbed=table.is_tsv,
    )
    checks = [make_column_check(field) for field in unread]
    if any(type(check) is ColumnCheck for check in checks):  # which proves nothing
        raise NotProved(table.name)
    references = [
        Reference(
            tuple(place[name] for name in key.fields),
            checks,
            _reference_keys(known[key.table, key.target]),
        )
        for key in table.foreign
    ]
    groups = list_key_groups(unread, table.unique, table.primary, source.rows)
    return Scan(source, checks, groups, references)


def _reference_keys(keys: set[Key]) -> ReferenceKeys:
    texts = [key[0] for key in keys if len(key) == 1 and isinstance(key[0], str)]
    return (
        ReferenceKeys(texts=text_array(texts)) if len(texts) == len(keys) else ReferenceKeys(keys)
    )
