"""Read lines that say of one state what it did: "Albania: yes", "France – signed 8 July 2019"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from xinjiang_record.extract.dates import dates_in
from xinjiang_record.extract.languages.context_words import either
from xinjiang_record.extract.languages.find_labels import whole_label
from xinjiang_record.extract.languages.list_words import VOTES, fold, pattern_of_all
from xinjiang_record.extract.name_lists.list_items import (
    Named,
    clean,
    may_begin_name,
    may_hold_name,
    read_item,
)

MAX_OFFICE_WORDS = 16  # of a line with a person, an office and a state
_OFFICE = re.compile(
    rf"(?:{pattern_of_all('leads', 'offices').pattern})(?:\s+(?:{either('office_tails')}))?"
    rf"\s+(?:{pattern_of_all('labels', 'of').pattern})\s+"
)
_OFFICE_ALONE = re.compile(
    rf"(?:{either('leading_the')})?\s*(?:{pattern_of_all('leads', 'offices').pattern})\b[^,:;()]*"
)
_OFFICE_COMMA = re.compile(rf"(?:^|,\s)(?P<office>{_OFFICE_ALONE.pattern}),\s(?P<state>[^,]+)$")
MAX_OFFICE = 60  # letters of an office: "Minister for Foreign Affairs"
MAX_LINE = 110  # letters of a line that can be one name and one remark
_MARKED = re.compile(
    r"^(?P<name>.{2,70}?)\s*(?:[:：]|\s[-–—]\s|\s?[-–—]\s|\.{2,}|…+|\t)\s*(?P<rest>\S.*)$"
)
_FIRST = re.compile(r"^(?P<rest>[^\W\d_]{1,12})\s+(?P<name>\S.*)$")


@dataclass(frozen=True, slots=True)
class RollCallLine:
    """Hold one state and what the line says of it. ``start`` and ``end``: offsets of the remark."""

    name: Named
    remark: str
    start: int
    end: int


@lru_cache(maxsize=65536)
def read_roll_call_line(text: str) -> RollCallLine | None:
    """Return the state and the remark of a line; None where it is not such a line."""
    if len(text) > MAX_LINE or not may_hold_name(text):
        return None
    found = _MARKED.match(text)
    if found:
        line = _line(found)
        return line if line and _says_something(line.remark) else None
    if not may_begin_name(clean(text).partition(" ")[0]):
        return _label_first(text)
    for cut in range(1, 5):
        parts = text.rsplit(None, cut)
        if len(parts) <= cut:
            break
        start = len(parts[0]) + len(text[len(parts[0]) :]) - len(text[len(parts[0]) :].lstrip())
        named = _one_name(parts[0]) if whole_label(text[start:]) else None
        if named:
            return RollCallLine(named, text[start:], start, len(text))
    return _label_first(text)


def _label_first(text: str) -> RollCallLine | None:
    """Return the state of "Yes Albania"."""
    found = _FIRST.match(text)
    return _line(found) if found and whole_label(found["rest"]) else None


def read_inline_vote(text: str) -> RollCallLine | None:
    """Return the state and the vote of "Albania YES" in a sentence; None where it is not such."""
    parts = text.strip().rsplit(None, 1)
    if len(parts) < 2 or len(text) > MAX_LINE:
        return None
    label = whole_label(parts[1])
    if label is None or label.kind not in (*VOTES, "absent"):
        return None
    named = _one_name(re.sub(r"\s[-–—]$", "", parts[0]))
    if named is None:
        return None
    start = len(text.rstrip()) - len(parts[1])
    return RollCallLine(named, parts[1], start, start + len(parts[1]))


@lru_cache(maxsize=65536)
def read_office_line(text: str) -> Named | None:
    """Return the state of "Ambassador of Norway" or "Ms Jane Doe, Ambassador, Norway".

    The name of a person is not kept.
    """
    if len(text) > MAX_LINE or len(text.split()) > MAX_OFFICE_WORDS:
        return None
    folded = fold(text)
    for found in _OFFICE.finditer(folded):
        if found.start() and not re.search(r"[,،–(（-]\s*(?:\w+\s)?$", text[: found.start()]):
            continue
        item = read_item(clean(text[found.end() :]))
        if item.kind == "names" and len(item.names) == 1:
            return item.names[0]
    apart = _OFFICE_COMMA.search(folded)
    if apart is None or not is_office(text[slice(*apart.span("office"))]):
        return None
    return _one_name(text[apart.start("state") :])


@lru_cache(maxsize=65536)
def is_office(text: str) -> bool:
    """Return whether a line is an office and no state: "Minister for Foreign Affairs"."""
    is_one = len(text) <= MAX_OFFICE and bool(_OFFICE_ALONE.fullmatch(fold(text.strip())))
    return is_one and not text.endswith((".", "!", "?")) and whole_label(text) is None


def _line(found: re.Match[str]) -> RollCallLine | None:
    named = _one_name(found["name"])
    if named is None or read_item(found["rest"]).kind == "names":
        return None
    return RollCallLine(named, found["rest"], *found.span("rest"))


def _one_name(text: str) -> Named | None:
    item = read_item(clean(text))
    return item.names[0] if item.kind == "names" and len(item.names) == 1 else None


def _says_something(remark: str) -> bool:
    return whole_label(remark) is not None or bool(dates_in(remark))
