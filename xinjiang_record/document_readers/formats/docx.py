"""Read DOCX: paragraphs with style, numbering and bold runs, and tables.

What is hidden or struck out is left out, with a finding.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from xinjiang_record.archives.zip import open_zip
from xinjiang_record.document_readers.document import Builder, Kind, Run
from xinjiang_record.document_readers.formats.office_xml import (
    attribute,
    check_package,
    local,
    look_at_package,
    part,
    stream,
)
from xinjiang_record.document_readers.markup_tags import Element
from xinjiang_record.document_readers.text_runs import tidy

MAIN = "word/document.xml"
_NOTES = {"word/footnotes.xml": "footnote", "word/endnotes.xml": "endnote"}
_HEADING = re.compile(r"(?:heading|berschrift|titre)\s*[0-9]", re.IGNORECASE)
_OFF = ("0", "false", "off", "none")


def read_docx(data: bytes, out: Builder, encoding: str | None) -> None:
    """Read a DOCX file; ``encoding`` does not apply, its parts are UTF-8 or refused."""
    del encoding
    with open_zip(data, shown=out.shown) as archive:
        check_package(archive, MAIN, out)
        look_at_package(archive, out)
        if "docProps/core.xml" in archive.names:
            _metadata(part(archive, "docProps/core.xml", out), out)
        _Body(out, "paragraph").run(part(archive, MAIN, out), MAIN)
        for name, word in _NOTES.items():
            if name in archive.names:
                _Body(out, f"{word} paragraph").run(part(archive, name, out), name)
        if "word/comments.xml" in archive.names:
            out.add_finding("left-out", "the comments of its editors were left out.", "comments")


def _metadata(data: bytes, out: Builder) -> None:
    for event, node in stream(data, "docProps/core.xml", out):
        text = (node.text or "").strip()
        name = local(node)
        if event == "end" and text and name in ("title", "language"):
            out.metadata[name] = text[:500]


class _Body:
    """Make one pass over a part; a text box comes before the paragraph that holds it."""

    def __init__(self, out: Builder, word: str) -> None:
        self.out, self.word = out, word
        self.runs: list[Run] = []
        self.kind: Kind = "paragraph"
        self.open: list[
            tuple[list[Run], Kind]
        ] = []  # what an outer paragraph held before a text box began
        self.bold = self.hidden = False
        self.spans = 0
        self.deleted = self.fallback = 0
        self.paragraphs = self.tables = 0
        self.rows: list[list[list[str]]] = []  # the rows of each open table, innermost last
        self.cells: list[list[str]] = []  # the lines of each open cell
        self.on_start: dict[str, Callable[[Element], None]] = {
            "p": self._paragraph,
            "r": self._run,
            "b": self._bold,
            "vanish": self._vanish,
            "pStyle": self._style,
            "numPr": self._item,
            "tbl": self._table,
            "tr": self._row,
            "tc": self._cell,
            "del": self._delete,
            "moveFrom": self._delete,
            "ins": self._insert,
            "rStyle": self._run_style,
            "Fallback": self._skip,
        }
        self.on_end: dict[str, Callable[[Element], None]] = {
            "t": self._text,
            "tab": self._space,
            "br": self._break,
            "cr": self._break,
            "noBreakHyphen": self._hyphen,
            "p": self._flush,
            "tc": self._end_cell,
            "tbl": self._end_table,
            "del": self._undelete,
            "moveFrom": self._undelete,
            "Fallback": self._unskip,
            "gridSpan": self._span,
            "vMerge": self._merge,
        }

    def run(self, data: bytes, name: str) -> None:
        """Read all elements of a part."""
        for event, node in stream(data, name, self.out):
            action = (self.on_start if event == "start" else self.on_end).get(local(node))
            if action:
                action(node)

    def _here(self) -> str:
        return f"{self.word} {self.paragraphs + 1}"

    def _paragraph(self, node: Element) -> None:
        self.open.append((self.runs, self.kind))
        self.runs, self.kind = [], "paragraph"

    def _run_style(self, node: Element) -> None:
        self.bold = self.bold or attribute(node, "val").lower() == "strong"

    def _style(self, node: Element) -> None:
        style = attribute(node, "val")
        if _HEADING.search(style) or style.lower() in ("title", "subtitle"):
            self.kind = "heading"
        elif style.lower().startswith("list"):
            self.kind = "list-item"

    def _item(self, node: Element) -> None:
        self.kind = "list-item"

    def _run(self, node: Element) -> None:
        self.bold = self.hidden = False

    def _bold(self, node: Element) -> None:
        self.bold = attribute(node, "val").lower() not in _OFF

    def _vanish(self, node: Element) -> None:
        self.hidden = attribute(node, "val").lower() not in _OFF

    def _delete(self, node: Element) -> None:
        if not self.deleted:
            self.out.add_finding(
                "tracked-change", "text that an editor struck out was left out.", self._here()
            )
        self.deleted += 1

    def _undelete(self, node: Element) -> None:
        self.deleted -= 1

    def _insert(self, node: Element) -> None:
        self.out.add_finding(
            "tracked-change",
            "text that an editor put in, and nobody accepted yet, was read.",
            self._here(),
        )

    def _skip(self, node: Element) -> None:
        self.fallback += 1  # the same text again, for older programs

    def _unskip(self, node: Element) -> None:
        self.fallback -= 1

    def _text(self, node: Element) -> None:
        text = node.text or ""
        if not text or self.deleted or self.fallback:
            return
        if self.hidden:
            self.out.add_finding(
                "hidden-text",
                f"the file hides {text[:60]!r}; it was left out.",
                self._here(),
                "warning",
                text,
            )
            return
        self.runs.append(Run(text, self.bold))

    def _space(self, node: Element) -> None:
        self.runs.append(Run(" ", self.bold))

    def _break(self, node: Element) -> None:
        self.runs.append(Run("\x00", self.bold))

    def _hyphen(self, node: Element) -> None:
        self.runs.append(Run("-", self.bold))

    def _flush(self, node: Element) -> None:
        runs, kind = tidy(self.runs), self.kind
        self.runs, self.kind = self.open.pop()
        text = "".join(run.text for run in runs)
        if text and self.cells:
            self.cells[-1].append(text)
        elif text:
            self.paragraphs += 1
            self.out.add_block(text, f"{self.word} {self.paragraphs}", kind, runs)

    def _table(self, node: Element) -> None:
        if len(self.rows) >= 20:
            raise self.out.read_error("nests tables more than 20 deep.")
        self.rows.append([])

    def _row(self, node: Element) -> None:
        if self.rows:
            self.rows[-1].append([])

    def _cell(self, node: Element) -> None:
        self.cells.append([])

    def _span(self, node: Element) -> None:
        wide = attribute(node, "val")
        if (
            self.cells
            and wide.isascii()
            and wide.isdigit()
            and int(wide[:6]) > 1
            and self.rows
            and self.rows[-1]
        ):
            self.out.add_finding(
                "merged-cells",
                "a cell spans several; its text is in the first.",
                f"table {self.tables + 1}",
            )
            if int(wide[:6]) > self.out.limits.field_count:
                raise self.out.limit_error(
                    f"{wide} columns", "field_count", self.out.limits.field_count
                )
            self.spans = int(wide[:6]) - 1

    def _merge(self, node: Element) -> None:
        if attribute(node, "val") == "restart":
            self.out.add_finding(
                "merged-cells",
                "a cell spans several; its text is in the first.",
                f"table {self.tables + 1}",
            )

    def _end_cell(self, node: Element) -> None:
        lines = self.cells.pop() if self.cells else []
        if self.rows and self.rows[-1]:
            row = self.rows[-1][-1]
            row += ["\n".join(lines), *[""] * self.spans]
            if len(row) > self.out.limits.field_count:
                raise self.out.limit_error(
                    f"{len(row)} columns", "field_count", self.out.limits.field_count
                )
        self.spans = 0

    def _end_table(self, node: Element) -> None:
        rows = self.rows.pop()
        if self.cells:  # a table inside a cell: its text is the cell's
            self.cells[-1] += [" ".join(cell for cell in row if cell) for row in rows]
            return
        if max(map(len, rows), default=0) < 2:  # one column is layout
            for text in (cell for row in rows for cell in row):
                self.paragraphs += bool(text)
                self.out.add_block(text, f"{self.word} {self.paragraphs}")
            return
        self.tables += 1
        self.out.add_table(rows, f"table {self.tables}")
