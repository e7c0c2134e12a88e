"""Give the words that join the names of a list: "and", "as well as", "the EFTA countries"."""

from __future__ import annotations

import re
from functools import lru_cache

from xinjiang_record.extract.languages.list_words import fold, pattern_of_all

JOINER = re.compile(
    "(?:(?:"
    + "|".join(
        pattern_of_all("lists", name).pattern
        for name in ("and", "also", "articles", "groups", "fillers")
    )
    + r")[\s,،、'’:：]*)*"
)
AND_FIRST = re.compile(rf"(?:{pattern_of_all('lists', 'and').pattern})\s")
JOIN_WORDS = re.compile(
    "(?:(?:"
    + "|".join(pattern_of_all("lists", name).pattern for name in ("and", "also", "articles"))
    + r")[\s,،、'’]+)+"
)
_AND, _ARTICLE = (pattern_of_all("lists", name).pattern for name in ("and", "articles"))
AND_LAST = re.compile(rf"\s(?:{_AND})(?:\s+(?:{_ARTICLE}))?\s*$")
_ALSO = pattern_of_all("lists", "also").pattern
AND_NEXT = re.compile(rf"\s*(?:{_ALSO}|{_AND})\s+(?:(?:{_ARTICLE})\s+)?")
_OF_OFFICE = re.compile(
    rf"(?:(?:{pattern_of_all('labels', 'of').pattern}|{pattern_of_all('lists', 'articles').pattern}"
    rf"|{pattern_of_all('leads', 'offices').pattern})\s*)+"
)


_CAPITALS = re.compile(r"(?<!\w)[A-Z]{2,4}(?!\w)")


@lru_cache(maxsize=16384)
def fold_words(text: str) -> str:
    """Fold a text without the abbreviations that look like a word that joins: "VS", "AS".

    In a text in capitals all words look so, and they stay.
    """
    folded = fold(text)
    if not any(map(str.islower, text)):
        return folded
    parts, place = list[str](), 0
    for found in _CAPITALS.finditer(text):
        if JOINER.fullmatch(folded, *found.span()):
            parts += [folded[place : found.start()], "\0" * len(found[0])]
            place = found.end()
    return "".join([*parts, folded[place:]])


def is_joiner(between: str) -> bool:
    """Return whether the words between two names only join them.

    "And by the ambassador of" joins too: it begins with "and" and names an office.
    """
    bare = fold_words(between).strip(" ,،、'*†‡§")
    if JOINER.fullmatch(bare):
        return True
    folded = fold(between)
    joined = AND_NEXT.match(folded)
    return joined is not None and bool(_OF_OFFICE.fullmatch(folded[joined.end() :].strip()))
