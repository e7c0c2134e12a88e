"""Say what a sentence has and no claim covers, so that nothing agrees unread."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from xinjiang_record.extract.check.reading.claim_words import claim_words
from xinjiang_record.extract.check.reading.sentence_reading import Reading
from xinjiang_record.extract.check.record_tables import VOTES
from xinjiang_record.extract.check.verdict import Part, Verdict
from xinjiang_record.extract.figures.numbers import numbers, plain
from xinjiang_record.extract.languages.context_words import either

IN_DOUBT = "what a word such as 'not' denies is not clear"
_ORDINAL = re.compile(rf"(?:{either('ordinal_endings')})\b")


_LATE_ACTS = VOTES | {"withdrew", "joined", "stayed"}
_BARE = re.compile(rf"\s*(?:[.,;:!。，、)]|$|(?:{either('act_and')})(?!\w))")


@dataclass
class UsedPlaces:
    """Hold the places of a sentence that a claim covers."""

    dates: set[int] = field(default_factory=set)
    groups: set[int] = field(default_factory=set)
    numbers: list[tuple[int, int]] = field(default_factory=list)
    only: bool = False
    first: bool = False
    publishers: bool = False


def not_understood(claim: str, why: str, at: tuple[int, int] = (0, 0)) -> Verdict:
    """Return the verdict on something that the sentence says and that is not checked."""
    shown = claim if len(claim) <= 80 else claim[:77] + "..."
    part = Part("text", shown, "not_understood", why)
    return Verdict(shown, "text", "not_understood", f"Not checked: {why}.", parts=(part,), at=at)


def left_over(reading: Reading, used: UsedPlaces) -> Iterator[Verdict]:
    """Yield what the sentence says and no claim covers."""
    for place, group in enumerate(reading.groups):
        codes = [code for code in group.codes if code != "CHN"]
        if place not in used.groups and (codes or not group.codes):
            names = ", ".join(item.name for item in group.states)
            yield not_understood(names, "what it did is not clear", (group.start, group.end))
    for item in reading.dates:
        if item.start not in used.dates:
            why = "which claim the date belongs to is not clear"
            yield not_understood(item.phrase, why, (item.start, item.end))
    for start, end in _free_numbers(reading, used):
        why = "what the number counts is not clear"
        yield not_understood(reading.text[start:end], why, (start, end))
    is_open = (reading.is_only and not used.only) or (reading.is_first and not used.first)
    is_region = reading.region and not (used.only or used.first)
    if (is_open or is_region) and not reading.figures:
        yield not_understood("first, only or region", "it is not checked, or it was not read")
    if reading.publishers and not used.publishers:
        start, end, name = reading.publishers[0]
        yield not_understood(name, "who reported it is not checked", (start, end))


def _free_numbers(reading: Reading, used: UsedPlaces) -> Iterator[tuple[int, int]]:
    covered = [*used.numbers]
    covered += [(item.start, item.end) for item in reading.counts]
    covered += [(item.start, item.end) for item in reading.figures]
    covered += [(item.start, item.end) for item in reading.dates]
    covered += [(start, end) for start, end, _ in reading.publishers]
    if reading.tally:
        covered += reading.tally.used
    text = plain(reading.text)
    for number in numbers(text, claim_words(reading.code).figure_code):
        printed = text[number.start : number.end]
        if number.value < 2 and not printed.isdecimal():
            continue
        if any(start < number.end and number.start < end for start, end in covered):
            continue
        if re.search(r"[A-Za-z]/|/$", text[max(0, number.start - 4) : number.start]):
            continue
        if reading.session and printed == reading.session:
            continue
        if _ORDINAL.match(text, number.end):
            continue
        if number.value == 47 and reading.is_vote:
            continue
        yield number.start, number.end


def without_subject(reading: Reading) -> Iterator[Verdict]:
    """Yield what a clause says about the statement before without naming a state or its noun.

    "Both withdrew." or "A year later there were 61.": it is about states, but says not which.
    """
    for cue in reading.cues:
        if cue.kind in _LATE_ACTS:
            yield not_understood(
                reading.text[cue.start : cue.end], "who did it is not clear", (cue.start, cue.end)
            )
    text = plain(reading.text)
    for start, end in _free_numbers(reading, UsedPlaces()):
        if _BARE.match(text, end):
            why = "what the number counts is not clear"
            yield not_understood(reading.text[start:end], why, (start, end))
