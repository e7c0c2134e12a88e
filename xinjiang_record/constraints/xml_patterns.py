"""Translate patterns of XML Schema to Python's ``re``; a pattern matches the complete value.

A leading ``^`` and a final ``$`` are accepted as anchors, since most schemas have them. In XML
Schema they are plain characters.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import cache

_NAME_START = r":A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff"
_NAME = _NAME_START + r"\-.0-9\u00b7\u0300-\u036f\u203f-\u2040"
_SHORT = {"i": _NAME_START, "c": _NAME}


class PatternError(ValueError):
    """Signal that a pattern is not one of XML Schema, or cannot be translated."""


def translate_pattern(pattern: str) -> str:
    """Return a pattern whose ``match`` accepts what the XML Schema pattern accepts.

    Raises:
        PatternError: The pattern is not valid.
    """
    inner = pattern.removeprefix("^")
    if inner.endswith("$") and not inner.endswith("\\$"):
        inner = inner[:-1]
    result, place = [], 0
    while place < len(inner):
        text, place = _next(inner, place)
        result.append(text)
    found = rf"(?:{''.join(result)})\Z"
    try:
        re.compile(found)
    except (re.error, RecursionError, OverflowError) as error:
        raise PatternError(str(error)) from error
    return found


def _next(pattern: str, place: int) -> tuple[str, int]:
    """Translate one part of a pattern; return it and the place behind it."""
    character = pattern[place]
    if character == "\\":
        return _escape(pattern, place, in_class=False)
    if character == "[":
        return _class(pattern, place)
    if pattern.startswith("(?", place) and not pattern.startswith("(?:", place):
        raise PatternError(f"XML Schema has no {pattern[place : place + 4]!r}")
    if character == ".":
        return r"[^\n\r]", place + 1
    return character, place + 1


def _escape(pattern: str, place: int, *, in_class: bool) -> tuple[str, int]:
    if place + 1 >= len(pattern):
        raise PatternError("it ends with a backslash")
    character = pattern[place + 1]
    if character in "pP":
        end = pattern.find("}", place)
        if pattern[place + 2 : place + 3] != "{" or end < 0:
            raise PatternError("expected a category after \\p, such as \\p{L}")
        members = _category(pattern[place + 3 : end], negated=character == "P")
        return (members if in_class else f"[{members}]"), end + 1
    if character.lower() in _SHORT:
        members = _SHORT[character.lower()]
        if not in_class:
            return f"[{'^' if character.isupper() else ''}{members}]", place + 2
        if character.isupper():
            raise PatternError(f"\\{character} inside of a class is not supported")
        return members, place + 2
    return pattern[place : place + 2], place + 2


def _class(pattern: str, place: int) -> tuple[str, int]:
    """Translate a class; ``[a-z-[aeiou]]`` is a class without the members of another."""
    start = place
    place += 1
    negated = pattern[place : place + 1] == "^"
    place += negated
    members: list[str] = []
    while place < len(pattern) and pattern[place] != "]":
        if pattern.startswith("-[", place):
            without, place = _class(pattern, place + 1)
            if pattern[place : place + 1] != "]":
                raise PatternError("a subtraction must end its class")
            return f"(?:(?!{without})[{'^' if negated else ''}{''.join(members)}])", place + 1
        if pattern[place] == "\\":
            text, place = _escape(pattern, place, in_class=True)
        else:
            text = re.escape(pattern[place]) if pattern[place] in "[&~|" else pattern[place]
            place += 1
        members.append(text)
    if place >= len(pattern) or not members:
        raise PatternError(f"the class that begins at {pattern[start : start + 10]!r} has no end")
    return f"[{'^' if negated else ''}{''.join(members)}]", place + 1


@cache
def _category(name: str, *, negated: bool) -> str:
    """Return the members of a Unicode category as ranges for a class."""
    ranges: list[str] = []
    begun = -1
    for code in range(sys.maxunicode + 2):
        is_member = code <= sys.maxunicode and (
            unicodedata.category(chr(code)).startswith(name) != negated
        )
        if is_member and begun < 0:
            begun = code
        elif not is_member and begun >= 0:
            ranges.append(f"\\U{begun:08x}-\\U{code - 1:08x}")
            begun = -1
    if not ranges or not name or name[0] not in "LMNPSZC":
        raise PatternError(f"the category {name!r} is not known")
    return "".join(ranges)
