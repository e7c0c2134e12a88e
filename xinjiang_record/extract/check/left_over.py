"""Say what a sentence has and no claim covers, so that nothing agrees unread."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from xinjiang_record.extract.check.reading.claim_numbers import RATE_BASES, is_rate_base
from xinjiang_record.extract.check.reading.claim_words import claim_words
from xinjiang_record.extract.check.reading.sentence_reading import Reading
from xinjiang_record.extract.check.record_tables import VOTES
from xinjiang_record.extract.check.verdict import Part, Verdict
from xinjiang_record.extract.figures.numbers import numbers, plain
from xinjiang_record.extract.languages.context_words import either
from xinjiang_record.extract.languages.list_words import fold

IN_DOUBT = "what a word such as 'not' denies is not clear"
_ORDINAL = re.compile(rf"(?:{either('ordinal_endings')})\b")


NEAR_ORDER = 12  # letters between "before" and the date that it is about
AT_HEAD = 6  # letters at the head of a sentence, where its subject is
# Words that no claim covers, and why what they say is not compared.
_NOT_COMPARED = {
    "european_union": "whether it was of the Union itself is not compared",
    "geneva": "where it was is not compared",
    "new_york": "where it was is not compared",
    "other_place": "where it was is not compared",
    "last_one": "whether it was the last is not compared",
    "other_body": "whether it was there is not compared",
    "record_size": "how it compares with all others is not compared",
    "genocide": "whether the text says so is not compared",
    "humanity": "whether the text says so is not compared",
}
_MEET_IN = {
    "geneva": frozenset({"hrc"}),
    "new_york": frozenset({"third_committee", "general_assembly"}),
}
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
    ordinals: bool = False
    orders: set[int] = field(default_factory=set)
    not_led: bool = False  # whether an act says who did not lead
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
    for name, why in _NOT_COMPARED.items():
        found = reading.words[name].search(fold(reading.text))
        if reading.bodies and reading.bodies <= _MEET_IN.get(name, frozenset()):
            continue
        if name == "other_body" and found and (reading.bodies or found.start() < AT_HEAD):
            continue  # its own place is said too, or the body is who acts
        if name == "european_union" and found and _is_of_members(reading, found):
            continue
        if found and _has_claim(reading):
            yield not_understood(reading.text[found.start() : found.end()], why, found.span())
    yield from _unread_order(reading, used)
    for ordinal in reading.ordinals:
        if _has_claim(reading) and not used.ordinals:
            why = "which of several it was is not compared"
            at = (ordinal.start, ordinal.end)
            yield not_understood(reading.text[at[0] : at[1]], why, at)
    for cue in reading.cues:
        if cue.is_negated and cue.kind in ("led", "led_by") and not used.not_led:
            why = "who did not lead or read it is not clear"
            yield not_understood(reading.text[cue.start : cue.end], why, (cue.start, cue.end))
    if reading.publishers and not used.publishers:
        start, end, name = reading.publishers[0]
        yield not_understood(name, "who reported it is not checked", (start, end))


def _is_of_members(reading: Reading, found: re.Match[str]) -> bool:
    """Return whether the members of the European Union are meant, whom a claim covers."""
    if reading.scope or reading.only or reading.first:
        return True
    near = fold(reading.text)[max(0, found.start() - NEAR_ORDER) : found.end() + NEAR_ORDER]
    return bool(reading.words.lists.words["country_nouns"].search(near))


def order_words(reading: Reading) -> list[tuple[re.Match[str], bool]]:
    """Return each "before" (True) and "after" (False) that is not right before a date."""
    folded = fold(reading.text)
    dated = {day.start - far for day in reading.dates for far in range(NEAR_ORDER + 1)}
    return [
        (found, name == "before")
        for name in ("before", "after")
        for found in reading.words[name].finditer(folded)
        if found.end() not in dated
    ]


def _unread_order(reading: Reading, used: UsedPlaces) -> Iterator[Verdict]:
    """Yield "before" and "after" of an act or a text whose order was not compared."""
    if all(cue.kind == "among" for cue in reading.cues):
        return
    for found, _ in order_words(reading):
        if found.start() not in used.orders:
            why = "which of the two was first is not compared"
            yield not_understood(reading.text[found.start() : found.end()], why, found.span())


def unread_figures(reading: Reading, used: UsedPlaces) -> Iterator[Verdict]:
    """Yield the figures of an act, such as sanctions, that were compared with nothing."""
    for figure in reading.figures:
        if not any(start < figure.end and figure.start < end for start, end in used.numbers):
            why = "what the number counts is not clear"
            yield not_understood(figure.phrase, why, (figure.start, figure.end))


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
        if number.value in RATE_BASES and is_rate_base(reading.text, number.start):
            continue
        if number.value == 47 and reading.is_vote:
            continue
        yield number.start, number.end


def _has_claim(reading: Reading) -> bool:
    """Return whether the sentence has a claim on a statement or vote."""
    is_parliament = bool(reading.words["parliament"].search(fold(reading.text)))
    return bool(reading.counts or reading.tally or reading.cues) and not is_parliament


def without_subject(reading: Reading) -> Iterator[Verdict]:
    """Yield what a clause says about the statement before without naming a state or its noun.

    "Both withdrew." or "A year later there were 61.": it is about states, but says not which.
    """
    for cue in reading.cues:
        if cue.kind in _LATE_ACTS or (cue.kind in ("signed", "not_signed") and reading.dates):
            yield not_understood(
                reading.text[cue.start : cue.end], "who did it is not clear", (cue.start, cue.end)
            )
    text = plain(reading.text)
    for start, end in _free_numbers(reading, UsedPlaces()):
        if _BARE.match(text, end):
            why = "what the number counts is not clear"
            yield not_understood(reading.text[start:end], why, (start, end))
