"""The world map of both camps as SVG: states by side, small ones as dots too, Xinjiang marked, a legend with numbers.

Colours are Okabe and Ito's blue and orange, told apart by the colour-blind; the supportive side is hatched besides, so that the
map is readable without any colour. One drawing serves two uses: inside a page (``standalone=False``: classes only, the site's
stylesheet paints it, light or dark) and as a file (its own style, title and legend).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from markupsafe import Markup

from xinjiang_record.errors import UsageError
from xinjiang_record.site.graphics import country_shapes
from xinjiang_record.site.positions import Span, standings, statement_spans
from xinjiang_record.site.release_data import Record, delivered
from xinjiang_record.site.template_filters import day_words, plural

DOT_RADIUS, RING_RADIUS = 3.1, 5.6  # pixels of a map 960 wide
FOOT_LINE = 15  # pixels from one line of the foot to the next
WORDS = {
    "critical": "Critical of China’s policy",
    "supportive": "Supportive of China’s policy",
    "neither": "Abstained",
    "withdrew": "Signed, then withdrew",
    "moved": "Stood on the other side before",
}
VOTE_WORDS = {"critical": "Voted yes", "supportive": "Voted no", "neither": "Abstained"}
PARTIAL = "No colour: not known to have signed. Rosters known only in part are no evidence of not signing."
BORDERS = "Borders: Natural Earth (public domain), drawn as they are held; no view on any claim is expressed."

STYLE = """
svg{font-family:"Liberation Sans",Arial,Helvetica,sans-serif}
.land{fill:#e4e2dc;stroke:#fff;stroke-width:.5}
.critical{fill:#0072b2}.supportive{fill:url(#hatch)}.neither{fill:#8d8d8d}.withdrew{fill:url(#speckle)}
.dot{stroke:#fff;stroke-width:.6}.dot.none{fill:#b9b6ad}
.ring{fill:none;stroke:#1a1a1a;stroke-width:1.4}
.mark{fill:none;stroke:#b3003c;stroke-width:1.8}.mark.under{stroke:#fff;stroke-width:4.5}.mark-text{fill:#b3003c;font-size:11px;font-weight:bold}
.halo{stroke:#fff;stroke-width:3;stroke-linejoin:round}
.title{font-size:19px;font-weight:bold;fill:#1a1a1a}.sub{font-size:12px;fill:#444}.key{font-size:12px;fill:#1a1a1a}
.hatch-back{fill:#e69f00}.hatch-line{stroke:#7a4b00;stroke-width:1.1}.speck-back{fill:#f4f2ec}.speck{fill:#555}
"""
PATTERNS = (
    '<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="hatch-back" width="5" height="5"/><line class="hatch-line" x1="0" y1="0" x2="0" y2="5"/></pattern>'
    '<pattern id="speckle" width="4" height="4" patternUnits="userSpaceOnUse">'
    '<rect class="speck-back" width="4" height="4"/><circle class="speck" cx="2" cy="2" r="1"/></pattern></defs>'
)


@dataclass(frozen=True, slots=True)
class Mark:
    """How one state is drawn: its class, what a reader is told when pointing at it, and whether it gets the ring."""

    style: str
    label: str
    ringed: bool = False


@dataclass(frozen=True, slots=True)
class MapFigure:
    """A map ready to be drawn: the heading, a line under it, states by code, and the legend as (class, words)."""

    title: str
    subtitle: str
    marks: Mapping[str, Mark]
    legend: Sequence[tuple[str, str]]
    notes: Sequence[str] = (PARTIAL, BORDERS)
    unplaced: Sequence[str] = ()


def statements_figure(
    record: Record, statement_ids: Sequence[str], as_of: date | None = None
) -> MapFigure:
    """The signatories of one statement, or of a pair, after every event or as of a day."""
    if not statement_ids:
        raise UsageError("Name one or more statements, or give --as-of DATE for the whole record.")
    marks: dict[str, Mark] = {}
    legend: list[tuple[str, str]] = []
    unplaced = []
    for name in statement_ids:
        items = statement_spans(record, name)
        shown = [span for span in items if as_of is None or span.start <= as_of]
        for span in shown:
            if span.code is None:
                unplaced.append(span.name)
                continue
            marks[span.code] = _merged(marks.get(span.code), span, as_of)
        legend += _legend_lines(record, name, shown, as_of)
    when = f", as of {day_words(as_of)}" if as_of else ""
    heads = [
        f"{record.statements[name]['body']}, {day_words(delivered(record.statements[name]))}"
        for name in statement_ids
    ]
    subtitle = " · ".join(dict.fromkeys(heads)) + when
    title = (
        record.statements[statement_ids[0]]["title"]
        if len(statement_ids) == 1
        else _pair_title(record, statement_ids)
    )
    return MapFigure(title, subtitle, marks, legend, unplaced=tuple(unplaced))


def _merged(before: Mark | None, span: Span, as_of: date | None) -> Mark:
    standing = span.stands(as_of or date.max)
    style = span.side if standing else "withdrew"
    words = (
        VOTE_WORDS[span.side].lower()
        if span.entry in {"voted_yes", "voted_no", "abstained"}
        else span.side
    )
    label = f"{span.name}: {words}, {span.entry.replace('_', ' ')} {span.start}" + (
        "" if standing else f", withdrew {span.end}"
    )
    if before and before.style != style and before.style != "withdrew":
        return Mark(style, f"{before.label}; {label}", ringed=True)
    return Mark(style, label)


def _legend_lines(
    record: Record, name: str, items: Sequence[Span], as_of: date | None
) -> list[tuple[str, str]]:
    statement = record.statements[name]
    standing = [span for span in items if span.stands(as_of or date.max)]
    left = [span for span in items if not span.stands(as_of or date.max)]
    if statement["stance"] == "vote":
        totals = {side: sum(span.side == side for span in standing) for side in VOTE_WORDS}
        return [(side, f"{VOTE_WORDS[side]}: {total}") for side, total in totals.items()]
    joined = sum(span.entry == "joined" for span in standing)
    first = len(standing) - joined
    parts = [f"{first} of the first signatories", f"{joined} joined later"] if joined else []
    known = (
        ""
        if statement["roster_status"] == "complete"
        else f" named, of {statement['declared_count']} declared"
    )
    text = f"{WORDS[statement['stance']]}: {len(standing)}{known}" + (
        f" ({', '.join(parts)})" if parts else ""
    )
    lines = [(statement["stance"], text)]
    if left:
        lines.append(("withdrew", f"{WORDS['withdrew']}: {', '.join(span.name for span in left)}"))
    return lines


def _pair_title(record: Record, statement_ids: Sequence[str]) -> str:
    days = sorted(delivered(record.statements[name]) for name in statement_ids)
    same = (days[0].year, days[0].month) == (days[-1].year, days[-1].month)
    when = f"{days[0]:%B %Y}" if same else f"{days[0]:%B %Y} to {days[-1]:%B %Y}"
    return f"Who signed what on Xinjiang, {when}"


def as_of_figure(record: Record, day: date) -> MapFigure:
    """Every state by the side of the last statement on Xinjiang at which it is named, as of a day."""
    found = standings(record, day)
    marks, totals = {}, {"critical": 0, "supportive": 0, "withdrew": 0}
    for code, item in found.items():
        totals[item.side] += 1
        label = f"{item.name}: {item.side}, {item.statement_id}"
        if item.earlier:
            label += f"; stood {item.earlier} before"
        marks[code] = Mark(item.side, label, ringed=item.earlier is not None)
    legend = [(side, f"{WORDS[side]}: {totals[side]}") for side in ("critical", "supportive")]
    if totals["withdrew"]:
        names = ", ".join(item.name for item in found.values() if item.side == "withdrew")
        legend.append(("withdrew", f"{WORDS['withdrew']}, nothing else signed: {names}"))
    moved = [item.name for item in found.values() if item.earlier]
    if moved:
        legend.append(("ring", f"{WORDS['moved']}: {', '.join(moved)}"))
    subtitle = "Each state by the last letter, joint statement or vote at which a source names it"
    return MapFigure(f"Where states stood on Xinjiang, {day_words(day)}", subtitle, marks, legend)


def draw(figure: MapFigure) -> str:
    """The map as an SVG file of its own."""
    world = country_shapes.load()
    lines = [
        *figure.notes,
        f"Source: Xinjiang Record, joint-statements. {plural(len(figure.marks), 'state')} coloured.",
    ]
    if figure.unplaced:
        lines.insert(0, f"Also signed, not a state: {', '.join(sorted(figure.unplaced))}.")
    top, legend_height = 62, 20 * len(figure.legend)
    height = top + world["height"] + 14 + legend_height + FOOT_LINE * len(lines) + 8
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{world["width"]}" height="{height}" '
        f'viewBox="0 0 {world["width"]} {height}" role="img" aria-labelledby="map-title map-sub">',
        f'<title id="map-title">{escape(figure.title)}</title><desc id="map-sub">{escape(figure.subtitle)}</desc>',
        f"<style>{STYLE}</style>{PATTERNS}",
        f'<rect width="{world["width"]}" height="{height}" fill="#fff"/>',
        f'<text class="title" x="16" y="30">{escape(figure.title)}</text>',
        f'<text class="sub" x="16" y="50">{escape(figure.subtitle)}</text>',
        f'<g transform="translate(0 {top})">{body(figure.marks)}</g>',
    ]
    y = top + world["height"] + 18
    for style, words in figure.legend:
        swatch = f'<rect class="{style}" x="16" y="{y - 10}" width="22" height="13"/>'
        if style == "ring":
            swatch = f'<circle class="ring" cx="27" cy="{y - 4}" r="{RING_RADIUS}"/>'
        parts.append(f'{swatch}<text class="key" x="46" y="{y}">{escape(words)}</text>')
        y += 20
    for line in lines:
        parts.append(f'<text class="sub" x="16" y="{y}">{escape(line)}</text>')
        y += FOOT_LINE
    return "\n".join([*parts, "</svg>\n"])


def body(marks: Mapping[str, Mark], *, interactive: bool = False, rings: bool = True) -> str:
    """Land, states, dots, rings and the mark of Xinjiang; ``interactive`` gives every state an address for scripts."""
    countries = country_shapes.load()["countries"]
    parts = [
        '<g class="land">',
        *(f'<path d="{path}"/>' for path in country_shapes.load()["other"]),
    ]
    parts += [
        _shape(code, item["path"], marks.get(code), interactive)
        for code, item in countries.items()
        if item["path"]
    ]
    parts.append("</g><g>")
    small = ((code, item) for code, item in countries.items() if item["is_small"])
    parts += [
        _dot(code, item, marks.get(code), interactive)
        for code, item in small
        if interactive or code in marks
    ]
    ringed = [
        countries[code] for code, mark in sorted(marks.items()) if mark.ringed and code in countries
    ]
    group = "" if rings else ' class="rings"'
    parts.append(f"</g><g{group}>")
    parts += [
        f'<circle class="ring" cx="{item["x"]}" cy="{item["y"]}" r="{RING_RADIUS}"/>'
        for item in ringed
    ]
    return "".join([*parts, "</g>", _xinjiang()])


def _shape(code: str, path: str, mark: Mark | None, interactive: bool) -> str:
    attributes = (f' data-code="{code}"' if interactive else "") + (
        f' class="{mark.style}"' if mark else ""
    )
    inside = f"<title>{escape(mark.label)}</title>" if mark else ""
    return (
        f'<path{attributes} d="{path}">{inside}</path>'
        if inside
        else f'<path{attributes} d="{path}"/>'
    )


def _dot(code: str, item: Mapping[str, float], mark: Mark | None, interactive: bool) -> str:
    data = f" data-code={quoteattr(code)}" if interactive else ""
    style = mark.style if mark else "none"
    inside = f"<title>{escape(mark.label)}</title>" if mark else ""
    return f'<circle class="dot {style}"{data} cx="{item["x"]}" cy="{item["y"]}" r="{DOT_RADIUS}">{inside}</circle>'


def _xinjiang() -> str:
    x, y = country_shapes.project(*country_shapes.XINJIANG)
    place = f'x="{x:.1f}" y="{y - 13:.1f}" text-anchor="middle"'
    return (
        f'<g class="xinjiang"><circle class="mark under" cx="{x:.1f}" cy="{y:.1f}" r="9"/><circle class="mark" cx="{x:.1f}" cy="{y:.1f}" r="9"/><circle class="mark" cx="{x:.1f}" '
        f'cy="{y:.1f}" r="1.2"/><text class="mark-text halo" {place}>Xinjiang</text>'
        f'<text class="mark-text" {place}>Xinjiang</text></g>'
    )


def page_body(figure: MapFigure) -> Markup:
    """The drawing for a page, whose stylesheet paints it. The labels in it are escaped."""
    return Markup(body(figure.marks))


def page_legend(sides: Sequence[str]) -> Markup:
    """The key to the sides, for a page."""
    items = "".join(
        f'<li><span class="side {side}">{escape(WORDS[side])}</span></li>' for side in sides
    )
    return Markup(f'<ul class="legend">{items}</ul>')


def placed(codes: Iterable[str]) -> set[str]:
    """The codes that the map can show at all."""
    return set(codes) & set(country_shapes.load()["countries"])
