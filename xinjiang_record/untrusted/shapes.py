"""Check the shape of a parsed value against an allow-list, before anything in it is used.

A shape says what may be there: ``Text``, ``Whole``, ``Flag``, ``Null``, ``ListOf``, ``MapOf``,
``Table``, ``OneOf`` or ``Anything``. What a shape does not name is a problem, never passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

MOST_SHOWN = 20  # problems of one value that are listed


@dataclass(frozen=True, slots=True)
class Text:
    """Expect a text that matches a pattern, of at most ``most`` characters."""

    pattern: str = r"[\s\S]*"
    says: str = "a text"
    most: int = 100_000


@dataclass(frozen=True, slots=True)
class Whole:
    """Expect a whole number from 0."""

    most: int = 10**15


@dataclass(frozen=True, slots=True)
class Flag:
    """Expect true or false."""


@dataclass(frozen=True, slots=True)
class Null:
    """Expect null."""


@dataclass(frozen=True, slots=True)
class Anything:
    """Accept any value; for parts that are not used."""


@dataclass(frozen=True, slots=True)
class ListOf:
    """Expect a list, each item of one shape."""

    item: Shape
    most: int = 100_000
    least: int = 0


@dataclass(frozen=True, slots=True)
class MapOf:
    """Expect a table whose keys match a pattern and whose values have one shape."""

    value: Shape
    key: str = r"[a-z0-9][a-z0-9_-]{0,99}"
    most: int = 10_000


@dataclass(frozen=True, slots=True)
class Table:
    """Expect a table with these keys and no others."""

    required: Mapping[str, Shape] = field(default_factory=dict)
    optional: Mapping[str, Shape] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OneOf:
    """Accept any of several shapes."""

    shapes: tuple[Shape, ...]
    says: str


Shape = Text | Whole | Flag | Null | Anything | ListOf | MapOf | Table | OneOf


def shape_problems(value: object, shape: Shape, where: str = "") -> Iterator[str]:
    """Yield what in ``value`` does not fit, each as ``place: expected X, got Y``."""
    match shape:
        case Table():
            yield from _of_table(value, shape, where)
        case MapOf():
            yield from _of_map(value, shape, where)
        case ListOf():
            yield from _of_list(value, shape, where)
        case OneOf():
            if all(any(shape_problems(value, item)) for item in shape.shapes):
                yield _expected(where, shape.says, value)
        case _:
            if not _fits(value, shape):
                yield _expected(where, _says(shape), value)


def first_problems(value: object, shape: Shape) -> list[str]:
    """Return the first problems of a value, at most ``MOST_SHOWN``."""
    found = []
    for problem in shape_problems(value, shape):
        found.append(problem)
        if len(found) == MOST_SHOWN:
            break
    return found


def _fits(value: object, shape: Shape) -> bool:
    match shape:
        case Text():
            return (
                isinstance(value, str)
                and len(value) <= shape.most
                and re.fullmatch(shape.pattern, value) is not None
            )
        case Whole():
            return type(value) is int and 0 <= value <= shape.most
        case Flag():
            return isinstance(value, bool)
        case Null():
            return value is None
        case _:
            return True


def _says(shape: Shape) -> str:
    match shape:
        case Text():
            return shape.says
        case Whole():
            return f"a whole number from 0 to {shape.most}"
        case Flag():
            return "true or false"
        case Null():
            return "null"
        case _:
            return "a value"


def _of_table(value: object, shape: Table, where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield _expected(where, "a table", value)
        return
    known = {**shape.required, **shape.optional}
    for key in shape.required:
        if key not in value:
            yield f"{_below(where, key)}: is missing"
    for key, item in value.items():
        if key in known:
            yield from shape_problems(item, known[key], _below(where, key))
        else:
            yield f"{_below(where, key)}: is not a key that is known here"


def _of_map(value: object, shape: MapOf, where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield _expected(where, "a table", value)
    elif len(value) > shape.most:
        yield f"{where or 'the file'}: {len(value)} keys, over {shape.most}"
    else:
        for key, item in value.items():
            if not isinstance(key, str) or not re.fullmatch(shape.key, key):
                yield f"{_below(where, key)}: is not a name that is allowed here"
            else:
                yield from shape_problems(item, shape.value, _below(where, key))


def _of_list(value: object, shape: ListOf, where: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield _expected(where, "a list", value)
    elif not shape.least <= len(value) <= shape.most:
        yield f"{where or 'the file'}: {len(value)} items, expected {shape.least} to {shape.most}"
    else:
        for number, item in enumerate(value, 1):
            yield from shape_problems(item, shape.item, f"{where}[{number}]")


def _below(where: str, key: object) -> str:
    name = key if isinstance(key, str) and re.fullmatch(r"[\w$.-]{1,60}", key) else repr(key)[:60]
    return f"{where}.{name}" if where else str(name)


def _expected(where: str, says: str, value: object) -> str:
    return f"{where or 'the file'}: expected {says}, got {describe(value)}"


def describe(value: object) -> str:
    """Return a value in a few words, for a message."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return repr(value if len(value) <= 60 else f"{value[:60]}...")
        case int() if value.bit_length() > 64:
            return "a number of very many digits"
        case int() | float():
            return str(value)
        case list():
            return f"a list of {len(value)} items"
        case dict():
            return f"a table of {len(value)} keys"
    return type(value).__name__
