"""Read the counts of a vote: "17 in favour, 19 against", "19-17 with 11 abstentions".

A number belongs to a side only when a word says so. Bare numbers ("17-19-11") are never read by
their place: outlets print the winning side first, or the noes first when a motion fails. They are
kept, unlabelled.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from xinjiang_record.extract.figures.numbers import plain
from xinjiang_record.extract.languages.context_words import either

_VOTES = rf"(?:(?:{either('vote_nouns')})\s+)?"
_SIDES = {
    "votes_for": rf"{_VOTES}(?:{either('votes_for')})",
    "votes_against": rf"{_VOTES}(?:{either('votes_against')})",
    "votes_abstained": rf"(?:{either('votes_abstained')})",
}
_AFTER = {
    side: re.compile(
        rf"(?P<n>\d{{1,3}})\s*(?:{either('voter_nouns')})?\s*(?:{words})(?!\w)",
        re.IGNORECASE,
    )
    for side, words in _SIDES.items()
}
_BEFORE = {
    side: re.compile(rf"(?<!\w)(?:{words})\s*[:：(（]?\s*(?P<n>\d{{1,3}})(?!\d|-\d)", re.IGNORECASE)
    for side, words in _SIDES.items()
}
_BARE = re.compile(r"(?<![\d-])(\d{1,3})\s*[-–—]\s*(\d{1,3})(?:\s*[-–—]\s*(\d{1,3}))?(?![\d-])")
_OF = re.compile(rf"(?<!\d)(\d{{1,3}})\s+(?:{either('out_of')})\s+(\d{{2,3}})(?!\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class VoteCounts:
    """Hold the numbers of one vote; None where no word says.

    ``unlabelled``: as printed, in their order. ``of``: the size of the body.
    """

    votes_for: int | None = None
    votes_against: int | None = None
    votes_abstained: int | None = None
    unlabelled: tuple[int, ...] = ()
    of: int | None = None


def read_votes(text: str) -> VoteCounts | None:
    """Return the counts that a sentence gives, or None when it gives none."""
    text = plain(text)
    sides = {side: _labelled(text, side) for side in _SIDES}
    bare = _BARE.search(text)
    share = _OF.search(text)
    unlabelled = (
        tuple(int(part) for part in bare.groups() if part)
        if bare
        else (int(share[1]),)
        if share
        else ()
    )
    if not unlabelled and all(value is None for value in sides.values()):
        return None
    return VoteCounts(**sides, unlabelled=unlabelled, of=int(share[2]) if share else None)


def _labelled(text: str, side: str) -> int | None:
    found = _AFTER[side].search(text) or _BEFORE[side].search(text)
    return int(found["n"]) if found else None
