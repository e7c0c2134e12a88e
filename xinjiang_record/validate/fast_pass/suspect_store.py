"""Keep what is needed of past pieces: cells of suspects, texts of keys, and where the rest is."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np
import pyarrow as pa

from xinjiang_record import numpy_columns
from xinjiang_record.limits import KEY_BYTES, MAYBE_BYTES
from xinjiang_record.validate.readers.csv_chunks import Parsed
from xinjiang_record.validate.readers.file_hashes import FileHashes

if TYPE_CHECKING:
    from xinjiang_record.validate.beyond_frictionless import Hint
    from xinjiang_record.validate.fast_pass.arrow_checks import ColumnCheck
    from xinjiang_record.validate.field_types.field_rules import TableField

Rows = np.ndarray[Any, np.dtype[np.int64]]


THREADS = min(4, os.cpu_count() or 1)  # of a file


class Chunk(Protocol):
    """Hold a piece of a table while it is checked."""

    @property
    def offset(self) -> int:
        """Return where it begins: a byte, or a row."""

    @property
    def size(self) -> int:
        """Return its bytes or rows."""

    @property
    def last(self) -> bool:
        """Return whether it is the last of the table."""


C = TypeVar("C", bound=Chunk)


class Table(Protocol[C]):
    """Hold a table scanned in pieces. A piece has ``offset``, ``size``, ``first`` and ``last``.

    ``threads`` is how many pieces are checked in parallel, ``size`` how much there is to read,
    ``done`` how much of it there is up to the end of a piece, ``rows`` about how many rows there
    are. ``first`` is the number (from 0) of the first record that is data, ``ahead`` that of the
    first record in a piece. ``fields`` are Frictionless's own, or plain ones.
    """

    @property
    def threads(self) -> int:
        """Return ``threads``."""

    @property
    def first(self) -> int:
        """Return ``first``."""

    @property
    def ahead(self) -> int:
        """Return ``ahead``."""

    @property
    def fields(self) -> Sequence[TableField]:
        """Return ``fields``."""

    @property
    def path(self) -> str:
        """Return ``path``."""

    @property
    def size(self) -> int:
        """Return ``size``."""

    @property
    def rows(self) -> int:
        """Return ``rows``."""

    def done(self, chunk: C) -> int:
        """Return how much is read at the end of a piece."""

    def pieces(self) -> Iterator[C]:
        """Yield the pieces."""

    def piece(self, offset: int, size: int, last: bool) -> C:
        """Read one piece again."""

    def parse(self, chunk: C) -> Parsed:
        """Return the records of a piece."""

    def cells(self, kept: Sequence[pa.Array]) -> list[list[Any]]:
        """Return the cells of rows that were kept."""

    def blank_lines(self, chunk: C, blank: set[int]) -> dict[int, list[str]]:
        """Return the cells of blank lines, by record."""

    def hints(self, chunk: C, cells: list[pa.Array], checks: list[ColumnCheck]) -> list[Hint]:
        """Return the hints about a piece."""

    def lines(self, rows: set[int]) -> dict[int, int]:
        """Return the line at which each row begins."""

    def hashes(self) -> FileHashes | None:
        """Start the hashes of the file."""

    def consumed(self, piece: Piece, record: int) -> int | None:
        """Return the bytes that were read at a record."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Hold where the records of a piece are: number of the first, count, bytes.

    ``rows`` are the numbers of those with the right number of cells.
    """

    first: int
    records: int
    offset: int
    size: int
    last: bool
    rows: Rows | None


class SuspectStore:
    """Rows by number (from 0, in the complete file)."""

    def __init__(self, table: Table[Any], key_places: list[int]) -> None:
        self._table, self._places = table, key_places
        self.pieces: list[Piece] = []
        self._starts: list[int] = []
        self._keys: list[list[pa.Array]] = []
        self._key_bytes = self._maybe_bytes = 0
        self._whole_keys = self._whole_maybe = True
        self._template: list[pa.Array] | None = None
        self._certain: list[Rows] = []
        self._blocks: list[tuple[Rows, list[pa.Array]]] = []
        self._cells: dict[int, list[Any]] = {}
        self._done: set[int] = set()
        self._again: tuple[Piece, Parsed] | None = None

    def add(
        self, piece: Piece, parsed: Parsed, certain: Rows, maybe: Rows, odd: dict[int, list[str]]
    ) -> None:
        """Keep what is needed of a piece; the numbers are those of its records."""
        self.pieces.append(piece)
        self._starts.append(piece.first)
        self._certain.append(certain + piece.first)
        self._cells.update((number + piece.first, cells) for number, cells in odd.items())
        whole = np.setdiff1d(certain, np.fromiter(odd, np.int64, len(odd))) if odd else certain
        self._keep(piece, parsed, whole)
        if self._places:
            self._keep_maybe(piece, parsed, maybe)
            self._keep_keys(parsed)
            self._keep_template(piece, parsed, certain)

    def _keep(self, piece: Piece, parsed: Parsed, records: Rows) -> int:
        if not len(records):
            return 0
        taken = [_take(column, _table_rows(piece.rows, records)) for column in parsed.kept]
        self._blocks.append((records + piece.first, taken))
        return sum(column.nbytes for column in taken)

    def _keep_maybe(self, piece: Piece, parsed: Parsed, records: Rows) -> None:
        if self._whole_maybe:
            self._maybe_bytes += self._keep(piece, parsed, records)
            self._whole_maybe = self._maybe_bytes <= MAYBE_BYTES

    def _keep_keys(self, parsed: Parsed) -> None:
        if not self._whole_keys:
            return
        kept = [parsed.kept[place] for place in self._places]
        self._key_bytes += sum(column.nbytes for column in kept)
        self._keys.append(kept)
        if self._key_bytes > KEY_BYTES:
            self._whole_keys, self._keys = False, []

    def _keep_template(self, piece: Piece, parsed: Parsed, certain: Rows) -> None:
        """Return one faultless row, whose cells replace those of another that do not matter."""
        if self._template is not None:
            return
        records = np.arange(piece.records) if piece.rows is None else piece.rows
        is_clean = np.ones(piece.records, np.bool_)
        is_clean[certain] = False
        clean = records[is_clean[records] & (records + piece.first > self._table.first)][:1]
        if len(clean):
            self._template = [
                _take(column, _table_rows(piece.rows, clean)) for column in parsed.kept
            ]

    def take(self, phase: int, repeated: Rows) -> Iterator[tuple[int, list[Any]]]:
        """Yield the suspects since record ``phase`` and the ``repeated`` rows, and forget them."""
        certain = np.concatenate(self._certain) if self._certain else np.zeros(0, np.int64)
        wanted = np.union1d(certain, repeated)
        for records, taken in self._blocks:
            rows = np.flatnonzero(
                np.isin(records, wanted)
            )  # of those that might have repeated a key, few do
            if len(rows):
                found = self._table.cells([_take(column, rows) for column in taken])
                self._cells.update(zip(records[rows].tolist(), found, strict=True))
        self._certain, self._blocks = [], []
        cells, self._cells = self._cells, {}
        late = [row for row in wanted[wanted < phase].tolist() if row not in self._done]
        order = (*late, *wanted[wanted >= phase].tolist())
        absent = np.array([row for row in order if row not in cells], np.int64)
        rebuilt: dict[int, list[Any]] = {}
        for row in order:
            if self._places:
                self._done.add(row)
            if row not in cells and row not in rebuilt:
                rebuilt = self._rebuilt(bisect_right(self._starts, row) - 1, absent)
            yield row, list(cells[row] if row in cells else rebuilt[row])
        self._maybe_bytes, self._whole_maybe = 0, True

    def _rebuilt(self, index: int, absent: Rows) -> dict[int, list[Any]]:
        """Return rows of one piece of which no cells were kept: with their keys, or read again."""
        piece = self.pieces[index]
        rows = absent[(absent >= piece.first) & (absent < piece.first + piece.records)]
        if self._whole_keys and self._whole_maybe and self._template:
            whole = [_take(column, np.zeros(len(rows), np.int64)) for column in self._template]
            for place, column in zip(self._places, self._keys[index], strict=True):
                whole[place] = _take(column, _table_rows(piece.rows, rows - piece.first))
        else:
            parsed = self._parsed(piece)
            whole = [
                _take(column, _table_rows(parsed.rows, rows - piece.first))
                for column in parsed.kept
            ]
        return dict(zip(rows.tolist(), self._table.cells(whole), strict=True))

    def _parsed(self, piece: Piece) -> Parsed:
        if self._again is None or self._again[0] is not piece:
            self._again = (
                piece,
                self._table.parse(self._table.piece(piece.offset, piece.size, piece.last)),
            )
        return self._again[1]


def _take(column: pa.Array, rows: Rows) -> pa.Array:
    return column.take(numpy_columns.integers(rows))


def _table_rows(rows: Rows | None, records: Rows) -> Rows:
    """Return numbers of records in a piece as numbers of rows in its table."""
    return records if rows is None else np.searchsorted(rows, records)
