"""Say what a text is about: its topics, which side it takes, and whether it names China."""

from __future__ import annotations

import re

from xinjiang_record.extract.check.reading.claim_words import ClaimWords
from xinjiang_record.extract.languages.context_words import either
from xinjiang_record.extract.languages.list_words import fold
from xinjiang_record.extract.publishers import areas_in

_CHINA = re.compile(either("china"))
_UYGHUR = re.compile(either("uyghurs"))


def topics_of(text: str, words: ClaimWords) -> frozenset[str]:
    """Return the topics of the record that a text names."""
    folded = fold(text)
    found = {name for name in ("hong_kong", "tibet") if words[name].search(folded)}
    is_about_it = bool(areas_in(text)) or bool(_UYGHUR.search(folded))
    return frozenset(found | ({"xinjiang"} if is_about_it else set()))


def side_of(text: str, words: ClaimWords) -> str | None:
    """Return the side that a text names; None if it names none or both."""
    folded = fold(text)
    found = {name for name in ("critical", "supportive") if words[name].search(folded)}
    return found.pop() if len(found) == 1 else None


def names_china(text: str) -> bool:
    """Return whether a text names China or its government."""
    return bool(_CHINA.search(fold(text)))
