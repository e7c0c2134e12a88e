"""Find names that are not known and may be misspelt: they are asked about, and not dropped."""

from __future__ import annotations

import re
from collections.abc import Sequence

from xinjiang_record.extract.languages.find_labels import find_labels, is_neutral, whole_label
from xinjiang_record.extract.languages.list_words import fold, pattern_of_all
from xinjiang_record.extract.name_lists.joining_words import (
    AND_LAST,
    AND_NEXT,
    JOIN_WORDS,
    JOINER,
    fold_words,
)
from xinjiang_record.extract.name_lists.list_items import (
    CJK,
    clean,
    is_cased,
    is_short,
    read_item,
)
from xinjiang_record.extract.name_lists.list_pieces import Piece
from xinjiang_record.extract.name_lists.prose_names import Found
from xinjiang_record.reconcile.countries import reconcile

MAX_SMALL_WORD = 3  # letters of a small word in a name: "of", "the", "and"
MAX_NAME_REST = 2  # letters next to a name that can be a misspelling of it, without spaces
MAX_BODY_WORDS = 16  # words of an item between names that may be a body
BODY = pattern_of_all("lists", "body_words")
MAX_BEHIND = 40  # letters behind a word in capitals that show whether all words are
_ABBREVIATION = re.compile(r"(?<!\S)[A-Z]{2,4}$")
MAX_CJK_NAME, MAX_UNCASED_WORDS = 9, 3  # of an unknown name in a script without capitals


def abbreviated(piece: Piece, whole: str) -> tuple[str, int, int] | None:
    """Return the unknown abbreviation in capitals before a comma and a name, with its place.

    "The ZB, Canada and Japan signed", "signed by the ZB, Canada and Japan".
    """
    found = _ABBREVIATION.search(piece.text) if piece.stop == "," and not piece.is_line else None
    if found is None or not any(map(str.islower, whole[piece.end : piece.end + MAX_BEHIND])):
        return None  # in a text in capitals all words look so
    before = piece.text[: found.start()]
    labels = find_labels(before) if before.strip() else ()
    rest = before[labels[-1].end :] if labels else before
    if (len(rest) == len(before) and not JOINER.fullmatch(fold(before).strip())) or (
        not is_neutral(rest) or whole_label(found[0])
    ):
        return None
    return found[0], piece.start + found.start(), piece.start + found.end()


def is_misspelt(piece: Piece, found: Sequence[Found], following: Piece | None) -> bool:
    """Return whether a short item between names has a name and more letters: it is asked about."""
    if following is None or piece.stop not in (",", ";"):
        return False
    if read_item(following.text).kind != "names" and not is_short(following.text):
        return False
    before, after = piece.text[: found[0].start], piece.text[found[-1].end :].rstrip(" *")
    if JOINER.fullmatch(fold_words(before).strip()) and not after.strip():
        return False
    has_body = any(not name.match.candidates for one in found for name in one.item.names)
    if has_body and len(piece.text.split()) <= MAX_BODY_WORDS:
        return bool(BODY.search(fold(before + after)))
    return is_short(piece.text) and may_be_name_words(before) and may_be_name_words(after)


def misspelt_before(piece: Piece, place: int, end: int) -> tuple[str, int, int] | None:
    """Return the misspelt name in "Indja and Mexico abstained", with its place."""
    between = piece.text[place:end]
    joined = AND_LAST.search(fold(between))
    if joined is None:
        return None
    return _near_name(piece, place, place + joined.start())


def misspelt_last(piece: Piece, place: int) -> tuple[str, int, int] | None:
    """Return the misspelt name in "India and Mexcio abstained", with its place."""
    joined = AND_NEXT.match(fold_words(piece.text[place:]))
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
    if not text or not may_be_name(text) or not is_short(text):
        return None
    if not (_ABBREVIATION.search(text) and len(text.split()) <= 2) and not is_near_name(text):
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
