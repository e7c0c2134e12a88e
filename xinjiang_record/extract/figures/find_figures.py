"""Figures in words: a phrase to its low, high or point value, with the qualifier that the words give it.

Which value is filled follows the qualifier, as everywhere in the record: exact, approx, nearly, average: point; at_least,
more_than: low; up_to, less_than: high; range, range_open: both; non_numeric: none. A midpoint is never filled in. Shares are
parts of one (unit ``share``); a growth in per cent is ``percent``, a multiple is ``ratio``; square feet become m2.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from xinjiang_record.document_readers.document import Document
from xinjiang_record.extract.dates import dates_in, period_near
from xinjiang_record.extract.figures.numbers import Number, numbers, plain, table
from xinjiang_record.extract.figures.percentages import multiples, shares
from xinjiang_record.extract.figures.qualifiers import (
    Figure,
    make_figure,
    plain_number,
    qualifier_after,
    qualifier_before,
)
from xinjiang_record.extract.languages.number_words import detect
from xinjiang_record.extract.languages.units import FT2, PATTERNS

GAP = 42  # letters between the two ends of a range at most
LEAST_BARE = (
    1000  # a number without unit, scale or qualifier is a figure of a document from here on
)


@dataclass(frozen=True, slots=True)
class _Amount:
    """A number with the qualifier around it, before ranges are joined."""

    start: int
    end: int
    value: Fraction
    scale: int
    qualifier: str
    unit: str | None = None
    inner_start: int = 0
    inner_end: int = 0
    is_raw: bool = True


_OF = re.compile(r"^\s*(?:of|out of|von|de|sur|van|из)\s+(?:the\s+)?$", re.IGNORECASE)


def figures_in(text: str, language: str | None = None) -> list[Figure]:
    """Every figure of a text, from left to right. ``language``: a CLDR code; without it, the words of the text tell."""
    shown = unicodedata.normalize("NFC", text)
    text = plain(shown)
    code = _code(language) or detect(text)
    vague = list(_vague(text, code))
    parts = list(shares(text, code))
    taken = [(item.start, item.end) for item in (*vague, *parts)]
    dates = dates_in(text)
    taken += [(item.start, item.end) for item in dates]
    amounts = [
        _amount(text, number, code)
        for number in numbers(text, code)
        if not _inside(number, taken) or _is_amount(text, number, code)
    ]
    found = [*vague, *parts, *multiples(text, code), *_joined(text, amounts, code)]
    out: list[Figure] = []
    for item in sorted(found, key=lambda figure: (figure.start, -figure.end)):
        if not out or item.start >= out[-1].end:
            out.append(
                replace(
                    item,
                    phrase=shown[item.start : item.end].strip(),
                    period=period_near(shown, item.start, item.end, dates),
                )
            )
    return out


def read_figure(text: str, language: str | None = None) -> Figure | None:
    """The figure of a single phrase; None when it holds none."""
    found = figures_in(text, language)
    return found[0] if found else None


def extract_figures(document: Document) -> list[Figure]:
    """The figures of a document that count something: dates, page numbers and bare small numbers are left out."""
    out = []
    default = document.metadata.get("language") or None
    places = [(block.text, block.locator) for block in document.blocks]
    places += [
        (text, shown.cell(row, column))
        for shown in document.tables
        for row, line in enumerate(shown.rows)
        for column, text in enumerate(line)
        if text
    ]
    for text, locator in places:
        if not any(char.isdecimal() or char.isalpha() for char in text):
            continue
        for figure in figures_in(text, None if detect(text, "") else default):
            if _counts(figure, text):
                out.append(replace(figure, locator=locator))
    return out


def _counts(figure: Figure, text: str) -> bool:
    if figure.qualifier == "non_numeric" or figure.unit is not None:
        return True
    value = next(
        (v for v in (figure.value_point, figure.value_low, figure.value_high) if v is not None), 0
    )
    if re.fullmatch(r"(?:19|20)\d\d", figure.phrase.strip()) or value != int(value):
        return False
    around = text[max(0, figure.start - 2) : figure.end + 2]
    return (
        value >= LEAST_BARE
        and not re.search(r"[/_#§]", around)
        and not re.search(r"(?:18|19|20)\d\d\s*$", figure.phrase)
    )


def _code(language: str | None) -> str | None:
    if not language:
        return None
    short = language.lower().replace("_", "-").split("-")[0]
    return (
        "cjk"
        if short in ("zh", "ja", "yue")
        else short
        if short in ("en", "de", "fr", "es", "tr", "nl", "hi", "ru")
        else None
    )


def _inside(number: Number, taken: list[tuple[int, int]]) -> bool:
    return any(start < number.end and number.start < end for start, end in taken)


def _is_amount(text: str, number: Number, code: str) -> bool:
    """A number that looks like a year and is none: something is counted by it ("2,000", "2017 people")."""
    return (
        not re.search(r"[-/.年月日]", text[number.start - 1 : number.end + 1])
        and _unit(text, number.end, code)[0] not in (None, "×1/10")
        and text[number.start : number.end].isdigit()
    )


def _amount(text: str, number: Number, code: str) -> _Amount:
    qualifier, start = qualifier_before(text, number.start, code)
    if qualifier == "exact" and number.is_loose:
        qualifier = "approx"
    unit, end = _unit(text, number.end, code)
    value = number.value
    if unit and unit.startswith("×"):
        value, unit = value * Fraction(unit[1:]), "share"
    after, end_after = qualifier_after(text, number.end, code)
    if qualifier in ("exact", "approx") and after:
        qualifier = after
    if after and end_after > end:
        end = end_after
        if unit is None:
            unit, end = _unit(text, end, code)
    if unit is None and code != "cjk":
        percent = _percent_before(text, start, code)
        if percent is not None:
            start, unit, value = percent, "share", value / 100
    if unit == "share" and _grows(text, start, end, code):
        unit, value = "percent", value * 100
    if unit == "ft2":
        unit, value = "m2", value * FT2
    if (
        qualifier == "exact"
        and (after := qualifier_after(text, end, code)[0])
        and unit not in (None, "share")
    ):
        qualifier, end = after, qualifier_after(text, end, code)[1]
    return _Amount(start, end, value, number.scale, qualifier, unit, number.start, number.end)


def _unit(text: str, end: int, code: str) -> tuple[str | None, int]:
    if (
        code == "cjk"
        and (found := re.match(r"[割成]", text[end:]))
        and not re.match(r"成(?:为|了|年)", text[end:])
    ):
        return "×1/10", end + found.end()
    found = re.compile(rf"[\s\u00a0]*(?:{table(code).percent})", re.IGNORECASE).match(text, end)
    if found and table(code).percent and "yüzde" not in found[0]:
        return "×1/100", found.end()
    for unit, pattern in PATTERNS:
        found = pattern.match(text, end)
        if found:
            return unit, found.end()
    return None, end


def _percent_before(text: str, start: int, code: str) -> int | None:
    """Where "yüzde" or "%" begins, which Turkish writes before the number."""
    found = (
        re.search(r"(?:yüzde|%)\s*$", text[max(0, start - 12) : start], re.IGNORECASE)
        if code == "tr"
        else None
    )
    return max(0, start - 12) + found.start() if found else None


def _grows(text: str, start: int, end: int, code: str) -> bool:
    near = f"{text[max(0, start - 28) : start]} {text[end : end + 16]}"
    return bool(re.search(table(code).growth, near, re.IGNORECASE))


def _joined(text: str, amounts: list[_Amount], code: str) -> Iterator[Figure]:
    """Amounts to figures: neighbours that are the two ends of a range, or one figure said twice, become one."""
    place = 0
    while place < len(amounts):
        first = amounts[place]
        second = amounts[place + 1] if place + 1 < len(amounts) else None
        pair = _pair(text, first, second, code) if second else None
        if pair is not None:
            yield pair
            place += 2
        else:
            yield _single(first)
            place += 1


def _single(amount: _Amount) -> Figure:
    qualifier = "more_than" if amount.qualifier == "range_open" else amount.qualifier
    return make_figure(amount.start, amount.end, qualifier, amount.unit, point=amount.value)


def _pair(text: str, first: _Amount, second: _Amount, code: str) -> Figure | None:
    between = text[first.inner_end : second.inner_start]
    if len(between) > GAP + 20 or second.inner_start - first.inner_end > GAP + 20:
        return None
    unit = second.unit or first.unit
    start, end = first.start, max(first.end, second.end)
    words = table(code)
    bracket = (
        re.fullmatch(r"\s*[(（]\s*", between)
        and text[second.inner_end : second.inner_end + 1] in ")）"
    )
    if bracket and _close(first.value, second.value):
        return make_figure(
            start,
            second.inner_end + 1,
            "exact",
            unit,
            point=second.value,
            note="the bracket is the precise form",
        )
    if (
        re.fullmatch(
            r"\s*,?\s*(?:or|oder|ou|o|of|veya|или)\s+", _between_starts(text, first, second)
        )
        and second.qualifier == "approx"
        and _close(first.value, second.value)
    ):
        return make_figure(
            start,
            end,
            "up_to",
            unit,
            point=first.value,
            note=f"rounded there to {plain_number(second.value)}",
        )
    opened = _opened(text, first, second, code)
    if opened:
        low = first.value * (second.scale if _shares_scale(first, second) else 1)
        return (
            make_figure(start, end, "range_open", unit, low=low, high=second.value)
            if low < second.value
            else None
        )
    joint = re.fullmatch(rf"\s*(?:{words.to})\s*", between, re.IGNORECASE)
    opener = (
        re.search(
            rf"(?:{words.between})\s*(?:\w+\s*)?$",
            text[max(0, first.inner_start - 24) : first.inner_start],
            re.IGNORECASE,
        )
        if words.between
        else None
    )
    conjunction = opener and re.fullmatch(
        r"\s*(?:and|und|et|y|en|ve|и|और)\s*", between, re.IGNORECASE
    )
    unit_between = first.unit and re.fullmatch(
        rf"\s*(?:{words.to}|and|und|et|y|en|и)\s*",
        text[first.end : second.inner_start],
        re.IGNORECASE,
    )
    if not (joint or conjunction or unit_between) or (
        unit_between
        and not joint
        and not opener
        and not re.search(words.to, text[first.end : second.inner_start])
    ):
        return None
    if (
        re.fullmatch(r"\s*(?:or|and|y|und|et|en|и|ou|o|oder)\s*", between, re.IGNORECASE)
        and not opener
        and not _shares_scale(first, second)
    ):
        return None
    return _range(
        first, second, unit, start if not opener else first.inner_start - len(opener[0]), end
    )


def _between_starts(text: str, first: _Amount, second: _Amount) -> str:
    return text[first.end : second.start]


def _range(
    first: _Amount, second: _Amount, unit: str | None, start: int, end: int
) -> Figure | None:
    low = first.value
    if _shares_scale(first, second):
        low = first.value * second.scale
    if unit == "share" and first.unit is None:
        low = low / (
            10
            if second.value * 10 == int(second.value * 10) and first.value < 10 and _tenths(second)
            else 100
        )
    if not low < second.value:
        return None
    high_open = second.qualifier in ("more_than", "range_open")
    return make_figure(
        start, end, "range_open" if high_open else "range", unit, low=low, high=second.value
    )


def _tenths(amount: _Amount) -> bool:
    """Whether the share was written in tenths (2~4割), so that the first end is in tenths too."""
    return amount.inner_end + 1 == amount.end


def _shares_scale(first: _Amount, second: _Amount) -> bool:
    """ "1 to 3 million": the scale of the second is the first's too, if the first has none and stays the lower end with it."""
    return (
        first.scale == 1
        and second.scale > 1
        and first.value < 1000
        and first.value * second.scale < second.value
    )


def _opened(text: str, first: _Amount, second: _Amount, code: str) -> bool:
    """ "at least 800,000 and possibly more than 2 million": the second end is no ceiling."""
    between = text[first.end : second.inner_start]
    hedge = table(code).before.get("range_open", "")
    links = r"^[\s,，、]*(?:and|but|or|to|und|aber|oder|bis|et|mais|ou|à|y|pero|o|a|ve|ama|ila|en|maar|of|tot|и|но|или|до|और|या|से|而|但|或|甚至|到|至|で|から)?[\s,，]*"
    if hedge and re.search(rf"{links}(?:{hedge})", between, re.IGNORECASE):
        return True
    return second.qualifier in ("more_than",) and bool(
        re.fullmatch(rf"\s*(?:{table(code).to})\s+", text[first.end : second.start], re.IGNORECASE)
    )


def _close(first: Fraction, second: Fraction) -> bool:
    return abs(first - second) * 50 <= max(first, second)


def _vague(text: str, code: str) -> Iterator[Figure]:
    """ "tens of thousands", "in the millions", "数十万": words for a size and no number."""
    for found in re.compile(table(code).vague, re.IGNORECASE).finditer(text):
        if found[0].strip() and not re.search(
            r"[\d一二三四五六七八九]\s*$", text[max(0, found.start() - 8) : found.start()]
        ):
            unit, end = _unit(text, found.end(), code)
            yield Figure(
                "",
                qualifier="non_numeric",
                unit=None if unit and unit.startswith("×") else unit,
                start=found.start(),
                end=end,
            )
