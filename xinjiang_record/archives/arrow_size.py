"""Bound what an Arrow file becomes in memory, before its batches are read.

A buffer that is compressed says its own size, and a column without buffers has as many rows as it
says. Both stand in the messages of the file, which are read here without what they describe.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from xinjiang_record.errors import LimitError
from xinjiang_record.limits import LIMITS, RATIO_FREE_BYTES

MAGIC = b"ARROW1\0\0"  # of a file; what follows is read as a stream of messages
BATCH, DICTIONARY = 3, 2  # types of messages that have buffers


def check_arrow_size(path: Path) -> None:
    """Check that the batches of an Arrow file are not much larger than it is; other files pass.

    Raises:
        LimitError: They take more memory than the limit ``compression_ratio`` allows.
    """
    size = path.stat().st_size
    most = max(RATIO_FREE_BYTES, LIMITS.compression_ratio * size)
    found = 0
    try:
        with pa.memory_map(str(path)) as stream:
            stream.seek(len(MAGIC) if stream.read(len(MAGIC)) == MAGIC else 0)
            for message in pa.ipc.MessageReader.open_stream(stream):
                found += sum(_sizes(memoryview(message.metadata), message.body))
                if found > most:
                    break
    except (pa.ArrowException, OSError, struct.error, IndexError, ValueError):
        pass  # the end of the messages, or what whoever reads it says
    if found > most:
        raise LimitError(
            f"{path}: {size} bytes whose rows take at least {found} in memory, over the limit "
            f"compression_ratio ({LIMITS.compression_ratio}). Nothing was read."
        )


def _sizes(data: memoryview, body: pa.Buffer | None) -> Iterator[int]:
    """Yield the rows of a message, and the size of each buffer that is compressed."""
    message = _read("<I", data, 0)
    kind = _field(data, message, 1)
    header = _table(data, message, 2)
    if header and kind and data[kind] == DICTIONARY:
        header = _table(data, header, 1)
    elif not header or not kind or data[kind] != BATCH:
        return
    if length := _field(data, header, 0):
        yield max(0, _read("<q", data, length))
    buffers = _table(data, header, 2)
    if not buffers or not _field(data, header, 3) or body is None:
        return
    content = memoryview(body)
    for number in range(_read("<I", data, buffers)):
        place, held = struct.unpack_from("<qq", data, buffers + 4 + 16 * number)
        if held >= struct.calcsize("<q"):
            yield max(0, _read("<q", content, place))


def _field(data: memoryview, table: int, number: int) -> int:
    """Return where a field of a FlatBuffers table is; 0 if it is not there."""
    slots = table - _read("<i", data, table)
    place = 4 + 2 * number
    offset = _read("<H", data, slots + place) if place < _read("<H", data, slots) else 0
    return table + offset if offset else 0


def _table(data: memoryview, table: int, number: int) -> int:
    """Return where the table or vector is that a field names; 0 if it is not there."""
    place = _field(data, table, number)
    return place + _read("<I", data, place) if place else 0


def _read(form: str, data: memoryview, place: int) -> int:
    (value,) = struct.unpack_from(form, data, place)
    return int(value)
