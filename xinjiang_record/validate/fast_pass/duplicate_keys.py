"""Find rows that may share a key, with a 64-bit hash for each row and key.

Equal keys have equal hashes. A row whose hash no other row has is unique; the others are suspects,
and Frictionless compares the keys themselves. A collision costs time and never a wrong answer. If a
key of one text rises from row to row, as in a sorted table, only out-of-order keys are compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xinjiang_record import numpy_columns
from xinjiang_record.numpy_columns import Hashes
from xinjiang_record.validate.fast_pass.arrow_checks import ColumnCheck

if TYPE_CHECKING:
    from xinjiang_record.validate.field_types.field_rules import TableField

# At most 2**25 slots of one byte: does an earlier piece have a key with this hash?
FILTER_BITS = 25
FEW_BITS = 20  # 2**20 slots of one byte: does an out-of-order row have this hash?
FEW = 32  # a piece is in order if at most one of so many rows is not
Rows = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class Order:
    """Hold a piece whose keys rise from the first to the last row, except those of a few rows."""

    first: str
    last: str
    others: Rows


class KeyGroup:
    """Hold one key: primary, unique or one unique field. ``places`` are its columns."""

    def __init__(self, places: tuple[int, ...], *, primary: bool, rows: int) -> None:
        self.places, self.primary = places, primary
        self._parts: list[Hashes] = []
        self._filter = np.zeros(_slot_count(rows), np.uint8)
        self._count = 0
        self._rises, self._last = True, ""
        self._others: np.ndarray[Any, np.dtype[np.uint8]] | None = None

    def hashes(self, of_columns: dict[int, Hashes], count: int) -> Hashes:
        """Return the hash of each row's key in one piece."""
        result: Hashes | None = None
        for place in self.places:
            part = of_columns[place]
            result = part if result is None else numpy_columns.combine(result, part)
        return result if result is not None else np.zeros(count, np.uint64)

    @property
    def nothing(self) -> np.uint64:
        """Return the hash of a key without any value: no row is equal to it."""
        none = np.full(1, numpy_columns.NONE_HASH, np.uint64)
        result = none
        for _ in self.places[1:]:
            result = numpy_columns.combine(result, none)
        return np.uint64(result[0])

    def order(self, cells: list[pa.Array], checks: list[ColumnCheck]) -> Order | None:
        """Return the order of a piece, if the key is one text; its rows are those of ``cells``."""
        column, check = cells[self.places[0]], checks[self.places[0]]
        if (
            len(self.places) > 1
            or not check.is_text
            or not pa.types.is_string(column.type)
            or column.null_count
        ):
            return None
        less, others = _less(column), np.zeros(0, np.int64)
        if not less.all():
            breaks = np.flatnonzero(~less)
            others = np.union1d(breaks, breaks + 1)
            if len(others) > len(column) // FEW:
                return None
            column = column.take(numpy_columns.integers(np.delete(np.arange(len(column)), others)))
            if not _less(column).all():
                return None
        return Order(column[0].as_py(), column[len(column) - 1].as_py(), others)

    def add(self, hashes: Hashes, order: Order | None) -> Rows:
        """Add the hashes of the next piece; return the rows that may repeat an earlier key.

        ``order``: that of the piece, its other rows by their place in ``hashes``.
        """
        if not len(hashes):
            return np.zeros(0, np.int64)
        none = hashes == self.nothing
        if none.any():  # keys without a value are not equal: give each a hash of its own
            places = np.flatnonzero(none)
            hashes = hashes.copy()
            hashes[places] = numpy_columns.mix((places + self._count + 1).astype(np.uint64))
        self._count += len(hashes)
        self._parts.append(hashes)
        if (
            self._rises
            and order is not None
            and (len(self._parts) == 1 or self._last < order.first)
        ):
            self._last = order.last
            if len(order.others):
                if self._others is None:
                    self._others = np.zeros(1 << FEW_BITS, np.uint8)
                self._others[_slots(hashes[order.others], self._others)] = 1
            return self._like_others(hashes)
        if self._rises:
            self._rises = False
            for part in self._parts[:-1]:
                self._filter[_slots(part, self._filter)] = 1
        slots = _slots(hashes, self._filter)
        maybe = self._filter[slots] != 0
        self._filter[slots] = 1
        ordered = np.sort(hashes)
        twice = ordered[1:][ordered[1:] == ordered[:-1]]
        if len(twice):
            maybe |= np.isin(hashes, twice)
        return np.flatnonzero(maybe)

    def repeated(self, since: int) -> Rows:
        """Return rows (from 0) that share a hash, if one of them is ``since`` or later."""
        whole = np.concatenate(self._parts) if self._parts else np.zeros(0, np.uint64)
        self._parts = [whole]
        rows = self._like_others(whole) if self._rises else None
        if rows is not None and not len(rows):
            return rows
        if rows is not None:
            whole, since = whole[rows], int(np.searchsorted(rows, since))
        found = _repeated(whole, since)
        return found if rows is None else rows[found]

    def _like_others(self, hashes: Hashes) -> Rows:
        """Return out-of-order rows and those that may share a hash with one: others are unique."""
        if self._others is None:
            return np.zeros(0, np.int64)
        return np.flatnonzero(self._others[_slots(hashes, self._others)])


def list_key_groups(
    fields: Sequence[TableField],
    unique: Iterable[Sequence[str]],
    primary: Sequence[str],
    rows: int,
) -> list[KeyGroup]:
    """Return the keys of a table: its unique keys, its unique fields, and its primary key."""
    place = {field.name: number for number, field in enumerate(fields)}
    groups = [
        KeyGroup(tuple(place[name] for name in names), primary=False, rows=rows) for names in unique
    ]
    groups += [
        KeyGroup((number,), primary=False, rows=rows)
        for number, field in enumerate(fields)
        if field.constraints.get("unique")
    ]
    if primary and set(primary) <= set(place):
        groups.append(KeyGroup(tuple(place[name] for name in primary), primary=True, rows=rows))
    return groups


def _less(column: pa.Array) -> numpy_columns.Mask:
    """Return whether each text is less than the next one."""
    if len(column) < 2:
        return np.zeros(0, np.bool_)
    return numpy_columns.mask(pc.less(column.slice(0, len(column) - 1), column.slice(1)))


def _repeated(hashes: Hashes, since: int) -> Rows:
    ordered = np.sort(hashes)
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if not len(twice):
        return np.zeros(0, np.int64)
    if since:
        twice = np.intersect1d(twice, hashes[since:])
    spots = np.searchsorted(twice, hashes)
    spots[spots == len(twice)] = 0
    return np.flatnonzero(twice[spots] == hashes) if len(twice) else np.zeros(0, np.int64)


def _slots(hashes: Hashes, table: np.ndarray[Any, np.dtype[np.uint8]]) -> Rows:
    return (hashes & np.uint64(len(table) - 1)).astype(np.int64)


def _slot_count(rows: int) -> int:
    """Return a power of two, for about eight slots a row."""
    return 1 << min(FILTER_BITS, max(16, (8 * rows).bit_length()))
