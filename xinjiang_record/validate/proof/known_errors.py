"""Word the errors of single rows as Frictionless 5.21 does, where its verdict is known.

This is for the few bad rows of a large table, so that Frictionless need not be imported for them.
A cell whose verdict is not known raises NotProved, and Frictionless makes the report. The order of
errors is that in which Frictionless's row stream reads the cells of a row: those of keys first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

from xinjiang_record.constraints.registry import BOUNDS, TEXTS
from xinjiang_record.limits import LIMITS
from xinjiang_record.validate.field_types.field_rules import NotProved, PlainField
from xinjiang_record.validate.field_types.text_formats import URI

if TYPE_CHECKING:
    from xinjiang_record.validate.small_files.small_rows import Key

Error: TypeAlias = dict[str, object]
Reader: TypeAlias = Callable[[str], object]
ROW, CELL = ["#table", "#row"], ["#table", "#row", "#cell"]
WIDTH = (
    "compared to the header row (the first row in the data source). A key concept is that all the "
    "rows in tabular data must have the same number of columns."
)
# By type: title, description, template of the message, tags.
ERRORS: Mapping[str, tuple[str, str, str, list[str]]] = {
    "type-error": (
        "Type Error",
        "The value does not match the schema type and format for this field.",
        'Type error in the cell "{cell}" in row "{rowNumber}" and field "{fieldName}" at position '
        '"{fieldNumber}": {note}',
        CELL,
    ),
    "constraint-error": (
        "Constraint Error",
        "A field value does not conform to a constraint.",
        'The cell "{cell}" in row at position "{rowNumber}" and field "{fieldName}" at position '
        '"{fieldNumber}" does not conform to a constraint: {note}',
        CELL,
    ),
    "unique-error": (
        "Unique Error",
        "This field is a unique field but it contains a value that has been used in another row.",
        'Row at position "{rowNumber}" has unique constraint violation in field "{fieldName}" at '
        'position "{fieldNumber}": {note}',
        CELL,
    ),
    "extra-cell": (
        "Extra Cell",
        f"This row has more values {WIDTH}",
        'Row at position "{rowNumber}" has an extra value in field at position "{fieldNumber}"',
        CELL,
    ),
    "missing-cell": (
        "Missing Cell",
        f"This row has less values {WIDTH}",
        'Row at position "{rowNumber}" has a missing cell in field "{fieldName}" at position '
        '"{fieldNumber}"',
        CELL,
    ),
    "blank-row": (
        "Blank Row",
        "This row is empty. A row should contain at least one value.",
        'Row at position "{rowNumber}" is completely blank',
        ROW,
    ),
    "primary-key": (
        "PrimaryKey Error",
        "Values in the primary key fields should be unique for every row",
        'Row at position "{rowNumber}" violates the primary key: {note}',
        ROW,
    ),
    "foreign-key": (
        "ForeignKey Error",
        "Values in the foreign key fields should exist in the reference table",
        'Row at position "{rowNumber}" violates the foreign key: {note}',
        ROW,
    ),
}
# The constraints that are checked, in Frictionless's order.
ORDER = ("required", "minLength", "maxLength", "pattern", "minimum", "maximum", "enum")


@dataclass(frozen=True)
class KnownReference:
    """Hold a foreign key: its fields, the name of the table, the fields there, and the keys."""

    fields: tuple[str, ...]
    table: str
    target: tuple[str, ...]
    keys: set[Key]


class KnownErrors:
    """Find the errors of rows that come in order. Memory is kept for repeated keys."""

    def __init__(
        self,
        fields: Sequence[PlainField],
        primary: Sequence[str],
        references: Sequence[KnownReference],
    ) -> None:
        """Raise NotProved for a type whose values are not known."""
        self._cells = {item.name: KnownCells(item, number) for number, item in enumerate(fields, 1)}
        self._primary, self._references = tuple(primary), references
        self._unique: dict[str, dict[object, int]] = {
            item.name: {} for item in fields if item.constraints.get("unique")
        }
        self._keys: dict[Key, int] = {}

    def find(self, number: int, cells: list[str]) -> list[Error]:
        """Return the errors of the next row.

        Raises:
            NotProved: The verdict on a cell is not known.
        """
        row = _Row(number, cells, self._cells)
        for name, seen in self._unique.items():
            value = row.value(name)
            if value is not None:
                before, seen[value] = seen.get(value), number
                if before:
                    row.add_to_all(
                        "unique-error", _same(before), name=name, cell=str(row.value(name))
                    )
        if self._primary:
            key = tuple(row.value(name) for name in self._primary)
            if set(key) == {None}:
                row.add_to_all("primary-key", 'cells composing the primary keys are all "None"')
            else:
                before, self._keys[key] = self._keys.get(key), number
                if before:
                    row.add_to_all("primary-key", _same(before))
        for reference in self._references:
            key = tuple(row.value(name) for name in reference.fields)
            if set(key) != {None} and key not in reference.keys:
                row.add_reference(reference, key)
        return row.errors()


def _same(row: int) -> str:
    return f"the same as in the row at position {row}"


class KnownCells:
    """Read the cells of one field: ``number`` is its position, from 1."""

    def __init__(self, field: PlainField, number: int) -> None:
        self.name, self.number = field.name, number
        self._kind = f"{field.type}/{field.format}"
        self._missing = field.missing_values
        self._read = _choose_reader(field)
        self._checks = [
            (f'constraint "{name}" is "{bound}"', _make_check(name, bound, field))
            for name in ORDER
            if (bound := field.constraints.get(name)) is not None
        ]

    def read(self, text: str | None) -> tuple[object, str, list[str]]:
        """Return the value of a cell, the type of its errors, and their notes."""
        value: object = None
        if text is not None and text not in self._missing:
            value = self._read(text)
            if value is None:
                return None, "type-error", [f'type is "{self._kind}"']
        return (
            value,
            "constraint-error",
            [note for note, allows in self._checks if not allows(value)],
        )


@dataclass
class _Row:
    """Read one row in the order of Frictionless: a cell when it is asked for, or else all."""

    number: int
    cells: list[str]
    columns: Mapping[str, KnownCells]
    _values: dict[str, object] = field(default_factory=dict)
    _errors: list[Error] = field(default_factory=list)
    _is_read: bool = False

    def __post_init__(self) -> None:
        if len(self.cells) > LIMITS.field_count:
            raise NotProved(self.number)

    def value(self, name: str) -> object:
        """Return the value of a cell; its errors are added the first time."""
        if name not in self._values:
            column = self.columns[name]
            text = self.cells[column.number - 1] if column.number <= len(self.cells) else None
            self._values[name], kind, notes = column.read(text)
            for note in notes:
                self._add(kind, note, name=name, cell=str(text))
        return self._values[name]

    def errors(self) -> list[Error]:
        """Return all errors, those of cells that were not read yet too."""
        if self._is_read:
            return self._errors
        self._is_read = True
        values = [self.value(name) for name in self.columns]
        for number in range(len(self.columns) + 1, len(self.cells) + 1):
            self._add("extra-cell", "", number=number, cell=self.cells[number - 1])
        for name in list(self.columns)[len(self.cells) :]:
            self._add("missing-cell", "", name=name, cell="")
        types = {error["fieldName"] for error in self._errors if error["type"] == "type-error"}
        if not types and set(values) == {None}:
            self._errors = []
            self._add("blank-row", "")
        return self._errors

    def add_to_all(self, kind: str, note: str, *, name: str = "", cell: str | None = None) -> None:
        """Add an error after those of all cells."""
        self.errors()
        self._add(kind, note, name=name, cell=cell)

    def add_reference(self, reference: KnownReference, key: Key) -> None:
        """Add the error of a foreign key."""
        own, target = ", ".join(reference.fields), ", ".join(reference.target)
        note = (
            f'for "{own}": values "{", ".join(map(str, key))}" not found in the lookup table '
            f'"{reference.table}" as "{target}"'
        )
        self.add_to_all("foreign-key", note)
        self._errors[-1] |= {
            "fieldNames": list(reference.fields),
            "fieldCells": ["" if value is None else str(value) for value in key],
            "referenceName": reference.table,
            "referenceFieldNames": list(reference.target),
        }

    def _add(
        self, kind: str, note: str, *, name: str = "", number: int = 0, cell: str | None = None
    ) -> None:
        title, description, template, tags = ERRORS[kind]
        place: Error = {"rowNumber": self.number}
        if cell is not None:
            number = number or self.columns[name].number
            place |= {"cell": cell, "fieldName": name, "fieldNumber": number}
        words = {"type": kind, "title": title, "description": description}
        message = template.format(note=note, **place)
        rest = {"message": message, "tags": list(tags), "note": note, "cells": list(self.cells)}
        self._errors.append({**words, **rest, **place})


def _choose_reader(field: PlainField) -> Reader:
    """Return what casts a text as Frictionless does: None for an invalid text."""
    if field.type == "boolean":
        words = {
            **dict.fromkeys(field.true_values, True),
            **dict.fromkeys(field.false_values, False),
        }
        return words.get
    if field.format == "uri" and "enum" not in field.constraints:
        return _read_uri
    if field.format == "default" and field.type in _READERS:
        return _READERS[field.type]
    raise NotProved(field.type)


def _read_uri(text: str) -> str | None:
    if text.isascii():
        if ":" not in text:
            return None
        if re.match(URI, text):
            return text
    raise NotProved(text)


def _read_integer(text: str) -> int | None:
    try:
        return int(text.strip())
    except ValueError:
        return None


def _read_number(text: str) -> Decimal | None:
    try:
        value = Decimal(text.strip())
    except ArithmeticError:
        return None
    if not value.is_finite():
        raise NotProved(text)
    return value


def _read_date(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        return None


_READERS: Mapping[str, Reader] = {
    "any": str,
    "string": str,
    "integer": _read_integer,
    "number": _read_number,
    "date": _read_date,
}


def _make_check(name: str, bound: Any, field: PlainField) -> Callable[[Any], bool]:
    """Return whether a value satisfies a constraint."""
    if name == "required":
        return lambda value: value is not None or not bound
    read = field.create_value_reader()
    if name in BOUNDS:
        allows, limit = BOUNDS[name].allows, read(bound)
        return lambda value: value is None or allows(value, limit)
    if field.type == "string":
        constraint = TEXTS[name](bound)
        return lambda value: value is None or not constraint.refused_texts({value})
    words = list(map(read, bound))
    return lambda value: value is None or value in words
