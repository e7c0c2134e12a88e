"""Hold some rows of an Arrow table, and write a column as canonical text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from xinjiang_record import numpy_columns
from xinjiang_record.numpy_columns import text_scalar
from xinjiang_record.schema.cell_text import to_text

if TYPE_CHECKING:
    from xinjiang_record.validate.beyond_frictionless import Hint
    from xinjiang_record.validate.fast_pass.arrow_checks import ColumnCheck

HEADER = 1  # records before the rows, as in the CSV that is published
_EMPTY = text_scalar("")


@dataclass(frozen=True, slots=True)
class Slab:
    """Hold some rows of a table."""

    batch: pa.RecordBatch
    offset: int
    size: int
    last: bool
    first: bool


class WithoutText:
    """Answer for a table of values: it has no bytes and no lines, and its rows are complete."""

    __slots__ = ()

    def blank_lines(self, chunk: Slab, blank: set[int]) -> dict[int, list[str]]:
        """Return nothing: a row has all its cells."""
        return {}

    def hints(self, chunk: Slab, cells: list[pa.Array], checks: list[ColumnCheck]) -> list[Hint]:
        """Return nothing: hints are for text."""
        return []

    def lines(self, rows: set[int]) -> dict[int, int]:
        """Return nothing: there are no lines."""
        return {}

    def hashes(self) -> None:
        """Return nothing: Frictionless hashes no table in memory, nor what pandas reads."""

    def consumed(self, piece: object, record: int) -> None:
        """Return nothing: Frictionless counts no bytes of either."""


def write_column(column: pa.Array) -> pa.Array:
    """Return the canonical texts of a column; null is the empty text, and the offset is 0."""
    text = to_text(column).cast(pa.string())
    return numpy_columns.whole(pc.coalesce(text, _EMPTY) if text.null_count else text)


def list_rows(kept: Sequence[pa.Array]) -> list[list[Any]]:
    """Return the cells of some columns, row by row."""
    return list(map(list, zip(*(column.to_pylist() for column in kept), strict=True)))
