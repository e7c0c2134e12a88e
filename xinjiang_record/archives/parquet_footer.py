"""Read the footer of a Parquet file without Arrow, and compare its column chunks with its schema.

Arrow ends the whole process where a chunk's size statistics do not fit its column and Python asks
for the chunk. So this is read first. The footer is a struct of Thrift's compact protocol.
"""

from __future__ import annotations

import os
import struct
from typing import TYPE_CHECKING

from xinjiang_record.archives.thrift_compact import Fields, Items, Value, read_fields
from xinjiang_record.errors import LimitError, ReadError
from xinjiang_record.limits import LIMITS

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

TAIL = struct.Struct("<I4s")  # the size of the footer, and the mark of a Parquet file
# Fields of the structs of parquet.thrift: a file, a row group, a column chunk and its metadata.
ROW_GROUPS, COLUMNS, CHUNK_META = 4, 1, 3
CHUNK_TYPE, CHUNK_PATH, SIZE_STATISTICS = 1, 3, 16
UNENCODED_BYTES, REPETITIONS, DEFINITIONS = 1, 2, 3
TYPES = ("BOOLEAN", "INT32", "INT64", "INT96", "FLOAT", "DOUBLE", "BYTE_ARRAY",
         "FIXED_LEN_BYTE_ARRAY")  # fmt: skip


def _read_footer(source: str | pa.Buffer) -> bytes:
    """Return the bytes of the footer; ValueError for a file that has none."""
    if isinstance(source, str):
        with open(source, "rb") as file:
            size = file.seek(0, os.SEEK_END)
            if size < TAIL.size:
                raise ValueError("no footer")
            file.seek(size - TAIL.size)
            length, mark = TAIL.unpack(file.read(TAIL.size))
            _check_length(length, mark, size)
            file.seek(size - TAIL.size - length)
            return file.read(length)
    size = int(source.size)
    if size < TAIL.size:
        raise ValueError("no footer")
    length, mark = TAIL.unpack(bytes(source[size - TAIL.size : size]))
    _check_length(length, mark, size)
    return bytes(source[size - TAIL.size - length : size - TAIL.size])


def _check_length(length: int, mark: bytes, size: int) -> None:
    if mark != b"PAR1" or length + TAIL.size > size:
        raise ValueError("no footer")
    most = LIMITS.parquet_footer_bytes
    if length > most:
        raise LimitError(
            f"a footer of {length} bytes, over the limit parquet_footer_bytes ({most})"
        )


def check_chunks(source: str | pa.Buffer, meta: pq.FileMetaData) -> None:
    """Check that every row group has the schema's columns, each with the metadata of its type.

    Args:
        source: The path of the file, or its bytes.
        meta: What Arrow read of its footer, of which no column chunk was asked for yet.

    Raises:
        ReadError: A chunk is missing, or is not that of its column.
        LimitError: The footer is over ``parquet_footer_bytes``.
    """
    try:
        footer = read_fields(_read_footer(source))
    except ValueError as error:
        raise ReadError(f"the footer cannot be read ({error})") from error
    columns = [meta.schema.column(place) for place in range(meta.num_columns)]
    for number, group in enumerate(_items(footer, ROW_GROUPS), 1):
        chunks = _items(group, COLUMNS)
        if len(chunks) != len(columns):
            raise ReadError(f"row group {number} does not have the {len(columns)} columns")
        for chunk, column in zip(chunks, columns, strict=True):
            if problem := _find_problem(_part(chunk, CHUNK_META), column):
                raise ReadError(f"row group {number}, column {column.path!r}: {problem}")


def _part(value: Value | None, field: int) -> Value | None:
    return value.values.get(field) if isinstance(value, Fields) else None


def _items(value: Value | None, field: int) -> list[Value]:
    found = _part(value, field)
    return found.values if isinstance(found, Items) else []


def _find_problem(about: Value | None, column: pq.ColumnSchema) -> str:
    """Return what is wrong with the metadata of a chunk, or an empty text."""
    if about is None:
        return "it has no metadata, or they are encrypted"
    kind = _part(about, CHUNK_TYPE)
    named = b".".join(item for item in _items(about, CHUNK_PATH) if isinstance(item, bytes))
    is_known = isinstance(kind, int) and 0 <= kind < len(TYPES)
    if not is_known or TYPES[kind] != column.physical_type:  # type: ignore[index]
        return f"it says another type than {column.physical_type}"
    if named != column.path.encode("utf-8", "surrogatepass"):
        return "it is of another column"
    sizes = _part(about, SIZE_STATISTICS)
    if sizes is None:
        return ""
    histograms = (
        (_part(sizes, REPETITIONS), column.max_repetition_level),
        (_part(sizes, DEFINITIONS), column.max_definition_level),
    )
    fit = all(
        isinstance(found, Items) and len(found.values) in (0, level + 1)
        for found, level in histograms
        if found is not None
    )
    is_text = column.physical_type == "BYTE_ARRAY"
    if not fit or (not is_text and _part(sizes, UNENCODED_BYTES) is not None):
        return "its size statistics are not of this column"
    return ""
