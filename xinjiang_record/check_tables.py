"""Check the tables that the pipeline built: one finding a cell or key, all at once.

The checks are those of ``validate(..., strict=True)``, by the same validator. Here are only the
words for a maintainer: the record, the value, and what to do next.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xinjiang_record.constraints.registry import CONSTRAINTS
from xinjiang_record.model import Finding
from xinjiang_record.untrusted.displayed_text import SUSPECT, first_unseen
from xinjiang_record.validate import frictionless_hooks

SHOWN = 60  # characters of a value in a message
MOST_THREADS = 4  # of a check
HEADER = 1  # rows before the first of a table, as Frictionless counts
TYPES = (
    "integer",
    "number",
    "boolean",
    "date",
    "datetime",
)  # of keys that are referred to, by what an Arrow type is called
Tables = Mapping[str, pa.Table]
Schema = Mapping[str, Any]
Error = Mapping[str, Any]


def check_tables(
    tables: Tables,
    schemas: Mapping[str, Schema],
    package: str,
    *,
    known: Tables | None = None,
    first_row: int = 0,
    threads: int = MOST_THREADS,
) -> list[Finding]:
    """Return all findings in ``tables`` by the schemas of the same names; none if they are sound.

    Args:
        tables: The tables by resource name.
        schemas: The schemas by resource name.
        package: The package's name, for the messages.
        known: Tables that are only referred to, for a table in partitions.
        first_row: The number of rows before these, for a table in partitions.
        threads: How many to use for a large table; one where other processes check other ranges.

    Raises:
        SchemaError: Frictionless refuses a schema.
        ReadError: It fails on values.
    """
    words = {
        name: _Words(package, name, tables[name], schemas[name], first_row)
        for name in schemas
        if name in tables
    }
    findings = [
        Finding("resource-error", f"the table {name} was not built.", None, package, name)
        for name in schemas
        if name not in tables
    ]
    refused = {name: list(one.refused()) for name, one in words.items()}
    findings += [finding for told in refused.values() for finding in told]
    sound = [name for name, told in refused.items() if not told]
    if not sound:
        return findings
    frictionless_hooks.install()
    from xinjiang_record.validate.readers import arrow_tables  # deferred: start-up

    given = {**(known or {}), **tables}
    described = {name: _referring(schemas[name], name, given) for name in sound}
    findings += [finding for name in sound for finding in words[name].lost(described[name])]
    findings += [finding for name in sound for finding in words[name].unseen()]
    whole = {name: (tables[name], described[name]) for name in sound}
    checked = arrow_tables.check(package, {**_referred(whole, given), **whole}, sound, threads)
    for found, name in zip(checked, sound, strict=True):
        findings += words[name].errors(found.errors)
        findings += (words[name].repeated(*one) for one in found.repeated)
    return findings


def _referring(schema: Schema, name: str, given: Tables) -> dict[str, Any]:
    """Return the schema without the foreign keys to tables that are not there."""
    keys = [
        key
        for key in schema.get("foreignKeys", ())
        if (key["reference"].get("resource") or name) in given
    ]
    return {**schema, "foreignKeys": keys}


def _referred(
    whole: Mapping[str, tuple[pa.Table, Schema]], given: Tables
) -> dict[str, tuple[pa.Table, Schema]]:
    """Return the keys of tables that are only referred to, with the types of their fields."""
    wanted: dict[str, dict[str, None]] = {}
    for _, schema in whole.values():
        for key in schema["foreignKeys"]:
            target = key["reference"].get("resource")
            if target and target not in whole:
                wanted.setdefault(target, {}).update(
                    dict.fromkeys(_names(key["reference"]["fields"]))
                )
    tables = {name: given[name].select(list(names)) for name, names in wanted.items()}
    return {
        name: (
            table,
            {"fields": [{"name": item.name, "type": _kind(item.type)} for item in table.schema]},
        )
        for name, table in tables.items()
    }


def _kind(kind: pa.DataType) -> str:
    checks = (
        pa.types.is_integer,
        pa.types.is_floating,
        pa.types.is_boolean,
        pa.types.is_date,
        pa.types.is_timestamp,
    )
    return next((name for name, check in zip(TYPES, checks, strict=True) if check(kind)), "string")


def _is_printable_ascii(column: pa.Array) -> bool:
    """Return whether every byte of a text column is a printable ASCII character."""
    if not len(column) or column.buffers()[2] is None:
        return True
    offsets = np.frombuffer(column.buffers()[1], np.int32)[column.offset :]
    data = np.frombuffer(column.buffers()[2], np.uint8)[offsets[0] : offsets[len(column)]]
    return bool((data - np.uint8(ord(" ")) <= ord("~") - ord(" ")).all())


class _Words:
    """Word the findings about one table."""

    def __init__(
        self, package: str, resource: str, table: pa.Table, schema: Schema, first_row: int
    ) -> None:
        self.package, self.resource, self.table, self.schema = package, resource, table, schema
        self.first_row = first_row
        self.key = _names(schema.get("primaryKey", ()))

    def refused(self) -> Iterator[Finding]:
        """Yield what has no text that could be checked; then no more of the table is checked."""
        names = [item["name"] for item in self.schema["fields"]]
        if self.table.column_names != names:
            given = ", ".join(self.table.column_names)
            yield self._finding(
                "incorrect-label",
                f"the columns are {given}; the schema has {', '.join(names)}.",
            )
            return
        for name in names:
            column = self.table[name]
            if not pa.types.is_floating(column.type):
                continue
            if not pc.all(pc.is_finite(column), min_count=0).as_py():
                row = pc.index(pc.is_finite(column), False).as_py() + HEADER + 1
                (value,) = self._values((name,), row)
                yield self._finding(
                    "type-error",
                    f"{name} is {value}. Give a number, or none.",
                    row,
                    name,
                    str(value),
                )

    def unseen(self) -> Iterator[Finding]:
        """Yield values with characters that make a text show otherwise than it is stored."""
        for name, column in zip(self.table.column_names, self.table.columns, strict=True):
            if not pa.types.is_string(column.type):
                continue
            if all(map(_is_printable_ascii, column.chunks)):
                continue
            suspect = pc.match_substring_regex(column, SUSPECT)
            wrong = {
                value: problem
                for value in column.filter(suspect).unique().to_pylist()
                if value and (problem := first_unseen(value))
            }
            for index, value in enumerate(column.to_pylist() if wrong else ()):
                if value in wrong:
                    message = f"{name} is {_shown(value)}, which holds {wrong[value]}. Remove it."
                    yield self._finding(
                        "control-character", message, index + HEADER + 1, name, value
                    )

    def lost(self, described: Schema) -> Iterator[Finding]:
        """Yield the foreign keys to tables that are not there."""
        for key in self.schema.get("foreignKeys", ()):
            if key not in described["foreignKeys"]:
                names, target = ", ".join(_names(key["fields"])), key["reference"]["resource"]
                yield self._finding(
                    "foreign-key",
                    f"{names} refers to the table {target}, which was not built.",
                )

    def errors(self, errors: Iterable[Error]) -> Iterator[Finding]:
        """Yield a finding for each error; a key without values has those of its fields."""
        for error in errors:
            if error["type"] == "primary-key" and 'are all "None"' in error["note"]:
                continue
            if "rowNumber" in error:
                yield self._of_row(error)
            else:
                yield self._finding(error["type"], f"{error['message']}.")

    def repeated(self, names: tuple[str, ...], first: int, row: int, cells: list[str]) -> Finding:
        """Return the finding for a row that repeats one of ``uniqueKeys``."""
        return self._twice("unique-error", names, cells, row, first)

    def _of_row(self, error: Error) -> Finding:
        kind, row = error["type"], int(error["rowNumber"])
        name, cell = error.get("fieldName", ""), error.get("cell", "")
        if kind == "constraint-error":
            return self._finding(kind, self._constraint(name, cell, error["note"]), row, name, cell)
        if kind == "type-error":
            told = error["note"].removeprefix("type is ").strip('"').removesuffix("/default")
            return self._finding(
                kind, f"{name} is {_shown(cell)}, expected {told}. Correct it.", row, name, cell
            )
        if kind in ("unique-error", "primary-key"):
            names = (name,) if name else self.key
            first = int(re.findall(r"[0-9]+$", error["note"])[0])
            return self._twice(kind, names, self._values(names, row), row, first)
        if kind == "foreign-key":
            names, target = error["fieldNames"], error["referenceName"] or self.resource
            known = ", ".join(error["referenceFieldNames"])
            message = (
                f"{_pairs(names, error['fieldCells'])} is not in the table {target} ({known}). "
                "Add it there, or correct it here."
            )
            return self._finding(kind, message, row, names[0], error["fieldCells"][0])
        if kind == "blank-row":
            return self._finding(kind, "no field has a value. Take the row out.", row)
        return self._finding(kind, f"{error['message']}.", row, name, cell)

    def _constraint(self, name: str, cell: str, note: str) -> str:
        constraint = note.split('"')[1]
        if constraint == "required":
            why = "it is part of the primary key" if name in self.key else "the schema requires it"
            return f"{name} is empty, and {why}. Give a value."
        (item,) = (item for item in self.schema["fields"] if item["name"] == name)
        bound = item["constraints"][constraint]
        told = ", ".join(map(str, bound)) if isinstance(bound, list) else bound
        return f"{name} is {_shown(cell)}, {CONSTRAINTS[constraint].message.format(told)}."

    def _twice(
        self, kind: str, names: tuple[str, ...], values: list[Any], row: int, first: int
    ) -> Finding:
        message = (
            f"{_pairs(names, values)} is in row {self._row(first)} already. "
            "Each may be there once: merge the rows, or correct one."
        )
        return self._finding(kind, message, row, names[0], str(values[0]))

    def _row(self, row: int) -> int:
        """Return the number from 1 in the entire table of a row by Frictionless's count."""
        return self.first_row + row - HEADER

    def _values(self, names: tuple[str, ...], row: int) -> list[Any]:
        return [self.table[name][row - HEADER - 1].as_py() for name in names]

    def _finding(
        self, kind: str, message: str, row: int | None = None, name: str = "", value: str = ""
    ) -> Finding:
        record = "" if row is None else "/".join(map(str, self._values(self.key, row)))
        where = f"{self.package}/{self.resource}" + (
            f" row {self._row(row)}" if row is not None else ""
        )
        where += f" ({record})" if record else ""
        return Finding(
            kind, f"{where}: {message}", None, self.package, self.resource, record, name, value
        )


def _names(value: str | Iterable[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _pairs(names: Iterable[str], values: Iterable[object]) -> str:
    return ", ".join(f"{name} {_shown(value)}" for name, value in zip(names, values, strict=True))


def _shown(value: object) -> str:
    text = str(value)
    return repr(text if len(text) <= SHOWN else text[: SHOWN - 1] + "…")
