"""Say what a sentence says of a number of states next to the number, and nothing compares.

"50 countries apologised to China" has the right number. What is said of them is not in the record,
so the whole must not agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from xinjiang_record.extract.check.left_over import not_understood
from xinjiang_record.extract.check.reading.claim_words import ClaimWords
from xinjiang_record.extract.check.reading.sentence_reading import Reading
from xinjiang_record.extract.check.reading.state_counts import StateCount
from xinjiang_record.extract.check.record_tables import VOTES
from xinjiang_record.extract.check.verdict import Verdict
from xinjiang_record.extract.languages.context_words import either
from xinjiang_record.extract.languages.list_words import fold
from xinjiang_record.extract.languages.load_language import load_language

FAR_CUE = 36  # letters between a number of states and the word that denies what they did
FAR_READ = 120  # letters around a number of states in which words are looked for
MOST_WORDS = 5  # behind the number, that must say what they did
_CHINA = re.compile(either("china"))
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_SMALL = re.compile(
    rf"(?:{either('small_words')}|{either('articles_after_by')}|{either('elided')})"
)
_END = re.compile(r"[,.;:()\"“”–—]|\s-\s|$")
_DENYING = ("not_signed", "withdrew", "stayed")
_ACTS = ("critical", "supportive", "letter", "spoken", "led", "led_by", "called")
_READ = (
    *("critical", "supportive", "led", "led_by", "spoken", "letter", "votes", "rejected"),
    *("hong_kong", "tibet", "hrc", "third_committee", "general_assembly", "european_union"),
    *("adopted", "against", "in_favour", "called", "other", "more", "among", "did", "published"),
)


def is_denied_count(reading: Reading, count: StateCount) -> bool:
    """Return whether the number is of states that did not sign, or that withdrew."""
    near = (cue for cue in reading.cues if count.end <= cue.start <= count.end + FAR_CUE)
    first = next(near, None)
    if first is None or _END.search(reading.text, count.end).start() < first.start:  # type: ignore[union-attr]
        return False
    groups = any(count.end <= group.start < first.start for group in reading.groups)
    return not groups and (first.kind in _DENYING or first.is_negated) and count.role != "more"


def unread_predicates(reading: Reading, count: StateCount) -> Iterator[Verdict]:
    """Yield the first word between or behind a number of states and its verb that is not read."""
    words = reading.words
    folded = fold(reading.text)
    has_cue = any(cue.kind not in VOTES for cue in reading.cues)
    if not (has_cue or any(words[name].search(folded) for name in _ACTS)):
        why = "what these states did is not read"
        yield not_understood("the act", why, (count.start, count.end))
        return
    if "did" not in words.groups:
        return
    spans = [(cue.start, cue.end) for cue in reading.cues]
    spans += [(item.start, item.end) for item in reading.dates]
    spans += [(item.start, item.end) for group in reading.groups for item in group.states]
    spans += [(start, end) for start, end, _ in (*reading.areas, *reading.publishers)]
    low, top = max(0, count.number_end - FAR_READ), count.end + FAR_READ
    for name in _READ:
        spans += [found.span() for found in words[name].finditer(folded, low, top)]
    spans += [found.span() for found in _CHINA.finditer(folded, low, top)]
    for found in _WORD.finditer(folded, count.number_end, count.end):
        if not _is_plain(found[0], words):
            yield _unread(reading.text[found.start() : found.end()], found.span())
            return
    end = _END.search(folded, count.end)
    high = end.start() if end else len(folded)
    for number, found in enumerate(_WORD.finditer(folded, count.end, high)):
        if any(start < found.end() and found.start() < stop for start, stop in spans):
            return
        if number >= MOST_WORDS:
            return
        if not _is_plain(found[0], words):
            yield _unread(reading.text[found.start() : found.end()], found.span())
            return


def _is_plain(word: str, words: ClaimWords) -> bool:
    """Return whether a word says nothing of its own: "other", "the", "UN"."""
    return bool(
        _SMALL.fullmatch(word)
        or word in load_language(words.code)["common_words"]
        or words["count_words"].fullmatch(word)
        or words["signatures"].fullmatch(word)
        or words.lists.words["country_nouns"].fullmatch(word)
        or any(character.isdigit() for character in word)
        or re.fullmatch(either("about_number"), word)
    )


def _unread(word: str, at: tuple[int, int]) -> Verdict:
    return not_understood(word, "what is said of these states is not compared", at)
