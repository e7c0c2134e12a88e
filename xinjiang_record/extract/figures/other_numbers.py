"""Find numbers that count nothing: those of documents, telephones, rooms, and sums of money."""

from __future__ import annotations

import re
from functools import cache

from xinjiang_record.extract.figures.amounts import counts_at_once, unit_after
from xinjiang_record.extract.figures.numbers import Number
from xinjiang_record.extract.languages.context_words import any_case, compiled, either
from xinjiang_record.extract.languages.number_words import figure_words

# Words whose number names a thing.
_NAMED = re.compile(
    rf"(?<!\w)(?:{either('numbered_things')})(?:\s(?-i:[A-Z]{{1,3}}))?\s?$"
    rf"|(?:{either('number_signs')})\s?$",
    re.IGNORECASE,
)
_NAMED_BEHIND = re.compile(rf"\s?(?:{either('number_signs_behind')})")
_ORDINAL = re.compile(rf"(?:{either('ordinal_endings')})\b")
_TELEPHONE = re.compile(
    r"(?<!\w)\+[0-9]{1,3}(?:[\s().-]{1,2}[0-9]{2,5}){2,5}(?![0-9])"
    r"|(?<![\w.,(])\(?0[0-9]{2,4}\)?[\s/-][0-9]{3,9}(?:[\s-][0-9]{3,5})?(?![0-9])"
)
AGE_WINDOW = 40  # letters before an age in which the noun and the word for its bound are
_CLAUSE_ENDS = re.compile(r"\s*(?:[.,;)](?![0-9])|$)")
OLDEST = 120  # years of an age without the word for years
_MONEY_SIGN = re.compile(r"[$€£¥₩₹₽]\s?$")
_MONEY_BEFORE = re.compile(rf"(?<!\w)(?:{either('money_before')})\s?$", re.IGNORECASE)
_MONEY = re.compile(rf"[\s-]?(?:{either('money')})", re.IGNORECASE)
_RANGE = re.compile(r"-([0-9]{3,9})(?![-/.\w])")


def telephones(text: str) -> list[tuple[int, int]]:
    """Return the places of telephone numbers."""
    return [found.span() for found in _TELEPHONE.finditer(text)]


def is_other_number(text: str, number: Number, code: str) -> bool:
    """Return whether a number names a thing: a document symbol, an ordinal, "another", a price."""
    before, after = text[max(0, number.start - 16) : number.start], text[number.end :][:4]
    if _NAMED.search(before) or _NAMED_BEHIND.match(text, number.end):
        return True
    if _is_age(text, number, code):
        return True
    if re.search(r"[0-9]-[0-9]+-$", before):
        return True
    if re.search(r"[A-Za-z][./-]$|[/#§№]\s?$|[A-Za-z]+[.-][0-9.-]*$", before):
        return True
    if re.match(r"/[0-9A-Z]|-[0-9]{3,}", after) and not re.search(r"[0-9]", before[-1:]):
        return not _begins_range(text, number, code)
    not_count = figure_words(code).phrases.get("not_count")
    if not_count and number.value < 10 and compiled(rf"(?:{not_count})$").search(before):
        return True
    if _MONEY_SIGN.search(before) or _MONEY_BEFORE.search(before):
        return True
    if _MONEY.match(text, number.end):
        return True
    return bool(_ORDINAL.match(after))


def _is_age(text: str, number: Number, code: str) -> bool:
    """Return whether a number is the age of those before it: "women over 60 were released"."""
    if number.value > OLDEST or counts_at_once(text, number.end, code):
        return False
    of_noun, of_subject = _age_of(code)
    before = text[max(0, number.start - AGE_WINDOW) : number.start]
    if of_noun and of_noun.search(before):
        return True
    if not (of_subject and _CLAUSE_ENDS.match(text, number.end)):
        return False
    total = figure_words(code).phrase("total")
    return bool(of_subject.search(before)) and not any_case(total).search(before)


@cache
def _age_of(code: str) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None]:
    """Return what is before an age: "women over", and "of the women are under"."""
    words = figure_words(code)
    bounds, nouns = words.phrases.get("age_bounds"), "|".join(filter(None, words.nouns.values()))
    if not bounds:
        return None, None
    forms = (r"\s+(?:%s)\s+$", r"(?:\s+\w{2,6}){1,2}\s+(?:%s)\s+$")
    return tuple(  # type: ignore[return-value]
        re.compile(rf"(?<!\w)(?:{nouns}){form % bounds}", re.IGNORECASE) for form in forms
    )


def _begins_range(text: str, number: Number, code: str) -> bool:
    """Return whether a greater number that counts something is behind the hyphen: "300-400 men"."""
    found = _RANGE.match(text, number.end)
    if found is None or int(found[1]) <= number.value:
        return False
    return unit_after(text, found.end(), code)[0] is not None
