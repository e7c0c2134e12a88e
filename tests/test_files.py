"""Files: a folder that mirrors what is wanted, and nothing outside of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from xinjiang_record import files
from xinjiang_record.errors import UnsafeNameError


@pytest.mark.parametrize(
    "name", ["../out.txt", "a/../../out.txt", "/tmp/xrecord-out.txt", "..", "a/..", "a//../../b"]
)
def test_no_name_leads_out_of_a_mirrored_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "site"
    with pytest.raises(UnsafeNameError, match="could leave"):
        files.mirror(folder, {name: b"x"})
    assert [path.name for path in tmp_path.rglob("*")] == ["site"]


def test_a_link_in_a_mirrored_folder_is_replaced_and_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("kept")
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "index.html").symlink_to(outside)
    assert files.mirror(folder, {"index.html": b"kept"}) == 1
    assert outside.read_text() == "kept" and not (folder / "index.html").is_symlink()


def test_a_folder_that_is_a_link_is_replaced_by_one(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "site"
    outside.mkdir()
    folder.mkdir()
    (folder / "data").symlink_to(outside)
    files.mirror(folder, {"data/x.html": b"x"})
    assert not list(outside.iterdir()) and (folder / "data/x.html").read_bytes() == b"x"
