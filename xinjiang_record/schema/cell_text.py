"""Write a typed value as its canonical text, as the CSV of a release holds it."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from xinjiang_record.numpy_columns import text_scalar

# From a buffer, as ``text_array`` makes texts: ``pa.array`` and ``pa.scalar`` import pandas if it
# is installed, which takes 0.3 s and 40 MB.
_ZERO = pa.Array.from_buffers(pa.float64(), 1, [None, pa.py_buffer(bytes(8))])[0]


def to_text(column: pa.Array) -> pa.Array:
    """Return each value of a column as its canonical text, unquoted; null stays null."""
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return column
    if pa.types.is_floating(kind):
        column = pc.add(column, _ZERO)  # -0.0 becomes 0.0
    if pa.types.is_timestamp(kind):
        return _timestamps(column)
    return column.cast(pa.string())


def _timestamps(column: pa.Array) -> pa.Array:
    plain = pc.replace_substring(column.cast(pa.timestamp("us")).cast(pa.string()), " ", "T")
    short = pc.replace_substring_regex(plain, r"\.?0{6}$|(\.[0-9]*[1-9])0*$", r"\1")
    return pc.binary_join_element_wise(short, text_scalar("Z"), text_scalar(""))
