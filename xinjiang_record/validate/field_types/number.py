"""Say which texts are values of ``number`` and ``integer``: digits, decimals, separators.

``decimalChar`` and ``groupChar`` are the schema's separators. A ``number`` is a ``Decimal``, or a
``float`` where the schema says ``floatNumber``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from xinjiang_record.validate.field_types.match_form import Match, match_form

if TYPE_CHECKING:
    from frictionless.fields import NumberField

# Proofs: more digits, exponents, NaN and INF are left to Frictionless's reader.
INTEGER = r"\A-?[0-9]{1,18}\z"
NUMBER = r"\A-?[0-9]{1,300}(?:\.[0-9]{1,300})?\z"


def choose_number_reader(field: NumberField) -> Callable[[str], Any]:
    """Return what casts a number without separators, as Frictionless does.

    Raises:
        ValueError: The schema's numbers have separators.
    """
    if field.group_char or field.decimal_char != ".":
        raise ValueError("separators that a plain number does not have")
    return float if field.float_number else Decimal


def check_separator(text: str) -> str:
    """Return a separator that a check can replace; raise ValueError for another one."""
    if text and (len(text) != 1 or text in "0123456789-x"):
        raise ValueError(f"unknown separator {text!r}")
    return text


def integer_form(field: Mapping[str, Any]) -> Match | None:
    """Return the standard form of an integer; None where any text may be around it."""
    if field.get("bareNumber", True) is False:
        return None
    return match_form(rf"[+-]?[0-9]+{_groups(field)}\Z")


def number_form(field: Mapping[str, Any]) -> Match | None:
    """Return the standard form of a number: XML Schema's decimal, an exponent, NaN and INF.

    The standard has NaN and INF in any case. None where any text may be around the number.
    """
    if field.get("bareNumber", True) is False:
        return None
    mark = re.escape(_text(field.get("decimalChar")) or ".")
    digits = rf"(?:[0-9]+{_groups(field)}(?:{mark}[0-9]*)?|{mark}[0-9]+)"
    return match_form(rf"(?:[+-]?{digits}(?:[eE][+-]?[0-9]+)?|(?i:NaN|-?INF))\Z")


def _groups(field: Mapping[str, Any]) -> str:
    group = _text(field.get("groupChar"))
    return rf"(?:{re.escape(group)}[0-9]+)*" if group else ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
