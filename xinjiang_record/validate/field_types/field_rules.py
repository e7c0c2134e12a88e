"""State what a field requires of its cells, for both engines: large files and small files."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from xinjiang_record.constraints.constraint import TextConstraint, ValueConstraint
from xinjiang_record.constraints.pattern import Pattern
from xinjiang_record.constraints.registry import BOUNDS, TEXTS
from xinjiang_record.errors import LimitError
from xinjiang_record.limits import LIMITS
from xinjiang_record.validate.field_types.forms import FORMS
from xinjiang_record.validate.field_types.text_formats import WEB_URI

if TYPE_CHECKING:
    from frictionless import Field

    from xinjiang_record.validate.standard.schema_rules import FieldStandard

TableField: TypeAlias = "Field | PlainField"
MOST_TEXTS = 200_000  # texts remembered for one column before the cache starts again
Verdict = tuple[bool, object]
# Types whose readers never raise without bounds, and whose values have a hash.
NEVER_RAISES = {"string", "any", "integer", "boolean", "date", "year"}


class FieldRules:
    """Hold the rules of one field: Frictionless's own, with its schema, or a plain one.

    ``missing_values`` are the texts that stand for no value. ``constraints`` are the values of
    all constraints that are checked, except ``required``. ``cells`` reads a cell as Frictionless.
    ``form`` is the form of its texts by ``--standard``.
    """

    def __init__(self, field: TableField) -> None:
        self.field = field
        self.type, self.format = str(field.type), str(field.format)
        self.cells = CellCache(field.create_cell_reader())
        values = field.missing_values
        if not field.has_defined("missing_values") and field.schema:
            values = field.schema.missing_values
        self.missing_values = frozenset(values)
        self.empty_is_missing = "" in self.missing_values
        self.constraints = _checked_constraints(field)
        self.required = bool(self.constraints.pop("required", False))
        self.standard: FieldStandard | None = getattr(field, "standard", None)
        self.form = self.standard.form if self.standard else None

    @property
    def is_text(self) -> bool:
        """Return whether the value of a cell is its text."""
        return self.type in ("any", "string")

    @property
    def text_form(self) -> str | None:
        """Return a form that proves a text good, in RE2's syntax; None if there is none."""
        if self.standard is not None and (self.type, self.format) == ("string", "uri"):
            return WEB_URI
        return FORMS.get((self.type, self.format))

    def text_constraints(self) -> list[TextConstraint]:
        """Return the constraints on the text of a cell."""
        found = [TEXTS[name](bound) for name, bound in self.constraints.items() if name in TEXTS]
        if self.standard is not None and "pattern" in self.standard.constraints:
            bound = self.standard.constraints["pattern"]
            from xinjiang_record.constraints.xml_patterns import (  # deferred: start-up
                translate_pattern,
            )

            found.append(Pattern(bound, translate_pattern(bound)))
        return found

    def bounds(self) -> list[tuple[type[ValueConstraint], Any]]:
        """Return the constraints on the value of a cell, each with the bound as a value."""
        read = self.field.create_value_reader()
        return [
            (BOUNDS[name], read(bound))
            for name, bound in self.constraints.items()
            if name in BOUNDS
        ]


def _checked_constraints(field: TableField) -> dict[str, Any]:
    """Return the constraints of a field that Frictionless checks."""
    return {
        name: bound
        for name, bound in field.constraints.items()
        if name in field.supported_constraints and bound is not None
    }


def make_cell_limit_error(number: int) -> LimitError:
    """Return the error for a cell over the limit, in the column with this number (from 1)."""
    return LimitError(
        f"a cell of column {number} is too long: expected at most {LIMITS.cell_chars} characters "
        "(cell_chars). To allow it, set XRECORD_LIMIT_CELL_CHARS."
    )


def choose_proof(field: TableField) -> str:
    """Return how a field's cells can be proved good.

    That is ``text``, ``any``, ``words``, ``integer``, ``number``, ``date`` or ``form``; or
    ``cell by cell`` where Frictionless's own reader must be called.
    """
    standard = getattr(field, "standard", None)
    if standard is not None and standard.needs_reader:
        return "cell by cell"
    constraints = _checked_constraints(field).keys() - {"required"}
    if field.type == "string":
        return "text"
    if field.type == "any" and not constraints:
        return "any"
    if field.type == "boolean" and not constraints:
        return "words"
    if field.type == "integer":
        return "integer"
    is_bare = bool(getattr(field, "bare_number", True))
    if field.type == "number" and "enum" not in constraints and is_bare:
        return "number"
    if field.type == "date" and field.format == "default" and "enum" not in constraints:
        return "date"
    if (field.type, field.format) in FORMS and not constraints:
        return "form"
    return "cell by cell"


class Cancelled(Exception):
    """Say that the result is no longer wanted."""


class CellCache:
    """Remember what ``Field.create_cell_reader()`` returns: whether a text is good, and its value.

    A reader that raises gives no verdict: the text is not good and its value is None. Frictionless
    then gets the row, and raises at its own time or has stopped before. ``raised`` records that
    this has happened. Setting ``cancelled`` ends the threads that use the cache.
    """

    def __init__(self, reader: Callable[[Any], tuple[Any, Any]]) -> None:
        self._reader = reader
        self._verdicts: dict[str, Verdict] = {}
        self.raised = self.cancelled = False
        self._lock = threading.Lock()  # some of Frictionless's parsers keep state

    def __call__(self, text: str) -> Verdict:
        """Return whether a text is good, and the value that it means."""
        verdict = self._verdicts.get(text)
        if verdict is None:
            if len(self._verdicts) >= MOST_TEXTS:
                self._verdicts = {}
            verdict = self._verdicts[text] = self._read(text)
        return verdict

    def read_with(self, reader: Callable[[Any], tuple[Any, Any]]) -> None:
        """Call another reader from now on, and forget what the one before it said."""
        self._reader, self._verdicts = reader, {}

    def are_good(self, texts: Sequence[str]) -> list[bool]:
        """Return whether each text is good."""
        return [self(text)[0] for text in texts]

    def _read(self, text: str) -> Verdict:
        if self.cancelled:
            raise Cancelled
        try:
            with self._lock:
                value, notes = self._reader(text)
        except Exception:  # of any kind: Frictionless gets the row and raises it again
            self.raised = True
            return False, None
        return not notes, value


# By type: the constraints that can be proved, next to ``required`` and ``unique``.
PROVED_CONSTRAINTS: Mapping[str, frozenset[str]] = {
    "string": frozenset(("pattern", "enum", "minLength", "maxLength")),
    "integer": frozenset(("minimum", "maximum", "enum")),
    "number": frozenset(("minimum", "maximum")),
    "date": frozenset(("minimum", "maximum")),
    **dict.fromkeys(("any", "boolean", "year", "yearmonth", "time", "datetime"), frozenset()),
}
TRUE, FALSE = ("true", "True", "TRUE", "1"), ("false", "False", "FALSE", "0")


class NotProved(BaseException):
    """Say that something is not proved good, so that Frictionless decides.

    Not an ``Exception``, which a cache of cells takes for a text that is not good.
    """


@dataclass(frozen=True)
class PlainField:
    """Hold a field by the names that Frictionless has for its parts."""

    name: str
    type: str
    format: str = "default"
    constraints: Mapping[str, Any] = field(default_factory=dict)
    missing_values: tuple[str, ...] = ("",)
    true_values: tuple[str, ...] = TRUE
    false_values: tuple[str, ...] = FALSE
    bare_number: bool = True
    float_number: bool = False
    group_char: str = ""
    decimal_char: str = "."
    schema: None = None

    @property
    def supported_constraints(self) -> list[str]:
        """Return the constraints of the type, except ``unique``."""
        return ["required", *PROVED_CONSTRAINTS[self.type]]

    def has_defined(self, name: str) -> bool:
        """Return True: nothing is left to the schema."""
        return True

    def create_cell_reader(self) -> Callable[[object], NoReturn]:
        """Return a reader that is asked for what is not proved, and gives up."""
        return _give_up

    def create_value_reader(self) -> Callable[[Any], Any]:
        """Return what casts a bound or a value of an enum. It raises NotProved for an odd one."""
        return _READERS.get(self.type, _give_up)


def _give_up(cell: object) -> NoReturn:
    raise NotProved(cell)


def _read_integer(value: object) -> int:
    if type(value) is int:
        return value
    if isinstance(value, str) and value.isascii() and value.removeprefix("-").isdigit():
        return int(value)
    raise NotProved(value)


def _read_number(value: object) -> int | Decimal:
    if type(value) is float and abs(value) < 1e15:
        return Decimal(str(value))
    if isinstance(value, str) and value.isascii():
        digits = value.removeprefix("-").replace(".", "", 1)
        if digits.isdigit() and value[-1] != ".":
            return Decimal(value)
    return _read_integer(value)


def _read_date(value: object) -> date:
    if isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-":
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise NotProved(value) from error
    raise NotProved(value)


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "integer": _read_integer,
    "number": _read_number,
    "date": _read_date,
}
