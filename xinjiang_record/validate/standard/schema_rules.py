"""Take the rules of Data Package 2.0 out of a schema that Frictionless 5.21 does not have.

The schema that Frictionless gets is one that it accepts. The rules are applied to its fields and
rows by ``frictionless_hooks.standard_fields``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from xinjiang_record.constraints.registry import BOUNDS, CONSTRAINTS
from xinjiang_record.constraints.xml_patterns import PatternError, translate_pattern
from xinjiang_record.untrusted.shapes import describe
from xinjiang_record.validate.field_types.forms import get_form
from xinjiang_record.validate.field_types.match_form import Match
from xinjiang_record.validate.standard.property_rules import (
    FIELD,
    SCHEMA,
    drop_wrong,
    find_wrong_format,
)

FIELDS_MATCH = ("exact", "equal", "subset", "superset", "partial")


@dataclass(frozen=True)
class FieldStandard:
    """Hold the rules of one field that Frictionless does not have.

    ``form`` is the form of its texts, ``constraints`` those taken out, ``categories`` the values.
    """

    name: str
    type: str
    format: str
    form: Match | None = None
    group: str = ""
    item_form: Match | None = None
    delimiter: str = ","
    constraints: Mapping[str, Any] = field(default_factory=dict)
    categories: tuple[Any, ...] = ()
    has_group: bool = False

    @property
    def needs_reader(self) -> bool:
        """Return whether the proofs for Frictionless's rules are not enough for this field."""
        others = set(self.constraints) - ({"pattern"} if self.type == "string" else set())
        return bool(others or self.categories or self.has_group or self.item_form)


@dataclass
class TableStandard:
    """Hold the rules of one table: its fields by internal name, and the problems of its schema.

    ``labels`` are the true names of fields whose name another field has too.
    """

    fields: dict[str, FieldStandard] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)


def adapt_schema(schema: dict[str, Any], null_sequence: str = "") -> TableStandard:
    """Change a schema into one that Frictionless accepts; return the rules taken out of it.

    A field without a type gets the type ``any``. ``null_sequence`` becomes a missing value.
    """
    found = TableStandard()
    fields = schema.get("fields")
    if not isinstance(fields, list) or not all(isinstance(item, dict) for item in fields):
        return found
    found.problems += [("schema-error", message) for message in drop_wrong(schema, SCHEMA)]
    _fields_match(schema, found)
    _rename_duplicates(fields, found)
    for item in fields:
        rules = _field(item, found)
        found.fields[rules.name] = rules
        if null_sequence and isinstance(item.get("missingValues"), list):
            item["missingValues"] = [*item["missingValues"], null_sequence]
    if null_sequence:
        values = schema.get("missingValues", [""])
        entries = values if isinstance(values, list) else [""]
        shaped = any(isinstance(entry, dict) for entry in entries)
        extra: Any = {"value": null_sequence} if shaped else null_sequence
        schema["missingValues"] = [*entries, extra]
    found.problems += _key_problems(schema, set(found.labels.values()) | set(found.fields))
    return found


def _fields_match(schema: dict[str, Any], found: TableStandard) -> None:
    value = schema.get("fieldsMatch")
    if isinstance(value, list):  # as the JSON profile of 2.0 has it; the text has a string
        if len(value) == 1 and isinstance(value[0], str):
            schema["fieldsMatch"] = value = value[0]
        else:
            found.problems.append(("schema-error", "fieldsMatch: expected one word"))
            del schema["fieldsMatch"]
            return
    if value is not None and value not in FIELDS_MATCH:
        words = ", ".join(FIELDS_MATCH)
        found.problems.append(("schema-error", f"fieldsMatch: expected one of {words}"))
        del schema["fieldsMatch"]


def _rename_duplicates(fields: list[dict[str, Any]], found: TableStandard) -> None:
    """Give each field a name of its own; by the standard equal names are not an error."""
    seen: set[str] = set()
    for item in fields:
        name = item.get("name")
        if not isinstance(name, str):
            continue
        number, unique = 2, name
        while unique in seen:
            unique, number = f"{name} ({number})", number + 1
        if unique != name:
            found.labels[unique] = name
            item["name"] = unique
        seen.add(unique)


def _field(item: dict[str, Any], found: TableStandard) -> FieldStandard:
    name = str(item.get("name"))
    declared = item.setdefault("type", "any")
    kind = declared if isinstance(declared, str) else "any"
    if kind is not declared:
        item["type"] = kind
        found.problems.append(
            ("field-error", f"field {name!r}: type: expected a text, got {describe(declared)}")
        )
    wrong = drop_wrong(item, FIELD)
    form = str(item.get("format") or "default").removeprefix("fmt:")
    if problem := find_wrong_format(kind, form):
        wrong.append(problem)
        item["format"] = form = "default"
    if kind == "number" and item.get("groupChar") == item.get("decimalChar", "."):
        wrong.append("groupChar: expected another text than decimalChar")
        del item["groupChar"]
    found.problems += [("field-error", f"field {name!r}: {message}") for message in wrong]
    constraints = item.get("constraints")
    taken: dict[str, Any] = {}
    if isinstance(constraints, dict):
        native = {name for name, one in CONSTRAINTS.items() if _has(one.native, kind)}
        native -= {key for key in BOUNDS if not _is_plain_bound(kind, constraints.get(key))}
        native -= set() if _is_plain_enum(kind, constraints.get("enum")) else {"enum"}
        taken = {key: bound for key, bound in constraints.items() if key not in native}
        item["constraints"] = {k: v for k, v in constraints.items() if k not in taken}
    for key in list(taken):
        if problem := _constraint_problem(key, taken[key], kind):
            found.problems.append(("field-error", f"field {name!r}: {problem}"))
            del taken[key]
    categories = _categories(item, name, kind, found)
    group = item.get("groupChar") if kind == "integer" else ""
    item_type = str(item.get("itemType") or "string") if kind == "list" else ""
    return FieldStandard(
        name=name,
        type=str(kind),
        format=form,
        form=get_form(str(kind), form, item),
        group=group if isinstance(group, str) else "",
        has_group=bool(item.get("groupChar")),
        item_form=get_form(item_type, "default", {}) if item_type != "string" else None,
        delimiter=str(item.get("delimiter") or ","),
        constraints=taken,
        categories=categories,
    )


def _has(types: frozenset[str] | None, kind: object) -> bool:
    return types is None or kind in types


def _is_plain_bound(kind: str, bound: object) -> bool:
    """Return whether Frictionless certainly reads a bound of a type: it fails on some."""
    if kind in ("integer", "number") and type(bound) in (int, float):
        return type(bound) is int or (kind == "number" and math.isfinite(cast(float, bound)))
    return isinstance(bound, str) and (
        kind == "date" or (bound.isascii() and bound.lstrip("-").isdecimal())
    )


def _is_plain_enum(kind: str, values: object) -> bool:
    """Return whether Frictionless reads each value of an enum as one of the type.

    It drops no value that is not one, and matches no cell with it.
    """
    if not isinstance(values, list) or not values:
        return False
    if kind == "string":
        return all(isinstance(item, str) for item in values)
    return kind == "integer" and all(_is_plain_bound(kind, item) for item in values)


def _constraint_problem(name: str, bound: object, kind: str) -> str:
    """Return why a constraint cannot be used for a type; empty if it can."""
    constraint = CONSTRAINTS.get(name)
    if constraint is None:
        return f"the constraint {name!r} is not one of the standard"
    if not _has(constraint.types, kind):
        return f"the constraint {name!r} is not one of the type {kind!r}"
    if name == "pattern":
        try:
            translate_pattern(str(bound))
        except PatternError as error:
            return f"the pattern {bound!r} is not one of XML Schema: {error}"
    return ""


def _categories(
    item: Mapping[str, Any], name: str, kind: str, found: TableStandard
) -> tuple[Any, ...]:
    """Return the categories of a field, and note what is wrong with them."""
    ordered = item.get("categoriesOrdered")
    problems = []
    if ordered is not None and not isinstance(ordered, bool):
        problems.append(f"categoriesOrdered: expected true or false, got {ordered!r}")
    categories = item.get("categories")
    values: list[Any] = []
    if categories is not None:
        values, faults = _category_values(categories, kind)
        problems += faults
    elif ordered is True:
        problems.append("categoriesOrdered needs categories")
    constraints = item.get("constraints")
    enum = constraints.get("enum") if isinstance(constraints, dict) else None
    if values and isinstance(enum, list):
        known = set(values)
        outside = [v for v in enum if not isinstance(v, (str, int)) or v not in known]
        if outside:
            problems.append(f"enum: {outside[0]!r} is not one of the categories")
    found.problems += [("field-error", f"field {name!r}: {problem}") for problem in problems]
    return tuple(values)


def _category_values(categories: object, kind: str) -> tuple[list[Any], list[str]]:
    if kind not in ("string", "integer"):
        return [], [f"categories are for strings and integers, not for the type {kind!r}"]
    if not isinstance(categories, list) or not categories:
        return [], ["categories: expected a list of values"]
    values, problems, expected = [], [], str if kind == "string" else int
    shapes = {isinstance(entry, dict) for entry in categories}
    seen: set[Any] = set()
    if len(shapes) > 1:
        problems.append("categories: expected either values or objects, got both")
    for entry in categories:
        value = entry.get("value") if isinstance(entry, dict) else entry
        if type(value) is not expected:
            problems.append(f"categories: expected values of the type {kind}, got {value!r}")
        elif value in seen:
            problems.append(f"categories: {value!r} is there twice; values must be unique")
        else:
            values.append(value)
            seen.add(value)
    labels = [e["label"] for e in categories if isinstance(e, dict) and "label" in e]
    if any(not isinstance(label, str) for label in labels):
        problems.append("categories: expected labels that are texts")
    elif len(set(labels)) != len(labels):
        problems.append("categories: labels must be unique")
    return values, problems


def _key_problems(schema: dict[str, Any], names: set[str]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with unique keys; keys of unknown fields are taken out."""
    keys = schema.get("uniqueKeys")
    if keys is None:
        return
    if not isinstance(keys, list) or not keys:
        yield "schema-error", "uniqueKeys: expected a list of lists of field names"
        return
    kept = []
    for key in keys:
        listed = [key] if isinstance(key, str) else key
        if not isinstance(listed, list) or not listed:
            yield "schema-error", f"uniqueKeys: expected a list of field names, got {key!r}"
        elif unknown := [name for name in listed if not isinstance(name, str) or name not in names]:
            words = ", ".join(map(repr, unknown))
            yield "schema-error", f"uniqueKeys: {words} is not a field of the schema"
        else:
            kept.append(listed)
    schema["uniqueKeys"] = kept
