"""The only door for archives and compression: what comes out is bounded by named limits, and nothing is written while reading.

Reading. ``open_zip(path or bytes)`` checks the whole directory of a zip before a byte is unpacked: member count, names, types,
encryption, overlaps, sizes, and that each local header says what the directory says. Anything odd is refused with ReadError,
anything large with LimitError: archives are read, never repaired. Members come by name, into memory or as chunks, counted by what
really comes out; a wrong CRC or a lying size is a ReadError. ``decompressed`` and ``decompress`` do the same for gzip and zstd.

Writing. ``write_zip`` is a function of names and contents alone: fixed times, modes and order.
"""

from __future__ import annotations

import io
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from xinjiang_record import files
from xinjiang_record.errors import LimitError, ReadError
from xinjiang_record.settings import LIMITS, MIB, Limits

CHUNK = 64 * 1024
RATIO_FREE_BYTES = 64 * MIB  # below this much output the ratio is not looked at: small texts compress very well
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold: every member of ours has it
_END = struct.Struct("<4s4H2LH")
_LOCAL = struct.Struct("<4s5H3L2H")
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
STATE = "Nothing was unpacked."


class Archive:
    """An open zip whose directory has been checked. ``names`` are its files, in the order of the directory."""

    def __init__(self, reader: zipfile.ZipFile, stream: IO[bytes], shown: str, limits: Limits) -> None:
        self._stream = stream
        self._reader, self._shown, self._limits, self._out = reader, shown, limits, 0
        self._packed = sum(item.compress_size for item in reader.infolist())
        self.names: tuple[str, ...] = tuple(item.filename for item in reader.infolist() if not item.is_dir())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
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
            raise LimitError(f"{shown}: {self.size(name)} bytes, over the limit of {limit}. {STATE}")
        try:
            with self._reader.open(name) as stream:
                while chunk := stream.read(CHUNK):
                    counter += len(chunk)
                    if counter > most:
                        raise ReadError(f"{shown}: more comes out than the archive declares ({most} bytes). {STATE}")
                    self._count(len(chunk))
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
            raise ReadError(f"{shown}: the archive is broken: {error}. {STATE}") from error
        if counter != self.size(name):
            raise ReadError(f"{shown}: the archive declares {self.size(name)} bytes and holds {counter}. {STATE}")

    def _count(self, size: int) -> None:
        self._out += size
        _check_output(self._out, self._packed, self._shown, self._limits)


def open_zip(source: Path | bytes, *, shown: str | None = None, limits: Limits = LIMITS) -> Archive:
    """Open a zip for reading. ``shown`` names it in messages. Raises ReadError or LimitError, as the module says."""
    name = shown or (source.name if isinstance(source, Path) else "the archive")
    stream: IO[bytes] = open(source, "rb") if isinstance(source, Path) else io.BytesIO(source)  # noqa: SIM115
    try:
        _check_end(stream, name, limits)
        reader = zipfile.ZipFile(stream)
        _check_members(reader, stream, name, limits)
    except (zipfile.BadZipFile, struct.error, ValueError, EOFError, NotImplementedError) as error:
        stream.close()
        raise ReadError(f"{name}: not a sound zip archive: {error}. {STATE}") from error
    except BaseException:
        stream.close()
        raise
    return Archive(reader, stream, name, limits)


def _check_end(stream: IO[bytes], name: str, limits: Limits) -> None:
    """Read the end record before zipfile does: a directory of a million members would fill the memory first."""
    size = stream.seek(0, io.SEEK_END)
    tail_start = max(0, size - _END.size - 0xFFFF)
    stream.seek(tail_start)
    tail = stream.read(size - tail_start)
    where = tail.rfind(b"PK\x05\x06")
    if where < 0 or len(tail) - where < _END.size:
        raise ReadError(f"{name}: no end record: not a zip archive, or cut short. {STATE}")
    _, disk, first_disk, here, members, directory, offset, comment = _END.unpack_from(tail, where)
    if 0xFFFF in (here, members) or 0xFFFFFFFF in (directory, offset):
        raise LimitError(f"{name}: a zip64 archive, over the limit archive_members ({limits.archive_members}). {STATE}")
    if members > limits.archive_members or directory > limits.archive_members * 1024:
        raise LimitError(
            f"{name}: {members} members, over the limit archive_members ({limits.archive_members}). {STATE}"
        )
    if disk or first_disk or here != members:
        raise ReadError(f"{name}: a part of a split archive. {STATE}")
    if where + _END.size + comment != len(tail):
        raise ReadError(f"{name}: bytes after the end of the archive. {STATE}")
    if offset + directory != tail_start + where:
        raise ReadError(f"{name}: bytes before the start of the archive, or between its parts. {STATE}")


def _check_members(reader: zipfile.ZipFile, stream: IO[bytes], name: str, limits: Limits) -> None:
    members = reader.infolist()
    if len(members) > limits.archive_members:
        raise LimitError(
            f"{name}: {len(members)} members, over the limit archive_members ({limits.archive_members}). {STATE}"
        )
    total, packed = sum(item.file_size for item in members), sum(item.compress_size for item in members)
    _check_output(total, packed, name, limits)
    seen: set[str] = set()
    for item in members:
        _check_name(item, name, seen)
        _check_kind(item, name)
    _check_layout(members, stream, reader.start_dir, name)


def _check_output(out: int, packed: int, name: str, limits: Limits) -> None:
    if out > limits.decompressed_bytes:
        raise LimitError(
            f"{name}: becomes over {limits.decompressed_bytes} bytes, the limit decompressed_bytes. {STATE}"
        )
    if out > RATIO_FREE_BYTES and out > max(packed, 1) * limits.compression_ratio:
        raise LimitError(
            f"{name}: {packed} bytes become over {out}, more than compression_ratio ({limits.compression_ratio}) allows. {STATE}"
        )


def _check_name(item: zipfile.ZipInfo, shown: str, seen: set[str]) -> None:
    name = getattr(item, "orig_filename", item.filename)
    parts = name.rstrip("/").split("/")
    unsafe = (
        name.startswith("/")
        or "\\" in name
        or ":" in parts[0]
        or any(part in ("", ".", "..") for part in parts)
        or any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in name)
        or len(name) > 1024
    )
    if unsafe:
        raise ReadError(f"{shown}: the member name {name[:100]!r} could leave its folder or be misread. {STATE}")
    twin = unicodedata.normalize("NFC", name).casefold().rstrip("/")
    if twin in seen:
        raise ReadError(f"{shown}: two members are named {name[:100]!r}. {STATE}")
    seen.add(twin)


def _check_kind(item: zipfile.ZipInfo, shown: str) -> None:
    kind = stat.S_IFMT(item.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise ReadError(f"{shown}: {item.filename!r} is a link or a device, not a file. {STATE}")
    if item.flag_bits & 0x1 or item.flag_bits & 0x40:
        raise ReadError(f"{shown}: {item.filename!r} is encrypted. Ask for a copy without a password. {STATE}")
    if item.compress_type not in _METHODS:
        raise ReadError(
            f"{shown}: {item.filename!r} uses compression method {item.compress_type}, not deflate. {STATE}"
        )
    if item.is_dir() and item.file_size:
        raise ReadError(f"{shown}: the folder {item.filename!r} holds bytes. {STATE}")


def _check_layout(members: list[zipfile.ZipInfo], stream: IO[bytes], directory: int, shown: str) -> None:
    """Each member lies behind the one before it, and its local header agrees with the directory."""
    position = 0
    for item in sorted(members, key=lambda member: member.header_offset):
        if item.header_offset < position:
            raise ReadError(f"{shown}: {item.filename!r} overlaps another member. {STATE}")
        if position == 0 and item.header_offset:
            raise ReadError(f"{shown}: bytes before the first member. {STATE}")
        stream.seek(item.header_offset)
        magic, _, flags, method, _, _, _, packed, size, name_length, extra = _LOCAL.unpack(stream.read(_LOCAL.size))
        raw_name = stream.read(name_length)
        codec = "utf-8" if flags & 0x800 else "cp437"
        late = bool(flags & 0x8)  # sizes follow the data
        same = (
            magic == b"PK\x03\x04"
            and method == item.compress_type
            and raw_name.decode(codec, "replace") == getattr(item, "orig_filename", item.filename)
            and (late or 0xFFFFFFFF in (packed, size) or (packed == item.compress_size and size == item.file_size))
        )
        if not same:
            raise ReadError(f"{shown}: the header of {item.filename!r} and the directory disagree. {STATE}")
        position = item.header_offset + _LOCAL.size + name_length + extra + item.compress_size
        if position > directory:
            raise ReadError(f"{shown}: {item.filename!r} runs into the directory. {STATE}")


def decompressed(
    source: Path | bytes | Iterable[bytes],
    codec: str,
    *,
    shown: str = "",
    limit: int | None = None,
    limits: Limits = LIMITS,
) -> Iterator[bytes]:
    """The bytes of a ``gzip`` or ``zstd`` file in chunks; all members of a gzip, nothing behind the last.

    LimitError over ``limit`` bytes of output (``decompressed_bytes`` if not given) or over ``compression_ratio``.
    """
    name = shown or (source.name if isinstance(source, Path) else f"the {codec} stream")
    most, out, packed = limits.decompressed_bytes if limit is None else limit, 0, [0]
    chunks = _counted(source, packed)
    for chunk in _inflate(chunks, name) if codec == "gzip" else _zstd(chunks, codec, name):
        out += len(chunk)
        if out > most:
            raise LimitError(f"{name}: becomes over {most} bytes, the limit for it. {STATE}")
        _check_output(out, packed[0], name, limits)
        yield chunk


def decompress(
    source: Path | bytes, codec: str, *, shown: str = "", limit: int | None = None, limits: Limits = LIMITS
) -> bytes:
    """As ``decompressed``, whole in memory."""
    return b"".join(decompressed(source, codec, shown=shown, limit=limit, limits=limits))


def _counted(source: Path | bytes | Iterable[bytes], packed: list[int]) -> Iterator[bytes]:
    for chunk in _chunks_of(source):
        packed[0] += len(chunk)
        yield chunk


def _chunks_of(source: Path | bytes | Iterable[bytes]) -> Iterator[bytes]:
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
    import pyarrow as pa

    if codec != "zstd":
        raise ReadError(f"{name}: compression {codec!r} is not read here, only gzip and zstd. {STATE}")
    try:
        with pa.CompressedInputStream(pa.PythonFile(_Stream(chunks), mode="r"), codec) as stream:
            while chunk := stream.read(CHUNK):
                yield chunk
    except (OSError, pa.ArrowException) as error:
        raise ReadError(f"{name}: broken {codec} data: {error}. {STATE}") from error


class _Stream(io.RawIOBase):
    """Chunks as a file, which is what pyarrow reads from."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        super().__init__()
        self._chunks, self._rest = chunks, b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        self._rest = self._rest or next(self._chunks, b"")
        size = len(self._rest) if size is None or size < 0 else size
        part, self._rest = self._rest[:size], self._rest[size:]
        return part


def write_zip(path: Path, members: Mapping[str, Path | bytes]) -> str:
    """Put a zip at ``path`` in one step: members by name in UTF-8 order, at one time, mode 0644, deflated; returns its SHA-256.

    Same names and contents, same bytes (under one zlib). Contents are files, read in chunks, or bytes.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(members, key=lambda text: text.encode("utf-8")):
            item = zipfile.ZipInfo(name, EPOCH)
            item.compress_type, item.create_system, item.external_attr = zipfile.ZIP_DEFLATED, 3, 0o100644 << 16
            _check_name(item, path.name, set())
            with archive.open(item, "w") as target:
                for chunk in _chunks_of(members[name]):
                    target.write(chunk)
    return files.write_bytes(path, buffer.getvalue())


def sizes(archive: Archive) -> Mapping[str, int]:
    """Declared size in bytes by member name."""
    return {name: archive.size(name) for name in archive.names}
