"""Share what every drawing needs: its style sheet, its frame as a file, and lines that fit.

A drawing serves two uses. Inside a page it has classes only, and the site's style sheet paints it.
As a file it has a frame with title, style, legend and source, in the colours of ``palette``.
Widths inside a drawing are per cent where it must fit a phone and a desk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from xinjiang_record.site import palette

LINE = 16  # pixels from one line of text to the next
MARGIN = 16  # pixels around a drawing that is a file
LETTER = 0.62  # width of a letter in parts of its size; DejaVu Sans is the widest font in use
WIDE_LETTER = 1.05  # the same for a letter of an East Asian script
NOT_FIRST = "。，、；：）"  # no line of Chinese begins with these

STYLE = palette.in_drawing(
    """
svg{font-family:"Liberation Sans","DejaVu Sans",Arial,Helvetica,sans-serif}
.land{fill:var(--land);stroke:var(--coast);stroke-width:.5}
.critical{fill:var(--critical)}.critical.old{fill:var(--critical-old)}
.supportive{fill:url(#hatch)}.supportive.old{fill:url(#hatch-old)}
.neither{fill:var(--neither)}.withdrew{fill:url(#speckle)}.disputed{fill:url(#disputed)}
.unnamed{fill:var(--card);stroke-width:1.4}.unnamed.critical{stroke:var(--critical)}
.unnamed.supportive{stroke:var(--supportive)}
.dot{stroke:var(--coast);stroke-width:.6}.dot.none{fill:var(--none)}
.ring{fill:none;stroke:var(--ink);stroke-width:1.4}
.mark{fill:none;stroke:var(--mark);stroke-width:1.8}.mark.under{stroke:var(--coast);stroke-width:4.5}
.mark-text{fill:var(--mark);font-size:11px;font-weight:bold}
.halo{stroke:var(--coast);stroke-width:3;stroke-linejoin:round}
.title{font-size:19px;font-weight:bold;fill:var(--ink)}.sub{font-size:12px;fill:var(--soft)}
.key{font-size:12px;fill:var(--ink)}
.hatch-back{fill:var(--supportive)}.hatch-line{stroke:var(--hatch);stroke-width:1.1}
.hatch-old-back{fill:var(--supportive-old)}.hatch-old-line{stroke:var(--hatch-old);stroke-width:.8}
.speck-back{fill:var(--card)}.speck{fill:var(--speck)}
.disputed-back{fill:var(--land)}.disputed-line{stroke:var(--disputed);stroke-width:1}
.axis{stroke:var(--line);stroke-width:1}.tick{font-size:11px;fill:var(--soft)}
.row-value{font-size:12.5px;font-weight:bold;fill:var(--ink)}
.row-text{font-size:12px;fill:var(--soft)}
.hollow{stroke:var(--ink);stroke-width:1.2;fill-opacity:.25}.cross{stroke:var(--ink);stroke-width:2.2;fill:none}
.kind-estimate{fill:var(--estimate);stroke:var(--estimate)}
.kind-official_count{fill:var(--official-count);stroke:var(--official-count)}
.kind-leaked_count{fill:var(--leaked-count);stroke:var(--leaked-count)}
.kind-satellite_count{fill:var(--satellite-count);stroke:var(--satellite-count)}
.kind-survey{fill:var(--survey);stroke:var(--survey)}
.range{stroke-width:5;stroke-linecap:butt;opacity:.65}.arrow{stroke-width:2;fill:none}
.later{fill:var(--none)}.band{opacity:.85}
.track{stroke:var(--line);stroke-width:1}.here{stroke:var(--ink);stroke-width:2}
"""
)
PATTERNS = (
    '<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect class="hatch-back" width="5" height="5"/>'
    '<line class="hatch-line" x1="0" y1="0" x2="0" y2="5"/></pattern>'
    '<pattern id="hatch-old" width="5" height="5" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect class="hatch-old-back" width="5" height="5"/>'
    '<line class="hatch-old-line" x1="0" y1="0" x2="0" y2="5"/></pattern>'
    '<pattern id="speckle" width="4" height="4" patternUnits="userSpaceOnUse">'
    '<rect class="speck-back" width="4" height="4"/><circle class="speck" cx="2" cy="2" r="1"/>'
    '</pattern><pattern id="disputed" width="3" height="3" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(-45)"><rect class="disputed-back" width="3" height="3"/>'
    '<line class="disputed-line" x1="0" y1="0" x2="0" y2="3"/></pattern></defs>'
)


@dataclass(frozen=True, slots=True)
class Drawing:
    """Hold a drawing without its frame: the SVG inside, its height, its key, and what it says.

    ``legend`` is pairs of a class and words; ``label`` is the content in words.
    """

    title: str
    subtitle: str
    body: str
    height: int
    legend: Sequence[tuple[str, str]] = ()
    notes: Sequence[str] = ()
    label: str = ""


def wrap(text: str, width: float, size: float) -> list[str]:
    """Return the text in lines that fit ``width`` pixels; a word that does not is broken."""
    rows = [""]
    most = int(width / (size * LETTER))  # letters of a line without wide ones
    for word in text.split():
        if rows[-1] and measure(f"{rows[-1]} {word}", size) > width:
            rows.append(word)
        else:
            rows[-1] = f"{rows[-1]} {word}".strip()
        while measure(row := rows[-1], size) > width:  # Chinese has no spaces
            fitting = (end for end in range(most, 1, -1) if measure(row[:end], size) <= width)
            end = next((end for end in fitting if row[end] not in NOT_FIRST), 1)
            rows[-1:] = [row[:end], row[end:]]
    return rows


def measure(text: str, size: float) -> float:
    """Return the width of a text in pixels, in the widest font of the site."""
    wide = sum(ord(letter) > 0x2E7F for letter in text)
    return size * (WIDE_LETTER * wide + LETTER * (len(text) - wide))


def in_page(drawing: Drawing, classes: str = "plot") -> str:
    """Return the drawing for a page: as wide as its place, painted by the style sheet.

    The page itself has ``PATTERNS`` once: a pattern inside a drawing that is hidden paints nothing.
    """
    role = "group" if "<a " in drawing.body else "img"  # an image cannot have links inside
    return (
        f'<svg class="{classes}" width="100%" height="{drawing.height}" role="{role}" '
        f'aria-label="{escape(drawing.label or drawing.title, {chr(34): "&quot;"})}">'
        f"{drawing.body}</svg>"
    )


def as_file(drawing: Drawing, source: str, width: int = 860) -> str:
    """Return the drawing as a file: title, style, legend, notes and where it comes from."""
    inside = width - 2 * MARGIN
    lines, y = [], 34
    for line in wrap(drawing.title, inside, 19):
        lines.append(f'<text class="title" x="{MARGIN}" y="{y}">{escape(line)}</text>')
        y += 24
    for line in wrap(drawing.subtitle, inside, 12):
        lines.append(f'<text class="sub" x="{MARGIN}" y="{y}">{escape(line)}</text>')
        y += LINE
    top = y
    lines.append(
        f'<svg x="{MARGIN}" y="{top}" width="{inside}" height="{drawing.height}" '
        f'overflow="visible">{drawing.body}</svg>'
    )
    y = top + drawing.height + 22
    for style, words in drawing.legend:
        lines.append(swatch(style, MARGIN, y))
        for line in wrap(words, inside - 32, 12):
            lines.append(f'<text class="key" x="{MARGIN + 30}" y="{y}">{escape(line)}</text>')
            y += LINE + 2
    for note in [*drawing.notes, source]:
        for line in wrap(note, inside, 12):
            lines.append(f'<text class="sub" x="{MARGIN}" y="{y}">{escape(line)}</text>')
            y += LINE
    height = y + 4
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-labelledby="drawing-title">\n'
        f'<title id="drawing-title">{escape(drawing.title)}</title>'
        f"<desc>{escape(drawing.label or drawing.subtitle)}</desc>"
        f"<style>{STYLE}</style>{PATTERNS}"
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>\n'
        + "\n".join(lines)
        + "\n</svg>\n"
    )


def swatch(style: str, x: float, y: float) -> str:
    """Return the key of one class, left of its words."""
    if style == "cross":
        return f'<path class="cross" d="M{x + 6},{y - 9}l10,10m-10,0l10,-10"/>'
    if style == "ring":
        return f'<circle class="ring" cx="{x + 11}" cy="{y - 4}" r="5.6"/>'
    return f'<rect class="{style}" x="{x}" y="{y - 10}" width="22" height="12"/>'
