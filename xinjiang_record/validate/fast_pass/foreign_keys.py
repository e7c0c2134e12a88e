"""What a foreign key may refer to: the values of the referenced columns, read at Arrow speed where kernels know them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xinjiang_record.validate.constraints.arrow_checks import Kernel
from xinjiang_record.validate.fast_pass import numpy_columns
from xinjiang_record.validate.fast_pass.numpy_columns import Mask
from xinjiang_record.validate.readers.csv_chunks import Parsed

FEW = 100  # questions before a set of Python's own is made of many texts


class Known:
    """A set of tuples of cast cells, as Frictionless keeps it; ``texts`` are its members if they are single plain texts."""

    def __init__(
        self, members: Iterable[tuple[Any, ...]] = (), texts: pa.Array | None = None
    ) -> None:
        self._members = set(members)
        self._pending = texts
        self._asked = 0
        self.texts = texts

    def __contains__(self, cells: object) -> bool:
        pending = self._pending  # which another thread may take away
        if pending is not None:
            self._asked += 1
            if self._asked <= FEW and isinstance(cells, tuple) and isinstance(cells[0], str):
                return bool(pc.index(pending, numpy_columns.strings(cells)[0]).as_py() >= 0)
            self._members.update((text,) for text in pending.to_pylist())
            self._pending = None
        return cells in self._members


class Texts:
    """Gathers the distinct values of one text column over many pieces."""

    def __init__(self) -> None:
        self._parts: list[pa.Array] = []
        self._waiting = 0

    def add(self, column: pa.Array, keep: Mask | None) -> None:
        distinct = pc.unique(column if keep is None else numpy_columns.nulled(column, ~keep))
        self._parts.append(pc.drop_null(distinct))
        self._waiting += len(distinct)
        if self._waiting > 1_000_000:
            self._parts = [self.merged()]
            self._waiting = 0

    def merged(self) -> pa.Array:
        if not self._parts:
            return numpy_columns.strings([])
        whole = pa.concat_arrays(self._parts) if len(self._parts) > 1 else self._parts[0]
        return pc.unique(whole)


class Reference:
    """One foreign key of the table that is checked: which rows of a piece are sure to be found."""

    def __init__(self, places: tuple[int, ...], kernels: list[Kernel], known: Known) -> None:
        self.places, self._kernels, self._known = places, kernels, known
        self._memo: dict[tuple[str, ...], bool] = {}
        self.sound: pa.Array | None = None
        if len(places) == 1 and known.texts is not None and kernels[places[0]].is_text:
            self._prepare(kernels[places[0]], known.texts)

    def _prepare(self, kernel: Kernel, texts: pa.Array) -> None:
        """Keep the known values that are good for the field too: a cell that is one of them needs no other proof."""
        proof = kernel.prove(texts)
        bad = numpy_columns.union(proof.bad, proof.missing)
        self.sound = texts if bad is None else texts.filter(pc.invert(numpy_columns.arrow(bad)))

    def hits(self, cells: list[pa.Array]) -> Mask | None:
        """Rows whose single cell is good and found; None if this reference has no such shortcut."""
        if self.sound is None:
            return None
        column, known = cells[self.places[0]], self.sound
        if len(known) > 8 * len(column):  # Arrow hashes all of the set that it looks in, each time
            known = known.filter(pc.is_in(known, value_set=pc.unique(column)))
        return numpy_columns.is_in(column, known)

    def lost(self, cells: list[pa.Array], rows: Mask | None) -> Mask | None:
        """Rows (of those in ``rows``, None for all) whose cells are not found."""
        count = len(cells[0])
        where = np.arange(count) if rows is None else np.flatnonzero(rows)
        if not len(where):
            return None
        found = [
            self._found(key)
            for key in zip(
                *(numpy_columns.texts(cells[p], where) for p in self.places), strict=True
            )
        ]
        lost = np.zeros(count, np.bool_)
        lost[where] = ~np.fromiter(found, np.bool_, len(found))
        return numpy_columns.some(lost)

    def _found(self, texts: tuple[str, ...]) -> bool:
        answer = self._memo.get(texts)
        if answer is None:
            if len(self._memo) > 500_000:
                self._memo = {}
            values = tuple(
                self._kernels[p].memo(text)[1] for p, text in zip(self.places, texts, strict=True)
            )
            answer = self._memo[texts] = self._judge(values)
        return answer

    def _judge(self, values: tuple[Any, ...]) -> bool:
        try:
            return set(values) == {None} or values in self._known
        except Exception:  # no hash: Frictionless raises when it comes to it
            return False


def members(
    pieces: Iterable[Parsed], places: tuple[int | None, ...], kernels: list[Kernel | None]
) -> Known:
    """The distinct keys of a referenced table, piece by piece. ``places`` are the key's columns; None stands for one that it lacks."""
    (place, *more), (kernel, *_) = places, kernels
    if not more and kernel is not None and place is not None and kernel.is_text:
        return _single(pieces, place, kernel)
    return _tuples(pieces, places, kernels)


def _tuples(
    pieces: Iterable[Parsed], places: tuple[int | None, ...], kernels: list[Kernel | None]
) -> Known:
    distinct: set[tuple[str | None, ...]] = set()
    for piece in pieces:
        nothing = [None] * len(piece.columns[0])
        lists = [
            piece.columns[place].to_pylist() if place is not None else nothing for place in places
        ]
        distinct.update(zip(*lists, strict=True))
        distinct.update(tuple(_cell(cells, place) for place in places) for _, cells in piece.ragged)
    values = (_values(texts, kernels) for texts in distinct)
    return Known(item for item in values if set(item) != {None})


def _cell(cells: list[str], place: int | None) -> str | None:
    return cells[place] if place is not None and place < len(cells) else None


def _values(texts: tuple[str | None, ...], kernels: list[Kernel | None]) -> tuple[Any, ...]:
    return tuple(
        kernel.memo(text)[1] if kernel is not None and text is not None else None
        for text, kernel in zip(texts, kernels, strict=True)
    )


def _single(pieces: Iterable[Parsed], place: int, kernel: Kernel) -> Known:
    texts = Texts()
    for piece in pieces:
        column = piece.columns[place]
        missing = kernel.missing(column)
        drop = missing
        if kernel.format != "default":
            proof = kernel.prove(column)
            drop = numpy_columns.union(proof.bad, missing)
            _add_values(
                texts,
                [] if proof.bad is None else numpy_columns.texts(column, np.flatnonzero(proof.bad)),
                kernel,
            )
        texts.add(column, None if drop is None else ~drop)
        _add_values(
            texts, [cells[place] for _, cells in piece.ragged if place < len(cells)], kernel
        )
    return Known(texts=texts.merged())


def _add_values(texts: Texts, found: list[str], kernel: Kernel) -> None:
    """A cell that breaks a constraint is still a value; one that is not of the type, or missing, is none."""
    values = [kernel.memo(text)[1] for text in found]
    if kept := [value for value in values if value is not None]:
        texts.add(numpy_columns.strings(kept), None)
