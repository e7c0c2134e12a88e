"""Put a figure into words: its value with qualifier, its unit, its quantity type."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from xinjiang_record import edtf
from xinjiang_record.site.translate import ENGLISH, Language

KIND_WORDS = {
    "estimate": "Estimate",
    "official_count": "Count by Chinese authorities",
    "leaked_count": "Count in a leaked document",
    "satellite_count": "Count from satellite images",
    "survey": "Survey",
}
OPEN_UP = {"at_least", "more_than", "range_open"}
OPEN_DOWN = {"up_to", "less_than"}
QUALIFIER_FORMS = {
    "approx": "about {value}",
    "nearly": "nearly {value}",
    "at_least": "at least {value}",
    "more_than": "more than {value}",
    "up_to": "up to {value}",
    "less_than": "less than {value}",
    "average": "{value} on average",
}
UNIT_WORDS = {
    "m2": "square metres",
    "ft2": "square feet",
    "share": "share",
    "percent": "per cent",
    "per_100000": "per 100,000",
    "CNY": "yuan",
    "USD": "US dollars",
    "persons_per_year": "persons a year",
}
TYPE_WORDS = {
    "stock": "At one time (stock)",
    "flow": "Within a period (flow)",
    "cumulative": "Ever within a period (cumulative)",
    "rate": "Part of a population (rate)",
    "capacity": "Room for (capacity)",
    "change": "Change between two times",
    "list": "Entries in a list",
    "target": "Targets set",
    "sample": "Within a sample",
    "unclear": "Stock or flow unclear",
}
LEVEL_WORDS = {
    "autonomous_region": "all of Xinjiang",
    "informal_region": "parts of Xinjiang",
    "prefecture": "single prefectures",
    "county": "single counties and cities",
    "facility": "single places",
}


def figure_value(row: Mapping[str, Any], words: Language = ENGLISH) -> str:
    """Return a figure in words with its qualifier, never a midpoint.

    Such as "more than 1,000,000" or "2,000,000 to 3,000,000".
    """
    values = [number_of(row, name, words) for name in ("value_low", "value_high", "value_point")]
    low, high, point = values
    qualifier = row["qualifier"]
    is_range = qualifier in {"range", "range_open", "conflict"} and low and high
    value = words("{low} to {high}", low=low, high=high) if is_range else point or low or high
    if not value:
        return words("no number given")
    if qualifier == "range_open":
        value = words("{value} or more", value=value)
        return value if low else words("up to {value}", value=value)
    if qualifier == "conflict":  # the source contradicts itself: no value is sure
        return f"{value} ({words.of_data(qualifier)})"
    form = QUALIFIER_FORMS.get(qualifier)
    return words(form, value=value) if form else value


def is_open_up(row: Mapping[str, Any]) -> bool:
    """Return whether a figure says that its number may be higher."""
    return row["qualifier"] in OPEN_UP


def is_open_down(row: Mapping[str, Any]) -> bool:
    """Return whether a figure says that its number may be lower.

    So does a range whose low end is in words only, such as "hundreds of thousands to a million".
    """
    has_no_low = row["qualifier"] == "range_open" and row["value_low"] is None
    return row["qualifier"] in OPEN_DOWN or has_no_low


def number_of(row: Mapping[str, Any], name: str, words: Language = ENGLISH) -> str:
    """Return one number of a figure in words; a share as a percentage; nothing for none."""
    value = row[name]
    if value is None:
        return ""
    if row["unit"] != "share":
        return words.number(value)
    return f"{value * 100:.4g}%".replace(".", words.decimal)


def unit_words(unit: str, words: Language = ENGLISH) -> str:
    """Return the unit as it follows a number; a share is a percentage and needs none."""
    if unit == "share":
        return ""
    known = UNIT_WORDS.get(unit)
    return words(known) if known else words.of_data(unit.replace("_", " "))


def type_words(quantity_type: str, words: Language = ENGLISH) -> str:
    """Return a quantity type in words."""
    return words(TYPE_WORDS.get(quantity_type, quantity_type.replace("_", " ")))


def reference(row: Mapping[str, Any]) -> tuple[date | None, date | None]:
    """Return the first and last day of the time a figure speaks of, as far as it says."""
    texts = [row.get(name) for name in ("period_start_edtf", "period_end_edtf", "as_of_edtf")]
    bounds = [edtf.bounds(text) for text in texts if text]
    lows, highs = [low for low, _ in bounds if low], [high for _, high in bounds if high]
    return (min(lows) if lows else None), (max(highs) if highs else None)


def reference_words(row: Mapping[str, Any], words: Language = ENGLISH) -> str:
    """Return the time that a figure speaks of, in words; nothing where it does not say."""
    if row.get("as_of_edtf"):
        return words("as of {day}", day=words.edtf(row["as_of_edtf"]))
    start, end = row.get("period_start_edtf"), row.get("period_end_edtf")
    if start and end and start != end:
        return words("{first} to {last}", first=words.edtf(start), last=words.edtf(end))
    return words.edtf(start or end) if start or end else ""
