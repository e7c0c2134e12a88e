"""The report equals Frictionless's own.

Generated packages over types, formats, constraints, keys, dialects and nasty values.

The long form is ``pytest tests/validate/test_parity.py -m slow`` (XRECORD_TEST_TABLES sets the
number of packages).
"""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import json
import os
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import frictionless
import pytest

from xinjiang_record import limits
from xinjiang_record.errors import XRecordError
from xinjiang_record.validate import validate
from xinjiang_record.validate.fast_pass import scan, suspect_store
from xinjiang_record.validate.small_files import small_rows

SHORT, LONG = 120, int(os.environ.get("XRECORD_TEST_TABLES", "20000"))
SEED = int(os.environ.get("XRECORD_TEST_SEED", "1"))

COMMON = [
    "",
    "",
    "NA",
    "-",
    "null",
    " ",
    "a",
    "b",
    "ab",
    "1",
    "2",
    "3",
    "01",
    "1.0",
    " 1",
    "1 ",
    "1_000",
    "+1",
    "-0",
    "٣",
    "x" * 9,
]
VALUES: dict[str, list[str]] = {
    "string": [
        "a",
        "b",
        "c",
        "aa",
        "abc",
        "ABC",
        "é",
        "日本",
        "a\nb",
        "a\r\nb",
        'q"q',
        "a,b",
        "=1+1",
        "\x00",
        "s-12",
        "s-12\n",
        "٣",
    ],
    "uri": ["http://a.b/c?d#e", "mailto:x", "x", "1a:b", "a b", "http://é", "http://[::1", "a:"],
    "email": ["a@b.com", "a.b@c.org", "a@b", "ü@b.com", "a@b.co.uk", "a@example.com"],
    "uuid": [
        "95ecc380-afe9-11e4-9b6c-751b66dd541e",
        "95ECC380-AFE9-11E4-9B6C-751B66DD541E",
        "95ecc380",
    ],
    "binary": ["YWJj", "YWI=", "YW", "!!", "YWJjZA=="],
    "wkt": ["POINT (1 2)", "POINT (1)", "LINESTRING (1 1, 2 2)"],
    "integer": [
        "0",
        "1",
        "2",
        "5",
        "10",
        "-5",
        "007",
        "1_0",
        "1e3",
        "0x1F",
        "1,000",
        "99999999999999999999",
        "9223372036854775808",
        "$5",
        "5%",
    ],
    "number": [
        "0",
        "0.0",
        "1.5",
        "-1.5",
        "1.50",
        ".5",
        "5.",
        "1e3",
        "NaN",
        "INF",
        "-INF",
        "Infinity",
        "1,5",
        "1.000,5",
        "1,000.5",
        "0x1",
        "1-2",
        ".",
        "$1.5",
        "9" * 40,
    ],
    "boolean": ["true", "false", "True", "TRUE", "1", "0", "yes", "no", "t"],
    "date": [
        "2020-01-01",
        "2020-1-1",
        "2020-02-29",
        "2019-02-29",
        "2020-02-30",
        "0000-01-01",
        "0001-01-01",
        "9999-12-31",
        "2020-13-01",
        "20200101",
        "2020-01-01T00:00:00",
        "01/02/2020",
        "1 Jan 2020",
    ],
    "time": ["10:00:00", "24:00:00", "1:00:00", "10:00", "10:00:00.5", "10:00:00Z", "10:00:60"],
    "datetime": [
        "2020-01-01T10:00:00",
        "2020-01-01T10:00:00Z",
        "2020-01-01 10:00:00",
        "2020-01-01T10:00:00+02:00",
        "2020-01-01T24:00:00",
        "2020-01-01T10:00",
        "2019-02-29T10:00:00",
        "2020-01-01T08:00:00Z",
    ],
    "year": ["2020", "202", "20_0", " 202", "+202", "0000", "9999", "20200"],
    "yearmonth": ["2020-01", "2020-1", "2020-13", " 2020 - 01 ", "99999-1"],
    "duration": ["P1Y", "PT1H", "P1Y2M", "1Y", "PT", "P1W"],
    "geopoint": [
        "1,2",
        "1, 2",
        "181,0",
        "-180,90",
        "1.5,2.50",
        "1,2,3",
        "[1,2]",
        '{"lon":1,"lat":2}',
        "a,b",
        "90,91",
    ],
    "geojson": ['{"type":"Point","coordinates":[1,2]}', '{"type":"Point"}', "{}", "[]"],
    "object": ['{"a":1}', "{}", "[]", '{"a":1,"b":2}', "{"],
    "array": ["[1]", "[]", "[1,2]", "{}", "[1", '["a"]'],
    "list": ["a,b", "1,2", "1,a", "", "a"],
    "any": ["a", "1", "é", "2020-01-01"],
}
FORMATS = {
    "string": ["default", "default", "default", "uri", "email", "uuid", "binary", "wkt"],
    "date": ["default", "default", "any", "%d/%m/%Y"],
    "time": ["default", "any", "%H:%M"],
    "datetime": ["default", "any", "%Y-%m-%d %H:%M:%S"],
    "geopoint": ["default", "array", "object"],
    "geojson": ["default", "topojson"],
}
BOUNDED = {"integer", "number", "date", "time", "datetime", "year", "yearmonth"}
PATTERNS = [
    "a|b",
    "[a-z]+",
    r"\d+",
    r"s-[0-9]{2}",
    "(a)(b)?",
    r"[^\d]+",
    "(?i)abc",
    ".*",
    r"\w+",
    "a{1,2}",
    "é|日.",
    r"a\b",
    "^a$",
]


def field(draw: random.Random, name: str) -> dict[str, Any]:
    kind = draw.choice([*FORMATS, *VALUES, "string", "integer", "number"])
    kind = kind if kind not in ("uri", "email", "uuid", "binary", "wkt") else "string"
    result: dict[str, Any] = {"name": name, "type": kind}
    if kind in FORMATS and draw.random() < 0.6:
        result["format"] = draw.choice(FORMATS[kind])
    constraints: dict[str, Any] = {}
    if draw.random() < 0.25:
        constraints["required"] = draw.random() < 0.9
    if draw.random() < 0.12 and kind not in ("array", "object", "geojson", "list"):
        constraints["unique"] = True
    if kind in BOUNDED:
        for side in ("minimum", "maximum"):
            if draw.random() < 0.3:
                constraints[side] = draw.choice(bound_values(kind, result.get("format", "default")))
    if kind in ("string", "array", "object", "list"):
        for side in ("minLength", "maxLength"):
            if draw.random() < 0.2:
                constraints[side] = draw.choice([0, 1, 2, 3])
    if kind == "string" and draw.random() < 0.3:
        constraints["pattern"] = draw.choice(PATTERNS)
    if kind != "list" and draw.random() < 0.15:
        values = VALUES[kind]
        constraints["enum"] = draw.sample(values, min(len(values), draw.choice([1, 3, 6])))
    if constraints:
        result["constraints"] = constraints
    if kind == "integer" and draw.random() < 0.15:
        result["bareNumber"] = False
    if kind == "number":
        for key, values in (
            ("decimalChar", [",", "."]),
            ("groupChar", [",", ".", " "]),
            ("bareNumber", [False, True]),
        ):
            if draw.random() < 0.15:
                result[key] = draw.choice(values)
        if draw.random() < 0.15:
            result["floatNumber"] = True
    if kind == "boolean" and draw.random() < 0.3:
        result |= {"trueValues": ["yes", "t"], "falseValues": ["no", "0"]}
    if kind == "array" and draw.random() < 0.3:
        result["arrayItem"] = {"type": "integer", "constraints": {"minimum": 1}}
    if kind == "list":
        result |= {"itemType": draw.choice(["string", "integer"])}
    if draw.random() < 0.08:
        result["missingValues"] = draw.choice([["-"], [], ["", "a"]])
    return result


def bound_values(kind: str, form: str) -> list[Any]:
    return {
        "integer": [0, 1, 5, "2"],
        "number": [0, 1.5, "1.50", 1000],
        "date": ["2020-01-01", "2019-12-31"] if form != "%d/%m/%Y" else ["01/02/2020"],
        "time": ["10:00:00"] if form != "%H:%M" else ["10:00"],
        "datetime": ["2020-01-01T10:00:00", "2020-01-01T10:00:00Z"]
        if form == "default"
        else ["2020-01-01 10:00:00"],
        "year": [2020, "2000"],
        "yearmonth": ["2020-01"],
    }[kind]


def cell(draw: random.Random, item: dict[str, Any], tame: bool) -> str:
    values = VALUES.get(item.get("format", ""), VALUES[item["type"]])
    if tame:
        return draw.choice(values[:3])
    if draw.random() < 0.2:
        return draw.choice(COMMON)
    if draw.random() < 0.1:
        return draw.choice(draw.choice(list(VALUES.values())))
    return draw.choice(values)


def schema(draw: random.Random, width: int, others: dict[str, list[str]]) -> dict[str, Any]:
    fields = [field(draw, f"f{number}") for number in range(width)]
    result: dict[str, Any] = {"fields": fields}
    names = [
        item["name"]
        for item in fields
        if item["type"] not in ("array", "object", "geojson", "list")
    ]
    if names and draw.random() < 0.4:
        result["primaryKey"] = draw.sample(names, min(len(names), draw.choice([1, 1, 2])))
    if draw.random() < 0.3:
        result["missingValues"] = draw.choice([["", "NA"], ["NA", "-"], [""], ["null", "", " "]])
    if draw.random() < 0.1:
        result["fieldsMatch"] = draw.choice(["exact", "subset", "superset", "partial"])
    keys = []
    for target, theirs in others.items():
        if names and theirs and draw.random() < 0.5:
            count = min(len(names), len(theirs), draw.choice([1, 1, 2]))
            reference = {"resource": target, "fields": draw.sample(theirs, count)}
            keys.append({"fields": draw.sample(names, count), "reference": reference})
    if (
        draw.random() < 0.1
    ):  # not enforced by Frictionless: rows that repeat one must not show in its report
        result["uniqueKeys"] = [draw.sample([item["name"] for item in fields], min(width, 2))]
    if keys:
        result["foreignKeys"] = keys
    return result


def text(
    draw: random.Random, fields: list[dict[str, Any]], rows: int, dialect: dict[str, Any]
) -> str:
    delimiter, quote = dialect.get("delimiter", ","), dialect.get("quoteChar", '"')
    stream = io.StringIO(newline="")
    end = draw.choice(["\n", "\n", "\r\n", "\r"])
    writer = csv.writer(stream, delimiter=delimiter, quotechar=quote, lineterminator=end)
    labels = [item["name"] for item in fields]
    if draw.random() < 0.1:
        labels = draw.choice(
            [
                labels[::-1],
                [*labels, "extra"],
                labels[:-1],
                ["", *labels[1:]],
                [labels[0], *labels[:-1]],
            ]
        )
    if dialect.get("header", True) and draw.random() < 0.97:
        writer.writerow(labels)
    tame = draw.random() < 0.4
    ragged = draw.random() < 0.3
    for _ in range(rows):
        row = [cell(draw, item, tame and draw.random() < 0.97) for item in fields]
        if ragged and draw.random() < 0.1:
            odd = draw.random()
            if odd < 0.3:
                stream.write(
                    draw.choice(
                        [end, delimiter * len(fields) + end, delimiter * (len(fields) - 1) + end]
                    )
                )
                continue
            row = (
                row[: draw.randrange(len(row) + 1)]
                if odd < 0.7
                else [*row, "more", draw.choice(["", "z"])]
            )
        writer.writerow(row)
    result = stream.getvalue()
    if draw.random() < 0.05:
        place = draw.randrange(len(result) + 1)
        result = (
            result[:place]
            + draw.choice(['"', quote, "\n", "\r", "\ufeff", 'a"b', '"x"y'])
            + result[place:]
        )
    if draw.random() < 0.2:
        result = result.rstrip("\r\n")
    return result


def parts(draw: random.Random, folder: Path, name: str, content: bytes) -> list[str]:
    """Write a table in several parts, cut anywhere or behind a line, some without a header or a
    last line end, some compressed.
    """
    cuts = [draw.randrange(len(content) + 1) for _ in range(draw.choice([1, 1, 2, 3]))]
    if draw.random() < 0.7:
        cuts = [content.find(b"\n", cut) + 1 for cut in cuts]
    cuts = [0, *sorted(cuts), len(content)]
    head = content[: content.find(b"\n") + 1]
    names = []
    for number, (start, stop) in enumerate(itertools.pairwise(cuts)):
        part = content[start:stop]
        if number and draw.random() < 0.8:
            part = (
                draw.choice([b"", b"", b"\xef\xbb\xbf"])
                + draw.choice([head, head, b"x\r\n", b"x\r", b"\n"])
                + part
            )
        if draw.random() < 0.2:
            part = part.rstrip(b"\r\n")
        names.append(f"{name}-{number}.csv" + draw.choice(["", "", "", "", ".gz"]))
        (folder / names[-1]).write_bytes(gzip.compress(part) if names[-1].endswith(".gz") else part)
    return names


def package(draw: random.Random, folder: Path) -> int:
    """Write a package of one or two tables; returns limit_errors."""
    resources, others = [], {}
    for name in ("other", "main")[draw.random() < 0.6 :]:
        width = draw.choice([1, 2, 3, 3, 4, 6])
        known = dict(others)
        if draw.random() < 0.15:
            known[""] = [f"f{number}" for number in range(width)]
        dialect: dict[str, Any] = {}
        if draw.random() < 0.5:
            dialect = {"delimiter": draw.choice([",", ";", "\t"])}
        if draw.random() < 0.1:
            dialect["quoteChar"] = draw.choice(["'", '"'])
        if draw.random() < 0.05:
            dialect["header"] = False
        if draw.random() < 0.08:
            dialect["commentChar"] = draw.choice(["#", "a", "k", "1"])
        if draw.random() < 0.05:
            dialect["commentRows"] = draw.sample(range(1, 9), 2)
        if draw.random() < 0.08:
            dialect["skipBlankRows"] = True
        table_schema = schema(draw, width, known)
        others[name] = [item["name"] for item in table_schema["fields"]]
        rows = draw.choice([0, 1, 2, 5, 10, 10, 20, 30, 130])
        written = text(draw, table_schema["fields"], rows, dialect)
        encoding = draw.choice(["utf-8"] * 12 + ["utf-8-sig", "latin-1", "utf-16"])
        content = written.encode(encoding, errors="replace")
        path: Any = f"{name}.csv"
        if draw.random() < 0.2:
            path = parts(draw, folder, name, content)
        else:
            (folder / path).write_bytes(content)
        resource = {
            "name": name,
            "type": "table",
            "path": path,
            "format": "csv",
            "schema": table_schema,
        }
        if draw.random() < 0.7:
            resource["encoding"] = encoding
        if dialect:
            resource["dialect"] = dialect
        if draw.random() < 0.05:
            resource["rows"] = rows
        resources.append(resource)
    descriptor: dict[str, Any] = {"name": "box", "resources": resources}
    if draw.random() < 0.5:
        descriptor["$schema"] = "https://datapackage.org/profiles/2.0/datapackage.json"
    (folder / "datapackage.json").write_text(json.dumps(descriptor))
    return draw.choice([0, 0, 1000, 1000, 1, 3, 20])


def plain(report: dict[str, Any]) -> Any:
    """A report as JSON without the seconds."""
    copy = json.loads(json.dumps(report, default=str))
    copy["stats"].pop("seconds", None)
    for task in copy["tasks"]:
        task["stats"].pop("seconds", None)
    return copy


def ours(path: Path, limit: int) -> tuple[Any, dict[str, str]]:
    try:
        report = validate(path, limit_errors=limit)
        return plain(report.to_descriptor()), dict(report.slow)
    except XRecordError as error:
        return type(error.__cause__ or error).__name__, {"": "raised"}
    except frictionless.FrictionlessException:
        return "FrictionlessException", {"": "raised"}


def run(
    count: int, folder: Path, monkeypatch: pytest.MonkeyPatch, seed: int, theirs: Callable[..., Any]
) -> Counter[str]:
    """Compare ``count`` tables in packages.

    The counts of packages that were scanned, read row by row, or raised.
    """
    kinds: Counter[str] = Counter()
    number = 0
    while kinds["tables"] < count:
        number += 1
        draw = random.Random(f"{seed}/{number}")
        monkeypatch.setattr(small_rows, "SMALL_BYTES", draw.choice([0, 4 << 20]))
        monkeypatch.setattr(limits, "LEAST_PIECE_BYTES", draw.choice([64, 200, 1000, 65536]))
        monkeypatch.setattr(limits, "PIECE_BYTES", draw.choice([200, 1000, 4 << 20]))
        monkeypatch.setattr(scan, "FIRST_PHASE", draw.choice([1, 5, 2000]))
        monkeypatch.setattr(suspect_store, "KEY_BYTES", draw.choice([10, 1 << 20]))
        monkeypatch.setattr(suspect_store, "MAYBE_BYTES", draw.choice([10, 1 << 20]))
        limit = package(draw, folder)
        path = folder / "datapackage.json"
        expected = theirs(path, limit)
        got, slow = ours(path, limit)
        if isinstance(expected, str) and not isinstance(got, str):
            # Frictionless raises: of several tables it is the error of one.
            messages = [
                error["message"]
                for task in got["tasks"]
                for error in task["errors"]
                if error["type"] == "unreadable"
            ]
            assert any(expected in message for message in messages), f"seed {seed}, {number}"
            got = expected
        assert got == expected, f"seed {seed}, package {number}, limit {limit}"
        kinds["tables"] += len(json.loads(path.read_text())["resources"])
        kinds["raised" if isinstance(got, str) else "slow" if slow else "fast"] += 1
    return kinds


def test_generated_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, theirs: Callable[..., Any]
) -> None:
    kinds = run(SHORT, tmp_path, monkeypatch, SEED, theirs)
    assert kinds["fast"] > SHORT / 4, kinds


@pytest.mark.slow
def test_generated_packages_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, theirs: Callable[..., Any]
) -> None:
    kinds = run(LONG, tmp_path, monkeypatch, SEED + 1, theirs)
    print(dict(kinds))
    assert kinds["fast"] > LONG / 4, kinds
