"""Hold a field whose texts are proved by their form, or not at all: what needs no Frictionless."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NoReturn

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
