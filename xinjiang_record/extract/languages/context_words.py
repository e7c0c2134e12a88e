"""Join the words of ``[context]`` of all languages, and keep the patterns made of words."""

from __future__ import annotations

import re
from functools import cache

from xinjiang_record.extract.languages.load_language import language_codes, load_language


@cache
def group_words(group: str) -> tuple[str, ...]:
    """Return a group of words in all languages, the longest first."""
    found = {
        word
        for code in language_codes()
        for word in load_language(code).get("context", {}).get(group, ())
    }
    if not found:
        raise KeyError(f"no language has [context] {group}")
    return tuple(sorted(found, key=lambda word: (-len(word), word)))


def either(group: str) -> str:
    """Return a group of words in all languages as alternatives of a pattern."""
    return "|".join(group_words(group))


@cache
def compiled(source: str) -> re.Pattern[str]:
    """Return the pattern of a source made of the words of a language; each is compiled once.

    There are more of them than ``re`` keeps.
    """
    return re.compile(source)


@cache
def any_case(source: str) -> re.Pattern[str]:
    """Return a pattern as ``compiled`` does, for letters of either case."""
    return re.compile(source, re.IGNORECASE)
