"""Read gzip and zstd in chunks: bounded in output, complete, and with nothing after the end."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from xinjiang_record.archives.zip_checks import STATE, check_output
from xinjiang_record.errors import LimitError, ReadError
from xinjiang_record.limits import LIMITS, Limits

CHUNK = 64 * 1024


def decompressed(
    source: Path | bytes | Iterable[bytes],
    codec: str,
    *,
    shown: str = "",
    limit: int | None = None,
    limits: Limits = LIMITS,
) -> Iterator[bytes]:
    """Yield the bytes of a ``gzip`` or ``zstd`` file in chunks.

    All members of a gzip file are read, and nothing may follow the last. Raises LimitError over
    ``limit`` bytes of output (``decompressed_bytes`` if not given) or over ``compression_ratio``.
    """
    name = shown or (source.name if isinstance(source, Path) else f"the {codec} stream")
    most, out, packed = limits.decompressed_bytes if limit is None else limit, 0, [0]
    chunks = _counted(source, packed)
    for chunk in _inflate(chunks, name) if codec == "gzip" else _zstd(chunks, codec, name):
        out += len(chunk)
        if out > most:
            raise LimitError(f"{name}: expands to over {most} bytes, the limit for it. {STATE}")
        check_output(out, packed[0], name, limits)
        yield chunk


def decompress(
    source: Path | bytes,
    codec: str,
    *,
    shown: str = "",
    limit: int | None = None,
    limits: Limits = LIMITS,
) -> bytes:
    """Return what ``decompressed`` yields as one value."""
    return b"".join(decompressed(source, codec, shown=shown, limit=limit, limits=limits))


def _counted(source: Path | bytes | Iterable[bytes], packed: list[int]) -> Iterator[bytes]:
    for chunk in chunks_of(source):
        packed[0] += len(chunk)
        yield chunk


def chunks_of(source: Path | bytes | Iterable[bytes]) -> Iterator[bytes]:
    """Yield the bytes of a file, a value or an iterable in chunks."""
    if isinstance(source, bytes):
        yield from (source[start : start + CHUNK] for start in range(0, len(source), CHUNK))
    elif isinstance(source, Path):
        with open(source, "rb") as stream:
            while chunk := stream.read(CHUNK):
                yield chunk
    else:
        yield from source


def _inflate(chunks: Iterator[bytes], name: str) -> Iterator[bytes]:
    engine, begun = zlib.decompressobj(wbits=31), False
    try:
        for chunk in chunks:
            while chunk:
                if engine.eof:
                    if not chunk.startswith(b"\x1f"):
                        raise ReadError(f"{name}: bytes after the end of the gzip data. {STATE}")
                    engine = zlib.decompressobj(wbits=31)
                begun = True
                yield engine.decompress(chunk, CHUNK)
                chunk = engine.unused_data if engine.eof else engine.unconsumed_tail
        while begun and not engine.eof and (rest := engine.decompress(b"", CHUNK)):
            yield rest
    except zlib.error as error:
        raise ReadError(f"{name}: broken gzip data: {error}. {STATE}") from error
    if not engine.eof:
        raise ReadError(f"{name}: the gzip data is cut short. {STATE}")


def _zstd(chunks: Iterator[bytes], codec: str, name: str) -> Iterator[bytes]:
    import pyarrow as pa  # deferred: start-up

    if codec != "zstd":
        raise ReadError(
            f"{name}: compression {codec!r} is not read here, only gzip and zstd. {STATE}"
        )
    try:
        with pa.CompressedInputStream(pa.PythonFile(_Stream(chunks), mode="r"), codec) as stream:
            while chunk := stream.read(CHUNK):
                yield chunk
    except (OSError, pa.ArrowException) as error:
        raise ReadError(f"{name}: broken {codec} data: {error}. {STATE}") from error


class _Stream(io.RawIOBase):
    """Give chunks as a file, which is what pyarrow reads from."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        super().__init__()
        self._chunks, self._rest = chunks, b""

    def readable(self) -> bool:
        """Return true."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most ``size``."""
        self._rest = self._rest or next(self._chunks, b"")
        size = len(self._rest) if size is None or size < 0 else size
        part, self._rest = self._rest[:size], self._rest[size:]
        return part
