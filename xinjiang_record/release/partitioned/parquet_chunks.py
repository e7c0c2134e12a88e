"""Put columns of two Parquet files together without decoding them.

A new version of a part often differs from the old one in few columns. The chunks of the others are
copied; only the footer is new. The result has the bytes that pyarrow would write, since a chunk
depends on its own values only. ``tests/release/test_parquet_chunks.py`` compares them.

The format: https://github.com/apache/parquet-format
"""

from __future__ import annotations

import struct
from collections.abc import Collection

from xinjiang_record.archives.thrift_compact import (
    STRUCT,
    Fields,
    Items,
    Value,
    read_fields,
    write_fields,
)

MAGIC = b"PAR1"
# The numbers of the fields that change with the place of a chunk.
CREATED_BY, ROW_GROUPS = 6, 4  # of the file
COLUMNS, GROUP_BYTES, GROUP_OFFSET, GROUP_COMPRESSED = 1, 2, 5, 6  # of a row group
CHUNK_OFFSET, META = 2, 3  # of a chunk of a column
NAME, UNCOMPRESSED, COMPRESSED, DATA_PAGE, INDEX_PAGE, DICTIONARY_PAGE = 3, 6, 7, 9, 10, 11


def read_footer(data: bytes) -> Fields:
    """Return the footer of a Parquet file.

    Raises:
        ValueError: It is not one.
    """
    if data[:4] != MAGIC or data[-4:] != MAGIC:
        raise ValueError("not a Parquet file")
    (size,) = struct.unpack("<I", data[-8:-4])
    return read_fields(data[-8 - size : -8])


def replace_columns(old: bytes, new: bytes, names: Collection[str]) -> bytes:
    """Return the Parquet file ``old`` with the columns ``names`` of the file ``new``.

    Raises:
        ValueError: The files do not fit: they have other row groups, or another program wrote one.
    """
    footer, other = read_footer(old), read_footer(new)
    groups, others = footer.structures(ROW_GROUPS), other.structures(ROW_GROUPS)
    if footer.values.get(CREATED_BY) != other.values.get(CREATED_BY) or len(groups) != len(others):
        raise ValueError("the two files do not fit")
    wanted, out = {name.encode() for name in names}, bytearray(MAGIC)
    for group, replacing in zip(groups, others, strict=True):
        columns = {_name(chunk): chunk for chunk in replacing.structures(COLUMNS)}
        start, chunks = len(out), list[Value]()
        for chunk in group.structures(COLUMNS):
            is_new = _name(chunk) in wanted
            chosen = columns[_name(chunk)] if is_new else chunk
            _move(chosen, new if is_new else old, out)
            chunks.append(chosen)
        group.values[COLUMNS] = Items(STRUCT, chunks)
        metas = [chunk.structure(META) for chunk in group.structures(COLUMNS)]
        group.values[GROUP_BYTES] = sum(meta.number(UNCOMPRESSED) for meta in metas)
        group.values[GROUP_COMPRESSED] = sum(meta.number(COMPRESSED) for meta in metas)
        group.values[GROUP_OFFSET] = start
    start = len(out)
    write_fields(out, footer)
    return bytes(out + struct.pack("<I", len(out) - start) + MAGIC)


def _name(chunk: Fields) -> bytes:
    (name,) = chunk.structure(META).items(NAME)
    if not isinstance(name, bytes):
        raise ValueError("a column without a name")
    return name


def _move(chunk: Fields, data: bytes, out: bytearray) -> None:
    """Add the bytes of a chunk, and note its new place."""
    meta = chunk.structure(META)
    pages = [meta.number(field) for field in (DATA_PAGE, DICTIONARY_PAGE) if meta.number(field)]
    start, size = min(pages), meta.number(COMPRESSED)
    moved = len(out) - start
    out += data[start : start + size]
    for field in (DATA_PAGE, INDEX_PAGE, DICTIONARY_PAGE):
        if meta.number(field):
            meta.values[field] = meta.number(field) + moved
    if chunk.number(CHUNK_OFFSET):
        chunk.values[CHUNK_OFFSET] = chunk.number(CHUNK_OFFSET) + moved
