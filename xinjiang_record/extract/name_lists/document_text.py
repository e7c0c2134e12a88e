"""Read a document as one text with paragraphs, where every name and label has one place.

A paragraph is a piece of text between hard breaks: wrapped lines are put together, a list of one
name per line is not. A table is turned into paragraphs by ``table_paragraphs``. Offsets count the
letters of ``DocumentText.text``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from xinjiang_record.document_readers.document import Block, Document
from xinjiang_record.extract.name_lists.line_breaks import Line, flowing_lines
from xinjiang_record.extract.name_lists.table_paragraphs import table_paragraphs
from xinjiang_record.extract.name_lists.text_columns import column_tables

HEADINGS = ("heading", "title", "label")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Hold one paragraph. ``start`` and ``end`` are offsets; ``kind`` is that of its block.

    ``marks``: offset and locator of each line in it.
    """

    start: int
    end: int
    kind: str
    marks: tuple[tuple[int, str], ...]


@dataclass(slots=True)
class DocumentText:
    """Hold the text of a document and its paragraphs, in reading order."""

    path: str
    text: str = ""
    paragraphs: list[Paragraph] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)
    _marks: list[tuple[int, str]] = field(default_factory=list)
    _headings: list[int] = field(default_factory=list)

    def locator(self, offset: int) -> str:
        """Return where in the document an offset is: ``page 3, paragraph 2``."""
        place = bisect_right(self._marks, (offset, "\U0010ffff")) - 1
        return self._marks[max(place, 0)][1] if self._marks else ""

    def paragraph_at(self, offset: int) -> int:
        """Return the index of the paragraph that holds an offset."""
        return max(bisect_right(self._starts, offset) - 1, 0)

    def heading_above(self, number: int) -> Paragraph | None:
        """Return the nearest heading or title, this paragraph or one above it."""
        place = bisect_right(self._headings, number)
        return self.paragraphs[self._headings[place - 1]] if place else None


def read_text(document: Document) -> DocumentText:
    """Return the text of a document: its blocks, and each table at its place."""
    out = DocumentText(document.path)
    parts: list[str] = []
    length, start = 0, 0
    tables = sorted(document.tables, key=lambda table: table.position)
    groups: list[Iterator[list[Line]]] = []
    for table in tables:
        groups.append(_flowing(document.blocks[start : table.position]))
        groups.append(table_paragraphs(table))
        start = table.position
    groups.append(_flowing(document.blocks[start:]))
    for group in (lines for part in groups for lines in part):
        text, marks = _join(group, length)
        paragraph = Paragraph(length, length + len(text), group[0].kind, tuple(marks))
        if paragraph.kind in HEADINGS[:2]:
            out._headings.append(len(out.paragraphs))
        out.paragraphs.append(paragraph)
        out._starts.append(length)
        out._marks.extend(marks)
        parts.append(text)
        length += len(text) + 1
    out.text = "\n".join(parts)
    return out


def _flowing(blocks: Sequence[Block]) -> Iterator[list[Line]]:
    start = 0
    for first, end, table in column_tables(blocks):
        yield from flowing_lines(blocks[start:first])
        yield from table_paragraphs(table)
        start = end
    yield from flowing_lines(blocks[start:])


def _join(lines: Iterable[Line], offset: int) -> tuple[str, list[tuple[int, str]]]:
    """Return the lines as one text, hyphens at their ends taken out, with the place of each."""
    text, marks = "", []
    for line in lines:
        if text:
            is_torn = re.fullmatch(r"[^\W\d_]-", text[-2:]) and line.text[:1].islower()
            text = text[:-1] if is_torn else text + " "
        marks.append((offset + len(text), line.locator))
        text += line.text
    return text, marks
