"""Show a report of a check: as text for a person, Markdown, or one HTML page."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable

from xinjiang_record.extract.check.verdict import OUTCOMES, CheckedSentence, Report, Verdict
from xinjiang_record.untrusted.escape_text import escape_markdown

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
u.disagrees{text-decoration-color:#b3261e}u.agrees{text-decoration-color:#1b6e3c}
u.partly,u.ambiguous,u.claimed{text-decoration-color:#8a6100;text-decoration-style:dashed}
u.unknown,u.not_understood{text-decoration-color:#777;text-decoration-style:dotted}
sup{font-size:.7rem;margin:0 .1rem}sup a{text-decoration:none}li:target{background:#fff3c4}
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
    """Return the report as Markdown: each sentence with its claims underlined, then verdicts."""
    lines = ["# Checked against the Xinjiang Record", ""]
    number = 1
    for sentence in report.sentences:
        if not sentence.verdicts:
            continue
        numbered = list(enumerate(sentence.verdicts, number))
        number += len(numbered)
        lines += [f"> {_underlined(sentence, numbered)}", ""]
        for mark, item in numbered:
            links = [f"[{_name_of(page)}](<{page}>)" for page in item.pages]
            links += [f"<{link}>" for link in item.links[:2]]
            lines.append(
                f"- {mark}: **{label_of(item)}** {escape_markdown(f'{item.claim}: {item.text}')}"
                + (f" {', '.join(links)}" if links else "")
            )
        lines.append("")
    versions = ", ".join(f"{name} {version}" for name, version in report.versions.items())
    return "\n".join([*lines, report.coverage, "", f"Releases: {versions}."])


def _underlined(sentence: CheckedSentence, numbered: list[tuple[int, Verdict]]) -> str:
    """Return a sentence as Markdown, each claim underlined, its mark and number behind it."""
    text, place = "", 0
    for start, end, found in phrases(numbered):
        low, high = start - sentence.start, end - sentence.start
        marks = ", ".join(f"{_MARKS[item.outcome]}{mark}" for mark, item in found)
        before, claim = sentence.text[place:low], sentence.text[low:high]
        text += f"{escape_markdown(before)}<ins>{escape_markdown(claim)}</ins>"
        text += f" ({marks})"
        place = high
    return text + escape_markdown(sentence.text[place:])


def to_html(report: Report) -> str:
    """Return a page without scripts: the article, the words of each claim underlined, verdicts.

    A number behind the words leads to the verdict, which is next to the paragraph.
    """
    numbered = list(enumerate(report.verdicts, 1))
    rows, place = [], 0
    for number, block in enumerate(report.blocks):
        size = sum(len(item.verdicts) for item in report.sentences if item.block == number)
        rows.append(_row(block, numbered[place : place + size]))
        place += size
    versions = ", ".join(f"{name} {version}" for name, version in report.versions.items())
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>Checked against the Xinjiang Record</title><style>{_STYLE}</style></head><body>"
        f"<h1>Checked against the Xinjiang Record</h1><p>{html.escape(report.coverage)}</p>"
        f"{''.join(rows)}<p>Releases: {html.escape(versions)}.</p></body></html>\n"
    )


def _row(block: str, inside: list[tuple[int, Verdict]]) -> str:
    text, place = [], 0
    for start, end, found in phrases(inside):
        worst = min((item.outcome for _, item in found), key=_ORDER.index)
        marks = "".join(
            f'<sup><a href="#v{number}" id="c{number}" title="{html.escape(label_of(item))}">'
            f"{_MARKS[item.outcome]}{number}</a></sup>"
            for number, item in found
        )
        text.append(html.escape(block[place:start]))
        text.append(f'<u class="{worst}">{html.escape(block[start:end])}</u>{marks}')
        place = end
    text.append(html.escape(block[place:]))
    verdicts = "".join(_item(number, item) for number, item in inside)
    return f'<div class="row"><p>{"".join(text)}</p><ul>{verdicts}</ul></div>'


def phrases(
    inside: Iterable[tuple[int, Verdict]],
) -> list[tuple[int, int, list[tuple[int, Verdict]]]]:
    """Return the places to underline, without overlap: claims that share words share a line."""
    items = sorted(inside, key=lambda pair: (pair[1].at, pair[0]))
    narrow = {item.start for _, item in items if item.at != (item.start, item.end)}
    whole = [pair for pair in items if _is_whole(pair[1]) and pair[1].start in narrow]
    out: list[tuple[int, int, list[tuple[int, Verdict]]]] = []
    for number, item in items:
        if (number, item) in whole:
            continue
        start, end = item.at
        if out and start < out[-1][1]:
            first, last, found = out[-1]
            out[-1] = (first, max(last, end), [*found, (number, item)])
        else:
            out.append((start, end, [(number, item)]))
    for number, item in whole:
        # A verdict on the whole sentence is marked behind its last claim.
        inner = [found for start, _, found in out if item.start <= start < item.end]
        inner[-1].append((number, item))
    return out


def _is_whole(item: Verdict) -> bool:
    return item.at == (item.start, item.end)


def _item(number: int, item: Verdict) -> str:
    links = [(f"source {place}", link) for place, link in enumerate(item.links, 1)]
    links = [*((_name_of(page), page) for page in item.pages), *links]
    shown = " ".join(
        f'<a href="{html.escape(link, quote=True)}">{html.escape(name)}</a>'
        for name, link in links
        if link.startswith(("http://", "https://"))
    )
    linked = {_name_of(page) for page in item.pages}
    ids = ", ".join(name for name in item.records[:5] if name.split(".")[0] not in linked)
    return (
        f'<li id="v{number}"><a href="#c{number}">{number}</a> '
        f'<b class="{item.outcome}">{_MARKS[item.outcome]} {html.escape(label_of(item))}</b> '
        f"{html.escape(item.claim)}: {html.escape(item.text)} "
        f'<span class="ids">{html.escape(ids)}</span> {shown}</li>'
    )


def _name_of(page: str) -> str:
    return page.rsplit("/", 1)[-1].removesuffix(".html")


SHOWN: dict[str, Callable[[Report], str]] = {
    "text": to_text,
    "markdown": to_markdown,
    "html": to_html,
}
