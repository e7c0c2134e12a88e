"""The picture a page is shared with: its title, what it is, and both sides' colours. 600 by 315 pixels."""

from __future__ import annotations

from xml.sax.saxutils import escape

from xinjiang_record.site.pages.base import Page

WIDTH, HEIGHT = 600, 315
LETTERS, LINES = 34, 4  # of the title; a longer one ends in an ellipsis


def wrap(text: str, letters: int, lines: int) -> list[str]:
    """Text in at most so many lines of about so many letters."""
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


def draw(page: Page) -> str:
    """The card as SVG."""
    title = wrap(page.title, LETTERS, LINES)
    lines = [
        f'<text x="44" y="{96 + 37 * number}" font-size="29">{escape(line)}</text>'
        for number, line in enumerate(title)
    ]
    below = 96 + 37 * len(title)
    described = wrap(page.description, 64, 2)
    small = [
        f'<text x="44" y="{below + 20 * number}" font-size="15" fill="#55534c">{escape(line)}</text>'
        for number, line in enumerate(described)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fbfaf7"/><rect width="12" height="158" fill="#0072b2"/>'
        f'<rect y="158" width="12" height="157" fill="#e69f00"/>'
        f'<g font-family="Liberation Sans" fill="#55534c"><text x="44" y="52" font-size="14">{escape(page.kind if page.kind != "Page" else "Xinjiang Record")}</text>{"".join(small)}'
        f'<text x="44" y="288" font-size="14">Xinjiang Record: states, statements, figures, sources</text></g>'
        f'<g font-family="Liberation Serif" font-weight="bold" fill="#1c1c1a">{"".join(lines)}</g></svg>'
    )
