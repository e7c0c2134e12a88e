"""Read the language files of the site, and turn text, dates and numbers into one language.

``languages/<code>.toml`` holds the months, the forms of dates and numbers, and ``[strings]``: the
English text and its translation. English needs no strings: the text in the code is English.
Words of the data (codes, titles of fields and measures) are in the same table.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from xinjiang_record import edtf

# Languages of sources, documents and names.
LANGUAGE_NAMES = {
    "ar": "Arabic",
    "bs": "Bosnian",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "pt": "Portuguese",
    "ru": "Russian",
    "tr": "Turkish",
    "ug": "Uyghur",
    "zh": "Chinese",
    "zh-Hans": "Chinese (simplified)",
    "zh-Hant": "Chinese (traditional)",
}
MILLIONS = "{n} million (two or more)"
FOLDER = Path(__file__).parent / "languages"
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


@dataclass(frozen=True)
class Language:
    """Hold one language of the site: its code, its own name, its direction, and its strings."""

    code: str = "en"
    name: str = "English"
    direction: str = "ltr"
    months: tuple[str, ...] = MONTHS
    months_alone: tuple[str, ...] = ()  # forms of the months without a day, where they differ
    day_form: str = "{day} {month} {year}"
    month_form: str = "{month} {year}"
    thousands: str = ","
    decimal: str = "."
    strings: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, text: str, **values: Any) -> str:
        """Return ``text`` in this language, with ``{name}`` replaced by each value."""
        translated = self.strings.get(text, text)
        return translated.format(**values) if values else translated

    def of_data(self, text: str) -> str:
        """Return a text of the data: translated where the file has it, else as it is."""
        return self.strings.get(text, text)

    def of_code(self, value: object) -> str:
        """Return a code of the record as words: ``persons_detained`` is persons detained."""
        return self.of_data(str(value or "").replace("_", " ").replace("m2", "m²"))

    def language_name(self, code: str) -> str:
        """Return the name of a language of the data in this language; the code where unknown."""
        name = LANGUAGE_NAMES.get(code)
        return self(name) if name else code

    def day(self, day: date) -> str:
        """Return a day in words: 8 July 2019."""
        return self.day_form.format(day=day.day, month=self.months[day.month - 1], year=day.year)

    def month(self, day: date) -> str:
        """Return the month of a day in words: July 2019."""
        months = self.months_alone or self.months
        return self.month_form.format(month=months[day.month - 1], year=day.year)

    def edtf(self, text: str | None) -> str:
        """Return an EDTF date in words: July 2019; by 28 June 2021; between 24 and 25 June 2021."""
        if not text:
            return self("date not known")
        first, slash, last = text.partition("/")
        if not slash:
            return self._point(text)
        if first == "..":
            return self("by {day}", day=self._point(last))
        if last == "..":
            return self("from {day} on", day=self._point(first))
        return self("between {first} and {last}", first=self._point(first), last=self._point(last))

    def _point(self, text: str) -> str:
        low, _ = edtf.bounds(text)
        if low is None or len(text) == 4:
            return text
        return self.day(low) if len(text) == 10 else self.month(low)

    def number(self, value: float | None) -> str:
        """Return a number with separators: 1,288,000. Nothing for None."""
        if value is None:
            return ""
        if isinstance(value, float) and not value.is_integer():
            text = f"{value:,.6g}" if abs(value) < 1000 else f"{value:,.2f}"
        else:
            text = f"{int(value):,}"
        return "".join({",": self.thousands, ".": self.decimal}.get(char, char) for char in text)

    def count(self, value: float) -> str:
        """Return a round number as an axis needs it: 250,000; 1 million; 1.5 million."""
        if abs(value) >= 1e9 and round(value / 1e9, 2) * 1e9 == value:
            return self("{n} billion", n=self.number(value / 1e9))
        if abs(value) >= 1e6 and round(value / 1e6, 2) * 1e6 == value:
            form = "{n} million" if value < 2e6 else MILLIONS
            return self(form, n=self.number(value / 1e6))
        return self.number(value)


# Words of the data that English readers get in another form than the code has.
PLAIN = {
    "approx": "about",
    "CNY": "yuan",
    "document un": "document of the United Nations",
    "ft2": "square feet",
    "no division": "without a count",
    "non numeric": "no number given",
    "per 100000": "per 100,000",
    "per 1000": "per 1,000",
    "percent": "per cent",
    "range open": "range or more",
    "retold": "retold by another source",
    "un": "United Nations",
    "un report": "report of the United Nations",
    "un review": "review by the United Nations",
    "un statement": "statement of the United Nations",
    "un visit": "visit of the United Nations",
    "un vote": "vote in the United Nations",
    "USD": "US dollars",
}
ENGLISH = Language(strings={MILLIONS: "{n} million", **PLAIN})


def available() -> list[str]:
    """Return the codes of the languages that have a file, English first."""
    return ["en", *sorted(path.stem for path in FOLDER.glob("*.toml"))]


def load_language(code: str) -> Language:
    """Return the language of a code, from its file; English has none."""
    if code == "en":
        return ENGLISH
    data = tomllib.loads((FOLDER / f"{code}.toml").read_text("utf-8"))
    lists = {name: tuple(data.get(name, ())) for name in ("months", "months_alone")}
    return Language(code=code, **{**data, **lists})
