"""What is kept of the pieces that went by: the cells of suspects, the texts of keys, and where the rest can be read again."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from xinjiang_record.settings import MIB
from xinjiang_record.validate import chunks, columns
from xinjiang_record.validate.chunks import Parsed
from xinjiang_record.validate.plan import Plan

KEY_BYTES = 64 * MIB  # texts of keys that are kept; beyond it a row is read again
MAYBE_BYTES = 32 * MIB  # cells of rows that may repeat a key
Rows = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class Piece:
    """Where a piece's records are: the first one's number, how many, and the bytes. ``rows`` are those of its table."""

    first: int
    records: int
    offset: int
    size: int
    last: bool
    rows: Rows | None


class Store:
    """Rows by number (from 0, in the whole file)."""

    def __init__(self, plan: Plan, key_places: list[int]) -> None:
        self._plan, self._places = plan, key_places
        self.pieces: list[Piece] = []
        self._starts: list[int] = []
        self._keys: list[list[pa.Array]] = []
        self._key_bytes = self._maybe_bytes = 0
        self._whole_keys = self._whole_maybe = True
        self._template: list[str] | None = None
        self._certain: list[Rows] = []
        self._blocks: list[tuple[Rows, list[pa.Array]]] = []
        self._cells: dict[int, list[str]] = {}
        self._done: set[int] = set()
        self._again: tuple[Piece, Parsed] | None = None

    def add(self, piece: Piece, parsed: Parsed, certain: Rows, maybe: Rows, odd: dict[int, list[str]]) -> None:
        """Keep what is needed of a piece; the numbers are those of its records."""
        self.pieces.append(piece)
        self._starts.append(piece.first)
        self._certain.append(certain + piece.first)
        self._cells.update((number + piece.first, cells) for number, cells in odd.items())
        self._keep(piece, parsed, np.setdiff1d(certain, np.fromiter(odd, np.int64, len(odd))))
        if self._places:
            self._keep_maybe(piece, parsed, maybe)
            self._keep_keys(parsed)
            self._keep_template(piece, parsed, certain)

    def _keep(self, piece: Piece, parsed: Parsed, records: Rows) -> int:
        if not len(records):
            return 0
        rows = columns.integers(_table_rows(piece, records))
        taken = [column.take(rows) for column in parsed.columns]
        self._blocks.append((records + piece.first, taken))
        return sum(len(columns.data(column)) for column in taken)

    def _keep_maybe(self, piece: Piece, parsed: Parsed, records: Rows) -> None:
        if self._whole_maybe:
            self._maybe_bytes += self._keep(piece, parsed, records)
            self._whole_maybe = self._maybe_bytes <= MAYBE_BYTES

    def _keep_keys(self, parsed: Parsed) -> None:
        if not self._whole_keys:
            return
        kept = [parsed.columns[place] for place in self._places]
        self._key_bytes += sum(len(columns.data(column)) for column in kept)
        self._keys.append(kept)
        if self._key_bytes > KEY_BYTES:
            self._whole_keys, self._keys = False, []

    def _keep_template(self, piece: Piece, parsed: Parsed, certain: Rows) -> None:
        """One row without fault, whose cells stand in for those of another that do not matter."""
        if self._template is not None:
            return
        records = np.arange(piece.records) if piece.rows is None else piece.rows
        records = records[records + piece.first > self._plan.first]
        clean = np.setdiff1d(records, certain)[:1]
        if len(clean):
            row = _table_rows(piece, clean)
            self._template = [columns.texts(column, row)[0] for column in parsed.columns]

    def take(self, phase: int, repeated: Rows) -> Iterator[tuple[int, list[str]]]:
        """Rows of the first tier's last turn, which began at record ``phase``, and forget them."""
        certain = np.concatenate(self._certain) if self._certain else np.zeros(0, np.int64)
        for records, taken in self._blocks:
            self._cells.update(
                zip(records.tolist(), map(list, zip(*(c.to_pylist() for c in taken), strict=True)), strict=True)
            )
        self._certain, self._blocks = [], []
        cells, self._cells = self._cells, {}
        wanted = np.union1d(certain, repeated)
        late = [row for row in wanted[wanted < phase].tolist() if row not in self._done]
        for row in (*late, *wanted[wanted >= phase].tolist()):
            if self._places:
                self._done.add(row)
            found = cells.get(row)
            yield row, list(found) if found is not None else self._rebuilt(row)
        self._maybe_bytes, self._whole_maybe = 0, True

    def _rebuilt(self, row: int) -> list[str]:
        """A row that nothing was kept of, because it has no fault of its own: with its keys' texts, or read again."""
        index = bisect_right(self._starts, row) - 1
        piece = self.pieces[index]
        if not (self._whole_keys and self._whole_maybe and self._template):
            return self._read(piece, row - piece.first)
        result = list(self._template)
        spot = _table_rows(piece, np.array([row - piece.first]))
        for place, column in zip(self._places, self._keys[index], strict=True):
            result[place] = columns.texts(column, spot)[0]
        return result

    def _read(self, piece: Piece, number: int) -> list[str]:
        if self._again is None or self._again[0] is not piece:
            chunk = self._plan.piece(piece.offset, piece.size, piece.last)
            self._again = piece, chunks.parse(chunk, self._plan.shape)
        parsed = self._again[1]
        row = np.array([number]) if parsed.rows is None else np.searchsorted(parsed.rows, [number])
        return [columns.texts(column, row)[0] for column in parsed.columns]


def _table_rows(piece: Piece, records: Rows) -> Rows:
    return records if piece.rows is None else np.searchsorted(piece.rows, records)
