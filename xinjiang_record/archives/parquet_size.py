"""Bound what a Parquet file becomes in memory, before its rows are read; compare its counts.

A column of equal values takes a few bytes, however many rows it has, and a long text that a file
holds once can stand in every row. So the limit ``compression_ratio`` holds for the rows too.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xinjiang_record.archives.parquet_footer import check_chunks
from xinjiang_record.errors import LimitError, ReadError
from xinjiang_record.limits import LIMITS, RATIO_FREE_BYTES

STATE = "Nothing was read."
ROWS = 65_536  # whose texts are measured at once
NESTED_BYTES = 8  # of a value whose type has no width of its own


def check_parquet_size(source: str | pa.Buffer, shown: str) -> None:
    """Check that the rows of a Parquet file are not much larger than it is; other files pass.

    Its number of columns is checked too, and that its footer gives one number of rows.

    Args:
        source: The path of the file, or its bytes.
        shown: Its name in messages.

    Raises:
        LimitError: The rows take more memory than the limit ``compression_ratio`` allows, or the
            file has more columns than ``field_count``.
        ReadError: The footer contradicts itself.
    """
    size = os.stat(source).st_size if isinstance(source, str) else int(source.size)
    most = max(RATIO_FREE_BYTES, LIMITS.compression_ratio * size)
    try:
        found = _rows_bytes(source, most)
    except (LimitError, ReadError) as error:
        raise type(error)(f"{shown}: {error}. {STATE}") from error
    except (pa.ArrowException, OSError):
        return  # whoever reads it says why it cannot be read
    if found > most:
        raise LimitError(
            f"{shown}: {size} bytes whose rows take at least {found} in memory, over the limit "
            f"compression_ratio ({LIMITS.compression_ratio}). {STATE}"
        )


def _rows_bytes(source: str | pa.Buffer, most: int) -> int:
    """Return how much memory the rows take, at least; once that is over ``most``, no more.

    Raises:
        LimitError: The file has too many columns.
        ReadError: Its counts of rows differ.
    """
    with _open(source) as file:
        meta = file.metadata
        if meta.num_columns > LIMITS.field_count:
            raise LimitError(
                f"{meta.num_columns} columns, over the limit field_count ({LIMITS.field_count})"
            )
        check_chunks(source, meta)
        groups = [meta.row_group(number) for number in range(meta.num_row_groups)]
        _compare_counts(meta, groups)
        width = sum(map(_width, file.schema_arrow.types))
        found: int = max(int(meta.num_rows) * width, sum(group.total_byte_size for group in groups))
        texts = [field.name for field in file.schema_arrow if _is_text(field.type)]
        if meta.num_columns != len(file.schema_arrow.names):
            return found  # a type with others inside, which no table of texts has
        places = {name: file.schema_arrow.names.index(name) for name in texts}
    for name, place in places.items():
        columns = [group.column(place) for group in groups]
        # No text is longer than all that the column chunk holds.
        if found + sum(one.num_values * one.total_uncompressed_size for one in columns) <= most:
            continue
        with _open(source, [name]) as file:
            longest = [_longest_text(file, number, name) for number in range(len(groups))]
            if (
                found
                + sum(one.num_values * length for one, length in zip(columns, longest, strict=True))
                > most
            ):
                for length in _text_bytes(file, name):
                    found += length
                    if found > most:
                        return found
    return found


def _compare_counts(meta: pq.FileMetaData, groups: Sequence[pq.RowGroupMetaData]) -> None:
    """Raise ReadError where file, row groups and columns give different numbers of rows.

    Arrow reads as many rows as one of them says, and other readers as another says.
    """
    found = sum(group.num_rows for group in groups)
    if meta.num_rows != found or any(group.num_rows < 0 for group in groups):
        raise ReadError(f"the footer says {meta.num_rows} rows, and its row groups say {found}")
    columns = [meta.schema.column(place) for place in range(meta.num_columns)]
    flat = [place for place, one in enumerate(columns) if not one.max_repetition_level]
    for group, place in itertools.product(groups, flat):
        chunk = group.column(place)
        if chunk.num_values != group.num_rows:
            raise ReadError(
                f"the column {chunk.path_in_schema!r} says {chunk.num_values} values, and its row "
                f"group says {group.num_rows} rows"
            )


def check_row_count(found: int, file: pq.ParquetFile, group: int) -> None:
    """Compare the rows that were read of a row group with those that the footer says.

    Arrow returns fewer rows, without an error, where the pages hold fewer.

    Raises:
        ReadError: They differ.
    """
    expected = file.metadata.row_group(group).num_rows
    if found != expected:
        raise ReadError(
            f"row group {group + 1} holds {found} rows: expected {expected}, as the footer says"
        )


def _open(source: str | pa.Buffer, coded: Sequence[str] = ()) -> pq.ParquetFile:
    """Open the file; the columns ``coded`` are read as dictionaries, without being laid out."""
    opened = source if isinstance(source, str) else pa.BufferReader(source)
    return pq.ParquetFile(opened, read_dictionary=list(coded), pre_buffer=False)


def _width(kind: pa.DataType) -> int:
    try:
        return (int(kind.bit_width) + 7) // 8
    except ValueError:  # a text, or a type with others inside
        return NESTED_BYTES


def _is_text(kind: pa.DataType) -> bool:
    types = pa.types
    kind = kind.value_type if types.is_dictionary(kind) else kind
    texts = (types.is_string, types.is_large_string, types.is_binary, types.is_large_binary)
    return any(check(kind) for check in texts)


def _longest_text(file: pq.ParquetFile, group: int, name: str) -> int:
    """Return the length of the longest text of one row group's dictionary."""
    batch = next(file.iter_batches(1, row_groups=[group], columns=[name], use_threads=False), None)
    if batch is None:
        return 0
    column = batch.column(0)
    texts = column.dictionary if pa.types.is_dictionary(column.type) else column
    return pc.max(pc.binary_length(texts)).as_py() or 0


def _text_bytes(file: pq.ParquetFile, name: str) -> Iterator[int]:
    """Yield the length of the texts of one column, piece by piece."""
    for batch in file.iter_batches(ROWS, columns=[name], use_threads=False):
        column = batch.column(0)
        texts = column.dictionary if pa.types.is_dictionary(column.type) else column
        lengths = pc.binary_length(texts).cast(pa.int64())
        lengths = lengths.take(column.indices) if texts is not column else lengths
        yield pc.sum(lengths).as_py() or 0
