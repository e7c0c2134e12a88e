"""Read ``schemas/``, the only schema there is, and say what each field is in Arrow.

A ``<resource>.schema.json`` names a shared field by ``{"name": "country_iso3"}`` alone (its keys override, ``constraints`` key by
key); the definition comes from ``schemas/fields.toml``. A field with a ``type`` of its own is complete as it stands.
``<package>/package.toml`` is the descriptor's template; its ``resources`` give the published order.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from xinjiang_record.errors import SchemaError, UsageError
from xinjiang_record.settings import LIMITS, Project

ARROW_TYPES: Mapping[str, pa.DataType] = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us", tz="UTC"),
    "year": pa.int64(),
}


@dataclass(frozen=True, slots=True)
class PackageSpec:
    """One package as ``schemas/`` describes it: the descriptor's template, and a whole Table Schema by resource name."""

    name: str
    descriptor: Mapping[str, Any]
    schemas: Mapping[str, Mapping[str, Any]]


def package_names(project: Project) -> tuple[str, ...]:
    """The packages of the record, by name."""
    return tuple(sorted(path.parent.name for path in project.schemas.glob("*/package.toml")))


def load_package(project: Project, package: str) -> PackageSpec:
    """Read one package's description. Raises UsageError for an unknown package, SchemaError naming file and fault."""
    folder = project.schemas / package
    if not (folder / "package.toml").is_file():
        raise UsageError(f"No package {package!r}. There are: {', '.join(package_names(project))}.")
    shared = _read_toml(project.schemas / "fields.toml")
    descriptor = _read_toml(folder / "package.toml")
    schemas = {name: _load_schema(folder / f"{name}.schema.json", shared) for name in descriptor["resources"]}
    return PackageSpec(package, descriptor, schemas)


def arrow_schema(schema: Mapping[str, Any]) -> pa.Schema:
    """The Arrow types of a Table Schema's fields, in order; every field may be null."""
    return pa.schema([pa.field(item["name"], ARROW_TYPES[item["type"]]) for item in schema["fields"]])


def table(schema: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """A typed table from Python rows; a key that the schema does not name is a KeyError, an absent one is null."""
    rows, types = list(rows), arrow_schema(schema)
    unknown = {key for row in rows for key in row} - set(types.names)
    if unknown:
        raise KeyError(f"fields that the schema does not name: {sorted(unknown)}")
    return pa.Table.from_pylist(rows, schema=types)


def _read(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SchemaError(f"{path}: {error.strerror}. Nothing was published.") from error
    if len(data) > LIMITS.descriptor_bytes:
        raise SchemaError(f"{path}: {len(data)} bytes, over the limit descriptor_bytes ({LIMITS.descriptor_bytes}).")
    return data


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_read(path).decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SchemaError(f"{path}: {error}. Nothing was published.") from error


def _load_schema(path: Path, shared: Mapping[str, Any]) -> dict[str, Any]:
    try:
        schema = json.loads(_read(path).decode("utf-8"))
    except ValueError as error:
        raise SchemaError(f"{path}: {error}. Nothing was published.") from error
    schema["fields"] = [_whole_field(item, shared, path) for item in schema["fields"]]
    return schema


def _whole_field(item: Mapping[str, Any], shared: Mapping[str, Any], path: Path) -> dict[str, Any]:
    name = item.get("name")
    base = {} if "type" in item else shared.get(name)
    if base is None:
        raise SchemaError(
            f"{path}: field {name!r} has no type and is not in schemas/fields.toml. Define it in one of them."
        )
    whole = {"name": name, **base, **item}
    constraints = {**base.get("constraints", {}), **item.get("constraints", {})}
    if constraints:
        whole["constraints"] = constraints
    if whole["type"] not in ARROW_TYPES:
        known = ", ".join(ARROW_TYPES)
        raise SchemaError(f"{path}: field {name!r} has the unknown type {whole['type']!r}. The record uses: {known}.")
    missing = [key for key in ("title", "description") if not whole.get(key)]
    if missing:
        raise SchemaError(f"{path}: field {name!r} has no {' and no '.join(missing)}. Every field needs both.")
    return whole
