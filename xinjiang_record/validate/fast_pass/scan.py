"""The first tier: prove rows good, piece by piece on every core, and keep the rest for the second.

``Scan.suspects()`` yields, as (record number from 0, cells), every row that Frictionless could have something to say of, and besides
only rows without any fault. Rows come in order, but for one case: a faultless row whose key is repeated much later is yielded
before the first row that repeats it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from xinjiang_record.limits import LIMITS
from xinjiang_record.validate import progress
from xinjiang_record.validate.beyond_frictionless import Hint, Hints
from xinjiang_record.validate.constraints.arrow_checks import Kernel
from xinjiang_record.validate.constraints.field_rules import long_cell
from xinjiang_record.validate.fast_pass import numpy_columns
from xinjiang_record.validate.fast_pass.duplicate_keys import Group, Order, Rows
from xinjiang_record.validate.fast_pass.foreign_keys import Reference
from xinjiang_record.validate.fast_pass.numpy_columns import Hashes, Mask
from xinjiang_record.validate.fast_pass.suspect_store import Piece, Store, Table
from xinjiang_record.validate.readers.csv_chunks import Parsed

FIRST_PHASE, MOST_ROWS = (
    2_000,
    20_000,
)  # suspects after which the second tier gets its turn: at first, and at most
Suspect = tuple[int, list[Any]]


@dataclass(slots=True)
class Checked:
    """What a worker found in one piece."""

    chunk: Any
    parsed: Parsed
    bad: Mask | None  # by table row
    odd: dict[
        int, list[str]
    ]  # by record of the piece: rows with another number of cells, and blank ones
    hashes: list[Hashes] = field(default_factory=list)  # by group, one for each record
    orders: list[Order | None] = field(
        default_factory=list
    )  # by group, where the rows of the piece are in order
    hints: list[Hint] = field(default_factory=list)


class Scan:
    """One pass over a table. ``groups`` are its keys, ``references`` its foreign keys."""

    def __init__(
        self, plan: Table, kernels: list[Kernel], groups: list[Group], references: list[Reference]
    ) -> None:
        self.plan, self.kernels, self.groups, self.references = plan, kernels, groups, references
        self.hashed = {place for group in groups for place in group.places}
        kept = set(self.hashed)
        for reference in references:
            if kept & set(reference.places):
                kept |= set(reference.places)
        self.store = Store(plan, sorted(kept) if groups else [])
        self._absent: list[Rows] = [np.zeros(0, np.int64)]
        self._begun = False
        self.records, self.hints = plan.ahead, Hints(plan.fields)
        self._pool: ThreadPoolExecutor | None = None

    def close(self) -> None:
        """End the threads, in the middle of a piece too: an interpreter that is to end waits for them."""
        for kernel in self.kernels:
            kernel.memo.stopped = True
        self._shut()

    def _shut(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def suspects(self) -> Iterator[Suspect]:
        """All suspects, as the module says. When it ends, ``records`` is the number of records in the file."""
        turn, begun, phase = FIRST_PHASE, 0, 0
        for checked in self._pieces():
            begun += self._absorb(checked, phase)
            if begun >= turn:
                yield from self._turn(phase)
                turn, begun, phase = min(2 * turn, MOST_ROWS), 0, self.records
        yield from self._turn(phase)

    def _pieces(self) -> Iterator[Checked]:
        if self.plan.threads == 1:
            yield from map(self.check, self.plan.pieces())
            return
        self._pool = ThreadPoolExecutor(self.plan.threads, thread_name_prefix="xrecord-validate")
        waiting: deque[Future[Checked]] = deque()
        try:
            for chunk in self.plan.pieces():
                waiting.append(self._pool.submit(self.check, chunk))
                if len(waiting) > self.plan.threads:
                    yield waiting.popleft().result()
                    progress.tell(self.plan.path, self.plan.done(chunk), self.plan.size)
            while waiting:
                yield waiting.popleft().result()
        finally:
            self._shut()

    # One piece, in a worker

    def check(self, chunk: Any) -> Checked:
        """Parse one piece and prove what can be proved."""
        parsed = self.plan.parse(chunk)
        _within_limits(parsed)
        cells, count = parsed.columns, len(parsed.columns[0])
        if not count:
            return self._odd_rows(Checked(chunk, parsed, None, dict(parsed.ragged)), None, {})
        sound, bad = self._references(cells)
        bad = numpy_columns.union(bad, parsed.doubtful)
        hashes: dict[int, Hashes] = {}
        missing: list[Mask | None] = []
        for place, (kernel, column) in enumerate(zip(self.kernels, cells, strict=True)):
            if place in sound and place not in self.hashed and sound[place].all():
                missing.append(None)
                continue
            proof = kernel.prove(column, hashed=place in self.hashed, skip=sound.get(place))
            bad = numpy_columns.union(bad, proof.bad)
            missing.append(proof.missing)
            if proof.hashes is not None:
                hashes[place] = proof.hashes
        blank = _blank(cells, missing)
        checked = Checked(chunk, parsed, numpy_columns.union(bad, blank), dict(parsed.ragged))
        checked.hints = self.plan.hints(chunk, cells, self.kernels)
        return self._odd_rows(checked, blank, hashes)

    def _references(self, cells: list[pa.Array]) -> tuple[dict[int, Mask], Mask | None]:
        """By column: rows whose cell is proved by being a key that is referred to; and rows that are not found."""
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
            checked.odd.update(self.plan.blank_lines(checked.chunk, numbers))
        for group in self.groups:
            of_rows = (
                group.hashes(hashes, len(parsed.columns[0])) if hashes else np.zeros(0, np.uint64)
            )
            checked.hashes.append(self._all_hashes(group, parsed, of_rows))
            checked.orders.append(
                self._order(group, parsed) if hashes and parsed.doubtful is None else None
            )
        return checked

    def _order(self, group: Group, parsed: Parsed) -> Order | None:
        """The order of a piece, with the records that stand out of it: those with another number of cells too."""
        found = group.order(parsed.columns, self.kernels)
        if found is None or parsed.rows is None:
            return found
        ragged = np.array([number for number, _ in parsed.ragged], np.int64)
        return Order(found.first, found.last, np.union1d(_records(parsed, found.others), ragged))

    def _all_hashes(self, group: Group, parsed: Parsed, of_rows: Hashes) -> Hashes:
        if parsed.rows is None:
            return of_rows
        whole = np.full(parsed.records, group.nothing)  # what is no data has no key
        whole[parsed.rows] = of_rows
        for number, cells in parsed.ragged:
            parts = {
                place: np.array(
                    [self.kernels[place].hash_of(cells[place] if place < len(cells) else None)],
                    np.uint64,
                )
                for place in group.places
            }
            whole[number] = group.hashes(parts, 1)[0]
        return whole

    # All pieces, in order

    def _absorb(self, checked: Checked, phase: int) -> int:
        """Take over what is needed of one piece; the number of suspects in it."""
        chunk, parsed, start = checked.chunk, checked.parsed, self.records
        self.records += parsed.records
        self.hints.add(checked.hints, start, parsed.rows)
        bad = (
            np.zeros(0, np.int64)
            if checked.bad is None
            else _records(parsed, np.flatnonzero(checked.bad))
        )
        certain = np.union1d(bad, np.fromiter(checked.odd, np.int64, len(checked.odd)))
        certain = certain[certain + start >= self.plan.first]
        maybe = np.zeros(0, np.int64)
        skipped = min(max(0, self.plan.first - start), parsed.records)
        for group, hashes, order in zip(self.groups, checked.hashes, checked.orders, strict=True):
            if order is not None and skipped:
                others = order.others[order.others >= skipped] - skipped
                order = Order(order.first, order.last, others)
            maybe = np.union1d(maybe, group.add(hashes[skipped:], order) + skipped)
        if self.groups:
            nothing = self._without_key(checked, start)
            certain = np.union1d(certain, nothing[nothing + start >= self.plan.first])
        absent = parsed.absent
        absent = absent[absent + start >= self.plan.first]
        if len(absent):
            self._absent.append(absent + start)
            certain, maybe = np.setdiff1d(certain, absent), np.setdiff1d(maybe, absent)
        if (
            not self._begun
        ):  # the first row is always given: the reading may stop with it, for errors in the header
            data = np.setdiff1d(np.arange(max(0, self.plan.first - start), parsed.records), absent)
            certain, self._begun = np.union1d(certain, data[:1]), bool(len(data))
        piece = Piece(start, parsed.records, chunk.offset, chunk.size, chunk.last, parsed.rows)
        self.store.add(piece, parsed, certain, np.setdiff1d(maybe, certain), checked.odd)
        return len(certain)

    def _without_key(self, checked: Checked, start: int) -> Rows:
        """Rows whose primary key has no value at all, which is an error."""
        rows = np.zeros(0, np.int64)
        for group, hashes in zip(self.groups, checked.hashes, strict=True):
            if group.primary:
                rows = np.flatnonzero(hashes == group.nothing)
        return rows

    def _turn(self, phase: int) -> Iterator[Suspect]:
        """Yield the suspects since record ``phase``, and what shares a key with one of them."""
        first = self.plan.first
        repeated = np.zeros(0, np.int64)
        for group in self.groups:
            repeated = np.union1d(repeated, group.repeated(max(0, phase - first)) + first)
        yield from self.store.take(phase, np.setdiff1d(repeated, self._no_data()))

    def _no_data(self) -> Rows:
        if len(self._absent) > 1:
            self._absent = [np.concatenate(self._absent)]
        return self._absent[0]

    def data_before(self, record: int) -> int:
        """How many records of data there are before this one."""
        return max(0, record - self.plan.first) - int(np.searchsorted(self._no_data(), record))


def _records(parsed: Parsed, rows: Rows) -> Rows:
    """Numbers of table rows as numbers of records in the piece."""
    return rows if parsed.rows is None else parsed.rows[rows]


def _blank(cells: list[pa.Array], missing: list[Mask | None]) -> Mask | None:
    """Rows without any value: every cell is missing, or empty."""
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
            raise long_cell(place + 1)
