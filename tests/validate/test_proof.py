"""Clean tables are proved without Frictionless, and the report equals Frictionless's own.

The long form is ``pytest tests/validate/test_proof.py -m slow``; XRECORD_TEST_TABLES sets the
number of sources, XRECORD_TEST_SEED others.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from xinjiang_record import limits
from xinjiang_record.model import Place
from xinjiang_record.validate import frictionless_hooks, validate
from xinjiang_record.validate.api import Settings
from xinjiang_record.validate.proof import plain_descriptor
from xinjiang_record.validate.proof.known_errors import ERRORS
from xinjiang_record.validate.readers import csv_chunks
from xinjiang_record.validate.small_files import small_rows

SHORT, LONG = 60, int(os.environ.get("XRECORD_TEST_TABLES", "3000"))
SEED = int(os.environ.get("XRECORD_TEST_SEED", "1"))
WORDS = [
    "a",
    "b",
    "Al Jazeera",
    "日本",
    "é",
    "nation",
    "Inf.",
    "Pakistan",
    "P5",
    "t1",
    "True",
    "x y",
]
TEXTS: dict[str, list[str]] = {
    "string": [*WORDS, "a,b", 'q"q', "a\nb", "'s", " a", "=1", "-", "1a"],
    "integer": ["0", "1", "12", "-5", "2020", "007", "123456789012345678", "+1", "1_0", " 7"],
    "number": ["0", "1.5", "-2.50", "1000000.25", "12", "1e3", "NaN", ".5", "5."],
    "date": ["2020-01-01", "2019-12-31", "2020-02-29", "2020-02-30", "2020-1-1", "20200101"],
    "boolean": ["true", "false", "True", "1", "0", "yes"],
    "year": ["2020", "1999", "0001", "99"],
    "yearmonth": ["2020-01", "1999-12", "2020-13"],
    "datetime": ["2020-01-01T10:00:00", "2020-01-01T10:00:00Z", "2020-01-01 10:00:00"],
    "time": ["10:00:00", "23:59:59", "24:00:00"],
    "uri": ["https://a.b/c?d=e#f", "http://1.2.3.4/x", "mailto:x", "no"],
}
GOOD = {"string": 15, "integer": 7, "number": 5, "date": 3, "boolean": 5, "year": 3, "yearmonth": 2}
GOOD |= {"datetime": 2, "time": 2, "uri": 3}
BOUNDS: dict[str, list[Any]] = {
    "integer": [-10, 0, "1"],
    "number": [-10, 0, 1.5, "0.5"],
    "date": ["2019-01-01", "2020-01-01"],
}
NAMES = ["id", "name", "x_1", "Ländername", "a b", "true", "2020", "é"]


def draw_text(draw: random.Random, kind: str, good: bool) -> str:
    if draw.random() < 0.1:
        return ""
    texts = TEXTS[kind]
    return draw.choice(texts[: GOOD[kind]] if good or draw.random() < 0.9 else texts)


def draw_field(draw: random.Random, name: str, kind: str) -> dict[str, Any]:
    """A field, mostly of the forms that are proved."""
    item: dict[str, Any] = {"name": name, "type": "string" if kind == "uri" else kind}
    if kind == "uri":
        item["format"] = "uri"
    constraints: dict[str, Any] = {}
    if draw.random() < 0.1:
        constraints["required"] = draw.choice([True, False])
    if draw.random() < 0.05:
        constraints["unique"] = True
    if kind in BOUNDS and draw.random() < 0.2:
        constraints[draw.choice(["minimum", "maximum"])] = draw.choice(BOUNDS[kind])
    if kind == "string" and draw.random() < 0.2:
        constraints |= draw.choice(
            [{"minLength": 0}, {"maxLength": 12}, {"pattern": "[^0-9]+"}, {"pattern": r"\w*"}]
        )
    if kind in ("string", "integer") and draw.random() < 0.1:
        constraints["enum"] = TEXTS[kind]
    if constraints:
        item["constraints"] = constraints
    extra = [{"title": "T"}, {"x-note": {"a": [1]}}, {"missingValues": ["", "-"]}, {"unit": "m"}]
    extra += [{"bareNumber": True}] if kind in ("integer", "number") else []
    extra += [{"trueValues": ["true", "1", "T"]}] if kind == "boolean" else []
    extra += [{"example": "a"}, {"rdfType": "x"}, {"description": "D"}, {"title": 5}]
    return item | draw.choice(extra) if draw.random() < 0.3 else item


def draw_table(draw: random.Random, folder: Path, name: str, others: list[str]) -> dict[str, Any]:
    kinds = [draw.choice([*TEXTS, "string", "integer"]) for _ in range(draw.choice([1, 2, 3, 5]))]
    names = draw.sample(NAMES, len(kinds))
    good = draw.random() < 0.8
    rows = [
        [draw_text(draw, kind, good) for kind in kinds] for _ in range(draw.choice([0, 3, 120]))
    ]
    if draw.random() < 0.5:
        rows = [row for row in rows if any(row)]
    ids = draw.random() < 0.5
    if ids:
        rows = [[str(number), *row] for number, row in enumerate(rows, 1)]
        names, kinds = ["key", *names], ["integer", *kinds]
    delimiter = draw.choice([",", ",", ",", ";", "\t"])
    quote = draw.choice(['"', '"', '"', "'"])

    def write(cell: str) -> str:
        special = {delimiter, quote, "\n", "\r"}.intersection(cell)
        return f"{quote}{cell.replace(quote, quote * 2)}{quote}" if special else cell

    gap = draw.choice(["", "", "", "", " "])
    end = draw.choice(["\n", "\n", "\r\n"])
    lines = [f"{delimiter}{gap}".join(map(write, row)) for row in [names, *rows]]
    text = end.join(lines) + draw.choice(["", end])
    suffix = draw.choice(["csv", "csv", "csv", "tsv"])
    encoding = draw.choice(["utf-8"] * 8 + ["utf-8-sig", "latin-1"])
    (folder / f"{name}.{suffix}").write_bytes(text.encode(encoding, "replace"))
    item: dict[str, Any] = {"name": name, "path": f"{name}.{suffix}"}
    if draw.random() < 0.8:
        item["encoding"] = draw.choice(["utf-8", "utf-8", "utf-8", "UTF-8", encoding])
    if draw.random() < 0.8:
        declared: dict[str, Any] = {"delimiter": delimiter}
        declared |= draw.choice([{}, {"quoteChar": quote}, {"doubleQuote": True}])
        declared |= draw.choice([{}, {}, {"skipInitialSpace": bool(gap)}, {"header": True}])
        item["dialect"] = draw.choice([declared, declared, {"csv": declared}, {}])
        if "csv" in item["dialect"]:
            item["dialect"]["csv"].pop("header", None)
    if draw.random() < 0.2:
        item |= draw.choice([{"type": "table"}, {"format": suffix}, {"mediatype": "text/csv"}])
        item |= draw.choice([{}, {"bytes": len(text.encode(encoding, "replace"))}, {"bytes": 5}])
    if draw.random() < 0.7:
        fields = [draw_field(draw, *pair) for pair in zip(names, kinds, strict=True)]
        schema: dict[str, Any] = {"fields": fields}
        if ids and draw.random() < 0.8:
            schema["primaryKey"] = draw.choice(["key", ["key"]])
        if ids and draw.random() < 0.3:
            schema["uniqueKeys"] = [["key"]]
        if ids and others:
            target = draw.choice([*others, ""])
            reference = {"resource": target, "fields": ["key"]}
            schema["foreignKeys"] = [{"fields": ["key"], "reference": reference}]
        item["schema"] = schema
    if ids and "schema" in item:
        others.append(name)
    return item


def draw_package(draw: random.Random, folder: Path) -> str:
    """Write a package, a resource or a lone table; return its name."""
    others: list[str] = []
    tables = [
        draw_table(draw, folder, f"t{number}", others) for number in range(draw.choice([1, 2]))
    ]
    if draw.random() < 0.2:
        return str(tables[0]["path"])
    if len(tables) == 1 and draw.random() < 0.3:
        (folder / "t.resource.json").write_text(json.dumps(tables[0]))
        return "t.resource.json"
    package: dict[str, Any] = {"name": "p", "resources": tables}
    more = [{}, {}, {"$schema": "https://datapackage.org/profiles/2.0/datapackage.json"}]
    more += [
        {"licenses": [{"name": "CC0-1.0"}]},
        {"licenses": [{"title": "x"}]},
        {"keywords": ["a"]},
    ]
    more += [
        {"created": "2026-01-01T00:00:00Z"},
        {"contributors": [{"title": "x", "roles": ["y"]}]},
    ]
    more += [{"sources": [{"title": "x", "email": "no"}]}, {"x-any": {"y": 1}}, {"version": 2}]
    (folder / "datapackage.json").write_text(json.dumps({**package, **draw.choice(more)}))
    return "datapackage.json"


def compare(count: int, seed: int, folder: Path, same: Callable[..., Any]) -> Counter[str]:
    """Compare ``count`` sources; return how many were proved, and how many were not."""
    found: Counter[str] = Counter()
    for number in range(count):
        draw = random.Random(f"{seed}-{number}")
        place = folder / str(number)
        place.mkdir()
        path = place / draw_package(draw, place)
        try:
            same(path, limit=1000)
        except AssertionError as error:
            raise AssertionError(f"table {number} of seed {seed}: {path}") from error
        report = validate(path.name)
        found["proved" if not report.tables else "left"] += 1
        sizes = sorted(item.stat().st_size for item in place.glob("t*.?sv"))
        if len(sizes) == 2 and sizes[0] < sizes[1]:  # one is large, and may refer to the other
            with pytest.MonkeyPatch.context() as patched:
                patched.setattr(small_rows, "SMALL_BYTES", sizes[0])
                large = validate(path.name)
            assert plain(large.to_descriptor()) == plain(report.to_descriptor()), path
            found["large proved" if not large.tables else "large left"] += 1
    return found


def plain(report: dict[str, Any]) -> Any:
    """A report as JSON without the seconds."""
    copy = json.loads(json.dumps(report))
    for stats in (copy["stats"], *(task["stats"] for task in copy["tasks"])):
        stats.pop("seconds")
    return copy


def test_reports_are_equal(tmp_path: Path, same: Callable[..., Any]) -> None:
    found = compare(SHORT, SEED, tmp_path, same)
    assert found["proved"] > SHORT / 5 and found["left"] > SHORT / 5, found
    assert found["large proved"] > 2 and found["large left"] > 2, found


@pytest.mark.slow
def test_many_reports_are_equal(tmp_path: Path, same: Callable[..., Any]) -> None:
    print(compare(LONG, SEED, tmp_path, same))


@pytest.mark.parametrize(("rows", "heavy"), [(2, "pyarrow"), (500_000, "frictionless")])
def test_a_clean_table_needs_no_frictionless(tmp_path: Path, rows: int, heavy: str) -> None:
    lines = (f"{number},a\n" for number in range(100_000, 100_000 + rows))
    (tmp_path / "t.csv").write_text("id,name\n" + "".join(lines))
    code = (
        "import sys; from xinjiang_record.validate import validate; "
        "report = validate('t.csv'); assert report.valid and report.read; "
        f"sys.exit('frictionless' in sys.modules or {heavy!r} in sys.modules)"
    )
    assert not subprocess.run([sys.executable, "-c", code], cwd=tmp_path).returncode


def test_the_scan_of_a_large_table_is_not_repeated_for_frictionless(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, theirs: Callable[..., Any]
) -> None:
    """A bad row, a repeated key and a lost reference are found by the scan that was begun.

    Frictionless goes on with it, since only it knows what a NaN is.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(small_rows, "SMALL_BYTES", 20)
    monkeypatch.setattr(limits, "LEAST_PIECE_BYTES", 64)
    monkeypatch.setattr(limits, "PIECE_BYTES", 64)
    rows = [f"{number:03d},{number}.50,{'ab'[number % 2]}" for number in range(100)]
    rows[60], rows[80], rows[90], rows[95] = "060,1e1,a", "081,5,b", "090,9,c", "095,NaN,a"
    Path("t.csv").write_text("\n".join(["id,amount,kind", *rows, ""]))
    Path("k.csv").write_text("kind\na\nb\n")
    number = {"name": "amount", "type": "number", "constraints": {"maximum": "99.50"}}
    fields = [{"name": "id", "type": "string"}, number, {"name": "kind", "type": "string"}]
    key = {"fields": ["kind"], "reference": {"resource": "k", "fields": ["kind"]}}
    schema = {"fields": fields, "primaryKey": "id", "foreignKeys": [key]}
    kinds = {"fields": [{"name": "kind", "type": "string"}]}
    tables = [
        {"name": "t", "path": "t.csv", "encoding": "utf-8", "schema": schema},
        {"name": "k", "path": "k.csv", "encoding": "utf-8", "schema": kinds},
    ]
    Path("datapackage.json").write_text(json.dumps({"name": "p", "resources": tables}))
    pieces: list[int] = []
    cut = csv_chunks.cut_stream

    def counted(*given: Any, **named: Any) -> Iterator[csv_chunks.Chunk]:
        for chunk in cut(*given, **named):
            pieces.append(chunk.offset)
            yield chunk

    monkeypatch.setattr(csv_chunks, "cut_stream", counted)
    report = validate("datapackage.json", limit_errors=0)
    assert plain(report.to_descriptor()) == theirs("datapackage.json", 0)
    assert report.to_descriptor()["stats"]["errors"] == 3
    assert len(pieces) == len(set(pieces)) + 1  # k.csv is read as a small table, and by the lookup


BAD_ROWS = [
    "01,2020-02-30,1,1.5,true,http://a.b/,abc,a",  # a date that there is not
    "02,2021-01-01,1,1.5,true,http://a.b/,abc,a",  # above the maximum
    ",2020-01-01,1,1.5,true,http://a.b/,abc,a",  # no key
    "04,2020-01-01,x,-1,yes,no address,abc,a",  # four cells
    "05,2020-01-01,9,1e9,true,http://a.b/,abcdefg,a",  # not in the list, too large, too long
    "06,2020-01-01,2,1.5,true,http://a.b/,ABC,é",  # not the pattern; no partner
    "111,2020-01-01,2,1.5,true,http://a.b/,abc,a",  # the key of another row
    "08,2020-01-01,2,1.5,true,http://a.b/,abc,a,and,more",
    "09,2020-01-01,2",
    ",,,,,,,",
    'x,2020-1-1,2,1.5,true,http://a.b/,"a""b{c}",-',
]


def test_errors_in_a_large_table_need_no_frictionless(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, theirs: Callable[..., Any]
) -> None:
    """Every kind of error is worded, ordered and placed as by Frictionless itself."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(small_rows, "SMALL_BYTES", 20)
    good = [f"{number},2020-01-01,1,1.5,true,http://a.b/,abc,b" for number in range(100, 240)]
    names = ["id", "day", "count", "share", "sure", "url", "word", "kind"]
    Path("t.csv").write_text("\n".join([",".join(names), *good[:120], *BAD_ROWS, *good[120:], ""]))
    Path("k.csv").write_text("kind\na\nb\n")
    fields = [
        {"name": "id", "type": "string", "constraints": {"pattern": "[0-9]*"}},
        {"name": "day", "type": "date", "constraints": {"maximum": "2020-12-31"}},
        {"name": "count", "type": "integer", "constraints": {"enum": [1, "2"], "required": True}},
        {"name": "share", "type": "number", "constraints": {"minimum": 0.5, "maximum": "99"}},
        {"name": "sure", "type": "boolean"},
        {"name": "url", "type": "string", "format": "uri"},
        {"name": "word", "type": "string", "constraints": {"maxLength": 5, "pattern": "[a-z]+"}},
        {"name": "kind", "type": "string", "missingValues": ["", "-"]},
    ]
    key = {"fields": ["kind"], "reference": {"resource": "k", "fields": ["kind"]}}
    schema = {"fields": fields, "primaryKey": "id", "foreignKeys": [key]}
    kinds = {"fields": [{"name": "kind", "type": "string"}]}
    tables = [
        {"name": "t", "path": "t.csv", "encoding": "utf-8", "schema": schema},
        {"name": "k", "path": "k.csv", "encoding": "utf-8", "schema": kinds},
    ]
    Path("datapackage.json").write_text(json.dumps({"name": "p", "resources": tables}))
    with monkeypatch.context() as patched:
        patched.delattr(frictionless_hooks, "install")
        report = validate("datapackage.json", limit_errors=0)
    found = plain(report.to_descriptor())
    assert json.dumps(found) == json.dumps(theirs("datapackage.json", 0))
    assert {error["type"] for _, error in report.errors()} == ERRORS.keys() - {"unique-error"}
    assert report.places("t", [122]) == {122: Place("t.csv", 122)}
    limited = validate("datapackage.json", limit_errors=3)  # of which Frictionless makes the report
    assert plain(limited.to_descriptor()) == theirs("datapackage.json", 3)


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ({"fields": [{"name": "a", "type": "string", "constraints": {"pattern": "["}}]}, "pattern"),
        ({"fields": [{"name": "a", "type": "integer", "constraints": {"x-y": 1}}]}, "constraint"),
        ({"fields": [{"name": "a", "type": "string"}], "missingValues": ["a", 1]}, "missing"),
        ({"fields": [{"name": "a", "type": "object"}]}, "type"),
        ({"fields": [{"name": "a", "type": "string", "required": True}]}, "misplaced"),
    ],
)
def test_an_odd_schema_is_left_to_frictionless(
    tmp_path: Path, schema: dict[str, Any], why: str
) -> None:
    (tmp_path / "t.csv").write_text("a\n\n")
    item = {"name": "t", "path": "t.csv", "schema": schema}
    path = tmp_path / "datapackage.json"
    descriptor = {"name": "p", "resources": [item]}
    path.write_text(json.dumps(descriptor))
    found = plain_descriptor.prove_descriptor(
        path, str(path), descriptor, Settings(), from_file=True
    )
    assert found is None, why
