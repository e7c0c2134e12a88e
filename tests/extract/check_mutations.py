"""Make false paragraphs of a true one: swap its numbers, dates, states, authors, sides, verbs."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from xinjiang_record.extract.dates import DateFound, dates_in
from xinjiang_record.extract.languages.load_language import load_language

SWAPS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
KINDS = ("lead", "verb", "work", "side", "body", "unit")
_NUMBER = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?:[., ]?[0-9]{3})*(?![0-9])")


def variants(text: str, language: str) -> Iterator[tuple[str, str]]:
    """Yield false variants: what was swapped, and the text."""
    dates = dates_in(text)
    yield from _numbers(text, dates)
    yield from _days(text, language, dates)
    yield from _years(text)
    for kind in KINDS:
        for printed, others in SWAPS[kind].items():
            if re.search(rf"{re.escape(printed)}(?![a-zà-ÿ])", text):
                yield from ((kind, text.replace(printed, other, 1)) for other in others)
    yield from _states(text)
    yield from _authors(text)


def _numbers(text: str, dates: list[DateFound]) -> Iterator[tuple[str, str]]:
    for found in _NUMBER.finditer(text):
        if any(date.start <= found.start() < date.end for date in dates):
            continue
        digits = re.sub(r"[., ]", "", found[0])
        for step in (1, 2, -1, 5, 11, -4):
            value = int(digits) + step * max(1, 10 ** (len(digits) - 3))
            if value > 1:
                yield "number", f"{text[: found.start()]}{value}{text[found.end() :]}"


def _days(text: str, language: str, dates: list[DateFound]) -> Iterator[tuple[str, str]]:
    """Move a day by more than a day, and a month by more than a month."""
    for date in dates:
        if date.edtf is None or len(date.edtf) < 7 or "/" in date.edtf:
            continue
        month = int(date.edtf[5:7])
        for step in (2, 4, -3):
            new = _in_month(date.phrase, month, (month - 1 + step) % 12 + 1, language)
            if new != date.phrase:
                yield "month", text.replace(date.phrase, new, 1)
        if len(date.edtf) == 10:
            day = str(int(date.edtf[8:]))
            for other in ("3", "18", "24"):
                if abs(int(other) - int(day)) > 2:
                    new = re.sub(rf"(?<![0-9]){day}(?![0-9])", other, date.phrase, count=1)
                    yield "day", text.replace(date.phrase, new, 1)


def _in_month(phrase: str, month: int, other: int, language: str) -> str:
    new = re.sub(rf"(?<![0-9]){month}(\s?[月월])", rf"{other}\1", phrase)
    for forms in load_language(language)["months"]["forms"]:
        names = forms.split()
        new = re.sub(rf"(?i)(?<!\w){names[month - 1]}(?!\w)", names[other - 1], new)
    return new


def _years(text: str) -> Iterator[tuple[str, str]]:
    for found in re.finditer(r"(?<![0-9])20(?:1[7-9]|2[0-5])(?![0-9])", text):
        for step in (-3, 4, 7, -6):
            yield "year", f"{text[: found.start()]}{int(found[0]) + step}{text[found.end() :]}"


def _states(text: str) -> Iterator[tuple[str, str]]:
    """Swap a state for one of the other camp."""
    is_supportive = re.search(r"support of China|apoyo a China", text)
    others = SWAPS["camps"]["supportive" if is_supportive else "critical"]
    if "did not sign" in text:
        return
    for found in re.finditer(rf"(?<!\w)(?:{'|'.join(SWAPS['states'])})(?!\w)", text):
        for other in others:
            if other not in text:
                yield "state", f"{text[: found.start()]}{other}{text[found.end() :]}"


def _authors(text: str) -> Iterator[tuple[str, str]]:
    for author in SWAPS["authors"]:
        for other in SWAPS["authors"]:
            is_same = {author, other} == {"CHRD", "维权网"}
            if author in text and not is_same and other.lower() not in text.lower():
                yield "author", text.replace(author, other, 1)
