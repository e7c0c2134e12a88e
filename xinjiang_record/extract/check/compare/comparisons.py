"""Give verdicts on "more countries signed A than B": two statements, each of its own date and lead.

Nothing is compared unless both statements are identified by a date, a lead or a side, and the
sentence speaks of all their states: not of African ones, of those that withdrew, or of a vote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from xinjiang_record.extract.check.find_statement import is_near
from xinjiang_record.extract.check.left_over import UsedPlaces, not_understood
from xinjiang_record.extract.check.reading.claim_words import ClaimWords
from xinjiang_record.extract.check.reading.sentence_reading import Reading
from xinjiang_record.extract.check.reading.state_counts import MOST_STATES
from xinjiang_record.extract.check.record_tables import Record, Statement
from xinjiang_record.extract.check.verdict import Part, Verdict
from xinjiang_record.extract.check.verdict_text import links_of, shown
from xinjiang_record.extract.figures.numbers import numbers, plain
from xinjiang_record.extract.languages.list_words import fold

MOST_MARGIN = 80
NEAR_MARGIN = 16  # letters before "more" in which "seven" may be
_TEXTS = ("joint_statement", "letter")
_OTHER_ACTS = frozenset({"not_signed", "withdrew", "stayed", "voted_yes", "voted_no", "abstained"})
_PARTS_OF_STATES = ("european_union", "arab", "gulf", "muslim", "central_asia", "latin_america")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Hold what a sentence says of two numbers: which is greater, and where the second begins."""

    start: int
    end: int  # of the words that compare
    than: int
    is_more: bool
    margin: int | None


def read_comparison(reading: Reading) -> Comparison | None:
    """Return the comparison of a sentence; None where it has none of two numbers of states."""
    folded, words = fold(reading.text), reading.words
    for name in ("compare_more", "compare_fewer"):
        for found in words[name].finditer(folded):
            than = words["than"].search(folded, found.end())
            if than is None or re.match(r"\W*[0-9]", folded[than.end() :]):
                continue
            span = folded[max(0, found.start() - NEAR_MARGIN) : than.start()]
            noun = words.lists.words["country_nouns"].search(span)
            if noun is None:
                continue
            margin = _margin(reading, found.start(), than.start())
            return Comparison(
                found.start(), found.end(), than.start(), name == "compare_more", margin
            )
    return None


def _margin(reading: Reading, start: int, end: int) -> int | None:
    """Return the number next to "more": "seven more countries", "one signatory fewer"."""
    text = plain(reading.text)
    found = [
        number
        for number in numbers(text, reading.words.figure_code)
        if start - NEAR_MARGIN <= number.start < min(end, start + NEAR_MARGIN)
        and number.value.denominator == 1
        and 1 <= number.value <= MOST_MARGIN
        and not any(day.start <= number.start < day.end for day in reading.dates)
    ]
    one = re.search(
        rf"(?<!\w)(?:{reading.words['one_state'].pattern})\W", fold(text)[max(0, start - 16) : end]
    )
    values = {int(number.value) for number in found} | ({1} if one and not found else set())
    return values.pop() if len(values) == 1 else None


def check_comparisons(reading: Reading, record: Record, used: UsedPlaces) -> Iterator[Verdict]:
    """Yield the verdict on the numbers of two statements; one without a record: not compared."""
    said = read_comparison(reading)
    if said is None:
        yield from _check_growth(reading, record, used)
        return
    place = (said.start, said.end)
    claim = reading.text[said.start : said.end]
    both = _statements(reading, said, record)
    if both is None or _is_of_some(reading, said):
        why = "which two numbers are compared is not clear"
        yield not_understood(claim, why, place)
        return
    used.groups |= set(range(len(reading.groups)))
    used.dates |= {item.start for item in reading.dates}
    used.numbers.append((0, len(reading.text)))
    first, second = both
    numbers_of = (first.declared or first.named or 0, second.declared or second.named or 0)
    difference = numbers_of[0] - numbers_of[1] if said.is_more else numbers_of[1] - numbers_of[0]
    agrees = difference > 0 and said.margin in (None, difference)
    known = f"{numbers_of[0]} in {shown(first)}, {numbers_of[1]} in {shown(second)}"
    part = Part("comparison", claim, "agrees" if agrees else "disagrees", known)
    text = f"The comparison agrees: {known}." if agrees else f"It does not agree: {known}."
    yield Verdict(
        claim,
        "count",
        part.outcome,
        text,
        records=(first.statement_id, second.statement_id),
        parts=(part,),
        links=(*links_of(record, first)[:2], *links_of(record, second)[:1]),
        at=place,
    )


def _check_growth(reading: Reading, record: Record, used: UsedPlaces) -> Iterator[Verdict]:
    """Yield the verdict on "grew from 43 countries in October 2021 to 50 in October 2022"."""
    folded = fold(reading.text)
    ways = [name for name in ("rose", "fell") if reading.words[name].search(folded)]
    ends = _numbers_with_dates(reading)
    if len(ways) != 1 or len(ends) != 2 or reading.region or reading.is_vote:
        return
    if reading.open_negations or any(cue.kind in _OTHER_ACTS for cue in reading.cues):
        return
    found = [_statement_with(reading, record, number, day) for number, day in ends]
    first, second = found
    if first is None or second is None or first.side != second.side:
        return
    used.groups |= set(range(len(reading.groups)))
    used.dates |= {item.start for item in reading.dates}
    used.numbers.append((0, len(reading.text)))
    known = [item.declared or item.named or 0 for item in (first, second)]
    agrees = known == [number for number, _ in ends] and (known[1] > known[0]) == (ways == ["rose"])
    what = f"{known[0]} in {shown(first)}, {known[1]} in {shown(second)}"
    claim = f"from {ends[0][0]} to {ends[1][0]}"
    part = Part("comparison", claim, "agrees" if agrees else "disagrees", what)
    yield Verdict(
        claim,
        "count",
        part.outcome,
        f"The change agrees: {what}." if agrees else f"The change does not agree: {what}.",
        records=(first.statement_id, second.statement_id),
        parts=(part,),
        links=(*links_of(record, first)[:2], *links_of(record, second)[:1]),
        at=(0, len(reading.text.rstrip())),
    )


def _numbers_with_dates(reading: Reading) -> list[tuple[int, str]]:
    """Return the numbers of states of a sentence, each with the date right behind it.

    Nothing is returned where another number or date is in the sentence.
    """
    days = [item for item in reading.dates if item.edtf and "/" not in item.edtf]
    at = [
        number
        for number in numbers(plain(reading.text), reading.words.figure_code)
        if number.value.denominator == 1
        and MOST_STATES >= number.value > 1
        and not any(day.start <= number.start < day.end for day in reading.dates)
    ]
    if len(days) != len(reading.dates) or len(at) != len(days) or not reading.counts:
        return []
    places = [
        place for pair in zip(at, days, strict=True) for place in (pair[0].start, pair[1].start)
    ]
    if places != sorted(places):
        return []
    return [(int(number.value), day.edtf or "") for number, day in zip(at, days, strict=True)]


def _statement_with(reading: Reading, record: Record, number: int, day: str) -> Statement | None:
    """Return the statement of a date: the one with this number, or the only one."""
    fitting = [
        item
        for item in record.statements
        if item.kind in _TEXTS
        and reading.topics & item.topics
        and is_near(item.on, day, 0)
        and reading.side in (None, item.side)
    ]
    same = [item for item in fitting if number == item.declared]
    found = same or fitting
    return found[0] if len(found) == 1 else None


def _is_of_some(reading: Reading, said: Comparison) -> bool:
    """Return whether the sentence compares something else than all states of two texts."""
    folded, words = fold(reading.text), reading.words
    return bool(
        reading.region
        or reading.is_vote
        or reading.is_only
        or reading.is_first
        or any(not said.start - NEAR_MARGIN <= n.start < said.than for n in reading.counts)
        or reading.open_negations
        or reading.is_unreal
        or any(cue.is_negated or cue.kind in _OTHER_ACTS for cue in reading.cues)
        or any(words[name].search(folded) for name in _PARTS_OF_STATES)
    )


def _statements(
    reading: Reading, said: Comparison, record: Record
) -> tuple[Statement, Statement] | None:
    shared = [item.edtf for item in reading.dates if item.start < said.start]
    low = _dates(reading, said.end, said.than)
    high = _dates(reading, said.than, len(reading.text))
    before = 0 if not low and len(shared) == 1 else said.start
    if low and shared:
        return None
    leads = _leads(reading, before, said.than), _leads(reading, said.than, len(reading.text))
    found = []
    for dates, lead in zip((low or shared, high or shared), leads, strict=True):
        fitting = [
            item
            for item in record.statements
            if item.kind in _TEXTS
            and reading.topics & item.topics
            and "xinjiang" in item.topics | reading.topics
            and (dates or lead)
            and all(day and is_near(item.on, day, 0) for day in dates)
            and (not lead or lead <= item.lead_states)
            and (item.declared or (item.named and item.is_complete))
        ]
        if reading.side:
            fitting = [item for item in fitting if item.side == reading.side]
        if len(fitting) != 1:
            return None
        found.append(fitting[0])
    return (found[0], found[1]) if found[0] is not found[1] else None


def _dates(reading: Reading, low: int, high: int) -> list[str | None]:
    """Return the dates between two places; a year alone, as in "the 2019 British one", is one."""
    dates = [item.edtf for item in reading.dates if low <= item.start < high]
    taken = [(item.start, item.end) for item in reading.dates]
    for found in re.finditer(r"(?<![0-9])20[12][0-9](?![0-9])", reading.text[low:high]):
        at = low + found.start()
        if not any(start <= at < end for start, end in taken):
            dates.append(found[0])
    return dates


def _leads(reading: Reading, low: int, high: int) -> frozenset[str]:
    """Return the states that are named between two places, by name or adjective."""
    words: ClaimWords = reading.words
    part = fold(reading.text)[low:high]
    found = {
        code
        for group in reading.groups
        for state in group.states
        for code in (state.iso3,)
        if low <= state.start < high
    }
    found |= {iso3 for pattern, iso3 in words.lists.adjectives if pattern.search(part)}
    return frozenset(found - {"CHN", ""})
