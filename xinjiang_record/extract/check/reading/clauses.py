"""Find the clause of a sentence that a place is in, where its side or topic may be another."""

from __future__ import annotations

import re

from xinjiang_record.extract.languages.context_words import either
from xinjiang_record.extract.languages.list_words import fold

_RELATIVE = re.compile(rf",\s*(?:{either('clause_begins')})(?!\w)", re.IGNORECASE)
_DEFINING = re.compile(rf"\s(?:{either('relatives_without_comma')})\s", re.IGNORECASE)
# "..., and 37 answered": a clause with a number of its own.
_COUNTED = re.compile(rf"[,،]\s*(?:{either('clause_and')})\s*[0-9]{{1,3}}(?![\w.,:])")


def clause_at(text: str, at: int) -> str:
    """Return the text between the commas around a place, if there is a relative clause."""
    if not _RELATIVE.search(text):
        return text
    low = max(text.rfind(",", 0, at), 0)
    high = text.find(",", at)
    return text[low : high if high >= 0 else len(text)]


def counted_clause(text: str, at: int) -> str | None:
    """Return the clause of a place where "..., and 37 answered" begins one; None without such."""
    marks = [found.start() for found in _COUNTED.finditer(fold(text))]
    if not marks:
        return None
    low = max((mark for mark in marks if mark <= at), default=0)
    high = min((mark for mark in marks if mark > at), default=len(text))
    return text[low:high]


def without_relative(text: str, at: int) -> str:
    """Return a sentence without its relative clause, unless the place is in that clause."""
    found = _RELATIVE.search(text)
    if found is None:
        return text
    high = text.find(",", found.end())
    high = high if high >= 0 else len(text)
    return text if found.start() <= at < high else text[: found.start()] + text[high:]


def has_relative(text: str, low: int, high: int) -> bool:
    """Return whether a clause of its own begins between two places."""
    return bool(_RELATIVE.search(text, low, high))


def has_defining_clause(text: str, low: int, high: int) -> bool:
    """Return whether a clause that says which ones begins between two places, with a comma or not.

    So in "no state that abstained" and "the reasons that Japan gave".
    """
    return bool(_DEFINING.search(text, low, high)) or has_relative(text, low, high)
