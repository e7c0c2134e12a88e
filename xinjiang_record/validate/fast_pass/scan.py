"""Scan a table in pieces, in several threads: prove rows good, and yield all others.

``Scan.suspects()`` yields every row that Frictionless could report, as (record number from 0,
cells). It may yield rows without an error too. Rows come in order, with one exception: a row
whose key is repeated much later is yielded before the first row that repeats it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from xinjiang_record import numpy_columns
from xinjiang_record.limits import LIMITS
from xinjiang_record.numpy_columns import Hashes, Mask
from xinjiang_record.validate import progress
from xinjiang_record.validate.beyond_frictionless import Hint, Hints
from xinjiang_record.validate.fast_pass.arrow_checks import ColumnCheck
from xinjiang_record.validate.fast_pass.duplicate_keys import KeyGroup, Order, Rows
from xinjiang_record.validate.fast_pass.foreign_keys import Reference
from xinjiang_record.validate.fast_pass.suspect_store import Chunk, Piece, SuspectStore, Table
from xinjiang_record.validate.field_types.field_rules import make_cell_limit_error
from xinjiang_record.validate.readers.csv_chunks import Parsed

# Suspects after which Frictionless reads them: at first, and at most.
FIRST_PHASE, MOST_ROWS = 2_000, 20_000
Suspect = tuple[int, list[Any]]


@dataclass(slots=True)
class Checked:
    """Hold what one thread found in one piece."""

    chunk: Chunk
    parsed: Parsed
    bad: Mask | None  # by table row
    # By record of the piece: rows with another number of cells, and blank ones.
    odd: dict[int, list[str]]
    # By group: one hash for each record, and the order of the rows, if there is one.
    hashes: list[Hashes] = field(default_factory=list)
    orders: list[Order | None] = field(default_factory=list)
    hints: list[Hint] = field(default_factory=list)


class Scan:
    """Pass over a table once. ``groups`` are its keys, ``references`` its foreign keys."""

    def __init__(
        self,
        table: Table[Any],
        checks: list[ColumnCheck],
        groups: list[KeyGroup],
        references: list[Reference],
    ) -> None:
        self.table, self.checks, self.groups, self.references = table, checks, groups, references
        self.hashed = {place for group in groups for place in group.places}
        kept = set(self.hashed)
        for reference in references:
            if kept & set(reference.places):
                kept |= set(reference.places)
        self.store = SuspectStore(table, sorted(kept) if groups else [])
        self._absent: list[Rows] = [np.zeros(0, np.int64)]
        self._begun = False
        self._left = self._pieces()
        self._waiting = self._phase = 0  # suspects to yield, and the first record since
        self._found = False
        self.records, self.hints = table.ahead, Hints(table.fields)
        self._pool: ThreadPoolExecutor | None = None
        self._collected: list[Suspect] | None = None

    def close(self) -> None:
        """End the threads, also within a piece: the interpreter cannot end before they do."""
        for check in self.checks:
            check.cells.cancelled = True
        self._shut()

    def _shut(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def suspects(self) -> Iterator[Suspect]:
        """Yield all suspects. In the end ``records`` is the number of records in the file."""
        if self._collected is not None:
            yield from self._collected
            return
        turn = FIRST_PHASE
        while self.advance(turn):
            yield from self._turn(self._phase)
            turn, self._waiting, self._phase = min(2 * turn, MOST_ROWS), 0, self.records
        yield from self._turn(self._phase)

    def advance(self, most: int = FIRST_PHASE) -> bool:
        """Check pieces until so many suspects wait; return False at the end of the table."""
        while self._waiting < most:
            checked = next(self._left, None)
            if checked is None:
                return False
            self._waiting += self._absorb(checked)
        return True

    def collect(self, most: int = MOST_ROWS) -> list[Suspect] | None:
        """Return all suspects, which ``suspects`` yields again; None if there are ``most`` or more.

        None at once if the pieces before let expect so many.
        """
        read = self.table.done(self.store.pieces[-1]) if self.store.pieces else 0
        if self._waiting * self.table.size >= most * read or self.advance(most):
            return None
        self._collected = list(self._turn(self._phase))
        return self._collected

    def is_clean(self) -> bool:
        """Check pieces until one has a suspect; return whether there is none in the table."""
        for checked in self._left:
            self._waiting += self._absorb(checked)
            if self._found:
                return False
        return not any(len(group.repeated(0)) for group in self.groups)

    def _pieces(self) -> Iterator[Checked]:
        if self.table.threads == 1:
            yield from map(self.check, self.table.pieces())
            return
        self._pool = ThreadPoolExecutor(self.table.threads, thread_name_prefix="xrecord-validate")
        pending: deque[Future[Checked]] = deque()
        try:
            for chunk in self.table.pieces():
                pending.append(self._pool.submit(self.check, chunk))
                if len(pending) > self.table.threads:
                    yield pending.popleft().result()
                    progress.report(self.table.path, self.table.done(chunk), self.table.size)
            while pending:
                yield pending.popleft().result()
        finally:
            self._shut()

    # One piece, in a thread

    def check(self, chunk: Chunk) -> Checked:
        """Parse one piece and prove what can be proved."""
        parsed = self.table.parse(chunk)
        _within_limits(parsed)
        cells, count = parsed.columns, len(parsed.columns[0])
        if not count:
            return self._odd_rows(Checked(chunk, parsed, None, dict(parsed.ragged)), None, {})
        sound, bad = self._references(cells)
        bad = numpy_columns.union(bad, parsed.doubtful)
        hashes: dict[int, Hashes] = {}
        missing: list[Mask | None] = []
        for place, (check, column) in enumerate(zip(self.checks, cells, strict=True)):
            if place in sound and place not in self.hashed and sound[place].all():
                missing.append(None)
                continue
            known = place in parsed.proved
            wanted = place in self.hashed
            proof = check.prove(column, hashed=wanted, skip=sound.get(place), proved=known)
            bad = numpy_columns.union(bad, proof.bad)
            missing.append(proof.missing)
            if proof.hashes is not None:
                hashes[place] = proof.hashes
        blank = _blank(cells, missing)
        checked = Checked(chunk, parsed, numpy_columns.union(bad, blank), dict(parsed.ragged))
        checked.hints = self.table.hints(chunk, cells, self.checks)
        return self._odd_rows(checked, blank, hashes)

    def _references(self, cells: list[pa.Array]) -> tuple[dict[int, Mask], Mask | None]:
        """Return, by column, rows whose cell is a referenced key; and rows without a partner."""
        sound: dict[int, Mask] = {}
        lost: Mask | None = None
        for reference in self.references:
            hits = reference.hits(cells)
            if hits is None:
                lost = numpy_columns.union(lost, reference.lost(cells, None))
                continue
            sound[reference.places[0]] = hits
            if not hits.all():
                lost = numpy_columns.union(lost, reference.lost(cells, ~hits))
        return sound, lost

    def _odd_rows(self, checked: Checked, blank: Mask | None, hashes: dict[int, Hashes]) -> Checked:
        parsed = checked.parsed
        if blank is not None:
            numbers = set(_records(parsed, np.flatnonzero(blank)).tolist())
            checked.odd.update(self.table.blank_lines(checked.chunk, numbers))
        for group in self.groups:
            of_rows = (
                group.hashes(hashes, len(parsed.columns[0])) if hashes else np.zeros(0, np.uint64)
            )
            checked.hashes.append(self._all_hashes(group, parsed, of_rows))
            checked.orders.append(
                self._order(group, parsed) if hashes and parsed.doubtful is None else None
            )
        return checked

    def _order(self, group: KeyGroup, parsed: Parsed) -> Order | None:
        """Return the order of a piece, and the records out of order: ragged ones too."""
        found = group.order(parsed.columns, self.checks)
        if found is None or parsed.rows is None:
            return found
        ragged = np.array([number for number, _ in parsed.ragged], np.int64)
        return Order(found.first, found.last, _union(_records(parsed, found.others), ragged))

    def _all_hashes(self, group: KeyGroup, parsed: Parsed, of_rows: Hashes) -> Hashes:
        if parsed.rows is None:
            return of_rows
        whole = np.full(parsed.records, group.nothing)  # a record without data has no key
        whole[parsed.rows] = of_rows
        for number, cells in parsed.ragged:
            parts = {
                place: np.array(
                    [self.checks[place].hash_of(cells[place] if place < len(cells) else None)],
                    np.uint64,
                )
                for place in group.places
            }
            whole[number] = group.hashes(parts, 1)[0]
        return whole

    # All pieces, in order

    def _absorb(self, checked: Checked) -> int:
        """Add one piece; return the number of suspects in it."""
        chunk, parsed, start = checked.chunk, checked.parsed, self.records
        self.records += parsed.records
        self.hints.add(checked.hints, start, parsed.rows)
        bad = (
            np.zeros(0, np.int64)
            if checked.bad is None
            else _records(parsed, np.flatnonzero(checked.bad))
        )
        certain = _union(bad, np.array(sorted(checked.odd), np.int64))
        certain = certain[certain + start >= self.table.first]
        maybe = np.zeros(0, np.int64)
        skipped = min(max(0, self.table.first - start), parsed.records)
        for group, hashes, order in zip(self.groups, checked.hashes, checked.orders, strict=True):
            if order is not None and skipped:
                others = order.others[order.others >= skipped] - skipped
                order = Order(order.first, order.last, others)
            maybe = _union(maybe, group.add(hashes[skipped:], order) + skipped)
        if self.groups:
            nothing = self._without_key(checked, start)
            certain = _union(certain, nothing[nothing + start >= self.table.first])
        absent = parsed.absent
        absent = absent[absent + start >= self.table.first]
        if len(absent):
            self._absent.append(absent + start)
            certain, maybe = np.setdiff1d(certain, absent), np.setdiff1d(maybe, absent)
        self._found |= bool(len(certain) or checked.hints)
        if (
            not self._begun
        ):  # the first row is always yielded: Frictionless may stop there, for errors in the header
            data = np.arange(max(0, self.table.first - start), parsed.records)
            data = np.setdiff1d(data, absent) if len(absent) else data
            certain, self._begun = _union(certain, data[:1]), bool(len(data))
        piece = Piece(start, parsed.records, chunk.offset, chunk.size, chunk.last, parsed.rows)
        if len(maybe):
            maybe = np.setdiff1d(maybe, certain)
        self.store.add(piece, parsed, certain, maybe, checked.odd)
        return len(certain)

    def _without_key(self, checked: Checked, start: int) -> Rows:
        """Return rows whose primary key has no value at all, which is an error."""
        rows = np.zeros(0, np.int64)
        for group, hashes in zip(self.groups, checked.hashes, strict=True):
            if group.primary:
                rows = np.flatnonzero(hashes == group.nothing)
        return rows

    def _turn(self, phase: int) -> Iterator[Suspect]:
        """Yield the suspects since record ``phase``, and rows that share a key with one."""
        first = self.table.first
        repeated = np.zeros(0, np.int64)
        for group in self.groups:
            repeated = _union(repeated, group.repeated(max(0, phase - first)) + first)
        yield from self.store.take(phase, np.setdiff1d(repeated, self._no_data()))

    def _no_data(self) -> Rows:
        if len(self._absent) > 1:
            self._absent = [np.concatenate(self._absent)]
        return self._absent[0]

    def data_before(self, record: int) -> int:
        """Return how many records of data there are before this one."""
        return max(0, record - self.table.first) - int(np.searchsorted(self._no_data(), record))


def _union(first: Rows, second: Rows) -> Rows:
    """Return the numbers in either: sorted, each once. Most are empty."""
    if not len(first) or not len(second):
        return second if len(second) else first
    return np.union1d(first, second)


def _records(parsed: Parsed, rows: Rows) -> Rows:
    """Return numbers of table rows as numbers of records in the piece."""
    return rows if parsed.rows is None else parsed.rows[rows]


def _blank(cells: list[pa.Array], missing: list[Mask | None]) -> Mask | None:
    """Return rows without any value: every cell is missing, or empty."""
    blank: Mask | None = None
    for column, known in zip(cells, missing, strict=True):
        none = numpy_columns.union(known, numpy_columns.some(numpy_columns.lengths(column) == 0))
        if none is None:
            return None
        blank = none if blank is None else blank & none
        if not blank.any():
            return None
    return blank


def _within_limits(parsed: Parsed) -> None:
    for place, column in enumerate(parsed.columns):
        sizes = numpy_columns.offsets(column)
        if len(sizes) < 2 or int(sizes[-1]) <= LIMITS.cell_chars:
            continue
        longest = int(numpy_columns.lengths(column).max())
        if longest > LIMITS.cell_chars * 4 or (
            longest > LIMITS.cell_chars
            and any(len(text) > LIMITS.cell_chars for text in column.to_pylist())
        ):
            raise make_cell_limit_error(place + 1)
