"""Read the keys that a foreign key may refer to, with Arrow, and find rows without a partner."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xinjiang_record import numpy_columns
from xinjiang_record.numpy_columns import Mask, text_array
from xinjiang_record.validate.fast_pass.arrow_checks import ColumnCheck
from xinjiang_record.validate.readers.csv_chunks import Parsed

FEW = 100  # lookups before a Python set is made of many texts


class ReferenceKeys:
    """Hold a set of tuples of cast cells, as Frictionless has it.

    ``texts`` are its members if they are single plain texts.
    """

    def __init__(
        self, members: Iterable[tuple[Any, ...]] = (), texts: pa.Array | None = None
    ) -> None:
        self._members = set(members)
        self._pending = texts
        self._lookups = 0
        self.texts = texts

    def __contains__(self, cells: object) -> bool:
        pending = self._pending  # another thread may set it to None
        if pending is not None:
            self._lookups += 1
            if self._lookups <= FEW and isinstance(cells, tuple) and isinstance(cells[0], str):
                return bool(pc.index(pending, text_array(cells)[0]).as_py() >= 0)
            self._members.update((text,) for text in pending.to_pylist())
            self._pending = None
        return cells in self._members


class DistinctTexts:
    """Collect the distinct values of one text column over many pieces."""

    def __init__(self) -> None:
        self._parts: list[pa.Array] = []
        self._count = 0

    def add(self, column: pa.Array, keep: Mask | None) -> None:
        """Add the texts of a column, or those of some rows."""
        distinct = pc.unique(column if keep is None else numpy_columns.nulled(column, ~keep))
        self._parts.append(pc.drop_null(distinct))
        self._count += len(distinct)
        if self._count > 1_000_000:
            self._parts = [self.merged()]
            self._count = 0

    def merged(self) -> pa.Array:
        """Return all distinct texts."""
        if not self._parts:
            return text_array([])
        whole = pa.concat_arrays(self._parts) if len(self._parts) > 1 else self._parts[0]
        return pc.unique(whole)


class Reference:
    """Hold one foreign key of the table that is checked: which rows of a piece have a partner."""

    def __init__(
        self, places: tuple[int, ...], checks: list[ColumnCheck], known: ReferenceKeys
    ) -> None:
        self.places, self._checks, self._known = places, checks, known
        self._answers: dict[tuple[str, ...], bool] = {}
        self.sound: pa.Array | None = None
        if len(places) == 1 and known.texts is not None and checks[places[0]].is_text:
            self._prepare(checks[places[0]], known.texts)

    def _prepare(self, check: ColumnCheck, texts: pa.Array) -> None:
        """Keep the keys that are good for the field too: such a cell needs no other proof."""
        proof = check.prove(texts)
        bad = numpy_columns.union(proof.bad, proof.missing)
        self.sound = texts if bad is None else texts.filter(pc.invert(numpy_columns.arrow(bad)))

    def hits(self, cells: list[pa.Array]) -> Mask | None:
        """Return rows whose cell is good and has a partner; None without such a shortcut."""
        if self.sound is None:
            return None
        column, known = cells[self.places[0]], self.sound
        if len(known) > 8 * len(column):  # Arrow hashes all of the set that it looks in, each time
            known = known.filter(pc.is_in(known, value_set=pc.unique(column)))
        return numpy_columns.is_in(column, known)

    def lost(self, cells: list[pa.Array], rows: Mask | None) -> Mask | None:
        """Return rows (of ``rows``, None for all) whose cells have no partner."""
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
        answer = self._answers.get(texts)
        if answer is None:
            if len(self._answers) > 500_000:
                self._answers = {}
            values = tuple(
                self._checks[p].cells(text)[1] for p, text in zip(self.places, texts, strict=True)
            )
            answer = self._answers[texts] = self._has_partner(values)
        return answer

    def _has_partner(self, values: tuple[Any, ...]) -> bool:
        try:
            return set(values) == {None} or values in self._known
        except Exception:  # no hash: Frictionless raises when it comes to it
            return False


def read_keys(
    pieces: Iterable[Parsed], places: tuple[int | None, ...], checks: list[ColumnCheck | None]
) -> ReferenceKeys:
    """Return the distinct keys of a referenced table, piece by piece.

    ``places`` are the columns of the key; None means a column that the table lacks.
    """
    (place, *more), (check, *_) = places, checks
    if not more and check is not None and place is not None and check.is_text:
        return _single(pieces, place, check)
    return _tuples(pieces, places, checks)


def _tuples(
    pieces: Iterable[Parsed], places: tuple[int | None, ...], checks: list[ColumnCheck | None]
) -> ReferenceKeys:
    distinct: set[tuple[str | None, ...]] = set()
    for piece in pieces:
        nothing = [None] * len(piece.columns[0])
        lists = [
            piece.columns[place].to_pylist() if place is not None else nothing for place in places
        ]
        distinct.update(zip(*lists, strict=True))
        distinct.update(tuple(_cell(cells, place) for place in places) for _, cells in piece.ragged)
    values = (_values(texts, checks) for texts in distinct)
    return ReferenceKeys(item for item in values if set(item) != {None})


def _cell(cells: list[str], place: int | None) -> str | None:
    return cells[place] if place is not None and place < len(cells) else None


def _values(texts: tuple[str | None, ...], checks: list[ColumnCheck | None]) -> tuple[Any, ...]:
    return tuple(
        check.cells(text)[1] if check is not None and text is not None else None
        for text, check in zip(texts, checks, strict=True)
    )


def _single(pieces: Iterable[Parsed], place: int, check: ColumnCheck) -> ReferenceKeys:
    texts = DistinctTexts()
    for piece in pieces:
        column = piece.columns[place]
        missing = check.missing(column)
        drop = missing
        if check.format != "default":
            proof = check.prove(column)
            drop = numpy_columns.union(proof.bad, missing)
            _add_values(
                texts,
                [] if proof.bad is None else numpy_columns.texts(column, np.flatnonzero(proof.bad)),
                check,
            )
        texts.add(column, None if drop is None else ~drop)
        _add_values(texts, [cells[place] for _, cells in piece.ragged if place < len(cells)], check)
    return ReferenceKeys(texts=texts.merged())


def _add_values(texts: DistinctTexts, found: list[str], check: ColumnCheck) -> None:
    """Add cells that break a constraint: they are values, unless they are not of the type."""
    values = [check.cells(text)[1] for text in found]
    if kept := [str(value) for value in values if value is not None]:
        texts.add(text_array(kept), None)
