"""Read and write zip files; what comes out is bounded by named limits, and reading writes nothing.

Reading: ``open_zip(path or bytes)`` checks the entire directory of a zip before it unpacks a byte:
member count, names, types, encryption, overlaps, sizes, and that each local header agrees with the
directory. Anything odd raises ReadError, anything large LimitError: archives are never repaired.
Members are read by name, into memory or as chunks, and the bytes that come out are counted. A wrong
CRC or size is a ReadError. ``decompressed`` and ``decompress`` do the same for gzip and zstd.

Writing: the output of ``write_zip`` depends on names and contents alone: times, modes and order are
fixed.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from xinjiang_record import files
from xinjiang_record.archives.compressed_streams import CHUNK, chunks_of, decompress, decompressed
from xinjiang_record.archives.zip_checks import (
    STATE,
    check_end,
    check_members,
    check_name,
    check_output,
)
from xinjiang_record.errors import LimitError, ReadError
from xinjiang_record.limits import LIMITS, Limits

__all__ = ["Archive", "decompress", "decompressed", "is_zip", "open_zip", "sizes", "write_zip"]

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold, which every written member has


def is_zip(path: Path) -> bool:
    """Return whether a file ends as a zip does, whatever its name."""
    return zipfile.is_zipfile(path)


class Archive:
    """Hold an open zip whose directory was checked; ``names`` are its files, in order."""

    def __init__(
        self, reader: zipfile.ZipFile, stream: IO[bytes], shown: str, limits: Limits
    ) -> None:
        """Take over an open reader and its stream; use ``open_zip``."""
        self._stream = stream
        self._reader, self._shown, self._limits, self._out = reader, shown, limits, 0
        self._packed = sum(item.compress_size for item in reader.infolist())
        self.names: tuple[str, ...] = tuple(
            item.filename for item in reader.infolist() if not item.is_dir()
        )

    def __enter__(self) -> Self:
        """Return the archive itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the archive."""
        self.close()

    def close(self) -> None:
        """Close the archive and its file."""
        self._reader.close()
        self._stream.close()

    def size(self, name: str) -> int:
        """Return the size that the directory declares for a member. KeyError if unknown."""
        return self._reader.getinfo(name).file_size

    def read(self, name: str, *, limit: int | None = None) -> bytes:
        """Return one member. Raises LimitError over ``limit`` bytes.

        Every byte counts towards ``decompressed_bytes`` of the archive.
        """
        return b"".join(self.chunks(name, limit=limit))

    def chunks(self, name: str, *, limit: int | None = None) -> Iterator[bytes]:
        """Yield one member in chunks of at most 64 KiB."""
        counter, shown = 0, f"{self._shown}: {name}"
        most = self.size(name) if limit is None else min(limit, self.size(name))
        if limit is not None and self.size(name) > limit:
            raise LimitError(
                f"{shown}: {self.size(name)} bytes, over the limit of {limit}. {STATE}"
            )
        try:
            with self._reader.open(name) as stream:
                while chunk := stream.read(CHUNK):
                    counter += len(chunk)
                    if counter > most:
                        raise ReadError(
                            f"{shown}: expected {most} bytes, as declared; more come out. {STATE}"
                        )
                    self._count(len(chunk))
                    yield chunk
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
            RuntimeError,
            OSError,
        ) as error:
            raise ReadError(f"{shown}: the archive is broken: {error}. {STATE}") from error
        if counter != self.size(name):
            raise ReadError(
                f"{shown}: expected {self.size(name)} bytes, as declared, got {counter}. {STATE}"
            )

    def _count(self, size: int) -> None:
        self._out += size
        check_output(self._out, self._packed, self._shown, self._limits)


def open_zip(source: Path | bytes, *, shown: str | None = None) -> Archive:
    """Open a zip for reading; ``shown`` names it in messages. Raises ReadError or LimitError."""
    name = shown or (source.name if isinstance(source, Path) else "the archive")
    stream: IO[bytes] = open(source, "rb") if isinstance(source, Path) else io.BytesIO(source)  # noqa: SIM115
    try:
        check_end(stream, name, LIMITS)
        reader = zipfile.ZipFile(stream)
        check_members(reader, stream, name, LIMITS)
    except (zipfile.BadZipFile, struct.error, ValueError, EOFError, NotImplementedError) as error:
        stream.close()
        raise ReadError(f"{name}: not a sound zip archive: {error}. {STATE}") from error
    except BaseException:
        stream.close()
        raise
    return Archive(reader, stream, name, LIMITS)


def write_zip(path: Path, members: Mapping[str, Path | bytes]) -> str:
    """Put a zip at ``path`` in one step, and return its SHA-256.

    Members are in the order of their names in UTF-8, at one time, with mode 0644, deflated. The
    same names and contents give the same bytes (under one zlib). Contents are files, read in
    chunks, or bytes.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(members, key=lambda text: text.encode("utf-8")):
            item = zipfile.ZipInfo(name, EPOCH)
            item.compress_type, item.create_system, item.external_attr = (
                zipfile.ZIP_DEFLATED,
                3,
                0o100644 << 16,
            )
            check_name(item, path.name, set())
            with archive.open(item, "w") as target:
                for chunk in chunks_of(members[name]):
                    target.write(chunk)
    return files.write_bytes(path, buffer.getvalue())


def sizes(archive: Archive) -> Mapping[str, int]:
    """Return the declared size in bytes by the name of the member."""
    return {name: archive.size(name) for name in archive.names}
