"""Packages from people nobody knows: each is answered or refused, in time, in memory, in one line.

The kinds are those of the attacks that were found: paths, shapes, bombs, counts, patterns, depth.
Each runs as the command does, in a process of its own, and is scored: a wrong success, a traceback,
more than ``MOST_SECONDS`` of processor time or ``MOST_MEGABYTES`` fails.
"""

from __future__ import annotations

import gzip
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
MOST_SECONDS, MOST_MEGABYTES = 10, 700
CANARY = "CANARY-3f1c"
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
    yield "a resource is a list", {"name": "p", "resources": [[{"path": "/etc/passwd"}]]}


def costs() -> Iterator[tuple[str, Any]]:
    """Yield descriptors that would take minutes or gigabytes."""
    patterns = ["(x+)+y", "(x|xx)+y", "(x*)*y", "(.*)(.*)(.*)(.*)(.*)y", r"(\w+\s?)*y"]
    for number, pattern in enumerate([*patterns, "(?=(x+)+y)x", r"(x+)\1+y"]):
        yield f"pattern {number}", field(constraints={"pattern": pattern})
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
}
YAMLS = {
    "brackets": "a: " + "[" * 20_000 + "]" * 20_000,
    "dashes": "- " * 20_000,
    "aliases": "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "a long list": "resources: []\nx:\n" + "- 1\n" * 60_000,
    "a tag": "a: !!python/object/apply:os.system ['true']\nresources: []\n",
    "tabs": "a:\n\t- b\n",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a package's folder with a link, a pipe and more, and a secret next to it."""
    top = tmp_path_factory.mktemp("hostile")
    (top / "outside.csv").write_text(f"id\n{CANARY}\n")
    inside = top / "package"
    inside.mkdir()
    os.symlink(top / "outside.csv", inside / "link.csv")
    os.symlink(top, inside / "folder")
    os.mkfifo(inside / "pipe.csv")
    (inside / "x.sqlite").write_bytes(b"SQLite format 3\0")
    (inside / "x.csv.xz").write_bytes(b"\xfd7zXZ\0")
    return inside


def score(folder: Path, name: str, *, must_fail: bool) -> str:
    """Return what is wrong with how the command ends on one package; empty if nothing is."""

    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (3 * MOST_SECONDS, 3 * MOST_SECONDS))

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with subprocess.Popen(
        [sys.executable, "-m", "xinjiang_record.cli", "validate", name, "--no-progress"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        preexec_fn=bound,
    ) as process:
        try:
            said = process.communicate(timeout=120)[0].decode("utf-8", "replace")
        except subprocess.TimeoutExpired:
            process.kill()
            return "no end in 120 s"
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if process.returncode not in (0, 1, 2):
        return f"exit {process.returncode}: {said[-300:]}"
    if CANARY in said or "root:x:" in said:
        return "what is behind the path was read and printed"
    if "Traceback" in said:
        return f"a traceback: {said[-300:]}"
    if must_fail and process.returncode == 0:
        return f"a wrong success: {said[:200]}"
    if seconds > MOST_SECONDS:
        return f"took {seconds:.1f} s of processor time: {said[:200]}"
    if after.ru_maxrss / 1024 > MOST_MEGABYTES and after.ru_maxrss > before.ru_maxrss:
        return f"took {after.ru_maxrss // 1024} MB"
    return ""


def descriptor(folder: Path, value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    (folder / "datapackage.json").write_text(text)
    return "datapackage.json"


@pytest.mark.slow
def test_no_path_leads_out(folder: Path) -> None:
    (folder / "a.csv").write_text("id\n1\n")
    wrong = {
        name: said
        for name, value in paths()
        if (said := score(folder, descriptor(folder, value), must_fail=True))
    }
    assert not wrong


@pytest.mark.slow
def test_nothing_takes_long(folder: Path) -> None:
    (folder / "a.csv").write_text("id\n" + "x" * 50 + "!\n")
    wrong = {
        name: said
        for name, value in costs()
        if (said := score(folder, descriptor(folder, value), must_fail=True))
    }
    assert not wrong


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLES)
def test_no_table_takes_long(folder: Path, name: str) -> None:
    make, value = TABLES[name]
    (folder / value["resources"][0]["path"]).write_bytes(make())
    assert not score(folder, descriptor(folder, value), must_fail=False)


@pytest.mark.parametrize("name", YAMLS)
def test_no_yaml_takes_long(folder: Path, name: str) -> None:
    (folder / "datapackage.yaml").write_text(YAMLS[name])
    assert not score(folder, "datapackage.yaml", must_fail=False)


@pytest.mark.parametrize("number", range(0, 100, 12))
def test_some_paths_on_every_run(folder: Path, number: int) -> None:
    (folder / "a.csv").write_text("id\n1\n")
    name, value = list(paths())[number]
    assert not score(folder, descriptor(folder, value), must_fail=True), name
