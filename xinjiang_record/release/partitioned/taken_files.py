"""Write and prove the files of parts that are taken over, from the files of the release before.

    write_taken(part)     its files: copied, or with the replaced lines and columns put into them
    verify_taken(part)    as ``verify_part``; the part was proved when the old files were verified,
                          so only the difference is compared with the rows

What is read of an old part must have the SHA-256 that was noted when it was written and verified.
The files have the bytes that ``write_part`` would write.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from xinjiang_record import files
from xinjiang_record.release.partitioned import parquet_chunks, steps
from xinjiang_record.release.partitioned.steps import Job, Origins
from xinjiang_record.release.partitioned.taken_parts import (
    AT,
    OldPart,
    TakenPart,
    read_checked,
    read_replaced,
    read_taken,
)
from xinjiang_record.release.tables.csv_text import encode_batch
from xinjiang_record.release.tables.file_info import FileInfo
from xinjiang_record.release.tables.read import find_parquet_problems
from xinjiang_record.release.tables.row_order import split_into_batches
from xinjiang_record.release.tables.write import WrittenFile, open_parquet_writer
from xinjiang_record.schema.load import arrow_schema

Pieces: TypeAlias = Sequence[memoryview]
HEADER = 1  # line before the first row
AT_ONCE = 32  # pieces


def write_taken(
    job: Job, part: TakenPart, csv: Path, parquet: Path
) -> tuple[WrittenFile, WrittenFile]:
    """Write a part into a release, with the bytes that ``write_part`` gives the same rows."""
    old, (text, digest) = read_checked(part.old), files.read_and_hash(part.old.csv)
    columns: bytes | None = old
    pieces: Pieces | None = [text]
    if digest != part.old.csv_sha256:
        pieces = None
    elif part.replaced is not None:
        before, after = read_replaced(part.replaced)
        pieces = _replace_lines(text, part.rows, before, after)
        columns = _replace_chunks(job, part.old.number, old, before, after)
    if pieces is None or columns is None:
        return steps.write_rows(job, read_taken(job, part), csv, parquet)
    return _write(csv, pieces), _write(parquet, [memoryview(columns)])


def _write(path: Path, pieces: Pieces) -> WrittenFile:
    with (
        steps.replaced_file(path, keep=True) as temporary,
        files.NewFile(temporary, files.leave_unflushed) as out,
    ):
        for block in _join(pieces):
            out.write(block)
    return WrittenFile(out.bytes, out.sha256)


def _join(pieces: Pieces) -> Iterator[bytes | memoryview]:
    """Yield pieces, some at a time, as a line is too little to work on."""
    if len(pieces) == 1:
        yield pieces[0]
    else:
        for first in range(0, len(pieces), AT_ONCE):
            yield b"".join(pieces[first : first + AT_ONCE])


def _replace_lines(text: memoryview, rows: int, old: pa.Table, new: pa.Table) -> Pieces | None:
    """Return the CSV with the lines of ``new`` where it has those of ``old``.

    None where it has other lines there, or where a cell holds a line break.
    """
    at, starts = old[AT].to_numpy() + HEADER, _find_lines(text)
    lines, replacing = (encode_batch(steps.as_one_batch(side.drop([AT]))) for side in (old, new))
    ends = _find_lines(replacing)
    if len(starts) != HEADER + rows + 1 or len(ends) != len(new) + 1:
        return None
    places = list(zip(starts[at].tolist(), starts[at + 1].tolist(), strict=True))
    if b"".join(text[start:stop] for start, stop in places) != bytes(lines):
        return None
    pieces, done = [], 0
    for (start, stop), (first, last) in zip(places, pairwise(ends.tolist()), strict=True):
        pieces += [text[done:start], replacing[first:last]]
        done = stop
    return [*pieces, text[done:]]


def _find_lines(text: memoryview) -> Origins:
    """Return where each line of a text begins, and where the last one ends."""
    ends = np.flatnonzero(np.frombuffer(text, np.uint8) == ord("\n"))
    return np.concatenate([[0], ends + 1])


def _replace_chunks(
    job: Job, number: int, columns: bytes, before: pa.Table, after: pa.Table
) -> bytes | None:
    """Return the Parquet file with the columns that changed; None where another program wrote it.

    The changed columns are written as a file of their own.
    """
    names = _changed_columns(before, after)
    table = _put(_read_columns(job, columns, names), after)
    path = job.folder / f"columns-{number:05}.parquet"
    with steps.replaced_file(path) as temporary:
        first = next(split_into_batches(table))
        with open_parquet_writer(temporary, _schema_of(job, names), first) as out:
            for batch in split_into_batches(table):
                out.write_batch(batch)
        new = temporary.read_bytes()
    steps.delete_files([path])
    return _replace_columns(columns, new, names)


def _changed_columns(before: pa.Table, after: pa.Table) -> list[str]:
    return [name for name in after.column_names if not before[name].equals(after[name])]


def _schema_of(job: Job, names: list[str]) -> dict[str, Any]:
    return {**job.schema, "fields": [f for f in job.schema["fields"] if f["name"] in names]}


def _read_columns(job: Job, columns: bytes | memoryview, names: list[str]) -> pa.Table:
    with pq.ParquetFile(pa.BufferReader(columns)) as file:
        table = file.read(columns=names, use_threads=False)
    return table.cast(arrow_schema(_schema_of(job, names)))


def _put(table: pa.Table, rows: pa.Table) -> pa.Table:
    """Return columns of a part with the values of ``rows`` in their places."""
    order = np.arange(len(table))
    order[rows[AT].to_numpy()] = np.arange(len(table), len(table) + len(rows))
    return pa.concat_tables([table, rows.select(table.column_names)]).take(pa.array(order))


def verify_taken(
    job: Job, part: TakenPart, release: Path, csv: FileInfo, parquet: FileInfo
) -> tuple[list[str], int, list[Any], list[Any]]:
    """Return what ``verify_part`` returns.

    The old files were verified when they were written: they hold the same rows, in the order of
    their keys. So do these, if they hold the new values in the replaced rows, and are the old files
    once the old values are put back.
    """
    held = []
    for info in (csv, parquet):
        data, digest = files.read_and_hash(release / info.path)
        if digest != info.sha256:
            return steps.report_other_bytes(release / info.path)
        held.append(data)
    if part.replaced is None:
        is_proved = (csv.sha256, parquet.sha256) == (part.old.csv_sha256, part.old.parquet_sha256)
    else:
        is_proved = _is_replaced(job, part.old, part.replaced, *held)
    if not is_proved:
        return steps.verify_part(job, release, csv, parquet)
    problems = list(find_parquet_problems(release / parquet.path, job.schema))
    with pq.ParquetFile(pa.BufferReader(held[1])) as file:
        ends = [
            file.read_row_group(number, columns=job.key, use_threads=False)
            for number in (0, file.num_row_groups - 1)
        ]
    first, last = (
        [keys[name][row].as_py() for name in job.key]
        for keys, row in zip(ends, (0, -1), strict=True)
    )
    return problems, part.rows, first, last


def _is_replaced(
    job: Job, old: OldPart, replaced: Path, text: memoryview, columns: memoryview
) -> bool:
    """Return whether a CSV and a Parquet file are the old ones with the replaced rows.

    False too where that takes a reader of all rows.
    """
    before, after = read_replaced(replaced)
    names, old_columns = _changed_columns(before, after), read_checked(old)
    values, old_values = (_read_columns(job, data, names) for data in (columns, old_columns))
    if not (
        values.take(after[AT]).equals(after.select(names))
        and _put(values, before).equals(old_values)
        and _replace_columns(bytes(columns), old_columns, names) == old_columns
    ):
        return False
    pieces = _replace_lines(text, old.rows, after, before)
    return pieces is not None and _are_equal(pieces, old.csv.read_bytes())


def _are_equal(pieces: Pieces, data: bytes) -> bool:
    done, known = 0, pa.py_buffer(data)
    if sum(map(len, pieces)) != len(data):
        return False
    for block in _join(pieces):
        # Python compares a memoryview byte by byte
        if not known.slice(done, len(block)).equals(pa.py_buffer(block)):
            return False
        done += len(block)
    return True


def _replace_columns(old: bytes, new: bytes, names: list[str]) -> bytes | None:
    try:
        return parquet_chunks.replace_columns(old, new, names)
    except (ValueError, KeyError):
        return None
