"""Dates in running text: EDTF out, and only what the page itself anchors is resolved.

A full date, a month or a year is read as printed. A season or a part ("spring 2018", "mid-June 2017", "late 2018") keeps its
year or month and has the words in ``note``: no season is turned into months. "last week", "on Thursday" and a date without a
year are resolved against the page's own date; without one they stay unresolved. Nothing is shifted between time zones: the
day that the issuer writes is the day. Eight digits around a slash are read only where one reading is possible.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_NAMES = {
    "en": "january february march april may june july august september october november december",
    "en3": "jan feb mar apr may jun jul aug sep oct nov dec", "en4": "jan. feb. mar. apr. may. jun. jul. aug. sept oct. nov. dec.",
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "tr": "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "id": "januari februari maret april mei juni juli agustus september oktober november desember",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "ru1": "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    "ru6": "январе феврале марте апреле мае июне июле августе сентябре октябре ноябре декабре",
    "hi": "जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर",
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
}  # fmt: skip
MONTHS = {name: number for names in _NAMES.values() for number, name in enumerate(names.split(), 1)}
MONTHS |= {"sept": 9, "setiembre": 9}
_M = "|".join(sorted((re.escape(name) for name in MONTHS), key=len, reverse=True))
_Y = r"(?P<y>(?:18|19|20)\d\d)"
_D = r"(?P<d>\d{1,2})(?:st|nd|rd|th|\.|er|º|ª)?"
_PATTERNS = [
    re.compile(r"(?<!\d)(?P<y>(?:18|19|20)\d\d)-(?P<mn>\d{2})-(?P<d>\d{2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<y>(?:18|19|20)\d\d)[/.](?P<mn>\d{1,2})[/.](?P<d>\d{1,2})(?!\d)"),
    re.compile(r"(?P<y>(?:18|19|20)\d\d)\s*[年년]\s*(?P<mn>\d{1,2})\s*[月월]\s*(?:(?P<d>\d{1,2})\s*[日일])?"),
    re.compile(rf"\b{_D}\s+(?:de\s+|of\s+)?(?P<m>{_M})\.?,?\s+(?:de\s+|del\s+)?{_Y}(?:\s*г\.?)?", re.IGNORECASE),
    re.compile(rf"\b(?P<m>{_M})\.?\s+{_D},?\s+{_Y}", re.IGNORECASE),
    re.compile(r"(?<![\d.,])(?P<d>\d{1,2})\.\s?(?P<mn>\d{1,2})\.\s?(?P<y>(?:18|19|20)\d\d)(?!\d)"),
    re.compile(r"(?<!\d)(?P<a>\d{1,2})/(?P<b>\d{1,2})/(?P<y>(?:18|19|20)\d\d)(?!\d)"),
    re.compile(rf"(?P<part>\b(?:early|mid|late|beginning of|end of|anfang|mitte|ende|début|mi|fin|principios de|mediados de|finales de|в начале|в середине|в конце)[\s-]+)?(?<!\w)(?P<m>{_M})\.?,?\s+(?:de\s+|of\s+)?{_Y}", re.IGNORECASE),
    re.compile(rf"(?P<part>\b(?:spring|summer|autumn|fall|winter|early|mid|late|end of|beginning of|first half of|second half of|frühjahr|frühling|sommer|herbst|anfang|mitte|ende|printemps|été|automne|hiver|début|fin|primavera|verano|otoño|invierno|principios de|finales de|весной|летом|осенью|зимой|ilkbahar|yaz|sonbahar|kış)[\s-]+(?:of\s+|de\s+|du\s+)?)(?<!\d){_Y}(?!\d)", re.IGNORECASE),
    re.compile(r"(?P<y>(?:18|19|20)\d\d)\s*[年년](?P<cpart>春|夏|秋|冬|初|中|末|底|前半|後半|上半年|下半年)?(?!\s*\d)"),
]  # fmt: skip
_SPAN = re.compile(
    r"\b(?:from|between|von|zwischen|entre|de)?\s*(?P<a>(?:19|20)\d\d)\s*(?:to|and|until|through|bis|und|à|et|a|y|[-–—~])\s*(?P<b>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_EITHER = re.compile(
    r"(?P<y>(?:19|20)\d\d)-(?P<m>\d\d)-(?P<d>\d\d)\s*(?:or|/)\s*-?(?P<e>\d{1,2})\b"
)
_YEAR = re.compile(r"(?<![\d.,/-])(?P<y>(?:19|20)\d\d)(?![\d.,]*\d|[-/]\d)")
_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_RELATIVE = re.compile(
    rf"\b(?:(?P<today>today)|(?P<yesterday>yesterday)|(?P<last>last|this|next) (?P<span>week|month|year)|(?:on |last )(?P<weekday>{'|'.join(_DAYS)}))\b|\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<m>{_M})\b(?!\.?,?\s+\d{{4}})|\b(?P<m2>{_M})\s+(?P<d2>\d{{1,2}})\b(?!,?\s*\d|:\d)",
    re.IGNORECASE,
)
TWITTER_EPOCH_MS = 1_288_834_974_657  # milliseconds that a post's snowflake id counts from


@dataclass(frozen=True, slots=True)
class DateFound:
    """A date as printed. ``edtf`` is None when the page does not anchor it. ``note``: the words that the precision leaves out."""

    phrase: str
    edtf: str | None
    start: int
    end: int
    note: str = ""


def dates_in(text: str, anchor: date | None = None) -> list[DateFound]:
    """The dates of a text, from left to right. ``anchor``: the page's own date; nothing else resolves a relative one."""
    found = [*_spans(text), *_absolute(text), *_relative(text, anchor)]
    out: list[DateFound] = []
    for item in sorted(found, key=lambda one: (one.start, -one.end)):
        if not out or item.start >= out[-1].end:
            out.append(item)
    return out


def read_date(text: str, anchor: date | None = None) -> DateFound | None:
    """The first date of a phrase, or None."""
    found = dates_in(text, anchor)
    return found[0] if found else None


def _spans(text: str) -> list[DateFound]:
    out = [
        DateFound(m[0].strip(), f"{m['a']}/{m['b']}", m.start(), m.end())
        for m in _SPAN.finditer(text)
        if m["a"] < m["b"]
    ]
    for m in _EITHER.finditer(text):
        first, last = f"{m['y']}-{m['m']}-{m['d']}", f"{m['y']}-{m['m']}-{int(m['e']):02d}"
        if _valid(first) and _valid(last) and first < last:
            out.append(
                DateFound(m[0], f"{first}/{last}", m.start(), m.end(), "one of the two days")
            )
    return out


def _absolute(text: str) -> list[DateFound]:
    out = []
    for pattern in _PATTERNS:
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
        month = MONTHS[name.lower()] if name else int(groups.get("mn") or 0)
    if not month:
        return year
    if not 1 <= month <= 12:
        return None
    text = f"{year}-{month:02d}" + (f"-{int(day):02d}" if day else "")
    return text if not day or _valid(text) else None


def _valid(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _relative(text: str, anchor: date | None) -> list[DateFound]:
    return [
        DateFound(
            m[0],
            _resolve(m, anchor) if anchor else None,
            m.start(),
            m.end(),
            "relative to the page's date",
        )
        for m in _RELATIVE.finditer(text)
    ]


def _resolve(match: re.Match[str], anchor: date) -> str | None:
    if match["today"]:
        return anchor.isoformat()
    if match["yesterday"]:
        return (anchor - timedelta(days=1)).isoformat()
    if match["weekday"]:
        back = (anchor.weekday() - _DAYS.index(match["weekday"].lower())) % 7
        return (
            anchor - timedelta(days=back or (7 if match[0].lower().startswith("last") else 0))
        ).isoformat()
    if match["span"]:
        return _span(match["last"].lower(), match["span"].lower(), anchor)
    month, day = MONTHS[(match["m"] or match["m2"]).lower()], int(match["d"] or match["d2"])
    if not 1 <= day <= calendar.monthrange(anchor.year if month != 2 else 2020, month)[1]:
        return None
    year = anchor.year if (month, day) <= (anchor.month, anchor.day) else anchor.year - 1
    text = f"{year}-{month:02d}-{day:02d}"
    return text if _valid(text) else None


def _span(which: str, unit: str, anchor: date) -> str:
    step = {"last": -1, "this": 0, "next": 1}[which]
    if unit == "year":
        return str(anchor.year + step)
    if unit == "month":
        months = anchor.year * 12 + anchor.month - 1 + step
        return f"{months // 12}-{months % 12 + 1:02d}"
    monday = anchor - timedelta(days=anchor.weekday() - 7 * step)
    return f"{monday.isoformat()}/{(monday + timedelta(days=6)).isoformat()}"


def snowflake_day(post_id: int | str) -> str:
    """The UTC day on which a social post with this id was made: the id counts milliseconds in its upper bits."""
    milliseconds = (int(post_id) >> 22) + TWITTER_EPOCH_MS
    return datetime.fromtimestamp(milliseconds / 1000, UTC).date().isoformat()


_SENTENCE = re.compile(r"[.!?] |[。！？\n]")


def period_near(text: str, start: int, end: int, dates: list[DateFound]) -> str | None:
    """The one date or span, of those found in a text, in the same sentence as a figure; None when there is none, or more than one."""
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
