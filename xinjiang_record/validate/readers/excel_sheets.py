"""List the sheets of an Excel file, and check how large they say that they are."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

from xinjiang_record.archives import zip
from xinjiang_record.errors import LimitError, ReadError
from xinjiang_record.limits import LIMITS

SHEETS = "xl/worksheets/"
# What a sheet says of its size, before its rows. All of it is laid out, filled or not.
DIMENSION = re.compile(
    rb"""<(?:[A-Za-z]{1,20}:)?dimension\s[^<>]{0,200}?ref=["']"""
    rb"""(?:[A-Z]{1,3}[0-9]{1,9}:)?([A-Z]{1,3})([0-9]{1,9})["']"""
)
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}sheet"


def list_sheets(path: Path) -> list[str]:
    """Return the names of the sheets, of which Frictionless reads the first.

    Empty for a file that is not Excel's.
    """
    if not path.is_file() or not zip.is_zip(path):
        return []
    with zip.open_zip(path) as archive:
        try:
            tree = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        except (ReadError, ElementTree.ParseError):
            return []
    return [item.get("name", "") for item in tree.iter(SHEET)]


def check_dimensions(archive: zip.Archive, shown: str) -> None:
    """Check that no sheet says that it is much larger than the cells that it holds.

    Raises:
        LimitError: A sheet says so many cells that most must be empty.
    """
    for name, size in zip.sizes(archive).items():
        if not name.startswith(SHEETS):
            continue
        match = DIMENSION.search(next(archive.chunks(name), b""))
        if not match:
            continue
        columns = 0
        for letter in match[1]:
            columns = columns * 26 + letter - ord("A") + 1
        cells = columns * int(match[2])
        most = max(size, LIMITS.document_cells)  # a filled cell takes more than a byte
        if cells > most:
            raise LimitError(
                f"{shown}: {name}: says that it has {cells} cells, over the limit document_cells "
                f"({LIMITS.document_cells}), and holds {size} bytes. Nothing was read."
            )
