"""Write a typed value as its canonical text, as the CSV of a release holds it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# From a buffer, as ``text_array`` makes texts: ``pa.array`` and ``pa.scalar`` import pandas if it
# is installed, which takes 0.3 s and 40 MB.
_ZERO = pa.Array.from_buffers(pa.float64(), 1, [None, pa.py_buffer(bytes(8))])[0]


def text_array(values: Iterable[str]) -> pa.Array:
    """Return texts as an Arrow array, without pandas."""
    data = [value.encode("utf-8") for value in values]
    offsets = np.fromiter(accumulate(map(len, data), initial=0), np.int32, len(data) + 1)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(data))]
    return pa.Array.from_buffers(pa.string(), len(data), buffers, 0)


def text_scalar(text: str) -> pa.Scalar:
    """Return a text as an Arrow scalar, without pandas."""
    return text_array([text])[0]


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
