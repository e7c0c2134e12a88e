"""Check a zip before a byte of it is unpacked: its directory, and each member's own header."""

from __future__ import annotations

import io
import stat
import struct
import unicodedata
import zipfile
from typing import IO

from xinjiang_record.errors import LimitError, ReadError
from xinjiang_record.limits import RATIO_FREE_BYTES, Limits

STATE = "Nothing was unpacked."
_END = struct.Struct("<4s4H2LH")
_LOCAL = struct.Struct("<4s5H3L2H")
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


def check_end(stream: IO[bytes], name: str, limits: Limits) -> None:
    """Check the end record before zipfile reads it.

    A directory of a million members would fill the memory.
    """
    size = stream.seek(0, io.SEEK_END)
    tail_start = max(0, size - _END.size - 0xFFFF)
    stream.seek(tail_start)
    tail = stream.read(size - tail_start)
    where = tail.rfind(b"PK\x05\x06")
    if where < 0 or len(tail) - where < _END.size:
        raise ReadError(f"{name}: no end record: not a zip archive, or cut short. {STATE}")
    _, disk, first_disk, here, members, directory, offset, comment = _END.unpack_from(tail, where)
    if 0xFFFF in (here, members) or 0xFFFFFFFF in (directory, offset):
        raise LimitError(
            f"{name}: a zip64 archive, over the limit archive_members "
            f"({limits.archive_members}). {STATE}"
        )
    if members > limits.archive_members or directory > limits.archive_members * 1024:
        raise LimitError(
            f"{name}: {members} members, over the limit archive_members "
            f"({limits.archive_members}). {STATE}"
        )
    if disk or first_disk or here != members:
        raise ReadError(f"{name}: a part of a split archive. {STATE}")
    if where + _END.size + comment != len(tail):
        raise ReadError(f"{name}: bytes after the end of the archive. {STATE}")
    if offset + directory != tail_start + where:
        raise ReadError(
            f"{name}: bytes before the start of the archive, or between its parts. {STATE}"
        )


def check_members(reader: zipfile.ZipFile, stream: IO[bytes], name: str, limits: Limits) -> None:
    """Check the number, the names, the kinds and the layout of all members."""
    members = reader.infolist()
    if len(members) > limits.archive_members:
        raise LimitError(
            f"{name}: {len(members)} members, over the limit archive_members "
            f"({limits.archive_members}). {STATE}"
        )
    total, packed = (
        sum(item.file_size for item in members),
        sum(item.compress_size for item in members),
    )
    check_output(total, packed, name, limits)
    seen: set[str] = set()
    for item in members:
        check_name(item, name, seen)
        _check_kind(item, name)
    _check_layout(members, stream, reader.start_dir, name)


def check_output(out: int, packed: int, name: str, limits: Limits) -> None:
    """Raise LimitError where ``out`` bytes are over decompressed_bytes or the ratio."""
    if out > limits.decompressed_bytes:
        raise LimitError(
            f"{name}: expands to over {limits.decompressed_bytes} bytes, "
            f"the limit decompressed_bytes. {STATE}"
        )
    if out > RATIO_FREE_BYTES and out > max(packed, 1) * limits.compression_ratio:
        raise LimitError(
            f"{name}: expands from {packed} to over {out} bytes, more than compression_ratio "
            f"({limits.compression_ratio}) allows. {STATE}"
        )


def check_name(item: zipfile.ZipInfo, shown: str, seen: set[str]) -> None:
    """Raise ReadError for a member's name that could leave its folder, or that is there twice."""
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
        raise ReadError(
            f"{shown}: the member name {name[:100]!r} could leave its folder or be misread. {STATE}"
        )
    twin = unicodedata.normalize("NFC", name).casefold().rstrip("/")
    if twin in seen:
        raise ReadError(f"{shown}: two members are named {name[:100]!r}. {STATE}")
    seen.add(twin)


def _check_kind(item: zipfile.ZipInfo, shown: str) -> None:
    kind = stat.S_IFMT(item.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise ReadError(f"{shown}: {item.filename!r} is a link or a device, not a file. {STATE}")
    if item.flag_bits & 0x1 or item.flag_bits & 0x40:
        raise ReadError(
            f"{shown}: {item.filename!r} is encrypted. Ask for a copy without a password. {STATE}"
        )
    if item.compress_type not in _METHODS:
        raise ReadError(
            f"{shown}: {item.filename!r}: expected compression by deflate, "
            f"got method {item.compress_type}. {STATE}"
        )
    if item.is_dir() and item.file_size:
        raise ReadError(f"{shown}: the folder {item.filename!r} holds bytes. {STATE}")


def _check_layout(
    members: list[zipfile.ZipInfo], stream: IO[bytes], directory: int, shown: str
) -> None:
    """Check that members follow each other, and that local headers agree with the directory."""
    position = 0
    for item in sorted(members, key=lambda member: member.header_offset):
        if item.header_offset < position:
            raise ReadError(f"{shown}: {item.filename!r} overlaps another member. {STATE}")
        if position == 0 and item.header_offset:
            raise ReadError(f"{shown}: bytes before the first member. {STATE}")
        stream.seek(item.header_offset)
        magic, _, flags, method, _, _, _, packed, size, name_length, extra = _LOCAL.unpack(
            stream.read(_LOCAL.size)
        )
        raw_name = stream.read(name_length)
        codec = "utf-8" if flags & 0x800 else "cp437"
        late = bool(flags & 0x8)  # sizes follow the data
        same = (
            magic == b"PK\x03\x04"
            and method == item.compress_type
            and raw_name.decode(codec, "replace") == getattr(item, "orig_filename", item.filename)
            and (
                late
                or 0xFFFFFFFF in (packed, size)
                or (packed == item.compress_size and size == item.file_size)
            )
        )
        if not same:
            raise ReadError(
                f"{shown}: the header of {item.filename!r} and the directory disagree. {STATE}"
            )
        position = item.header_offset + _LOCAL.size + name_length + extra + item.compress_size
        if position > directory:
            raise ReadError(f"{shown}: {item.filename!r} runs into the directory. {STATE}")
