"""Draw both sides over time: a bar for each statement, declared as outline and named as fill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from xinjiang_record.site.graphics.drawing import Drawing
from xinjiang_record.site.positions import SIGNED_TYPES, is_on_xinjiang
from xinjiang_record.site.release_data import Record, RowDict, delivered
from xinjiang_record.site.translate import Language

HALF, FOOT = 74, 16  # pixels of one side's bars; of the years under them
LARGEST = 90  # signatories that reach the end of a side's half
YEAR_GAP = 6.4  # per cent of the width between two labelled years
GAP = 0.12  # part of a slot that stays empty between two bars


@dataclass(frozen=True, slots=True)
class Bar:
    """Hold one statement's bar: its slot, its place in it, and the two numbers."""

    statement_id: str
    side: str
    slot: int
    place: int
    of: int
    declared: int
    named: int


def bars(record: Record, days: Sequence[date]) -> list[Bar]:
    """Return a bar for each statement on Xinjiang, in the slot of its day."""
    order = {day: number for number, day in enumerate(days)}
    rows = [
        row
        for name, row in record.statements.items()
        if is_on_xinjiang(record, name) and row["statement_type"] in SIGNED_TYPES
    ]
    found = []
    for row in rows:
        same = [
            other["statement_id"]
            for other in rows
            if delivered(other) == delivered(row) and other["stance"] == row["stance"]
        ]
        named = row["named_count"] or 0
        slot = order[delivered(row)]
        place = same.index(row["statement_id"])
        declared = row["declared_count"] or named
        found.append(
            Bar(row["statement_id"], row["stance"], slot, place, len(same), declared, named)
        )
    return found


def draw(
    record: Record, words: Language, days: Sequence[date], links: bool = False, root: str = ""
) -> Drawing:
    """Return the chart: critical above the line, supportive below, a slot for each day.

    Args:
        record: The releases.
        words: The language of the labels.
        days: The days of the slots, in order.
        links: Make each bar a link to its statement.
        root: The way from the page to the folder of the statements.
    """
    found = bars(record, days)
    step = 100 / len(days)
    parts = [_years(days, step)]
    for bar in found:
        drawn = _bar(record.statements[bar.statement_id], words, bar, step)
        if links:
            label = quoteattr(_words(record.statements[bar.statement_id], words, bar))
            target = quoteattr(f"{root}statements/{bar.statement_id}.html")
            drawn = f"<a href={target} aria-label={label}>{drawn}</a>"
        parts.append(drawn)
    parts.append(f'<line class="here-line" x1="0" x2="100%" y1="{HALF}" y2="{HALF}"/>')
    legend = [
        ("critical", words("Critical, named")),
        ("unnamed critical", words("Critical, declared and not named")),
        ("supportive", words("Supportive, named")),
        ("unnamed supportive", words("Supportive, declared and not named")),
    ]
    label = words("Declared and named signatories of each statement over time") + ": "
    label += "; ".join(_words(record.statements[bar.statement_id], words, bar) for bar in found)
    return Drawing(
        words("Both sides over time: signatories declared and named"),
        words(
            "A bar for each letter or joint statement on Xinjiang, critical above, supportive below"
        ),
        "".join(parts),
        2 * HALF + FOOT,
        legend,
        (),
        label,
    )


def _words(statement: RowDict, words: Language, bar: Bar) -> str:
    declared = words("{n} declared", n=bar.declared)
    named = words("{n} named", n=bar.named)
    day = words.edtf(statement["delivered_edtf"])
    return f"{day}, {words(bar.side)}: {declared}, {named}"


def _bar(statement: RowDict, words: Language, bar: Bar, step: float) -> str:
    width = step * (1 - GAP) / bar.of
    x = bar.slot * step + step * GAP / 2 + bar.place * width
    scale = HALF / LARGEST
    high, full = (min(HALF, value * scale) for value in (bar.named, bar.declared))
    above = bar.side == "critical"
    outline_y, fill_y = (HALF - full, HALF - high) if above else (HALF, HALF)
    tip = quoteattr(_words(statement, words, bar) + ". " + str(statement["title"]))
    place = f'x="{x:.2f}%" width="{width:.2f}%"'
    outline = ""
    if full > high:
        outline = (
            f'<rect class="unnamed {bar.side}" {place} y="{outline_y:.1f}" height="{full:.1f}"/>'
        )
    return (
        f'<g class="bar" data-statement={quoteattr(bar.statement_id)} data-tip={tip}>'
        f'<rect class="reach" x="{bar.slot * step:.2f}%" width="{step:.2f}%" '
        f'y="{0 if above else HALF}" height="{HALF}" fill="transparent"/>{outline}'
        f'<rect class="{bar.side}" {place} y="{fill_y:.1f}" height="{max(high, 1):.1f}"/>'
        f"<title>{escape(_words(statement, words, bar))}</title></g>"
    )


def _years(days: Sequence[date], step: float) -> str:
    """Return a line and a label where each year begins."""
    parts, last = [], -9.0
    for number, day in enumerate(days):
        if number and days[number - 1].year == day.year:
            continue
        x = number * step
        parts.append(f'<line class="axis" x1="{x:.2f}%" x2="{x:.2f}%" y1="0" y2="{2 * HALF}"/>')
        if x - last >= YEAR_GAP:
            # The last year has no room on its right, so its label is in the middle of its slots.
            is_last = x > 90
            place = f'x="{min(x + step, 97):.2f}%" text-anchor="middle"' if is_last else ""
            place = place or f'x="{x:.2f}%" dx="2"'
            parts.append(
                f'<text class="tick" {place} y="{2 * HALF + FOOT - 3}">’{day.year % 100:02}</text>'
            )
            last = x
    return "".join(parts)
