"""Find lists of states that are named by adjectives: "the Finnish and Danish governments".

They count only next to an office ("governments", "ambassadors"), two or more of them, where they
begin a clause or follow "by": they are then the subject, and not whom the sentence speaks of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from xinjiang_record.extract.languages.context_words import either
from xinjiang_record.extract.languages.detect_language import detect_language
from xinjiang_record.extract.languages.find_labels import find_labels, is_neutral
from xinjiang_record.extract.languages.list_words import fold, list_words
from xinjiang_record.extract.languages.load_language import DEFAULT
from xinjiang_record.extract.languages.writing import writing
from xinjiang_record.extract.name_lists.document_text import DocumentText
from xinjiang_record.extract.name_lists.find_name_lists import Entry, NameList
from xinjiang_record.extract.name_lists.list_pieces import Piece
from xinjiang_record.reconcile.countries import Match

_BY = re.compile(rf"\b(?:{either('list_by')})\b")
_WORD = re.compile(r"[^\W\d_]+(?:[-.][^\W\d_]+)*\.?")
FAR = 40  # letters between an office and an adjective of it, with a word between


def find_adjective_lists(
    text: DocumentText, pieces: Sequence[Piece], language: str
) -> Iterator[NameList]:
    """Yield the lists of adjectives of a text, one sentence after another."""
    for sentence, number in dict.fromkeys((piece.sentence, piece.paragraph) for piece in pieces):
        words = text.text[sentence[0] : sentence[1]]
        code = detect_language(words) or language or DEFAULT
        pattern = _pattern(code)
        if pattern is None:
            continue
        folded = fold(words)
        if not _may_have_adjective(folded, code):
            continue
        for found in pattern.finditer(folded):
            if not _begins_clause(folded[: found.start()]):
                continue
            entries = list(_entries(words, folded, sentence[0], found, code))
            if len(entries) > 1:
                yield NameList("clause", number, sentence, entries)


def _may_have_adjective(folded: str, code: str) -> bool:
    """Return whether a word next to an office is an adjective of a state: a cheap first test."""
    adjective = _one_adjective(code)
    for office in list_words(code).offices.finditer(folded):
        if writing(code).is_adjective_last:
            near = _WORD.findall(folded[office.end() : office.end() + FAR])[:2]
        else:
            near = _WORD.findall(folded[max(0, office.start() - FAR) : office.start()])[-2:]
        if any(adjective.fullmatch(word) for word in (*near, " ".join(near))):
            return True
    return False


@cache
def _one_adjective(code: str) -> re.Pattern[str]:
    return re.compile(_adjective(code))


def _begins_clause(before: str) -> bool:
    clause = re.split(r"[,;:،؛]\s", before)[-1]
    if is_neutral(clause):
        return True
    labels = find_labels(clause)
    if not labels or not is_neutral(clause[labels[-1].end :]):
        return False
    return bool(_BY.search(clause[labels[-1].start :]))


@cache
def _adjective(code: str) -> str:
    return "|".join(pattern.pattern for pattern, _ in list_words(code).adjectives)


@cache
def _pattern(code: str) -> re.Pattern[str] | None:
    words = list_words(code)
    if not words.adjectives:
        return None
    adjective = f"(?:{_adjective(code)})"
    link = (
        rf"(?:\s*[,،]\s*|\s+)(?:(?:{words.words['and'].pattern})\s*)?"
        rf"(?:(?:{words.words['articles'].pattern})\s*)?"
    )
    several = rf"{adjective}(?:{link}{adjective})+"
    office = rf"(?:\w+\s+)?(?:{words.offices.pattern})"
    parts = rf"(?P<office>{office})\s+(?P<list>{several})" if writing(code).is_adjective_last else (
        rf"(?P<list>{several})\s+(?P<office>{office})"
    )  # fmt: skip
    return re.compile(parts)


def _entries(
    words: str, folded: str, start: int, found: re.Match[str], code: str
) -> Iterator[Entry]:
    low, high = found.span("list")
    taken: list[tuple[int, int]] = []
    hits = []
    for pattern, iso3 in list_words(code).adjectives:
        hits += [(one.start(), one.end(), iso3) for one in pattern.finditer(folded, low, high)]
    for first, last, iso3 in sorted(hits, key=lambda hit: (hit[0], -hit[1])):
        if any(a < last and first < b for a, b in taken):
            continue
        taken.append((first, last))
        printed = words[first:last]
        match = Match(printed, "resolved", iso3, (iso3,), "an adjective")
        yield Entry(printed, match, start + first, start + last)
