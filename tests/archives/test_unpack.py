"""Archives in and out.

What is written is a function of names and contents, and what is read is bounded.
"""

from __future__ import annotations

import dataclasses
import gzip
import os
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest

from xinjiang_record.archives.zip import decompress, open_zip, sizes, write_zip
from xinjiang_record.archives.zip_checks import check_output
from xinjiang_record.errors import LimitError, ReadError
from xinjiang_record.limits import LIMITS, RATIO_FREE_BYTES


def test_a_zip_is_a_function_of_names_and_contents(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"Togo" * 50_000)
    first = write_zip(tmp_path / "a.zip", {"b/é.txt": b"Benin", "a.txt": tmp_path / "f"})
    os.utime(tmp_path / "f", (0, 0))
    (tmp_path / "f").chmod(0o600)
    previous = os.umask(0o077)
    try:
        second = write_zip(tmp_path / "b.zip", {"a.txt": tmp_path / "f", "b/é.txt": b"Benin"})
    finally:
        os.umask(previous)
    assert (
        first == second and (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    )
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.namelist() == ["a.txt", "b/é.txt"] and archive.testzip() is None
        assert {
            (item.date_time, item.external_attr >> 16, item.create_system)
            for item in archive.infolist()
        } == {((1980, 1, 1, 0, 0, 0), 0o100644, 3)}
    with open_zip(tmp_path / "a.zip") as ours:
        assert sizes(ours) == {"a.txt": 200_000, "b/é.txt": 5} and ours.read("b/é.txt") == b"Benin"
        assert b"".join(ours.chunks("a.txt")) == b"Togo" * 50_000
        with pytest.raises(LimitError, match="over the limit of 4"):
            ours.read("b/é.txt", limit=4)


@pytest.mark.parametrize("name", ["../a", "/a", "a//b", "a\\b", "", "C:a"])
def test_names_that_could_leave_a_folder_are_not_written_either(tmp_path: Path, name: str) -> None:
    with pytest.raises(ReadError, match="could leave its folder"):
        write_zip(tmp_path / "a.zip", {name: b"x"})
    assert not (tmp_path / "a.zip").exists()


@pytest.mark.parametrize("codec", ["gzip", "zstd"])
def test_compressed_files_come_back_within_their_limit(codec: str) -> None:
    plain = os.urandom(100_000) + b"x" * 100_000
    packed = (
        gzip.compress(plain) if codec == "gzip" else pa.compress(plain, codec=codec, asbytes=True)
    )
    assert decompress(packed, codec) == plain
    with pytest.raises(LimitError, match="over 150000 bytes"):
        decompress(packed, codec, limit=150_000)
    flipped = (
        packed[:50] + bytes([packed[50] ^ 255]) + packed[51:]
    )  # this zstd has no checksum to show it
    for broken in (packed[:-10], packed + b"junk", *([flipped, b""] if codec == "gzip" else [])):
        with pytest.raises(ReadError):
            decompress(broken, codec)


def test_bombs_stop_at_the_ratio_and_at_the_total() -> None:
    bomb = gzip.compress(b"\0" * (100 * 1024**2))
    with pytest.raises(LimitError, match="compression_ratio"):
        decompress(bomb, "gzip")
    with pytest.raises(LimitError, match=r"decompressed_bytes|limit for it"):
        decompress(bomb, "gzip", limits=dataclasses.replace(LIMITS, decompressed_bytes=1000))


def test_members_of_a_gzip_are_read_one_after_the_other() -> None:
    assert (
        decompress(gzip.compress(b"a") + gzip.compress(b"") + gzip.compress(b"b"), "gzip") == b"ab"
    )
    with pytest.raises(ReadError, match="only gzip and zstd"):
        decompress(b"x", "brotli")


def test_the_ratio_is_the_limit_and_not_a_multiple_of_it() -> None:
    out = 2 * RATIO_FREE_BYTES
    check_output(out, out // LIMITS.compression_ratio + 1, "a.zip", LIMITS)
    with pytest.raises(LimitError, match="compression_ratio"):
        check_output(out, out // (LIMITS.compression_ratio * 2), "a.zip", LIMITS)


@pytest.mark.parametrize("names", [("a.txt", "A.txt"), ("\u00e9.txt", "e\u0301.txt")])
def test_two_members_of_one_name_are_refused(tmp_path: Path, names: tuple[str, str]) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in names:
            archive.writestr(name, name)
    with pytest.raises(ReadError, match="two members are named"), open_zip(tmp_path / "a.zip"):
        pass


def test_members_that_overlap_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.txt", "one")
        archive.writestr("b.txt", "two")
    data = bytearray((tmp_path / "a.zip").read_bytes())
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = (0).to_bytes(4, "little")  # where its local header is
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(ReadError, match="overlaps another member"), open_zip(tmp_path / "a.zip"):
        pass


def test_a_member_that_holds_less_than_it_declares_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "one two three")
    data = bytearray((tmp_path / "a.zip").read_bytes())
    local, central = data.index(b"PK\x03\x04"), data.rindex(b"PK\x01\x02")
    for at in (local + 22, central + 24):
        data[at : at + 4] = (14).to_bytes(4, "little")
    (tmp_path / "a.zip").write_bytes(data)
    with open_zip(tmp_path / "a.zip") as archive, pytest.raises(ReadError, match="expected 14"):
        archive.read("a.txt")
