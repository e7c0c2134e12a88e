"""Find what changed between two versions of a table, field by field.

Both versions come sorted by key, so that memory holds two windows and not two tables. A change is
a row of ``CHANGES``: table, op, record, field, old, new, reason, source. Values are canonical text,
empty for null.

    add      the record is new: one row for each filled field, the key's included
    restore  the same, for a record that an earlier version retracted
    retract  the record is gone: one row for each field that was filled
    change   one row for each field that differs

A record's name is its key; a key of several parts is one CSV line of them. So a version's rows and
the changes give the next version's rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from xinjiang_record.numpy_columns import text_scalar
from xinjiang_record.release.tables.csv_text import join_texts, quote_cells
from xinjiang_record.schema.cell_text import to_text

CHANGES = ("table", "op", "record", "field", "old", "new", "reason", "source")
Batches = Iterator[pa.RecordBatch]


@dataclass(frozen=True, slots=True)
class Side:
    """Hold one version of a table: its key, its types, and its canonical batches."""

    key: Sequence[str]
    types: pa.Schema
    batches: Batches

    @property
    def key_types(self) -> list[tuple[str, pa.DataType]]:
        """Return the fields of the key with their types."""
        return [(name, self.types.field(name).type) for name in self.key]


def diff_table(old: Side, new: Side) -> Iterator[pa.Table]:
    """Yield the changes from ``old`` to ``new``, as tables of op, record, field, old, new.

    All rows of one record are in one of these tables. Where the key itself changed, every record is
    retracted and added.
    """
    if old.key_types != new.key_types:
        yield from (
            _whole("retract", pa.Table.from_batches([batch]), old.key).drop("at")
            for batch in old.batches
        )
        yield from (
            _whole("add", pa.Table.from_batches([batch]), new.key).drop("at")
            for batch in new.batches
        )
        return
    for before, after in _windows(old, new):
        parts = [part for part in _window(before, after, list(new.key)) if part.num_rows]
        if parts:
            yield (
                pa.concat_tables(parts)
                .sort_by([("record", "ascending"), ("at", "ascending")])
                .drop("at")
            )


def _windows(old: Side, new: Side) -> Iterator[tuple[pa.Table | None, pa.Table | None]]:
    """Yield pairs of slices that hold the same range of keys."""
    waiting: pa.Table | None = None
    for batch in new.batches:
        after = pa.Table.from_batches([batch])
        bound = [after[name][-1] for name in new.key]
        while (
            waiting is None
            or not waiting.num_rows
            or _is_before(waiting.slice(waiting.num_rows - 1), new.key, bound)
        ):
            more = next(old.batches, None)
            if more is None:
                break
            parts = [waiting] if waiting is not None and waiting.num_rows else []
            waiting = pa.concat_tables([*parts, pa.Table.from_batches([more])])
        if waiting is None or not waiting.num_rows:
            yield None, after
            continue
        cut = count_rows_up_to(waiting, new.key, bound)
        yield waiting.slice(0, cut), after
        waiting = waiting.slice(cut)
    if waiting is not None and waiting.num_rows:
        yield waiting, None
    for batch in old.batches:
        yield pa.Table.from_batches([batch]), None


def _is_before(row: pa.Table, key: Sequence[str], bound: Sequence[pa.Scalar]) -> bool:
    """Return whether the key of one row is below the bound."""
    return [row[name][0] for name in key] != bound and bool(count_rows_up_to(row, key, bound))


def count_rows_up_to(table: pa.Table, key: Sequence[str], bound: Sequence[pa.Scalar]) -> int:
    """Return how many rows of a sorted table have a key that is not above the bound."""
    within: Any = None
    for name, value in reversed(list(zip(key, bound, strict=True))):
        column = table[name]
        last = pc.less_equal(column, value) if within is None else None
        within = (
            last
            if last is not None
            else pc.or_(pc.less(column, value), pc.and_(pc.equal(column, value), within))
        )
    return int(pc.sum(within).as_py() or 0)


def _window(before: pa.Table | None, after: pa.Table | None, key: list[str]) -> Iterator[pa.Table]:
    if before is None or after is None:
        table, op = (after, "add") if before is None else (before, "retract")
        if table is not None:
            yield _whole(op, table, key)
        return
    old_names, new_names = name_records(before, key), name_records(after, key)
    if not old_names.equals(new_names):
        gone = pc.invert(pc.is_in(old_names, value_set=new_names))
        found = pc.index_in(new_names, value_set=old_names)
        yield _whole("retract", before.filter(gone), key)
        yield _whole("add", after.filter(pc.is_null(found)), key)
        here = pc.is_valid(found)
        before, after, new_names = (
            before.take(pc.drop_null(found)),
            after.filter(here),
            new_names.filter(here),
        )
    yield from _changed(before, after, new_names, key)


def _changed(
    before: pa.Table, after: pa.Table, names: pa.Array, key: Sequence[str]
) -> Iterator[pa.Table]:
    """Yield the changes of common records, field by field.

    A field that only the new side has was empty before. A field that only the old side has was
    removed with the structure, which is not a change of rows.
    """
    for at, field in enumerate(after.column_names):
        if field in key:
            continue
        new = merge_chunks(after[field])
        old = (
            merge_chunks(before[field])
            if field in before.column_names
            else pa.nulls(len(new), new.type)
        )
        if new.equals(old):
            continue
        if old.type != new.type:
            old, new = to_text(old), to_text(new)
        # A null is unlike every value and like another null.
        differs = pc.coalesce(pc.not_equal(old, new), pc.xor(pc.is_null(old), pc.is_null(new)))
        yield _rows(
            "change", names.filter(differs), field, at, old.filter(differs), new.filter(differs)
        )


def _whole(op: str, table: pa.Table, key: Sequence[str]) -> pa.Table:
    """Return every filled field of every record, as added or retracted."""
    names, parts = name_records(table, key), []
    for at, field in enumerate(table.column_names):
        values = to_text(merge_chunks(table[field]))
        nothing, filled = pa.nulls(len(values), pa.string()), pc.is_valid(values)
        old, new = (values, nothing) if op == "retract" else (nothing, values)
        parts.append(_rows(op, names, field, at, old, new).filter(filled))
    return pa.concat_tables(parts)


def _rows(op: str, names: pa.Array, field: str, at: int, old: pa.Array, new: pa.Array) -> pa.Table:
    count = len(names)
    return pa.table(
        {
            "op": pa.repeat(text_scalar(op), count),
            "record": names,
            "field": pa.repeat(text_scalar(field), count),
            "old": to_text(old).cast(pa.string()),
            "new": to_text(new).cast(pa.string()),
            "at": pa.repeat(text_scalar(str(at)).cast(pa.int32()), count),
        }
    )


def name_records(table: pa.Table, key: Sequence[str]) -> pa.Array:
    """Return the name of each record: its key as text."""
    if len(key) == 1:
        return to_text(merge_chunks(table[key[0]])).cast(pa.string())
    parts = [quote_cells(to_text(merge_chunks(table[name]))) for name in key]
    return join_texts(*parts, between=text_scalar(","))


def merge_chunks(column: pa.ChunkedArray) -> pa.Array:
    """Return a column as one array."""
    if column.num_chunks == 1:
        return column.chunk(0)
    column = column.combine_chunks()
    return pa.concat_arrays(column.chunks) if isinstance(column, pa.ChunkedArray) else column


def count_records(part: pa.Table, seen: dict[str, int]) -> None:
    """Add the records of one part of the changes to ``seen``, by op."""
    for op in part["op"].unique().to_pylist():
        seen[op] = seen.get(op, 0) + len(
            part.filter(pc.equal(part["op"], text_scalar(op)))["record"].unique()
        )


def count_totals(counted: Mapping[str, int]) -> dict[str, int]:
    """Return the counts in words, for the ledger."""
    words = {"add": "added", "change": "changed", "retract": "retracted", "restore": "restored"}
    return {word: counted.get(op, 0) for op, word in words.items()}
