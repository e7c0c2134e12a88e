"""Translate Python patterns to RE2 patterns that accept the same texts or fewer, or to nothing.

Frictionless compiles a ``pattern`` as ``^pattern$`` and calls ``match``. RE2 is faster by an order
of magnitude, and differs in places: Unicode digits, word boundaries, lookaround, ``$`` before a
last line end. So Python's own parser parses the pattern, and the tree is written for RE2 node by
node. A node that is not known to accept the same texts, or fewer, ends the translation.
"""

from __future__ import annotations

import re
from typing import Any

MAX_REPEAT = 1000  # RE2's own bound on {n,m}
_CLASSES = {
    "CATEGORY_DIGIT": r"0-9",
    "CATEGORY_WORD": r"0-9A-Za-z_",
    "CATEGORY_SPACE": r"\t\n\f\r ",
}


def subset_of(pattern: str) -> str | None:
    """Return an RE2 pattern: a text in which it is found matches the pattern. None for none."""
    try:
        tree = re._parser.parse(pattern)  # type: ignore[attr-defined]
        if tree.state.flags & ~re.UNICODE:
            return None
        return rf"\A(?:{_sequence(tree)})"
    except (_Unknown, re.error, RecursionError, OverflowError):
        return None


class _Unknown(Exception):
    """Signal a node of which it is not known that RE2 accepts no more."""


def _sequence(nodes: Any) -> str:
    return "".join(_node(str(name), value) for name, value in nodes)


def _node(name: str, value: Any) -> str:
    if name == "LITERAL":
        return _character(value)
    if name == "NOT_LITERAL":
        return f"[^{_character(value)}]"
    if name == "ANY":
        return "."
    if name == "IN":
        return _set(value)
    if name in ("MAX_REPEAT", "MIN_REPEAT"):
        return _repeat(*value)
    if name == "SUBPATTERN":
        _, added, removed, inner = value
        if added or removed:
            raise _Unknown
        return f"(?:{_sequence(inner)})"
    if name == "BRANCH":
        return "(?:" + "|".join(_sequence(branch) for branch in value[1]) + ")"
    if name == "AT":
        return {"AT_BEGINNING": r"\A", "AT_END": r"\z", "AT_END_STRING": r"\z"}.get(
            str(value)
        ) or _fail()
    raise _Unknown


def _fail() -> str:
    raise _Unknown


def _character(code: int) -> str:
    if code == 0 or 0xD800 <= code <= 0xDFFF:
        raise _Unknown
    return rf"\x{{{code:x}}}"


def _repeat(low: int, high: Any, inner: Any) -> str:
    text = f"(?:{_sequence(inner)})"
    if low > MAX_REPEAT:
        raise _Unknown
    if str(high) == "MAXREPEAT":
        return f"{text}{{{low},}}"
    if int(high) > MAX_REPEAT:
        raise _Unknown
    return f"{text}{{{low},{int(high)}}}"


def _set(items: Any) -> str:
    parts, negated = [], False
    for kind, value in items:
        name = str(kind)
        if name == "NEGATE":
            negated = True
        elif name == "LITERAL":
            parts.append(_character(value))
        elif name == "RANGE":
            parts.append(f"{_character(value[0])}-{_character(value[1])}")
        elif name == "CATEGORY" and str(value) in _CLASSES and not negated:
            parts.append(_CLASSES[str(value)])
        else:
            raise _Unknown
    return f"[{'^' if negated else ''}{''.join(parts)}]"
