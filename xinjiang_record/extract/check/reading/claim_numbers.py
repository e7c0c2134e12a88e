"""Read the figures of a sentence that count persons, places or shares."""

from __future__ import annotations

import re
from collections.abc import Iterable

from xinjiang_record.extract.figures.find_figures import figures_in
from xinjiang_record.extract.figures.qualifiers import Figure
from xinjiang_record.extract.languages.context_words import either
from xinjiang_record.extract.languages.list_words import fold

RATE_BASES = (100, 1_000, 10_000, 100_000)
_PER = re.compile(rf"(?:\b|^)(?:{either('per_number')})\s*$")


def figures_of_claim(text: str, code: str, taken: Iterable[tuple[int, int]]) -> list[Figure]:
    """Return the figures that count persons, places or shares; counts of states are not figures.

    Args:
        text: The sentence.
        code: Its language.
        taken: Where counts of states and of votes are.
    """
    taken = list(taken)
    out = []
    for figure in figures_in(text, code):
        if any(start < figure.end and figure.start < end for start, end in taken):
            continue
        value = next(iter(figure.values), None)
        if value is None or figure.unit in (
            "documents",
            "pages",
            "images",
            "villages",
            "households",
        ):
            continue
        if value in RATE_BASES and is_rate_base(text, figure.start):
            continue
        if figure.unit is None and value < 1000:
            continue
        if figure.unit is None and re.fullmatch(r"(?:19|20)[0-9]{2}", figure.phrase.strip()):
            continue
        out.append(figure)
    return out


def is_rate_base(text: str, at: int) -> bool:
    """Return whether the number at a place is that of "per 100,000"."""
    return bool(_PER.search(fold(text[:at])))
