"""Read the numbers of states in a sentence: "22 countries", "another 13 states", "38 others"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from xinjiang_record.extract.check.reading.claim_words import ClaimWords
from xinjiang_record.extract.figures.numbers import Number
from xinjiang_record.extract.figures.qualifiers import qualifier_after, qualifier_before
from xinjiang_record.extract.languages.context_words import compiled, either
from xinjiang_record.extract.languages.writing import writing

MOST_STATES = 195
_TIMES = re.compile(rf"[\s-]*(?:{either('times_more')})")


@dataclass(frozen=True, slots=True)
class StateCount:
    """Hold a number of states. ``role``: total, others (the lead left out), more (who joined)."""

    start: int
    end: int
    value: int
    qualifier: str
    role: str
    printed: str
    number_end: int = 0
    added: int = 1  # states that are named next to "38 others"


def read_counts(
    text: str,
    folded: str,
    found: list[Number],
    words: ClaimWords,
    taken: list[tuple[int, int]],
    *,
    has_text: bool,
    is_joined: bool,
) -> Iterator[StateCount]:
    """Yield "22 countries", "another 13 states", "38 other countries", "39개국".

    Args:
        text: The sentence.
        folded: The sentence in small letters.
        found: All numbers of the sentence.
        words: The words of its language.
        taken: Places that are dates, or counts of votes.
        has_text: Whether the sentence is about a letter, statement or vote.
        is_joined: Whether the sentence says that states joined.
    """
    names = (words.lists.words["country_nouns"].pattern, words["signatures"].pattern)
    nouns = compiled("|".join(f"(?:{name})" for name in names))
    for number in found:
        if number.value.denominator != 1 or not 2 <= number.value <= MOST_STATES:
            continue
        if any(start <= number.start < end for start, end in taken):
            continue
        before = text[max(0, number.start - 1) : number.start]
        if before.isascii() and before.isalpha():
            continue  # "the G7"
        if _TIMES.match(folded, number.end):
            continue  # "three times as many countries"
        noun = _noun_after(folded, number, nouns, words)
        others = compiled(rf"\s*(?:{words['other'].pattern})").match(folded, number.end)
        if noun is None and not (others and has_text):
            continue
        end = noun if noun is not None else (others.end() if others else number.end)
        role = _role(folded, number, end, words, is_joined)
        qualifier, start = qualifier_before(text, number.start, words.figure_code)
        if qualifier == "exact":
            qualifier = qualifier_after(text, number.end, words.figure_code)[0] or qualifier
        yield StateCount(
            start, end, int(number.value), qualifier, role, text[start:end].strip(), number.end
        )


def _role(folded: str, number: Number, end: int, words: ClaimWords, is_joined: bool) -> str:
    """Return whether a number of states is the total, that of the others, or of those added."""
    inside, behind = folded[number.end : end], folded[end : end + 12]
    before = folded[: number.start]
    other, more = words["other"].pattern, words["more"].pattern
    joiner = words.lists.words["and"].pattern
    is_other = bool(words["other"].search(inside) or compiled(rf"\s*(?:{other})").match(behind))
    if compiled(rf"(?:{joiner})\s*(?:{other})\s*$").search(before):
        return "others"
    if compiled(rf"(?:{more})\s*$").search(before):
        return "more"
    if words["more"].search(inside) and (is_joined or not is_other):
        return "more"
    return "others" if is_other else "total"


def _noun_after(
    folded: str, number: Number, nouns: re.Pattern[str], words: ClaimWords
) -> int | None:
    """Return where the noun "countries" after a number ends, or None."""
    window = folded[number.end : number.end + 60]
    gap = (
        rf"\s*(?:{either('counters')}|{either('more_signs')}|\s)*"
        if writing(words.code).is_glued
        else r"\W{0,3}(?:[^\W\d]+[\s-]+){0,3}?"
    )
    if writing(words.code).is_unspaced:
        states = rf"{gap}(?:{either('member_nouns')})?(?:{either('state_signs')})"
        found = compiled(states).match(window)
        return number.end + found.end() if found else None
    found = compiled(rf"{gap}(?:{nouns.pattern})").match(window)
    if not found:
        return None
    return number.end + found.end()
