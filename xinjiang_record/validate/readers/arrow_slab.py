"""Hold some rows of an Arrow table, and write a column as canonical text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from xinjiang_record import numpy_columns
from xinjiang_record.numpy_columns import text_scalar
from xinjiang_record.schema.cell_text import to_text

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


def write_column(column: pa.Array) -> pa.Array:
    """Return the canonical texts of a column; null is the empty text, and the offset is 0."""
    text = to_text(column).cast(pa.string())
    return numpy_columns.whole(pc.coalesce(text, _EMPTY) if text.null_count else text)


def list_rows(kept: Sequence[pa.Array]) -> list[list[Any]]:
    """Return the cells of some columns, row by row."""
    return list(map(list, zip(*(column.to_pylist() for column in kept), strict=True)))
