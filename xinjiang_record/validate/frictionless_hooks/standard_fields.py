"""Apply the rules of Data Package 2.0 to the fields and rows of a Frictionless resource."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from frictionless import errors

from xinjiang_record.constraints.constraint import Check, RuleError
from xinjiang_record.constraints.registry import CONSTRAINTS
from xinjiang_record.validate.field_types.date_and_time import YEAR, YEARMONTH
from xinjiang_record.validate.field_types.match_form import compile_form
from xinjiang_record.validate.standard.schema_rules import FieldStandard, TableStandard

if TYPE_CHECKING:
    from frictionless import Error, Field, Schema
    from frictionless.table.header import Header
    from frictionless.table.row import Row

MOST_DIGITS = 4000  # of which Python makes an integer
Reader = Callable[[Any], tuple[Any, dict[str, str] | None]]


class HashableList(list[Any]):
    """Make a list that can be a key."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(repr(self))


class HashableDict(dict[str, Any]):
    """Make an object that can be a key; the order of its members does not matter."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(repr(sorted(self.items(), key=repr)))


def make_hashable(value: object) -> object:
    """Return an equal value that can be a key."""
    if isinstance(value, list):
        return HashableList(map(make_hashable, value))
    if isinstance(value, dict):
        return HashableDict((key, make_hashable(item)) for key, item in value.items())
    return value


def apply_to_schema(schema: Schema, rules: TableStandard) -> list[str]:
    """Give the fields of a schema readers by the standard; return what is wrong with constraints.

    A constraint whose value is not one of the field's type is not checked.
    """
    wrong = []
    for item in schema.fields:
        if item.name not in rules.fields:
            continue
        own = rules.fields[item.name]
        usable: dict[str, Any] = {}
        for name, bound in own.constraints.items():
            try:
                CONSTRAINTS[name].make_check(bound, _value_reader(item, own))
            except RuleError as error:
                wrong.append(f"field {item.name!r}: {error}")
            else:
                usable[name] = bound
        apply_to_field(item, replace(own, constraints=usable))
    return wrong


def _value_reader(item: Field, rules: FieldStandard) -> Callable[[Any], Any]:
    """Return what casts the value of a constraint, which is written as a cell is."""
    native: Callable[[Any], Any] = item.create_value_reader()

    def read(bound: object) -> object:
        if isinstance(bound, str) and rules.group:
            bound = bound.replace(rules.group, "")
        if isinstance(bound, str) and _is_calendar(rules):
            return _calendar(rules.type, bound)
        return native(bound)

    return read


def apply_to_field(item: Field, rules: FieldStandard) -> None:
    """Give a field a reader by the standard; copies of it get one too."""
    item.standard = rules
    setattr(item, "create_cell_reader", lambda: _reader(item, rules))  # noqa: B010
    copy = type(item).to_copy

    def to_copy(**options: object) -> Field:
        other = copy(item, **options)
        apply_to_field(other, rules)
        return other

    setattr(item, "to_copy", to_copy)  # noqa: B010


def _reader(item: Field, rules: FieldStandard) -> Reader:
    native: Reader = type(item).create_cell_reader(item)
    missing = item.missing_values
    if not item.has_defined("missing_values") and item.schema:
        missing = item.schema.missing_values
    checks = _checks(rules, _value_reader(item, rules))
    note = {"type": f'type is "{item.type}/{item.format}"'}
    required = bool(item.constraints.get("required"))

    def read(cell: object) -> tuple[Any, dict[str, str] | None]:
        value: object
        if isinstance(cell, str) and cell not in missing:
            if rules.form is not None and not rules.form(cell):
                return None, dict(note)
            if rules.item_form and not all(map(rules.item_form, cell.split(rules.delimiter))):
                return None, dict(note)
            if rules.group:
                cell = cell.replace(rules.group, "")
            if _is_calendar(rules):
                value, notes = _calendar(rules.type, cell), None
            elif rules.type == "integer" and rules.form and len(cell) > MOST_DIGITS:
                value, notes = Decimal(cell), None
            else:
                value, notes = native(cell)
        else:
            value, notes = native(cell)
        if value is None:
            if required and notes is None:
                notes = {"required": 'constraint "required" is "True"'}
            return value, notes
        value = make_hashable(value)
        for name, bound, check in checks:
            if not _holds(check, value):
                notes = {**(notes or {}), name: f'constraint "{name}" is "{bound}"'}
        return value, notes

    return read


def _checks(rules: FieldStandard, value_of: Callable[[Any], Any]) -> list[tuple[str, Any, Check]]:
    found: list[tuple[str, Any, Check]] = []
    for name, bound in rules.constraints.items():
        found.append((name, bound, CONSTRAINTS[name].make_check(bound, value_of)))
    if rules.categories:
        allowed = set(rules.categories)
        words = ", ".join(map(str, rules.categories))
        found.append(("categories", words, lambda value: value in allowed))
    return found


def _holds(check: Check, value: object) -> bool:
    try:
        return check(value)
    except (ArithmeticError, TypeError, ValueError):
        return False


def _is_calendar(rules: FieldStandard) -> bool:
    return rules.type in ("year", "yearmonth") and rules.format == "default"


def _calendar(kind: str, cell: str) -> int | tuple[int, int] | None:
    """Return a year, or a year and a month, as XML Schema writes them."""
    if kind == "year":
        found = compile_form(YEAR).match(cell)
        return int(found[1]) if found else None
    found = compile_form(YEARMONTH).match(cell)
    return (int(found[1]), int(found[2])) if found else None


def apply_to_rows(rows: Iterator[Row], fields: list[Field]) -> Iterator[Row]:
    """Change the errors of rows to those that the standard has.

    A row that has all its cells is not blank. A foreign key with a missing part is not checked.
    """
    readers: list[tuple[Field, Reader]] = [(item, item.create_cell_reader()) for item in fields]
    for row in rows:
        if row.errors:
            kept = []
            for error in row.errors:
                if error.type == "blank-row" and len(row.cells) == len(fields):
                    kept += list(_cell_errors(row, readers))
                elif error.type == "foreign-key" and any(
                    row[name] is None for name in error.field_names
                ):
                    continue
                else:
                    kept.append(error)
            row.errors[:] = kept
        yield row


def _cell_errors(row: Row, readers: list[tuple[Field, Reader]]) -> Iterator[Error]:
    for cell, (item, reader) in zip(row.cells, readers, strict=True):
        _, notes = reader(cell)
        for note in (notes or {}).values():
            yield errors.ConstraintError.from_row(row, note=note, field_name=item.name)


def accept_equal_names(header: Header, rules: TableStandard) -> None:
    """Remove errors of a header about fields that have equal names, and are matched by order."""
    if not rules.labels:
        return
    twice = set(rules.labels.values())
    header.errors[:] = [
        error
        for error in header.errors
        if not (error.type == "duplicate-label" and error.label in twice)
        and not (
            error.type == "incorrect-label" and rules.labels.get(error.field_name) == error.label
        )
    ]
