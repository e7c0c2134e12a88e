"""Say which texts have a format of ``string``: uri, email, uuid, binary; and ``geopoint``."""

from __future__ import annotations

import json
from collections.abc import Mapping

from xinjiang_record.validate.field_types.match_form import Match, compile_form, match_form

_LABEL = r"[a-z]{1,20}(?:\.[a-z]{1,20})?"
# Frictionless 5.21 checks a URI's scheme and its colon, and no other part.
URI = r"\A[A-Za-z][A-Za-z0-9+.\-]*:"
# An address of the web that RFC 3986 certainly accepts: by the standard a URI must be valid.
_SAFE = r"[A-Za-z0-9\-._~!$&'()*+,;=:@/"
WEB_URI = (
    r"\Ahttps?://[A-Za-z0-9](?:[A-Za-z0-9.\-]*[A-Za-z0-9])?(?::[0-9]+)?"
    rf"(?:/{_SAFE}]*)?(?:\?{_SAFE}?]*)?(?:#{_SAFE}?]*)?\z"
)
PROOFS: Mapping[tuple[str, str], str] = {
    ("string", "uri"): URI,
    (
        "string",
        "uuid",
    ): r"\A[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\z",
    ("string", "binary"): r"\A(?:[A-Za-z0-9+/]{4}){1,}\z",
    ("string", "email"): rf"\A{_LABEL}@{_LABEL}\.(?:com|org|net|edu)\z",
    ("geopoint", "default"): (
        r"\A-?(?:[0-9]|[1-9][0-9]|1[0-7][0-9])(?:\.[0-9]{1,20})?,"
        r" ?-?(?:[0-9]|[1-8][0-9])(?:\.[0-9]{1,20})?\z"
    ),
}

_COORDINATE = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_GEOPOINT = rf"{_COORDINATE}, ?{_COORDINATE}\Z"
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


def is_uri(text: str) -> bool:
    """Return whether a text is a URI by RFC 3986; addresses of the web have a host."""
    if len(text) > 100_000 or " " in text:
        return False
    found = compile_form(_URI).match(text)
    return bool(found) and not (
        found["scheme"].lower() in NEED_A_HOST and not found["host"]  # type: ignore[index]
    )


def is_json(text: str) -> bool:
    """Return whether a text that Python reads as JSON is JSON: NaN and Infinity are not."""
    if "NaN" not in text and "Infinity" not in text:
        return True
    try:
        json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return False
    return True


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


STANDARD_FORMS: Mapping[tuple[str, str], Match] = {
    ("string", "uri"): is_uri,
    ("string", "binary"): match_form(_BASE64),
    ("object", "default"): is_json,
    ("array", "default"): is_json,
    ("geojson", "default"): is_json,
    ("geojson", "topojson"): is_json,
    ("geopoint", "default"): match_form(_GEOPOINT),
    ("geopoint", "array"): is_json,
    ("geopoint", "object"): is_json,
}
