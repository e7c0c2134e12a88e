"""Read descriptors of which every part is known to be right; any other is not proved."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xinjiang_record.validate.field_types.field_rules import (
    FALSE,
    PROVED_CONSTRAINTS,
    TRUE,
    NotProved,
    PlainField,
)
from xinjiang_record.validate.proof.clean_tables import (
    ForeignKey,
    PlainTable,
    is_tsv_file,
    prove_tables,
)
from xinjiang_record.validate.proof.known_properties import (
    CONSTRAINTS,
    CSV,
    CSV_NAMES,
    DIALECT,
    FIELD,
    PACKAGE,
    RESOURCE,
    SCHEMA,
    Rule,
)
from xinjiang_record.validate.report import Report

if TYPE_CHECKING:
    from xinjiang_record.validate.api import Settings

PACKAGES, RESOURCES = "datapackage.json", ".resource.json"  # how the names of descriptors end
FORMATS = {
    "string": {"default", "uri", "email", "uuid", "binary"},
    "boolean": {"default"},
    "integer": {"default"},
}


def prove_descriptor(
    target: Path,
    shown: str,
    descriptor: Mapping[str, object],
    settings: Settings,
    *,
    from_file: bool,
) -> Report | None:
    """Return the report on a source that is proved; None if Frictionless must read it.

    ``from_file``: whether Frictionless would read the descriptor's file.
    """
    return prove_tables(
        shown, lambda: _read_tables(target, descriptor, from_file=from_file), settings
    )


def _read_tables(
    target: Path, descriptor: Mapping[str, object], *, from_file: bool
) -> list[PlainTable]:
    """Return the tables of a package or a resource.

    ``from_file``: whether Frictionless would read the file ``target``, and go by its name.

    Raises:
        NotProved: A part of the descriptor is not known to be right.
    """
    is_package = "resources" in descriptor
    if from_file and not target.name.endswith(PACKAGES if is_package else RESOURCES):
        raise NotProved(target.name)
    if not is_package:
        return [_read_resource(descriptor, target.parent)]
    _check(descriptor, PACKAGE)
    resources = _objects(descriptor["resources"])
    tables = [_read_resource(item, target.parent) for item in resources]
    if not tables or len({table.name for table in tables}) != len(tables):
        raise NotProved("resources")
    return tables


def _read_resource(item: Mapping[str, object], folder: Path) -> PlainTable:
    _check(item, RESOURCE)
    path, form = item.get("path"), item.get("format")
    if not isinstance(path, str) or "name" not in item:
        raise NotProved(path)
    is_tsv = is_tsv_file(path)
    if form is not None and form != ("tsv" if is_tsv else "csv"):
        raise NotProved(form)
    schema = item.get("schema")
    fields: Sequence[PlainField] | None = None
    primary: Sequence[str] = ()
    unique: Sequence[Sequence[str]] = ()
    foreign: Sequence[ForeignKey] = ()
    if schema is not None:
        schema = _object(schema)
        _check(schema, SCHEMA)
        missing = _texts(schema.get("missingValues", [""]))
        fields = [_read_field(field, missing) for field in _objects(schema.get("fields"))]
        names = [field.name for field in fields]
        if not names or len(set(names)) != len(names):
            raise NotProved("fields")
        primary = _names(schema.get("primaryKey", []), names)
        keys = schema.get("uniqueKeys", [])
        unique = [_names(key, names) for key in _list(keys) if _list(key)]
        foreign = [_read_key(key, names) for key in _objects(schema.get("foreignKeys", []))]
    declared = item.get("encoding")
    if declared is not None and declared not in ("utf-8", "utf8", "UTF-8"):
        raise NotProved(declared)
    return PlainTable(
        name=str(item["name"]),
        place=path,
        file=os.path.join(folder, path),
        is_tsv=is_tsv,
        is_utf8=declared is not None,
        dialect=_read_dialect(item.get("dialect")),
        fields=fields,
        primary=primary,
        unique=unique,
        foreign=foreign,
        digest=str(item.get("hash", "")).removeprefix("md5:"),
        size=int(str(item.get("bytes", 0))),
    )


def _read_dialect(value: object) -> Mapping[str, str | bool] | None:
    """Return what a dialect declares, None for nothing. Its header must be the first row."""
    if value is None:
        return None
    declared = _object(value)
    _check(declared, DIALECT, strict=True)
    inner = _object(declared.get("csv", {}))
    _check(inner, CSV, strict=True)
    whole = {**inner, **declared}
    found: dict[str, str | bool] = {}
    for name, python in CSV_NAMES.items():
        if name in whole:
            text = whole[name]
            assert isinstance(text, (str, bool))
            found[python] = text
    if found.get("delimiter") == found.get("quotechar", '"'):
        raise NotProved(value)
    return found


def _read_field(item: Mapping[str, object], missing: tuple[str, ...]) -> PlainField:
    _check(item, FIELD)
    name, kind, form = item.get("name"), item.get("type"), item.get("format", "default")
    if not isinstance(name, str) or not name or not isinstance(kind, str):
        raise NotProved(name)
    if kind not in PROVED_CONSTRAINTS or form not in FORMATS.get(kind, {"default"}):
        raise NotProved(kind)
    constraints = _object(item.get("constraints", {}))
    _check(constraints, CONSTRAINTS, strict=True)
    if not constraints.keys() <= {"required", "unique", *PROVED_CONSTRAINTS[kind]}:
        raise NotProved(constraints)
    if kind == "string":
        _texts(constraints.get("enum", []))
    field = PlainField(
        name,
        kind,
        str(form),
        constraints,
        _texts(item["missingValues"]) if "missingValues" in item else missing,
        _texts(item.get("trueValues", TRUE)),
        _texts(item.get("falseValues", FALSE)),
    )
    if kind != "boolean" and ("trueValues" in item or "falseValues" in item):
        raise NotProved(kind)
    read = field.create_value_reader()
    for key in ("minimum", "maximum"):
        if key in constraints:
            read(constraints[key])
    return field


def _read_key(item: Mapping[str, object], names: Sequence[str]) -> ForeignKey:
    if item.keys() != {"fields", "reference"}:
        raise NotProved(item)
    reference = _object(item["reference"])
    target = reference.get("resource", "")
    if not reference.keys() <= {"resource", "fields"} or not isinstance(target, str):
        raise NotProved(reference)
    own, other = _names(item["fields"], names), _names(reference.get("fields"))
    if not own or len(own) != len(other):
        raise NotProved(item)
    return ForeignKey(own, target, other)


def _names(value: object, known: Sequence[str] | None = None) -> tuple[str, ...]:
    """Return the names of a key, which the fields have."""
    names = _texts([value] if isinstance(value, str) else value)
    if known is not None and not set(names) <= set(known):
        raise NotProved(value)
    return names


def _object(value: object) -> Mapping[str, object]:
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return value
    raise NotProved(value)


def _list(value: object) -> Sequence[object]:
    if isinstance(value, (list, tuple)):
        return value
    raise NotProved(value)


def _objects(value: object) -> Iterator[Mapping[str, object]]:
    return map(_object, _list(value))


def _texts(value: object) -> tuple[str, ...]:
    found = tuple(item for item in _list(value) if isinstance(item, str))
    if len(found) != len(_list(value)):
        raise NotProved(value)
    return found


def _check(item: Mapping[str, object], rules: Mapping[str, Rule], *, strict: bool = False) -> None:
    """Raise NotProved for a property that has no rule, or does not keep it.

    Names that begin with ``x-`` are free, unless ``strict``.
    """
    for name, value in item.items():
        rule = rules.get(name)
        free = not strict and name.startswith("x-")
        if not free and (rule is None or not rule(value)):
            raise NotProved(name)
