"""Check a descriptor against Frictionless's profiles without ``jsonschema``, where that is sure.

Frictionless checks every descriptor several times with ``jsonschema``, whose import takes time too.
It also copies descriptors once a level, and turns each key to snake case by regular expressions.
Here a check of a few plain keywords comes first. What it cannot prove goes to ``jsonschema``.
``list_replacements()`` names what is replaced; nothing is changed by an import.

Frictionless also checks the same part again and again: a package when it is read and when it is
validated, and each resource again. A part that was valid once is not checked twice.

Measured in CPU seconds for 10 rows, for 10,000 rows and for the ten tables of joint-statements:
0.18, 0.26 and 0.31 with the check; 0.21, 0.29 and 0.38 without it. Copies and names of keys bring 3
to 10 % there, and 30 % for a package of 300 tables (1.97 and 2.82).
"""

from __future__ import annotations

import copy
import functools
import hashlib
import marshal
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import attrs
from frictionless import Control, Dialect, Error, Field, Metadata, Resource, Schema, helpers
from frictionless.metadata import metadata
from frictionless.metadata.context import ValidationContext
from frictionless.system.system import system
from frictionless.vendors import stringcase

KINDS: dict[str, type] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
}
# Keywords that are checked elsewhere, or that assert nothing.
PLAIN = {str, int, float, bool, type(None)}
SILENT = {"type", "item", "title", "description"}

FRICTIONLESS_CHECK: Any = vars(Metadata)["metadata_validate"].__func__
FRICTIONLESS_SLUGIFY: Any = helpers.slugify
# The check of these depends on the part alone, unless it has one of these properties.
PURE, IMPURE = (Resource, Schema, Field, Dialect, Control), {"profile", "pipeline", "checklist"}
# Digests of parts that are known to be valid, with all that the answer depends on.
_KNOWN: set[tuple[object, ...]] = set()
FRICTIONLESS_COPY: Any = Metadata.to_copy
FRICTIONLESS_IMPORT: Any = vars(Metadata)["metadata_import"].__func__
_FIELDS: dict[tuple[object, ...], Field] = {}  # by the part that they are made of
MOST_KNOWN = 20_000
Replacement = tuple[object, str, object]  # whose name it is, the name, what it becomes
Property = tuple[str, str, type[Metadata] | None]
_PROPERTIES: dict[type[Metadata], tuple[Property, ...]] = {}
_SLOTS: dict[type[Field], tuple[str, ...]] = {}


def list_replacements() -> list[Replacement]:
    """Return what Frictionless is to use instead of its own."""
    return [
        (Metadata, "metadata_validate", classmethod(_metadata_validate)),
        (Metadata, "has_defined", _has_defined),
        (Metadata, "metadata_export", _metadata_export),
        (Metadata, "metadata_transform", classmethod(_metadata_transform)),
        (metadata, "deepcopy", copy_json),
        (metadata, "attrs", _ListedOnce()),
        (Field, "to_copy", _copy_field),
        (Field, "metadata_import", classmethod(_import_field)),  # type: ignore[arg-type]
        (helpers, "slugify", _slugify),
        (system, "select_field_class", functools.lru_cache(256)(system.select_field_class)),
        (stringcase, "snakecase", functools.lru_cache(4096)(stringcase.snakecase)),
        (stringcase, "camelcase", functools.lru_cache(4096)(stringcase.camelcase)),
    ]


def _has_defined(item: Metadata, name: str) -> bool:
    """Return what ``Metadata.has_defined`` does, without a list of all that is defined."""
    if name in item.metadata_assigned:
        return True
    if name not in item.metadata_defaults:
        return False
    value = getattr(item, name, None)
    if isinstance(value, type):
        value = value.__dict__.copy()
    return bool(value != item.metadata_defaults[name])


def _copy_field(field: Field, **options: object) -> Field:
    """Return what ``to_copy`` does, without a check of what is known to be valid."""
    version = getattr(field, "_datapackage_version", None)
    descriptor = field.to_descriptor()
    known = None if options else _identify(type(field), descriptor, version)
    if known not in _KNOWN:
        made: Field = FRICTIONLESS_COPY(field, **options)
        return made
    return _import_field(type(field), descriptor, datapackage_version=version)


def _import_field(cls: type[Field], descriptor: dict[str, Any], **options: object) -> Field:
    """Return what ``metadata_import`` does; of equal fields only the first is made so."""
    known = None
    if options.keys() <= {"basepath", "datapackage_version"}:  # a field uses neither
        known = _identify(cls, descriptor, None)
    if known is None:
        made: Field = FRICTIONLESS_IMPORT(cls, descriptor, **options)
        return made
    if known not in _FIELDS:
        if len(_FIELDS) >= MOST_KNOWN:
            _FIELDS.clear()
        _FIELDS[known] = FRICTIONLESS_IMPORT(cls, descriptor, **options)
    return _clone(_FIELDS[known])


def _clone(field: Field) -> Field:
    """Return a copy that shares nothing with a field which nobody else has."""
    copied = object.__new__(type(field))
    vars(copied).update(
        (name, value.copy() if type(value) is set else copy_json(value))
        for name, value in vars(field).items()
    )
    for name in _list_slots(type(field)):
        object.__setattr__(copied, name, copy_json(getattr(field, name)))
    return copied


def _list_slots(cls: type[Field]) -> tuple[str, ...]:
    if cls not in _SLOTS:
        names = [name for parent in cls.mro() for name in getattr(parent, "__slots__", ())]
        _SLOTS[cls] = tuple(name for name in names if name != "__weakref__")
    return _SLOTS[cls]


class _ListedOnce:
    """Replace ``attrs`` in a module that needs the fields of a class for every object."""

    fields_dict = staticmethod(functools.lru_cache(256)(attrs.fields_dict))

    def __getattr__(self, name: str) -> object:
        return getattr(attrs, name)


def _slugify(text: str, **options: object) -> str:
    """Return what ``helpers.slugify`` does; a plain name is its own slug, for each alphabet."""
    if text.isascii() and text.isalnum() and text.islower():
        return text
    slug: str = FRICTIONLESS_SLUGIFY(text, **options)
    return slug


def _list_properties(cls: type[Metadata]) -> tuple[Property, ...]:
    """Return the properties of a class: the name, the attribute, the class of the value."""
    if cls not in _PROPERTIES:
        profile: dict[str, Any] = cls.metadata_ensure_profile()  # type: ignore[no-untyped-call]
        _PROPERTIES[cls] = tuple(
            (name, stringcase.snakecase(name), cls.metadata_select_property_class(name))
            for name in profile.get("properties", {})
        )
    return _PROPERTIES[cls]


def _metadata_export(item: Metadata, *, exclude: Sequence[str] = ()) -> dict[str, Any]:
    """Return what ``Metadata.metadata_export`` does; the properties are listed once a class."""
    found: dict[str, Any] = {}
    assigned, defaults = item.metadata_assigned, item.metadata_defaults
    for name, attribute, kind in _list_properties(type(item)):
        if name in exclude:
            continue
        known = name == "type" or attribute in assigned
        if not known and (attribute not in defaults or not item.has_defined(attribute)):
            continue
        value: Any = getattr(item, attribute, None)
        if value is None or (isinstance(value, dict) and not value):
            continue
        if kind:
            if isinstance(value, list):
                value = [part.to_descriptor_source() for part in value]
            else:
                value = value.to_descriptor_source()
                if not value:
                    continue
        found[name] = copy_json(value) if isinstance(value, (list, dict)) else value
    if item._schema_profile is not None:
        found = {"$schema": item._schema_profile, **found}
    found.update(item.custom)
    return found


def _metadata_transform(cls: type[Metadata], descriptor: dict[str, Any]) -> None:
    """Do what ``Metadata.metadata_transform`` does; the properties are listed once a class."""
    for name, _, kind in _list_properties(cls):
        if kind is None:
            continue
        value = descriptor.get(name)
        if isinstance(value, dict):
            kind.metadata_transform(value)
        elif isinstance(value, list):
            for part in value:
                if isinstance(part, dict):
                    kind.metadata_select_class(part.get("type")).metadata_transform(part)


def copy_json(value: Any) -> Any:
    """Return what ``copy.deepcopy`` does, of JSON's values."""
    kind = type(value)
    if kind in PLAIN:
        return value
    if kind is list:
        return [item if type(item) in PLAIN else copy_json(item) for item in value]
    if kind is dict:
        return {
            key: item if type(item) in PLAIN else copy_json(item) for key, item in value.items()
        }
    return copy.deepcopy(value)


def fits(value: object, profile: Mapping[str, Any]) -> bool:
    """Return whether a value certainly fits a JSON Schema of plain keywords."""
    kinds = profile.get("type", [])
    if kinds and not any(
        _is(value, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)
    ):
        return False
    return all(
        keyword in SILENT or (keyword in CHECKS and CHECKS[keyword](value, bound))
        for keyword, bound in profile.items()
    )


def _is(value: object, kind: str) -> bool:
    return type(value) is KINDS.get(kind)


CHECKS: Mapping[str, Callable[[Any, Any], bool]] = {
    "required": lambda value, names: (
        isinstance(value, dict) and all(name in value for name in names)
    ),
    "properties": lambda value, known: (
        isinstance(value, dict)
        and all(fits(value[name], profile) for name, profile in known.items() if name in value)
    ),
    "items": lambda value, profile: (
        isinstance(value, list) and all(fits(item, profile) for item in value)
    ),
    "enum": lambda value, texts: isinstance(value, str) and value in texts,
    "pattern": lambda value, pattern: (
        isinstance(value, str) and re.search(pattern, value) is not None
    ),
    "anyOf": lambda value, profiles: any(fits(value, profile) for profile in profiles),
}


def _metadata_validate(
    cls: type[Metadata],
    descriptor: dict[str, Any] | str,
    *,
    profile: dict[str, Any] | str | None = None,
    error_class: type[Error] | None = None,
    context: ValidationContext | None = None,
) -> Iterator[Error]:
    """Yield what ``Metadata.metadata_validate`` does, without ``jsonschema`` where that is sure."""
    version = context.datapackage_version if context else None
    known = None if profile or error_class else _identify(cls, descriptor, version)
    if known in _KNOWN:
        return
    found = False
    for error in _check(cls, descriptor, profile, error_class, context):
        found = True
        yield error
    if known is not None and not found:
        if len(_KNOWN) >= MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN.add(known)


def _identify(
    cls: type[Metadata], descriptor: object, version: str | None
) -> tuple[object, ...] | None:
    """Return what says which part this is; None if its check may depend on more: on a file."""
    if not issubclass(cls, PURE) or type(descriptor) is not dict or IMPURE & descriptor.keys():
        return None
    try:
        written = marshal.dumps(descriptor, 2)
    except ValueError:  # not of JSON's values
        return None
    state = (cls, version, system.standards, system.trusted)
    return (*state, hashlib.blake2b(written, digest_size=16).digest())


def _check(
    cls: type[Metadata],
    descriptor: dict[str, Any] | str,
    profile: dict[str, Any] | str | None,
    error_class: type[Error] | None,
    context: ValidationContext | None,
) -> Iterator[Error]:
    own: Any = cls.metadata_ensure_profile()  # type: ignore[no-untyped-call]
    if (
        profile
        or type(descriptor) is not dict
        or not isinstance(own, dict)
        or not fits(descriptor, own)
    ):
        yield from FRICTIONLESS_CHECK(
            cls, descriptor, profile=profile, error_class=error_class, context=context
        )
        return
    context = context or ValidationContext()
    version = cls.effective_datapackage_version(descriptor, context.datapackage_version)
    context = attrs.evolve(context, datapackage_version=version)
    for name in own.get("properties", {}):
        value, kind = descriptor.get(name), cls.metadata_select_property_class(name)
        if kind and isinstance(value, dict):
            yield from kind.metadata_validate(value, context=context)
        elif kind and isinstance(value, list):
            for item in value:
                if isinstance(item, dict):
                    yield from kind.metadata_select_class(item.get("type")).metadata_validate(
                        item, context=context
                    )
