"""Names at the ends of prose: a list's first name follows a sentence, and its last goes on as one."""

from __future__ import annotations

import re
import unicodedata

from xinjiang_record.extract.signatories.list_items import (
    CJK,
    EDGE,
    MAX_WORDS,
    THE,
    Item,
    clean,
    narrows,
    read_item,
)
from xinjiang_record.reconcile.normalize import tidy

_OF_WORDS = frozenset(["de", "des", "du", "d", "do", "da", "dos", "das", "del", "der", "of", "di"])


def tail_names(text: str) -> tuple[str, Item] | None:
    """Prose that ends in names ("from the representatives of Algeria"): the prose and the item, the longest that reads."""
    words = tidy(text).split()
    for start in range(max(1, len(words) - MAX_WORDS), len(words)):
        before = words[start - 1].strip(EDGE + "()（）")
        if (
            before[:1].isupper()
            and before.lower() not in THE
            and not words[start - 1].endswith((":", ".", ","))
            and not _names_countries(before)
        ):
            continue
        item = read_item(" ".join(words[start:]))
        if item.kind == "names":
            return _without_of(words, start, item)
    return _tail_letters(text) if CJK.search(text) else None


def _without_of(words: list[str], start: int, item: Item) -> tuple[str, Item]:
    """ "en nombre de Alemania": the "of" belongs to the prose."""
    while words[start].lower() in _OF_WORDS and start + 1 < len(words):
        inner = read_item(" ".join(words[start + 1 :]))
        if inner.kind != "names":
            break
        start, item = start + 1, inner
    return " ".join(words[:start]), item


def _names_countries(word: str) -> bool:
    return word.lower().rstrip("n") in (
        "länder",
        "staate",
        "staat",
        "countries",
        "states",
        "nations",
        "member",
    )


def head_names(text: str) -> tuple[Item, str] | None:
    """Names that go on as prose ("Zimbabwe addressed to the President"): the item and the prose, the longest that reads."""
    words = tidy(text).split()
    for end in range(min(len(words) - 1, MAX_WORDS), 0, -1):
        after = words[end].lstrip('(（"“')
        if (
            after[:1].isupper()
            and not words[end - 1].endswith((".", "!", "?", ":", ")"))
            and words[end][0] not in '(（"“'
        ):
            continue
        if not any(char.isalnum() for char in words[end - 1]) or _is_narrowed(words[end:]):
            continue
        item = read_item(" ".join(words[:end]))
        if item.kind == "names":
            return item, " ".join(words[end:])
    return _head_letters(text) if CJK.search(text) else None


def _is_narrowed(words: list[str]) -> bool:
    """Whether a remark in brackets follows that could make the name before it another place."""
    found = re.match(r"[(（\[]([^()（）\[\]]*)[)）\]]?", " ".join(words))
    return found is not None and narrows(found[1])


def _tail_letters(text: str) -> tuple[str, Item] | None:
    bare = text.strip(EDGE)
    for start in range(max(1, len(bare) - 24), len(bare) - 1):
        item = read_item(bare[start:])
        if item.kind == "names":
            return bare[:start], item
    return None


def _head_letters(text: str) -> tuple[Item, str] | None:
    bare = text.strip(EDGE)
    for end in range(min(len(bare) - 1, 24), 1, -1):
        item = read_item(bare[:end])
        if item.kind == "names":
            return item, bare[end:]
    return None


def is_short(text: str) -> bool:
    """Whether an unreadable item is short enough to be a name: nothing longer is taken for one."""
    bare = clean(text)
    if (
        not bare
        or any(unicodedata.category(char) == "Nd" for char in bare)
        or "/" in bare
        or "@" in bare
    ):
        return False
    return len(bare) <= 14 if CJK.search(bare) else len(bare.split()) <= 5 and len(bare) <= 45
