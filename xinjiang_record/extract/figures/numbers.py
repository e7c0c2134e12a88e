"""Read numbers in a text: digits or words, with their scales ("1.8 million", "89万", "20 लाख").

Separators are read by language: a comma or a point before exactly three digits groups thousands,
unless a scale follows and the language writes decimals so; a space groups digits in threes.
Nothing is rounded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, lru_cache

from xinjiang_record.extract.figures.glued_numbers import MAX_LETTERS, glued_numbers
from xinjiang_record.extract.figures.half_numbers import halves, longest_first, part_behind
from xinjiang_record.extract.languages.context_words import any_case, compiled, either
from xinjiang_record.extract.languages.load_language import DEFAULT, load_language
from xinjiang_record.extract.languages.number_words import FigureWords, figure_words
from xinjiang_record.extract.languages.writing import writing

_WIDE = str.maketrans(
    {"％": "%", "．": ".", "～": "~", "〜": "~", "－": "-", "＋": "+", "−": "-", "‑": "-"}
)
_ARABIC_MARKS = str.maketrans({"٫": ".", "٬": ",", "٪": "%"})
_GROUPED = (
    r"[0-9]{1,3}(?:(?:,[0-9]{3})+|(?:\.[0-9]{3})+|(?:['’\u00a0\u202f\u2009 ][0-9]{3})+)(?![0-9])"
    r"|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}(?![0-9])|[0-9]{1,3}\.\s[0-9]{3}(?=\s|$)(?![0-9])"
)
_DIGITS = re.compile(
    rf"(?<![\w.,/-])(?:{_GROUPED}|[0-9]+)(?:[.,][0-9]+(?![0-9]))?"
    r"|(?<=[-–—~])[0-9]+(?:[.,][0-9]+)?|(?<![0-9.,])[0-9]+(?:[.,][0-9]+)?"
)
_WORD = re.compile(r"[^\W\d_]+(?:[\u0900-\u097f]*)")
_WORD_WITH_APOSTROPHE = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_RANGE_FOLLOWS = re.compile(
    rf"\s*(?:[-–—~]|{either('range_link')})\s*(?=[\w])",
    re.IGNORECASE,
)
DOZEN = 12  # the only scale that is also the value of a plain number: "twelve"
MAX_WORDS = 9  # of one number in words
PLACES = "\u00a0\u202f\u2009 '’"


@dataclass(frozen=True, slots=True)
class Number:
    """Hold one number: its place, its value, and the scale it was written with (1 when none)."""

    start: int
    end: int
    value: Fraction
    scale: int = 1
    qualifier: str = (
        ""  # what the number itself says: "half a million" is approx, "100多万" more_than
    )


def plain(text: str) -> str:
    """Return the text with every decimal digit and sign in ASCII; its length does not change."""
    if text.isascii():
        return text
    text = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)
    return text.translate(_WIDE).translate(_ARABIC_MARKS)


def numbers(text: str, code: str) -> list[Number]:
    """Return all numbers of a text (already ``plain``), from left to right, without overlap."""
    return list(_numbers(text, code))


@lru_cache(maxsize=512)  # each reader of a sentence needs its numbers
def _numbers(text: str, code: str) -> tuple[Number, ...]:
    words = figure_words(code)
    if not words.is_spaced:
        found = [Number(*one) for one in glued_numbers(text, code)]
    else:
        if len(text.lower()) != len(text):  # the small form of a Turkish capital has two signs
            text = "".join(char.lower()[0] if len(char.lower()) > 1 else char for char in text)
        plain_ones = [*_digits(text, words), *_worded(text, words), *_round(text, words)]
        found = [*_halves(text, code), *(_with_part(text, one, code) for one in plain_ones)]
    out: list[Number] = []
    for number in sorted(found, key=lambda item: (item.start, -item.end)):
        if not out or number.start >= out[-1].end:
            out.append(number)
    return tuple(out)


@cache
def _scales(code: str) -> dict[str, int]:
    return {**figure_words(DEFAULT).scales, **figure_words(code).scales}


@cache
def _scale_pattern(code: str) -> re.Pattern[str]:
    long = longest_first(word for word in _scales(code) if len(word) > 1)
    suffix = figure_words(code).suffixes
    letters = longest_first(load_language(DEFAULT)["numbers"]["letters"])
    glued = rf"(?P<suffix>(?={suffix}(?![^\W\d_]))|(?=[’']))|" if suffix else ""
    return re.compile(
        rf"(?:[\s\u00a0-]*(?P<word>(?:{long})(?:[\s-]+(?:{long}))*)\.?(?:{glued}(?![^\W\d_])))"
        rf"|(?P<letter>{letters})(?![\w²2³])",
        re.IGNORECASE,
    )


def _digits(text: str, words: FigureWords) -> list[Number]:
    out = []
    for found in _DIGITS.finditer(text):
        scale, end = _scale_at(text, found.end(), words.code)
        value = _value(found[0], words, scale > 1)
        if value is not None:
            out.append(Number(found.start(), end, value * scale, scale))
    return out


def _scale_at(text: str, offset: int, code: str) -> tuple[int, int]:
    found = _scale_pattern(code).match(text, offset)
    if not found:
        return 1, offset
    words = _scales(code)
    if found["letter"]:
        return words[found["letter"].lower()], found.end()
    scale = 1
    for word in re.split(r"[\s-]+", found["word"].lower()):
        scale *= words.get(word, 1)
    end = found.end("word")
    if re.match(r"\.\s+\w", text[end : end + 12]):
        end += 1  # "1,2 Mio. Menschen"
    return words.get(found["word"].lower(), scale), end


def _value(digits: str, words: FigureWords, has_scale: bool) -> Fraction | None:
    if digits.isascii() and digits.isdigit() and len(digits) <= MAX_LETTERS:
        return Fraction(int(digits))
    bare = compiled(rf"[{PLACES}]").sub("", digits)
    if len(bare) > MAX_LETTERS:
        return None
    comma = words.decimal_comma
    if re.fullmatch(r"[0-9]+\.[0-9]{3}", bare) and not has_scale:
        return Fraction(bare.replace(".", ""))
    if (
        re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?", bare)
        and (comma or bare.count(".") > 1)
        and not (has_scale and bare.count(".") == 1 and not comma)
    ):
        if has_scale and re.fullmatch(r"[0-9]\.[0-9]{3}", bare):
            return Fraction(bare)
        return Fraction(bare.replace(".", "").replace(",", "."))
    if re.fullmatch(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?", bare) and not (comma and has_scale):
        return Fraction(bare.replace(",", ""))
    if re.fullmatch(r"[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}", bare):
        return Fraction(bare.replace(",", ""))
    if bare.count(",") == 1 and "." not in bare:
        return Fraction(bare.replace(",", "."))
    return Fraction(bare.replace(",", "")) if bare.count(".") <= 1 else None


def _halves(text: str, code: str) -> list[Number]:
    """Read "half a million", "eine halbe Million", "полмиллиона", "anderthalb Millionen"."""
    return [Number(*found) for found in halves(text, code)]


def _with_part(text: str, number: Number, code: str) -> Number:
    """Return a number with the part of its scale behind it: "deux millions et demi"."""
    part, end = part_behind(text, number.end, code) if number.scale > 1 else (Fraction(0), 0)
    if not part:
        return number
    scale = max(value for value in _scales(code).values() if value <= number.scale)
    return replace(number, end=end, value=number.value + part * scale)


def _round(text: str, words: FigureWords) -> Iterator[Number]:
    """Yield "une centaine", "un centinaio": nouns that say about how many."""
    if not words.about:
        return
    one = rf"(?:(?:{'|'.join(words.ones)})\s+)?"
    pattern = any_case(rf"(?<!\w){one}(?P<noun>{longest_first(words.about)})(?!\w)")
    for found in pattern.finditer(text):
        value = words.about[found["noun"].lower()]
        yield Number(found.start(), found.end(), Fraction(value), qualifier="approx")


@cache
def _word_pattern(code: str) -> re.Pattern[str]:
    words = figure_words(code)
    if words.suffixes or any("'" in word for word in words.numbers):
        return _WORD_WITH_APOSTROPHE
    if not _attached(code):
        return _WORD
    known = longest_first([*words.numbers, *words.scales])
    return re.compile(rf"(?<!\w)[{_attached(code)}](?=(?:{known})(?!\w))|{_WORD.pattern}")


@cache
def _attached(code: str) -> str:
    """Return the letters that mean "and" and are attached to the number behind them."""
    letters = writing(code).attached_letters
    return "".join(word for word in figure_words(code).inner if word in letters)


def _worded(text: str, words: FigureWords) -> list[Number]:
    out: list[Number] = []
    tokens = list(_word_pattern(words.code).finditer(text))
    place = 0
    while place < len(tokens):
        if _parts(tokens[place][0].lower(), words.code)[0] is None:
            place += 1
            continue
        size, parts, end = _longest_number(text, tokens, place, words)
        first = tokens[place][0].lower()
        if size and _is_number(parts, first, words, text[tokens[place + size - 1].end() :]):
            value, scale = _evaluate(parts, words)
            out.append(Number(tokens[place].start(), end, Fraction(value), scale))
            place += size
        else:
            place += 1
    return out


def _longest_number(
    text: str, tokens: list[re.Match[str]], place: int, words: FigureWords
) -> tuple[int, list[int], int]:
    """Return the number of words that make the longest number from here, its parts, its end."""
    best, parts, end = 0, [], 0
    current: list[int] = []
    for size in range(1, min(MAX_WORDS, len(tokens) - place) + 1):
        token = tokens[place + size - 1]
        word = token[0].lower()
        if size > 1:
            joint = text[tokens[place + size - 2].end() : token.start()]
            is_attached = not joint and tokens[place + size - 2][0] in _attached(words.code)
            if not (is_attached or re.fullmatch(r"[\s\u00a0-]{1,2}", joint)):
                break
            if word in words.inner and _goes_on(current, words):
                if word in _attached(words.code) and _is_next_number(
                    text, tokens, place, size, words
                ):
                    break
                continue
            if (
                is_attached
                and current[-1] < 10
                and not (20 <= (_parts(word, words.code)[0] or [0])[0] <= 90)
            ):
                break
        piece, length = _parts(word, words.code)
        if piece is None:
            break
        current += piece
        best, parts, end = size, list(current), token.start() + length
    return best, parts, end


def _is_next_number(
    text: str, tokens: list[re.Match[str]], place: int, size: int, words: FigureWords
) -> bool:
    """Return whether an attached "and" begins another number: "between a million and three"."""
    between = rf"(?:{words.phrase('between')})\s+$"
    first = tokens[place].start()
    if compiled(between).search(text[max(0, first - MAX_LETTERS) : first]):
        return True
    before = [
        _parts(token[0].lower(), words.code)[0] or [0] for token in tokens[place : place + size]
    ]
    behind = tokens[place + size + 1 : place + size + 2]
    scale = (_parts(behind[0][0].lower(), words.code)[0] or [0])[0] if behind else 0
    most = max(part for parts in before for part in parts)
    return most >= 1000 and scale >= most


def _goes_on(parts: list[int], words: FigureWords) -> bool:
    """Return whether "and" is inside a number: after hundred or thousand, or after the tens."""
    if not parts:
        return False
    if _attached(words.code) and parts[-1] < 10:
        return True  # "خمسة وعشرون", if tens follow
    if words.inner_after == "hundred":
        return parts[-1] in (100, 1000)
    if words.inner_after == "twenty":
        return parts[-1] >= 20
    return parts[-1] % 10 == 0 and 20 <= parts[-1] <= 90


def _is_number(parts: list[int], first: str, words: FigureWords, after: str) -> bool:
    """Return whether words are a number: "million", "a" or "un" alone are not."""
    if len(parts) > 1 or first in words.alone or _stem(first, words) in words.alone:
        return True
    if first in words.ones:
        return bool(_RANGE_FOLLOWS.match(after))
    if first in words.scales or _stem(first, words) in words.scales:
        return False
    return parts[0] > 1 and (parts[0] == DOZEN or parts[0] not in _sizes(words.code))


@cache
def _sizes(code: str) -> frozenset[int]:
    return frozenset(figure_words(code).scales.values())


def _stem(word: str, words: FigureWords) -> str:
    return compiled(rf"{words.suffixes}$").sub("", word) if words.suffixes else word


@cache
def _parts(word: str, code: str) -> tuple[list[int] | None, int]:
    """Return the number parts of a word, compounds taken apart, and how much of it they are."""
    words = figure_words(code)
    values = {**words.numbers, **words.scales}
    if word in values:
        return [values[word]], len(word)
    bare = re.split(r"['’]", word)[0]
    if bare != word and bare in values and words.suffixes:
        return [values[bare]], len(bare)
    if words.suffixes:
        for scale, value in words.scales.items():
            if re.fullmatch(rf"{scale}{words.suffixes}", word):
                return [value], len(scale)
    if words.joints is None or len(word) < 6:
        return None, 0
    parts = _compound(word, tuple(sorted(values, key=len, reverse=True)), code)
    return parts, len(word)


def _compound(word: str, known: tuple[str, ...], code: str) -> list[int] | None:
    if not word:
        return []
    words = figure_words(code)
    values = {**words.numbers, **words.scales}
    for joint in filter(None, words.joints or ()):
        if word.startswith(joint):
            rest = _compound(word[len(joint) :], known, code)
            if rest:
                return rest
    for part in known:
        if len(part) > 2 and word.startswith(part):
            rest = _compound(word[len(part) :], known, code)
            if rest is not None:
                return [values[part], *rest]
    return None


def _evaluate(parts: list[int], words: FigureWords) -> tuple[int, int]:
    """Return the value and the product of the scales ("four hundred thousand": 100,000)."""
    total, current, scale = 0, 0, 1
    times_ten = 10 in words.scales.values()
    for part in parts:
        if part == 100 or part >= 1000:
            current = max(current, 1) * part if part == 100 or current else part
            if part >= 1000:
                total, current = total + current, 0
            scale *= part
        elif part == 10 and times_ten and 1 < current % 100 < 10:
            current = current - current % 10 + current % 10 * 10
        elif part == 20 and current % 100 == 4:
            current += 76  # "trois cent quatre-vingts"
        elif part == 12 and 1 <= current <= 9:
            current, scale = current * 12, 1  # "a dozen", "two dozen"
        else:
            current, scale = current + part, 1
    return total + current, scale
