"""What must hold of the project's own schemas, so that a slip in one is told with its file and line, all at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

CONSTRAINTS = {"required", "unique", "minLength", "maxLength", "minimum", "maximum", "pattern", "enum"}
KNOWN_KEYS = {"fields", "primaryKey", "foreignKeys", "uniqueKeys"}


def line_of(text: str, value: str, after: str = "") -> int:
    """The line (from 1) of ``value`` in quotes, from the quoted ``after`` on; 1 if it stands nowhere."""
    start = max(text.find(f'"{after}"'), 0) if after else 0
    position = text.find(f'"{value}"', start)
    return text.count("\n", 0, max(position, 0)) + 1


def field_problems(item: Mapping[str, Any], text: str, types: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with one whole field, as ``line: what``."""
    name, kind = str(item.get("name")), item.get("type")
    here = line_of(text, name)
    if kind not in types:
        where = line_of(text, str(kind), after=name)
        yield f"{where}: field {name!r} has the unknown type {kind!r}. The record uses: {', '.join(types)}."
    missing = [key for key in ("title", "description") if not item.get(key)]
    if missing:
        yield f"{here}: field {name!r} has no {' and no '.join(missing)}. Every field needs both."
    constraints = item.get("constraints", {})
    for key in sorted(set(constraints) - CONSTRAINTS):
        where = line_of(text, key, after=name)
        yield f"{where}: field {name!r} has the unknown constraint {key!r}. There are: {', '.join(sorted(CONSTRAINTS))}."
    if "pattern" in constraints:
        try:
            re.compile(constraints["pattern"])
        except re.error as error:
            yield f"{line_of(text, 'pattern', after=name)}: field {name!r}: the pattern is no regular expression: {error}."


def table_problems(schema: Mapping[str, Any], text: str) -> Iterator[str]:
    """What is wrong with a schema's keys, as ``line: what``."""
    names = [item.get("name") for item in schema["fields"]]
    for name in sorted({str(name) for name in names if names.count(name) > 1}):
        yield f"{line_of(text, name)}: the field {name!r} stands there more than once."
    for key in sorted(set(schema) - KNOWN_KEYS):
        yield f"{line_of(text, key)}: the schema has the unknown property {key!r}."
    keys = [schema.get("primaryKey", []), *schema.get("uniqueKeys", [])]
    keys += [key["fields"] for key in schema.get("foreignKeys", [])]
    for key in keys:
        for name in key:
            if name not in names:
                yield f"{line_of(text, name)}: a key names the field {name!r}, which the schema has not."
    if not schema.get("primaryKey"):
        yield "1: the schema has no primaryKey. Every table needs one."


def reference_problems(schemas: Mapping[str, Mapping[str, Any]], name: str, text: str) -> Iterator[str]:
    """What is wrong with one schema's references to other tables, as ``line: what``."""
    for key in schemas[name].get("foreignKeys", []):
        reference = key["reference"]
        target = schemas.get(reference.get("resource") or name)
        if target is None:
            yield f"{line_of(text, reference['resource'])}: refers to {reference['resource']!r}, which is no table of the package."
        elif lacking := [item for item in reference["fields"] if item not in [one["name"] for one in target["fields"]]]:
            yield f"{line_of(text, 'foreignKeys')}: refers to {lacking[0]!r}, which {reference['resource']!r} has not."
