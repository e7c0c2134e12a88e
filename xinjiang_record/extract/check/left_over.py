"""Say what a sentence has and no claim covers, so that nothing agrees unread."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from xinjiang_record.extract.check.reading.claim_words import claim_words
from xinjiang_record.extract.check.reading.sentence_reading import Reading
from xinjiang_record.extract.check.verdict import Part, Verdict
from xinjiang_record.extract.figures.numbers import numbers, plain


@dataclass
class UsedPlaces:
    """Hold the places of a sentence that a claim covers."""

    dates: set[int] = field(default_factory=set)
    groups: set[int] = field(default_factory=set)
    only: bool = False
    publishers: bool = False


def not_understood(claim: str, why: str) -> Verdict:
    """Return the verdict on something that the sentence says and that is not checked."""
    shown = claim if len(claim) <= 80 else claim[:77] + "..."
    part = Part("text", shown, "not_understood", why)
    return Verdict(shown, "text", "not_understood", f"Not checked: {why}.", parts=(part,))


def left_over(reading: Reading, used: UsedPlaces) -> Iterator[Verdict]:
    """Yield what the sentence says and no claim covers."""
    for place, group in enumerate(reading.groups):
        codes = [code for code in group.codes if code != "CHN"]
        if place not in used.groups and (codes or not group.codes):
            names = ", ".join(item.name for item in group.states)
            yield not_understood(names, "what it did is not clear")
    for item in reading.dates:
        if item.start not in used.dates:
            yield not_understood(item.phrase, "which claim the date belongs to is not clear")
    for start, end in _free_numbers(reading):
        yield not_understood(reading.text[start:end], "what the number counts is not clear")
    if (
        (reading.is_only or reading.is_first or reading.region)
        and not used.only
        and not reading.figures
    ):
        yield not_understood("first, only or region", "it is not checked, or it was not read")
    if reading.publishers and not used.publishers:
        yield not_understood(reading.publishers[0][2], "who reported it is not checked")


def _free_numbers(reading: Reading) -> Iterator[tuple[int, int]]:
    covered = [(item.start, item.end) for item in reading.counts]
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
        if re.match(r"(?:st|nd|rd|th)\b", text[number.end :]):
            continue
        if number.value == 47 and reading.is_vote:
            continue
        yield number.start, number.end
