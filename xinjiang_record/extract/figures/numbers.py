"""Numbers in a text, as digits or in words, with their scales ("1.8 million", "89万", "three hundred thousand", "20 लाख").

Separators are read by language: a comma or a point before exactly three digits groups thousands, unless a scale follows and
the language writes decimals so; a space groups digits in threes. Nothing is rounded.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from xinjiang_record.extract.languages.number_words import (
    ALONE,
    CJK,
    CJK_DIGITS,
    CJK_LARGE,
    CJK_SMALL,
    LANGUAGES,
    ONE_AND_A_HALF,
    ONES,
    Language,
)

_WIDE = str.maketrans(
    {
        "％": "%",
        "．": ".",
        "，": "，",
        "～": "~",
        "〜": "~",
        "－": "-",
        "＋": "+",
        "−": "-",
        "‑": "-",
    }
)
_GROUPED = r"\d{1,3}(?:(?:,\d{3})+|(?:\.\d{3})+|(?:['’\u00a0\u202f\u2009 ]\d{3})+)(?!\d)|\d{1,2}(?:,\d{2})+,\d{3}(?!\d)|\d{1,3}\.\s\d{3}(?=\s|$)(?!\d)"
_DIGITS = re.compile(
    rf"(?<![\w.,/-])(?:{_GROUPED}|\d+)(?:[.,]\d+(?!\d))?|(?<=[-–—~])\d+(?:[.,]\d+)?|(?<![\d.,])\d+(?:[.,]\d+)?"
)
_CJK_NUMBER = re.compile(
    r"(?:\d[\d,]*(?:\.\d+)?|[〇零一二两兩三四五六七八九十百千]+)?(?:[十百千]?(?:万|萬|亿|億)|[百千](?=[人名頁页份个個座所]|$))?"
)
MAX_LETTERS = 24  # of one number: what is longer is no quantity
_HAS_CJK = re.compile("[\u4e00-\u9fff]")
PLACES = "\u00a0\u202f\u2009 '’"


@dataclass(frozen=True, slots=True)
class Number:
    """One number: where it stands, its value, and the scale it was written with (1 when none)."""

    start: int
    end: int
    value: Fraction
    scale: int = 1
    is_loose: bool = False  # "half a million" is as round as it sounds


def plain(text: str) -> str:
    """The text with every decimal digit and sign in ASCII form; its length does not change."""
    return "".join(
        str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text
    ).translate(_WIDE)


def table(code: str) -> Language:
    return CJK if code == "cjk" else LANGUAGES[code]


def numbers(text: str, code: str) -> list[Number]:
    """All numbers of a text (already ``plain``), from left to right, none inside another."""
    found = (
        _cjk(text)
        if code == "cjk"
        else [*_digits(text, code), *_halves(text, code), *_words(text, code)]
    )
    if code != "cjk" and _HAS_CJK.search(text):
        found += [number for number in _cjk(text) if number.scale > 1]
    out: list[Number] = []
    for number in sorted(found, key=lambda item: (item.start, -item.end)):
        if not out or number.start >= out[-1].end:
            out.append(number)
    return out


@cache
def _scale_pattern(code: str) -> re.Pattern[str]:
    words = {**LANGUAGES["en"].scales, **table(code).scales}
    long = "|".join(
        sorted((re.escape(word) for word in words if len(word) > 1), key=len, reverse=True)
    )
    return re.compile(
        rf"(?:[\s\u00a0-]*(?P<word>(?:{long})(?:[\s-]+(?:{long}))*)\.?(?P<suffix>(?:(?<=bin)|(?<=milyon)|(?<=yüz))(?=[^\W\d_])|(?![^\W\d_])))|(?P<letter>[mkMK])(?![\w²2³])|(?P<bn>bn|Bn|BN|mn|Mn)(?!\w)",
        re.IGNORECASE,
    )


def _digits(text: str, code: str) -> list[Number]:
    out = []
    for found in _DIGITS.finditer(text):
        scale, end = _scale_at(text, found.end(), code)
        value = _value(found[0], code, scale > 1)
        if value is not None:
            out.append(Number(found.start(), end, value * scale, scale))
    return out


def _scale_at(text: str, offset: int, code: str) -> tuple[int, int]:
    found = _scale_pattern(code).match(text, offset)
    if not found:
        return 1, offset
    words = {**LANGUAGES["en"].scales, **table(code).scales}
    if found["letter"] or found["bn"]:
        return words[(found["letter"] or found["bn"]).lower()], found.end()
    scale = 1
    for word in re.split(r"[\s-]+", found["word"].lower()):
        scale *= words[word]
    return scale, found.end("word")


def _value(digits: str, code: str, has_scale: bool) -> Fraction | None:
    bare = re.sub(rf"[{PLACES}]", "", digits)
    if len(bare) > MAX_LETTERS:
        return None
    comma = table(code).decimal_comma
    if re.fullmatch(r"\d+\.\d{3}", bare) and not has_scale:
        return Fraction(bare.replace(".", ""))
    if (
        re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", bare)
        and (comma or bare.count(".") > 1)
        and not (has_scale and bare.count(".") == 1 and not comma)
    ):
        if has_scale and re.fullmatch(r"\d\.\d{3}", bare):
            return Fraction(bare)
        return Fraction(bare.replace(".", "").replace(",", "."))
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", bare) and not (comma and has_scale):
        return Fraction(bare.replace(",", ""))
    if re.fullmatch(r"\d{1,2}(?:,\d{2})+,\d{3}", bare):
        return Fraction(bare.replace(",", ""))
    if bare.count(",") == 1 and "." not in bare:
        return Fraction(bare.replace(",", "."))
    return Fraction(bare.replace(",", "")) if bare.count(".") <= 1 else None


def _halves(text: str, code: str) -> list[Number]:
    """ "half a million", "eine halbe Million", "полмиллиона": half of a scale."""
    out = []
    words = {**table(code).scales}
    pattern = re.compile(
        rf"(?<!\w)(?:{table(code).half})(?P<scale>{'|'.join(sorted(map(re.escape, words), key=len, reverse=True))})(?!\w)",
        re.IGNORECASE,
    )
    for found in pattern.finditer(text):
        scale = words[found["scale"].lower()]
        out.append(Number(found.start(), found.end(), Fraction(scale, 2), scale, True))
    more = re.compile(
        rf"(?<!\w)(?:{ONE_AND_A_HALF})[\s-]+(?P<scale>{'|'.join(sorted(map(re.escape, words), key=len, reverse=True))})(?!\w)",
        re.IGNORECASE,
    )
    for found in more.finditer(text):
        scale = words[found["scale"].lower()]
        out.append(Number(found.start(), found.end(), Fraction(3 * scale, 2), scale))
    return out


def _words(text: str, code: str) -> list[Number]:
    out: list[Number] = []
    tokens = list(re.finditer(r"[^\W\d_]+(?:[\u0900-\u097f]*)", text))
    place = 0
    while place < len(tokens):
        best, parts = 0, []
        current: list[int] = []
        for size in range(1, min(9, len(tokens) - place) + 1):
            token = tokens[place + size - 1]
            joint = text[tokens[place + size - 2].end() : token.start()] if size > 1 else ""
            if size > 1 and not re.fullmatch(r"[\s\u00a0-]{1,2}", joint):
                break
            if (
                size > 1
                and token[0].lower() in ("and", "et", "y")
                and _goes_on(current, token[0].lower())
            ):
                continue
            piece = _parts(token[0].lower(), code)
            if piece is None:
                break
            current += piece
            best, parts = size, list(current)
        after = text[tokens[place + best - 1].end() :] if best else ""
        if best and _is_number(parts, tokens[place][0].lower(), code, after):
            value, scale = _evaluate(parts)
            out.append(
                Number(
                    tokens[place].start(), tokens[place + best - 1].end(), Fraction(value), scale
                )
            )
            place += best
        else:
            place += 1
    return out


def _goes_on(parts: list[int], word: str) -> bool:
    """Whether "and" stands inside a number: after hundred or thousand in English, after the tens in French and Spanish."""
    if not parts:
        return False
    return (
        parts[-1] in (100, 1000) if word == "and" else parts[-1] % 10 == 0 and 20 <= parts[-1] <= 90
    )


_RANGE_FOLLOWS = re.compile(
    r"\s*(?:[-–—~]|to|or|and|bis|oder|und|à|ou|et|a|o|y|ila|ile|tot|of|en|до|или|и|से)\s*(?=[\w])",
    re.IGNORECASE,
)


def _is_number(parts: list[int], first: str, code: str, after: str) -> bool:
    """A scale alone ("million"), or an article alone ("a", "un"), is no number; "one" is when a range goes on after it."""
    if len(parts) > 1 or first in ALONE:
        return True
    if first in ONES:
        return bool(_RANGE_FOLLOWS.match(after))
    return parts[0] > 1 and parts[0] not in table(code).scales.values()


@cache
def _parts(word: str, code: str) -> list[int] | None:
    """A word's number parts, compounds taken apart ("vierhunderttausend"); a Turkish scale may carry a suffix."""
    words = {**table(code).numbers, **table(code).scales}
    if word in words:
        return [words[word]]
    if code == "tr":
        for scale, value in table(code).scales.items():
            if re.fullmatch(rf"{scale}(?:den|dan|e|a|i|ı|u|in|un|ın|den|lik|nin)", word):
                return [value]
    if code not in ("de", "nl", "tr", "es") or len(word) < 6:
        return None
    return _compound(word, tuple(sorted(words, key=len, reverse=True)), code)


def _compound(word: str, known: tuple[str, ...], code: str) -> list[int] | None:
    if not word:
        return []
    words = {**table(code).numbers, **table(code).scales}
    for joint in ("und", "en", "ën"):
        if (
            word.startswith(joint)
            and code in ("de", "nl")
            and (rest := _compound(word[len(joint) :], known, code))
        ):
            return rest
    for part in known:
        if len(part) > 2 and word.startswith(part):
            rest = _compound(word[len(part) :], known, code)
            if rest is not None:
                return [words[part], *rest]
    return None


def _evaluate(parts: list[int]) -> tuple[int, int]:
    """The value, and the product of the scales at the end ("four hundred thousand": 400,000 and 100,000)."""
    total, current, scale = 0, 0, 1
    for part in parts:
        if part == 100 or part >= 1000:
            current = max(current, 1) * part if part == 100 or current else part
            if part >= 1000:
                total, current = total + current, 0
            scale *= part
        elif part == 20 and current == 4:
            current = 80
        else:
            current, scale = current + part, 1
    return total + current, scale


def _cjk(text: str) -> list[Number]:
    out = []
    for found in _CJK_NUMBER.finditer(text):
        if not found[0] or len(found[0]) > MAX_LETTERS:
            continue
        number = _cjk_number(found[0])
        if number:
            out.append(Number(found.start(), found.end(), number[0], number[1]))
    return out


def _cjk_number(text: str) -> tuple[Fraction, int] | None:
    head = re.match(r"\d[\d,]*(?:\.\d+)?", text)
    if head:
        value, rest = Fraction(head[0].replace(",", "")), text[head.end() :]
    else:
        digits = re.match(r"[〇零一二两兩三四五六七八九十百千]+", text)
        if not digits:
            return None
        value, rest = Fraction(_cjk_small(digits[0])), text[digits.end() :]
    scale = 1
    for char in rest:
        scale *= {**CJK_SMALL, **CJK_LARGE}[char]
    return value * scale, scale


def _cjk_small(text: str) -> int:
    if not any(char in CJK_SMALL for char in text):
        return int("".join(str(CJK_DIGITS[char]) for char in text))
    total, digit = 0, 0
    for char in text:
        if char in CJK_DIGITS:
            digit = CJK_DIGITS[char]
        else:
            total, digit = total + (digit or 1) * CJK_SMALL[char], 0
    return total + digit
