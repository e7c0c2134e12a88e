"""Print a table: drawn on a terminal, tab-separated when piped.

A terminal may be narrow. What is drawn leaves out columns without any value, and breaks long
words over lines: no cell is cut.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from xinjiang_record.untrusted.escape_text import LAYOUT, escape_unprintable


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under ``columns``; a cell's line breaks become spaces when piped."""
    lines = [[escape_unprintable(str(cell), keep=LAYOUT) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        print("\t".join(columns))
        for line in lines:
            print("\t".join(" ".join(cell.split()) for cell in line))
        return
    from rich.console import Console  # deferred: start-up
    from rich.table import Table  # deferred: start-up
    from rich.text import Text  # deferred: start-up

    used = [at for at, _ in enumerate(columns) if not lines or any(line[at] for line in lines)]
    table = Table()
    for at in used:
        table.add_column(columns[at], overflow="fold")
    for line in lines:
        table.add_row(*(Text(line[at]) for at in used))
    Console().print(table)
