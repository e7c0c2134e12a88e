"""Objects that no caller should give to the functions of the library."""

from __future__ import annotations

import contextlib
import datetime as dt
import decimal
import math
from collections import UserDict
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Literal

import pyarrow as pa

import xinjiang_record as xr
from tests.hostile.case import Case
from xinjiang_record.validate import validate

ROOT = Path(__file__).resolve().parents[2]
BASE = ROOT / "published"
LETTER = "2019-07-08-hrc41-critical"
Expect = Literal["refused", "accepted", "answered"]


@contextlib.contextmanager
def prepared(top: Path) -> Iterator[None]:
    """Nothing is needed."""
    yield


class Raises:
    """An object whose every answer is an exception."""

    def __str__(self) -> str:
        raise RuntimeError("no text")

    def __bool__(self) -> bool:
        raise RuntimeError("neither")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("not compared")

    __hash__ = None  # type: ignore[assignment]


class RaisingKeys(UserDict[str, object]):
    """A descriptor that breaks when it is looked at."""

    def __getitem__(self, key: str) -> object:
        raise RuntimeError(f"no {key}")

    def __iter__(self) -> Iterator[str]:
        return iter(["resources", "name"])


class EndlessKeys(UserDict[str, object]):
    """A descriptor of keys without an end."""

    def __iter__(self) -> Iterator[str]:
        number = 0
        while True:
            number += 1
            yield f"k{number}"


def ring() -> dict[str, object]:
    found: dict[str, object] = {"name": "p", "resources": []}
    found["self"] = found
    return found


def deep() -> dict[str, object]:
    found: dict[str, object] = {}
    for _ in range(9_000):
        found = {"a": found}
    return {"name": "p", "resources": [], "x": found}


def pandas_table(values: object) -> Callable[[], object]:
    def make() -> object:
        import pandas as pd

        return pd.DataFrame(values)

    return make


def sources() -> Iterator[tuple[str, Expect, Callable[[], object]]]:
    """Yield what is given to ``validate``."""
    for name, value in {
        "None": None, "a number": 5, "NaN": math.nan, "bytes": b"a.csv", "rows": [{"a": 1}],
        "a list of paths": ["a.csv"], "a set": {"a.csv"}, "an object that raises": Raises(),
        "a class": Raises, "a function": len, "true": True, "a date": dt.date(2019, 7, 8),
        "a module": math, "an open file": None,
    }.items():  # fmt: skip
        yield f"source: {name}", "refused", lambda value=value: value
    yield "source: an endless generator", "refused", lambda: ({"a": n} for n in iter(int, 1))
    for name, make in {
        "keys that raise": lambda: RaisingKeys({"name": "p"}),
        "keys without an end": lambda: EndlessKeys({"name": "p"}),
        "a ring": ring, "deep": deep, "keys that are numbers": lambda: {1: 2, None: 3},
        "NaN as a key": lambda: {math.nan: [], "resources": [{"name": "a", "path": "a.csv"}]},
        "values that raise": lambda: {"resources": [{"name": Raises(), "path": Raises()}]},
        "a path object": lambda: {"resources": [{"name": "a", "path": Path("/etc/passwd")}]},
        "a path of bytes": lambda: {"resources": [{"name": "a", "path": b"/etc/passwd"}]},
        "a text that is another": lambda: {"resources": [{"name": "a", "path": Sly("a.csv")}]},
        "resources by a tuple": lambda: {"resources": ({"name": "a", "path": "/etc/passwd"},)},
        "resources by a generator": lambda: {"resources": iter([{"path": "/etc/passwd"}])},
        "a set": lambda: {"resources": [{"name": "a", "path": {"/etc/passwd"}}]},
        "a schema of numbers": lambda: {"resources": [
            {"name": "a", "path": "a.csv", "schema": {1: {2: 3}}}]},
        "a huge number": lambda: {"resources": [{"name": "a", "path": "a.csv", "bytes": 10**5000}]},
        "data that raise": lambda: {"resources": [{"name": "a", "data": Raises()}]},
        "rows that raise": lambda: {"resources": [{"name": "a", "data": [[Raises()], [1]]}]},
        "rows without an end": lambda: {"resources": [
            {"name": "a", "data": ([n] for n in iter(int, 1))}]},
        "bytes as data": lambda: {"resources": [{"name": "a", "data": b"id\n1\n"}]},
    }.items():  # fmt: skip
        yield f"descriptor: {name}", "answered", make
    for name, table in {
        "object columns": pandas_table({"a": [Path("x"), object(), {}, [1], None]}),
        "mixed": pandas_table({"a": [1, "x", 2.5, None, b"y", dt.date(1, 1, 1), 10**30]}),
        "huge integers": pandas_table({"a": [10**300, -(10**300)]}),
        "columns twice": lambda: pandas_table([[1, 2]])().set_axis(["a", "a"], axis=1),  # type: ignore[attr-defined]
        "columns of numbers": pandas_table([[1, 2], [3, 4]]),
        "a column of nothing": lambda: pandas_table([[1]])().set_axis([None], axis=1),  # type: ignore[attr-defined]
        "NaN as a name": lambda: pandas_table([[1]])().set_axis([math.nan], axis=1),  # type: ignore[attr-defined]
        "no columns": pandas_table({}), "no rows": pandas_table({"a": []}),
        "cells that raise": pandas_table({"a": [Raises(), Raises()]}),
        "times of many zones": pandas_table({"a": [dt.datetime(1, 1, 1, tzinfo=dt.UTC),
                                                   dt.datetime(9999, 12, 31)]}),
        "decimals": pandas_table({"a": [decimal.Decimal("NaN"), decimal.Decimal("1e999")]}),
        "complex numbers": pandas_table({"a": [1j, 2]}),
        "NUL in names": pandas_table({"a\0b": ["c\0d"]}),
        "lines in names": pandas_table({"a\nb,\"c": ["x\r\n"]}),
        "categories": pandas_table({"a": ["x"]}),
        "an index of two": lambda: pandas_table({"a": [1], "b": [2]})().set_index(["a", "b"]),  # type: ignore[attr-defined]
        "a lazy frame": lambda: __import__("polars").LazyFrame({"a": [1]}),
        "polars objects": lambda: __import__("polars").DataFrame({"a": [object()]}),
        "polars lists": lambda: __import__("polars").DataFrame({"a": [[1], [2, 3]]}),
        "a lazy frame that fails": lambda: __import__("polars").LazyFrame({"a": [1]}).select("no"),
        "Arrow: lists in lists": lambda: pa.table({"a": [[[[1]]]]}),
        "Arrow: a union": lambda: pa.table({"a": pa.UnionArray.from_dense(
            pa.array([0], pa.int8()), pa.array([0], pa.int32()), [pa.array([1])])}),
        "Arrow: columns twice": lambda: pa.Table.from_arrays([[1], [2]], ["a", "a"]),
        "Arrow: nothing": lambda: pa.table({}),
        "Arrow: a batch": lambda: pa.record_batch({"a": [1]}),
        "Arrow: a reader": lambda: pa.table({"a": [1]}).to_reader(),
        "Arrow: text that is none": lambda: pa.table({"a": pa.Array.from_buffers(
            pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"\xff\xfe")])}),
        "Arrow: a time beyond": lambda: pa.table({"a": pa.array([2**62], pa.timestamp("s"))}),
        "Arrow: a date beyond": lambda: pa.table({"a": pa.array([2**31 - 1], pa.date32())}),
        "Arrow: a decimal": lambda: pa.table({"a": [decimal.Decimal("1" * 38)]}),
        "Arrow: a map": lambda: pa.table({"a": pa.array([[("k", 1)]], pa.map_("string", "int8"))}),
        "Arrow: a duration": lambda: pa.table({"a": pa.array([2**62], pa.duration("ns"))}),
    }.items():  # fmt: skip
        yield f"table: {name}", "answered", table


class Sly(str):
    """A text that compares and begins as another."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0

    def startswith(self, *rest: object) -> bool:
        return False

    def split(self, *rest: object) -> list[str]:  # type: ignore[override]
        return ["a.csv"]


def check(make: Callable[[], object]) -> int:
    report = validate(make())
    print(report.valid)
    return 0 if report.valid else 1


def words() -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield calls of the client with a text that names nothing; all must be refused."""
    for name, text in {
        "an empty text": "", "NUL": "a\0b", "a surrogate": "\udcff", "a path": "../documents",
        "long": "a" * 1_000_000, "lines": "a\nb\x1b[2J", "dots": "..", "percent": "%2e%2e",
        "a wildcard": "*", "Arabic digits": "\u0661.0.0", "a comment": "a'; --",
    }.items():  # fmt: skip
        odd: dict[str, Callable[[str], object]] = {
            "load package": lambda v: xr.load(v, "documents", base=BASE),
            "load table": lambda v: xr.load("documents", v, base=BASE),
            "load version": lambda v: xr.load("documents", "documents", v, base=BASE),
            "load as": lambda v: xr.load("documents", "documents", as_=v, base=BASE),  # type: ignore[call-overload]
            "load columns": lambda v: xr.load("documents", "documents", columns=[v], base=BASE),
            "load as of": lambda v: xr.load("documents", "documents", as_of=v, base=BASE),
            "roster": lambda v: xr.roster(v, base=BASE),
            "positions": lambda v: xr.positions(v, base=BASE),
            "cite": lambda v: xr.cite(v, base=BASE),
            "versions": lambda v: xr.versions(v, base=BASE),
            "tables": lambda v: xr.tables(v, base=BASE),
            "sql": lambda v: xr.sql(v, base=BASE),
            "figures": lambda v: xr.figures(measure=v, base=BASE),
        }
        if text:
            odd |= {
                "base": lambda v: xr.packages(base=v),
                "lock": lambda v: xr.load("documents", "documents", base=BASE, lock=v),
                "root": lambda v: xr.load("documents", "documents", base=BASE, root=v),
            }
        for function, call in odd.items():
            yield f"{function}: {name}", partial(call, text)
    for name, query in {
        "a file": "select * from read_text('/etc/passwd')",
        "a table of files": "select * from '/etc/*.csv'",
        "a copy": "copy (select 1) to 'out.csv'",
        "an extension": "install httpfs",
        "an address": "select * from 'http://127.0.0.1:9/a.csv'",
        "a database": "attach 'x.db'",
        "a setting": "set enable_external_access = true",
        "the environment": "select getenv('HOME')",
        "two": "select 1; copy (select 1) to 'out.csv'",
        "deep": "select " + "(" * 9_000 + "1" + ")" * 9_000,
    }.items():
        yield f"sql: {name}", partial(xr.sql, query, base=BASE)


def no_file(folder: Path, ended: object) -> str:
    return "wrote a file" if any(folder.iterdir()) else ""


def cases(given: None) -> Iterator[Case]:
    """Yield all calls."""
    for name, expect, make in sources():
        yield Case(name, (), expect, call=partial(check, make))
    for name, call in words():
        yield Case(name, (), "refused", call=call, check=no_file)
    for name, good in {
        "load": lambda: xr.load("documents", "documents", base=BASE),
        "check": lambda: xr.check("22 states signed a letter on 8 July 2019.", base=BASE),
    }.items():
        yield Case(f"sound: {name}", (), "accepted", call=good)
