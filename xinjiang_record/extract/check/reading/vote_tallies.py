"""Read the counts of a vote: "19 votes to 17, with 11 abstentions", "17 in favour, 19 against"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from xinjiang_record.extract.check.reading.claim_words import ClaimWords
from xinjiang_record.extract.figures.numbers import Number
from xinjiang_record.extract.languages.context_words import compiled, either

VOTE_KINDS = ("voted_yes", "voted_no", "abstained")
MOST_VOTES = 700
MOST_MARGIN = 40
NEAR_RESULT = 32  # letters around the numbers of a vote in which its result is said
# What may be between a number and the word for its side.
_FILLER = rf"(?:(?:{either('tally_fillers')}) )?"
_BALLOT = rf"\s*(?:{either('ballots')})?\s*"
_STATES = re.compile(rf"\s*(?:{either('ballots')})\s")
_TO = rf"\s*(?:{either('tally_ballots')})?\s*(?:{either('tally_to')}|[-–—:])\s*"


@dataclass(frozen=True, slots=True)
class Tally:
    """Hold the counts of a vote; a pair whose sides no word names is ``unordered``."""

    start: int
    end: int
    yes: int | None
    no: int | None
    abstained: int | None
    unordered: tuple[int, int] | None
    printed: str
    used: tuple[tuple[int, int], ...] = ()


_ONE = re.compile(rf"{_TO}(?P<one>{either('tally_one')})(?!\w)")


def read_tally(text: str, folded: str, found: list[Number], words: ClaimWords) -> Tally | None:
    """Return the counts of a vote: each number belongs to the side whose word is next to it."""
    small = [
        number
        for number in found
        if number.value.denominator == 1
        and number.value <= MOST_VOTES
        and not re.match(r"[0-9]{4}", text[number.start : number.end])
    ]
    for first in tuple(small):
        one = _ONE.match(folded, first.end)
        if one and not any(item.start == one.start("one") for item in small):
            small.append(replace(first, value=Fraction(1), start=one.start("one"), end=one.end()))
    small.sort(key=lambda item: item.start)
    pair = _pair(text, folded, small, words)
    sides: dict[str, Number] = {}
    for kind in VOTE_KINDS:
        number = _labelled(text, folded, small, words, kind, {*sides.values(), *(pair or ())})
        if number is not None:
            sides[kind] = number
    used = [*sides.values(), *(pair or ())]
    if len(used) < 2 and not sides:
        return None
    if len(used) < 2 and "abstained" not in sides and not pair and not _is_of_states(folded, used):
        return None
    start, end = min(n.start for n in used), max(n.end for n in used)
    return Tally(
        start,
        end,
        _int(sides.get("voted_yes")),
        _int(sides.get("voted_no")),
        _int(sides.get("abstained")),
        (int(pair[0].value), int(pair[1].value)) if pair else None,
        text[start:end],
        tuple((number.start, number.end) for number in used),
    )


_MARGIN = re.compile(rf"(?<!\w)(?:{either('margin_by')})\s+(?:{either('margin_of')}\s+)?$")


def read_margin(text: str, folded: str, found: list[Number]) -> tuple[int, int, int] | None:
    """Return the number of "failed by two votes" with its place."""
    for number in found:
        behind = compiled(rf"\s+(?:{either('ballots')})(?!\w)").match(folded[number.end :])
        is_small = number.value.denominator == 1 and 1 <= number.value <= MOST_MARGIN
        if is_small and behind and _MARGIN.search(folded[: number.start]):
            return int(number.value), number.start, number.end
    return None


def _is_of_states(folded: str, used: list[Number]) -> bool:
    """Return whether the one number of a vote is right before "members" or "states"."""
    return any(_STATES.match(folded, number.end) for number in used)


def _int(number: Number | None) -> int | None:
    return None if number is None else int(number.value)


def _labelled(
    text: str,
    folded: str,
    found: list[Number],
    words: ClaimWords,
    kind: str,
    taken: set[Number],
) -> Number | None:
    """Return the number next to a word of one side: "17 in favour", "11 abstentions"."""
    pattern = f"(?:{words.cues[kind].pattern}|{words.short_votes[kind].pattern})"
    for number in found:
        if number in taken:
            continue
        if compiled(rf"{_BALLOT}{_FILLER}{pattern}").match(folded, number.end):
            return number
    for number in found:
        if number in taken:
            continue
        if compiled(rf"{pattern}{_BALLOT}[:：(（]?\s*$").search(
            folded[max(0, number.start - 32) : number.start]
        ):
            return number
    return None


def _pair(
    text: str, folded: str, left: list[Number], words: ClaimWords
) -> tuple[Number, Number] | None:
    """Return the two numbers of "by 19 votes to 17", "19-17", "19 zu 17 Stimmen"."""
    for first, second in pairwise(left):
        between = folded[first.end : second.start]
        if len(between) > 24 or re.search(r"[.;]", between):
            continue
        around = folded[max(0, first.start - 20) : second.end + 20]
        if compiled(_TO).fullmatch(between) and (
            words["votes"].search(around)
            or words.lists.words["vote"].search(around)
            or re.search(r"[-–—]", between)
        ):
            return first, second
    return None


def outcome_of_words(folded: str, tally: Tally, words: ClaimWords) -> str | None:
    """Return the result of "voted 19-17 against a debate": the word that no number is next to.

    "Voted 266 to 0 to recognise a genocide against Uyghurs" is none: the word is far.
    """
    before = folded[max(0, tally.start - NEAR_RESULT) : tally.start]
    rest = f"{before} {folded[tally.end : tally.end + NEAR_RESULT]}"
    found = {
        result
        for name, result in (("against", "rejected"), ("in_favour", "adopted"))
        if words[name].search(rest)
    }
    return found.pop() if len(found) == 1 else None
