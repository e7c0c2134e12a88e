"""Turn tables into paragraphs: a label line, then one line per name.

A table is read as: a column of votes next to the names (one group of lines per vote and column), a
column per vote whose cells are marks, columns of names with or without a label on top, or rows of
a label and a list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from xinjiang_record.document_readers.document import Table
from xinjiang_record.extract.dates import dates_in
from xinjiang_record.extract.languages.find_labels import whole_label
from xinjiang_record.extract.name_lists.line_breaks import Line
from xinjiang_record.extract.name_lists.list_items import clean, read_item
from xinjiang_record.reconcile.countries import reconcile

MAX_DATE = 40  # letters of a cell that is a date
_MARKS = frozenset(["x", "X", "✓", "✔", "☑", "●", "•", "*", "+", "1"])


def table_paragraphs(table: Table) -> Iterator[list[Line]]:
    """Yield the paragraphs that a table is read as."""
    columns = _name_columns(table)
    if not columns:
        yield from _rows(table)
        return
    marked = _mark_columns(table, columns)
    for column in marked:
        rows = [row for row in range(1, len(table.rows)) if _cell(table, row, column) in _MARKS]
        yield [Line(_cell(table, 0, column) + ":", table.cell(0, column), "label", True)]
        yield from _names(table, columns[:1], rows)
    if marked:
        return
    votes = _vote_columns(table, columns)
    is_side_by_side = _alternate(columns, votes)
    for place, column in enumerate(votes):
        beside = [columns[place]] if is_side_by_side else columns
        yield from _vote_column(table, beside, column, len(votes) > 1 and not is_side_by_side)
    if votes:
        return
    is_labelled = any(whole_label(_cell(table, 0, column)) for column in columns)
    for column in columns:
        start = 0 if read_item(_cell(table, 0, column)).kind == "names" else 1
        if start and is_labelled:
            yield [Line(_cell(table, 0, column) + ":", table.cell(0, column), "label", True)]
        if is_labelled:
            yield from _names(table, [column], range(start, len(table.rows)))
    if not is_labelled:
        start = 0 if read_item(_cell(table, 0, columns[0])).kind == "names" else 1
        yield from _names(table, columns, range(start, len(table.rows)))


def _cell(table: Table, row: int, column: int) -> str:
    cells = table.rows[row] if row < len(table.rows) else ()
    return cells[column].strip() if column < len(cells) else ""


def _names(table: Table, columns: list[int], rows: Iterable[int]) -> Iterator[list[Line]]:
    """Yield one line a name, with the date of its row where the table has a column of dates."""
    dates = _date_column(table, columns)
    for row in rows:
        for column in columns:
            text = _cell(table, row, column)
            if text and read_item(text).kind != "filler":
                date = _cell(table, row, dates) if dates is not None else ""
                line = f"{text} – {date}" if date and dates_in(date) else text
                yield [Line(line, table.cell(row, column), "list-item", True)]


def _date_column(table: Table, columns: list[int]) -> int | None:
    """Return the one column next to a column of names that has a date in most rows."""
    if len(columns) > 1:
        return None
    out = []
    for column in range(max(map(len, table.rows))):
        cells = [cell for row in range(1, len(table.rows)) if (cell := _cell(table, row, column))]
        dated = sum(len(cell) <= MAX_DATE and len(dates_in(cell)) == 1 for cell in cells)
        if column not in columns and cells and dated >= 0.8 * len(cells):
            out.append(column)
    return out[0] if len(out) == 1 else None


def _vote_column(
    table: Table, columns: list[int], column: int, is_one_of_many: bool
) -> Iterator[list[Line]]:
    """Yield, for each vote that the cells of a column name, a label line and its names."""
    if is_one_of_many and not whole_label(_cell(table, 0, column)):
        yield [Line(_cell(table, 0, column), table.cell(0, column), "heading", True)]
    groups: dict[str, list[int]] = {}
    for row in range(len(table.rows)):
        word = _cell(table, row, column)
        names = [_cell(table, row, one) for one in columns]
        if word and whole_label(word) and any(names):
            groups.setdefault(word.casefold(), []).append(row)
    for rows in groups.values():
        word = _cell(table, rows[0], column)
        yield [Line(f"{word}:", table.cell(rows[0], column), "label", True)]
        yield from _names(table, columns[:1], rows)


def _rows(table: Table) -> Iterator[list[Line]]:
    """Yield each row as "label: list", or each cell below a row of labels as such a line."""
    heads = [cell.strip() for cell in table.rows[0]]
    if len(table.rows) > 1 and sum(whole_label(head) is not None for head in heads) > 1:
        for number, row in enumerate(table.rows[1:], 1):
            for column, cell in enumerate(row):
                if cell.strip() and column < len(heads):
                    listed = ", ".join(part.strip() for part in cell.split("\n") if part.strip())
                    text = f"{heads[column].rstrip(':： ')}: {listed}"
                    yield [Line(text, table.cell(number, column), "list-item", True)]
        return
    for number, row in enumerate(table.rows):
        texts = [text.strip() for text in row if text.strip()]
        if not texts:
            continue
        text = texts[0]
        if len(texts) > 1:
            text = f"{texts[0].rstrip(':： ')}: {' '.join(texts[1:])}"
        for part in text.split("\n"):
            if part.strip():
                yield [Line(part.strip(), table.cell(number, 0), "list-item", True)]


def _name_columns(table: Table) -> list[int]:
    """Return the columns most of whose cells are one name; of two with the same states, one."""
    filled, named = Counter[int](), Counter[int]()
    for row, line in enumerate(table.rows):
        for column, text in enumerate(line):
            if not text.strip():
                continue
            item = read_item(text)
            if row > 0 or item.kind == "names":
                filled[column] += 1
                named[column] += item.kind == "names" and len(item.names) == 1
    columns = [
        column
        for column in sorted(filled)
        if named[column] >= (1 if _is_label(table, column) else 2)
        and named[column] >= 0.6 * filled[column]
    ]
    same = [column for column in columns[1:] if _is_same(table, columns[0], column)]
    return [column for column in columns if column not in same]


def _is_label(table: Table, column: int) -> bool:
    """Return whether the cell on top of a column says what the states below it did."""
    return whole_label(_cell(table, 0, column)) is not None


def _is_same(table: Table, first: int, other: int) -> bool:
    """Return whether two columns name the same states, in two languages."""
    pairs = [
        (row[first], row[other])
        for row in table.rows
        if max(first, other) < len(row) and row[first] and row[other]
    ]
    codes = [(reconcile(clean(a)).iso3, reconcile(clean(b)).iso3) for a, b in pairs]
    return sum(a == b and a is not None for a, b in codes) * 2 > len(codes)


def _vote_columns(table: Table, columns: list[int]) -> list[int]:
    """Return the columns in which most cells are labels."""
    out = []
    for column in range(max(map(len, table.rows))):
        words = [word for row in range(1, len(table.rows)) if (word := _cell(table, row, column))]
        labelled = sum(whole_label(word) is not None for word in words)
        if column not in columns and words and labelled >= 0.8 * len(words):
            out.append(column)
    return out


def _alternate(columns: list[int], votes: list[int]) -> bool:
    """Return whether a table is set in parts side by side: name, vote, name, vote."""
    pairs = list(zip(columns, votes, strict=False))
    is_whole = len(columns) == len(votes) > 1
    return is_whole and sorted([*columns, *votes]) == [column for pair in pairs for column in pair]


def _mark_columns(table: Table, columns: list[int]) -> list[int]:
    """Return the columns with a label on top and marks below."""
    out = []
    for column in range(len(table.rows[0])):
        words = [word for row in range(1, len(table.rows)) if (word := _cell(table, row, column))]
        is_labelled = column not in columns and whole_label(_cell(table, 0, column)) is not None
        if is_labelled and words and all(word in _MARKS for word in words):
            out.append(column)
    return out
