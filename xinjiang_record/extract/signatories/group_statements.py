"""Group lists into statements and votes, and find where the next one begins.

A vote ends where a group of the same kind comes again after another one, where a state would be
on two sides, where a new count of votes, a new heading or another draft symbol comes. Lists of
signatories belong together where the same heading, or prose about the same text, holds them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from xinjiang_record.extract.languages.context_words import either
from xinjiang_record.extract.languages.list_words import VOTES, fold, pattern_of_all
from xinjiang_record.extract.name_lists.document_text import HEADINGS, DocumentText
from xinjiang_record.extract.signatories.declared_count import declared_count
from xinjiang_record.extract.signatories.judge_events import JudgedList
from xinjiang_record.extract.signatories.vote_counts import read_votes

SYMBOL = re.compile(
    r"\bA/[A-Z0-9.]+(?:/[A-Z0-9.]+)*/(?:L\.|RES/|DEC/)?[0-9]+(?:/[0-9]+)*(?:/Rev\.[0-9])?"
)
NEAR = 200  # letters between two lists of signatories that may be one list
_SAME = ("joined", "withdrew")
_SIDES = {*VOTES, "sponsored"}


@dataclass(slots=True)
class Draft:
    """Hold the lists of one statement, and what they say together."""

    lists: list[JudgedList] = field(default_factory=list)
    symbol: str = ""
    counts: tuple[object, ...] = ()
    _codes: dict[str, set[str]] = field(default_factory=dict)  # by event
    _apart: list[JudgedList] = field(default_factory=list)
    _apart_events: set[str | None] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Read the first lists."""
        lists, self.lists = self.lists, []
        for judged in lists:
            self.add(judged)

    def add(self, judged: JudgedList) -> None:
        """Add a list to the statement."""
        self.lists.append(judged)
        for one in judged.entries:
            if one.event:
                codes = self._codes.setdefault(one.event, set())
                codes.update([one.entry.match.iso3] if one.entry.match.iso3 else [])
        if _is_apart(judged):
            self._apart.append(judged)
            self._apart_events.add(judged.event)

    def events(self) -> set[str]:
        """Return the events of the lists."""
        return set(self._codes)

    def codes(self, event: str | None = None) -> set[str]:
        """Return the codes that have an event, or this event."""
        if event is not None:
            return self._codes.get(event, set())
        return set().union(*self._codes.values())

    @property
    def last_apart(self) -> JudgedList | None:
        """Return the last group that is apart from prose; None where all are mentions in it."""
        return self._apart[-1] if self._apart else None

    def has_apart(self, event: str | None) -> bool:
        """Return whether a group with an event is apart from prose."""
        return event in self._apart_events


def group_lists(text: DocumentText, lists: Sequence[JudgedList]) -> list[Draft]:
    """Return the statements that labelled lists make, in the order of the document."""
    drafts: list[Draft] = []
    counts_of: dict[tuple[int, int], tuple[object, ...]] = {}
    for judged in lists:
        sentence = judged.names.sentence
        if sentence not in counts_of:
            counts_of[sentence] = _counts_of(text.text[sentence[0] : sentence[1]])
        symbol, counts = _symbol_before(text, judged), counts_of[sentence]
        last = drafts[-1] if drafts else None
        if last is not None and _belongs(text, last, judged, symbol, counts):
            last.add(judged)
            last.symbol = last.symbol or symbol
            last.counts = last.counts or counts
        else:
            drafts.append(Draft([judged], symbol, counts))
    return drafts


def _symbol_before(text: DocumentText, judged: JudgedList) -> str:
    """Return the last draft symbol in the words before a list."""
    start = max(0, judged.names.start - 400)
    found = SYMBOL.findall(text.text[start : judged.names.start])
    return found[-1] if found else ""


def _counts_of(sentence: str) -> tuple[object, ...]:
    """Return the counts of two sides or more in a sentence, else nothing."""
    counts = read_votes(sentence)
    if counts is None:
        return ()
    sides = (counts.votes_for, counts.votes_against, counts.votes_abstained)
    return sides if sum(side is not None for side in sides) >= 2 else ()


def _belongs(
    text: DocumentText,
    last: Draft,
    judged: JudgedList,
    symbol: str,
    counts: tuple[object, ...],
) -> bool:
    events = {one.event for one in judged.entries if one.event}
    old = last.events()
    between = text.text[last.lists[-1].names.end : judged.names.start]
    if events <= set(_SAME):
        return not old & set(VOTES)
    if events & _SIDES or old & _SIDES:
        if not (events & _SIDES and old & _SIDES):
            return False
        return _is_same_vote(text, last, judged, symbol, counts, between)
    if "signed" in events and old <= set(_SAME):
        return True
    if ("aligned" in events) != ("aligned" in old):
        return False
    return _is_same_roster(text, last, judged, between)


def _is_same_vote(
    text: DocumentText,
    last: Draft,
    judged: JudgedList,
    symbol: str,
    counts: tuple[object, ...],
    between: str,
) -> bool:
    if symbol and last.symbol and symbol != last.symbol:
        return False
    if counts and last.counts and counts != last.counts:
        return False
    if judged.event is None:  # a roll call, one vote a line
        return _codes(judged).isdisjoint(last.codes())
    new, event = _codes(judged), judged.event
    for other in VOTES:
        if other != event and new & last.codes(other) and _is_apart(judged):
            return last.last_apart is None or _is_one_passage(text, last, judged)
    group = last.last_apart
    is_again = group is not None and last.has_apart(event) and group.event != event
    if is_again and _is_apart(judged):
        same = last.codes(event)
        if new == same:
            return True  # the same group again: another language, another copy
        is_new = _has_break(text, last.lists[-1], judged) or bool(new & last.codes())
        return not is_new
    return True


def _is_one_passage(text: DocumentText, last: Draft, judged: JudgedList) -> bool:
    """Return whether groups are right below each other: then a state can be in two of them."""
    if last.has_apart(judged.event):
        return False
    if judged.names.form == "brackets" and judged.names.sentence != last.lists[-1].names.sentence:
        return ":" in text.text[judged.names.sentence[0] : judged.names.start]
    return not _has_break(text, last.lists[-1], judged)


def _is_apart(judged: JudgedList) -> bool:
    return judged.names.form != "clause" or judged.names.size >= 3 or _is_labelled_line(judged)


def _is_labelled_line(judged: JudgedList) -> bool:
    return judged.tie is not None and judged.tie.form in ("heading", "before")


def _has_break(text: DocumentText, above: JudgedList, below: JudgedList) -> bool:
    """Return whether a heading or a paragraph of prose is between two lists."""
    first, last = text.paragraph_at(above.names.end), below.names.paragraph
    for number in range(first + 1, last):
        paragraph = text.paragraphs[number]
        words = text.text[paragraph.start : paragraph.end]
        if below.tie and paragraph.start <= below.tie.label.start < paragraph.end:
            continue
        if paragraph.kind in HEADINGS or len(words.split()) > 8:
            return True
    return False


def _codes(judged: JudgedList) -> set[str]:
    return {one.entry.match.iso3 for one in judged.entries if one.entry.match.iso3}


def _is_same_roster(text: DocumentText, last: Draft, judged: JudgedList, between: str) -> bool:
    old, new = last.codes(), _codes(judged)
    if new and len(old & new) * 5 >= len(new) * 4:
        return True  # the same list again: another language, another copy
    if old & new:
        return False
    if judged.tie and last.lists[-1].tie and judged.tie.label == last.lists[-1].tie.label:
        return True
    words = between
    if judged.tie and judged.tie.form == "heading":
        words = text.text[last.lists[-1].names.end : judged.tie.label.start]
    if declared_count(between) is not None or SYMBOL.search(between):
        return False
    if _CAMP.search(fold(between)) or _NUMBERED.search(fold(between)):
        return False
    above = last.lists[-1]
    if _has_break(text, above, judged) or _is_titled(text, above, judged):
        return False
    return len(words.strip()) < NEAR


def _is_titled(text: DocumentText, above: JudgedList, below: JudgedList) -> bool:
    """Return whether a line between two lists names a text of its own: "2. Statement on water"."""
    if below.tie is None or below.tie.form == "heading":
        return False
    first, last = text.paragraph_at(above.names.end), below.names.paragraph
    return any(
        _IS_TEXT.search(fold(text.text[paragraph.start : paragraph.end]))
        for paragraph in text.paragraphs[first + 1 : last]
        if not paragraph.start <= below.tie.label.start < paragraph.end
    )


_IS_TEXT = pattern_of_all("labels", "statement")
_TEXT = pattern_of_all("labels", "statement").pattern
_NUMBERED = re.compile(
    rf"(?:{_TEXT})\s*(?:{either('numbered_mark')}|№|#)?[.°º]?"
    rf"\s*[0-9]{{1,2}}(?![0-9])|{either('second_text')}"
)
_CAMP = re.compile(either("other_camp"))
