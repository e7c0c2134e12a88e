"""Read dates in running text: EDTF out, and only what the page itself anchors is resolved.

A full date, a month or a year is read as printed. A season or a part ("spring 2018", "mid-June
2017", "late 2018") keeps its year or month and has the words in ``note``: no season is turned
into months. "last week", "two years ago", "on Thursday" and a date without a year are resolved
against the page's own date; without one they stay unresolved. Nothing is shifted between time
zones: the day that the issuer writes is the day. Eight digits around a slash are read only where
one reading is possible. The names of the months are those of ``languages/``.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from xinjiang_record.edtf import shift_day
from xinjiang_record.extract.figures.numbers import numbers, plain
from xinjiang_record.extract.languages.context_words import either
from xinjiang_record.extract.languages.load_language import language_codes, load_language
from xinjiang_record.extract.languages.number_words import figure_code, figure_words
from xinjiang_record.extract.languages.writing import writing

_Y = r"(?P<y>(?:18|19|20)[0-9]{2})"
_ORDINAL, _DATE_OF = either("ordinal_endings"), f"(?:(?:{either('date_of')})\\s+)?"
_D = rf"(?P<d>[0-9]{{1,2}})(?:{_ORDINAL}|{either('day_endings')})?"
# The signs behind the numbers of a date in East Asia: 2022年10月31日.
_Y_SIGN, _M_SIGN, _D_SIGN = (
    f"(?:{either(name)})" for name in ("year_signs", "month_signs", "day_signs")
)
_WEEKDAYS = either("weekdays")
_EITHER = re.compile(
    r"(?P<y>(?:19|20)[0-9]{2})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})"
    rf"\s*(?:{either('range_or')}|/)\s*-?(?P<e>[0-9]{{1,2}})\b"
)
_YEAR = re.compile(r"(?<![0-9.,/-])(?P<y>(?:19|20)[0-9]{2})(?![0-9.,]*[0-9]|[-/][0-9])")
_RELATIVE_WORDS = re.compile(
    "|".join(either(name) for name in ("today", "yesterday", "weekdays", "week", "month"))
    + rf"|[0-9]\s?{_M_SIGN}",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.!?] |[。！？\n]")


@dataclass(frozen=True, slots=True)
class DateFound:
    """Hold a date as printed.

    ``edtf`` is None when the page does not anchor it; then ``open`` may say what is known: a
    month and day (``--10-31``) or a number of years back (``-2y``). ``note`` has the words that
    the precision leaves out.
    """

    phrase: str
    edtf: str | None
    start: int
    end: int
    note: str = ""
    open: str = ""


@cache
def months() -> dict[str, int]:
    """Return the names of the months in all languages, with their numbers."""
    out: dict[str, int] = {}
    for code in language_codes():
        section = load_language(code).get("months", {})
        for names in section.get("forms", []):
            for number, name in enumerate(names.split(), 1):
                out.setdefault(name, number)
        out |= section.get("other", {})
    return out


def _folded(text: str) -> str:
    """Return a text in lower case, with one letter for those that ``re.IGNORECASE`` equates."""
    return text.replace("İ", "i").lower().replace("ı", "i").replace("ſ", "s")


@cache
def _folded_months() -> frozenset[str]:
    return frozenset(map(_folded, months()))


def _names_a_month(text: str) -> bool:
    """Return whether the name of a month may be in a text: a quick test before slow patterns."""
    small = _folded(text)
    return any(map(small.__contains__, _folded_months()))


@cache
def _month() -> str:
    return "|".join(sorted((re.escape(name) for name in months()), key=len, reverse=True))


@cache
def _span_pattern() -> re.Pattern[str]:
    return re.compile(
        rf"(?:(?<!\w)(?:{either('years_from')}))?\s*(?P<a>(?:19|20)[0-9]{{2}}){_Y_SIGN}?\s*"
        rf"(?:{either('years_to')}|[-–—~〜])\s*(?P<b>(?:19|20)[0-9]{{2}})(?![0-9])",
        re.IGNORECASE,
    )


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    # Arabic pages print a month twice: "6 أكتوبر/تشرين الأول 2022".
    month = rf"(?P<m>{_month()})(?:\s?/\s?[^\s/0-9]+(?:\s[^\s/0-9]+)?)?"
    of = rf"(?:{either('day_of')})?"
    part_of_month = rf"(?P<part>(?<!\w)(?:{either('parts_of_month')})[\s-]+)?"
    part_of_year = (
        rf"(?P<part>(?<!\w)(?:{either('parts_of_year')})[\s-]+(?:(?:{either('season_of')})\s+)?)"
    )
    return tuple(
        re.compile(pattern, re.IGNORECASE)
        for pattern in (
            r"(?<![0-9])(?P<y>(?:18|19|20)[0-9]{2})-(?P<mn>[0-9]{2})-(?P<d>[0-9]{2})(?![0-9])",
            r"(?<![0-9])(?P<y>(?:18|19|20)[0-9]{2})[/.](?P<mn>[0-9]{1,2})[/.](?P<d>[0-9]{1,2})(?![0-9])",
            rf"{_Y}\s*{_Y_SIGN}\s*(?P<mn>[0-9]{{1,2}})\s*{_M_SIGN}"
            rf"\s*(?:(?P<d>[0-9]{{1,2}})\s*{_D_SIGN})?",
            rf"(?<![0-9]){_D}\s+{of}{month}\.?,?\s+{_DATE_OF}{_Y}"
            rf"(?:\s*(?:{either('year_endings')})\.)?",
            rf"(?<!\w){month}\.?\s+{_D},?\s+{_Y}",
            r"(?<![0-9.,])(?P<d>[0-9]{1,2})\.\s?(?P<mn>[0-9]{1,2})\.\s?(?P<y>(?:18|19|20)[0-9]{2})(?![0-9])",
            r"(?<![0-9])(?P<a>[0-9]{1,2})/(?P<b>[0-9]{1,2})/(?P<y>(?:18|19|20)[0-9]{2})(?![0-9])",
            rf"{part_of_month}(?<!\w){month}\.?,?\s+{of}{_Y}(?![0-9])",
            rf"(?<!\w){_Y}\s+(?P<m>{_month()})(?!\w)(?!\.?\s+[0-9])",
            rf"{part_of_year}(?<![0-9]){_Y}(?![0-9])",
            rf"{_Y}\s*{_Y_SIGN}(?P<cpart>{either('parts_behind_year')})?(?!\s*[0-9])",
        )
    )


@cache
def _relative_pattern() -> re.Pattern[str]:
    month = _month()
    return re.compile(
        rf"(?<!\w)(?:(?P<today>{either('today')})|(?P<yesterday>{either('yesterday')})"
        rf"|(?:(?P<last>{either('last')})|(?P<this>{either('this')})|(?P<next>{either('next')})) "
        rf"(?:(?P<week>{either('week')})|(?P<month>{either('month')}))"
        rf"|(?:(?:{either('on_weekday')})|(?P<before>{either('last')})) "
        rf"(?P<weekday>{_WEEKDAYS}))(?!\w)"
        rf"|(?<![0-9.,]){_D}\s+{_DATE_OF}(?P<m>{month})(?!\w)(?!\.?,?\s+{_DATE_OF}[0-9]{{4}})"
        rf"|(?<!\w)(?P<m2>{month})\s+(?P<d2>[0-9]{{1,2}})(?:{_ORDINAL})?(?!\w)(?!,?\s*[0-9]|:[0-9])"
        rf"|(?<![0-9])(?<!{_Y_SIGN})(?<!{_Y_SIGN} )(?P<m3>[0-9]{{1,2}})\s?{_M_SIGN}"
        rf"\s?(?P<d3>[0-9]{{1,2}})\s?{_D_SIGN}",
        re.IGNORECASE,
    )


@cache
def _year_words() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return for each language the words of which one is in every phrase such as "last year"."""
    return tuple(
        (code, tuple(words))
        for code in language_codes()
        if (words := load_language(code).get("months", {}).get("year_words"))
    )


@cache
def _years_back(code: str) -> tuple[tuple[re.Pattern[str], int | None, str], ...]:
    """Return the patterns of "last year", "this year" and "two years ago" of one language."""
    out: list[tuple[re.Pattern[str], int | None, str]] = []
    section = load_language(code)["months"]
    head, tail = ("", "") if writing(code).is_glued else (r"(?<!\w)", r"(?!\w)")
    words_of = figure_code(code)
    for name, back in (("last_year", 1), ("this_year", 0), ("years_ago", None)):
        own = figure_words(words_of)
        known = {**own.numbers, **own.digits, **own.small}
        names = [re.escape(word) for word, value in known.items() if 2 <= value <= 12]
        number = "|".join(["[0-9]{1,2}", *names])
        joined = "|".join(section.get(name, [])).replace("{n}", number)
        if joined:
            out.append((re.compile(rf"{head}(?:{joined}){tail}", re.IGNORECASE), back, words_of))
    return tuple(out)


def dates_in(text: str, anchor: date | None = None) -> list[DateFound]:
    """Return the dates of a text, from left to right.

    Args:
        text: Running text.
        anchor: The page's own date; nothing else resolves a relative one.
    """
    return list(_dates_in(text, anchor))


@lru_cache(maxsize=512)  # each reader of a sentence needs its dates
def _dates_in(text: str, anchor: date | None) -> tuple[DateFound, ...]:
    read = plain(text)
    found = [*_spans(read), *_absolute(read), *_relative(read, anchor), *_years(read, anchor)]
    out: list[DateFound] = []
    for item in sorted(found, key=lambda one: (one.start, -one.end)):
        if not out or item.start >= out[-1].end:
            out.append(item)
    return tuple(out)


def read_date(text: str) -> DateFound | None:
    """Return the first date of a phrase, or None."""
    found = dates_in(text, None)
    return found[0] if found else None


def _spans(text: str) -> list[DateFound]:
    out = [
        DateFound(m[0].strip(), f"{m['a']}/{m['b']}", m.start(), m.end())
        for m in _span_pattern().finditer(text)
        if m["a"] < m["b"]
    ]
    for m in _EITHER.finditer(text):
        first, last = f"{m['y']}-{m['m']}-{m['d']}", f"{m['y']}-{m['m']}-{int(m['e']):02d}"
        if _is_day(first) and _is_day(last) and first < last:
            out.append(
                DateFound(m[0], f"{first}/{last}", m.start(), m.end(), "one of the two days")
            )
    return out


def _absolute(text: str) -> list[DateFound]:
    if not re.search("[0-9]{4}", text):
        return []
    out = []
    has_month = _names_a_month(text)
    for pattern in _patterns():
        if not has_month and "m" in pattern.groupindex:
            continue
        for match in pattern.finditer(text):
            groups = match.groupdict()
            edtf = _edtf(groups)
            if edtf:
                note = (groups.get("part") or groups.get("cpart") or "").strip(" -")
                out.append(DateFound(match[0].strip(), edtf, match.start(), match.end(), note))
    out += [DateFound(m["y"], m["y"], m.start(), m.end()) for m in _YEAR.finditer(text)]
    return out


def _edtf(groups: dict[str, str | None]) -> str | None:
    year, day = groups["y"], groups.get("d")
    if groups.get("a"):
        first, second = int(groups["a"] or 0), int(groups["b"] or 0)
        if (first > 12) == (second > 12) and first != second:
            return year  # 03/04/2019 has two readings: the year is all that is sure
        month, day = (second, str(first)) if first > 12 else (first, str(second))
    else:
        name = groups.get("m")
        month = months()[_name(name)] if name else int(groups.get("mn") or 0)
    if not month:
        return year
    if not 1 <= month <= 12:
        return None
    text = f"{year}-{month:02d}" + (f"-{int(day):02d}" if day else "")
    return text if not day or _is_day(text) else None


def _name(printed: str) -> str:
    """Return a month's name as in ``months``; a capital İ becomes two letters in lower case."""
    return printed.replace("İ", "i").lower()


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _relative(text: str, anchor: date | None) -> Iterator[DateFound]:
    if not _RELATIVE_WORDS.search(text) and not (re.search("[0-9]", text) and _names_a_month(text)):
        return
    note = "relative to the page's date"
    for m in _relative_pattern().finditer(text):
        month_day = _month_day(m)
        if month_day == (0, 0):
            continue
        edtf = _resolve(m, month_day, anchor) if anchor else None
        known = f"--{month_day[0]:02d}-{month_day[1]:02d}" if month_day else ""
        yield DateFound(m[0], edtf, m.start(), m.end(), note, known)


def _month_day(match: re.Match[str]) -> tuple[int, int] | None:
    """Return the month and day of a date without a year, (0, 0) for no such day, or None."""
    if match["m3"]:
        month, day = int(match["m3"]), int(match["d3"])
    elif match["m"] or match["m2"]:
        month, day = months()[_name(match["m"] or match["m2"])], int(match["d"] or match["d2"])
    else:
        return None
    if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(2020, month)[1]:
        return 0, 0
    return month, day


def _resolve(match: re.Match[str], month_day: tuple[int, int] | None, anchor: date) -> str | None:
    if match["today"]:
        return anchor.isoformat()
    if match["yesterday"]:
        return shift_day(anchor, -1).isoformat()
    if match["weekday"]:
        back = (anchor.weekday() - _weekdays().index(match["weekday"].lower())) % 7
        return shift_day(anchor, -(back or (7 if match["before"] else 0))).isoformat()
    if match["week"] or match["month"]:
        step = -1 if match["last"] else 1 if match["next"] else 0
        return _next_month(anchor, step) if match["month"] else _next_week(anchor, step)
    if month_day is None:
        return None
    year = anchor.year if month_day <= (anchor.month, anchor.day) else anchor.year - 1
    text = f"{year:04d}-{month_day[0]:02d}-{month_day[1]:02d}"
    return text if _is_day(text) else None


@cache
def _weekdays() -> list[str]:
    """Return the days of the week from Monday on, in the language that names them."""
    sections = (load_language(code).get("context", {}) for code in language_codes())
    return next(list(section["weekdays"]) for section in sections if "weekdays" in section)


def _next_month(anchor: date, step: int) -> str | None:
    """Return the month ``step`` months after that of the anchor."""
    number = anchor.year * 12 + anchor.month - 1 + step
    return f"{number // 12:04d}-{number % 12 + 1:02d}" if 12 <= number < 120_000 else None


def _next_week(anchor: date, step: int) -> str:
    """Return the week ``step`` weeks after that of the anchor, from Monday to Sunday."""
    monday = shift_day(anchor, 7 * step - anchor.weekday())
    return f"{monday.isoformat()}/{shift_day(monday, 6).isoformat()}"


def _years(text: str, anchor: date | None) -> Iterator[DateFound]:
    """Yield "last year", "l'an dernier", "two years ago"."""
    small = text.lower()
    said = [code for code, words in _year_words() for word in words if word in small]
    for pattern, back, code in (item for name in dict.fromkeys(said) for item in _years_back(name)):
        for m in pattern.finditer(text):
            years = back if back is not None else _number_of_years(m, code)
            if years is None:
                continue
            year = anchor.year - years if anchor else 0
            edtf = f"{year:04d}" if 0 < year < 10_000 else None
            yield DateFound(
                m[0], edtf, m.start(), m.end(), "relative to the page's date", f"-{years}y"
            )


def _number_of_years(match: re.Match[str], code: str) -> int | None:
    printed = next((value for value in match.groups() if value), "")
    if printed.isdecimal():
        return int(printed)
    words = figure_words(code)
    value = words.numbers.get(printed.lower(), words.digits.get(printed))
    if value is not None:
        return value
    found = numbers(printed, code)
    return int(found[0].value) if found else None


def period_near(text: str, start: int, end: int, dates: list[DateFound]) -> str | None:
    """Return the one date or span of ``dates`` in the sentence of a figure, or None."""
    window = max(0, start - 400)
    first = max((found.end() for found in _SENTENCE.finditer(text, window, start)), default=window)
    stop = _SENTENCE.search(text, end, end + 400)
    last = stop.start() if stop else min(len(text), end + 400)
    found = {
        item.edtf
        for item in dates
        if item.edtf
        and first <= item.start
        and item.end <= last
        and not item.start < end <= item.end
    }
    return found.pop() if len(found) == 1 else None
