"""Draw who stayed: from the first pair of statements to the last known side of each state.

On the left are the two lists of the first pair, on the right the sides of the map of the last day.
A band is the states that went from one to the other; under the picture each band has its names.
A state that is on no later list has not left by that: some later lists are known only in part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from xinjiang_record.site.graphics.drawing import LETTER, Drawing, wrap
from xinjiang_record.site.graphics.world_map import months_of
from xinjiang_record.site.positions import (
    SIDES,
    SIGNED_TYPES,
    counterparts,
    is_newest_list_full,
    is_on_xinjiang,
    roster_positions,
    sides_on,
)
from xinjiang_record.site.release_data import Record
from xinjiang_record.site.translate import Language

WIDE, NARROW = 828, 340  # pixels of the drawing on a desk and in files, and on a phone
STATE = 2.2  # pixels of a state in a band
BAR, GAP, HEAD = 12, 24, 26  # pixels of a bar, between two bars (a label), above all bars
SIZE, LINE = 12, 17  # pixels of a letter and of a line of names
LATER = "later"
RIGHT = ("critical", "critical old", "supportive", "supportive old", "withdrew")
# What a band says, by where it begins, where it ends, and whether the state was named again.
STAYED = {
    "critical": "Stayed critical, named in the last 24 months",
    "critical old": "Stayed critical, last named longer ago",
    "supportive": "Stayed supportive, named in the last 24 months",
    "supportive old": "Stayed supportive, last named longer ago",
}
ONCE = {
    "critical": "Critical at the start, on no later list that is known",
    "supportive": "Supportive at the start, on no later list that is known",
}
CROSSED = {
    "critical": "Crossed from supportive to critical",
    "supportive": "Crossed from critical to supportive",
}
CAME = {
    "critical": "Came later as critical, named in the last 24 months",
    "critical old": "Came later as critical, last named longer ago",
    "supportive": "Came later as supportive, named in the last 24 months",
    "supportive old": "Came later as supportive, last named longer ago",
}
WITHDREW = "Withdrew, and took no side since"
NOTES = {
    ("critical", True): (
        "The newest critical list is known in full: a critical state that was named longer ago "
        "is not on it. That is not a withdrawal."
    ),
    ("critical", False): (
        "The newest critical list is known in part: whether a critical state that was named "
        "longer ago has stayed is not known."
    ),
    ("supportive", True): (
        "The newest supportive list is known in full: a supportive state that was named longer "
        "ago is not on it. That is not a withdrawal."
    ),
    ("supportive", False): (
        "The newest supportive list is known in part: whether a supportive state that was named "
        "longer ago has stayed is not known."
    ),
}
NODE_WORDS = {
    "critical": "Critical",
    "critical old": "Critical, longer ago",
    "supportive": "Supportive",
    "supportive old": "Supportive, longer ago",
    "withdrew": "Withdrew",
    LATER: "Named later",
}


@dataclass(frozen=True, slots=True)
class Band:
    """Hold the states that went from one list of the start to one side of the end."""

    start: str
    end: str
    title: str
    codes: tuple[str, ...]


def first_pair(record: Record) -> list[str]:
    """Return the earliest two statements of both camps on Xinjiang near each other."""
    names = [
        name
        for name, row in record.statements.items()
        if is_on_xinjiang(record, name) and row["statement_type"] in SIGNED_TYPES
    ]
    for name in names:
        others = [other for other in counterparts(record, name) if other in names]
        if others:
            pair = [name, others[0]]
            return sorted(pair, key=lambda item: str(record.statements[item]["stance"]))
    return []


def bands(record: Record, pair: Sequence[str], day: date) -> list[Band]:
    """Return the bands from the lists of a pair to the sides on a day; each state is in one."""
    start = {
        item.code: item
        for name in pair
        for item in roster_positions(record, name)
        if item.code and item.side in SIDES
    }
    found: dict[tuple[str, str, str], list[str]] = {}
    for code, now in sides_on(record, day).items():
        end = now.side if now.is_recent or now.side not in SIDES else f"{now.side} old"
        then = start.get(code)
        side = then.side if then else LATER
        if now.side not in SIDES:
            title = WITHDREW
        elif then is None:
            title = CAME[end]
        elif now.side != then.side:
            title = CROSSED[now.side]
        elif now.last.statement_id == then.statement_id:
            title = ONCE[now.side]
        else:
            title = STAYED[end]
        found.setdefault((side, end, title), []).append(code)
    titles = [*STAYED.values(), *ONCE.values(), *CROSSED.values(), WITHDREW, *CAME.values()]
    made = [Band(start, end, title, tuple(codes)) for (start, end, title), codes in found.items()]
    return sorted(made, key=lambda band: (titles.index(band.title), RIGHT.index(band.end)))


def draw(record: Record, words: Language, day: date, width: int = WIDE) -> Drawing | None:
    """Return the picture at one width; None where the record has no pair of statements."""
    pair = first_pair(record)
    found = bands(record, pair, day) if pair else []
    if not found:
        return None
    first, last = months_of(record, words, pair), words.day(day)
    parts, height = _flow(words, found, (first, last), width)
    y = height + 24
    told = []
    for band in found:
        names = sorted(record.country_name(code, words.code) for code in band.codes)
        title = f"{words(band.title)}: {len(names)}"
        told.append(f"{title} ({', '.join(names)})")
        parts.append(f'<rect class="{band.end}" x="0" y="{y - 10}" width="16" height="12"/>')
        for line in wrap(title, width - 24, SIZE + 1):
            parts.append(f'<text class="row-value" x="24" y="{y}">{_told(words, line)}</text>')
            y += LINE
        for line in wrap(", ".join(names), width - 24, SIZE):
            parts.append(f'<text class="row-text" x="24" y="{y}">{_told(words, line)}</text>')
            y += LINE
        y += 8
    ends = {band.end for band in found}
    for side in SIDES:
        if f"{side} old" not in ends:
            continue
        note = words(NOTES[side, is_newest_list_full(record, side)])
        told.append(note)
        for line in wrap(note, width, SIZE):
            parts.append(f'<text class="row-text" x="0" y="{y}">{_told(words, line)}</text>')
            y += LINE
        y += 4
    title = words("Who stayed: from {first} to {last}", first=first, last=last)
    return Drawing(
        title,
        words("States on the two lists of the first pair, and the last known side of each state"),
        "".join(parts),
        round(y) - 8,
        (),
        (),
        f"{title}: {'; '.join(told)}",
    )


def _flow(
    words: Language, found: Sequence[Band], ends: tuple[str, str], width: int
) -> tuple[list[str], float]:
    """Return bars and bands, and the height that they take."""
    left_order = (*SIDES, LATER)
    left = _bars([(band.start, len(band.codes)) for band in found], left_order)
    right = _bars([(band.end, len(band.codes)) for band in found], RIGHT)
    left = _apart(words, left, right, width)
    parts = [
        f'<text class="tick" x="0" y="11">{_told(words, ends[0])}</text>',
        f'<text class="tick" x="{width}" y="11" text-anchor="end">{_told(words, ends[1])}</text>',
    ]
    used_left, used_right = dict.fromkeys(left, 0.0), dict.fromkeys(right, 0.0)
    order = sorted(
        found, key=lambda band: (left_order.index(band.start), RIGHT.index(band.end), band.title)
    )
    for band in order:
        size = len(band.codes) * STATE
        y1, y2 = (
            left[band.start][0] + used_left[band.start],
            right[band.end][0] + used_right[band.end],
        )
        used_left[band.start] += size
        used_right[band.end] += size
        x1, x2, middle = BAR, width - BAR, width / 2
        path = (
            f"M{x1},{y1:.1f}C{middle},{y1:.1f} {middle},{y2:.1f} {x2},{y2:.1f}"
            f"V{y2 + size:.1f}C{middle},{y2 + size:.1f} {middle},{y1 + size:.1f} "
            f"{x1},{y1 + size:.1f}z"
        )
        tip = f"{words(band.title)}: {len(band.codes)}"
        parts.append(f'<path class="band {band.end}" d="{path}" data-tip={quoteattr(tip)}/>')
    for places, x, anchor in ((left, 0, "start"), (right, width, "end")):
        for name, (y, count) in places.items():
            bar_x = x - BAR if anchor == "end" else x
            style = "later" if name == LATER else name
            label = f"{words(NODE_WORDS[name])}: {count}"
            parts.append(
                f'<rect class="{style}" x="{bar_x}" y="{y:.1f}" width="{BAR}" '
                f'height="{count * STATE:.1f}"/><text class="row-value" x="{x}" y="{y - 5:.1f}" '
                f'text-anchor="{anchor}">{_told(words, label)}</text>'
            )
    bottom = max(y + count * STATE for places in (left, right) for y, count in places.values())
    return parts, bottom


def _apart(
    words: Language,
    left: Mapping[str, tuple[float, int]],
    right: Mapping[str, tuple[float, int]],
    width: int,
) -> dict[str, tuple[float, int]]:
    """Return the bars at the left, moved down where a label would meet one at the right."""

    def room(name: str, count: int) -> float:
        return len(f"{words(NODE_WORDS[name])}: {count}") * (SIZE + 1) * LETTER

    moved, down = {}, 0.0
    for name, (y, count) in left.items():
        for other, (other_y, other_count) in right.items():
            is_wide = room(name, count) + room(other, other_count) > width
            if is_wide and abs(y + down - other_y) < LINE:
                down = other_y + LINE - y
        moved[name] = (y + down, count)
    return moved


def _told(words: Language, text: str) -> str:
    """Return a text for the drawing, which itself is left to right, in the text's own direction."""
    return escape(f"\u2067{text}\u2069" if words.direction == "rtl" else text)


def _bars(counts: Sequence[tuple[str, int]], order: Sequence[str]) -> dict[str, tuple[float, int]]:
    """Return the top and the number of states of each bar, from top to bottom."""
    y, made = float(HEAD), {}
    for name in order:
        count = sum(number for own, number in counts if own == name)
        if count:
            y += GAP
            made[name] = (y, count)
            y += count * STATE
    return made


def in_page(drawn: Drawing, width: int, classes: str) -> str:
    """Return the drawing for a page, scaled to the place it gets."""
    return (
        f'<svg class="plot flow {classes}" viewBox="0 0 {width} {drawn.height}" role="img" '
        f"aria-label={quoteattr(drawn.label)}>{drawn.body}</svg>"
    )
