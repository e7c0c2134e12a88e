"""Shares and multiples in words: "one in six", "jeder Sechste", "六分之一", "almost tripled"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from xinjiang_record.extract.figures.numbers import numbers, table
from xinjiang_record.extract.figures.qualifiers import Figure, make_figure, qualifier_before
from xinjiang_record.extract.languages.number_words import CJK_DIGITS

_MULTIPLES = [
    (2, r"doubled|verdoppelt|doublé|duplicado|ikiye katlan|verdubbeld|удвоил|翻了?一番|倍増"), (3, r"tripled|trebled|verdreifacht|triplé|triplicado|üçe katlan|verdrievoudigd|утроил|三倍"),
    (4, r"quadrupled|vervierfacht|quadruplé|cuadruplicado|verviervoudigd"),
]  # fmt: skip


_TIMES = re.compile(
    r"(?<![\w.])(?P<n>\d{1,6}(?:\.\d{1,4})?|two|three|four|five|six|seven|eight|nine|ten)[\s-]?(?:fold|times (?:as many|more|higher|the))\b",
    re.IGNORECASE,
)


def shares(text: str, code: str) -> Iterator[Figure]:
    """ "one in six", "jeder Sechste", "六分之一"."""
    for found in re.compile(table(code).share, re.IGNORECASE).finditer(text):
        groups = found.groupdict()
        if groups.get("c") and groups["d"] in ("百",):
            value = _small(groups["c"], code)
            share = value / 100 if value is not None else None
        elif groups.get("c"):
            top, base = _small(groups["c"], code), _small(groups["d"], code)
            share = top / base if top and base else None
        else:
            base = _small(groups.get("b") or groups.get("o") or "", code)
            top = _small(groups.get("a") or "", code) if groups.get("a") else Fraction(1)
            share = (
                top / base
                if top and base and 0 < top < base and base <= 10_000 and not _is_year(base)
                else None
            )
        if share is not None:
            qualifier, start = qualifier_before(text, found.start(), code)
            yield make_figure(start, found.end(), qualifier, "share", point=share)
    if code == "en":
        yield from _fractions(text)


_PARTS = {"third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "tenth": 10}


_FRACTION = re.compile(
    r"\b(?P<top>one|two|three|a)[\s-](?P<part>third|quarter|fifth|sixth|tenth)s?\b(?=\s+of\b|\W*$)(?! of a (?:million|billion))",
    re.IGNORECASE,
)


def _fractions(text: str) -> Iterator[Figure]:
    """ "a third of", "two fifths of"."""
    for found in _FRACTION.finditer(text):
        top = {"one": 1, "a": 1, "two": 2, "three": 3}[found["top"].lower()]
        qualifier, start = qualifier_before(text, found.start(), "en")
        share = Fraction(top, _PARTS[found["part"].lower()])
        yield make_figure(start, found.end(), qualifier, "share", point=share)


_ORDINALS = {
    "zweite": 2, "dritte": 3, "vierte": 4, "fünfte": 5, "sechste": 6, "siebte": 7, "achte": 8, "neunte": 9, "zehnte": 10, "zwanzigste": 20, "fünfundzwanzigste": 25,
    "второй": 2, "третий": 3, "четвертый": 4, "четвёртый": 4, "пятый": 5, "шестой": 6, "седьмой": 7, "восьмой": 8, "девятый": 9, "десятый": 10,
}  # fmt: skip


def _small(text: str, code: str) -> Fraction | None:
    text = text.strip().lower()
    if text.rstrip("nrs") in _ORDINALS or text in _ORDINALS:
        return Fraction(_ORDINALS.get(text) or _ORDINALS[text.rstrip("nrs")])
    if text in table(code).numbers:
        return Fraction(table(code).numbers[text])
    if all(char in CJK_DIGITS for char in text) and len(text) == 1:
        return Fraction(CJK_DIGITS[text])
    found = numbers(text, code)
    return (
        found[0].value
        if len(found) == 1 and found[0].start == 0 and found[0].end == len(text)
        else None
    )


def _is_year(value: Fraction) -> bool:
    return value.denominator == 1 and 1900 <= value <= 2100


def multiples(text: str, code: str) -> Iterator[Figure]:
    for times, pattern in _MULTIPLES:
        for found in re.finditer(pattern, text, re.IGNORECASE):
            qualifier, start = qualifier_before(text, found.start(), code)
            yield make_figure(start, found.end(), qualifier, "ratio", point=Fraction(times))
    for found in _TIMES.finditer(text):
        value = _small(found["n"], "en")
        if value:
            qualifier, start = qualifier_before(text, found.start(), code)
            yield make_figure(start, found.end(), qualifier, "ratio", point=value)
