"""Raw files: what hides in them is found, through TOML escapes too, and every count is bounded."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from xinjiang_record.limits import LIMITS
from xinjiang_record.raw_files import RawFile, parse_toml, read_folder


def findings(tmp_path: Path, name: str, data: bytes) -> list[tuple[str, int | None]]:
    folder = tmp_path / "raw" / "p"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    return [
        (item.type, item.place.line if item.place else None)
        for item in read_folder(tmp_path, folder).findings
    ]


@pytest.mark.parametrize(
    "hidden",
    ["\0", "\u202e", "\u00ad", "\u200d", "\U000e0041", "C\u0336", "\u00a0", "\uff23", "\u200b"],
    ids=ascii,
)
@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.toml"])
def test_a_hidden_character_is_found_with_its_line(tmp_path: Path, name: str, hidden: str) -> None:
    text = f"# first\nCuba{hidden}\n"
    assert findings(tmp_path, name, text.encode()) == [("control-character", 2)]


@pytest.mark.parametrize(
    "escape",
    [r"\u0000", r"\u202E", r"\n", r"\t", r"\U000E0041", r"\u0336", r"\u00A0", r"\u001b[2J"],
)
@pytest.mark.parametrize(
    "form",
    [
        'first = 1\nbody = "{}"\n',
        'first = 1\nbody = ["x", "a{}b"]\n',
        'first = 1\nbody = {{ inner = "a{}b" }}\n',
        'first = 1\n"a{}b" = 1\n',
        '[[rows]]\nbody = "a{}b"\n',
    ],
)
def test_an_escape_is_checked_after_it_is_decoded(form: str, escape: str) -> None:
    facts, found = parse_toml(RawFile("raw/p/a.toml", form.format(escape)))
    assert facts == {}
    assert {item.type for item in found} == {"control-character"}
    if "body" in form:
        assert found[0].place and found[0].place.line == 2


def test_plain_values_are_read() -> None:
    text = 'title = "Côte d\'Ivoire \\"quoted\\""\nday = 2019-07-08\n[a.b]\nc = [1, 2]\n'
    facts, found = parse_toml(RawFile("raw/p/a.toml", text))
    assert (
        not found and facts["title"] == 'Côte d\'Ivoire "quoted"' and facts["a"]["b"]["c"] == [1, 2]
    )


@pytest.mark.parametrize(
    ("name", "data", "limit"),
    [
        ("a.txt", b"Chad\n" * 1_000_000, "raw_lines"),
        ("a.txt", b"Chad " * 1_000_000, "raw_line_chars"),
        ("a.csv", b"a,b\n" * 100_000, "raw_rows"),
        ("a.toml", b"# x\n" * 300_000, "descriptor_bytes"),
    ],
)
def test_a_file_over_a_limit_is_a_finding_at_once(
    tmp_path: Path, name: str, data: bytes, limit: str
) -> None:
    folder = tmp_path / "raw" / "p"
    folder.mkdir(parents=True)
    (folder / name).write_bytes(data)
    started = time.process_time()
    found = read_folder(tmp_path, folder).findings
    assert len(found) == 1 and limit in found[0].message
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "text",
    [
        "[[claims]]\na = 1\nb = 2\n" * 20_000,
        "".join(f"[a{number}]\n" for number in range(30_000)),
        "claims = [" + "{ a = 1 }, " * 20_000 + "]",
        ".".join("a" * 100_000) + " = 1",
        "[" + ".".join("a" * 100_000) + "]",
        "x = " + "[" * 100_000,
        "x = 1" + "0" * 5_000,
    ],
    ids=[
        "tables",
        "empty tables",
        "inline tables",
        "a key of many parts",
        "a table of many parts",
        "depth",
        "digits",
    ],
)
def test_toml_that_would_take_minutes_is_refused(text: str) -> None:
    started = time.process_time()
    facts, found = parse_toml(RawFile("raw/p/a.toml", text))
    assert facts == {} and len(found) == 1
    assert time.process_time() - started < 5


@pytest.mark.parametrize("kind", ["pipe", "link", "folder link"])
def test_what_is_not_a_regular_file_is_a_finding(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "raw" / "p"
    folder.mkdir(parents=True)
    if kind == "pipe":
        os.mkfifo(folder / "a.txt")
    else:
        os.symlink("/etc/hostname" if kind == "link" else "/etc", folder / "a.txt")
    found = read_folder(tmp_path, folder).findings
    assert len(found) == 1 and "not a regular file" in found[0].message


def test_a_package_that_is_a_link_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.txt").write_text("Chad\n")
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "p").symlink_to(tmp_path / "elsewhere")
    found = read_folder(tmp_path, tmp_path / "raw" / "p")
    assert not found.files and "is a link" in found.findings[0].message


def test_the_findings_of_one_file_are_bounded(tmp_path: Path) -> None:
    assert len(findings(tmp_path, "a.csv", b"\0" * 100_000)) == 100
    assert LIMITS.raw_lines < 100_000
