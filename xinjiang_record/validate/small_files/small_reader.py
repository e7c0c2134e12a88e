"""Read a small CSV file with Python's ``csv``, without Arrow."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import os
from typing import TYPE_CHECKING

from xinjiang_record.limits import LIMITS, MIB
from xinjiang_record.validate.beyond_frictionless import (
    BIDI_BYTES,
    BIDI_CHARACTERS,
    find_open_quote,
)
from xinjiang_record.validate.readers.consumed_bytes import count_bytes_consumed

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

SMALL_BYTES = 4 * MIB  # of the largest small file: it takes about as long as Arrow's import
Cells = list[str]


def is_small_file(path: str) -> bool:
    """Return whether a path is that of a file to read without Arrow."""
    return os.path.isfile(path) and os.path.getsize(path) <= min(SMALL_BYTES, LIMITS.row_bytes)


class SmallFile:
    """Hold a file in memory. ``translated``: whether each line end is read as LF."""

    def __init__(
        self, data: bytes, encoding: str, dialect: csv.Dialect, *, translated: bool
    ) -> None:
        self._data, self._encoding, self._translated = data, encoding, translated
        self.dialect = dialect
        self.text = self._data.decode(self._encoding)
        self.is_utf8 = codecs.lookup(self._encoding).name in ("utf-8", "utf-8-sig")
        if not self.is_utf8:
            self.text.encode("utf-8")  # half of a surrogate pair is not a text

    @property
    def lines(self) -> io.StringIO:
        """Return the lines, as Frictionless's text stream gives them."""
        return io.StringIO(self.text, newline=None if self._translated else "")

    def records(self) -> CsvReader:
        """Return a reader of the records, as Frictionless's parser makes it."""
        return csv.reader(self.lines, dialect=self.dialect)

    def open_quote(self) -> tuple[int, int] | None:
        """Return row and line of a quote that is never closed. Quotes come in pairs."""
        quote = self.dialect.quotechar
        if not quote or self.text.count(quote) % 2 == 0:
            return None
        return find_open_quote(io.StringIO(self.text, newline=""), self.dialect)

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
            dialect=self.dialect,
        )

    def hashes(self) -> tuple[str, str, int]:
        """Return MD5 and SHA-256 in hex, and the size in bytes."""
        md5 = hashlib.md5(self._data, usedforsecurity=False)
        return md5.hexdigest(), hashlib.sha256(self._data).hexdigest(), len(self._data)
