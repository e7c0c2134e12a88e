"""Packages from people nobody knows, for ``xrecord validate``.

The kinds are those of the attacks that were found: paths, shapes, bombs, counts, patterns, depth.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from tests.hostile.case import CANARY, Case

FIELDS = {"fields": [{"name": "id", "type": "string"}]}


def package(**resource_: Any) -> dict[str, Any]:
    return {
        "name": "p",
        "resources": [{"name": "a", "path": "a.csv", "schema": FIELDS, **resource_}],
    }


def field(**options: Any) -> dict[str, Any]:
    return package(schema={"fields": [{"name": "id", "type": "string", **options}]})


def paths() -> Iterator[tuple[str, Any]]:
    """Yield descriptors that lead out of their folder, by every property and shape."""
    targets = {
        "climbs": "../outside.csv",
        "absolute": "/etc/passwd",
        "link": "link.csv",
        "linked folder": "folder/outside.csv",
        "pipe": "pipe.csv",
        "device": "/dev/zero",
        "address": "http://127.0.0.1:9/a.csv",
        "other scheme": "ftp://127.0.0.1/a.csv",
        "file address": "file:///etc/passwd",
        "home": "~/a.csv",
        "variable": "$HOME/a.csv",
        "backslash": "..\\outside.csv",
        "NUL": "a\0.csv",
        "database": "x.sqlite",
        "xz": "x.csv.xz",
        "climbs in fullwidth dots": "．．/outside.csv",
        "climbs in percent signs": "%2e%2e/outside.csv",
        "climbs after a folder": "folder/../../outside.csv",
        "a share": "\\\\127.0.0.1\\share\\a.csv",
        "a bucket": "s3://bucket/a.csv",
        "inline data": "data:text/csv,id%0A1",
        "standard input": "/dev/stdin",
        "an opened file": "/dev/fd/0",
        "the environment": "/proc/self/environ",
        "every table": "*.csv",
        "the folder itself": ".",
        "nothing": "",
        "a line end": "a.csv\n",
        "a name that is too long": "a" * 300 + ".csv",
    }
    for name, target in targets.items():
        yield f"path: {name}", package(path=target)
        yield f"list: {name}", package(path=[target])
        if name != "database":  # which is read as a part of the text before it
            yield f"list after a good one: {name}", package(path=["a.csv", target])
            yield f"extrapaths: {name}", package(extrapaths=[target])
        yield f"list in a list: {name}", package(path=[[target]])
        yield f"object: {name}", package(path={"a": target})
        yield f"resource by path: {name}", {"name": "p", "resources": [target]}
    for name in ("climbs", "absolute", "link", "address"):
        # The report says of a profile at an address that it was not fetched.
        for key in ("schema", "dialect", *(["profile"] if name != "address" else [])):
            yield f"{key}: {name}", package(**{key: targets[name]})
            yield f"{key} in a list: {name}", package(**{key: [targets[name]]})
    yield "scheme", package(scheme="http")
    yield "format", package(format="sql")
    yield "catalog", {"name": "c", "packages": ["../p/datapackage.json"]}
    yield "inquiry", {"tasks": [{"path": "/etc/passwd"}]}
    yield "resources is an object", {"name": "p", "resources": {"a": {"path": "/etc/passwd"}}}
    for key in ("profile", "schema", "dialect"):
        yield f"{key}: the environment", package(**{key: "/proc/self/environ"})
    yield "schema by reference", package(schema={"$ref": "http://127.0.0.1:9/schema.json"})
    yield "inner path", package(path="x.csv.xz", innerpath="../outside.csv")
    yield "a resource is a list", {"name": "p", "resources": [[{"path": "/etc/passwd"}]]}


def costs() -> Iterator[tuple[str, Any]]:
    """Yield descriptors that would take minutes or gigabytes."""
    patterns = ["(x+)+y", "(x|xx)+y", "(x*)*y", "(.*)(.*)(.*)(.*)(.*)y", r"(\w+\s?)*y"]
    for number, pattern in enumerate([*patterns, "(?=(x+)+y)x", r"(x+)\1+y"]):
        yield f"pattern {number}", field(constraints={"pattern": pattern})
    yield "pattern of repetitions", field(constraints={"pattern": "((a{1,1000}){1,1000}){1,1000}"})
    yield "pattern of 60,000 groups", field(constraints={"pattern": "(" * 60_000 + ")" * 60_000})
    yield "pattern of 60,000 ways", field(constraints={"pattern": "|".join(["y" * 9] * 60_000)})
    yield "200,000 allowed values", field(constraints={"enum": [f"v{n}" for n in range(90_000)]})
    yield "a format of a date", field(type="date", format="%Y" * 20_000)
    yield "a wrong format of a date", field(type="date", format="%" * 9_999)
    yield "a length without end", field(constraints={"minLength": 10**30})
    yield "a header of a billion rows", package(dialect={"headerRows": [10**9]})
    yield "50,000 paths", package(path=["a.csv"] * 50_000)
    yield (
        "20,000 resources",
        {
            "name": "p",
            "resources": [{"name": f"a{n}", "path": "a.csv"} for n in range(20_000)],
        },
    )
    yield "20,000 fields", package(schema={"fields": [{"name": f"f{n}"} for n in range(20_000)]})
    yield "depth", json.loads("[" * 900 + "]" * 900)
    yield "digits", '{"name": "p", "resources": [], "x": 1' + "0" * 400_000 + "}"
    yield "brackets", "[" * 400_000
    yield "objects", '{"a":' * 100_000
    yield "too large", {"name": "p", "x": "y" * 2_000_000, "resources": []}


TABLES: dict[str, tuple[Callable[[], bytes], dict[str, Any]]] = {
    "an object cell": (lambda: b'id\n"' + b'{""a"":' * 20_000 + b'"\n', field(type="object")),
    "an array cell": (lambda: b'id\n"' + b"[" * 50_000 + b'"\n', field(type="array")),
    "quotes": (lambda: b'id\n"' + b'"" ""' * 40_000 + b'"\n', package()),
    "apostrophes": (lambda: b"id\n" + b",' '" * 30_000 + b"\n", package()),
    "a cell of 5 MB": (lambda: b"id\n" + b"x" * 5_000_000 + b"\n", package()),
    "a record of 60 MB": (lambda: b"id\n" + b"x" * 60_000_000 + b"\n", package()),
    "a quoted record of 60 MB": (lambda: b'id\n"' + b"xxxxxxxxx\n" * 6_000_000 + b'"\n', package()),
    "an open quote": (lambda: b'id\n"' + b"x\n" * 100_000, package()),
    "900,000 columns": (lambda: b"," * 900_000 + b"\n", package()),
    "a row of 900,000 cells": (lambda: b"id\n" + b"1\n" * 500 + b"," * 900_000 + b"\n", package()),
    "NUL bytes": (lambda: b"id\n\0\0\0\n" * 1000, package()),
    "not UTF-8": (lambda: b"id\n\xff\xfe\xfd\n", package(encoding="utf-8")),
    "a carriage return alone": (lambda: b"id\r1\r2\r", package()),
    "a gzip bomb": (lambda: gzip.compress(b"id\n" + b"\0" * 300_000_000), package(path="a.csv.gz")),
    "a gzip that is not one": (lambda: b"id\n1\n", package(path="a.csv.gz")),
    "an empty file": (lambda: b"", package()),
    "digits": (lambda: b"id\n" + b"9" * 300_000 + b"\n", field(type="integer")),
    "an exponent": (lambda: b"id\n1e999999999\n", field(type="number")),
    "a date": (lambda: b"id\n99999-99-99\n", field(type="date")),
    "a long duration": (lambda: b"id\nP" + b"9" * 100_000 + b"Y\n", field(type="duration")),
    "a long time": (lambda: b"id\n" + b"00:" * 50_000 + b"\n", field(type="time")),
    "a long date and time": (lambda: b"id\n" + b"2" * 99_999 + b"\n", field(type="datetime")),
    "a deep GeoJSON": (lambda: b'id\n"' + b"[" * 30_000 + b'"\n', field(type="geojson")),
    "a long list": (lambda: b'id\n"' + b"1," * 200_000 + b'"\n', field(type="list")),
    "a geopoint": (lambda: b'id\n"' + b"9" * 99_999 + b',1"\n', field(type="geopoint")),
    "a year": (lambda: b"id\n" + b"9" * 99_999 + b"\n", field(type="year")),
    "a million empty lines": (lambda: b"id\n" + b"\n" * 1_000_000, package()),
    "a header of 2 MB": (lambda: b"x" * 2_000_000 + b"\n1\n", package()),
    "carriage returns in quotes": (lambda: b'id\n"' + b"\r" * 500_000 + b'"\n', package()),
    "a gzip in two parts": (
        lambda: gzip.compress(b"id\n") + gzip.compress(b"\0" * 90_000_000),
        package(path="a.csv.gz"),
    ),
    "a gzip that is cut": (lambda: gzip.compress(b"id\n1\n" * 99)[:-9], package(path="a.csv.gz")),
    "a gzip with an end": (lambda: gzip.compress(b"id\n1\n") + b"x" * 99, package(path="a.csv.gz")),
    "a Parquet footer that lies": (
        lambda: b"PAR1" + b"\xff" * 99 + b"\xff\xff\xff\x7fPAR1",
        package(path="a.parquet"),
    ),
    "JSON brackets": (lambda: b"[" * 500_000, package(path="a.json")),
    "a workbook that is none": (lambda: b"PK\x03\x04" + b"\0" * 99, package(path="a.xlsx")),
}
YAMLS = {
    "brackets": "a: " + "[" * 20_000 + "]" * 20_000,
    "dashes": "- " * 20_000,
    "aliases": "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "a long list": "resources: []\nx:\n" + "- 1\n" * 60_000,
    "a tag": "a: !!python/object/apply:os.system ['true']\nresources: []\n",
    "tabs": "a:\n\t- b\n",
    "a bomb of aliases": "a0: &a0 [x]\n"
    + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)),
    "a bomb of merges": "a0: &a0 {k: 1}\n"
    + "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}], k{n}: 1}}\n" for n in range(1, 30)),
    "an alias to itself": "&a [*a]\n",
    "questions": "? " * 20_000,
    "9,000 documents": "---\na: 1\n" * 9_000,
    "digits": "resources: []\nx: 1" + "0" * 90_000,
    "quotes": "a: '" + "''" * 45_000,
    "braces": "{a: " * 15_000,
    "a path that climbs": "resources: [{name: a, path: ../outside.csv}]\n",
    "a path that is a date": "resources: [{name: a, path: 2019-07-08}]\n",
}


@contextlib.contextmanager
def prepared(top: Path) -> Iterator[Path]:
    """Write the file that no package may read, beside the folders of the cases."""
    (top / "outside.csv").write_text(f"id\n{CANARY}\n")
    yield top


def write_package(folder: Path, value: Any, table: bytes, name: str = "a.csv") -> None:
    """Write a package's folder with a link, a pipe and more."""
    os.symlink(folder.parent / "outside.csv", folder / "link.csv")
    os.symlink(folder.parent, folder / "folder")
    os.mkfifo(folder / "pipe.csv")
    (folder / "x.sqlite").write_bytes(b"SQLite format 3\0")
    (folder / "x.csv.xz").write_bytes(b"\xfd7zXZ\0")
    (folder / name).write_bytes(table)
    text = value if isinstance(value, str) else json.dumps(value)
    (folder / "datapackage.json").write_text(text)


def cases(top: Path) -> Iterator[Case]:
    """Yield all packages."""
    command = ("validate", "datapackage.json", "--no-progress")
    for name, value in paths():
        make = partial(write_package, value=value, table=b"id\n1\n")
        yield Case(name, command, "refused", make)
    for name, value in costs():
        make = partial(write_package, value=value, table=b"id\n" + b"x" * 50 + b"!\n")
        yield Case(name, command, "refused", make)
    for name, (data, value) in TABLES.items():
        path = value["resources"][0]["path"]
        yield Case(
            name,
            command,
            "answered",
            lambda folder, data=data, value=value, path=path: write_package(
                folder, value, data(), path
            ),
        )
    for name, text in YAMLS.items():
        yield Case(
            f"YAML: {name}",
            ("validate", "datapackage.yaml", "--no-progress"),
            "refused",
            lambda folder, text=text: (folder / "datapackage.yaml").write_text(text),
        )
    for name in ("zlib", "rot13", "idna", "punycode", "unicode_escape", "undefined", "hex", "bz2",
                 "uu", "utf-7", "cp65001", "x" * 9_999, "", "../outside.csv"):  # fmt: skip
        make = partial(write_package, value=package(encoding=name), table=b"id\n\\x41+AGE-\n")
        yield Case(f"encoding: {name[:20]}", command, "answered", make)
    for name, dialect in {
        "no delimiter": {"delimiter": ""},
        "a line end as delimiter": {"delimiter": "\n"},
        "a long delimiter": {"delimiter": ",," * 9_999},
        "a NUL as delimiter": {"delimiter": "\0"},
        "a quote as delimiter": {"delimiter": '"'},
        "a list as delimiter": {"delimiter": [","]},
        "a line end as quote": {"quoteChar": "\r"},
        "a comment of nothing": {"commentChar": ""},
        "rows that do not exist": {"commentRows": [-1, 0, 10**20]},
        "a header of texts": {"header": "no", "headerRows": ["1"]},
        "a driver": {"csv": {"delimiter": "../outside.csv"}, "sql": {"table": "x"}},
    }.items():
        make = partial(write_package, value=package(dialect=dialect), table=b'id\n1\n""\n')
        yield Case(f"dialect: {name}", command, "answered", make)
    sound = partial(write_package, value=package(), table=b"id\n1\n")
    yield Case("a sound package", command, "accepted", sound)
    declared = package(encoding="utf-8", dialect={"delimiter": ","})
    sound = partial(write_package, value=declared, table=b"id\n1\n")
    yield Case("a sound package, strictly", (*command, "--strict"), "accepted", sound)
