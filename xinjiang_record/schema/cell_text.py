"""Write a typed value as its canonical text, as the CSV of a release holds it."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc


def to_text(column: pa.Array) -> pa.Array:
    """Return each value of a column as its canonical text, unquoted; null stays null."""
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return column
    if pa.types.is_floating(kind):
        column = pc.add(column, 0.0)  # -0.0 becomes 0.0
    if pa.types.is_timestamp(kind):
        return _timestamps(column)
    return column.cast(pa.string())


def _timestamps(column: pa.Array) -> pa.Array:
    plain = pc.replace_substring(column.cast(pa.timestamp("us")).cast(pa.string()), " ", "T")
    return pc.binary_join_element_wise(
        pc.replace_substring_regex(plain, r"\.?0{6}$|(\.[0-9]*[1-9])0*$", r"\1"), "Z", ""
    )
