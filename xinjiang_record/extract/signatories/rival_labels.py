"""Find a second label that may be the one of a list: then neither is sure."""

from __future__ import annotations

import re

from xinjiang_record.extract.languages.find_labels import MAX_NEUTRAL, Label, is_neutral
from xinjiang_record.extract.languages.list_words import (
    VOTES,
    fold,
    list_words,
    pattern_of_all,
)
from xinjiang_record.extract.languages.load_language import DEFAULT
from xinjiang_record.extract.name_lists.find_name_lists import NameList
from xinjiang_record.extract.signatories.list_regions import LabelRow, Regions
from xinjiang_record.extract.signatories.match_labels import Option

MAX_GOVERNED = 2  # words between a vote and the names that it may be the vote of
MAX_BETWEEN = 30  # letters between two labels of one list: "for and against"
_STOPS = ",;:()،、，"
_STOP = re.compile(f"[{_STOPS}]")
_AND = pattern_of_all("lists", "and")
_OTHERS = pattern_of_all("labels", "others")
_COUNT = re.compile(rf"[0-9]\s+(?:{pattern_of_all('lists', 'country_nouns').pattern})")


def has_rival(
    text: str,
    one: NameList,
    regions: Regions,
    row: LabelRow,
    option: Option,
    number: int | None,
    used: set[int],
) -> bool:
    """Return whether a label that no list takes may be that of this list.

    It is next to the label of the list ("for and against: A, B"), or a vote right on the other side
    of the list ("against voted A and B abstained"). ``number`` is what the label gives the list,
    and ``used`` are the labels that lists take.
    """
    if one.form == "brackets":
        return False
    label, region = row.labels[option.label], regions.start(one)

    def rivals(places: range) -> list[Label]:
        others = [row.labels[place] for place in places if place not in used]
        return [other for other in others if other.kind != label.kind]

    if option.form == "before" and number != one.size:
        before = rivals(row.ending(region, label.start - MAX_BETWEEN, label.start))
        if any(_is_coordinated(text[other.end : label.start]) for other in before):
            return True
    if list_words(label.language or DEFAULT).is_verb_final:
        return False
    if option.form == "after":
        behind = rivals(row.beginning(label.end, label.end + MAX_BETWEEN, regions.end(one)))
        if any(_is_paired(text[label.end : other.start]) for other in behind):
            return True
        governed = row.ending(region, _governed_from(text, region, one.start), one.start)
        return any(other.kind in VOTES for other in rivals(governed))
    following = row.beginning(one.end, one.end + MAX_NEUTRAL, regions.end(one))
    return any(
        other.kind in VOTES and _follows(text[one.end : other.start]) for other in rivals(following)
    )


def _is_coordinated(between: str) -> bool:
    """Return whether nothing is between two labels: "for and against". A count of states is."""
    if ":" in between or not is_neutral(between) or len(between) > MAX_BETWEEN:
        return False
    return not _COUNT.search(fold(between))


def _is_paired(between: str) -> bool:
    """Return whether only "and" or "or" is between two labels: "voted for and against"."""
    return bool(_AND.fullmatch(fold(between).strip()))


def _governed_from(text: str, start: int, end: int) -> int:
    """Return from where on few words, and no mark that parts, are before a list.

    A vote that ends there or behind it may be the vote of the names.
    """
    words = text[start:end].rsplit(None, MAX_GOVERNED)
    if len(words) > MAX_GOVERNED:
        start += len(words[0])
    return max([start, *(text.rfind(sign, start, end) + 1 for sign in _STOPS)])


def _follows(between: str) -> bool:
    """Return whether nothing parts names from the vote behind them."""
    return not _STOP.search(between) and is_neutral(between) and not _OTHERS.search(fold(between))
