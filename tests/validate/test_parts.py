"""Tables in several files: read as one stream, as Frictionless joins them, and never row by row."""

from __future__ import annotations

import gc
import gzip
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import frictionless
import pytest

from xinjiang_record.errors import ReadError
from xinjiang_record.validate import report_formats, validate

FIELDS = [{"name": "a", "type": "string"}, {"name": "b", "type": "integer"}]
PARTS = {
    "plain": [b"a,b\nx,1\n", b"a,b\ny,2\n", b"a,b\nz,bad\n"],
    "no line end": [b"a,b\nx,1", b"a,b\ny,2", b"a,b\nz,3"],
    "a quote over parts": [b'a,b\n"x\n', b'a,b\ny",1\nz,2\n'],
    "a quoted line is the first line": [b"a,b\nx,1\n", b'"a\nb",c\ny,2\n'],
    "empty parts": [b"a,b\nx,1\n", b"", b"a,b\n", b"a,b\ny,bad\n"],
    "an empty first part": [b"", b"a,b\nx,1\n", b"a,b\ny,2\n"],
    "byte order marks": [b"\xef\xbb\xbfa,b\nx,1\n", b"\xef\xbb\xbfa,b\ny,2\n"],
    "CRLF": [b"a,b\r\nx,1\r\n", b"a,b\r\ny,2\r\n"],
    "CR": [b"a,b\rx,1\r", b"a,b\ry,bad\r"],
    "blank lines": [b"a,b\n\nx,1\n", b"\n\ny,2\n\n", b"a,b\n\n"],
    "a key in two parts": [b"a,b\nx,1\ny,2\n", b"a,b\nx,3\n", b"a,b\ny,4\nx,5\n"],
    "a header longer than a block": [
        b"a,b\nx,1\n",
        b"a" * 9000 + b",b\ny,2\n",
        b"a" * 8191 + b"\r\ny,2\r\n",
    ],
    "under gzip": [
        gzip.compress(b"a,b\nx,1\n"),
        gzip.compress(b"a,b\ry,2\nz,bad\n"),
        b"a,b\nz,4\n",
    ],
}


@pytest.fixture(autouse=True)
def collected(quiet: None) -> Iterator[None]:
    """Frictionless leaves the file under a gzip stream open.

    Collected here, where its warnings are expected.
    """
    yield
    gc.collect()


def several(box: Callable[..., Path], contents: list[bytes], **extra: Any) -> Path:
    """A package whose table is in these parts; its descriptor's path."""
    path = box(b"", FIELDS, schema={"primaryKey": ["a"]}, **extra)
    names = []
    for number, content in enumerate(contents):
        names.append(f"part-{number}.csv" + (".gz" if content.startswith(b"\x1f\x8b") else ""))
        (path.parent / names[-1]).write_bytes(content)
    descriptor = json.loads(path.read_text())
    descriptor["resources"][0] |= {"path": names, "format": "csv"}
    path.write_text(json.dumps(descriptor))
    return path


@pytest.mark.parametrize("limit", [0, 1])
@pytest.mark.parametrize(
    "header", [True, False, None], ids=["header", "no header", "header detected"]
)
@pytest.mark.parametrize("name", PARTS)
def test_parts(
    name: str, header: bool | None, limit: int, box: Callable[..., Path], same: Callable[..., Any]
) -> None:
    extra = (
        {"encoding": "utf-8", "dialect": {"delimiter": ",", "header": header}}
        if header is not None
        else {}
    )
    same(several(box, PARTS[name], **extra), limit)


@pytest.mark.parametrize("name", ["plain", "no line end", "CR", "under gzip"])
def test_a_part_that_ends_amid_a_row_is_named(name: str, box: Callable[..., Path]) -> None:
    notes = " ".join(validate(several(box, PARTS[name])).notes)
    assert ("part-0.csv does not end with a line end" in notes) == (name == "no line end")


@pytest.mark.parametrize(
    "name", ["plain", "a quote over parts", "a key in two parts", "under gzip", "CRLF"]
)
def test_parts_are_scanned(name: str, box: Callable[..., Path], same: Callable[..., Any]) -> None:
    assert not same(several(box, PARTS[name], encoding="utf-8", dialect={"delimiter": ","})).slow


@pytest.mark.parametrize("header", [True, False], ids=["header", "no header"])
@pytest.mark.parametrize("name", sorted(PARTS.keys() - {"a header longer than a block"}))
def test_the_file_and_the_line_of_a_row_are_told(
    name: str, header: bool, box: Callable[..., Path]
) -> None:
    path = several(box, PARTS[name], encoding="utf-8", dialect={"delimiter": ",", "header": header})
    descriptor = json.loads(path.read_text())
    descriptor["resources"][0]["schema"] = {
        "fields": [{**FIELDS[0], "constraints": {"minLength": 50}}, FIELDS[1]]
    }
    path.write_text(json.dumps(descriptor))
    report = validate(path, limit_errors=0)
    found = [
        error for _, error in report.errors() if "rowNumber" in error and "".join(error["cells"])
    ]
    places = report.places("t", [error["rowNumber"] for error in found])
    for error in found:
        place = places[error["rowNumber"]]
        data = (path.parent / place.path).read_bytes()
        lines = re.split(
            "\r\n|\r|\n",
            (gzip.decompress(data) if place.path.endswith(".gz") else data).decode("utf-8-sig"),
        )
        first = error["cells"][0].partition("\n")[0].lstrip("\ufeff")
        assert place.line and lines[place.line - 1].lstrip('"').startswith(first), (
            place,
            error["cells"],
        )
    last = max(error["rowNumber"] for error in found)
    output = report_formats.write_github([report])
    assert f"file={path.parent}/{places[last].path},line={places[last].line},title=" in output
    assert (
        f"row {found[0]['rowNumber']} ({places[found[0]['rowNumber']]})"
        in report_formats.write_text([report])
    )


def test_a_part_that_is_not_there(box: Callable[..., Path], same: Callable[..., Any]) -> None:
    path = several(box, PARTS["plain"])
    (path.parent / "part-2.csv").unlink()
    same(path)


def test_a_part_that_ends_too_early(box: Callable[..., Path]) -> None:
    path = several(box, [b"a,b\nx,1\n", gzip.compress(b"a,b\n" + b"y,2\n" * 100)[:-12]])
    with pytest.raises(EOFError):
        frictionless.validate(str(path))
    with pytest.raises(ReadError, match="ended before"):
        validate(path)


@pytest.mark.parametrize("packed", [False, True])
def test_where_the_reading_of_parts_stops(
    packed: bool, box: Callable[..., Path], same: Callable[..., Any]
) -> None:
    rows = [
        b"x%d,%s\n" % (number, b"bad" if number % 50 == 49 else b"1") for number in range(5_000)
    ]
    parts = [b"a,b\n" + b"".join(rows[start : start + 1_750]) for start in range(0, 5_000, 1_750)]
    path = several(box, [gzip.compress(part) if packed else part for part in parts])
    for limit in (1, 7, 50, 99, 100):
        assert not same(path, limit).slow


def test_keys_and_references_over_parts(box: Callable[..., Path], same: Callable[..., Any]) -> None:
    rows = [b"k%d,%d\n" % (number % 5_800, number) for number in range(6_000)]
    parts = [b"a,b\n" + b"".join(rows[start : start + 1_800]) for start in range(0, 6_000, 1_800)]
    path = several(box, parts)
    descriptor = json.loads(path.read_text())
    child = {
        "fields": FIELDS,
        "foreignKeys": [{"fields": ["a"], "reference": {"resource": "t", "fields": ["a"]}}],
    }
    descriptor["resources"].append(
        {"name": "child", "type": "table", "path": "child.csv", "schema": child}
    )
    path.write_text(json.dumps(descriptor))
    (path.parent / "child.csv").write_bytes(b"a,b\nk5799,1\nk5800,2\n")
    report = same(path)
    assert report.error_count == 201
    assert not report.slow
