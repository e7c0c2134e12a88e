"""Check typed tables in memory against their Table Schemas: constraints, unique, primary and foreign keys.

The types need no check: the tables are Arrow and the schema gave the types. What is found are findings of this project, one a
cell or key, in Frictionless's error types, all at once. For files use ``validate()``, which gives Frictionless's own report.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from xinjiang_record.model import Finding

SHOWN = 60  # characters of a value in a message
STATE = "Nothing was published."
Tables = Mapping[str, pa.Table]
Schema = Mapping[str, Any]


def check_tables(
    tables: Tables, schemas: Mapping[str, Schema], package: str, *, known: Tables | None = None, first_row: int = 0
) -> list[Finding]:
    """All findings in ``tables`` (by resource name), each against the schema of the same name; an empty list if they are sound.

    Of a table in parts: ``known`` are tables that are only referred to, ``first_row`` is the number of rows before these.
    """
    findings: list[Finding] = []
    for name in schemas:
        if name not in tables:
            findings.append(Finding("resource-error", f"the table {name} was not built. {STATE}", None, package, name))
    for name, table in tables.items():
        findings += _Checker(package, name, table, schemas[name], {**(known or {}), **tables}, first_row).findings()
    return findings


class _Checker:
    """One table on its way through the checks."""

    def __init__(
        self, package: str, resource: str, table: pa.Table, schema: Schema, tables: Tables, first_row: int = 0
    ) -> None:
        self.package, self.resource, self.table, self.schema, self.tables = package, resource, table, schema, tables
        self.first_row = first_row
        self.key = _names(schema.get("primaryKey", ()))

    def findings(self) -> Iterator[Finding]:
        names = [item["name"] for item in self.schema["fields"]]
        if self.table.column_names != names:
            given = ", ".join(self.table.column_names)
            yield self._finding(
                "incorrect-label", f"the columns are {given}; the schema has {', '.join(names)}. {STATE}"
            )
            return
        for item in self.schema["fields"]:
            yield from self._constraints(item)
        yield from self._keys()
        for foreign in self.schema.get("foreignKeys", ()):
            yield from self._foreign(foreign)

    def _constraints(self, item: Mapping[str, Any]) -> Iterator[Finding]:
        column, constraints = self.table[item["name"]], dict(item.get("constraints", {}))
        required = constraints.pop("required", False)
        if required or item["name"] in self.key:
            for row in _rows(pc.is_null(column)):
                what = "it is part of the primary key" if item["name"] in self.key else "the schema requires it"
                message = f"{item['name']} is empty, and {what}. Give a value."
                yield self._finding("constraint-error", message, row, item["name"])
        if constraints.pop("unique", False):
            yield from self._unique((item["name"],), "unique-error")
        if item.get("format") == "uri":
            constraints["uri"] = True
        for value, told in _refused(column, constraints, item["type"]):
            for row in _rows(pc.equal(column, pa.scalar(value, column.type))):
                yield self._finding(
                    told[0], f"{item['name']} is {_shown(value)}, {told[1]}.", row, item["name"], str(value)
                )

    def _keys(self) -> Iterator[Finding]:
        if self.key:
            yield from self._unique(self.key, "primary-key")
        for names in self.schema.get("uniqueKeys", ()):
            yield from self._unique(_names(names), "unique-error")

    def _unique(self, names: tuple[str, ...], kind: str) -> Iterator[Finding]:
        columns = self.table.select(names)
        if columns.group_by(list(names), use_threads=False).aggregate([]).num_rows == self.table.num_rows:
            return
        first: dict[tuple[Any, ...], int] = {}
        for row, values in enumerate(zip(*(column.to_pylist() for column in columns.columns), strict=True)):
            if None in values:
                continue
            if (seen := first.setdefault(values, row)) != row:
                shown = ", ".join(f"{name} {_shown(value)}" for name, value in zip(names, values, strict=True))
                message = f"{shown} stands in row {self.first_row + seen + 1} already. Each may stand once: merge the rows or tell them apart."
                yield self._finding(kind, message, row, names[0], str(values[0]))

    def _foreign(self, foreign: Mapping[str, Any]) -> Iterator[Finding]:
        names, reference = _names(foreign["fields"]), foreign["reference"]
        target = reference.get("resource") or self.resource
        if target not in self.tables:
            yield self._finding(
                "foreign-key", f"{', '.join(names)} refers to the table {target}, which was not built. {STATE}"
            )
            return
        known = self.tables[target].select(_names(reference["fields"]))
        if len(names) == 1:
            column = self.table[names[0]]
            missing = pc.and_(pc.is_valid(column), pc.invert(pc.is_in(column, value_set=_flat(known.column(0)))))
            rows = _rows(missing)
        else:
            present = set(zip(*(column.to_pylist() for column in known.columns), strict=True))
            given = zip(*(self.table[name].to_pylist() for name in names), strict=True)
            rows = [row for row, values in enumerate(given) if set(values) != {None} and tuple(values) not in present]
        for row in rows:
            values = [self.table[name][row].as_py() for name in names]
            shown = ", ".join(f"{name} {_shown(value)}" for name, value in zip(names, values, strict=True))
            message = f"{shown} is not in the table {target} ({', '.join(known.column_names)}). Add it there, or correct it here."
            yield self._finding("foreign-key", message, row, names[0], str(values[0]))

    def _finding(self, kind: str, message: str, row: int | None = None, name: str = "", value: str = "") -> Finding:
        record = "" if row is None else "/".join(str(self.table[key][row].as_py()) for key in self.key)
        where = f"{self.package}/{self.resource}" + (f" row {self.first_row + row + 1}" if row is not None else "")
        where += f" ({record})" if record else ""
        return Finding(kind, f"{where}: {message}", None, self.package, self.resource, record, name, value)


def _names(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _flat(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def _rows(mask: pa.ChunkedArray) -> list[int]:
    """The numbers (from 0) at which a mask is true."""
    if not pc.any(mask, min_count=0).as_py():
        return []
    return [int(row) for row in pc.indices_nonzero(mask).to_pylist()]


def _shown(value: Any) -> str:
    text = str(value)
    return repr(text if len(text) <= SHOWN else text[: SHOWN - 1] + "…")


def _refused(
    column: pa.ChunkedArray, constraints: Mapping[str, Any], kind: str
) -> Iterator[tuple[Any, tuple[str, str]]]:
    """Each distinct value that a constraint refuses, with the error type and the reason."""
    tests = [_test(name, bound, kind) for name, bound in constraints.items()]
    if not tests:
        return
    for value in pc.unique(column).to_pylist():
        if value is None:
            continue
        for accepts, told in tests:
            if not accepts(value):
                yield value, told


def _test(name: str, bound: Any, kind: str) -> tuple[Callable[[Any], bool], tuple[str, str]]:
    error = "constraint-error"
    if name == "uri":
        return _is_uri, ("type-error", "which is no absolute address (URI)")
    if name == "pattern":
        pattern = re.compile(f"^{bound}$")
        return lambda value: bool(pattern.match(value)), (error, f"which does not have the form {bound}")
    if name == "enum":
        allowed = {_cast(item, kind) for item in bound}
        return lambda value: value in allowed, (error, f"which is none of {', '.join(map(str, bound))}")
    if name in ("minLength", "maxLength"):
        told = f"whose length is not within {name} {bound}"
        return (lambda value: len(value) >= bound if name == "minLength" else len(value) <= bound), (error, told)
    limit = _cast(bound, kind)
    compare: dict[str, Callable[[Any], bool]] = {
        "minimum": lambda value: value >= limit,
        "maximum": lambda value: value <= limit,
        "exclusiveMinimum": lambda value: value > limit,
        "exclusiveMaximum": lambda value: value < limit,
    }
    return compare[name], (error, f"which is outside {name} {bound}")


def _cast(bound: Any, kind: str) -> Any:
    if kind == "date":
        return date.fromisoformat(bound)
    if kind == "datetime":
        moment = datetime.fromisoformat(bound)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if kind in ("integer", "year"):
        return int(bound)
    return float(bound) if kind == "number" else bound


def _is_uri(value: str) -> bool:
    """What Frictionless calls a URI: a scheme and a colon; it looks at nothing else."""
    return re.match(r"[A-Za-z][A-Za-z0-9+.\-]*:", value) is not None
