"""Find names that are not known and may be misspelt: they are asked about, and not dropped."""

from __future__ import annotations

import re

from xinjiang_record.extract.languages.find_labels import find_labels, is_neutral, whole_label
from xinjiang_record.extract.languages.list_words import fold
from xinjiang_record.extract.name_lists.joining_words import (
    AND_LAST,
    AND_NEXT,
    JOIN_WORDS,
    JOINER,
)
from xinjiang_record.extract.name_lists.list_items import CJK, clean, is_cased, is_short
from xinjiang_record.extract.name_lists.list_pieces import Piece
from xinjiang_record.reconcile.countries import reconcile

MAX_SMALL_WORD = 3  # letters of a small word in a name: "of", "the", "and"
MAX_NAME_REST = 2  # letters next to a name that can be a misspelling of it, without spaces
MAX_CJK_NAME, MAX_UNCASED_WORDS = 9, 3  # of an unknown name in a script without capitals


def misspelt_before(piece: Piece, place: int, end: int) -> tuple[str, int, int] | None:
    """Return the misspelt name in "Indja and Mexico abstained", with its place."""
    between = piece.text[place:end]
    joined = AND_LAST.search(fold(between))
    if joined is None:
        return None
    return _near_name(piece, place, place + joined.start())


def misspelt_last(piece: Piece, place: int) -> tuple[str, int, int] | None:
    """Return the misspelt name in "India and Mexcio abstained", with its place."""
    joined = AND_NEXT.match(fold(piece.text[place:]))
    if joined is None:
        return None
    start = place + joined.end()
    words = re.match(r"\S+(?:\s+[^\W\d_a-zà-ÿ]\S*)?", piece.text[start:])
    if words is None:
        return None
    for end in (words.end(), words[0].find(" ") if " " in words[0] else words.end()):
        found = _near_name(piece, start, start + end)
        if found is not None:
            return found
    return None


def _near_name(piece: Piece, start: int, end: int) -> tuple[str, int, int] | None:
    """Return words that are not a name and are near to one; else None."""
    printed = piece.text[start:end]
    text = clean(printed)
    if not text or not may_be_name(text) or not is_short(text) or not is_near_name(text):
        return None
    first = piece.start + start + printed.find(text[:1])
    return text, first, first + len(text)


def may_be_name_words(text: str) -> bool:
    """Return whether words next to a name may belong to it: "Marshall Island", "U.S. state"."""
    words = [word.strip("()（）[]*.,") for word in text.split()]
    words = [word for word in words if word and not JOINER.fullmatch(fold(word))]
    if CJK.search(text):
        return len(text.strip()) <= MAX_NAME_REST
    if words and not is_cased(words[0]):
        return len(words) <= 1
    is_remark = any(sign in text for sign in "()（）")
    return is_remark or all(word[0].isupper() for word in words)


def may_be_name(text: str) -> bool:
    """Return whether an unknown item begins as a name does; a label that is not known does not."""
    bare = clean(re.sub(r"[(（\[][^()（）\[\]]*[)）\]]", " ", text))
    joined = JOIN_WORDS.match(fold(bare))
    words = bare[joined.end() :].split() if joined else bare.split()
    if not words:
        return False
    if CJK.search(bare):
        return len(bare) <= MAX_CJK_NAME
    if not is_cased(words[0]):
        return len(words) <= MAX_UNCASED_WORDS
    small = [word for word in words if word[:1].islower() and len(word) > MAX_SMALL_WORD]
    return words[0][:1].isupper() and not small


def is_near_name(text: str) -> bool:
    """Return whether a text that is not a label is near to the name of a state."""
    if is_neutral(text) or find_labels(text) or whole_label(text):
        return False
    return bool(reconcile(clean(text)).candidates)
