"""Read the bytes of a table as one stream of UTF-8: one file or several parts, plain or gzip."""

from __future__ import annotations

import codecs
import os
from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from xinjiang_record.errors import LimitError
from xinjiang_record.limits import LIMITS, RATIO_FREE_BYTES
from xinjiang_record.validate.fast_pass.fallback import FastPassUnsupported, Reason

if TYPE_CHECKING:
    from frictionless.resources import TableResource

    from xinjiang_record.validate.readers.csv_chunks import Readable


@dataclass(frozen=True, slots=True)
class Part:
    """Hold one file; ``skip`` are the bytes of its first line, if that is dropped."""

    path: str
    gzip: bool = False
    skip: int = 0

    @property
    def size(self) -> int:
        """Return the bytes that it adds to the stream, if it is not compressed."""
        return os.path.getsize(self.path) - self.skip


class JoinedStream:
    """Read parts one after the other; from another byte than the first only if they are plain."""

    def __init__(self, parts: tuple[Part, ...], start: int = 0) -> None:
        self._waiting = self._opened(parts, start)
        self._stream: Readable | None = None

    def _opened(self, parts: tuple[Part, ...], start: int) -> Generator[Readable, None, None]:
        for part in parts:
            if start and start >= part.size:
                start -= part.size
                continue
            if part.gzip:
                packed = os.path.getsize(part.path)
                stream = _BoundedStream(
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
            stream = self._stream or next(self._waiting, None)
            if stream is None:
                return 0
            self._stream = stream
            if count := (stream.readinto(target) or 0):
                return count
            self._stream = None


def _drop(stream: Readable, count: int) -> None:
    while count:
        count -= stream.readinto(memoryview(bytearray(count))) or count


class _BoundedStream:
    """Count the bytes that come out of a compressed file, and stop at a limit."""

    def __init__(self, stream: Readable, packed: int, shown: str) -> None:
        self._stream, self._packed, self._shown, self._out = stream, packed, shown, 0

    def readinto(self, target: memoryview) -> int:
        try:
            count = self._stream.readinto(target) or 0
        except OSError as error:
            raise FastPassUnsupported(Reason.PART_UNREADABLE, error) from error
        self._out += count
        if self._out > LIMITS.decompressed_bytes:
            raise LimitError(
                f"{self._shown}: over the limit decompressed_bytes ({LIMITS.decompressed_bytes}). "
                "Nothing was kept."
            )
        if self._out > RATIO_FREE_BYTES and self._out > self._packed * LIMITS.compression_ratio:
            raise LimitError(
                f"{self._shown}: {self._packed} bytes became {self._out}, over the limit "
                f"compression_ratio ({LIMITS.compression_ratio}). Nothing was kept."
            )
        return count


class RecodedStream:
    """Read the bytes of another encoding as UTF-8."""

    def __init__(self, stream: Readable, encoding: str) -> None:
        self._stream, self._decoder = stream, codecs.getincrementaldecoder(encoding)()
        self._rest, self._done = b"", False

    def readinto(self, target: memoryview) -> int:
        """Fill (some of) ``target``; 0 at the end.

        Raise FastPassUnsupported for bytes that are not of the encoding.
        """
        memory = bytearray(len(target))
        while not self._rest and not self._done:
            count = self._stream.readinto(memoryview(memory))
            self._done = not count
            try:
                self._rest = self._decoder.decode(memory[:count], final=self._done).encode("utf-8")
            except UnicodeError as error:
                raise FastPassUnsupported(Reason.UNDECODABLE, error) from error
        count = min(len(target), len(self._rest))
        target[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


def list_parts(resource: TableResource) -> tuple[Part, ...]:
    """Return the files of an open resource.

    Raise FastPassUnsupported for a part that cannot be read here.
    """
    if not resource.multipart:
        path = str(resource.normpath).removeprefix("file://")
        return (Part(path, resource.compression == "gz"),)
    from frictionless import FrictionlessException  # deferred: start-up

    from xinjiang_record.validate.frictionless_hooks.resource_hook import (  # deferred: start-up
        parts_have_no_header,
    )

    first, *later = resource.normpaths
    whole = parts_have_no_header(resource)
    try:
        return (open_part(first, whole=True), *(open_part(path, whole=whole) for path in later))
    except FrictionlessException as error:
        raise FastPassUnsupported(Reason.PART_UNREADABLE, error) from error


def open_part(path: str, *, whole: bool) -> Part:
    """Return a part, unless it is ``whole`` without its first line, which Frictionless drops.

    That is the first that the file gives when ``MultipartLoader`` reads lines of it.
    """
    from frictionless.resources import FileResource  # deferred: start-up

    with FileResource(path=path) as file:
        is_plain = file.compression in (None, "", "gz") and file.scheme in ("", "file")
        if not is_plain or file.innerpath:
            detail = file.compression or file.scheme
            raise FastPassUnsupported(Reason.PART_COMPRESSION, detail)
        dropped = b"" if whole else next(iter(file.byte_stream), b"")
        return Part(str(file.normpath), file.compression == "gz", len(dropped))
