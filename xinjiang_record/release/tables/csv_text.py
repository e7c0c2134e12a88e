"""Small tables as text: CSV in the record's own form, from plain strings."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A CSV with LF, a header, and quotes only where needed (around a lone CR too)."""
    return "".join(f"{csv_line(cells)}\n" for cells in (columns, *rows))


def csv_line(cells: Iterable[str]) -> str:
    """One line of CSV, without its end: also what names a record whose key has several fields."""
    return ",".join(
        _quoted(cell) if any(mark in cell for mark in '",\n\r') else cell for cell in cells
    )


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def csv_rows(text: str) -> list[list[str]]:
    """The rows of such a CSV, header first. Raises csv.Error where it is none."""
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))
