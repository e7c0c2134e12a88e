"""Rows that may share a key: a hash of 64 bits for each row and key, and what is kept of the rows themselves.

Equal keys have equal hashes, so rows without an equal hash have keys of their own; those with one are suspects, and Frictionless
compares the keys themselves. A collision costs a moment, never a wrong answer. As long as a key of one text rises from row to row, as
it does in a sorted table, nothing has to be compared at all.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xinjiang_record.validate import columns
from xinjiang_record.validate.columns import Hashes
from xinjiang_record.validate.kernels import Kernel

FILTER_BITS = 25  # at most 2**25 slots of one byte: has a key with this hash been seen in an earlier piece?
Rows = np.ndarray[Any, np.dtype[np.int64]]
Ends = tuple[str, str]  # the first and the last key of a piece


class Group:
    """One key: the primary key, or one field that is unique. ``places`` are its columns."""

    def __init__(self, places: tuple[int, ...], *, primary: bool, rows: int) -> None:
        self.places, self.primary = places, primary
        self._parts: list[Hashes] = []
        self._filter = np.zeros(_slot_count(rows), np.uint8)
        self._count = 0
        self._rises, self._last = True, ""

    def hashes(self, of_columns: dict[int, Hashes], count: int) -> Hashes:
        """The hash of each row's key in one piece."""
        result: Hashes | None = None
        for place in self.places:
            part = of_columns[place]
            result = part if result is None else columns.combine(result, part)
        return result if result is not None else np.zeros(count, np.uint64)

    @property
    def nothing(self) -> np.uint64:
        """The hash of a key without any value: in no group of equals."""
        none = np.full(1, columns.NONE_HASH, np.uint64)
        result = none
        for _ in self.places[1:]:
            result = columns.combine(result, none)
        return np.uint64(result[0])

    def ends(self, cells: list[pa.Array], kernels: list[Kernel]) -> Ends | None:
        """The first and the last key of a piece, if the key is one text, each greater than the one before; the texts are the values."""
        column, kernel = cells[self.places[0]], kernels[self.places[0]]
        if len(self.places) > 1 or not kernel.is_text or not pa.types.is_string(column.type) or column.null_count:
            return None
        if not pc.all(pc.less(column.slice(0, len(column) - 1), column.slice(1)), min_count=0).as_py():
            return None
        return column[0].as_py(), column[len(column) - 1].as_py()

    def add(self, hashes: Hashes, ends: Ends | None) -> Rows:
        """Take the next piece's hashes; the rows in it that may repeat a key of an earlier row (never too few).

        ``ends``: those of the piece, if none of its rows is left out of them.
        """
        if not len(hashes):
            return np.zeros(0, np.int64)
        none = hashes == self.nothing
        if none.any():  # no value is not a value: give each a hash of its own
            places = np.flatnonzero(none)
            hashes = hashes.copy()
            hashes[places] = columns.mix((places + self._count + 1).astype(np.uint64))
        self._count += len(hashes)
        self._parts.append(hashes)
        if self._rises and ends is not None and (len(self._parts) == 1 or self._last < ends[0]):
            self._last = ends[1]
            return np.zeros(0, np.int64)
        if self._rises:
            self._rises = False
            for part in self._parts[:-1]:
                self._filter[self._slots(part)] = 1
        slots = self._slots(hashes)
        maybe = self._filter[slots] != 0
        self._filter[slots] = 1
        ordered = np.sort(hashes)
        twice = ordered[1:][ordered[1:] == ordered[:-1]]
        if len(twice):
            maybe |= np.isin(hashes, twice)
        return np.flatnonzero(maybe)

    def repeated(self, since: int) -> Rows:
        """Rows (from 0) that share a hash with another one, in groups with a member from row ``since`` on."""
        if self._rises:
            return np.zeros(0, np.int64)
        whole = np.concatenate(self._parts) if self._parts else np.zeros(0, np.uint64)
        self._parts = [whole]
        ordered = np.sort(whole)
        twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
        if not len(twice):
            return np.zeros(0, np.int64)
        if since:
            twice = np.intersect1d(twice, whole[since:])
        spots = np.searchsorted(twice, whole)
        spots[spots == len(twice)] = 0
        return np.flatnonzero(twice[spots] == whole) if len(twice) else np.zeros(0, np.int64)

    def _slots(self, hashes: Hashes) -> Rows:
        return (hashes & np.uint64(len(self._filter) - 1)).astype(np.int64)


def _slot_count(rows: int) -> int:
    """A power of two, for about eight slots a row."""
    return 1 << min(FILTER_BITS, max(16, (8 * rows).bit_length()))
