"""List the sheets of an Excel file, of which Frictionless reads the first."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from xinjiang_record.archives import zip
from xinjiang_record.errors import ReadError

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}sheet"


def list_sheets(path: Path) -> list[str]:
    """Return the names of the sheets; empty for a file that is not Excel's."""
    if not path.is_file() or not zip.is_zip(path):
        return []
    with zip.open_zip(path) as archive:
        try:
            tree = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        except (ReadError, ElementTree.ParseError):
            return []
    return [item.get("name", "") for item in tree.iter(SHEET)]
