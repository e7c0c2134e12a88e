"""Distinguish tables of HTML from layout, and read the cells of tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from xinjiang_record.document_readers.document import Builder
from xinjiang_record.document_readers.markup_tags import Element

SPACE = re.compile("[ \t\r\n\f\u00a0]+")
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
BLOCKS = frozenset(
    {
        *HEADINGS,
        *("html", "title", "body", "header", "main", "footer", "nav", "section", "article"),
        *("aside", "address", "blockquote", "center", "details", "summary", "dialog", "div"),
        *("figure", "figcaption", "form", "fieldset", "legend", "hr", "p", "pre"),
        *("ol", "ul", "menu", "li", "dl", "dt", "dd"),
        *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
    }
)
DROPPED = frozenset(
    {
        *("script", "noscript", "style", "template", "link", "base", "nav", "frameset", "noframes"),
        *("select", "datalist", "button", "textarea", "input"),
        *("iframe", "object", "embed", "svg", "math", "canvas", "audio", "video"),
    }
)
_LAYOUT = frozenset({"table", "ul", "ol", "dl", *HEADINGS})


def text_of(node: Element) -> str:
    """Return the text of an element, with white space collapsed."""
    if not len(node):
        return SPACE.sub(" ", node.text or "").strip()
    parts: list[str] = []
    for event, item in etree.iterwalk(node, events=("start", "end")):
        if event == "start":
            parts.append("\n" if item.tag == "br" else "")
            parts.append(SPACE.sub(" ", item.text or "") if item.tag not in DROPPED else "")
        elif item is not node:
            parts.append("\n" if item.tag in BLOCKS else "")
            parts.append(SPACE.sub(" ", item.tail or ""))
    return re.sub(r" *\n[\n ]*", "\n", re.sub(" +", " ", "".join(parts))).strip()


def is_layout(table: Element) -> bool:
    """Return whether a table only arranges a page."""
    widths = 0
    for event, node in etree.iterwalk(table, events=("start",)):
        del event
        if node is not table and node.tag in _LAYOUT:
            return True
        if node.tag == "tr":
            widths = max(widths, sum(1 for cell in node if cell.tag in ("td", "th")))
        if node.tag in ("td", "th") and sum(1 for child in node if child.tag == "p") > 1:
            return True
    return widths < 2


def rows(table: Element, out: Builder, locator: str) -> Iterator[list[str]]:
    """Return the cells row by row.

    A cell that spans columns or rows is there once, at its first place; the others are empty, with
    a finding.
    """
    below: dict[int, int] = {}
    for number, row in enumerate(table.iter("tr"), 1):
        cells: list[str] = []
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            while below.get(len(cells), 0):
                below[len(cells)] -= 1
                cells.append("")
            wide, high = _span(cell.get("colspan")), _span(cell.get("rowspan"))
            if len(cells) + wide > out.limits.field_count:
                raise out.limit_error(
                    f"{locator}, row {number}: columns", "field_count", out.limits.field_count
                )
            if wide > 1 or high > 1:
                out.add_finding(
                    "merged-cells",
                    "a cell spans several; its text is in the first.",
                    f"{locator}, row {number}",
                )
            for column in range(len(cells), len(cells) + wide):
                below[column] = high - 1
            cells += [text_of(cell), *[""] * (wide - 1)]
        while below.get(len(cells), 0):
            below[len(cells)] -= 1
            cells.append("")
        yield cells


def _span(text: str | None) -> int:
    if text is None:
        return 1
    text = text.strip()
    return (
        max(1, min(int(text), 100_000))
        if text.isascii() and text.isdigit() and len(text) < 7
        else 1
    )
