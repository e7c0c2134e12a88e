"""Rows that may share a key: a hash of 64 bits for each row and key, and what is kept of the rows themselves.

Equal keys have equal hashes, so rows without an equal hash have keys of their own; those with one are suspects, and Frictionless
compares the keys themselves. A collision costs a moment, never a wrong answer.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from xinjiang_record.validate import columns
from xinjiang_record.validate.columns import Hashes

FILTER_BITS = 25  # at most 2**25 slots of one byte: has a key with this hash been seen in an earlier piece?
Rows = np.ndarray[Any, np.dtype[np.int64]]


class Group:
    """One key: the primary key, or one field that is unique. ``places`` are its columns."""

    def __init__(self, places: tuple[int, ...], *, primary: bool, rows: int) -> None:
        self.places, self.primary = places, primary
        self._parts: list[Hashes] = []
        self._filter = np.zeros(_slots(rows), np.uint8)
        self._count = 0

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

    def add(self, hashes: Hashes) -> Rows:
        """Take the next piece's hashes; the rows in it that may repeat a key of an earlier row (never too few)."""
        none = hashes == self.nothing
        if none.any():  # no value is not a value: give each a hash of its own
            places = np.flatnonzero(none)
            hashes = hashes.copy()
            hashes[places] = columns.mix((places + self._count + 1).astype(np.uint64))
        self._count += len(hashes)
        self._parts.append(hashes)
        slots = (hashes & np.uint64(len(self._filter) - 1)).astype(np.int64)
        maybe = self._filter[slots] != 0
        self._filter[slots] = 1
        ordered = np.sort(hashes)
        twice = ordered[1:][ordered[1:] == ordered[:-1]]
        if len(twice):
            maybe |= np.isin(hashes, twice)
        return np.flatnonzero(maybe)

    def repeated(self, since: int) -> Rows:
        """Rows (from 0) that share a hash with another one, in groups with a member from row ``since`` on."""
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


def _slots(rows: int) -> int:
    """A power of two, for about eight slots a row."""
    return 1 << min(FILTER_BITS, max(16, (8 * rows).bit_length()))
