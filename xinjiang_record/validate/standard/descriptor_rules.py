"""Check the rules of Data Package 2.0 on descriptors that Frictionless 5.21 does not check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xinjiang_record.untrusted.shapes import describe
from xinjiang_record.validate.standard.property_rules import (
    DIALECT,
    PACKAGE,
    RESOURCE,
    find_wrong,
)

Problem = tuple[str, str, str]  # the resource's name, the type, the message


def find_problems(descriptor: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with a package or resource descriptor."""
    resources = descriptor.get("resources")
    if resources is not None:
        if not resources:
            yield "", "package-error", "resources: expected at least one resource"
        for _, message in find_wrong(descriptor, PACKAGE):
            yield "", "package-error", message
        yield from _contributors(descriptor, "")
    for item in resources if isinstance(resources, list) else [descriptor]:
        if isinstance(item, Mapping):
            yield from _resource(item, resources if isinstance(resources, list) else [])


def _contributors(descriptor: Mapping[str, Any], name: str) -> Iterator[Problem]:
    contributors = descriptor.get("contributors")
    for item in contributors if isinstance(contributors, list) else ():
        if not isinstance(item, Mapping):
            continue
        roles = item.get("roles")
        is_list = isinstance(roles, list) and all(isinstance(role, str) for role in roles)
        if roles is not None and not is_list:
            yield name, "package-error", f"contributors.roles: expected a list, got {roles!r}"


def _resource(item: Mapping[str, Any], others: list[Any]) -> Iterator[Problem]:
    name = str(item.get("name") or "")
    size = item.get("bytes")
    if size is not None and (type(size) is not int or size < 0):
        yield name, "resource-error", f"bytes: expected a number of bytes, got {size!r}"
    for _, message in find_wrong(item, RESOURCE):
        yield name, "resource-error", message
    dialect = item.get("dialect")
    for _, message in find_wrong(dialect, DIALECT) if isinstance(dialect, Mapping) else ():
        yield name, "dialect-error", message
    schema = item.get("schema")
    if isinstance(schema, Mapping):
        for message in _foreign_keys(name, schema, others):
            yield name, "schema-error", message


def _foreign_keys(name: str, schema: Mapping[str, Any], others: list[Any]) -> Iterator[str]:
    """Yield what is wrong with foreign keys."""
    keys = schema.get("foreignKeys")
    for key in keys if isinstance(keys, list) else ():
        if problem := find_wrong_key(name, key, schema, others):
            yield f"foreignKeys: {problem}"


def find_wrong_key(name: str, key: object, schema: Mapping[str, Any], others: list[Any]) -> str:
    """Return why a foreign key cannot be checked; empty if it can.

    It is of another shape, or refers to fields that the other table lacks.
    """
    if not isinstance(key, Mapping):
        return f"expected objects, got {describe(key)}"
    reference = key.get("reference")
    if not isinstance(reference, Mapping):
        return f"reference: expected an object, got {describe(reference)}"
    if reference.get("package"):
        return ""
    target = reference.get("resource") or name
    known = _list_field_names(target, others) if target != name else _names_of(schema)
    fields = reference.get("fields")
    wanted = fields if isinstance(fields, list) else [fields]
    unknown = [item for item in wanted if not isinstance(item, str) or item not in known]
    if not known or not unknown:
        return ""
    return f"{', '.join(map(repr, unknown))} is not a field of the table {target!r}"


def _list_field_names(resource: str, others: list[Any]) -> set[str]:
    """Return the names of the fields of a resource; empty if they are not known."""
    for item in others:
        if isinstance(item, Mapping) and item.get("name") == resource:
            schema = item.get("schema")
            return _names_of(schema) if isinstance(schema, Mapping) else set()
    return set()


def _names_of(schema: Mapping[str, Any]) -> set[str]:
    fields = schema.get("fields")
    return {
        item["name"]
        for item in (fields if isinstance(fields, list) else ())
        if isinstance(item, Mapping) and isinstance(item.get("name"), str)
    }
