"""Put the states that a sentence names in a row into groups: what one verb says of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from xinjiang_record.extract.check.reading.claim_words import ClaimWords
from xinjiang_record.extract.check.reading.state_mentions import StateMention
from xinjiang_record.extract.languages.context_words import compiled, either
from xinjiang_record.extract.languages.list_words import fold

_SEPARATORS = re.compile(r"[\s,،、;；:*†‡•()（）\-–—/\"“”]*")


@dataclass(frozen=True, slots=True)
class Group:
    """States that are named in a row."""

    start: int
    end: int
    states: tuple[StateMention, ...]
    is_denied: bool = False  # "neither A nor B"
    is_left_out: bool = False  # "unlike A", "but not A"
    is_but_not: bool = False  # "but not A": it did not do what those before it did

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the codes of the states, each once; a name of several states has none."""
        return tuple(dict.fromkeys(item.iso3 for item in self.states if item.iso3))


def group_states(text: str, mentions: list[StateMention], words: ClaimWords) -> Iterator[Group]:
    """Yield the groups of the states that a sentence names, from left to right."""
    joiners = words.lists.words.get("and")
    articles = words.lists.words.get("articles")
    current: list[StateMention] = []
    for mention in mentions:
        between = words["nor"].sub(" ", text[current[-1].end : mention.start]) if current else ""
        is_parted = len(current) == 1 and _is_left_out(text, current[0].start, words)
        if current and (is_parted or not _is_listed(between, joiners, articles)):
            yield _group(text, current, words)
            current = []
        current.append(mention)
    if current:
        yield _group(text, current, words)


def _group(text: str, states: list[StateMention], words: ClaimWords) -> Group:
    """Return states in a row, with whether "neither" or "ni" is before the first of them."""
    start, end = states[0].start, states[-1].end
    before = fold(text[max(0, start - 16) : start])
    near = [found for found in words["nor"].finditer(before) if len(before) - found.end() <= 5]
    is_denied = bool(near) and len(states) > 1
    is_left_out = _is_left_out(text, start, words)
    ends = [found.end() for found in _BUT_NOT.finditer(fold(text[max(0, start - 24) : start]))]
    is_but_not = is_left_out and bool(ends) and min(start, 24) - ends[-1] <= NEAR_BUT_NOT
    return Group(start, end, tuple(states), is_denied, is_left_out, is_but_not)


NEAR_BUT_NOT = 8  # letters between "but not" and the state: an article
_BUT_NOT = re.compile(rf"(?:\b(?:{either('but_not')})(?!\w))")


def _is_left_out(text: str, start: int, words: ClaimWords) -> bool:
    """Return whether "unlike", "instead of" or "but not" is right before a state."""
    before = fold(text[max(0, start - 24) : start])
    patterns = (words.lists.words.get("exceptions"), _BUT_NOT)
    ends = [m.end() for p in patterns if p is not None for m in p.finditer(before)]
    rest = before[max(ends) :] if ends else "?"
    return bool(compiled(rf"\s*(?:(?:{either('articles_after_by')})\s+)?").fullmatch(rest))


def _is_listed(
    between: str, joiners: re.Pattern[str] | None, articles: re.Pattern[str] | None
) -> bool:
    """Return whether only separators and words such as "and the" are between two names."""
    rest = fold(between)
    for pattern in (joiners, articles):
        if pattern is not None:
            rest = pattern.sub(" ", rest)
    rest = compiled(rf"(?:(?:{either('elided')})['’]?|{either('listed_articles')})(?!\w)|['’]").sub(
        " ", rest
    )
    return (
        len(between) <= 24
        and not re.search(r"[;；:()（）]", between)
        and bool(_SEPARATORS.fullmatch(rest))
    )
