"""Find figures that the text denies: "not one million but 200,000"."""

from __future__ import annotations

import re
from functools import cache

from xinjiang_record.extract.languages.number_words import figure_words

DENIED = "denied"  # in the place of a qualifier: the figure is asked about, and never given
WINDOW = 32  # letters before a figure in which a denial of it ends


def is_denied(text: str, start: int, end: int, code: str) -> bool:
    """Return whether a denial is right before a figure, or right behind it."""
    before, behind = _patterns(code)
    if before and before.search(text[max(0, start - WINDOW) : start]):
        return True
    return bool(behind and behind.match(text, end))


@cache
def _patterns(code: str) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None]:
    words = figure_words(code)
    before, behind = words.phrases.get("denied"), words.phrases.get("denied_behind")
    head = r"(?<!\w)" if words.is_spaced else ""
    return (
        re.compile(rf"{head}(?:{before})\s*$", re.IGNORECASE) if before else None,
        re.compile(rf"\s*(?:{behind})", re.IGNORECASE) if behind else None,
    )
