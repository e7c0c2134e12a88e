"""Cut running text into sentences, in the scripts and with the abbreviations of the sources."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from xinjiang_record.extract.languages.context_words import either

_END = re.compile(
    r"(?<=[.!?…])[\"”»’)\]]*\s+(?=[^\s])|(?<=[。！？।؟])[」』”\"）)]*\s*|(?<=[.!?])[”»]\s*(?=\w)|\n+"
)
LONGEST = 2000  # letters of a sentence: a longer one is cut at a space, so that work stays bounded
# What ends in a point and does not end a sentence.
_ABBREVIATION = re.compile(
    rf"(?:^|[\s(«“\"])(?:[^\W\d_]|[A-Z]\.[A-Z]|{either('abbreviations')})\.$",
)
_ORDINAL = re.compile(r"(?<![0-9.,])[0-9]{1,3}\.$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """Hold one sentence and its place in the text that it is part of."""

    text: str
    start: int

    @property
    def end(self) -> int:
        """Return the offset behind the last letter."""
        return self.start + len(self.text)


def sentences(text: str) -> Iterator[Sentence]:
    """Yield the sentences of a text, without the white space around them."""
    start = 0
    for found in _END.finditer(text):
        if found.end() == start or not _ends(text, start, found):
            continue
        yield from _stripped(text, start, found.end())
        start = found.end()
    yield from _stripped(text, start, len(text))


def _ends(text: str, start: int, found: re.Match[str]) -> bool:
    if "\n" in found[0] or text[found.start() - 1 : found.start()] in "。！？।؟!?":
        return True
    before, after = text[start : found.start()], text[found.end() : found.end() + 1]
    if after.islower() or _ABBREVIATION.search(before[-14:]):
        return False
    if _ORDINAL.search(before[-6:]) and (after.isdigit() or not before[-40:].count(" ") > 6):
        return False
    return not (
        _ORDINAL.search(before[-6:]) and re.match(r"[^\W\d_]+\s+[0-9]{4}", text[found.end() :])
    )


def _stripped(text: str, start: int, end: int) -> Iterator[Sentence]:
    piece = text[start:end]
    bare = piece.strip()
    if not bare:
        return
    start += len(piece) - len(piece.lstrip())
    while len(bare) > LONGEST:
        cut = bare.rfind(" ", 0, LONGEST) + 1 or LONGEST
        yield Sentence(bare[:cut].rstrip(), start)
        start, bare = start + cut, bare[cut:]
    yield Sentence(bare, start)
