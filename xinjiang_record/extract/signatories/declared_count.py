"""Read how many states a text says there are, of this list and of no other."""

from __future__ import annotations

import re
from functools import cache

from xinjiang_record.extract.figures.glued_numbers import number_in_letters
from xinjiang_record.extract.figures.numbers import numbers, plain
from xinjiang_record.extract.languages.context_words import either
from xinjiang_record.extract.languages.detect_language import detect_language
from xinjiang_record.extract.languages.find_labels import Label, is_neutral
from xinjiang_record.extract.languages.list_words import fold, pattern_of_all
from xinjiang_record.extract.languages.load_language import DEFAULT
from xinjiang_record.extract.languages.number_words import (
    figure_code,
    figure_languages,
    figure_words,
)
from xinjiang_record.extract.languages.writing import languages_of_script
from xinjiang_record.extract.name_lists.find_name_lists import NameList

_NUMBER = r"(?P<n>(?<![\d.,/-])[0-9]{1,3}(?![\d,/%-]|\.\d))"
_HAN = figure_words(figure_code(languages_of_script("Hani")[0]))
_IN_LETTERS = re.compile(
    rf"(?P<n>[{''.join(_HAN.digits)}{''.join(_HAN.small)}]{{1,5}})"
    rf"(?:{either('counters')})?(?:{either('state_signs')})"
)
_PLAIN_NUMBER = re.compile(r"(?<![\w.,/-])([0-9]{1,3})(?![\w%/]|[.,][0-9]|-[0-9])")
_GLUED_NUMBER = re.compile(
    rf"(?<![0-9.,])([0-9]{{1,3}})(?={either('counters')}|{either('ballot_signs')}|{either('state_signs')})"
)
MOST = 195  # states that a text can declare
# A number that counts the members of a body, or of which the states are a part, does not count.
_MEMBERS = re.compile(
    rf"\s*(?:\(\s*[0-9]+\s*\)\s*)?(?:{either('bodies_behind_number')}"
    rf"|{either('members_behind_number')})",
    re.IGNORECASE,
)
_PART = re.compile(rf"(?:{either('part_before_number')})$|{either('group_number')}", re.IGNORECASE)
_COUNCIL = pattern_of_all("lists", "council_members")


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    noun = pattern_of_all("lists", "country_nouns").pattern
    return (
        re.compile(
            rf"{_NUMBER}\s*(?:\(\s*[0-9]{{1,3}}\s*\)\s*)?(?:[^\W\d]+[\s-]+){{0,3}}?(?:{noun})"
        ),
        re.compile(rf"(?:{noun})[^.:()（）]{{0,30}}[(（]\s*(?P<n>[0-9]{{1,3}})\s*[)）]"),
    )


def declared_count(text: str) -> int | None:
    """Return the last number of states that a text declares ("39 countries"), or None."""
    folded = _in_digits(fold(text))
    found = []
    for pattern in _patterns():
        for match in pattern.finditer(folded):
            before, after = folded[max(0, match.start() - 24) : match.start()], match.end("n")
            rest = folded[after:]
            is_body = _COUNCIL.match(rest.lstrip()) or _MEMBERS.match(rest)
            if not (_PART.search(before) or is_body):
                found.append((match.start(), int(match["n"])))
    found += [
        (match.start(), number_in_letters(match["n"], _HAN))
        for match in _IN_LETTERS.finditer(text)
        if len(match["n"]) > 1
    ]
    sensible = [(start, value) for start, value in found if 2 <= value <= MOST]
    return max(sensible)[1] if sensible else None


def _in_digits(folded: str) -> str:
    """Return a text with its numbers in words as digits: "the other 6 countries"."""
    code = figure_code(detect_language(folded) or DEFAULT)
    if code not in figure_languages() or not figure_words(code).is_spaced:
        return folded
    parts, place = list[str](), 0
    for number in numbers(plain(folded), code):
        is_count = number.scale == 1 and 2 <= number.value <= MOST and not number.qualifier
        if is_count and folded[number.start].isalpha():
            parts += [folded[place : number.start], str(number.value)]
            place = number.end
    return "".join([*parts, folded[place:]])


def number_near(
    text: str, sentence: tuple[int, int], one: NameList, label: Label, form: str
) -> int | None:
    """Return the number next to a label: "Against (19):", "19 against (", "6カ国"."""
    if form == "after":
        head = text[max(sentence[0], one.start - 40) : one.start]
        found = list(_PLAIN_NUMBER.finditer(head)) + list(_GLUED_NUMBER.finditer(head))
        return int(found[-1][1]) if found and is_neutral(head[found[-1].end() :]) else None
    end = one.start if form == "before" else sentence[1]
    gap = text[label.end : end]
    found = list(_PLAIN_NUMBER.finditer(gap)) or list(_GLUED_NUMBER.finditer(gap))
    if found and is_neutral(gap[: found[0].start()]):
        return int(found[0][1])
    inside = _PLAIN_NUMBER.search(label.cue) or _GLUED_NUMBER.search(label.cue)
    if inside:
        return int(inside[1])
    lead = text[max(sentence[0], label.start - 30) : label.start]
    found = list(_PLAIN_NUMBER.finditer(lead)) or list(_GLUED_NUMBER.finditer(lead))
    return int(found[-1][1]) if found and is_neutral(lead[found[-1].end() :]) else None


def only_number(text: str) -> int | None:
    """Return the number of a text that has one number."""
    found = list(_PLAIN_NUMBER.finditer(text)) or list(_GLUED_NUMBER.finditer(text))
    return int(found[-1][1]) if len(found) == 1 else None
