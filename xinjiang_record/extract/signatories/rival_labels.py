"""Find a second label that may be the one of a list: then neither is sure."""

from __future__ import annotations

import re

from xinjiang_record.extract.languages.find_labels import Label, is_neutral
from xinjiang_record.extract.languages.list_words import (
    VOTES,
    fold,
    list_words,
    pattern_of_all,
)
from xinjiang_record.extract.languages.load_language import DEFAULT
from xinjiang_record.extract.name_lists.find_name_lists import NameList
from xinjiang_record.extract.signatories.match_labels import Option

MAX_GOVERNED = 2  # words between a vote and the names that it may be the vote of
MAX_BETWEEN = 30  # letters between two labels of one list: "for and against"
_STOP = re.compile("[,;:()،、，]")
_OTHERS = pattern_of_all("labels", "others")
_COUNT = re.compile(rf"[0-9]\s+(?:{pattern_of_all('lists', 'country_nouns').pattern})")


def region_start(sentence: tuple[int, int], one: NameList, lists: list[NameList]) -> int:
    """Return where the words before a list begin: behind the list before it, or the sentence."""
    return max([sentence[0], *(other.end for other in lists if other.end <= one.start)])


def has_rival(
    text: str,
    sentence: tuple[int, int],
    one: NameList,
    lists: list[NameList],
    labels: list[Label],
    option: Option,
    number: int | None,
    used: set[int],
) -> bool:
    """Return whether a label that no list takes may be that of this list.

    It is next to the label of the list ("for and against: A, B"), or a vote right on the other side
    of the list ("against voted A and B abstained"). ``number`` is what the label gives the list.
    """
    if one.form == "brackets":
        return False
    label, region = labels[option.label], region_start(sentence, one, lists)
    others = [
        other
        for place, other in enumerate(labels)
        if place not in used and other.kind != label.kind
    ]
    if option.form == "before" and number != one.size:
        before = [other for other in others if region <= other.start and other.end <= label.start]
        if any(_is_coordinated(text[other.end : label.start]) for other in before):
            return True
    if list_words(label.language or DEFAULT).is_verb_final:
        return False
    votes = [other for other in others if other.kind in VOTES]
    if option.form == "after":
        before = [other for other in votes if region <= other.start and other.end <= one.start]
        return any(_governs(text[other.end : one.start]) for other in before)
    following = min([sentence[1], *(other.start for other in lists if other.start >= one.end)])
    after = [other for other in votes if one.end <= other.start and other.end <= following]
    return any(_follows(text[one.end : other.start]) for other in after)


def _is_coordinated(between: str) -> bool:
    """Return whether nothing is between two labels: "for and against". A count of states is."""
    return is_neutral(between) and len(between) <= MAX_BETWEEN and not _COUNT.search(fold(between))


def _governs(between: str) -> bool:
    """Return whether few words are between a vote and the names that it may be the vote of."""
    return not _STOP.search(between) and len(between.split()) <= MAX_GOVERNED


def _follows(between: str) -> bool:
    """Return whether nothing parts names from the vote behind them."""
    return not _STOP.search(between) and is_neutral(between) and not _OTHERS.search(fold(between))
