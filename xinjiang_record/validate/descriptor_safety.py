"""Check an untrusted descriptor before Frictionless reads it: it may name files of its folder only.

Checked first are the descriptor's size, depth, number of values and aliases, then the shape of
every property that leads to a file, then every path. A path that leaves the folder (by ``..``, from
the root, through a link), an address, a profile from elsewhere, a format that is read from a
network, or a property of an unknown shape is refused with an error that names it. Nothing behind
it is read.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from xinjiang_record.errors import LimitError, UnsafeNameError
from xinjiang_record.limits import LIMITS
from xinjiang_record.untrusted.regular_files import read_regular_file
from xinjiang_record.untrusted.shapes import describe
from xinjiang_record.untrusted.strict_json import check_size
from xinjiang_record.validate.opening.data_files import DESCRIPTORS, STATE, check_file, list_kinds
from xinjiang_record.validate.opening.yaml_descriptors import note_repeated, parse_yaml

PROFILES = {"data-package", "tabular-data-package", "data-resource", "tabular-data-resource"}
PARTS = ("schema", "dialect")  # what a resource may keep in a file of its own
# By which a JSON Schema has another document fetched.
REFERENCES = {"$ref", "$dynamicRef", "$recursiveRef"}
TEXTS = "a text or a list of texts"
PROFILE_SHAPES = {"profile": "a text", "profiles": TEXTS, "$schema": "a text"}
RESOURCE_SHAPES = {
    "path": TEXTS,
    "extrapaths": TEXTS,
    "url": "a text",
    "basepath": "a text",
    "scheme": "a text",
    "format": "a text",
    "compression": "a text",
    "innerpath": "a text",
    "schema": "a text or an object",
    "dialect": "a text or an object",
}
# Descriptors that name other descriptors, with the key by which Frictionless detects them.
LISTS = {"inquiry": "tasks", "catalog": "packages"}


def read_descriptor(path: Path, repeated: list[str] | None = None) -> dict[str, Any] | None:
    """Return a descriptor, checked; None if the file is not one, which Frictionless reports.

    Keys that are twice in one object are added to ``repeated``: the last of each is read.
    """
    check_file(path)
    try:
        data = _parse(path, repeated)
    except RecursionError as error:
        raise LimitError(f"{path}: nested too deeply (descriptor_depth). {STATE}") from error
    except ValueError:
        return None
    return data if isinstance(data, dict) else None


def find_syntax_error(path: Path) -> str:
    """Return why the file of a descriptor cannot be parsed; empty if it can.

    Frictionless calls such a file, under most names, valid data.
    """
    try:
        _parse(path)
    except ValueError as error:
        return str(error)
    return ""


def _parse(path: Path, repeated: list[str] | None = None) -> object:
    """Parse JSON, or YAML if the name ends in ``.yaml``.

    Under ``.yml`` and ``.YAML`` Frictionless reads JSON; what is not JSON is read as YAML.
    """
    text = _text(path)
    if path.name.endswith(".yaml"):
        return parse_yaml(text, path, repeated)
    try:
        value = json.loads(text, object_pairs_hook=_note_pairs(repeated))
    except ValueError:
        if not path.name.lower().endswith((".yaml", ".yml")):
            raise
        return parse_yaml(text, path, repeated)
    _check_size(value, path)
    return value


def _note_pairs(repeated: list[str] | None) -> Callable[[list[tuple[str, Any]]], Any] | None:
    """Return what makes an object of JSON and notes a key that is there twice."""
    if repeated is None:
        return None

    def make_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            note_repeated((key for key, _ in pairs), repeated)
        return found

    return make_object


def _text(path: Path) -> str:
    try:
        return read_regular_file(path, "descriptor_bytes", follow_link=True).decode("utf-8")
    except LimitError as error:
        raise LimitError(f"{error} {STATE}") from error


def check_descriptor(path: Path, data: Mapping[str, Any]) -> None:
    """Check every path in a package, resource or schema descriptor; raise at the first unsafe."""
    _check_kind(path, data)
    _check_profiles(path, data)
    resources = data.get("resources")
    if resources is not None and not isinstance(resources, list):
        raise UnsafeNameError(
            f"{path}: resources: expected a list, got {describe(resources)}. {STATE}"
        )
    if resources is None:
        resources = [data]
    _check_count(path, len(resources), "resources", "descriptor_resources")
    named = 0
    for resource in resources:
        if isinstance(resource, str):
            inner = resolve_inside(path, resource, "resource")
            nested = read_descriptor(inner) if os.path.exists(inner) else None
            if nested is not None:
                check_descriptor(inner, nested)
        elif isinstance(resource, Mapping):
            named += _check_resource(path, resource, named)
        else:
            raise UnsafeNameError(
                f"{path}: resources: expected objects or paths, got {describe(resource)}. {STATE}"
            )


def check_shapes(path: Path, data: Mapping[str, Any]) -> None:
    """Refuse a property of an unknown shape in any resource; no file is looked at."""
    resources = data.get("resources")
    for resource in resources if isinstance(resources, list) else [data]:
        if isinstance(resource, Mapping):
            _check_shapes(path, resource, {**RESOURCE_SHAPES, **PROFILE_SHAPES})


def list_data_paths(descriptor: Path, resource: Mapping[str, Any]) -> Iterator[Path]:
    """Yield the files of one resource, checked to be inside the descriptor's folder."""
    for item in list_texts(resource, "path", "extrapaths", "url"):
        yield resolve_inside(descriptor, item, "path")


def _check_kind(path: Path, data: Mapping[str, Any]) -> None:
    """Refuse what Frictionless may read as a list of descriptors, which could lead anywhere."""
    for kind, key in LISTS.items():
        named = path.name.endswith((f"{kind}.json", f"{kind}.yaml", f"{kind}.yml"))
        if named or (key in data and not isinstance(data.get("resources"), list)):
            raise UnsafeNameError(
                f"{path}: a list of other descriptors ({kind}); give those instead. {STATE}"
            )


def _check_resource(path: Path, resource: Mapping[str, Any], named: int) -> int:
    """Check one resource; ``named`` files came before. Returns how many it names."""
    _check_shapes(path, resource, RESOURCE_SHAPES)
    _check_profiles(path, resource)
    scheme = resource.get("scheme")
    if scheme not in (None, "", "file", "multipart"):
        raise UnsafeNameError(f"{path}: the scheme {scheme!r} would need a network. {STATE}")
    for name in PARTS:
        for item in list_texts(resource, name):
            inner = resolve_inside(path, item, name)
            if os.path.exists(inner):
                read_descriptor(inner)
    items = list(list_texts(resource, "path", "extrapaths", "url"))
    _check_count(path, named + len(items), "files", "descriptor_paths")
    for item in dict.fromkeys(items):
        data = resolve_inside(path, item, "path")
        if os.path.exists(data):
            read = ("schema", "hash", "bytes")
            is_table = resource.get("type") == "table" or any(map(resource.get, read))
            check_file(data, list_kinds(data.name, resource), is_table=is_table)
            _check_data(data)
    return len(items)


def _check_data(path: Path) -> None:
    """Check data in a descriptor's format: neither too deep nor full of aliases."""
    with contextlib.suppress(ValueError):
        if path.suffix.lower() in (".yaml", ".yml"):
            parse_yaml(_text(path), path)
        elif path.suffix in DESCRIPTORS and path.stat().st_size <= LIMITS.descriptor_bytes:
            read_descriptor(path)


def _check_profiles(path: Path, data: Mapping[str, Any]) -> None:
    """Check that a profile is built into Frictionless, or a file that refers to nothing else."""
    _check_shapes(path, data, PROFILE_SHAPES)
    for profile in list_texts(data, "profile", "profiles"):
        if profile in PROFILES:
            continue
        if profile == "fiscal-data-package":
            raise UnsafeNameError(
                f"{path}: the profile {profile!r} would be fetched from the network. {STATE}"
            )
        inner = resolve_inside(path, profile, "profile")
        content = read_descriptor(inner) if os.path.exists(inner) else None
        if content is not None and not REFERENCES.isdisjoint(_keys(content)):
            raise UnsafeNameError(
                f"{path}: the profile {profile!r} refers to other documents. {STATE}"
            )
        if content is not None and not {"pattern", "patternProperties"}.isdisjoint(_keys(content)):
            from xinjiang_record.untrusted.patterns import (  # deferred: start-up
                bound_json_schemas,
            )

            bound_json_schemas()


def _keys(node: object) -> Iterator[str]:
    """Yield the keys of all objects in a descriptor."""
    if isinstance(node, dict):
        yield from node
        node = list(node.values())
    for item in node if isinstance(node, list) else ():
        yield from _keys(item)


def _check_shapes(path: Path, resource: Mapping[str, Any], names: Mapping[str, str]) -> None:
    """Refuse a property of a shape that is not known: nothing is passed over unread."""
    for name, shape in names.items():
        value = resource.get(name)
        known = (
            value is None
            or isinstance(value, str)
            or ("list" in shape and _is_list_of_texts(value))
            or ("object" in shape and isinstance(value, Mapping))
        )
        if not known:
            raise UnsafeNameError(
                f"{path}: {name}: expected {shape}, got {describe(value)}. {STATE}"
            )


def _is_list_of_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _check_count(path: Path, number: int, what: str, limit: str) -> None:
    most = getattr(LIMITS, limit)
    if number > most:
        raise LimitError(f"{path}: {number} {what}, over the limit {limit} ({most}). {STATE}")


def list_texts(resource: Mapping[str, Any], *names: str) -> Iterator[str]:
    """Yield the texts of some properties, which are texts or lists of them."""
    for name in names:
        value = resource.get(name)
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, str) and item:
                yield item


def resolve_inside(descriptor: Path, item: str, what: str) -> Path:
    """Return the file that ``item`` names, in the descriptor's folder also after its links."""
    try:
        scheme = urlsplit(item).scheme
        os.fsencode(item)
    except ValueError as error:
        raise UnsafeNameError(
            f"{descriptor}: the {what} {item!r} is not the name of a file: {error}. {STATE}"
        ) from error
    if len(scheme) > 1 or item.startswith(("//", "\\\\")):
        raise UnsafeNameError(
            f"{descriptor}: the {what} {item!r} is an address; only files next to it are read. "
            f"{STATE}"
        )
    folder = os.path.realpath(descriptor.parent)
    named = os.path.join(folder, item)
    unsafe = (
        item.startswith(("/", "~", "$")) or ".." in item.split("/") or "\\" in item or "\0" in item
    )
    if unsafe or not f"{os.path.realpath(named)}/".startswith(f"{folder.rstrip('/')}/"):
        raise UnsafeNameError(f"{descriptor}: the {what} {item!r} leads out of its folder. {STATE}")
    return Path(named)


def _check_size(data: object, path: Path) -> None:
    try:
        check_size(data, str(path))
    except LimitError as error:
        raise LimitError(f"{error} {STATE}") from error
