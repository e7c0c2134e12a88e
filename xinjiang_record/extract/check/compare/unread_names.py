"""Find names that no reader knows, so that a claim about them is not said to agree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from xinjiang_record.extract.check.left_over import not_understood
from xinjiang_record.extract.check.reading.sentence_reading import Reading
from xinjiang_record.extract.check.verdict import Verdict
from xinjiang_record.extract.languages.context_words import compiled, either, group_words
from xinjiang_record.extract.languages.list_words import fold
from xinjiang_record.extract.languages.writing import writing

_NAME = re.compile(
    "(?<![\\w'’])[^\\W\\d_a-z\u00df-\u00f6\u00f8-\u00ff\u0430-\u045f\u0491][\\w'’.-]*"
)
_KNOWN = re.compile(f"{either('known_starts')}|{either('weekdays')}")
NEAR = 12  # letters before a name in which "in" is looked for
_CAPITAL_WORDS = frozenset(group_words("capital_words"))


def may_have_unread_names(reading: Reading, spans: Iterable[tuple[int, int]]) -> bool:
    """Return whether a sentence may have a name outside these places and those that are read."""
    if writing(reading.code).capitals != "names":
        return True
    if reading.unread_names is None:
        reading.unread_names = _unread_names(reading)
    known = list(spans)
    return any(
        not any(start < last and first < end for start, end in known)
        for first, last in reading.unread_names
    )


def unread_name(reading: Reading) -> Iterator[Verdict]:
    """Yield the first name of a claim on a statement or vote that no reader knows.

    Where every noun has a capital letter, as in German, only one behind "in" is taken for a name.
    """
    head = writing(reading.code)
    is_claim = bool(reading.cues or reading.counts or reading.tally) and not reading.has_event
    if head.script not in ("Latn", "Cyrl") or reading.figures or not is_claim:
        return
    folded, place = fold(reading.text), reading.words["in_place"]
    for start, end in _unread_names(reading):
        before = folded[max(0, start - NEAR) : start]
        if head.capitals == "names" or compiled(rf"(?:{place.pattern})\s$").search(before):
            name = reading.text[start:end].rstrip(".-'’")
            yield not_understood(name, "what the name says is not compared", (start, end))
            return


def _unread_names(reading: Reading) -> list[tuple[int, int]]:
    """Return the places of the names that are no date, publisher, area, state or known word."""
    known = [(item.start, item.end) for item in reading.dates]
    known += [(start, end) for start, end, _ in (*reading.publishers, *reading.areas)]
    known += [(item.start, item.end) for group in reading.groups for item in group.states]
    inside = {at for start, end in known for at in range(start, end)}
    folded = fold(reading.text)
    patterns = list(reading.words.groups.values())
    patterns += [pattern for pattern, _ in reading.words.lists.adjectives]
    first = len(reading.text) - len(reading.text.lstrip(" \"'“«„"))
    return [
        found.span()
        for found in _NAME.finditer(reading.text)
        if found.start() > first
        and inside.isdisjoint(range(*found.span()))
        and not (_KNOWN.match(folded, found.start()) or found[0] in _CAPITAL_WORDS)
        and not any(_covers(pattern, folded, found.start()) for pattern in patterns)
    ]


def _covers(pattern: re.Pattern[str], folded: str, at: int) -> bool:
    return any(
        item.start() <= at < item.end()
        for item in pattern.finditer(folded, max(0, at - 40), at + 40)
    )
