"""View Arrow columns as numpy arrays, without a copy, and hash their values to 64 bits.

Nothing here calls ``pa.array`` or ``pa.scalar``. Both import pandas where it is installed, which
costs more than most checks. Every array that comes in has offset 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Number = TypeVar("Number", bound=np.generic)
Mask = npt.NDArray[np.bool_]
Hashes = npt.NDArray[np.uint64]
_ODD = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)
NONE_HASH = np.uint64(0x5851F42D4C957F2D)
NO_HASH = np.uint64(0x14057B7EF767814F)  # of values that Python cannot hash


def text_array(values: Iterable[str]) -> pa.Array:
    """Return texts as an Arrow array, without pandas."""
    data = [value.encode("utf-8") for value in values]
    offsets = np.fromiter(accumulate(map(len, data), initial=0), np.int32, len(data) + 1)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(data))]
    return pa.Array.from_buffers(pa.string(), len(data), buffers, 0)


def text_scalar(text: str) -> pa.Scalar:
    """Return a text as an Arrow scalar, without pandas."""
    return text_array([text])[0]


def integers(values: npt.NDArray[np.int64]) -> pa.Array:
    """Return an Arrow int64 array over numpy's memory."""
    return pa.Array.from_buffers(
        pa.int64(), len(values), [None, pa.py_buffer(np.ascontiguousarray(values))], 0
    )


def whole(column: pa.Array) -> pa.Array:
    """Return the same values in an array of offset 0."""
    return pa.concat_arrays([column, column.slice(0, 0)]) if column.offset else column


def offsets(column: pa.Array) -> npt.NDArray[np.int32]:
    """Return where each text begins in the data; one more entry than rows."""
    return np.frombuffer(column.buffers()[1], np.int32)[: len(column) + 1]


def data(column: pa.Array) -> npt.NDArray[np.uint8]:
    """Return the bytes of all texts, one after the other."""
    buffer = column.buffers()[2]
    end = int(offsets(column)[-1]) if len(column) else 0
    return (
        np.frombuffer(buffer, np.uint8)[:end]
        if buffer is not None and end
        else np.zeros(0, np.uint8)
    )


def lengths(column: pa.Array) -> npt.NDArray[np.int32]:
    """Return the length of each text in bytes."""
    return np.diff(offsets(column))


def character_counts(column: pa.Array) -> npt.NDArray[np.int32]:
    """Return the length of each text in characters."""
    return numbers(pc.utf8_length(column), np.int32)


def every_row(column: pa.Array) -> Mask:
    """Return a mask in which every row of a column is true."""
    return np.ones(len(column), np.bool_)


def arrow(found: Mask) -> pa.Array:
    """Return a mask as a boolean Arrow array."""
    return pa.Array.from_buffers(
        pa.bool_(), len(found), [None, pa.py_buffer(np.packbits(found, bitorder="little"))], 0
    )


def mask(array: pa.Array) -> Mask:
    """Return a boolean Arrow array as a mask; null is false."""
    count = len(array)
    bits = np.unpackbits(np.frombuffer(array.buffers()[1], np.uint8), bitorder="little")[
        :count
    ].view(np.bool_)
    if array.null_count:
        valid = np.unpackbits(np.frombuffer(array.buffers()[0], np.uint8), bitorder="little")[
            :count
        ].view(np.bool_)
        bits = bits & valid
    return bits


def numbers(array: pa.Array, kind: type[Number]) -> npt.NDArray[Number]:
    """Return the values of a fixed-width Arrow array; a null has an undefined value."""
    return np.frombuffer(array.buffers()[1], kind)[: len(array)]


def nulled(column: pa.Array, nulls: Mask | None) -> pa.Array:
    """Return the same texts with nulls where the mask is true."""
    if nulls is None:
        return column
    valid = np.packbits(~nulls, bitorder="little")
    buffers = column.buffers()
    return pa.Array.from_buffers(
        column.type, len(column), [pa.py_buffer(valid), buffers[1], buffers[2]]
    )


def matches(column: pa.Array, pattern: str) -> Mask:
    """Return where an RE2 pattern is found."""
    return mask(pc.match_substring_regex(column, pattern=pattern))


def is_in(column: pa.Array, values: pa.Array) -> Mask:
    """Return where the value is one of ``values``; a null is not."""
    return mask(pc.is_in(column, value_set=values, skip_nulls=True))


def begin(column: pa.Array, prefixes: Sequence[str]) -> Mask:
    """Return where a text begins with one of some prefixes."""
    found = mask(pc.starts_with(column, prefixes[0]))
    for prefix in prefixes[1:]:
        if found.all():
            break
        found = found | mask(pc.starts_with(column, prefix))
    return found


def texts(column: pa.Array, rows: npt.NDArray[np.int64]) -> list[str]:
    """Return the texts at some rows."""
    if len(rows) == len(column):
        return column.to_pylist()  # type: ignore[no-any-return]
    return column.take(integers(rows)).to_pylist()  # type: ignore[no-any-return]


def union(first: Mask | None, second: Mask | None) -> Mask | None:
    """Return the union of two masks; None means a mask without a true row."""
    if first is None or second is None:
        return second if first is None else first
    return first | second


def some(found: Mask) -> Mask | None:
    """Return the mask itself, or None if no row is true."""
    return found if found.any() else None


def mix(values: npt.NDArray[Any]) -> Hashes:
    """Spread 64-bit values: equal values have equal results."""
    hashes: Hashes = values.view(np.uint64) * _ODD
    hashes ^= hashes >> _SHIFT
    hashes *= _ODD
    return hashes ^ (hashes >> _SHIFT)


def combine(first: Hashes, second: Hashes) -> Hashes:
    """Return one hash of two columns' hashes."""
    return mix(first * np.uint64(31) + second)


def hash_texts(column: pa.Array) -> Hashes:
    """Return a 64-bit hash of each text; equal texts have equal hashes."""
    starts, sizes = offsets(column)[:-1].astype(np.int64), lengths(column)
    padded = np.zeros(len(data(column)) + 8, np.uint8)
    padded[:-8] = data(column)
    words = np.ndarray((len(padded) - 7,), "<u8", padded, strides=(1,))
    hashes: Hashes = sizes.astype(np.uint64)
    longest = int(sizes.max()) if len(sizes) else 0
    for place in range(0, longest, 8):
        left = np.clip(sizes - place, 0, 8)
        word = words[np.minimum(starts + place, len(words) - 1)]
        shift = (np.uint64(8) * (8 - left).astype(np.uint64)) & np.uint64(63)
        hashes = np.where(left > 0, mix(hashes ^ (word << shift)), hashes)
    return mix(hashes)
