"""Copy JSON values so that no part is shared: YAML aliases give the same object several times."""

from __future__ import annotations

from typing import TypeVar, cast

Json = TypeVar("Json")


def copy_unshared(value: Json) -> Json:
    """Return a copy of a JSON value in which every object and every list is its own."""
    if isinstance(value, dict):
        return cast(Json, {key: copy_unshared(item) for key, item in value.items()})
    if isinstance(value, list):
        return cast(Json, [copy_unshared(item) for item in value])
    return value
