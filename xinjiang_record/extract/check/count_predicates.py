"""Say what a sentence says of a number of states next to the number, and nothing compares.

"50 countries apologised to China" has the right number. What is said of them is not in the record,
so the whole must not agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from xinjiang_record.extract.check.left_over import not_understood
from xinjiang_record.extract.check.reading.claim_words import ClaimWords
from xinjiang_record.extract.check.reading.sentence_reading import Reading
from xinjiang_record.extract.check.reading.state_counts import StateCount
from xinjiang_record.extract.check.record_tables import VOTES
from xinjiang_record.extract.check.verdict import Verdict
from xinjiang_record.extract.languages.context_words import either
from xinjiang_record.extract.languages.list_words import NOTHING, fold
from xinjiang_record.extract.languages.load_language import load_language
from xinjiang_record.extract.languages.writing import writing

FAR_CUE = 36  # letters between a number of states and the word that denies what they did
FAR_READ = 120  # letters around a number of states in which words are looked for
MOST_WORDS = 5  # behind the number, that must say what they did
_CHINA = re.compile(either("china"))
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_SMALL = re.compile(
    rf"(?:{either('small_words')}|{either('articles_after_by')}|{either('elided')})"
)
_END = re.compile(r"[,.;:()\"“”–—]|\s-\s|$")
_CLAUSE = re.compile(r"[,;:()，。；、]|\.(?![0-9])|$")
_TOKEN = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_KNOWN = re.compile(either("known_starts"))
_DENYING = ("not_signed", "withdrew", "stayed")
_ACTS = ("critical", "supportive", "letter", "spoken", "led", "led_by", "called")
_READ = (
    *("critical", "supportive", "led", "led_by", "spoken", "letter", "votes", "rejected"),
    *("hong_kong", "tibet", "hrc", "third_committee", "general_assembly", "european_union"),
    *("adopted", "against", "in_favour", "called", "other", "more", "among", "did", "published"),
)
_READ_ACTS = tuple(name for name in _READ if name not in ("did", "called"))


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


def unread_act(reading: Reading) -> Iterator[Verdict]:
    """Yield what follows an "and" or "but" behind the words of a claim, where no reader has it.

    "Ukraine abstained in the vote on Xinjiang, but regretted it": a second thing that is said.
    "Uyghurs and other minorities" is none, since the word before "and" is not of a claim either.
    """
    words, folded = reading.words, fold(reading.text)
    if reading.figures or not (reading.cues or reading.counts or reading.tally):
        return
    read = _read_letters(reading, folded)
    for found in words["next_act"].finditer(folded):
        end = _CLAUSE.search(folded, found.end(), found.end() + FAR_READ)
        high = end.start() if end else min(len(folded), found.end() + FAR_READ)
        if words.lists.is_verb_final or writing(words.code).is_unspaced:
            claims = [cue.start for cue in reading.cues] + [item.start for item in reading.counts]
            claims += [group.start for group in reading.groups if group.codes != ("CHN",)]
            behind = re.sub(r"\W", "", folded[found.end() : high])
            is_read = len(behind) < 2 or any(found.end() <= at < high for at in claims)
            first = None if is_read else (found.end(), high)
        else:
            first = _first_unread(reading, found, high, read)
        if first is not None:
            start, _ = first
            yield _unread(reading.text[start:high].strip(), (start, high))
            return


def _first_unread(
    reading: Reading, found: re.Match[str], high: int, read: bytearray
) -> tuple[int, int] | None:
    """Return the place of the first word behind "and" that says something, if it is not read."""
    folded = found.string
    low = max(0, found.start() - FAR_CUE)
    before = [item.span() for item in _TOKEN.finditer(folded, low, found.start())]
    if not before or not _is_in(before[-1], read):
        return None
    for item in islice(_TOKEN.finditer(folded, found.end(), high), MOST_WORDS):
        if _is_in(item.span(), read) or _KNOWN.match(folded, item.start()):
            return None
        if not (_is_plain(item[0], reading.words) or _is_link(item[0], reading.words)):
            return item.span()
    return None


def unread_words(reading: Reading, low: int, high: int) -> list[tuple[int, int]]:
    """Return the places of the words between two places that no claim is read from."""
    folded, words = fold(reading.text), reading.words
    read = _read_letters(reading, folded)
    return [
        item.span()
        for item in _TOKEN.finditer(folded, low, high)
        if not (_is_in(item.span(), read) or _KNOWN.match(folded, item.start()))
        and not (_is_plain(item[0], words) or _is_link(item[0], words))
    ]


def _is_link(word: str, words: ClaimWords) -> bool:
    """Return whether a word only leads to a verb: "but", "did", "not"."""
    return any(
        pattern.fullmatch(word)
        for pattern in (
            words["next_act"],
            words["pronoun"],
            words["did"],
            words.lists.words["auxiliaries"],
        )
    ) or bool((negation := words.lists.words.get("negations")) and negation.fullmatch(word))


def _is_in(place: tuple[int, int], read: bytearray) -> bool:
    return any(read[place[0] : place[1]])


def _read_letters(reading: Reading, folded: str) -> bytearray:
    """Return for each letter whether it is of a word that claims are read from."""
    spans = [(cue.start, cue.end) for cue in reading.cues]
    spans += [(item.start, item.end) for item in reading.dates]
    spans += [(item.start, item.end) for item in reading.counts]
    spans += [(item.start, item.end) for group in reading.groups for item in group.states]
    spans += [(start, end) for start, end, _ in (*reading.areas, *reading.publishers)]
    spans += list(reading.tally.used) if reading.tally else []
    patterns = [reading.words[name] for name in (*_READ_ACTS, "first", "debate")]
    patterns += [reading.words.lists.any_cue, reading.words.lists.words.get("vote", NOTHING)]
    for pattern in (*patterns, _CHINA):
        spans += [found.span() for found in pattern.finditer(folded)]
    out = bytearray(len(folded))
    for start, end in spans:
        out[max(0, start) : end] = b"\1" * (end - max(0, start))
    return out


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
