"""Find figures that the text denies or supposes: "not one million", "if 500 people were held"."""

from __future__ import annotations

import re
from functools import cache

from xinjiang_record.extract.languages.conditions import condition_at
from xinjiang_record.extract.languages.list_words import NOTHING, fold, list_words
from xinjiang_record.extract.languages.number_words import figure_words, languages_read_with

DENIED = "denied"  # in the place of a qualifier: the figure is asked about, and never given
WINDOW = 32  # letters before a figure in which a denial of it ends
CLAUSE = 90  # letters between a figure and the words that deny its clause
_BREAK = re.compile(r"[,;:.,、。;]\s|[、。,;]")


def is_denied(text: str, start: int, end: int, code: str) -> bool:
    """Return whether a denial is right before or behind a figure, or of its clause."""
    before, behind, that, of_that = _patterns(code)
    if before and before.search(text[max(0, start - WINDOW) : start]):
        return True
    if behind and behind.match(text, end):
        return True
    if that and _ends_clause(that, text[max(0, start - CLAUSE) : start]):
        return True
    found = of_that.search(text, end, end + CLAUSE) if of_that else None
    return bool(found) and not _BREAK.search(text, end, found.start() if found else end)


def is_bound_in_doubt(text: str, start: int, code: str) -> bool:
    """Return whether a denied verb is before a bound: "never held fewer than 2,000".

    Whether the "not" is of the verb or of the bound is not clear.
    """
    before = fold(text[max(0, start - WINDOW) : start])
    return any(pattern.search(before) for pattern in _denied_verbs(code))


@cache
def _denied_verbs(code: str) -> tuple[re.Pattern[str], ...]:
    parts = [list_words(part).words.get("negations", NOTHING) for part in languages_read_with(code)]
    return tuple(re.compile(rf"(?:{part.pattern})\s+[^\W\d_]{{4,}}\s+$") for part in parts)


def is_supposed(text: str, start: int, code: str) -> bool:
    """Return whether a condition begins before a figure: "if 500 people were held"."""
    folded = fold(text)
    places = (condition_at(folded, part) for part in languages_read_with(code))
    return any(place is not None and place <= start for place in places)


def _ends_clause(that: re.Pattern[str], before: str) -> bool:
    """Return whether words such as "denied that" are in the clause that ends here."""
    ends = [found.end() for found in that.finditer(before)]
    return bool(ends) and not _BREAK.search(before, ends[-1])


@cache
def _patterns(code: str) -> tuple[re.Pattern[str] | None, ...]:
    """Return what denies a figure right before and behind it, and its clause on either side."""
    words = figure_words(code)
    head = r"(?<!\w)" if words.is_spaced else ""
    forms = {
        "denied": rf"{head}(?:%s)\s*$",
        "denied_behind": r"\s*(?:%s)",
        "denying_that": rf"{head}(?:%s)",
        "that_is_denied": "(?:%s)",
    }
    return tuple(
        re.compile(form % words.phrases[name], re.IGNORECASE) if name in words.phrases else None
        for name, form in forms.items()
    )
