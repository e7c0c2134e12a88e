"""Look at the first records of a table: their sizes, before they are read, and their encoding."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from xinjiang_record.errors import LimitError
from xinjiang_record.limits import LIMITS

STATE = "Nothing was read."
DELIMITERS = ",;\t|"
SAMPLE = 64 * 1024  # bytes of a file that an encoding is guessed from
SAMPLED = 200  # records that Frictionless may read before the first is checked


def check_first_records(path: Path) -> None:
    """Refuse a header of too many columns, and first records over row_bytes.

    Frictionless reads these into memory to guess the dialect and the types.
    """
    window = 2 * LIMITS.row_bytes if path.stat().st_size > LIMITS.row_bytes else LIMITS.header_bytes
    before = csv.field_size_limit(window)
    try:
        with open(path, encoding="latin-1", newline="") as stream:  # a character for each byte
            for delimiter in _likely_delimiters(stream.readline(window)):
                stream.seek(0)
                _check_sample(path, _Lines(stream, window), delimiter)
    except csv.Error:
        return  # which Frictionless reports
    finally:
        csv.field_size_limit(before)


def _likely_delimiters(line: str) -> list[str]:
    """Return the delimiters that cut the first line into most cells."""
    first = line.rstrip("\r\n")
    most = max(map(first.count, DELIMITERS))
    return [item for item in DELIMITERS if first.count(item) == most]


class _Lines:
    """Give the lines of a stream up to a number of characters; ``used`` are those given."""

    def __init__(self, stream: TextIO, most: int) -> None:
        self._stream, self._most, self.used = stream, most, 0

    def __iter__(self) -> Iterator[str]:
        while self.used < self._most and (line := self._stream.readline(self._most - self.used)):
            self.used += len(line)
            yield line


def _check_sample(path: Path, lines: _Lines, delimiter: str) -> None:
    start = 0
    for row in itertools.islice(csv.reader(lines, delimiter=delimiter), SAMPLED):
        if len(row) > LIMITS.field_count:
            raise LimitError(
                f"{path}: {len(row)} columns, over the limit field_count "
                f"({LIMITS.field_count}). {STATE}"
            )
        if lines.used - start > LIMITS.row_bytes:
            raise LimitError(
                f"{path}: a record of more than {LIMITS.row_bytes} bytes (row_bytes). "
                f"Is a quote left open? {STATE}"
            )
        start = lines.used


def guess_encoding(sample: bytes) -> str:
    """Return the encoding of a sample: UTF-16 by its zero bytes, UTF-8, else Windows-1252."""
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    for place, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        half = sample[place::2]
        if len(half) > 1 and half.count(0) > 0.8 * len(half) and 0 not in sample[1 - place :: 2]:
            return name
    if sample.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(sample) - 4 or len(sample) < SAMPLE:
            return "windows-1252"
    return "utf-8"
