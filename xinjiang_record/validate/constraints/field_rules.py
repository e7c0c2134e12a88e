"""What a field asks of its cells, and the plain forms of text that Frictionless accepts: common to all who prove cells good."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from xinjiang_record.errors import LimitError
from xinjiang_record.limits import LIMITS
from xinjiang_record.validate.frictionless_hooks.cell_cache import Memo

# By bound: whether a value is within it.
WITHIN: Mapping[str, Callable[[Any, Any], Any]] = {
    "minimum": operator.ge,
    "maximum": operator.le,
    "exclusiveMinimum": operator.gt,
    "exclusiveMaximum": operator.lt,
}
# Types whose unbounded readers never raise, and whose values can be hashed.
CALM = {"string", "any", "integer", "boolean", "date", "year"}
_DAY = r"(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
_YEAR = r"(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
# A URI needs no more than a scheme and a colon: frictionless 5.21 checks no other part of it.
URI = r"\A[A-Za-z][A-Za-z0-9+.\-]*:"
# Forms that Frictionless accepts, by type and format, as RE2 writes them.
FORMS = {
    ("string", "uri"): URI,
    ("string", "uuid"): r"\A[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\z",
    ("string", "binary"): r"\A(?:[A-Za-z0-9+/]{4}){1,}\z",
    (
        "string",
        "email",
    ): r"\A[a-z]{1,20}(?:\.[a-z]{1,20})?@[a-z]{1,20}(?:\.[a-z]{1,20})?\.(?:com|org|net|edu)\z",
    ("time", "default"): rf"\A{_CLOCK}\z",
    ("datetime", "default"): rf"\A{_YEAR}-{_DAY}T{_CLOCK}Z?\z",
    ("year", "default"): r"\A[0-9]{4}\z",
    ("yearmonth", "default"): r"\A[0-9]{4}-(?:0[1-9]|1[0-2])\z",
    (
        "geopoint",
        "default",
    ): r"\A-?(?:[0-9]|[1-9][0-9]|1[0-7][0-9])(?:\.[0-9]{1,20})?, ?-?(?:[0-9]|[1-8][0-9])(?:\.[0-9]{1,20})?\z",
}
INTEGER = r"\A-?[0-9]{1,18}\z"
NUMBER = r"\A-?[0-9]{1,300}(?:\.[0-9]{1,300})?\z"
DATE = rf"\A{_YEAR}-{_DAY}\z"


class Rules:
    """One field's rules. ``field`` is Frictionless's own, with its schema, as the row stream uses it.

    ``missing_values`` are the texts that stand for no value, ``constraints`` all that are checked but ``required``.
    """

    def __init__(self, field: Any) -> None:
        self.field = field
        self.type, self.format = str(field.type), str(field.format)
        self.memo = Memo(field.create_cell_reader())
        values = field.missing_values
        if not field.has_defined("missing_values") and field.schema:
            values = field.schema.missing_values
        self.missing_values = frozenset(values)
        self.empty_is_missing = "" in self.missing_values
        checks = field.supported_constraints
        self.constraints = {
            name: bound
            for name, bound in field.constraints.items()
            if name in checks and bound is not None
        }
        self.required = bool(self.constraints.pop("required", False))

    @property
    def is_text(self) -> bool:
        """Whether the value of a cell is its text."""
        return self.type in ("any", "string")


def long_cell(number: int) -> LimitError:
    """The error for a cell of the column with this number (from 1) that is over the limit."""
    return LimitError(
        f"a cell of column {number} has more than {LIMITS.cell_chars} characters (cell_chars). "
        "To allow it, set XRECORD_LIMIT_CELL_CHARS."
    )


def kind_of(field: Any) -> str:
    """How a field's cells can be proved: text, any, words, integer, number, date, form; or asked, one by one."""
    constraints = {
        name
        for name, bound in field.constraints.items()
        if name != "required" and name in field.supported_constraints and bound is not None
    }
    if field.type == "string":
        return "text"
    if field.type == "any" and not constraints:
        return "any"
    if field.type == "boolean" and not constraints:
        return "words"
    if field.type == "integer":
        return "integer"
    if field.type == "number" and "enum" not in constraints and field.bare_number:
        return "number"
    if field.type == "date" and field.format == "default" and "enum" not in constraints:
        return "date"
    if (field.type, field.format) in FORMS and not constraints:
        return "form"
    return "asked"
