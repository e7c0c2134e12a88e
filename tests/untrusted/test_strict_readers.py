"""The strict readers: paths, regular files, JSON, TOML and shapes, on both sides of each rule."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from xinjiang_record.errors import LimitError, ReadError
from xinjiang_record.limits import LIMITS
from xinjiang_record.untrusted.regular_files import read_regular_file, read_regular_head
from xinjiang_record.untrusted.safe_paths import path_problem, paths_problem
from xinjiang_record.untrusted.shapes import (
    MOST_SHOWN,
    Flag,
    ListOf,
    MapOf,
    Null,
    OneOf,
    Table,
    Text,
    Whole,
    describe,
    first_problems,
)
from xinjiang_record.untrusted.strict_json import parse_json
from xinjiang_record.untrusted.strict_toml import KEY_PARTS, line_of_fault, parse_toml


@pytest.mark.parametrize(
    "path", ["a", "data/x.csv", "a-b/C_d.e", "/".join(["a"] * LIMITS.path_parts), "a" * 255]
)
def test_a_plain_path_is_allowed(path: str) -> None:
    assert path_problem(path) == ""


@pytest.mark.parametrize(
    "path",
    [None, 5, "", ".", "..", "/a", "a/", "a//b", "a/../b", ".a", "a/.b", "a.", "a b", "a\n", "é",
     "-a", "a\\b", "a:b", "a" * 256, "/".join(["a"] * (LIMITS.path_parts + 1)),
     "ab/" * 15 + "c" * LIMITS.path_chars],
)  # fmt: skip
def test_another_path_is_not(path: object) -> None:
    assert path_problem(path)


def test_paths_exclude_each_other() -> None:
    assert paths_problem(["a/b", "a/c", "ab", "a.b"]) == ""
    assert "same file" in paths_problem(["a/B", "A/b"])
    assert "folder of" in paths_problem(["x/y", "b", "x"])
    assert "folder of" in paths_problem(["readme.md/x", "README.md"])


def test_a_regular_file_is_read_up_to_its_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * LIMITS.header_bytes)
    assert len(read_regular_file(path, "header_bytes")) == LIMITS.header_bytes
    assert read_regular_head(path, 5) == b"xxxxx"
    path.write_bytes(b"x" * (LIMITS.header_bytes + 1))
    said = (
        f"{LIMITS.header_bytes + 1} bytes, over the limit header_bytes"  # before anything is read
    )
    with pytest.raises(LimitError, match=said):
        read_regular_file(path, "header_bytes")
    with pytest.raises(FileNotFoundError):
        read_regular_file(tmp_path / "b", "header_bytes")


def test_a_file_that_grows_or_says_too_little_is_bounded() -> None:
    """A file of /proc has the size 0, whatever it holds."""
    path = Path("/proc/self/environ")
    most = len(read_regular_file(path, "header_bytes"))
    assert most > 0 and path.stat().st_size == 0
    with pytest.raises(LimitError, match="more bytes than the limit path_parts"):
        read_regular_file(path, "path_parts")


@pytest.mark.parametrize("kind", ["folder", "pipe", "device", "link", "link to nothing"])
def test_what_is_not_a_regular_file_is_refused_at_once(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path = Path("/dev/zero")
    else:
        (tmp_path / "b").write_bytes(b"x" if kind == "link" else b"")
        path.symlink_to(tmp_path / ("b" if kind == "link" else "c"))
    for read in (
        lambda: read_regular_file(path, "header_bytes"),
        lambda: read_regular_head(path, 9),
    ):
        with pytest.raises(ReadError):
            read()
    if kind == "link":
        assert read_regular_file(path, "header_bytes", follow_link=True) == b"x"


def nested(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


def test_sound_json_is_what_json_says() -> None:
    for value in ({}, {"a": [1, -2.5, None, True, "新疆 \U0001f600"]}, "x", 10**99, []):
        assert parse_json(json.dumps(value, ensure_ascii=False).encode(), "x") == value
    assert parse_json(nested(LIMITS.descriptor_depth + 1), "x")


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", ReadError),
        (b"{", ReadError),
        (b"\xff", ReadError),
        (b"\xef\xbb\xbf{}", ReadError),
        (b'{"a": 1, "a": 1}', ReadError),
        (b'{"x": {"a": 1, "b": 2, "a": 3}}', ReadError),
        (b"NaN", ReadError),
        (b"[Infinity]", ReadError),
        (b'{"a": "\\ud800"}', ReadError),
        (b'{"\\udc00": 1}', ReadError),
        (b"1" * (LIMITS.number_digits + 1), ReadError),
        (nested(LIMITS.descriptor_depth + 2), LimitError),
        (b"[" * 100_000, LimitError),
        (b"[" + b"0," * LIMITS.descriptor_values + b"0]", LimitError),
    ],
    ids=range(14),
)
def test_other_json_is_refused_by_name(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"^the file"):
        parse_json(data, "the file")


def test_sound_toml_is_what_toml_says() -> None:
    key = ".".join("a" * (KEY_PARTS - 1))
    assert parse_toml('a = 1\n[b.c]\nd = "x.y.z"\n') == {"a": 1, "b": {"c": {"d": "x.y.z"}}}
    assert parse_toml(f"{key} = 1\n") and parse_toml(f'x = "{"a." * 200}"\n')


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\na = 2\n", 2),
        ("a = [1,\n", 2),
        ("x = 1\n" + "a." * 60 + "a = 1\n", 2),
        ("[" + "a." * 60 + "a]\n", 1),
        ("a = 1" + "0" * 5000, 1),
        ("a = " + "[" * 5000, 1),
    ],
    ids=range(6),
)
def test_other_toml_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises((ReadError, LimitError)) as caught:
        parse_toml(text)
    assert line_of_fault(text, caught.value) == line


SHAPE = Table(
    {"name": Text("[a-z]+", "a name", 5), "count": Whole(10)},
    {
        "flags": ListOf(Flag(), most=2, least=1),
        "by": MapOf(Null(), most=2),
        "either": OneOf((Null(), Text()), "a text or null"),
    },
)
SOUND = {"name": "abc", "count": 10}


@pytest.mark.parametrize(
    "more",
    [{}, {"count": 0}, {"flags": [True, False]}, {"by": {}}, {"by": {"a": None, "b-1": None}},
     {"either": None}, {"either": "x"}],
    ids=str,
)  # fmt: skip
def test_what_fits_a_shape_has_no_problem(more: dict[str, object]) -> None:
    assert first_problems({**SOUND, **more}, SHAPE) == []


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ([], "the file: expected a table, got a list of 0 items"),
        ({"name": "abc"}, "count: is missing"),
        ({**SOUND, "more": 1}, "more: is not a key that is known here"),
        ({**SOUND, "name": "ABC"}, "name: expected a name, got 'ABC'"),
        ({**SOUND, "name": "abcdef"}, "name: expected a name, got 'abcdef'"),
        ({**SOUND, "name": None}, "name: expected a name, got null"),
        ({**SOUND, "count": 11}, "count: expected a whole number from 0 to 10, got 11"),
        ({**SOUND, "count": -1}, "count: expected a whole number from 0 to 10, got -1"),
        ({**SOUND, "count": True}, "count: expected a whole number from 0 to 10, got true"),
        ({**SOUND, "count": 1.0}, "count: expected a whole number from 0 to 10, got 1.0"),
        ({**SOUND, "flags": []}, "flags: 0 items, expected 1 to 2"),
        ({**SOUND, "flags": [True] * 3}, "flags: 3 items, expected 1 to 2"),
        ({**SOUND, "flags": [True, 0]}, "flags[2]: expected true or false, got 0"),
        ({**SOUND, "flags": {}}, "flags: expected a list, got a table of 0 keys"),
        ({**SOUND, "by": []}, "by: expected a table, got a list of 0 items"),
        ({**SOUND, "by": {"A b": None}}, "by.'A b': is not a name that is allowed here"),
        ({**SOUND, "by": {"a": 1}}, "by.a: expected null, got 1"),
        ({**SOUND, "by": dict.fromkeys("abc")}, "by: 3 keys, over 2"),
        ({**SOUND, "either": 5}, "either: expected a text or null, got 5"),
    ],
)
def test_what_does_not_fit_is_named(value: object, problem: str) -> None:
    assert first_problems(value, SHAPE) == [problem]


def test_a_value_is_described_in_few_words() -> None:
    assert describe("x" * 61) == repr("x" * 60 + "...") and describe("x" * 60) == repr("x" * 60)
    assert describe(2**64) == "a number of very many digits" and describe(2**64 - 1) == str(
        2**64 - 1
    )
    assert describe(False) == "false" and describe(b"") == "bytes"
    assert len(first_problems([None] * 50, ListOf(Flag()))) == MOST_SHOWN
