"""Check the shape of the project's own TOML and JSON files: which keys, and of which kind.

A kind is ``str`` (a text, not blank), ``int``, ``float`` (any number), ``bool``, ``date``,
``object`` (anything), ``[kind]`` (a list of it), a ``Shape`` (a table with these keys and no
others), or ``{str: kind}`` (a table with any keys).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path as File
from typing import Any, Union

from xinjiang_record.errors import LimitError, ReadError, XRecordError
from xinjiang_record.untrusted.regular_files import read_regular_file
from xinjiang_record.untrusted.strict_toml import parse_toml

MOST_SHOWN = 100  # problems of one file that are listed
Path = tuple[str | int, ...]
Kind = Union[type, "Shape", list["Kind"], Mapping[type[str], "Kind"]]
NAMES: dict[type, str] = {
    float: "a number",
    str: "a text",
    int: "a whole number of up to 15 digits",
    bool: "true or false",
    date: "a day such as 2019-07-08",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """Describe a table: required and optional keys, each with its kind."""

    required: Mapping[str, Any] = field(default_factory=dict)
    optional: Mapping[str, Any] = field(default_factory=dict)


def problems(value: object, kind: Kind, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield where ``value`` is not of ``kind`` (keys and list positions), and what is wrong."""
    name = shown(path)
    if isinstance(kind, Shape):
        yield from _of_table(value, kind, path)
    elif isinstance(kind, Mapping):
        if isinstance(value, dict):
            for key, item in value.items():
                yield from problems(item, kind[str], (*path, key))
        else:
            yield path, f"{name} is {_kind_of(value)}, not a table."
    elif isinstance(kind, list):
        if isinstance(value, list):
            for number, item in enumerate(value):
                yield from problems(item, kind[0], (*path, number))
        else:
            yield path, f"{name} is {_kind_of(value)}, not a list."
    elif not _is(value, kind):
        yield path, f"{name} is {_kind_of(value)}, not {NAMES[kind]}."


def first_problems(value: object, kind: Kind) -> list[tuple[Path, str]]:
    """Return the first problems of a value, at most MOST_SHOWN."""
    return list(islice(problems(value, kind), MOST_SHOWN))


def shown(path: Path) -> str:
    """Return the path in words: ``leads[2].name``, counted from 1."""
    text = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.lstrip(".") or "the file"


def toml_line(text: str, path: Path) -> int:
    """Return the line (from 1) of the value at ``path``; that of its table, or 1, if unknown."""
    position = 0
    for number, part in enumerate(path):
        if isinstance(part, int):
            continue
        following = path[number + 1] if number + 1 < len(path) else 0
        places = _places_of_key(text, part)
        first = bisect_left(places, (position,))
        if first == len(places):
            break
        chosen = first + following if isinstance(following, int) else first
        position = places[min(chosen, len(places) - 1)][1] - 1
    return text.count("\n", 0, position) + 1


@lru_cache(maxsize=16)
def _places_of_key(text: str, name: str) -> list[tuple[int, int]]:
    """Return where the key, or the head of a table, begins and ends in a file; all in one pass."""
    key = rf"\"?{re.escape(name)}\"?\s*"
    wanted = rf"^\s*(?:\[\[?\s*(?:[\w-]+\s*\.\s*)*{key}\]|{key}=)"
    return [match.span() for match in re.finditer(wanted, text, re.MULTILINE)]


def read_toml(path: File, shape: Shape, refused: type[XRecordError]) -> dict[str, Any]:
    """Return the content of one of the project's TOML files; empty where it is absent.

    Raises ``refused``, with all that is wrong with the file.
    """
    if not path.exists():
        return {}
    try:
        text = read_regular_file(path, "descriptor_bytes").decode("utf-8")
        content = parse_toml(text)
    except UnicodeDecodeError as error:
        raise refused(f"{path}: expected UTF-8, got other bytes ({error}).") from error
    except (OSError, ReadError, LimitError) as error:
        raise refused(f"{path}: {error}") from error
    found = [
        f"{path}:{toml_line(text, where)}: {what}" for where, what in first_problems(content, shape)
    ]
    if found:
        raise refused("\n".join(found))
    return content


def _of_table(value: object, shape: Shape, path: Path) -> Iterator[tuple[Path, str]]:
    if not isinstance(value, dict):
        yield path, f"{shown(path)} is {_kind_of(value)}, not a table."
        return
    known = {**shape.required, **shape.optional}
    for key in shape.required:
        if key not in value:
            yield path, f"{shown((*path, key))} is missing. Add it."
    for key, item in value.items():
        if key in known:
            yield from problems(item, known[key], (*path, key))
        else:
            yield (
                (*path, key),
                f"{shown((*path, key))} is not a key of this file. There are: {', '.join(known)}.",
            )


def _is(value: object, kind: type) -> bool:
    if kind is object:
        return True
    if kind is str:
        return isinstance(value, str) and bool(value.strip())
    if kind in (int, float):
        if not isinstance(value, (int, float)) or type(value) not in (int, kind):
            return False
        return abs(value) < 10**15
    return type(value) is kind


def _kind_of(value: object) -> str:
    if value is None or (isinstance(value, str) and not value.strip()):
        return "empty"
    kinds: tuple[tuple[type, str], ...] = (
        (bool, "true or false"),
        (int, "a number"),
        (float, "a number"),
        (str, "a text"),
        (datetime, "a date and time"),
        (date, "a date"),
        (list, "a list"),
        (dict, "a table"),
    )
    return next((name for kind, name in kinds if isinstance(value, kind)), type(value).__name__)
