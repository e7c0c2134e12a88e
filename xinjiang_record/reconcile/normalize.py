"""Make one key for the many ways a name is typed: the same key means the same letters.

The key drops what carries no identity in the names of states: case, accents on Latin, Greek and
Cyrillic letters, full-width and compatibility forms, composed against decomposed marks,
bidirectional and other invisible marks, Arabic vowel marks and letter variants, apostrophes,
hyphens, dots, the dot below of Devanagari and every space (printed lists lose them). It keeps
what does: the voicing marks of kana, the vowel signs of Indic scripts, every letter and digit.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_LATIN_MARKS = {chr(code): None for code in range(0x0300, 0x0370)}
_ARABIC = {
    **{
        chr(code): None for code in [*range(0x064B, 0x0660), 0x0670, 0x0640]
    },  # vowel marks and the stretching stroke
    **dict.fromkeys("أإآٱ", "ا"),
    "ى": "ي",
    "ی": "ي",
    "ة": "ه",
    "ە": "ه",
    "ک": "ك",
}
_LETTERS = {
    "ı": "i",
    "ł": "l",
    "ø": "o",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "æ": "ae",
    "œ": "oe",
    "ħ": "h",
    "ʻ": None,
    "ʼ": None,
}
_NUKTA = {"\u093c": None}
_TABLE = str.maketrans({**_LATIN_MARKS, **_ARABIC, **_LETTERS, **_NUKTA})
_ASCII_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


def key(text: str) -> str:
    """Return the comparison key of a name; empty when the text has no letter or digit."""
    if text.isascii():
        return "".join(filter(_ASCII_LETTERS.__contains__, text.lower()))
    folded = unicodedata.normalize("NFKC", text).casefold()
    bare = unicodedata.normalize("NFD", folded).translate(_TABLE)
    return "".join(filter(_kept, unicodedata.normalize("NFC", bare)))


@lru_cache(maxsize=8192)
def _kept(char: str) -> bool:
    category = unicodedata.category(char)
    return category[0] in "LN" or category in ("Mn", "Mc")


def tidy(text: str) -> str:
    """Return the text with one form of each letter, no invisible marks and single spaces."""
    if text.isascii():
        return " ".join(text.split())
    composed = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text))
    visible = "".join(char for char in composed if unicodedata.category(char) != "Cf")
    return " ".join(visible.split())
