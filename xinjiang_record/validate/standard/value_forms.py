"""State which texts are values of a type, by Data Package 2.0: what Frictionless 5.21 has wrong.

A form is necessary, not sufficient: Frictionless's own reader casts the text afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

Match = Callable[[str], Any]
_ZONE = r"(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])?"
_YEAR = r"-?(?:[1-9][0-9]{3,}|0[0-9]{3})"
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
YEAR = rf"({_YEAR}){_ZONE}\Z"
YEARMONTH = rf"({_YEAR})-(0[1-9]|1[0-2]){_ZONE}\Z"
_DURATION = (
    r"-?P(?=[0-9T])(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?"
    r"(?:T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?\Z"
)
_BASE64 = r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?\Z"
_CHARACTER = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})"
_PATH = rf"(?:{_CHARACTER}|[:@/])*"
_HOST = rf"(?:\[[0-9A-Fa-f:.]+\]|\[v[0-9A-Fa-f]+\.[^\]]+\]|{_CHARACTER}*)"
_AUTHORITY = rf"(?:(?:{_CHARACTER}|:)*@)?(?P<host>{_HOST})(?::[0-9]*)?"
_URI = (
    rf"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]*):(?://{_AUTHORITY}(?:/{_PATH})?|(?!//){_PATH})"
    rf"(?:\?(?:{_PATH}|\?)*)?(?:\#(?:{_PATH}|\?)*)?\Z"
)
NEED_A_HOST = {"http", "https", "ftp"}


@cache
def compile_form(pattern: str) -> re.Pattern[str]:
    """Return a pattern compiled at its first use: most runs need none of them."""
    return re.compile(pattern)


def is_uri(text: str) -> bool:
    """Return whether a text is a URI by RFC 3986; addresses of the web have a host."""
    if len(text) > 100_000 or " " in text:
        return False
    found = compile_form(_URI).match(text)
    return bool(found) and not (
        found["scheme"].lower() in NEED_A_HOST and not found["host"]  # type: ignore[index]
    )


def _match(pattern: str) -> Match:
    return lambda text: compile_form(pattern).match(text)


# By type and format. A type and format that is not listed has no form of its own.
FORMS: Mapping[tuple[str, str], Match] = {
    ("date", "default"): _match(rf"{_DATE}\Z"),
    ("time", "default"): _match(rf"{_CLOCK}\Z"),
    ("datetime", "default"): _match(rf"{_DATE}T{_CLOCK}(?:\.[0-9]+)?{_ZONE}\Z"),
    ("year", "default"): _match(YEAR),
    ("yearmonth", "default"): _match(YEARMONTH),
    ("duration", "default"): _match(_DURATION),
    ("string", "uri"): is_uri,
    ("string", "binary"): _match(_BASE64),
}


def make_integer_form(group: str) -> Match:
    """Return the form of an integer, whose digits ``group`` may divide."""
    more = rf"(?:{re.escape(group)}[0-9]+)*" if group else ""
    return _match(rf"[+-]?[0-9]+{more}\Z")


def make_number_form(decimal: str, group: str) -> Match:
    """Return the form of a number: XML Schema's decimal, with an exponent, NaN and INF."""
    more = rf"(?:{re.escape(group)}[0-9]+)*" if group else ""
    mark = re.escape(decimal or ".")
    digits = rf"(?:[0-9]+{more}(?:{mark}[0-9]*)?|{mark}[0-9]+)"
    return _match(rf"(?:[+-]?{digits}(?:[eE][+-]?[0-9]+)?|NaN|-?INF)\Z")


def get_form(kind: str, form: str, field: Mapping[str, Any]) -> Match | None:
    """Return the form of a field's texts; None if any text may be a value."""
    if kind == "integer" and field.get("bareNumber", True) is not False:
        return make_integer_form(_text(field.get("groupChar")))
    if kind == "number" and field.get("bareNumber", True) is not False:
        return make_number_form(
            _text(field.get("decimalChar")) or ".", _text(field.get("groupChar"))
        )
    return FORMS.get((kind, form or "default"))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
