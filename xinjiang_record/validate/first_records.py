"""Check the first records of a table, which Frictionless reads into memory before the rest."""

from __future__ import annotations

import csv
import io
import itertools
import re
from pathlib import Path

from xinjiang_record.errors import LimitError
from xinjiang_record.limits import LIMITS

STATE = "Nothing was read."
DELIMITERS = ",;\t|"
SAMPLED = 200  # records that Frictionless may read before the first is checked


def check_first_records(path: Path) -> None:
    """Refuse a header of too many columns, and first records over row_bytes.

    Frictionless reads these into memory to guess the dialect and the types.
    """
    window = 2 * LIMITS.row_bytes if path.stat().st_size > LIMITS.row_bytes else LIMITS.header_bytes
    with open(path, "rb") as stream:
        text = stream.read(window).decode("latin-1")
    before = csv.field_size_limit(window)
    try:
        for delimiter in _likely_delimiters(text):
            _check_sample(path, text, delimiter)
    except csv.Error:
        return  # which Frictionless reports
    finally:
        csv.field_size_limit(before)


def _likely_delimiters(text: str) -> list[str]:
    """Return the delimiters that cut the first line into most cells."""
    first = re.split("[\r\n]", text, maxsplit=1)[0]
    most = max(map(first.count, DELIMITERS))
    return [item for item in DELIMITERS if first.count(item) == most]


def _check_sample(path: Path, text: str, delimiter: str) -> None:
    lines = io.StringIO(text, newline="")
    start = 0
    rows = csv.reader(iter(lines.readline, ""), delimiter=delimiter)
    for row in itertools.islice(rows, SAMPLED):
        end = lines.tell()
        if len(row) > LIMITS.field_count:
            raise LimitError(
                f"{path}: {len(row)} columns, over the limit field_count "
                f"({LIMITS.field_count}). {STATE}"
            )
        if end - start > LIMITS.row_bytes:
            raise LimitError(
                f"{path}: a record of more than {LIMITS.row_bytes} bytes (row_bytes). "
                f"Is a quote left open? {STATE}"
            )
        start = end
