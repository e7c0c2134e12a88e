"""Say what Data Package 2.0 wants of single properties, where Frictionless 5.21 accepts more.

A rule is for one property of a package, a resource, a dialect, a schema or a field. A property with
a wrong value is an error of the descriptor, and is left out of what Frictionless gets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from xinjiang_record.untrusted.shapes import describe

MOST_SHOWN = 60  # characters of a wrong value


class Rule(NamedTuple):
    """Hold what is expected of a property, in words, and whether a value is that."""

    expected: str
    holds: Callable[[object], bool]


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _has_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _is_count(value: object) -> bool:
    return type(value) is int and value >= 1


def _are_counts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_count, value))


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _have_properties(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) and item for item in value)


def _is_hidden(path: str) -> bool:
    return any(part.startswith(".") and part not in (".", "..") for part in path.split("/"))


def _is_address(text: str) -> bool:
    return text.lower().startswith(("http://", "https://", "ftp://", "ftps://"))


def _is_address_or_path(value: object) -> bool:
    """Return whether a text is an http or ftp address, or a path into the descriptor's folder."""
    if not isinstance(value, str) or not value:
        return False
    leads_out = value.startswith(("/", "~")) or "://" in value or ".." in value.split("/")
    return _is_address(value) or not (leads_out or _is_hidden(value))


def _is_not_hidden(value: object) -> bool:
    """Return whether no path is hidden; those that lead out of the folder are refused before."""
    texts = value if isinstance(value, list) else [value]
    return not any(
        isinstance(text, str) and _is_hidden(text) and not _is_address(text) for text in texts
    )


def _are_different(value: object) -> bool:
    """Return whether missing values are all different; objects are checked by Frictionless."""
    texts = [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
    return len(set(texts)) == len(texts)


TEXT = Rule("a text", _is_text)
FULL_TEXT = Rule("a text that is not empty", _has_text)
CHARACTER = Rule("one character", lambda value: isinstance(value, str) and len(value) == 1)
COUNT = Rule("a whole number from 1", _is_count)
COUNTS = Rule("a list of whole numbers from 1", _are_counts)
OBJECTS = Rule("a list of objects with at least one property each", _have_properties)
DIFFERENT = Rule("values that are all different", _are_different)
PACKAGE: Mapping[str, Rule] = {
    "id": TEXT,
    "image": Rule("an address of http or ftp, or a path into the folder", _is_address_or_path),
    "contributors": OBJECTS,
    "sources": OBJECTS,
}
RESOURCE: Mapping[str, Rule] = {
    "path": Rule("a path that is not hidden", _is_not_hidden),
    "hash": FULL_TEXT,
    "sources": OBJECTS,
}
DIALECT: Mapping[str, Rule] = {
    "headerRows": COUNTS,
    "commentRows": COUNTS,
    "commentChar": FULL_TEXT,
    "delimiter": FULL_TEXT,
    "lineTerminator": Rule(
        "\\n, \\r\\n or \\r, since no other is read here",
        lambda value: value in ("\n", "\r\n", "\r"),
    ),
    "quoteChar": CHARACTER,
    "escapeChar": CHARACTER,
    "nullSequence": TEXT,
    "itemType": Rule("array or object", lambda value: value in ("array", "object")),
    "itemKeys": Rule("a list of texts", _are_texts),
    "sheetNumber": COUNT,
    "sheetName": TEXT,
}
SCHEMA: Mapping[str, Rule] = {"missingValues": DIFFERENT}
FIELD: Mapping[str, Rule] = {
    "missingValues": DIFFERENT,
    "groupChar": FULL_TEXT,
    "decimalChar": FULL_TEXT,
    "delimiter": FULL_TEXT,
}
MOMENTS = ("date", "time", "datetime")
# What a type may have as its format; a moment also a pattern, and any other type any text.
FORMATS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(MOMENTS, ("default", "any")),
    "string": ("default", "email", "uri", "binary", "uuid"),
    "geopoint": ("default", "array", "object"),
    "geojson": ("default", "topojson"),
    **dict.fromkeys(("number", "integer", "boolean", "object", "array", "list"), ("default",)),
    **dict.fromkeys(("year", "yearmonth", "duration"), ("default",)),
}


def find_wrong(item: Mapping[str, Any], rules: Mapping[str, Rule]) -> Iterator[tuple[str, str]]:
    """Yield the name of each property whose value is wrong, and why."""
    for name, rule in rules.items():
        if name in item and not rule.holds(item[name]):
            value = item[name]
            got = repr(value) if isinstance(value, (str, int, float, list)) else describe(value)
            yield name, f"{name}: expected {rule.expected}, got {got[:MOST_SHOWN]}"


def drop_wrong(item: dict[str, Any], rules: Mapping[str, Rule]) -> list[str]:
    """Take the properties with a wrong value out of an object; return why they are wrong."""
    found = list(find_wrong(item, rules))
    for name, _ in found:
        del item[name]
    return [message for _, message in found]


def find_wrong_format(kind: str, form: object) -> str:
    """Return why a text is not a format of a type; empty if it is one."""
    if not isinstance(form, str):
        return ""  # Frictionless says so
    known = FORMATS.get(kind, ())
    if not known or form in known or (kind in MOMENTS and "%" in form):
        return ""
    words = (*known, "a pattern such as %Y-%m-%d") if kind in MOMENTS else known
    return f"format: expected {', '.join(words)}, got {form!r}"
