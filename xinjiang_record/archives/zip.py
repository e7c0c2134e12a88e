"""The only door for archives and compression: what comes out is bounded by named limits, and nothing is written while reading.

Reading. ``open_zip(path or bytes)`` checks the whole directory of a zip before a byte is unpacked: member count, names, types,
encryption, overlaps, sizes, and that each local header says what the directory says. Anything odd is refused with ReadError,
anything large with LimitError: archives are read, never repaired. Members come by name, into memory or as chunks, counted by what
really comes out; a wrong CRC or a lying size is a ReadError. ``decompressed`` and ``decompress`` do the same for gzip and zstd.

Writing. ``write_zip`` is a function of names and contents alone: fixed times, modes and order.
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

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold: every member of ours has it


def is_zip(path: Path) -> bool:
    """Whether a file ends as a zip does, whatever its name."""
    return zipfile.is_zipfile(path)


class Archive:
    """An open zip whose directory has been checked. ``names`` are its files, in the order of the directory."""

    def __init__(
        self, reader: zipfile.ZipFile, stream: IO[bytes], shown: str, limits: Limits
    ) -> None:
        self._stream = stream
        self._reader, self._shown, self._limits, self._out = reader, shown, limits, 0
        self._packed = sum(item.compress_size for item in reader.infolist())
        self.names: tuple[str, ...] = tuple(
            item.filename for item in reader.infolist() if not item.is_dir()
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._reader.close()
        self._stream.close()

    def size(self, name: str) -> int:
        """The size that the directory declares for a member, in bytes. KeyError for an unknown name."""
        return self._reader.getinfo(name).file_size

    def read(self, name: str, *, limit: int | None = None) -> bytes:
        """One member whole; LimitError over ``limit`` bytes. Every byte counts towards ``decompressed_bytes`` of the archive."""
        return b"".join(self.chunks(name, limit=limit))

    def chunks(self, name: str, *, limit: int | None = None) -> Iterator[bytes]:
        """One member as chunks of at most 64 KiB."""
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
                            f"{shown}: more comes out than the archive declares ({most} bytes). {STATE}"
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
                f"{shown}: the archive declares {self.size(name)} bytes and holds {counter}. {STATE}"
            )

    def _count(self, size: int) -> None:
        self._out += size
        check_output(self._out, self._packed, self._shown, self._limits)


def open_zip(source: Path | bytes, *, shown: str | None = None, limits: Limits = LIMITS) -> Archive:
    """Open a zip for reading. ``shown`` names it in messages. Raises ReadError or LimitError, as the module says."""
    name = shown or (source.name if isinstance(source, Path) else "the archive")
    stream: IO[bytes] = open(source, "rb") if isinstance(source, Path) else io.BytesIO(source)  # noqa: SIM115
    try:
        check_end(stream, name, limits)
        reader = zipfile.ZipFile(stream)
        check_members(reader, stream, name, limits)
    except (zipfile.BadZipFile, struct.error, ValueError, EOFError, NotImplementedError) as error:
        stream.close()
        raise ReadError(f"{name}: not a sound zip archive: {error}. {STATE}") from error
    except BaseException:
        stream.close()
        raise
    return Archive(reader, stream, name, limits)


def write_zip(path: Path, members: Mapping[str, Path | bytes]) -> str:
    """Put a zip at ``path`` in one step: members by name in UTF-8 order, at one time, mode 0644, deflated; returns its SHA-256.

    Same names and contents, same bytes (under one zlib). Contents are files, read in chunks, or bytes.
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
    """Declared size in bytes by member name."""
    return {name: archive.size(name) for name in archive.names}
