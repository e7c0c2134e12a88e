"""Read Markdown into blocks and tables with markdown-it (CommonMark and pipe tables).

HTML inside it is left out; bold labels stay runs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from xinjiang_record.document_readers.document import Builder, Kind, Run
from xinjiang_record.document_readers.formats.text import decode, lines_of
from xinjiang_record.document_readers.text_runs import tidy

FEWEST_LINES, SHORT_LINE = 3, 48  # lines of a signature, and letters of each at most
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


def read_markdown(data: bytes, out: Builder, encoding: str | None) -> None:
    """Read a Markdown file; locators are its lines."""
    text = "\n".join(line for _, line in lines_of(decode(data, out, encoding)))
    if "\0" in text:
        raise out.read_error(
            "holds the control character U+0000: not text, or in another encoding."
        )
    front = _FRONT_MATTER.match(text)
    if front:
        text = "\n" * front[0].count("\n") + text[front.end() :]
    lines = text.split("\n")
    _blocks(MarkdownIt("commonmark").enable("table").parse(text), lines, out)


def _blocks(tokens: Sequence[Token], lines: Sequence[str], out: Builder) -> None:
    kind: Kind = "paragraph"
    items = 0
    rows: list[list[str]] | None = None
    for token in tokens:
        line = f"line {token.map[0] + 1}" if token.map else ""
        if token.type == "table_open":
            rows, start = [], line
        elif token.type == "table_close" and rows is not None:
            out.add_table(rows, f"table at {start}")
            rows = None
        elif token.type == "tr_open" and rows is not None:
            rows.append([])
        elif token.type in ("list_item_open", "list_item_close"):
            items += token.nesting
        elif token.type in ("heading_open", "heading_close"):
            kind = "heading" if token.nesting == 1 else "paragraph"
        elif token.type in ("fence", "code_block"):
            for number, text in lines_of(token.content):
                out.add_block(
                    text, f"line {(token.map or [0])[0] + number + (token.type == 'fence')}", "line"
                )
        elif (
            token.type == "html_block"
            and token.content.strip()
            and not token.content.lstrip().startswith("<!--")
        ):
            out.add_finding(
                "left-out", "HTML inside Markdown was left out.", line, "warning", token.content
            )
        elif token.type == "inline":
            first, end = token.map or (0, 0)
            runs = tidy(_runs(token.children or [], _has_own_lines(lines[first:end], items > 0)))
            text = "".join(run.text for run in runs)
            if rows is not None:
                rows[-1].append(text)
            else:
                out.add_block(
                    text, line, "list-item" if items and kind == "paragraph" else kind, runs
                )


def _has_own_lines(lines: Sequence[str], is_item: bool) -> bool:
    """Return whether the lines of a block are more than wrapped text, so that they stay lines.

    A line below an item that is not indented is one: Markdown joins it to the item, and its author
    may have meant a heading. So are a person, an office and a country below each other.
    """
    if is_item:
        return any(line[:1].strip() for line in lines[1:])
    return len(lines) >= FEWEST_LINES and all(len(line.strip()) <= SHORT_LINE for line in lines)


def _runs(children: Sequence[Token], has_own_lines: bool) -> list[Run]:
    runs, bold = [], 0
    for child in children:
        if child.type in ("strong_open", "strong_close"):
            bold += child.nesting
        elif child.type in ("text", "code_inline"):
            runs.append(Run(child.content, bold > 0))
        elif child.type == "softbreak":
            runs.append(Run("\x00" if has_own_lines else " ", bold > 0))
        elif child.type == "hardbreak" or (
            child.type == "html_inline" and re.match(r"<br\s*/?>", child.content, re.IGNORECASE)
        ):
            runs.append(Run("\x00", bold > 0))
    return runs
