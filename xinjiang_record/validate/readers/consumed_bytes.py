"""Count the bytes that Frictionless has read when it gives a row."""

from __future__ import annotations

import csv
import io
import itertools
from typing import Any, BinaryIO, cast


def count_bytes_consumed(
    stream: BinaryIO, row: int, *, encoding: str, newline: str | None, dialect: csv.Dialect
) -> int:
    """Return the bytes that Frictionless has read when its parser gives a row (from 1).

    Found by reading the stream again.
    """
    counted = _CountedStream(stream)
    with io.TextIOWrapper(cast(BinaryIO, counted), encoding, newline=newline) as lines:
        for _ in itertools.islice(csv.reader(lines, dialect=dialect), row):
            pass
        return counted.count


class _CountedStream:
    """Count the bytes that are read of a stream, in Frictionless's way."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream: Any = stream
        self.count = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)

    def read1(self, size: int) -> bytes:
        data: bytes = self._stream.read1(size)
        self.count += len(data)
        return data
