"""Translate Python patterns to RE2 patterns, which take time in proportion to the text.

RE2 differs from ``re`` in places: Unicode digits, word boundaries, lookaround, ``$`` before a last
line end. So Python's own parser parses the pattern, and the tree is written for RE2 node by node.
A node that is not known to accept the same texts ends the translation. pyarrow brings RE2 along.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

MAX_REPEAT = 1000  # RE2's own bound on {n,m}
_SUBSET_CLASSES = {
    "CATEGORY_DIGIT": r"0-9",
    "CATEGORY_WORD": r"0-9A-Za-z_",
    "CATEGORY_SPACE": r"\t\n\f\r ",
}
_ASCII_CLASSES = {  # what Python's classes hold of ASCII
    "CATEGORY_DIGIT": r"0-9",
    "CATEGORY_NOT_DIGIT": r"\x{0}-/:-\x{7f}",
    "CATEGORY_WORD": r"0-9A-Za-z_",
    "CATEGORY_NOT_WORD": r"\x{0}-/:-@\[-\^`\{-\x{7f}",
    "CATEGORY_SPACE": r"\x{9}-\x{d}\x{1c}-\x{20}",
    "CATEGORY_NOT_SPACE": r"\x{0}-\x{8}\x{e}-\x{1b}!-\x{7f}",
}
_PLACES = {
    "AT_BEGINNING": r"\A",
    "AT_BEGINNING_STRING": r"\A",
    "AT_END": r"\z",
    "AT_END_STRING": r"\z",
}

Node = tuple[object, Any]  # the name and the value of a node of a parsed pattern


class Parsed(Protocol):
    """Name what is used of a part of a parsed pattern."""

    def __iter__(self) -> Iterator[Node]:
        """Yield the names and values of its nodes."""

    def getwidth(self) -> tuple[int, int]:
        """Return the fewest and the most characters that it matches."""


@functools.lru_cache(512)
def subset_of(pattern: str) -> str | None:
    """Return an RE2 pattern: a text in which it is found matches the pattern. None for none."""
    found = _translate(pattern, _Translation(is_equal=False))
    return found and rf"\A{found}"


@dataclass(frozen=True, slots=True)
class Equal:
    """Hold an RE2 pattern that matches at the same places of a text as a Python pattern.

    This holds for texts that do not end in a line end; if ``ascii_only``, of ASCII texts.
    """

    pattern: str
    ascii_only: bool

    def holds_for(self, text: str) -> bool:
        """Return whether the two patterns are equal for a text."""
        return not text.endswith("\n") and (text.isascii() or not self.ascii_only)


def equal_to(pattern: str) -> Equal | None:
    """Return an RE2 pattern that is equal to a Python pattern; None where none is known."""
    translation = _Translation(is_equal=True)
    found = _translate(pattern, translation)
    return None if found is None else Equal(found, translation.ascii_only)


def _translate(pattern: str, translation: _Translation) -> str | None:
    try:
        tree = re._parser.parse(pattern)  # type: ignore[attr-defined]
        if tree.state.flags & ~re.UNICODE:
            return None
        return f"(?:{translation.sequence(tree)})"
    except (_Unknown, re.error, RecursionError, OverflowError):
        return None


class _Unknown(Exception):
    """Signal a node of which it is not known how RE2 would match it."""


class _Translation:
    """Write the nodes of a parsed pattern for RE2."""

    def __init__(self, *, is_equal: bool) -> None:
        """Write a pattern that is equal, or else one that accepts the same texts or fewer."""
        self.is_equal = is_equal
        self.ascii_only = False

    def sequence(self, nodes: Iterable[Node]) -> str:
        """Write nodes that follow each other."""
        return "".join(map(self.node, nodes))

    def node(self, node: Node) -> str:
        """Write one node."""
        match str(node[0]), node[1]:
            case "LITERAL", int(code):
                return _character(code)
            case "NOT_LITERAL", int(code):
                return f"[^{_character(code)}]"
            case "ANY", _:
                return "."
            case "IN", list(items):
                return self.set_of(items)
            case (("MAX_REPEAT" | "MIN_REPEAT"), (low, high, inner)):
                return self.repeat(low, high, inner)
            case "SUBPATTERN", (_, 0, 0, inner):
                return f"(?:{self.sequence(inner)})"
            case "BRANCH", (_, branches):
                return "(?:" + "|".join(self.sequence(branch) for branch in branches) + ")"
            case "AT", place:
                return self.place(str(place))
        raise _Unknown

    def place(self, name: str) -> str:
        """Write an anchor or a boundary."""
        if name in _PLACES:
            return _PLACES[name]
        if name == "AT_BOUNDARY" and self.is_equal:
            self.ascii_only = True
            return r"\b"
        raise _Unknown

    def repeat(self, low: int, high: object, inner: Parsed) -> str:
        """Write a part that is repeated."""
        text = f"(?:{self.sequence(inner)})"
        most = None if str(high) == "MAXREPEAT" else int(str(high))
        if low > MAX_REPEAT or (most is not None and most > MAX_REPEAT):
            raise _Unknown
        if self.is_equal and most != 1 and not inner.getwidth()[0]:
            raise _Unknown  # ``re`` ends a repeat whose part matched nothing by a rule of its own
        return f"{text}{{{low},{'' if most is None else most}}}"

    def set_of(self, items: Iterable[Node]) -> str:
        """Write a set of characters."""
        parts, is_negated = [], False
        for kind, value in items:
            match str(kind), value:
                case "NEGATE", _:
                    is_negated = True
                case "LITERAL", int(code):
                    parts.append(_character(code))
                case "RANGE", (int(first), int(last)):
                    parts.append(f"{_character(first)}-{_character(last)}")
                case "CATEGORY", category if self.is_equal:
                    self.ascii_only = True
                    parts.append(_ASCII_CLASSES[str(category)])
                case "CATEGORY", category if str(category) in _SUBSET_CLASSES and not is_negated:
                    parts.append(_SUBSET_CLASSES[str(category)])
                case _:
                    raise _Unknown
        return f"[{'^' if is_negated else ''}{''.join(parts)}]"


def _character(code: int) -> str:
    if code == 0 or 0xD800 <= code <= 0xDFFF:
        raise _Unknown
    return rf"\x{{{code:x}}}"
