"""Find the words that keep a claim from being read as a plain fact.

A denial that belongs to no act, a condition, and words such as "every" that speak of no state by
name: what they say is not compared, so the claims next to them are not either.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from xinjiang_record.extract.check.reading.act_cues import FAR_END, FAR_NOUN, Cue
from xinjiang_record.extract.check.reading.claim_words import ClaimWords
from xinjiang_record.extract.dates import DateFound
from xinjiang_record.extract.languages.context_words import either
from xinjiang_record.extract.languages.writing import writing

_CLAUSE_END = re.compile(rf"[,;:()]|(?<![0-9])\.|\s(?:{either('act_and')})(?!\w)")
_SIDE_VERB = re.compile(either("side_verbs"))
_WITHOUT = re.compile(either("without"))
_AUXILIARY = re.compile(rf"\s*(?:(?:{either('auxiliaries_after_all')})\s+)?")


def open_negations(
    folded: str, cues: Iterable[Cue], numbers: Iterable[tuple[int, int]], words: ClaimWords
) -> list[int]:
    """Return the places of the words that deny something, and belong to no act that is read.

    "Not 50 countries but 47": what it denies is not clear. In Chinese, where such a word may be
    part of another one, and the like, only the longer words of ``denying`` count.

    Args:
        folded: The sentence in small letters.
        cues: The words of acts, some of which are denied.
        numbers: Where numbers are, with their qualifiers: "not fewer than 20" denies nothing.
        words: The words of its language.
    """
    negation = words.lists.words.get("negations")
    is_apart = negation is not None and writing(words.code).script in ("Latn", "Cyrl")
    patterns = (words["denying"], *([negation] if negation is not None and is_apart else []))
    taken = [
        (cue.start - FAR_NOUN, cue.end + FAR_END) if cue.is_negated else (cue.start, cue.end)
        for cue in cues
        if cue.is_negated or cue.kind in ("not_signed", "stayed", "still", "withdrew")
    ] + list(numbers)
    return [
        found.start()
        for pattern in patterns
        for found in pattern.finditer(folded)
        if not _WITHOUT.fullmatch(found[0])
        and not words["nor"].fullmatch(found[0])  # of a group, or a word such as "none"
        and not any(low <= found.start() < high for low, high in taken)
    ]


def is_in_clause(folded: str, places: Iterable[int], start: int, end: int) -> bool:
    """Return whether one of these places is in the clause of a claim, or between its words."""
    low, high = _clause(folded, start, end)
    return any(low <= at < high for at in places)


def clause_around(folded: str, start: int, end: int) -> str:
    """Return the clause of a claim: from comma to comma, or to "and"."""
    low, high = _clause(folded, start, end)
    return folded[low:high]


def _clause(folded: str, start: int, end: int) -> tuple[int, int]:
    ends = _clause_ends(folded)
    low, high = bisect_left(ends, start), bisect_left(ends, end)
    return ends[low - 1] if low else 0, ends[high] if high < len(ends) else len(folded)


@lru_cache(maxsize=256)
def _clause_ends(folded: str) -> tuple[int, ...]:
    return tuple(found.start() for found in _CLAUSE_END.finditer(folded))


def is_quantified(folded: str, groups: Sequence[tuple[int, int]], words: ClaimWords) -> bool:
    """Return whether a word such as "every" speaks of states that are not named.

    "A, B and C all signed" and "neither A nor B" name them; "in all" counts.

    Args:
        folded: The sentence in small letters.
        groups: Where states are named in a row.
        words: The words of its language.
    """
    return any(
        not _is_of_names(folded, found, groups, words)
        for found in words["quantifiers"].finditer(folded)
    )


def _is_of_names(
    folded: str, found: re.Match[str], groups: Sequence[tuple[int, int]], words: ClaimWords
) -> bool:
    if words["in_all"].match(folded, max(0, found.start() - 3)):
        return True
    if words["nor"].fullmatch(found[0]):
        return any(start - 12 <= found.start() < end for start, end in groups)
    if words["both"].fullmatch(found[0]) and any(s - 8 <= found.end() <= s for s, _ in groups):
        return True
    return any(
        end <= found.start() and _AUXILIARY.fullmatch(folded, end, found.start())
        for _, end in groups
    )


def unreal_words(
    folded: str, words: ClaimWords, dates: Iterable[DateFound]
) -> Iterator[re.Match[str]]:
    """Yield the words for what could or will be done, without those that only name a side.

    "May" in a date is a month.
    """
    pattern = words.lists.words.get("unreal")
    if pattern is None:
        return
    for found in pattern.finditer(folded):
        if any(item.start <= found.start() < item.end for item in dates):
            continue
        is_side = any(words[s].match(folded, found.start()) for s in ("critical", "supportive"))
        if len(found[0]) > 2 and not is_side and not _SIDE_VERB.match(found[0]):
            yield found
