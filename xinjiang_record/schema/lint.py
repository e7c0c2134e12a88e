"""Check the project's own schemas; every fault comes with its line, all at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from xinjiang_record.constraints.registry import BOUNDS, CONSTRAINTS
from xinjiang_record.schema.check_toml import Kind, Shape, problems

NUMBERS = ("integer", "number", "year")
# What the value of each constraint is that the project's own schemas may use.
KINDS: Mapping[str, Any] = {
    name: item.own_kind for name, item in CONSTRAINTS.items() if item.own_kind is not None
}
KNOWN_KEYS = {"fields", "primaryKey", "foreignKeys", "uniqueKeys"}
TEXTS = dict.fromkeys(("type", "title", "description", "format", "unit"), str)
SHARED: Kind = {str: Shape(optional={**TEXTS, "constraints": {str: object}})}
FIELD = Shape({"name": str}, {**TEXTS, "constraints": {str: object}})
FIELD_KEYS = (*FIELD.required, *FIELD.optional)
KEYS: dict[str, Kind] = {
    "primaryKey": [str],
    "uniqueKeys": [[str]],
    "foreignKeys": [
        Shape({"fields": [str], "reference": Shape({"fields": [str]}, {"resource": str})})
    ],
}
PACKAGE = Shape(
    {
        **dict.fromkeys(("name", "title", "description"), str),
        "resources": [str],
        "licenses": [{str: str}],
    },
    {
        "homepage": str,
        "keywords": [str],
        "partitioned": [str],
        "contributors": [Shape({"title": str}, {"roles": [str], "path": str, "organization": str})],
        "resource": {str: Shape({"title": str, "description": str})},
    },
)


def line_of(text: str, value: str, after: str = "") -> int:
    """Return the line (from 1) of the quoted ``value`` after the quoted ``after``; 1 if absent."""
    start = max(text.find(f'"{after}"'), 0) if after else 0
    position = text.find(f'"{value}"', start)
    return text.count("\n", 0, max(position, 0)) + 1


def shape_problems(schema: object, text: str) -> Iterator[str]:
    """Yield values of the wrong kind, as ``line: what``; with any, nothing else is checked."""
    if (
        not isinstance(schema, dict)
        or not isinstance(schema.get("fields"), list)
        or not schema["fields"]
    ):
        yield "1: the schema has no list of fields."
        return
    for number, item in enumerate(schema["fields"]):
        name = str(item.get("name", "")) if isinstance(item, dict) else ""
        looked_at = (
            {key: item[key] for key in item if key in FIELD_KEYS}
            if isinstance(item, dict)
            else item
        )
        for _, problem in problems(looked_at, FIELD, ("fields", number)):
            yield f"{line_of(text, name) if name else 1}: {problem}"
    for key, kind in KEYS.items():
        for _, problem in problems(schema[key], kind, (key,)) if key in schema else ():
            yield f"{line_of(text, key)}: {problem}"


def field_problems(item: Mapping[str, Any], text: str, types: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with one complete field, as ``line: what``."""
    name, kind = str(item.get("name")), item.get("type")
    here = line_of(text, name)
    if kind not in types:
        where = line_of(text, str(kind), after=name)
        known = ", ".join(types)
        yield f"{where}: field {name!r} has the unknown type {kind!r}. The record uses: {known}."
    for key in sorted(set(item) - set(FIELD_KEYS)):
        where, known = line_of(text, key, after=name), ", ".join(FIELD_KEYS)
        yield f"{where}: field {name!r} has the unknown property {key!r}. There are: {known}."
    missing = [key for key in ("title", "description") if not item.get(key)]
    if missing:
        yield f"{here}: field {name!r} has no {' and no '.join(missing)}. Every field needs both."
    constraints = item.get("constraints", {})
    for key in sorted(set(constraints) - set(KINDS)):
        where = line_of(text, key, after=name)
        known = ", ".join(sorted(KINDS))
        yield f"{where}: field {name!r} has the unknown constraint {key!r}. There are: {known}."
    wrong = [
        found
        for key, value in constraints.items()
        for found in problems(value, KINDS.get(key, object), (key,))
    ]
    for path, problem in wrong:
        yield f"{line_of(text, str(path[0]), after=name)}: field {name!r}: {problem}"
    if kind not in NUMBERS and (bounds := sorted(set(BOUNDS) & set(constraints))):
        where = line_of(text, bounds[0], after=name)
        yield f"{where}: field {name!r} is not a number and has a {bounds[0]}. Take it out."
    if "pattern" in constraints and not wrong:
        try:
            re.compile(constraints["pattern"])
        except re.error as error:
            where = line_of(text, "pattern", after=name)
            yield f"{where}: field {name!r}: the pattern is not a regular expression: {error}."


def table_problems(schema: Mapping[str, Any], text: str) -> Iterator[str]:
    """Yield what is wrong with a schema's keys, as ``line: what``."""
    names = [item.get("name") for item in schema["fields"]]
    for name in sorted({str(name) for name in names if names.count(name) > 1}):
        yield f"{line_of(text, name)}: the field {name!r} is there more than once."
    for key in sorted(set(schema) - KNOWN_KEYS):
        yield f"{line_of(text, key)}: the schema has the unknown property {key!r}."
    keys = [schema.get("primaryKey", []), *schema.get("uniqueKeys", [])]
    keys += [key["fields"] for key in schema.get("foreignKeys", [])]
    for key in keys:
        for name in key:
            if name not in names:
                where = line_of(text, name)
                yield f"{where}: a key names the field {name!r}, which the schema does not have."
    if not schema.get("primaryKey"):
        yield "1: the schema has no primaryKey. Every table needs one."


def partition_problems(
    schemas: Mapping[str, Mapping[str, Any]], partitioned: Iterable[str], name: str, text: str
) -> Iterator[str]:
    """Yield what cannot be checked of tables in partitions, as ``line: what``.

    Rows of two partitions are compared by the first field of the key only.
    """
    schema = schemas[name]
    for key in schema.get("foreignKeys", []):
        target = key["reference"].get("resource") or name
        if target in partitioned:
            where = line_of(text, "foreignKeys")
            yield (
                f"{where}: refers to {target!r}, which comes in partitions. "
                "Only tables in one file can be referred to."
            )
    if name not in partitioned:
        return
    first = next(iter(schema.get("primaryKey", [])), "")
    single = [
        [item["name"]] for item in schema["fields"] if item.get("constraints", {}).get("unique")
    ]
    for names in (*single, *schema.get("uniqueKeys", [])):
        if first not in names:
            yield (
                f"{line_of(text, names[0])}: {', '.join(names)} must be unique, which is not "
                f"checked of a table in partitions without {first}, the first field of its key. "
                "Add that to the fields, or take the rule out."
            )


def reference_problems(
    schemas: Mapping[str, Mapping[str, Any]], name: str, text: str
) -> Iterator[str]:
    """Yield what is wrong with one schema's references to other tables, as ``line: what``."""
    for key in schemas[name].get("foreignKeys", []):
        reference = key["reference"]
        target = schemas.get(reference.get("resource") or name)
        if target is None:
            name_of_target = reference["resource"]
            where = line_of(text, name_of_target)
            yield f"{where}: refers to {name_of_target!r}, which is not a table of the package."
        elif lacking := [
            item
            for item in reference["fields"]
            if item not in [one["name"] for one in target["fields"]]
        ]:
            where, other = line_of(text, "foreignKeys"), reference.get("resource") or name
            yield f"{where}: refers to {lacking[0]!r}, which {other!r} does not have."
        elif len(key["fields"]) != len(reference["fields"]) or not key["fields"]:
            where, count = line_of(text, "foreignKeys"), len(key["fields"])
            others = len(reference["fields"])
            yield f"{where}: a foreign key has {count} fields and refers to {others}."
