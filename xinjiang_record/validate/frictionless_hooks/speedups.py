"""Frictionless's own code made quicker, where that cannot change what it says. Importing this module does it.

- Every key of every descriptor and error is turned to snake case and back by regular expressions: remembered.
- Every descriptor is checked by ``jsonschema``, several times over, and that is slow to import: here a check of a few plain keywords
  comes first, and only what it cannot prove to fit goes to ``jsonschema``.
- A URI is good if it has a scheme and a colon, and bad without a colon: only another one goes to ``rfc3986``.
- What is exported is copied once for each level that it lies in: by a copier of plain values, which asks ``deepcopy`` of others.
- A file's name in small ASCII letters, digits and single hyphens is its resource's name: only another one goes to ``slugify``.
"""

from __future__ import annotations

import copy
import functools
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import xinjiang_record.validate.frictionless_hooks.lazy_imports  # isort: skip  # noqa: F401 - before Frictionless

import attrs
from frictionless import Metadata, helpers
from frictionless.fields import StringField
from frictionless.metadata import metadata
from frictionless.metadata.context import ValidationContext
from frictionless.vendors import stringcase

from xinjiang_record.validate.constraints.field_rules import URI

KINDS: dict[str, type] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
}
SLUG = re.compile("[a-z0-9]+(?:-[a-z0-9]+)*")
PLAIN = {str, int, float, bool, type(None)}
SILENT = {
    "type",
    "item",
    "title",
    "description",
}  # keywords that are looked at elsewhere, or that assert nothing

_METADATA_VALIDATE: Any = vars(Metadata)["metadata_validate"].__func__
_SLUGIFY: Any = helpers.slugify
_STRING_READER: Any = StringField.create_value_reader


def fits(value: Any, profile: Any) -> bool:
    """Whether ``value`` surely fits a JSON Schema of plain keywords; false if that is not known."""
    kinds = profile.get("type", [])
    if kinds and not any(
        _is(value, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)
    ):
        return False
    return all(
        keyword in SILENT or (keyword in CHECKS and CHECKS[keyword](value, bound))
        for keyword, bound in profile.items()
    )


def _is(value: Any, kind: str) -> bool:
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
    cls: Any, descriptor: Any, *, profile: Any = None, error_class: Any = None, context: Any = None
) -> Iterator[Any]:
    """``Metadata.metadata_validate``, without ``jsonschema`` where the descriptor is proved to fit the profile of its class."""
    own = cls.metadata_ensure_profile()
    if (
        profile
        or type(descriptor) is not dict
        or not isinstance(own, dict)
        or not fits(descriptor, own)
    ):
        yield from _METADATA_VALIDATE(
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


def _string_reader(field: Any) -> Any:
    """``StringField.create_value_reader``, without ``rfc3986`` where a URI is plainly good or bad."""
    read = _STRING_READER(field)
    if field.format != "uri":
        return read
    plain = re.compile(URI).match

    def quick(cell: Any) -> Any:
        if not isinstance(cell, str) or not cell.isascii():
            return read(cell)
        if ":" not in cell:
            return None
        return cell if plain(cell) else read(cell)

    return quick


def _slugify(text: str, **options: Any) -> Any:
    """``helpers.slugify``, without the package of that name where there is nothing to change."""
    plain = options.keys() <= {"regex_pattern"} and SLUG.fullmatch(text)
    return text if plain else _SLUGIFY(text, **options)


def _copied(value: Any) -> Any:
    """``copy.deepcopy``, of JSON's values."""
    kind = type(value)
    if kind in PLAIN:
        return value
    if kind is list:
        return [_copied(item) for item in value]
    if kind is dict:
        return {key: _copied(item) for key, item in value.items()}
    return copy.deepcopy(value)


stringcase.snakecase = functools.lru_cache(4096)(stringcase.snakecase)
stringcase.camelcase = functools.lru_cache(4096)(stringcase.camelcase)
setattr(Metadata, "metadata_validate", classmethod(_metadata_validate))  # noqa: B010
setattr(StringField, "create_value_reader", _string_reader)  # noqa: B010
setattr(metadata, "deepcopy", _copied)  # noqa: B010
setattr(helpers, "slugify", _slugify)  # noqa: B010
