"""Read numbers that are glued to what they count: "89万人", "2억 3000만 명", "一百二十五万三千"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from typing import TypeAlias

from xinjiang_record.extract.languages.context_words import either
from xinjiang_record.extract.languages.number_words import FigureWords, figure_words

Glued: TypeAlias = tuple[int, int, Fraction, int, str]  # start, end, value, scale, what it says
_HANGUL = re.compile("[\uac00-\ud7af]")
MAX_LETTERS = 24  # of one number: what is longer is not a quantity


def _mixed(small: str) -> str:
    """Return the pattern of digits and small scales in turn: "3천5백", "2천300"."""
    rest = rf"[0-9]{{1,3}}(?![0-9.,{small}])"
    return rf"(?:[0-9][{small}]){{2,}}(?:{rest})?|[0-9][{small}]{rest}"


@cache
def _pattern(code: str) -> re.Pattern[str]:
    words = figure_words(code)
    digits, small = "".join(words.digits), "".join(words.small)
    large = rf"[{small}]?(?:{'|'.join(words.large)})"
    dates = "|".join(map(either, ("year_signs", "month_signs", "day_signs")))
    scaled = rf"[{digits}]?[{small}](?:[{digits}{small}])*"
    bare = scaled if words.needs_scale else rf"[{digits}{small}]+"
    gap = r"\s?" if words.needs_scale else ""
    head = rf"{_mixed(small)}|[0-9][0-9,]*(?:\.[0-9]+)?|{bare}"
    zero = "".join(digit for digit, value in words.digits.items() if value == 0)
    return re.compile(
        rf"(?:{head})?"
        rf"(?:(?P<more>{either('more_signs')})?{gap}{large}"
        rf"(?:{gap}(?:{head}){gap}{large})*"  # "2억 3000만", "二亿三千万"
        rf"(?:\s?[0-9][0-9,]*(?!{gap}{large})(?![0-9.%]|{dates})(?:{gap}[{small}])?"
        rf"|{gap}[{zero}]?{scaled}(?!{gap}{large}))?"
        rf"|[{small}](?=\s?(?:{words.measure})|$))?"
    )


def glued_numbers(text: str, code: str) -> Iterator[Glued]:
    """Yield the numbers of a text without spaces between numbers and nouns."""
    words = figure_words(code)
    for found in _pattern(code).finditer(text):
        printed = found[0].rstrip()
        if not printed or len(printed) > MAX_LETTERS:
            continue
        is_word = words.needs_scale and not printed[0].isdecimal()
        if is_word and _HANGUL.match(text, max(0, found.start() - 1), found.start()):
            continue
        number = _number(printed, code)
        if number:
            value, scale, size = number
            said = "more_than" if found["more"] else ""
            yield found.start(), found.start() + size, value, scale, said


@cache
def _section(code: str) -> re.Pattern[str]:
    """Return the pattern of a number up to its scale of ten thousand or more, if it has one."""
    words = figure_words(code)
    small = "".join(words.small)
    return re.compile(
        rf"\s?(?:(?P<mixed>{_mixed(small)})|(?P<n>[0-9][0-9,]*(?:\.[0-9]+)?)|(?P<letters>[{''.join(words.digits)}{small}]+))"
        rf"(?:{either('more_signs')})?\s?(?P<small>[{small}]?)(?P<large>{'|'.join(words.large)})?"
    )


def _number(text: str, code: str) -> tuple[Fraction, int, int] | None:
    """Return the value, the scale (1 if there are several) and the length of a number."""
    words, value, scales, end = figure_words(code), Fraction(0), list[int](), 0
    while part := _section(code).match(text, end):
        scale = words.small.get(part["small"], 1) * words.large.get(part["large"] or "", 1)
        if scales and scale >= scales[-1]:
            break  # "10万 20万" is two numbers
        digits, letters = part["n"], part["mixed"] or part["letters"]
        count = (
            Fraction(digits.replace(",", ""))
            if digits
            else Fraction(number_in_letters(letters, words))
        )
        value, end = value + count * scale, part.end()
        scales.append(scale)
    return (value, scales[0] if len(scales) == 1 else 1, end) if scales else None


def number_in_letters(text: str, words: FigureWords) -> int:
    """Return the value of digits and small scales in letters: 二十三."""
    if not any(char in words.small for char in text):
        return int("".join(str(words.digits[char]) for char in text))
    total, digit = 0, 0
    for char in re.findall(r"[0-9]+|\D", text):
        if char in words.digits or char.isdecimal():
            digit = words.digits[char] if char in words.digits else int(char)
        else:
            total, digit = total + (digit or 1) * words.small[char], 0
    return total + digit
