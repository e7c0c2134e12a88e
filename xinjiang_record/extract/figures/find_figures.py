"""Read the figures of a text: value, qualifier, unit, and what the text says they count.

Which value is filled follows the qualifier, as everywhere in the record: exact, approx, nearly,
average: point; at_least, more_than: low; up_to, less_than: high; range, range_open: both;
non_numeric: none. A midpoint is never filled in. "Just over 17,000" is ``more_than``: the words
give a lower bound. Shares are parts of one (unit ``share``); a growth in per cent is ``percent``,
a multiple is ``ratio``; square feet become m2.

Each sentence is read in its own language, and each script in it by the words of that script.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import astuple, replace
from fractions import Fraction
from functools import lru_cache

from xinjiang_record.document_readers.document import Document
from xinjiang_record.extract.dates import DateFound, dates_in
from xinjiang_record.extract.figures.amount_pairs import is_change, read_pair, without_link
from xinjiang_record.extract.figures.amounts import (
    Amount,
    is_length_of_time,
    is_year,
    read_amount,
    read_rates,
    unit_after,
    unit_before,
)
from xinjiang_record.extract.figures.denied_figures import (
    DENIED,
    is_bound_in_doubt,
    is_denied,
    is_supposed,
)
from xinjiang_record.extract.figures.figure_context import add_context
from xinjiang_record.extract.figures.figure_language import (
    language_of_figures,
    readings,
    unread_language,
)
from xinjiang_record.extract.figures.numbers import Number, numbers, plain
from xinjiang_record.extract.figures.other_numbers import is_other_number, telephones
from xinjiang_record.extract.figures.percentages import multiples, shares
from xinjiang_record.extract.figures.qualifiers import Figure, make_figure
from xinjiang_record.extract.figures.shared_work import SharedWork
from xinjiang_record.extract.languages.context_words import any_case, compiled
from xinjiang_record.extract.languages.load_language import language_codes
from xinjiang_record.extract.languages.number_words import (
    figure_code,
    figure_languages,
    figure_words,
)
from xinjiang_record.extract.languages.writing import language_named
from xinjiang_record.extract.sentences import sentences
from xinjiang_record.extract.wrapped_lines import Marks, join_wrapped_lines, mark_at
from xinjiang_record.model import Finding, Place

# A mark of a footnote at a word or number: "400,000[12] people", "30,000(3) prisoners".
_NOTE_MARK = re.compile(r"(?<=\w)\[[0-9]{1,3}\]|(?<=[0-9])\([0-9]{1,2}\)(?=\s)")
_BOUNDS = ("more_than", "less_than")  # that a denied verb may turn round
LEAST_BARE = 1000  # a number without unit, scale or qualifier is a figure from here on
NEAR_SIZE = 50  # times that two figures of one list may differ to share their unit


def figures_in(text: str, language: str | None = None) -> list[Figure]:
    """Return every figure of a text, from left to right; none that the text denies or supposes.

    Args:
        text: One paragraph, cell or sentence.
        language: A CLDR code, used where the words of a sentence do not show its language.
    """
    return without_denied(_all_in(text, language))


def without_denied(figures: list[Figure]) -> list[Figure]:
    """Return the figures that the text does not deny."""
    return [figure for figure in figures if figure.qualifier != DENIED]


def _all_in(text: str, language: str | None) -> list[Figure]:
    shown = unicodedata.normalize("NFC", text)
    default = _code(language) or language_of_figures(plain(shown))
    out: list[Figure] = []
    for sentence in sentences(shown):
        for figure in _of_sentence(sentence.text, default):
            out.append(
                replace(
                    figure, start=figure.start + sentence.start, end=figure.end + sentence.start
                )
            )
    return out


def begin_figures(document: Document) -> SharedWork:
    """Begin with the figures of a document; ``finish`` returns them, the denied ones too."""
    return SharedWork(_places(document), document.metadata.get("language") or None, figures_of)


def extract_figures(document: Document) -> list[Figure]:
    """Return the figures of a document that count something.

    Dates, document numbers, page numbers and bare small numbers are left out.
    """
    return without_denied(begin_figures(document).finish())


def figures_of(text: str, marks: Marks, language: str | None) -> list[Figure]:
    """Return the figures of one place that count something, and those that it denies.

    ``marks`` say where its lines begin. The offsets of a figure are those in its line.
    """
    out = []
    for figure in _all_in(text, language):
        if _counts(figure, text):
            begin, locator = mark_at(marks, figure.start)
            start, end = figure.start - begin, figure.end - begin
            out.append(replace(figure, locator=locator, start=start, end=end))
    return out


def figures_as_json(data: bytes, options: Mapping[str, str | None]) -> list[tuple[object, ...]]:
    """Return the figures of places in JSON as plain values; the bounded process calls this."""
    return [
        astuple(figure)
        for text, marks in json.loads(data)
        for figure in figures_of(text, marks, options["language"])
    ]


def figure_findings(document: Document, found: list[Figure]) -> list[Finding]:
    """Return what is not sure about the figures of a document.

    One finding names the languages whose figures are not read, and one names for each figure
    the fields that the document does not fill.
    """
    out = []
    unread: dict[str, str] = {}
    for text, marks in _places(document):
        code = unread_language(text)
        if code:
            unread.setdefault(code, marks[0][1])
    for code, locator in unread.items():
        out.append(
            Finding(
                "unread-language",
                f"Figures in the language {code} are not read. Read them by hand.",
                Place(document.path, None, locator),
                value=code,
            )
        )
    for figure in found:
        if figure.qualifier == DENIED:
            out.append(
                Finding(
                    "denied-figure",
                    f"{figure.phrase!r}: the sentence denies or supposes it. Decide by hand.",
                    Place(document.path, None, figure.locator),
                    value=figure.phrase,
                )
            )
        elif figure.missing:
            out.append(
                Finding(
                    "figure-incomplete",
                    f"{figure.phrase!r}: the document does not say {', '.join(figure.missing)}. "
                    "Fill them in from the source, or leave them empty.",
                    Place(document.path, None, figure.locator),
                    value=figure.phrase,
                    candidates=figure.missing,
                    severity="warning",
                )
            )
    return out


def _places(document: Document) -> Iterator[tuple[str, Marks]]:
    for paragraph in join_wrapped_lines(document.blocks):
        yield paragraph.text, paragraph.marks
    for table in document.tables:
        for row, line in enumerate(table.rows):
            for column, text in enumerate(line):
                if text and any(char.isdecimal() or char.isalpha() for char in text):
                    yield text, ((0, table.cell(row, column)),)


def _code(language: str | None) -> str | None:
    if not language:
        return None
    short = language.lower().replace("_", "-").split("-")[0]
    known = language_named(short)
    code = figure_code(known) if known in language_codes() else known
    return code if code in figure_languages() else None


@lru_cache(maxsize=4096)  # cells and lines of a document repeat
def _of_sentence(shown: str, default: str) -> tuple[Figure, ...]:
    text = _NOTE_MARK.sub(lambda mark: " " * len(mark[0]), plain(shown))
    dates = dates_in(text)
    found: list[tuple[Figure, str]] = []
    for code, masked in readings(text, default):
        found += [(figure, code) for figure in _read(masked, code, dates)]
    # Of two readings of one place the one that reads more of it stays.
    found.sort(key=lambda item: (item[0].start, -(item[0].end - item[0].start)))
    out: list[Figure] = []
    for figure, code in found:
        if out and figure.start < out[-1].end:
            continue
        if figure.unit is None:
            figure = replace(figure, unit=_foreign_unit(text, figure, code, default))
        figure = replace(figure, phrase=shown[figure.start : figure.end].strip(" \u2060"))
        out.append(add_context(figure, shown, dates, code))
    return tuple(out)


def _foreign_unit(text: str, figure: Figure, code: str, default: str) -> str | None:
    """Return the unit that words in another script give: "Detained persons: 超过一百万"."""
    for other, masked in readings(text, default):
        if other != code:
            unit = unit_before(masked, figure.start, other)
            if unit:
                return unit
    return None


def _read(text: str, code: str, dates: list[DateFound]) -> list[Figure]:
    vague = list(_vague(text, code))
    parts = list(shares(text, code))
    taken = [(item.start, item.end) for item in (*vague, *parts)] + telephones(text)
    days = [(item.start, item.end) for item in dates if re.search(r"[0-9]", item.phrase)]
    amounts, rest = read_rates(text, numbers(text, code), code)
    for number in rest:
        if _overlaps(number, taken) or is_other_number(text, number, code):
            continue
        if is_year(text, number, code):
            continue
        if _is_inside(number, days) and not _is_year_like(text, number):
            continue
        amounts.append(read_amount(text, number, code))
    figures = [
        *vague,
        *parts,
        *multiples(text, code),
        *_joined(text, _with_units(text, sorted(amounts, key=lambda one: one.start), code), code),
    ]
    figures = [
        replace(figure, qualifier=DENIED)
        if is_denied(text, figure.start, figure.end, code)
        or is_supposed(text, figure.start, code)
        or (figure.qualifier in _BOUNDS and is_bound_in_doubt(text, figure.start, code))
        else figure
        for figure in figures
    ]
    return sorted(figures, key=lambda figure: (figure.start, -figure.end))


def _overlaps(number: Number, taken: list[tuple[int, int]]) -> bool:
    return any(start < number.end and number.start < end for start, end in taken)


def _is_inside(number: Number, taken: list[tuple[int, int]]) -> bool:
    return any(start <= number.start and number.end <= end for start, end in taken)


def _is_year_like(text: str, number: Number) -> bool:
    return bool(re.fullmatch(r"[0-9]{4}", text[number.start : number.end]))


def _with_units(text: str, amounts: list[Amount], code: str) -> list[Amount]:
    """Fill the unit of amounts that a noun before them, or the list they are in, gives."""
    out: list[Amount] = []
    for amount in amounts:
        if amount.unit is None and not is_length_of_time(text, amount.inner_end, code):
            unit = (
                unit_before(text, amount.start, code, amount.qualifier != "exact")
                or unit_before(text, amount.inner_start, code)
                or _listed_unit(text, out, amount, code)
            )
            if unit:
                amount = replace(amount, unit=unit)
        out.append(amount)
    return out


def _listed_unit(text: str, before: list[Amount], amount: Amount, code: str) -> str | None:
    """Return the unit of "18,250 were released in March, followed by 19,480 in May"."""
    words = figure_words(code)
    last = next((item for item in reversed(before) if item.unit), None)
    if last is None or last.unit == "share":
        return None
    between = text[last.end : amount.start]
    after = text[amount.inner_end : amount.inner_end + 24]
    if not any_case(rf"(?:{words.phrase('ellipsis')}|[,，、])\s*[(（]?$").search(between):
        return None
    goes_on = re.match(r"[)）]|\s*(?:[,.;，。]|$)", after)
    preposition = any_case(rf"\s+(?:{words.phrase('year_before')})(?!\w)").match(after)
    ratio = max(last.value, amount.value) / max(min(last.value, amount.value), Fraction(1))
    of_them = any_case(rf"(?:{words.phrase('ellipsis')})\s*[(（]?$").search(between[-30:])
    return last.unit if of_them and (goes_on or preposition) and ratio <= 10 * NEAR_SIZE else None


def _joined(text: str, amounts: list[Amount], code: str) -> Iterator[Figure]:
    """Yield amounts as figures; two neighbours that are one figure become one."""
    place = 0
    while place < len(amounts):
        first = amounts[place]
        second = amounts[place + 1] if place + 1 < len(amounts) else None
        if second and is_change(text, first, second, code):
            number = Number(second.inner_start, second.inner_end, second.value, second.scale)
            unit = first.unit or second.unit
            if _is_of_change(text, first, code):
                first = replace(first, qualifier="exact", start=first.inner_start)
            yield _single(text, replace(first, unit=unit), code)
            amounts[place + 1] = replace(
                _after_link(text, number, second, code), unit=second.unit or unit
            )
            place += 1
            continue
        pair = read_pair(text, first, second, code) if second else None
        if pair is not None:
            yield pair
            place += 2
        else:
            yield _single(text, without_link(text, first, code), code)
            place += 1


def _is_of_change(text: str, first: Amount, code: str) -> bool:
    """Return whether the words before an amount are the verb: "passou de 12.000 para 18.500"."""
    words = text[first.start : first.inner_start]
    return bool(any_case(figure_words(code).phrase("change")).search(words))


def _after_link(text: str, number: Number, amount: Amount, code: str) -> Amount:
    """Return the second amount of a change: "to", "hasta", "do" are not qualifiers here."""
    link = figure_words(code).phrase("change_link")
    before = text[max(0, number.start - 40) : number.start]
    found = list(any_case(rf"(?<!\w)(?:{link})(?!\w)").finditer(before))
    if not found:
        return amount
    least = number.start - len(before) + found[-1].end()
    again = read_amount(text, number, code, least)
    return replace(again, value=amount.value, unit=amount.unit)


def _single(text: str, amount: Amount, code: str) -> Figure:
    qualifier = amount.qualifier
    if qualifier == "range_open":  # "possibly up to", with no lower end before it
        up_to = figure_words(code).before.get("up_to") or r"(?!)"
        words = text[amount.start : amount.inner_start]
        qualifier = "up_to" if any_case(up_to).search(words) else "more_than"
    return make_figure(amount.start, amount.end, qualifier, amount.unit, point=amount.value)


def _vague(text: str, code: str) -> Iterator[Figure]:
    """Yield "tens of thousands", "in the millions", "数十万": words for a size, not a number."""
    words = figure_words(code)
    digits = "".join(words.digits)
    for found in any_case(words.phrase("vague")).finditer(text):
        if found[0].strip() and not compiled(rf"[0-9{digits}]\s*$").search(
            text[max(0, found.start() - 8) : found.start()]
        ):
            unit, end = _unit_of_vague(text, found.end(), code)
            yield Figure("", qualifier="non_numeric", unit=unit, start=found.start(), end=end)


def _unit_of_vague(text: str, end: int, code: str) -> tuple[str | None, int]:
    unit, last = unit_after(text, end, code)
    return (None, end) if unit and unit.startswith("×") else (unit, last)


def _counts(figure: Figure, text: str) -> bool:
    """Return whether a figure of a document counts something."""
    if figure.qualifier == "non_numeric" or figure.unit is not None:
        return True
    value = max(figure.values, default=0)
    if re.fullmatch(r"(?:19|20)[0-9]{2}", figure.phrase.strip()) or value != int(value):
        return False
    if re.fullmatch(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])", figure.phrase):
        return False
    around = text[max(0, figure.start - 2) : figure.end + 2]
    return (
        value >= LEAST_BARE
        and not re.search(r"[/_#§]", around)
        and not re.search(r"(?:18|19|20)[0-9]{2}\s*$", figure.phrase)
    )
