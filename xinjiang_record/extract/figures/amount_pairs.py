"""Join two amounts that are the ends of a range, or one figure said twice."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from xinjiang_record.extract.figures.amounts import Amount
from xinjiang_record.extract.figures.qualifiers import (
    HIGH,
    LOW,
    Figure,
    make_figure,
    plain_number,
)
from xinjiang_record.extract.languages.context_words import any_case, compiled, either
from xinjiang_record.extract.languages.number_words import figure_words

GAP = 62  # letters between the two ends of a range at most
CHANGE_GAP = 60  # letters between the two figures of a change ("from A detainees in 2016 to B")
_OR = either("range_or")
_AND = rf"{either('range_and')}|{_OR}"
_CONJUNCTION = rf"{either('range_and')}|{either('range_but')}"
_LINKS = rf"(?:{_AND}|{either('range_but')})"


def is_change(text: str, first: Amount, second: Amount, code: str) -> bool:
    """Return whether two amounts are two figures at two dates: "rose from A to B"."""
    words = figure_words(code)
    between = text[first.inner_end : second.inner_start]
    if len(between) > CHANGE_GAP or re.search(r"[;。]", between):
        return False
    link = words.phrase("change_link")
    glue = r"\s+" if words.is_spaced else r"\s*"
    place = words.phrases.get("change_link_place")
    from_behind = words.phrases.get("change_from_behind")
    is_from_behind = bool(from_behind and from_behind in between)
    if place == "ending":
        linked = any_case(rf"(?:\s*\w+)?{link}(?!\w)").match(between)
    elif place == "anywhere" or is_from_behind:
        linked = compiled(rf"(?:{link})").search(between)
    else:
        linked = any_case(rf"(?:^|{glue}|[\s,，])(?:{link}){glue}[^0-9]{{0,30}}$").search(between)
    if not linked:
        return False
    around = text[max(0, first.inner_start - 90) : first.inner_start]
    clause = re.split(r"[.;。]\s", around)[-1]
    opener = words.phrases.get("change_from")
    if (
        opener
        and not is_from_behind
        and not any_case(
            rf"(?:^|\W)(?:{opener})\s*(?:\w+\s+){{0,2}}[(（]?$|(?:{opener})\W*\w{{0,8}}$"
        ).search(clause)
    ):
        return False
    # "Up to" is a link: its "up" does not say that something rises.
    rest = any_case(rf"{glue}(?:{link}){glue}").sub(" ", between)
    near = f"{clause} {rest} {text[second.inner_end : second.inner_end + 48]}"
    head = "" if not words.is_spaced else r"(?<!\w)"
    if any_case(rf"{head}(?:{words.phrase('change')})").search(near):
        return True
    # "Between 2016 and 2018 the number ... from A to B": two years, so two figures.
    years = set(re.findall(r"(?<![0-9.,])(?:19|20)[0-9]{2}(?![0-9.,][0-9]|[0-9])", text))
    total = words.phrase("total")
    return len(years) == 2 and bool(opener) and bool(any_case(total).search(clause))


def without_link(text: str, amount: Amount, code: str) -> Amount:
    """Return an amount behind a change without the link that looks like a bound: "выросло до"."""
    words = figure_words(code)
    link = rf"\s*(?:{words.phrase('change_link')})\s*"
    printed = text[amount.start : amount.inner_start]
    if amount.qualifier != "up_to" or not any_case(link).fullmatch(printed):
        return amount
    clause = re.split(r"[.;。]\s", text[max(0, amount.start - CHANGE_GAP) : amount.start])[-1]
    if not any_case(rf"(?<!\w)(?:{words.phrase('change')})(?!\w)").search(clause):
        return amount
    return replace(amount, qualifier="exact", start=amount.inner_start)


def read_pair(text: str, first: Amount, second: Amount, code: str) -> Figure | None:
    """Return the one figure that two neighbouring amounts make, or None."""
    between = text[first.inner_end : second.inner_start]
    if len(between) > GAP:
        return None
    said_twice = _said_twice(text, first, second, between)
    if said_twice:
        return said_twice
    unit = second.unit or first.unit
    end = max(first.end, second.end)
    if _is_bounded(text, first, second):
        return make_figure(first.start, end, "range", unit, low=first.value, high=second.value)
    if _is_opened(text, first, second, code):
        low = first.value * (second.scale if _shares_scale(first, second) else 1)
        if low >= second.value:
            return None
        return make_figure(first.start, end, "range_open", unit, low=low, high=second.value)
    words = figure_words(code)
    joint = any_case(rf"\s*(?:{words.phrase('to')})\s*").fullmatch(between)
    opener = _opener(text, first, code)
    conjunction = opener and any_case(rf"\s*(?:{words.phrase('and')})\s*").fullmatch(between)
    over_unit = _is_joined_over_unit(text, first, second, code, bool(joint or opener))
    if not (joint or conjunction or over_unit):
        return None
    if (
        any_case(rf"\s*(?:{_AND})\s*").fullmatch(between)
        and not opener
        and not _shares_scale(first, second)
    ):
        return None
    start = first.inner_start - len(opener[0]) if opener else first.start
    return _range(first, second, unit, start, end)


def _is_bounded(text: str, first: Amount, second: Amount) -> bool:
    """Return whether two amounts are both ends: "more than 300 but fewer than 500"."""
    if first.qualifier not in LOW or second.qualifier not in HIGH or first.value >= second.value:
        return False
    if first.unit not in (None, second.unit):
        return False
    between = text[first.end : second.start]
    return bool(any_case(rf"\s*,?\s*(?:{_CONJUNCTION})\s*").fullmatch(between))


def _opener(text: str, first: Amount, code: str) -> re.Match[str] | None:
    between = figure_words(code).phrases.get("between")
    if not between:
        return None
    before = text[max(0, first.inner_start - 24) : first.inner_start]
    return any_case(rf"(?<!\w)(?:{between})\s*(?:\w+\s*)?$").search(before)


def _is_joined_over_unit(
    text: str, first: Amount, second: Amount, code: str, is_open: bool
) -> bool:
    """Return whether a range repeats its unit: "10 per cent to 20 per cent"."""
    if not first.unit:
        return False
    if first.unit in ("share", "percent") and second.unit != first.unit:
        return False  # "fell by 20 per cent to 3,200"
    to = figure_words(code).phrase("to")
    between = text[first.end : second.inner_start]
    if not any_case(rf"\s*(?:{to}|{_AND})\s*").fullmatch(between):
        return False
    return is_open or bool(compiled(rf"(?<!\w)(?:{to})(?!\w)").search(between))


def _said_twice(text: str, first: Amount, second: Amount, between: str) -> Figure | None:
    """Return "892,000 (892,329)" and "1.777 million, or approximately 1.8 million" as one."""
    unit = second.unit or first.unit
    if not _is_close(first.value, second.value):
        return None
    behind = text[second.inner_end : second.inner_end + 1]
    if re.fullmatch(r"\s*[(（]\s*", between) and behind and behind in ")）":
        return make_figure(
            first.start,
            second.inner_end + 1,
            (first.value == second.value and first.qualifier) or "exact",
            unit,
            point=second.value,
            note="the bracket is the precise form",
        )
    said_again = rf"\s*,?\s*(?:{_OR})\s+"
    if second.qualifier == "approx" and any_case(said_again).fullmatch(
        text[first.end : second.start]
    ):
        return make_figure(
            first.start,
            max(first.end, second.end),
            "up_to",
            unit,
            point=first.value,
            note=f"rounded there to {plain_number(second.value)}",
        )
    return None


def _range(first: Amount, second: Amount, unit: str | None, start: int, end: int) -> Figure | None:
    low = first.value
    if _shares_scale(first, second):
        low = first.value * second.scale
    if unit == "share" and first.unit is None:
        tenths = second.inner_end + 1 == second.end and first.value < 10
        low = low / (10 if tenths and second.value * 10 == int(second.value * 10) else 100)
    if low >= second.value:
        return None
    is_open = second.qualifier in ("more_than", "range_open")
    name = "range_open" if is_open else "range"
    return make_figure(start, end, name, unit, low=low, high=second.value)


def _shares_scale(first: Amount, second: Amount) -> bool:
    """Return whether the scale also applies to the lower end: "1 to 3 million"."""
    return (
        first.scale == 1
        and second.scale > 1
        and first.value < 1000
        and first.value * second.scale < second.value
    )


def _is_opened(text: str, first: Amount, second: Amount, code: str) -> bool:
    """Return whether the upper end is open: "at least 800,000 and possibly more than 2 million"."""
    words = figure_words(code)
    between = text[first.end : second.inner_start]
    hedge = words.before.get("range_open", "")
    if hedge and any_case(rf"^[\s,，、–—-]*{_LINKS}?[\s,，、]*(?:{hedge})").search(between):
        return True
    return second.qualifier == "more_than" and bool(
        any_case(rf"\s*(?:{words.phrase('to')})\s+").fullmatch(text[first.end : second.start])
    )


def _is_close(first: Fraction, second: Fraction) -> bool:
    return abs(first - second) * 50 <= max(first, second)
