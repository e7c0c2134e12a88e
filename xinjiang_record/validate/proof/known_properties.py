"""List the properties of descriptors, with the values for which Frictionless 5.21 has no error.

The lists need not be complete: a descriptor with another property or value goes to Frictionless.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

Rule = Callable[[object], bool]
NAME = re.compile(r"[-a-z0-9._]+\Z")  # in each version of the standard
CREATED = re.compile(
    r"[12][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
    r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z\Z"
)
STANDARD = re.compile(r"https://datapackage\.org/profiles/2\.0/[a-z]+\.json\Z")
DIGEST = re.compile(r"(?:sha256:[0-9a-f]{64}|(?:md5:)?[0-9a-f]{32})\Z")


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_any(value: object) -> bool:
    return True


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_count(value: object) -> bool:
    return type(value) is int and value >= 0


def _matches(pattern: re.Pattern[str]) -> Rule:
    return lambda value: isinstance(value, str) and bool(pattern.match(value))


def _is_one_of(*values: object) -> Rule:
    return lambda value: value is True if values == (True,) else value in values


def _is_character(value: object) -> bool:
    return isinstance(value, str) and len(value) == 1 and value.isascii() and value.isprintable()


def _is_delimiter(value: object) -> bool:
    return _is_character(value) or value == "\t"


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _are_licenses(value: object) -> bool:
    return (
        _have_texts(value, {"name", "path", "title"})
        and isinstance(value, list)
        and all(item.get("name") or item.get("path") for item in value)
    )


def _are_sources(value: object) -> bool:
    return _have_texts(value, {"title", "path"})


def _are_contributors(value: object) -> bool:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return False
    rest = [{key: text for key, text in item.items() if key != "roles"} for item in value]
    return _have_texts(rest, {"title", "path", "role"}) and all(
        _are_texts(item.get("roles", [])) for item in value
    )


def _have_texts(value: object, names: set[str]) -> bool:
    """Return whether a value is a list of objects with texts under these names alone."""
    return isinstance(value, list) and all(
        isinstance(item, dict)
        and item.keys() <= names
        and all(isinstance(text, str) for text in item.values())
        for item in value
    )


WORDS: Mapping[str, Rule] = dict.fromkeys(("title", "description"), _is_text)
PACKAGE: Mapping[str, Rule] = {
    **WORDS,
    **dict.fromkeys(("id", "version", "homepage"), _is_text),
    "$schema": _matches(STANDARD),
    "name": _matches(NAME),
    "profile": _is_one_of("data-package"),
    "created": _matches(CREATED),
    "keywords": _are_texts,
    "licenses": _are_licenses,
    "sources": _are_sources,
    "contributors": _are_contributors,
    "resources": _is_any,
}
RESOURCE: Mapping[str, Rule] = {
    **WORDS,
    **dict.fromkeys(("mediatype", "homepage", "path", "format", "encoding"), _is_text),
    "$schema": _matches(STANDARD),
    "name": _matches(NAME),
    "type": _is_one_of("table"),
    "profile": _is_one_of("data-resource"),
    "bytes": _is_count,
    "hash": _matches(DIGEST),
    "licenses": _are_licenses,
    "sources": _are_sources,
    "dialect": _is_any,
    "schema": _is_any,
}
SCHEMA: Mapping[str, Rule] = {
    **WORDS,
    "$schema": _matches(STANDARD),
    "fields": _is_any,
    "fieldsMatch": _is_one_of("exact"),
    "missingValues": _are_texts,
    "primaryKey": _is_any,
    "uniqueKeys": _is_any,
    "foreignKeys": _is_any,
}
FIELD: Mapping[str, Rule] = {
    **WORDS,
    **dict.fromkeys(("name", "type", "format", "rdfType", "unit"), _is_text),
    "constraints": _is_any,
    "missingValues": _are_texts,
    "trueValues": _are_texts,
    "falseValues": _are_texts,
    "bareNumber": _is_one_of(True),
}
CONSTRAINTS: Mapping[str, Rule] = {
    **dict.fromkeys(("required", "unique"), _is_flag),
    **dict.fromkeys(("minLength", "maxLength"), _is_count),
    **dict.fromkeys(("minimum", "maximum"), _is_any),
    "pattern": _is_text,
    "enum": lambda value: isinstance(value, list),
}
# By name in a descriptor: the name in ``csv.Dialect``. ``escapechar`` is not read here.
CSV_NAMES = {
    "delimiter": "delimiter",
    "quoteChar": "quotechar",
    "skipInitialSpace": "skipinitialspace",
    "lineTerminator": "lineterminator",
}
CSV: Mapping[str, Rule] = {
    "delimiter": _is_delimiter,
    "quoteChar": _is_character,
    "doubleQuote": _is_flag,  # without an escape character Frictionless always doubles
    "skipInitialSpace": _is_flag,
    "lineTerminator": _is_one_of("\n", "\r\n"),
}
DIALECT: Mapping[str, Rule] = {
    **CSV,
    "$schema": _matches(STANDARD),
    "header": _is_one_of(True),
    "csv": _is_any,
}
