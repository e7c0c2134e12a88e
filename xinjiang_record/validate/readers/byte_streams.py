"""The bytes of a table: of one file or of several parts, plain or under gzip, as one stream of UTF-8."""

from __future__ import annotations

import codecs
import os
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from frictionless import FrictionlessException
from frictionless.resources import FileResource

from xinjiang_record.errors import LimitError
from xinjiang_record.limits import LIMITS, MIB
from xinjiang_record.validate.readers.csv_chunks import Uncertain

RATIO_FREE_BYTES = 64 * MIB  # below this a compressed file's ratio is not looked at


@dataclass(frozen=True, slots=True)
class Part:
    """A file, or one of several; ``skip`` are the bytes of its first line, if that is dropped."""

    path: str
    gzip: bool = False
    skip: int = 0

    @property
    def size(self) -> int:
        """The bytes that it adds to the stream, if it is not compressed."""
        return os.path.getsize(self.path) - self.skip


class Joined:
    """Parts one after the other, from a byte of the stream on (which needs plain parts)."""

    def __init__(self, parts: tuple[Part, ...], start: int = 0) -> None:
        self._waiting = self._opened(parts, start)
        self._stream: Any = None

    def _opened(self, parts: tuple[Part, ...], start: int) -> Generator[Any, None, None]:
        for part in parts:
            if start and start >= part.size:
                start -= part.size
                continue
            if part.gzip:
                packed = os.path.getsize(part.path)
                stream: Any = _Bounded(
                    pa.CompressedInputStream(pa.OSFile(part.path), "gzip"), packed, part.path
                )
                _drop(stream, part.skip)
                yield stream
            else:
                with open(part.path, "rb", buffering=0) as file:
                    file.seek(part.skip + start)
                    yield file
            start = 0

    def close(self) -> None:
        """Close the part that is open."""
        self._waiting.close()

    def readinto(self, target: memoryview) -> int:
        """Fill (some of) ``target``; 0 at the end of the last part."""
        while True:
            if self._stream is None and (following := next(self._waiting, None)) is None:
                return 0
            elif self._stream is None:
                self._stream = following
            if count := int(self._stream.readinto(target)):
                return count
            self._stream = None


def _drop(stream: Any, count: int) -> None:
    while count:
        count -= stream.readinto(memoryview(bytearray(count))) or count


class _Bounded:
    """Counts what comes out of a compressed file."""

    def __init__(self, stream: Any, packed: int, shown: str) -> None:
        self._stream, self._packed, self._shown, self._out = stream, packed, shown, 0

    def readinto(self, target: memoryview) -> int:
        try:
            count = int(self._stream.readinto(target))
        except OSError as error:
            raise Uncertain(str(error)) from error
        self._out += count
        if self._out > LIMITS.decompressed_bytes:
            raise LimitError(
                f"{self._shown}: over the limit decompressed_bytes ({LIMITS.decompressed_bytes}). Nothing was kept."
            )
        if self._out > RATIO_FREE_BYTES and self._out > self._packed * LIMITS.compression_ratio:
            raise LimitError(
                f"{self._shown}: {self._packed} bytes became {self._out}, over the limit compression_ratio "
                f"({LIMITS.compression_ratio}). Nothing was kept."
            )
        return count


class Recoded:
    """Another encoding's bytes as UTF-8."""

    def __init__(self, stream: Any, encoding: str) -> None:
        self._stream, self._decoder = stream, codecs.getincrementaldecoder(encoding)()
        self._rest, self._done = b"", False

    def readinto(self, target: memoryview) -> int:
        """Fill (some of) ``target``; 0 at the end. Raises Uncertain for bytes that are none of the encoding's."""
        memory = bytearray(len(target))
        while not self._rest and not self._done:
            count = self._stream.readinto(memoryview(memory))
            self._done = not count
            try:
                self._rest = self._decoder.decode(memory[:count], final=self._done).encode("utf-8")
            except UnicodeError as error:
                raise Uncertain(str(error)) from error
        count = min(len(target), len(self._rest))
        target[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


def parts(resource: Any, loader: Any) -> tuple[Part, ...]:
    """The files of an open resource of Frictionless's, and of its loader. Raises Uncertain for a part that cannot be read here."""
    if not resource.multipart:
        return (Part(str(resource.normpath).removeprefix("file://"), resource.compression == "gz"),)
    first, *later = resource.normpaths
    whole = several(loader)._MultipartByteStream__headless
    try:
        return (part(first, whole=True), *(part(path, whole=whole) for path in later))
    except FrictionlessException as error:
        raise Uncertain(str(error)) from error


def several(loader: Any) -> Any:
    """Frictionless's own stream over several parts, which its loader counts the bytes of."""
    return loader.byte_stream._ByteStreamWithStatsHandling__byte_stream


def part(path: str, *, whole: bool) -> Part:
    """A part, unless it is ``whole`` less the line that ``MultipartLoader`` drops: what it gets first when it asks the part for lines."""
    with FileResource(path=path) as file:
        if (
            file.compression not in (None, "", "gz")
            or file.scheme not in ("", "file")
            or file.innerpath
        ):
            raise Uncertain(f"a part under {file.compression or file.scheme}")
        dropped = b"" if whole else next(iter(file.byte_stream), b"")
        return Part(str(file.normpath), file.compression == "gz", len(dropped))
