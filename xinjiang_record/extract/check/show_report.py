"""Show a report of a check: as text for a person, Markdown, or one HTML page."""

from __future__ import annotations

import html
from collections.abc import Callable

from xinjiang_record.extract.check.verdict import OUTCOMES, CheckedSentence, Report, Verdict

WIDTH = 16  # letters of the column of outcomes
_MARKS = {
    "agrees": "✓",
    "disagrees": "✗",
    "partly": "≈",
    "claimed": "◦",
    "ambiguous": "?",
    "unknown": "·",
    "not_understood": "–",
}
_ORDER = ("disagrees", "partly", "ambiguous", "unknown", "claimed", "not_understood", "agrees")
_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#222}
.row{display:grid;grid-template-columns:minmax(0,3fr) minmax(0,2fr);gap:1.5rem;margin:0 0 1rem}
@media(max-width:44rem){.row{grid-template-columns:1fr}}
u{text-decoration-thickness:2px;text-underline-offset:3px}
.disagrees u{text-decoration-color:#b3261e}.agrees u{text-decoration-color:#1b6e3c}
.partly u,.ambiguous u,.claimed u{text-decoration-color:#8a6100;text-decoration-style:dashed}
.unknown u,.not_understood u{text-decoration-color:#777;text-decoration-style:dotted}
ul{list-style:none;margin:0;padding:0;font-size:.9rem}li{margin:0 0 .6rem}
b.disagrees{color:#b3261e}b.agrees{color:#1b6e3c}b.partly,b.ambiguous,b.claimed{color:#8a6100}
.ids{color:#555}
"""


def label_of(verdict: Verdict) -> str:
    """Return the words for an outcome, short enough for a column."""
    return {"claimed": "claimed", "partly": "partly agrees"}.get(
        verdict.outcome, OUTCOMES[verdict.outcome]
    )


def to_text(report: Report) -> str:
    """Return the report as text: each sentence, its verdicts under it, the coverage last."""
    lines: list[str] = []
    for sentence in report.sentences:
        if not sentence.verdicts:
            continue
        lines.append(f"{sentence.locator}: {sentence.text}")
        for item in sentence.verdicts:
            lines.append(f"  {label_of(item):<{WIDTH}}{item.claim}: {item.text}")
            if item.carried:
                lines.append(f"  {'':<{WIDTH}}(from {item.carried})")
            lines += [f"  {'':<{WIDTH}}{link}" for link in item.links[:2]]
        lines.append("")
    return "\n".join([*lines, report.coverage])


def to_markdown(report: Report) -> str:
    """Return the report as Markdown: a quotation for each sentence, its verdicts as a list."""
    lines = ["# Checked against the Xinjiang Record", ""]
    for sentence in report.sentences:
        if not sentence.verdicts:
            continue
        lines += [f"> {_plain(sentence.text)}", ""]
        for item in sentence.verdicts:
            links = ", ".join(f"<{link}>" for link in item.links[:2])
            lines.append(
                f"- **{label_of(item)}** {_plain(item.claim)}: {_plain(item.text)}"
                + (f" {links}" if links else "")
            )
        lines.append("")
    versions = ", ".join(f"{name} {version}" for name, version in report.versions.items())
    return "\n".join([*lines, report.coverage, "", f"Releases: {versions}."])


def _plain(text: str) -> str:
    """Return a text whose signs are not read as Markdown."""
    for sign in "\\`*_[]<>#|":
        text = text.replace(sign, f"\\{sign}")
    return text


def to_html(report: Report) -> str:
    """Return a page without scripts: the article, each claim underlined, its verdict next to it."""
    rows = []
    for number, block in enumerate(report.blocks):
        inside = [item for item in report.sentences if item.block == number]
        rows.append(_row(block, inside))
    versions = ", ".join(f"{name} {version}" for name, version in report.versions.items())
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>Checked against the Xinjiang Record</title><style>{_STYLE}</style></head><body>"
        f"<h1>Checked against the Xinjiang Record</h1><p>{html.escape(report.coverage)}</p>"
        f"{''.join(rows)}<p>Releases: {html.escape(versions)}.</p></body></html>\n"
    )


def _row(block: str, inside: list[CheckedSentence]) -> str:
    text, place = [], 0
    for sentence in inside:
        if not sentence.verdicts:
            continue
        end = sentence.start + len(sentence.text)
        worst = min((item.outcome for item in sentence.verdicts), key=_ORDER.index)
        text.append(html.escape(block[place : sentence.start]))
        text.append(
            f'<span class="{worst}"><u>{html.escape(block[sentence.start : end])}</u></span>'
        )
        place = end
    text.append(html.escape(block[place:]))
    verdicts = "".join(_item(item) for sentence in inside for item in sentence.verdicts)
    return f'<div class="row"><p>{"".join(text)}</p><ul>{verdicts}</ul></div>'


def _item(item: Verdict) -> str:
    links = " ".join(
        f'<a href="{html.escape(link, quote=True)}">source {number}</a>'
        for number, link in enumerate(item.links, 1)
        if link.startswith(("http://", "https://"))
    )
    ids = (
        f'<span class="ids">{html.escape(", ".join(item.records[:5]))}</span>'
        if item.records
        else ""
    )
    return (
        f'<li><b class="{item.outcome}">{_MARKS[item.outcome]} {html.escape(label_of(item))}</b> '
        f"{html.escape(item.claim)}: {html.escape(item.text)} {ids} {links}</li>"
    )


SHOWN: dict[str, Callable[[Report], str]] = {
    "text": to_text,
    "markdown": to_markdown,
    "html": to_html,
}
