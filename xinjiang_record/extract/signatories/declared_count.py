"""How many states a text says there are."""

from __future__ import annotations

import re

from xinjiang_record.extract.languages.list_cues import COUNTRY_NOUN

_SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
WORDS = {
    **{word: value for value, word in enumerate(_SMALL)},
    **{word: 10 * value for value, word in enumerate(_TENS, 2)},
    **{f"{ten}{joint}{_SMALL[one]}": 10 * value + one for value, ten in enumerate(_TENS, 2) for one in range(1, 10) for joint in ("-", " ")},
}  # fmt: skip
_WORD = "|".join(sorted(WORDS, key=len, reverse=True))
_NUMBER = rf"(?P<n>(?<![\d.,/-])\d{{1,3}}(?![\d,/%-]|\.\d)|\b(?:{_WORD})\b)"
_COUNT = re.compile(
    rf"{_NUMBER}\s*(?:\(\s*\d{{1,3}}\s*\)\s*)?(?:[^\W\d]+[\s-]+){{0,3}}?{COUNTRY_NOUN}",
    re.IGNORECASE,
)
_BRACKET = re.compile(
    rf"{COUNTRY_NOUN}[^.:()（）]{{0,30}}[(（]\s*(?P<n>\d{{1,3}})\s*[)）]", re.IGNORECASE
)
_CHINESE = re.compile(r"(?P<n>[一二三四五六七八九十百]{1,5})(?:个|個|か|カ|ヵ)?(?:国|國)")
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")}


def _chinese(text: str) -> int:
    total, digit = 0, 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        else:
            total, digit = total + (digit or 1) * {"十": 10, "百": 100}[char], 0
    return total + digit


def declared_count(text: str) -> int | None:
    """The last number of states that ``text`` declares ("a group of 39 countries"); None when it declares none."""
    found = [
        (match.start(), _value(match["n"]))
        for pattern in (_COUNT, _BRACKET)
        for match in pattern.finditer(text)
    ]
    found += [
        (match.start(), _chinese(match["n"]))
        for match in _CHINESE.finditer(text)
        if len(match["n"]) > 1
    ]
    sensible = [(start, value) for start, value in found if 2 <= value <= 195]
    return max(sensible)[1] if sensible else None


def _value(text: str) -> int:
    return WORDS[text.lower()] if text.lower() in WORDS else int(text)
