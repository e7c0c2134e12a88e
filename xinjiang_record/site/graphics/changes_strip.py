"""Draw the states that crossed or left: a line of time for each, with every position on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from xinjiang_record.site.graphics.drawing import Drawing
from xinjiang_record.site.graphics.world_map import country_name, position_words, source_words
from xinjiang_record.site.positions import (
    SIDES,
    Position,
    country_positions,
    record_positions,
    side_periods,
)
from xinjiang_record.site.release_data import Record
from xinjiang_record.site.translate import Language

ROW, TOP = 44, 18  # pixels of a state; of the years above them


def changed_countries(record: Record) -> list[str]:
    """Return the states that withdrew a signature or took both sides, by name."""
    found = {item.code for item in record_positions(record) if item.code and item.end is not None}
    found |= {code for code in record.by_country if len(side_periods(record, code)) > 1}
    return sorted(found, key=record.country_name)


def draw(record: Record, words: Language, codes: Sequence[str]) -> Drawing:
    """Return the strip of some states: squares by side, a cross for each withdrawal."""
    items = record_positions(record)
    years = sorted(
        {item.start.year for item in items} | {item.end.year for item in items if item.end}
    )
    first, last = date(years[0], 1, 1), date(years[-1] + 1, 1, 1)
    days = (last - first).days

    def at(day: date) -> float:
        return 1 + 98 * (day - first).days / days

    parts = [
        f'<line class="axis" x1="{at(date(year, 1, 1)):.2f}%" x2="{at(date(year, 1, 1)):.2f}%" '
        f'y1="{TOP}" y2="{TOP + ROW * len(codes)}"/><text class="tick" '
        f'x="{at(date(year, 1, 1)):.2f}%" dx="2" y="12">{year}</text>'
        for year in years
    ]
    told = []
    for number, code in enumerate(codes):
        y = TOP + number * ROW
        own = country_positions(record, code)
        text = summary(record, words, code)
        told.append(f"{record.country_name(code, words.code)}: {text}")
        parts.append(
            f'<text x="0" y="{y + 14}"><tspan class="row-value">'
            f"{escape(record.country_name(code, words.code))}</tspan></text>"
            f'<line class="track" x1="0" x2="100%" y1="{y + 30}" y2="{y + 30}"/>'
        )
        parts += [_square(record, words, item, at(item.start), y + 30) for item in own]
        parts += [_cross(record, words, item, at(item.end), y + 30) for item in own if item.end]
    legend = [(side, words(side)) for side in SIDES]
    legend += [("neither", words("Abstained")), ("cross", words("withdrew"))]
    return Drawing(
        words("Who left and who crossed"),
        words(
            "Every signature and vote on Xinjiang of each state that withdrew or took both sides"
        ),
        "".join(parts),
        TOP + ROW * len(codes),
        legend,
        (),
        "; ".join(told),
    )


def summary(record: Record, words: Language, code: str) -> str:
    """Return the sides that a state took, in one sentence, newest first."""
    periods = side_periods(record, code)
    if not periods:
        return _without_side(record, words, code)
    now = periods[-1]
    first, last = words.day(now.first.start), words.day(now.last.start)
    text = words("{side}, named on {day}", side=words(now.side).capitalize(), day=first)
    if now.first is not now.last:
        text = words(
            "{side} since {first}, last named on {last}",
            side=words(now.side).capitalize(),
            first=first,
            last=last,
        )
    for period in reversed(periods[:-1]):
        first, last = words.month(period.first.start), words.month(period.last.start)
        when = first if first == last else words("{first} to {last}", first=first, last=last)
        text += "; " + words("before that {side}, {when}", side=words(period.side), when=when)
    return ". ".join([text, *_left(record, words, code)])


def _left(record: Record, words: Language, code: str) -> list[str]:
    """Return a sentence for each signature that a state took back, newest first."""
    return [
        words(
            "Signed as {side} on {day}, withdrew on {left}",
            side=words(item.side),
            day=words.day(item.start),
            left=words.day(item.end),
        )
        for item in reversed(country_positions(record, code))
        if item.end
    ]


def _without_side(record: Record, words: Language, code: str) -> str:
    """Return what is known of a state without a side: that it withdrew, abstained, or nothing."""
    own = country_positions(record, code)
    left = _left(record, words, code)
    if left:
        return ". ".join(left)
    if own:
        return words("Abstained on {day}; no other position", day=words.day(own[-1].start))
    return words("Not named on Xinjiang by any source in the record")


def _square(record: Record, words: Language, item: Position, x: float, y: int) -> str:
    tip = f"{country_name(record, words, item)}: {position_words(words, item)}"
    title = str(record.statements[item.statement_id]["title"])
    source = source_words(record, words, item)
    style = "neither" if item.side == "neither" else item.side
    kind = "hollow " if item.end else ""
    return (
        f'<svg x="{x:.2f}%" y="{y}" overflow="visible" '
        f"data-tip={quoteattr(f'{tip}. {title}{source}')}>"
        f'<rect class="{kind}{style}" x="-6" y="-6" width="12" height="12"/>'
        f"<title>{escape(tip)}</title></svg>"
    )


def _cross(record: Record, words: Language, item: Position, x: float, y: int) -> str:
    day = words.day(item.end) if item.end else ""
    tip = f"{country_name(record, words, item)}: " + words("withdrew {day}", day=day)
    return (
        f'<svg x="{x:.2f}%" y="{y}" overflow="visible" data-tip={quoteattr(tip)}>'
        f'<path class="cross" d="M-5,-5L5,5M-5,5L5,-5"/><title>{escape(tip)}</title></svg>'
    )
