"""Say what a figure counts, as far as its own sentence says it.

That is the kind of quantity, whom, where, when, and who published it. What the sentence does not
say stays None: nothing is guessed.
"""

from __future__ import annotations

from dataclasses import replace

from xinjiang_record.extract.dates import DateFound, period_near
from xinjiang_record.extract.figures.amounts import RATE_UNIT
from xinjiang_record.extract.figures.qualifiers import Figure
from xinjiang_record.extract.languages.context_words import any_case
from xinjiang_record.extract.languages.number_words import figure_words
from xinjiang_record.extract.publishers import areas_in, publishers_in

NEAR = 120  # letters around a figure in which a word for the kind of quantity is looked for
# Words that decide first: what is a capacity is not a stock, what is a flow is not one either.
_ORDER = ("capacity", "flow", "cumulative", "stock")
_RATES = {"share": "rate", RATE_UNIT: "rate", "percent": "change", "ratio": "change"}


def add_context(figure: Figure, text: str, dates: list[DateFound], code: str) -> Figure:
    """Return the figure with what its sentence says about it."""
    kind = quantity_type(figure, text, code)
    date = _date_of(figure, text, dates)
    is_point = kind == "stock" and date is not None and "/" not in date
    publishers = {name for _, _, name in publishers_in(text)}
    areas = {name for _, _, name in areas_in(text)}
    return replace(
        figure,
        quantity_type=kind,
        population=_population(figure, text, code),
        area=areas.pop() if len(areas) == 1 else None,
        period=date,
        as_of=date if is_point else None,
        publisher=publishers.pop() if len(publishers) == 1 else None,
    )


def quantity_type(figure: Figure, text: str, code: str) -> str | None:
    """Return the kind of quantity that the words near a figure give, or None if not just one."""
    if figure.unit in _RATES:
        return _RATES[figure.unit]
    if figure.unit not in (None, "persons", "children"):
        return "stock" if figure.unit in ("facilities", "compounds") else None
    words = figure_words(code).quantities
    near = text[max(0, figure.start - NEAR) : figure.end + NEAR]
    found = {
        name
        for name in _ORDER
        if words.get(name)
        and any_case(
            rf"(?<!\w)(?:{words[name]})" if figure_words(code).is_spaced else words[name]
        ).search(near)
    }
    if "capacity" in found:
        return "capacity"
    if {"flow", "stock"} <= found:
        return None
    return next((name for name in _ORDER if name in found), None)


def _date_of(figure: Figure, text: str, dates: list[DateFound]) -> str | None:
    """Return the date of a figure: the one in its sentence, or the one of its own half of it."""
    near = period_near(text, figure.start, figure.end, dates)
    if near:
        return near
    behind = [
        item
        for item in dates
        if item.edtf
        and 0 <= item.start - figure.end <= 12
        and "," not in text[figure.end : item.start]
    ]
    return behind[0].edtf if behind else None


def _population(figure: Figure, text: str, code: str) -> str | None:
    """Return the group that is counted: named within the figure or right behind it."""
    near = text[figure.start : figure.end + 40]
    found = [
        name
        for name, pattern in figure_words(code).population.items()
        if any_case(pattern).search(near)
    ]
    return found[0] if len(found) == 1 else None
