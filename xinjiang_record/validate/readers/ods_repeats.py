"""Find the repeated rows and cells of an ODS file that Frictionless's reader does not repeat.

A spreadsheet writes equal neighbors once, with a count. The package ``ezodf``, which Frictionless
uses, reads a count of 32 and more as one.
"""

from __future__ import annotations

import io
from pathlib import Path
from xml.etree import ElementTree

from xinjiang_record.archives import zip
from xinjiang_record.errors import ReadError

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
LEAST = 32  # the least count that is read as one
COUNTS = {"table-row": "number-rows-repeated", "table-cell": "number-columns-repeated"}


def count_lost_repeats(path: Path) -> int:
    """Return how many rows and cells with a value are read once, and are there more often.

    A file that is not ODS has none: Frictionless reports what it is.
    """
    if not path.is_file() or not zip.is_zip(path):
        return 0
    with zip.open_zip(path) as archive:
        try:
            content = archive.read("content.xml")
        except ReadError:
            return 0
    found = 0
    try:
        for _, node in ElementTree.iterparse(io.BytesIO(content)):
            name = node.tag.removeprefix(TABLE)
            if name not in COUNTS:
                continue
            is_lost = _read_count(node.get(TABLE + COUNTS[name])) >= LEAST
            found += is_lost and _has_value(node)
            if name == "table-row":
                node.clear()
    except ElementTree.ParseError:
        return 0
    return found


def _read_count(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 1


def _has_value(node: ElementTree.Element) -> bool:
    return any(
        cell.get(f"{OFFICE}value-type") or "".join(cell.itertext()).strip() for cell in node.iter()
    )
