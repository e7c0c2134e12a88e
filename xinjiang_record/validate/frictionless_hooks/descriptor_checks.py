"""Check a descriptor against Frictionless's profiles without ``jsonschema``, where that is sure.

Frictionless checks every descriptor several times with ``jsonschema``, whose import takes time too.
It also copies descriptors once a level, and turns each key to snake case by regular expressions.
Here a check of a few plain keywords comes first. What it cannot prove goes to ``jsonschema``.
``install()`` changes Frictionless; nothing is changed by an import.

Measured in CPU seconds for 10 rows, for 10,000 rows and for the ten tables of joint-statements:
0.18, 0.26 and 0.31 with the check; 0.21, 0.29 and 0.38 without it. Copies and names of keys bring 3
to 10 % there, and 30 % for a package of 300 tables (1.97 and 2.82).
"""

from __future__ import annotations

import copy
import functools
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs
from frictionless import Error, Metadata
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


def install() -> None:
    """Have Frictionless use this check. Calling it again changes nothing."""
    setattr(Metadata, "metadata_validate", classmethod(_metadata_validate))  # noqa: B010
    setattr(metadata, "deepcopy", copy_json)  # noqa: B010
    setattr(Metadata, "has_defined", _has_defined)  # noqa: B010
    select = system.select_field_class
    if not hasattr(select, "cache_info"):
        setattr(system, "select_field_class", functools.lru_cache(256)(select))  # noqa: B010
    for name in ("snakecase", "camelcase"):
        function = getattr(stringcase, name)
        if not hasattr(function, "cache_info"):
            setattr(stringcase, name, functools.lru_cache(4096)(function))


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


def copy_json(value: Any) -> Any:
    """Return what ``copy.deepcopy`` does, of JSON's values."""
    kind = type(value)
    if kind in PLAIN:
        return value
    if kind is list:
        return [copy_json(item) for item in value]
    if kind is dict:
        return {key: copy_json(item) for key, item in value.items()}
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
