"""Read columns in plain text below a row of labels: "For    Against    Abstaining".

The columns are parted by tabs, or by two spaces or more, where the label nearest to a cell is
above it. Such lines become a table, which ``table_paragraphs`` reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from xinjiang_record.document_readers.document import Block, Table
from xinjiang_record.extract.languages.find_labels import has_columns
from xinjiang_record.extract.name_lists.line_breaks import lines_between

_CELL = re.compile(r"\S+(?: \S+)*")  # words with one space between them
MAX_ROW = 300  # letters of a line that can be a row


def column_tables(blocks: Sequence[Block]) -> Iterator[tuple[int, int, Table]]:
    """Yield each table in lines of text, with the places of its first block and behind its last."""
    place = 0
    while place < len(blocks):
        if not _is_head(blocks[place]):
            place += 1
            continue
        end = place + 1
        while end < len(blocks) and _is_row(blocks[end - 1], blocks[end]):
            end += 1
        table = _table(blocks[place:end])
        end = place + len(table.rows)
        if len(table.rows) > 1:
            yield place, end, table
        place = end


def _is_head(block: Block) -> bool:
    text = block.text
    has_gap = "\t" in text or "   " in text.strip()
    return block.kind == "line" and len(text) <= MAX_ROW and has_gap and has_columns(text)


def _is_row(above: Block, block: Block) -> bool:
    if block.kind != "line" or len(block.text) > MAX_ROW or ":" in block.text:
        return False
    return lines_between(above.locator, block.locator) == 0


def _table(blocks: Sequence[Block]) -> Table:
    """Return the lines as a table, until one that has a cell below no label, or below two."""
    head, *lines = [block.text for block in blocks]
    if "\t" in head:
        rows = [tuple(cell.strip() for cell in line.split("\t")) for line in (head, *lines)]
    else:
        labels = [found.span() for found in _CELL.finditer(head)]
        rows = [("", *(head[start:end] for start, end in labels))]
        for line in lines:
            row = _cells(line, labels)
            if row is None:
                break
            rows.append(row)
    marks = tuple(int(block.locator.rpartition(" ")[2]) for block in blocks[: len(rows)])
    return Table(tuple(rows), "", "csv", marks)


def _cells(line: str, labels: Sequence[tuple[int, int]]) -> tuple[str, ...] | None:
    """Return the cells of a line: what is left of the labels, then one for each label."""
    row = [""] * (len(labels) + 1)
    for found in _CELL.finditer(line):
        over = [
            place
            for place, (start, end) in enumerate(labels, 1)
            if found.start() < end and start < found.end()
        ]
        if not over and found.end() <= labels[0][0]:
            over = [0]
        if len(over) != 1 or row[over[0]]:
            return None
        row[over[0]] = found[0]
    return tuple(row)
