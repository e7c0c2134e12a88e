"""Run what Frictionless may do without end under a deadline: patterns, and sniffing of a dialect.

Frictionless compiles the patterns of a schema with ``re`` and sniffs with ``csv.Sniffer``, whose
own patterns take time with the square of the quotes in a text. Both are replaced here by the same
with a deadline; the results are equal.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from frictionless.formats.csv import parser
from frictionless.resources import table
from frictionless.schema import field
from frictionless.table.row import Row

from xinjiang_record.errors import LimitError
from xinjiang_record.limits import LIMITS
from xinjiang_record.untrusted.patterns import compile_pattern

WORK = 10**8  # steps of sniffing that are harmless, by quotes and by the longest line
PLAIN = {"lineterminator": "\r\n", "escapechar": None, "quotechar": '"', "skipinitialspace": False}
DIALECT = ("delimiter", "lineterminator", "escapechar", "quotechar", "skipinitialspace")


class DeadlineSniffer:
    """Sniff as ``csv.Sniffer`` does, in the bounded process where it may take long."""

    def sniff(
        self, sample: str, delimiters: str | None = None
    ) -> type[csv.Dialect] | SimpleNamespace:
        """Return a dialect. Raises csv.Error as the original does, LimitError over the deadline."""
        quotes = sample.count('"') + sample.count("'")
        if not quotes and delimiters and _is_plain(sample, delimiters):
            return SimpleNamespace(delimiter=delimiters, **PLAIN)
        longest = max(map(len, sample.splitlines()), default=0)
        if max(quotes * len(sample), longest**2 if quotes else 0) <= WORK:
            return csv.Sniffer().sniff(sample, delimiters)
        from xinjiang_record.untrusted.bounded_process import run_bounded  # deferred: start-up

        found = run_bounded(
            f"{__name__}:sniff_here",
            json.dumps(sample).encode(),
            shown="the first rows",
            state="Declare a dialect, so that nothing is sniffed. The table was not checked.",
            options={"delimiters": delimiters},
            limit="sniff_seconds",
        )
        if not isinstance(found, dict):
            raise csv.Error("no delimiter was found")
        return SimpleNamespace(**found)


def _is_plain(sample: str, delimiter: str) -> bool:
    """Return whether all that can be sniffed is that no blanks follow a declared delimiter.

    Without quotes the sniffer finds only the delimiter, which is known, and such blanks in the
    first line that is not empty.
    """
    first = next(filter(None, sample.split("\n")), "")
    return len(delimiter) == 1 and first.count(delimiter) != first.count(f"{delimiter} ")


def sniff_here(data: bytes, options: Mapping[str, Any]) -> dict[str, Any] | None:
    """Sniff in this process; the bounded process calls this. None where csv.Error is raised."""
    try:
        found = csv.Sniffer().sniff(json.loads(data), options["delimiters"])
    except csv.Error:
        return None
    return {name: getattr(found, name) for name in DIALECT}


class BoundedRow(Row):
    """Hold a row as Frictionless does; LimitError for one of too many cells.

    Frictionless makes an error for each extra cell, and puts the entire row into each of them.
    """

    def __init__(
        self,
        cells: list[Any],
        *,
        handlers: dict[str, Any],
        row_number: int,
    ) -> None:
        """Check the number of cells first."""
        if len(cells) > LIMITS.field_count:
            raise LimitError(
                f"a row has {len(cells)} cells, over the limit field_count "
                f"({LIMITS.field_count}). The table was not checked."
            )
        super().__init__(cells, handlers=handlers, row_number=row_number)


def install() -> None:
    """Replace the two names in Frictionless's modules."""
    names = {name: getattr(csv, name) for name in ("Error", "excel", "reader", "writer")}
    setattr(parser, "csv", SimpleNamespace(Sniffer=DeadlineSniffer, **names))  # noqa: B010
    setattr(table, "Row", BoundedRow)  # noqa: B010
    setattr(field, "re", SimpleNamespace(compile=compile_pattern, Pattern=re.Pattern))  # noqa: B010
