"""Draw the picture that a page is shared with: its title, what it is, and both sides' colours."""

from __future__ import annotations

from xml.sax.saxutils import escape

from xinjiang_record.site.pages.page import Page
from xinjiang_record.site.palette import LIGHT

WIDTH, HEIGHT = 600, 315  # pixels
LETTERS, LINES = 34, 4  # of the title; a longer one ends in an ellipsis


def wrap(text: str, letters: int, lines: int) -> list[str]:
    """Return the text in at most so many lines of about so many letters."""
    rows = [""]
    for word in text.split():
        word = word if len(word) <= letters else word[: letters - 1] + "…"
        if len(rows[-1]) + len(word) + 1 <= letters:
            rows[-1] = f"{rows[-1]} {word}".strip()
        else:
            rows.append(word)
    if len(rows) > lines:
        rows = [*rows[: lines - 1], rows[lines - 1][: letters - 1] + "…"]
    return rows


def draw_card(page: Page) -> str:
    """Return the card of a page as SVG."""
    title = wrap(page.title, LETTERS, LINES)
    lines = [
        f'<text x="44" y="{96 + 37 * number}" font-size="29">{escape(line)}</text>'
        for number, line in enumerate(title)
    ]
    below = 96 + 37 * len(title)
    small = [
        f'<text x="44" y="{below + 20 * number}" font-size="15">{escape(line)}</text>'
        for number, line in enumerate(wrap(page.description, 64, 2))
    ]
    kind = escape(page.kind if page.kind != "Page" else "Xinjiang Record")
    size = f'width="{WIDTH}" height="{HEIGHT}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<rect {size} fill="{LIGHT["paper"]}"/>'
        f'<rect width="12" height="158" fill="{LIGHT["critical"]}"/>'
        f'<rect y="158" width="12" height="157" fill="{LIGHT["supportive"]}"/>'
        f'<g font-family="Liberation Sans" fill="{LIGHT["soft"]}">'
        f'<text x="44" y="52" font-size="14">{kind}</text>{"".join(small)}<text x="44" y="288" '
        'font-size="14">Xinjiang Record: states, statements, figures, sources</text></g>'
        f'<g font-family="Liberation Sans" font-weight="bold" fill="{LIGHT["ink"]}">'
        f"{''.join(lines)}</g></svg>"
    )
