"""Draw the world map of both camps: of one statement, of a pair, or of every state on a day.

A recent position has its side's full colour, an older one a lighter tint. Declared signatories that
no source names are in the legend, hatched, since no place on the map is known for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from markupsafe import Markup

from xinjiang_record.errors import UsageError
from xinjiang_record.rosters import VOTE_KINDS
from xinjiang_record.site.graphics import country_shapes
from xinjiang_record.site.graphics.drawing import Drawing
from xinjiang_record.site.positions import (
    SIDES,
    CountrySide,
    Position,
    roster_positions,
    sides_on,
)
from xinjiang_record.site.release_data import Record, RowDict, delivered
from xinjiang_record.site.template_filters import host_of
from xinjiang_record.site.translate import ENGLISH, Language

DOT_RADIUS, RING_RADIUS = 3.1, 5.6  # pixels of a map 960 wide
SIDE_WORDS = {
    "critical": "Critical of China’s policy",
    "supportive": "Supportive of China’s policy",
    "neither": "Abstained",
    "withdrew": "Signed, then withdrew",
}
VOTE_WORDS = {"critical": "Voted yes", "supportive": "Voted no", "neither": "Abstained"}
KIND_WORDS = {
    "signed": "signed",
    "joined": "joined later",
    "voted_yes": "voted yes",
    "voted_no": "voted no",
    "abstained": "abstained",
    "sponsored": "sponsored the draft",
    "aligned": "aligned itself with the text",
    "declared_after_vote": "declared itself after the vote",
    "withdrew": "withdrew",
    "co_sponsored_event": "co-sponsored an event",
    "spoke": "spoke in a debate",
    "spoke_for_bloc": "spoke for a bloc",
    "claimed": "claimed by one side only",
    "derived": "follows from a membership",
}
PARTIAL = (
    "No colour: not named by any source in the record. "
    "Where a roster is known in part, a state without colour may have signed."
)
BORDERS = (
    "Areas whose status is disputed are hatched in grey: {areas}. Borders: Natural Earth. "
    "They express no view on any claim. The smallest disputed areas are not drawn."
)


@dataclass(frozen=True, slots=True)
class Mark:
    """Say how one state is drawn, and why: its classes, the position, and whether it has a ring."""

    style: str
    label: str
    position: Position
    is_ringed: bool = False


@dataclass(frozen=True, slots=True)
class MapView:
    """Hold a map ready to be drawn: heading, marks by code, and legend.

    The legend is pairs of class and words.

    ``counts`` is the number behind each legend class, for the tables and tests.
    """

    title: str
    subtitle: str
    marks: Mapping[str, Mark]
    legend: Sequence[tuple[str, str]]
    counts: Mapping[str, int]
    notes: Sequence[str]
    unplaced: Sequence[str] = ()


def roster_view(
    record: Record, words: Language, statement_ids: Sequence[str], as_of: date | None = None
) -> MapView:
    """Return the map of one statement or of a pair, after every event or on a day.

    Raises:
        UsageError: No statement is named, or the record does not have one.
    """
    if not statement_ids:
        raise UsageError("No statement is named. Name one or more, or give --as-of DATE.")
    day = as_of or date.max
    marks: dict[str, Mark] = {}
    legend: list[tuple[str, str]] = []
    counts: dict[str, int] = {}
    unplaced = []
    for name in statement_ids:
        items = [item for item in roster_positions(record, name) if item.start <= day]
        for item in items:
            if item.code is None:
                unplaced.append(item.name)
                continue
            marks[item.code] = _roster_mark(record, words, item, day, marks.get(item.code))
        legend += _roster_legend(record, words, record.statements[name], items, day, counts)
    return MapView(
        _roster_title(record, words, statement_ids),
        _roster_subtitle(record, words, statement_ids, as_of),
        marks,
        legend,
        counts,
        _notes(words, unplaced),
        tuple(unplaced),
    )


def _roster_mark(
    record: Record, words: Language, item: Position, day: date, before: Mark | None
) -> Mark:
    style = item.side if item.is_in_force(day) else "withdrew"
    label = f"{country_name(record, words, item)}: {position_words(words, item)}"
    if item.end and not item.is_in_force(day):
        label += ", " + words("withdrew {day}", day=words.day(item.end))
    label += source_words(record, words, item)
    if before and before.style != style:
        return Mark(style, f"{before.label}; {label}", item, is_ringed=True)
    return Mark(style, label, item)


def country_name(record: Record, words: Language, item: Position) -> str:
    """Return the name of a position's state in the language, or the name as the record has it."""
    if item.code and words.code != "en":
        return record.country_name(item.code, words.code)
    return item.name


def source_words(record: Record, words: Language, item: Position) -> str:
    """Return who says that a state did it: the publisher of the source, ready to follow a text."""
    row = record.sources.get(item.source_id or "")
    if not row:
        return ""
    return f". {words('Source')}: {row['publisher'] or host_of(row['url'])}"


def position_words(words: Language, item: Position) -> str:
    """Return what a state did, its side and the day: supportive, joined later, 26 July 2019."""
    kind = words(KIND_WORDS.get(item.kind, item.kind.replace("_", " ")))
    day = words.day(item.start)
    if item.kind in VOTE_KINDS:
        return f"{kind}, {day}"
    return f"{words(item.side)}, {kind}, {day}"


def _roster_legend(
    record: Record,
    words: Language,
    statement: RowDict,
    items: Sequence[Position],
    day: date,
    counts: dict[str, int],
) -> list[tuple[str, str]]:
    in_force = [item for item in items if item.is_in_force(day)]
    left = [item for item in items if not item.is_in_force(day)]
    if statement["stance"] == "vote":
        totals = {side: sum(item.side == side for item in in_force) for side in VOTE_WORDS}
        counts.update(totals)
        return [(side, f"{words(VOTE_WORDS[side])}: {total}") for side, total in totals.items()]
    side = str(statement["stance"])
    counts[side] = counts.get(side, 0) + len(in_force)
    joined = sum(item.kind == "joined" for item in in_force)
    lines = [(side, words(SIDE_WORDS[side]) + ": " + words("{n} named", n=len(in_force)))]
    if joined:
        lines = [(side, lines[0][1] + ", " + words("{n} of them joined later", n=joined))]
    declared, unnamed = statement["declared_count"], statement["residual_count"] or 0
    if declared is not None and unnamed > 0:
        counts[f"unnamed {side}"] = counts.get(f"unnamed {side}", 0) + unnamed
        text = words(
            "{declared} declared, {unnamed} of them not named by any source",
            declared=declared,
            unnamed=unnamed,
        )
        lines.append((f"unnamed {side}", text))
    elif declared is None or statement["roster_status"] != "complete":
        lines.append((f"unnamed {side}", words("The list is known only in part")))
    if left:
        counts["withdrew"] = counts.get("withdrew", 0) + len(left)
        names = ", ".join(country_name(record, words, item) for item in left)
        lines.append(("withdrew", f"{words(SIDE_WORDS['withdrew'])}: {names}"))
    return lines


def _roster_title(record: Record, words: Language, statement_ids: Sequence[str]) -> str:
    if len(statement_ids) == 1:
        return str(record.statements[statement_ids[0]]["title"])
    return words(
        "Who signed what on Xinjiang, {when}", when=months_of(record, words, statement_ids)
    )


def months_of(record: Record, words: Language, statement_ids: Sequence[str]) -> str:
    """Return the month of some statements, or the first and the last month."""
    days = sorted(delivered(record.statements[name]) for name in statement_ids)
    months = list(dict.fromkeys(words.month(day) for day in (days[0], days[-1])))
    return (
        months[0]
        if len(months) == 1
        else words("{first} to {last}", first=months[0], last=months[1])
    )


def _roster_subtitle(
    record: Record, words: Language, statement_ids: Sequence[str], as_of: date | None
) -> str:
    heads = [
        f"{record.statements[name]['body']}, {words.day(delivered(record.statements[name]))}"
        for name in statement_ids
    ]
    when = [words("as of {day}", day=words.day(as_of))] if as_of else []
    return " · ".join([*dict.fromkeys(heads), *when])


def day_view(record: Record, words: Language, day: date) -> MapView:
    """Return the map of every state by its last position on Xinjiang up to a day."""
    found = sides_on(record, day)
    marks = {code: _day_mark(record, words, item) for code, item in found.items()}
    counts = count_styles(mark.style for mark in marks.values())
    legend = []
    for side in SIDES:
        name = words(SIDE_WORDS[side])
        recent = words("named in the 24 months before: {n}", n=counts.get(side, 0))
        older = words("last named longer ago: {n}", n=counts.get(f"{side} old", 0))
        legend += [(side, f"{name}, {recent}"), (f"{side} old", f"{name}, {older}")]
    named = {code: country_name(record, words, item.last) for code, item in found.items()}
    withdrew = [named[code] for code, item in found.items() if item.side == "withdrew"]
    if withdrew:
        text = words("Signed, then withdrew, nothing else signed")
        legend.append(("withdrew", f"{text}: {', '.join(withdrew)}"))
    moved = [named[code] for code, item in found.items() if item.earlier]
    if moved:
        legend.append(("ring", f"{words('On the other side before')}: {', '.join(moved)}"))
    return MapView(
        words("Last known side of each state, {day}", day=words.day(day)),
        words("By the last letter, joint statement or vote at which a source names the state"),
        marks,
        legend,
        counts,
        _notes(words, ()),
    )


def _day_mark(record: Record, words: Language, item: CountrySide) -> Mark:
    style = item.side if item.is_recent or item.side == "withdrew" else f"{item.side} old"
    label = f"{country_name(record, words, item.last)}: {position_words(words, item.last)}"
    if item.side == "withdrew" and item.last.end:
        label += ", " + words("withdrew {day}", day=words.day(item.last.end))
    if item.earlier:
        label += "; " + words("before: {side}", side=words(item.earlier))
    label += source_words(record, words, item.last)
    return Mark(style, label, item.last, is_ringed=item.earlier is not None)


def count_styles(styles: Iterable[str]) -> dict[str, int]:
    """Return how many states have each class."""
    totals: dict[str, int] = {}
    for style in styles:
        totals[style] = totals.get(style, 0) + 1
    return totals


def _notes(words: Language, unplaced: Sequence[str]) -> list[str]:
    areas = ", ".join(words(item["name"]) for item in country_shapes.load()["disputed"])
    notes = [words(PARTIAL), words(BORDERS, areas=areas)]
    if unplaced:
        notes.insert(0, words("Also signed, not a state: {names}.", names=", ".join(unplaced)))
    return notes


def as_drawing(view: MapView) -> Drawing:
    """Return the map as a drawing that can become a file, 960 pixels wide."""
    world = country_shapes.load()
    label = f"{view.title}. " + "; ".join(text for _, text in view.legend)
    return Drawing(
        view.title, view.subtitle, body(view.marks), world["height"], view.legend, view.notes, label
    )


def body(
    marks: Mapping[str, Mark],
    *,
    is_interactive: bool = False,
    links: Mapping[str, str] | None = None,
    base: str = "",
    words: Language = ENGLISH,
) -> str:
    """Return land, states, dots, rings, disputed areas and the mark of Xinjiang.

    Args:
        marks: The states to colour, by ISO alpha-3 code.
        is_interactive: Give every state its code, for the script that repaints the map.
        links: Addresses of the states' pages; a state with one can be reached by keyboard.
        base: Address of the map without marks. With it, only the states with a mark are drawn,
            which makes a page a tenth as large.
        words: The language of the names of disputed areas.
    """
    world = country_shapes.load()
    countries = world["countries"]
    size = f'width="{world["width"]}" height="{world["height"]}"'
    parts = [f"<image href={quoteattr(base)} {size}/>"] if base else []
    parts.append('<g class="land">')
    parts += [f'<path d="{path}"/>' for path in world["other"] if not base]
    parts += [
        _state(code, f'<path d="{item["path"]}"', "", marks, bool(base) or is_interactive, links)
        for code, item in countries.items()
        if item["path"] and (code in marks or not base)
    ]
    parts += [
        _disputed(item, words, is_in_page=bool(base) or is_interactive)
        for item in world["disputed"]
    ]
    parts.append("</g><g>")
    for code, item in countries.items():
        if item["is_small"] and (is_interactive or code in marks):
            circle = f'<circle cx="{item["x"]}" cy="{item["y"]}" r="{DOT_RADIUS}"'
            linked = links if not item["path"] else None
            parts.append(_state(code, circle, "dot ", marks, bool(base) or is_interactive, linked))
    parts.append('</g><g class="rings">')
    parts += [
        f'<circle class="ring" cx="{countries[code]["x"]}" cy="{countries[code]["y"]}" '
        f'r="{RING_RADIUS}"/>'
        for code, mark in sorted(marks.items())
        if mark.is_ringed and code in countries
    ]
    return "".join([*parts, "</g>", _xinjiang(words)])


def _disputed(item: Mapping[str, str], words: Language, is_in_page: bool) -> str:
    name = words("{area}: status disputed", area=words(item["name"]))
    told = f" data-tip={quoteattr(name)}" if is_in_page else ""
    return f'<path class="disputed" d="{item["path"]}"{told}><title>{escape(name)}</title></path>'


def _state(
    code: str,
    shape: str,
    prefix: str,
    marks: Mapping[str, Mark],
    has_code: bool,
    links: Mapping[str, str] | None,
) -> str:
    mark = marks.get(code)
    style = prefix + (mark.style if mark else "none" if prefix else "")
    attributes = f" data-code={quoteattr(code)}" if has_code else ""
    if style.strip():
        attributes += f' class="{style}"'
    if mark:
        attributes += f" data-tip={quoteattr(mark.label)}"
    name = shape.split(" ", 1)[0][1:]
    inside = f"<title>{escape(mark.label)}</title>" if mark and links is None else ""
    drawn = f"{shape}{attributes}>{inside}</{name}>" if inside else f"{shape}{attributes}/>"
    if links and code in links:
        label = quoteattr(mark.label if mark else code)
        return f"<a href={quoteattr(links[code])} aria-label={label}>{drawn}</a>"
    return drawn


def _xinjiang(words: Language) -> str:
    x, y = country_shapes.project(*country_shapes.XINJIANG)
    at = f'cx="{x:.1f}" cy="{y:.1f}"'
    name = escape(words("Xinjiang"))
    place = f'x="{x:.1f}" y="{y - 13:.1f}" text-anchor="middle"'
    return (
        f'<g class="xinjiang"><circle class="mark under" {at} r="9"/>'
        f'<circle class="mark" {at} r="9"/><circle class="mark" {at} r="1.2"/>'
        f'<text class="mark-text halo" {place}>{name}</text>'
        f'<text class="mark-text" {place}>{name}</text></g>'
    )


def page_body(marks: Mapping[str, Mark], words: Language) -> Markup:
    """Return the drawing for a page in a folder of the site; its labels are escaped."""
    root = "../" if words.code == "en" else "../../"
    return Markup(body(marks, base=f"{root}{country_shapes.BASE}", words=words))
