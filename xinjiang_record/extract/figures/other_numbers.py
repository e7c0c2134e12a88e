"""Find numbers that count nothing: those of documents, telephones, rooms, and sums of money."""

from __future__ import annotations

import re

from xinjiang_record.extract.figures.amounts import unit_after
from xinjiang_record.extract.figures.numbers import Number
from xinjiang_record.extract.languages.context_words import either
from xinjiang_record.extract.languages.number_words import figure_words

# Words whose number names a thing.
_NAMED = re.compile(
    rf"(?<!\w)(?:{either('numbered_things')})\s?$",
    re.IGNORECASE,
)
_ORDINAL = re.compile(rf"(?:{either('ordinal_endings')})\b")
_TELEPHONE = re.compile(r"(?<!\w)\+[0-9]{1,3}(?:[\s().-]{1,2}[0-9]{2,5}){2,5}(?![0-9])")
_MONEY_SIGN = re.compile(r"[$€£¥₩₹₽]\s?$")
_MONEY_BEFORE = re.compile(rf"(?<!\w)(?:{either('money_before')})\s?$", re.IGNORECASE)
_MONEY = re.compile(rf"\s?(?:{either('money')})", re.IGNORECASE)
_RANGE = re.compile(r"-([0-9]{3,9})(?![-/.\w])")


def telephones(text: str) -> list[tuple[int, int]]:
    """Return the places of telephone numbers."""
    return [found.span() for found in _TELEPHONE.finditer(text)] if "+" in text else []


def is_other_number(text: str, number: Number, code: str) -> bool:
    """Return whether a number names a thing: a document symbol, an ordinal, "another", a price."""
    before, after = text[max(0, number.start - 16) : number.start], text[number.end :][:4]
    if _NAMED.search(before) or re.search(r"[0-9]-[0-9]+-$", before):
        return True
    if re.search(r"[A-Za-z][./-]$|[/#§№]\s?$|[A-Za-z]+[.-][0-9.-]*$", before):
        return True
    if re.match(r"/[0-9A-Z]|-[0-9]{3,}", after) and not re.search(r"[0-9]", before[-1:]):
        return not _begins_range(text, number, code)
    not_count = figure_words(code).phrases.get("not_count")
    if not_count and number.value < 10 and re.search(rf"(?:{not_count})$", before):
        return True
    if _MONEY_SIGN.search(before) or _MONEY_BEFORE.search(before):
        return True
    if _MONEY.match(text, number.end):
        return True
    return bool(_ORDINAL.match(after))


def _begins_range(text: str, number: Number, code: str) -> bool:
    """Return whether a greater number that counts something is behind the hyphen: "300-400 men"."""
    found = _RANGE.match(text, number.end)
    if found is None or int(found[1]) <= number.value:
        return False
    return unit_after(text, found.end(), code)[0] is not None
