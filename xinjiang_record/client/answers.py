"""Answer a question from the rows of one release, in a frame with the types of its tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from xinjiang_record.client.bases import Base, find_pinned_release
from xinjiang_record.client.frames import Kind, check_kind, give_frame
from xinjiang_record.client.load_tables import describe_release, read_columns

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    Frame: TypeAlias = pd.DataFrame | pl.DataFrame | pa.Table

Row = dict[str, object]


class AskedRelease:
    """Read the tables of one release, and give an answer with their types."""

    def __init__(self, package: str, as_: Kind, version: str, base: Base, lock: Base) -> None:
        check_kind(as_)
        self._as = as_
        self._release = find_pinned_release(package, version, base, lock)
        self._types: dict[str, pa.DataType] = {}

    def rows(self, table: str) -> list[Row]:
        """Return the rows of a table."""
        found = read_columns(self._release, table)
        for field in found.schema:
            self._types.setdefault(field.name, field.type)
        rows: list[Row] = found.to_pylist()
        return rows

    def answer(
        self, rows: Iterable[Mapping[str, object]], columns: Iterable[str], table: str
    ) -> Frame:
        """Return rows as a frame, with the version and citation of what they were read from."""
        import pyarrow as pa  # deferred: start-up

        schema = pa.schema([(name, self._types.get(name, pa.int64())) for name in columns])
        found = pa.Table.from_pylist([dict(row) for row in rows], schema=schema)
        return give_frame(found, self._as, describe_release(self._release, table))


def sort_rows(rows: Iterable[Row], *columns: str) -> list[Row]:
    """Return rows in the order of some columns; a row without a value comes after the others."""
    return sorted(rows, key=lambda row: [(row[name] is None, row[name]) for name in columns])
