"""Say what a text is about: its topics, which side it takes, and whether it names China."""

from __future__ import annotations

import re

from xinjiang_record.extract.check.reading.claim_words import ClaimWords
from xinjiang_record.extract.languages.context_words import either
from xinjiang_record.extract.languages.list_words import fold
from xinjiang_record.extract.publishers import areas_in

NEAR = 56  # letters around a word of support in which what is supported is named
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
    is_critical = bool(words["critical"].search(folded))
    is_supportive = any(
        not _is_of_text(folded, found, words) for found in words["supportive"].finditer(folded)
    )
    if is_critical == is_supportive:
        return None
    return "critical" if is_critical else "supportive"


def _is_of_text(folded: str, found: re.Match[str], words: ClaimWords) -> bool:
    """Return whether the text is supported, and not China: "50 states supported the statement"."""
    near = folded[max(0, found.start() - NEAR) : found.end() + NEAR]
    is_text = bool(words["spoken"].search(near) or words["letter"].search(near))
    return is_text and not _CHINA.search(near)


def names_china(text: str) -> bool:
    """Return whether a text names China or its government."""
    return bool(_CHINA.search(fold(text)))
