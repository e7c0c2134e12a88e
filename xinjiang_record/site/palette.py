"""Define every colour of the site once, for pages, maps, charts, cards and the icon.

Blue and orange are those of Okabe and Ito, which the colour-blind can distinguish. Supportive is
hatched as well, so that a picture can be read without colour.
"""

from __future__ import annotations

LIGHT = {
    "paper": "#fbfaf7",
    "card": "#ffffff",
    "ink": "#1c1c1a",
    "soft": "#55534c",
    "line": "#dad6cb",
    "wash": "#f1eee6",
    "link": "#0b4c86",
    "visited": "#57347f",
    "focus": "#0b4c86",
    "critical": "#0072b2",
    "critical-old": "#8fc1de",
    "supportive": "#e69f00",
    "supportive-old": "#f5d79a",
    "hatch": "#7a4b00",
    "hatch-old": "#b98a3e",
    "neither": "#8d8d8d",
    "land": "#e2dfd6",
    "coast": "#fbfaf7",
    "disputed": "#7d786c",
    "none": "#b3afa4",
    "mark": "#b3003c",
    "speck": "#55534c",
    "estimate": "#2b6f9e",
    "official-count": "#b4531f",
    "leaked-count": "#1b7a62",
    "satellite-count": "#96508a",
    "survey": "#6b672e",
}
DARK = {
    **LIGHT,
    "paper": "#15171a",
    "card": "#1b1e22",
    "ink": "#e9e7e1",
    "soft": "#aeaba2",
    "line": "#363a40",
    "wash": "#20242a",
    "link": "#8fc4f2",
    "visited": "#c6aef0",
    "focus": "#8fc4f2",
    "critical": "#4aa8e0",
    "critical-old": "#2c5f7e",
    "supportive": "#e3a01b",
    "supportive-old": "#7d6128",
    "hatch": "#5a3800",
    "hatch-old": "#4a3a18",
    "neither": "#8b8b8b",
    "land": "#33373d",
    "coast": "#15171a",
    "disputed": "#8b929b",
    "none": "#6d7178",
    "mark": "#ff7d9c",
    "speck": "#c9c6bd",
    "estimate": "#6fb4e2",
    "official-count": "#e58e5c",
    "leaked-count": "#57c2a5",
    "satellite-count": "#d391c6",
    "survey": "#bdb76b",
}


def css_variables() -> str:
    """Return the colours as CSS variables: light, dark where the reader's system is, and print."""
    light = _declarations(LIGHT)
    paper = {**LIGHT, "paper": "#fff", "card": "#fff", "ink": "#000", "soft": "#333"}
    paper |= {"line": "#999", "wash": "#fff", "link": "#000", "visited": "#000", "coast": "#fff"}
    return (
        f":root{{color-scheme:light dark;{light}}}\n"
        f"@media (prefers-color-scheme:dark){{:root{{{_declarations(DARK)}}}}}\n"
        f"@media print{{:root{{color-scheme:light;{_declarations(paper)}}}}}\n"
    )


def _declarations(colours: dict[str, str]) -> str:
    return "".join(f"--{name}:{value};" for name, value in colours.items())


def in_drawing(style: str) -> str:
    """Return a drawing's style sheet with each ``var(--name)`` replaced by the light colour."""
    for name, value in {**LIGHT, "coast": "#ffffff", "paper": "#ffffff"}.items():
        style = style.replace(f"var(--{name})", value)
    return style


def icon() -> bytes:
    """Return the site's icon: both sides next to each other."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        f'<rect width="32" height="32" fill="{LIGHT["paper"]}"/>'
        f'<rect width="14" height="32" fill="{LIGHT["critical"]}"/>'
        f'<rect x="18" width="14" height="32" fill="{LIGHT["supportive"]}"/></svg>\n'
    ).encode()
