"""Read ``schemas/``, the only schema there is, and give each field its Arrow type.

A ``<resource>.schema.json`` names a shared field by ``{"name": "country_iso3"}`` alone; its
definition comes from ``schemas/fields.toml``, and keys of its own override it. A field with a
``type`` of its own is complete. ``<package>/package.toml`` is the template of the descriptor; its
``resources`` give the published order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from xinjiang_record.errors import (
    LimitError,
    ReadError,
    SchemaError,
    UsageError,
    suggest_names,
)
from xinjiang_record.schema import check_toml, lint
from xinjiang_record.settings import Project
from xinjiang_record.untrusted.regular_files import read_regular_file
from xinjiang_record.untrusted.strict_json import parse_json
from xinjiang_record.untrusted.strict_toml import parse_toml

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
    """Hold one package as ``schemas/`` describes it: its template and its schemas by resource."""

    name: str
    descriptor: Mapping[str, Any]
    schemas: Mapping[str, Mapping[str, Any]]

    @property
    def partitioned(self) -> tuple[str, ...]:
        """Return the tables in partitions, ``raw/<package>/<resource>/**/*.parquet``."""
        return tuple(self.descriptor.get("partitioned", ()))


def package_names(project: Project) -> tuple[str, ...]:
    """Return the packages of the record, by name."""
    return tuple(sorted(path.parent.name for path in project.schemas.glob("*/package.toml")))


def is_partitioned(project: Project, package: str) -> bool:
    """Return whether a package has tables in partitions; False where package.toml is unreadable.

    ``load_package`` says what is wrong with it.
    """
    try:
        content = _read_toml(project, project.schemas / package / "package.toml")
    except SchemaError:
        return False
    return bool(content.get("partitioned"))


def load_package(project: Project, package: str) -> PackageSpec:
    """Read one package's description.

    Raises:
        UsageError: The package is unknown.
        SchemaError: With every fault, its file and line.
    """
    folder = project.schemas / package
    if not (folder / "package.toml").is_file():
        hint = suggest_names(package, package_names(project))
        raise UsageError(f"No package {package!r}. {hint}")
    shared = _read_toml(project, project.schemas / "fields.toml")
    descriptor = _read_toml(project, folder / "package.toml")
    _check_shapes(project, package, shared, descriptor)
    texts = {
        name: _read(project, folder / f"{name}.schema.json") for name in descriptor["resources"]
    }
    problems: list[str] = []
    schemas = {name: _load_schema(name, text, shared, problems) for name, text in texts.items()}
    if not problems:
        problems = [
            f"{name}.schema.json:{problem}"
            for name, text in texts.items()
            for problem in (
                *lint.reference_problems(schemas, name, text),
                *lint.partition_problems(schemas, descriptor.get("partitioned", ()), name, text),
            )
        ]
    if problems:
        shown = "\n".join(
            f"{folder.relative_to(project.root).as_posix()}/{problem}" for problem in problems
        )
        raise SchemaError(shown)
    return PackageSpec(package, descriptor, schemas)


def arrow_schema(schema: Mapping[str, Any]) -> pa.Schema:
    """Return the Arrow types of a Table Schema's fields, in order; every field may be null."""
    return pa.schema(
        [pa.field(item["name"], ARROW_TYPES[item["type"]]) for item in schema["fields"]]
    )


def make_table(schema: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Return a typed table of Python rows; an unknown key is a KeyError, an absent one is null."""
    rows, types = list(rows), arrow_schema(schema)
    unknown = {key for row in rows for key in row} - set(types.names)
    if unknown:
        raise KeyError(f"fields that the schema does not name: {sorted(unknown)}")
    return pa.Table.from_pylist(rows, schema=types)


def _read(project: Project, path: Path) -> str:
    shown = path.relative_to(project.root).as_posix()
    try:
        data = read_regular_file(path, "descriptor_bytes")
        return data.decode("utf-8")
    except (OSError, ReadError, LimitError) as error:
        said = getattr(error, "strerror", None) or str(error).removeprefix(f"{path}: ")
        raise SchemaError(f"{shown}: {said.rstrip('.')}.") from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SchemaError(f"{shown}:{line}: byte {error.start} is not UTF-8.") from error


def _read_toml(project: Project, path: Path) -> dict[str, Any]:
    try:
        return parse_toml(_read(project, path))
    except (ReadError, LimitError) as error:
        raise SchemaError(f"{path.relative_to(project.root).as_posix()}: {error}") from error


def _check_shapes(
    project: Project, package: str, shared: Mapping[str, Any], descriptor: Mapping[str, Any]
) -> None:
    """Raise SchemaError for all values of the wrong kind in fields.toml and package.toml."""
    found = []
    kinds: tuple[tuple[str, Mapping[str, Any], check_toml.Kind], ...] = (
        ("fields.toml", shared, lint.SHARED),
        (f"{package}/package.toml", descriptor, lint.PACKAGE),
    )
    for name, content, kind in kinds:
        path = project.schemas / name
        shown, text = path.relative_to(project.root).as_posix(), _read(project, path)
        found += [
            f"{shown}:{check_toml.toml_line(text, where)}: {what}"
            for where, what in check_toml.first_problems(content, kind)
        ]
    if not found:
        line = check_toml.toml_line(text, ("resources",))
        found = [f"{shown}:{line}: {what}" for what in _resource_problems(descriptor, package)]
    if found:
        raise SchemaError("\n".join(found))


def _resource_problems(descriptor: Mapping[str, Any], package: str) -> list[str]:
    names, needed = descriptor["resources"], ("sources", "evidence")
    strange = [name for name in names if not re.fullmatch("[a-z][a-z0-9_]*", name)]
    found = [f"{name!r}: expected a name of small letters, digits and _." for name in strange]
    found += [
        f"the table {name!r} is there twice."
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    found += [
        f"the table {name!r} is missing. Every package has it."
        for name in needed
        if name not in names
    ]
    partitioned = [
        name for name in descriptor.get("partitioned", ()) if name not in names or name in needed
    ]
    found += [
        f"partitioned names {name!r}, which cannot come in partitions." for name in partitioned
    ]
    if descriptor["name"] != package:
        found.append(
            f"name is {descriptor['name']!r}, the folder's is {package!r}. Make them the same."
        )
    return found


def _load_schema(
    name: str, text: str, shared: Mapping[str, Any], problems: list[str]
) -> dict[str, Any]:
    """Return the complete schema; faults are added to ``problems`` as ``file:line: what``."""
    file = f"{name}.schema.json"
    try:
        schema: dict[str, Any] = parse_json(text.encode(), "the file")
    except (ReadError, LimitError) as error:
        line = getattr(error.__cause__, "lineno", 1)
        problems.append(f"{file}:{line}: not JSON that can be read: {error}")
        return {}
    misshapen = [f"{file}:{problem}" for problem in lint.shape_problems(schema, text)]
    if misshapen:
        problems += misshapen
        return {}
    schema["fields"] = [_whole_field(item, shared) for item in schema["fields"]]
    found = [
        problem
        for item in schema["fields"]
        for problem in lint.field_problems(item, text, ARROW_TYPES)
    ]
    problems += [f"{file}:{problem}" for problem in (*found, *lint.table_problems(schema, text))]
    return schema


def _whole_field(item: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    """Return the field with its definition of fields.toml; without a type if neither has one."""
    base = {} if "type" in item else shared.get(str(item.get("name")), {})
    constraints = {**base.get("constraints", {}), **item.get("constraints", {})}
    whole = {"name": item.get("name"), **base, **item}
    return {**whole, "constraints": constraints} if constraints else whole
