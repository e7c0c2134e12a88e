"""Run what Frictionless may do without end under a deadline: patterns, and sniffing of a dialect.

Frictionless compiles the patterns of a schema with ``re`` and sniffs with ``csv.Sniffer``. Both are
replaced here by the same with a deadline; the results are equal.
"""

from __future__ import annotations

import csv
import re
from types import SimpleNamespace
from typing import Any

from frictionless.formats.csv import parser
from frictionless.resources import table
from frictionless.schema import field
from frictionless.table.row import Row

from xinjiang_record.errors import LimitError
from xinjiang_record.limits import LIMITS
from xinjiang_record.untrusted.patterns import compile_pattern
from xinjiang_record.validate.opening.data_files import DeadlineSniffer


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


def list_replacements() -> list[tuple[object, str, object]]:
    """Return what Frictionless is to use instead of its own."""
    names = {name: getattr(csv, name) for name in ("Error", "excel", "reader", "writer")}
    return [
        (parser, "csv", SimpleNamespace(Sniffer=DeadlineSniffer, **names)),
        (table, "Row", BoundedRow),
        (field, "re", SimpleNamespace(compile=compile_pattern, Pattern=re.Pattern)),
    ]
