"""Find labels: the cues that say what states did, each with its place and language.

The cues are data (``languages/<code>.toml``). A cue of the language of the sentence, or of the
document, is preferred; another language of the same script is read only where these have none.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from xinjiang_record.extract.languages.context_words import either
from xinjiang_record.extract.languages.detect_language import detect_language, is_sure_language
from xinjiang_record.extract.languages.list_words import (
    ListWords,
    all_words,
    fold,
    pattern_of_all,
    scripts_of,
)

# Of two cues that overlap and are as long, the one that asserts less wins.
_ORDER = {"not_signed": 0, "absent": 1, "supported": 2, "opposed": 2}
# Circled numbers, shapes and emoji; the check marks between two of the ranges are labels ("✓").
_SHAPES = (
    (0x2460, 0x2473),
    (0x25A0, 0x25FF),
    (0x2600, 0x2712),
    (0x2719, 0x27BF),
    (0x2B00, 0x2BFF),
    (0xFE0F, 0xFE0F),
    (0x1F300, 0x1FAFF),
)
_SIGNS = re.compile(
    r"[\s:;,.#()\[\]{}\"'*•·\-–—_/|=!?،؛、，。；・\u200e\u200f"
    + "".join(f"{chr(first)}-{chr(last)}" for first, last in _SHAPES)
    + "]+"
)
_STATEMENT, _WE = pattern_of_all("labels", "statement"), pattern_of_all("labels", "we")
_NUMBERS = re.compile(rf"[0-9٠-٩]+(?:/[0-9]+)?%?|(?:{either('list_numbers')})、")


@dataclass(frozen=True, slots=True)
class Label:
    """Hold one cue. ``kind``: an event, or another of ``KINDS``.

    ``start`` and ``end`` are offsets in the text that was searched; ``cue`` is as printed.
    """

    kind: str
    start: int
    end: int
    cue: str
    language: str

    def moved(self, offset: int) -> Label:
        """Return the same label with its offsets moved."""
        return Label(self.kind, self.start + offset, self.end + offset, self.cue, self.language)


@lru_cache(maxsize=16384)
def find_labels(text: str, document_language: str = "") -> tuple[Label, ...]:
    """Return the labels of a text, from left to right; of two that overlap, the longer one."""
    folded = fold(text)
    scripts = scripts_of(folded)
    fitting = [words for words in all_words() if words.script in scripts]
    own = detect_language(text)
    groups = [
        [words for words in fitting if words.code in (own, document_language)],
        [words for words in fitting if words.code not in (own, document_language)],
    ]
    for group in groups[:1] if own and is_sure_language(text) else groups:
        found = [label for words in group for label in _cues(text, folded, words)]
        if found:
            return tuple(_read_offices(_longest(found, own or document_language), folded))
    return ()


def _read_offices(labels: list[Label], folded: str) -> list[Label]:
    """Return the labels with offices as signatures, without them, or as they are.

    An office is a signature next to another one, behind a word for a statement, or after "we".
    Next to the label of another act it is left out.
    """
    offices = [label for label in labels if label.kind == "named_office"]
    others = [label for label in labels if label.kind != "named_office"]
    before = folded[: offices[0].start] if offices else ""
    if any(label.kind == "signed" for label in others):
        return [replace(one, kind="signed") if one in offices else one for one in labels]
    if others or not (_STATEMENT.search(before) or _WE.search(before)):
        return others or labels
    return [replace(one, kind="signed") for one in labels]


def _cues(text: str, folded: str, words: ListWords) -> list[Label]:
    if not words.any_cue.search(folded):
        return []
    return [
        Label(kind, found.start(), found.end(), text[found.start() : found.end()], words.code)
        for kind, patterns in words.cues.items()
        for pattern in patterns
        for found in pattern.finditer(folded)
    ]


def _longest(labels: list[Label], language: str) -> list[Label]:
    ranked = sorted(
        labels,
        key=lambda one: (
            one.start - one.end,
            _ORDER.get(one.kind, 3),
            one.language != language,
            one.start,
        ),
    )
    kept: list[Label] = []  # by place; no two of them overlap
    for label in ranked:
        place = bisect_left(kept, label.start, key=lambda one: one.start)
        is_free = place == 0 or kept[place - 1].end <= label.start
        if is_free and (place == len(kept) or label.end <= kept[place].start):
            kept.insert(place, label)
    return kept


@lru_cache(maxsize=16384)
def whole_label(text: str, document_language: str = "") -> Label | None:
    """Return the label that a text is, next to numbers and words such as "countries"; else None."""
    folded = fold(text)
    bare = _SIGNS.sub(" ", _NUMBERS.sub(" ", folded)).strip()
    if not bare:
        return None
    said = _without_neutral(bare) if len(bare) <= MAX_NEUTRAL else bare
    is_short = any(map(_any_short().fullmatch, (bare, said)))
    if is_short and not _any_short().fullmatch(bare) and _says_more(text, said, document_language):
        is_short = False
    found = (
        []
        if not is_short
        else [
            Label(kind, 0, len(text), text, words.code)
            for words in all_words()
            for kind, pattern in words.short.items()
            if pattern.fullmatch(bare) or pattern.fullmatch(said)
        ]
    )
    if len(bare) <= MAX_LABEL and not found:
        labels = find_labels(text, document_language)
        rest = folded
        for label in reversed(labels):
            rest = rest[: label.start] + " " + rest[label.end :]
        rest = _SIGNS.sub(" ", _NUMBERS.sub(" ", rest)).strip()
        if labels and (not rest or not _without_neutral(rest)):
            found = [Label(one.kind, one.start, one.end, one.cue, one.language) for one in labels]
    return found[0] if found and len({label.kind for label in found}) == 1 else None


def _says_more(text: str, said: str, document_language: str) -> bool:
    """Return whether a cue holds a short label and more: "joined" in "joined the sponsors"."""
    labels = find_labels(text, document_language)
    return len(labels) == 1 and said in fold(labels[0].cue) and not _is_short(labels[0].kind, said)


def _is_short(kind: str, said: str) -> bool:
    return any(kind in words.short and words.short[kind].fullmatch(said) for words in all_words())


@cache
def _any_short() -> re.Pattern[str]:
    """Return one pattern for all labels that mean something only alone: few texts are one."""
    return re.compile("|".join(words.any_short for words in all_words()))


MAX_LABEL = 90  # letters of a text that is a label and nothing else
MAX_NEUTRAL = 600  # letters of a text that only announces or joins
_NEUTRAL = [
    pattern_of_all(section, name)
    for section, name in (
        ("labels", "links"),
        ("lists", "also"),
        ("lists", "groups"),
        ("labels", "of"),
        ("labels", "announcers"),
        ("labels", "idioms"),
        ("labels", "auxiliaries"),
        ("labels", "others"),
        ("labels", "vote"),
        ("labels", "statement"),
        ("leads", "offices"),
        ("lists", "fillers"),
        ("lists", "country_nouns"),
        ("lists", "and"),
        ("lists", "articles"),
    )
]


def _without_neutral(folded: str) -> str:
    """Return a text without the words that say nothing about what states did."""
    for pattern in _NEUTRAL:
        folded = pattern.sub(" ", folded)
    return _SIGNS.sub(" ", _NUMBERS.sub(" ", folded)).strip()


def is_neutral(text: str) -> bool:
    """Return whether a text only announces or joins: numbers, "countries", "were", "the"."""
    return len(text) <= MAX_NEUTRAL and _is_neutral(text)


@lru_cache(maxsize=16384)
def _is_neutral(text: str) -> bool:
    return not _without_neutral(fold(text))


def has_columns(text: str, document_language: str = "") -> bool:
    """Return whether a text is the row above columns, such as "For  Against  Abstaining"."""
    cells = [whole_label(cell, document_language) for cell in re.split(r"\t|\s{2,}", text.strip())]
    return len({cell.kind for cell in cells if cell}) > 1
