"""Count the rows that a release added, changed and retracted, by table."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from xinjiang_record.model import PublishResult
from xinjiang_record.pipeline.outcome import TableChanges
from xinjiang_record.release.tables.csv_text import parse_csv

OPERATIONS = {"add": "added", "restore": "added", "change": "changed", "retract": "retracted"}
MOST_BYTES = 64 * 1024**2  # a larger file of changes is not read only to count it


def count_changes(
    result: PublishResult, outcome_rows: tuple[tuple[str, int], ...]
) -> tuple[TableChanges, ...]:
    """Return the counts of a new release; empty without a new release or with a large file."""
    if result.status != "published":
        return ()
    if not result.previous:
        return tuple(TableChanges(table, added=count) for table, count in outcome_rows)
    path = Path(result.path) / f"changes/from-{result.previous}.csv"
    if not path.is_file() or path.stat().st_size > MOST_BYTES:
        return ()
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in read_changed_rows(path):
        counts[row["table"]][OPERATIONS[row["op"]]] += 1
    return tuple(TableChanges(table, **count) for table, count in counts.items())


def read_changed_rows(path: Path) -> Iterator[Mapping[str, str]]:
    """Yield the first line of each changed row of a file of changes, which has a line a field."""
    seen: set[tuple[str, str]] = set()
    for row in read_changes(path):
        if (row["table"], row["record"]) not in seen:
            seen.add((row["table"], row["record"]))
            yield row


def read_changes(path: Path) -> Iterator[Mapping[str, str]]:
    """Yield every line of a file of changes."""
    header, *rows = parse_csv(path.read_text("utf-8"))
    return (dict(zip(header, cells, strict=True)) for cells in rows)
