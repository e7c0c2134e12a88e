"""Say what a sentence says of a number of states next to the number, and nothing compares.

"50 countries apologised to China" has the right number. What is said of them is not in the record,
so the whole must not agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from xinjiang_record.extract.check.left_over import UsedPlaces, not_understood
from xinjiang_record.extract.check.reading.claim_words import ClaimWords, claim_words
from xinjiang_record.extract.check.reading.sentence_reading import Reading
from xinjiang_record.extract.check.reading.state_counts import StateCount
from xinjiang_record.extract.check.record_tables import VOTES
from xinjiang_record.extract.check.verdict import Verdict
from xinjiang_record.extract.figures.numbers import numbers, plain
from xinjiang_record.extract.languages.context_words import compiled, either
from xinjiang_record.extract.languages.list_words import fold
from xinjiang_record.extract.languages.load_language import load_language
from xinjiang_record.extract.languages.writing import writing

FAR_CUE = 36  # letters between a number of states and the word that denies what they did
FAR_READ = 120  # letters around a number of states in which words are looked for
MOST_WORDS = 5  # behind the number, that must say what they did
_CHINA = re.compile(either("china"))
_BEHIND_CHINA = re.compile(rf"(?:{either('china')})\w*\s+")
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_SMALL = re.compile(
    rf"(?:{either('small_words')}|{either('articles_after_by')}|{either('elided')})"
)
_END = re.compile(r"[,.;:()\"“”–—]|\s-\s|$")
_CLAUSE = re.compile(r"[,;:()，。；、]|\.(?![0-9])|$")
_TOKEN = re.compile(  # without what is elided before it: "d'un"
    rf"(?:(?:{either('elided_before_names')})['’])?([^\W_]+(?:[-'’][^\W_]+)*)"
)
# Where words are not apart: two letters that no claim is read from; one may be a particle.
_HAN = re.compile(r"[\u3400-\u9fff\u30a1-\u30fa\u30fc]{2,}")
_KNOWN = re.compile(either("known_starts"))
_DENYING = ("not_signed", "withdrew", "stayed")
_ACTS = ("critical", "supportive", "letter", "spoken", "led", "led_by", "called")
_READ = (
    *("critical", "supportive", "led", "led_by", "spoken", "letter", "votes", "rejected"),
    *("hong_kong", "tibet", "hrc", "third_committee", "general_assembly", "european_union"),
    *("adopted", "against", "in_favour", "called", "other", "more", "among", "did", "published"),
)
# Words of claims of other kinds: next to a statement they are not compared.
_NOT_READ = frozenset(
    ("did", "sanctions", "imposed", "killed", "set_free", "closed", "published", "reported")
) | {"document"}
_NAMED = re.compile(f"{either('uyghurs')}|{either('session')}|{either('weekdays')}")


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


def unread_text(reading: Reading, used: UsedPlaces) -> Iterator[Verdict]:
    """Yield the words of a sentence with a claim that no reader has.

    "Ukraine abstained in the vote on Xinjiang, but regretted it": the abstention agrees, and what
    more is said of it is not compared. Where the language has no list of plain words, only a part
    of the sentence behind a word such as "but" is looked at.
    """
    is_event = reading.has_event and (
        not used.groups or bool(reading.words["parliament"].search(fold(reading.text)))
    )
    if reading.figures or is_event:
        return
    if not (reading.cues or reading.counts or reading.tally):
        return
    if "plain" not in reading.words.groups:
        yield from _unread_part(reading)
        return
    places = unread_words(reading, 0, len(reading.text))
    if places:
        words = [reading.text[start:end] for start, end in places[:MOST_WORDS]]
        why = "what these words say is not compared"
        yield not_understood(", ".join(words), why, places[0])


def _unread_part(reading: Reading) -> Iterator[Verdict]:
    """Yield the first part behind a word such as "but" that has no state, number or act."""
    folded = fold(reading.text)
    claims = [cue.start for cue in reading.cues] + [item.start for item in reading.counts]
    claims += [group.start for group in reading.groups if group.codes != ("CHN",)]
    for found in reading.words["next_act"].finditer(folded):
        end = _CLAUSE.search(folded, found.end(), found.end() + FAR_READ)
        high = end.start() if end else min(len(folded), found.end() + FAR_READ)
        behind = re.sub(r"\W", "", folded[found.end() : high])
        if len(behind) > 1 and not any(found.end() <= at < high for at in claims):
            yield _unread(reading.text[found.end() : high].strip(), (found.end(), high))
            return


def unread_words(reading: Reading, low: int, high: int) -> list[tuple[int, int]]:
    """Return the places of the words between two places that no claim is read from."""
    folded, words = fold(reading.text), reading.words
    read = _read_letters(reading, folded)
    if writing(words.code).is_unspaced:
        rest = "".join(" " if read[at] else folded[at] for at in range(len(folded)))
        return [item.span() for item in _HAN.finditer(rest, low, high)]
    return [
        item.span(1)
        for item in _TOKEN.finditer(folded, low, high)
        if not (_is_in(item.span(1), read) or _KNOWN.match(folded, item.start(1)))
        and not (_is_plain(item[1], words) or _is_link(item[1], words))
    ]


def _is_link(word: str, words: ClaimWords) -> bool:
    """Return whether a word only leads to a verb: "but", "did", "not"."""
    return any(
        pattern.fullmatch(word)
        for pattern in (
            words["next_act"],
            words["pronoun"],
            words.lists.words["auxiliaries"],
        )
    ) or bool((negation := words.lists.words.get("negations")) and negation.fullmatch(word))


def _is_in(place: tuple[int, int], read: bytearray) -> bool:
    return any(read[place[0] : place[1]])


def _ends(folded: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the places of the first and last word between two places; all, without spaces."""
    inner = [found.start() + start for found in re.finditer(r"\s", folded[start:end])]
    return [(start, inner[0]), (inner[-1], end)] if inner else [(start, end)]


def _read_letters(reading: Reading, folded: str) -> bytearray:
    """Return for each letter whether it is of a word that claims are read from."""
    spans = [(item.start, item.end) for item in reading.dates]
    spans += [(item.start, item.end) for item in reading.counts]
    spans += [(item.start, item.end) for group in reading.groups for item in group.states]
    spans += [(start, end) for start, end, _ in (*reading.areas, *reading.publishers)]
    words = reading.words
    found_numbers = numbers(plain(reading.text), words.figure_code)
    spans += [(number.start, number.end) for number in found_numbers]
    patterns, act_patterns = _read_patterns(words.code)
    for pattern in patterns:
        for found in pattern.finditer(folded):
            spans.append(found.span())
    acts = [(cue.start, cue.end) for cue in reading.cues]
    for pattern in act_patterns:
        for found in pattern.finditer(folded):
            acts.append(found.span())
    for start, end in acts:  # "delivered an unsigned statement": its first and last word
        spans += _ends(folded, start, end)
    behind = {found.end() for found in _BEHIND_CHINA.finditer(folded)}
    did = (found.span() for found in words["did"].finditer(folded))
    spans += [place for place in did if place[0] not in behind]  # not "which China welcomed"
    out = bytearray(len(folded))
    for start, end in spans:
        out[max(0, start) : end] = b"\1" * (end - max(0, start))
    return out


@cache
def _read_patterns(code: str) -> tuple[tuple[re.Pattern[str], ...], ...]:
    """Return the patterns of the words that claims are read from, and those of the acts."""
    words = claim_words(code)
    patterns = [pattern for name, pattern in words.groups.items() if name not in _NOT_READ]
    patterns += words.lists.words.values()
    patterns += [pattern for pattern, _ in words.lists.adjectives]
    patterns += [*words.short_votes.values(), _CHINA, _NAMED]
    return tuple(patterns), (words.lists.any_cue, *words.cues.values())


def _is_plain(word: str, words: ClaimWords) -> bool:
    """Return whether a word says nothing of its own: "other", "the", "UN"."""
    return bool(
        _SMALL.fullmatch(word)
        or word in load_language(words.code)["common_words"]
        or words["count_words"].fullmatch(word)
        or words["signatures"].fullmatch(word)
        or words.lists.words["country_nouns"].fullmatch(word)
        or any(character.isdigit() for character in word)
        or compiled(either("about_number")).fullmatch(word)
    )


def _unread(word: str, at: tuple[int, int]) -> Verdict:
    return not_understood(word, "what is said of these states is not compared", at)
