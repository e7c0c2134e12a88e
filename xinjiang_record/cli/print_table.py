"""Print a table: drawn on a terminal, tab-separated when piped."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under ``columns``; a cell's line breaks become spaces when piped."""
    lines = [[str(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        print("\t".join(columns))
        for line in lines:
            print("\t".join(" ".join(cell.split()) for cell in line))
        return
    from rich.console import Console  # deferred: start-up
    from rich.table import Table  # deferred: start-up
    from rich.text import Text  # deferred: start-up

    table = Table(*columns)
    for line in lines:
        table.add_row(*map(Text, line))
    Console().print(table)
