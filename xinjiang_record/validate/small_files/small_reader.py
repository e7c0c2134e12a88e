"""Read a small CSV file with Python's ``csv`` and Frictionless's own dialect, without Arrow."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from xinjiang_record.limits import LIMITS, MIB
from xinjiang_record.validate.beyond_frictionless import (
    BIDI_BYTES,
    BIDI_CHARACTERS,
    find_open_quote,
)
from xinjiang_record.validate.frictionless_hooks.resource_hook import (
    count_bytes_consumed,
    get_csv_dialect,
    get_first_content_row,
    get_path,
)

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

    from frictionless import Dialect
    from frictionless.resources import TableResource

SMALL_BYTES = 4 * MIB  # of the largest small file: it takes about as long as Arrow's import
FORMATS = {".csv": "csv", ".tsv": "tsv"}  # by suffix
Cells = list[str]


def is_small(resource: TableResource) -> bool:
    """Return whether a resource, open or not, is a small local CSV file."""
    if (
        resource.memory
        or resource.extrapaths
        or resource.compression
        or resource.innerpath
        or not resource.path
    ):
        return False
    if resource.format not in FORMATS.values() or resource.scheme not in ("", "file"):
        return False
    path = get_path(resource)
    return os.path.isfile(path) and os.path.getsize(path) <= min(SMALL_BYTES, LIMITS.row_bytes)


class SmallFile:
    """Hold the file of an open resource in memory."""

    def __init__(self, resource: TableResource) -> None:
        with open(get_path(resource), "rb") as stream:
            self._data = stream.read()
        self._encoding, self._translated = resource.encoding or "utf-8", resource.format != "csv"
        self._dialect = get_csv_dialect(resource)
        self.text = self._data.decode(self._encoding)
        self.is_utf8 = codecs.lookup(self._encoding).name in ("utf-8", "utf-8-sig")
        if not self.is_utf8:
            self.text.encode("utf-8")  # half of a surrogate pair is not a text

    def records(self) -> CsvReader:
        """Return a reader of the records, as Frictionless's parser makes it."""
        lines = io.StringIO(self.text, newline=None if self._translated else "")
        return csv.reader(lines, dialect=self._dialect)

    def open_quote(self) -> tuple[int, int] | None:
        """Return row and line of a quote that is never closed. Quotes come in pairs."""
        quote = self._dialect.quotechar
        if not quote or self.text.count(quote) % 2 == 0:
            return None
        return find_open_quote(io.StringIO(self.text, newline=""), self._dialect)

    @property
    def has_bidi(self) -> bool:
        """Return whether there is a character that turns the direction of writing."""
        if self.is_utf8:
            return 0xE2 in self._data and BIDI_BYTES.search(self._data) is not None
        return any(character in self.text for character in BIDI_CHARACTERS)

    def consumed(self, row: int) -> int:
        """Return the bytes that Frictionless has read when it gives a row."""
        newline = None if self._translated else ""
        return count_bytes_consumed(
            io.BytesIO(self._data),
            row,
            encoding=self._encoding,
            newline=newline,
            dialect=self._dialect,
        )

    def hashes(self) -> tuple[str, str, int]:
        """Return MD5 and SHA-256 in hex, and the size in bytes."""
        md5 = hashlib.md5(self._data, usedforsecurity=False)
        return md5.hexdigest(), hashlib.sha256(self._data).hexdigest(), len(self._data)


def read_content(dialect: Dialect, records: Iterable[Cells]) -> tuple[Sequence[int], list[Cells]]:
    """Return the row numbers and cells that ``read_enumerated_content_stream`` gives."""
    first = get_first_content_row(dialect)
    # A descriptor may give any number as that of a header row.
    odd = type(first) is not int or first < 1
    if odd or dialect.comment_char or dialect.comment_rows or dialect.skip_blank_rows:
        content = list(dialect.read_enumerated_content_stream(records))
        return [number for number, _ in content], [cells for _, cells in content]
    rows = list(records)
    return range(first, len(rows) + 1), rows[first - 1 :]
