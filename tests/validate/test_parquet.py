"""Parquet: the report equals Frictionless's own, which reads it by pandas.

Generated tables over Arrow types, nulls and fields.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import frictionless
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from xinjiang_record.errors import XRecordError
from xinjiang_record.validate import validate
from xinjiang_record.validate.fast_pass import scan, suspect_store
from xinjiang_record.validate.readers import parquet_file, parquet_reader

SHORT, LONG = 15, int(os.environ.get("XRECORD_TEST_TABLES", "3000"))
SEED = int(os.environ.get("XRECORD_TEST_SEED", "1"))
UTC = dt.UTC
TEXTS = ["a", "b", "c", "", "NA", "1", "2020-01-01", "x" * 9, "é", "true", "nan"]
VALUES: dict[str, tuple[pa.DataType, list[Any]]] = {
    "text": (pa.string(), TEXTS),
    "large": (pa.large_string(), TEXTS),
    "int64": (pa.int64(), [0, 1, 2, 5, -5, 10, 2**53 + 1, 2**62 + 1]),
    "int8": (pa.int8(), [0, 1, 2, 5, -5]),
    "uint64": (pa.uint64(), [0, 1, 2, 5, 2**63 + 5]),
    "float64": (
        pa.float64(),
        [0.0, 1.0, 2.0, -0.0, 1.5, 0.1, 1e20, 1e300, float("nan"), float("inf")],
    ),
    "float32": (pa.float32(), [0.0, 1.0, 1.5, 0.1, 1e20]),
    "bool": (pa.bool_(), [True, False]),
    "date": (
        pa.date32(),
        [dt.date(2020, 1, 1), dt.date(2019, 12, 31), dt.date(1, 1, 1), dt.date(9999, 12, 31)],
    ),
    "naive": (
        pa.timestamp("us"),
        [dt.datetime(2020, 1, 1, 10), dt.datetime(2020, 1, 1, 8, 0, 0, 5)],
    ),
    "utc": (
        pa.timestamp("ms", "UTC"),
        [dt.datetime(2020, 1, 1, 10, tzinfo=UTC), dt.datetime(1969, 1, 1, tzinfo=UTC)],
    ),
    "decimal": (pa.decimal128(20, 2), [Decimal("1.00"), Decimal("1.50"), Decimal("-2.25")]),
    "time": (pa.time64("us"), [dt.time(10), dt.time(11, 0, 0, 5)]),
    "dictionary": (pa.dictionary(pa.int32(), pa.string()), ["a", "b", "NA"]),
    "list": (pa.list_(pa.int64()), [[1], [1, 2], []]),
    "nanoseconds": (pa.timestamp("ns"), [dt.datetime(2020, 1, 1, 10)]),
    "paris": (pa.timestamp("us", "Europe/Paris"), [dt.datetime(2020, 1, 1, 10, tzinfo=UTC)]),
    "nothing": (pa.null(), [None]),
}
NATIVE = {
    "text": "string",
    "large": "string",
    "int64": "integer",
    "int8": "integer",
    "uint64": "integer",
    "float64": "number",
    "float32": "number",
    "bool": "boolean",
    "date": "date",
    "naive": "datetime",
    "utc": "datetime",
    "decimal": "number",
}
COMMON = [
    "text",
    "text",
    "large",
    "int64",
    "int64",
    "int8",
    "uint64",
    "float64",
    "float64",
    "float32",
    "bool",
    "date",
]
COMMON += ["naive", "utc", "decimal"]
TYPES = [
    "string",
    "integer",
    "number",
    "boolean",
    "date",
    "datetime",
    "any",
    "year",
    "time",
    "array",
]
BOUNDS: dict[str, list[Any]] = {
    "integer": [0, 1, 5],
    "number": [0, 1.5, "0.1"],
    "date": ["2020-01-01"],
    "datetime": ["2020-01-01T10:00:00", "2020-01-01T10:00:00Z"],
}


@pytest.mark.parametrize(
    ("kind", "values", "constraints", "rows"),
    [
        ("integer", [1, None, 3], {"required": True}, [3]),
        ("integer", [2**53 + 1, None], {"maximum": 2**53}, [2]),
        ("integer", [1.0, None, 1.5], {}, [4]),
        ("datetime", [dt.datetime(2020, 1, 1), None], {}, []),
        ("time", [dt.time(10), None], {}, []),
        ("array", [[1], None], {"minLength": 2}, [2]),
    ],
)
def test_by_the_standard_a_null_is_a_null(
    kind: str, values: list[Any], constraints: dict[str, Any], rows: list[int], tmp_path: Path
) -> None:
    """In a frame of pandas it makes floats of integers, and is a value that is not one."""
    pq.write_table(pa.table({"n": values, "t": ["x"] * len(values)}), tmp_path / "t.parquet")
    fields = [{"name": "n", "type": kind, "constraints": constraints}, {"name": "t"}]
    report = validate(tmp_path / "t.parquet", schema={"fields": fields}, standard="v2")
    assert [error.get("rowNumber") for _, error in report.errors()] == rows


def field(draw: random.Random, name: str, kind: str) -> dict[str, Any]:
    wanted = NATIVE.get(kind, "string") if draw.random() < 0.85 else draw.choice(TYPES)
    if kind in ("int64", "int8") and draw.random() < 0.2:
        wanted = "number"
    if kind in ("float64", "float32") and draw.random() < 0.3:
        wanted = "integer"
    result: dict[str, Any] = {"name": name, "type": wanted}
    constraints: dict[str, Any] = {}
    if draw.random() < 0.2:
        constraints["required"] = True
    if draw.random() < 0.15 and wanted != "array":
        constraints["unique"] = True
    for side in ("minimum", "maximum"):
        if wanted in BOUNDS and draw.random() < 0.25:
            constraints[side] = draw.choice(BOUNDS[wanted])
    if wanted == "string" and draw.random() < 0.3:
        constraints |= draw.choice(
            [{"pattern": "[a-z]+"}, {"maxLength": 2}, {"enum": ["a", "b", ""]}]
        )
    if wanted in ("integer", "number") and draw.random() < 0.1:
        constraints["enum"] = [1, 2, "5"]
    if constraints:
        result["constraints"] = constraints
    if draw.random() < 0.05:
        result["missingValues"] = draw.choice(
            [["", "1"], ["NA"], [], ["", "nan"], ["", "NaT"], ["", "a", "-"]]
        )
    if wanted == "number" and draw.random() < 0.1:
        result |= draw.choice(
            [{"groupChar": "."}, {"decimalChar": ","}, {"bareNumber": False}, {"floatNumber": True}]
        )
    return result


def column(draw: random.Random, kind: str, rows: int) -> pa.Array:
    type_, values = VALUES[kind]
    chosen = values if draw.random() < 0.5 else values[:2]
    nulls = draw.choice([0, 0, 0, 0.1, 0.5])
    return pa.array(
        [None if draw.random() < nulls else draw.choice(chosen) for _ in range(rows)], type_
    )


def table(draw: random.Random, rows: int) -> tuple[pa.Table, list[dict[str, Any]]]:
    some = COMMON if draw.random() < 0.8 else [*COMMON, *VALUES]
    if draw.random() < 0.25:
        some = draw.choice(
            [
                ["int64", "float64"],
                ["int64", "int8"],
                ["float32", "int8"],
                ["bool"],
                ["naive"],
                ["text"],
            ]
        )
    kinds = [draw.choice(some) for _ in range(draw.choice([1, 2, 3, 3, 4, 6]))]
    names = [f"f{number}" for number in range(len(kinds))]
    data = [column(draw, kind, rows) for kind in kinds]
    if draw.random() < 0.4:
        data[0] = pa.array([f"k{draw.randrange(rows * 20)}" for _ in range(rows)], pa.string())
        kinds[0] = "text"
    return pa.table(data, names=names), [
        field(draw, *pair) for pair in zip(names, kinds, strict=True)
    ]


def package(draw: random.Random, folder: Path) -> int:
    resources: list[dict[str, Any]] = []
    for name in ("other", "main")[draw.random() < 0.6 :]:
        rows = draw.choice([0, 1, 2, 5, 5, 20, 20, 20, 20, 150, 150, 400])
        data, fields = table(draw, rows)
        if draw.random() < 0.1:
            data = pa.Table.from_pandas(data.to_pandas())
        elif draw.random() < 0.05:
            data = pa.Table.from_pandas(data.to_pandas().set_index(data.column_names[0]))
        pq.write_table(
            data, folder / f"{name}.parquet", row_group_size=draw.choice([3, 50, 10_000])
        )
        names = [item["name"] for item in fields]
        schema: dict[str, Any] = {"fields": fields}
        if draw.random() < 0.5:
            schema["primaryKey"] = draw.sample(names, min(len(names), draw.choice([1, 1, 2])))
        if draw.random() < 0.2:
            schema["missingValues"] = draw.choice([["", "NA"], ["NA"], [""], ["", "1.0"]])
        if draw.random() < 0.1:
            schema["fieldsMatch"] = draw.choice(["subset", "superset", "partial"])
        if draw.random() < 0.06:
            fields.pop()
        if resources and draw.random() < 0.7:
            theirs = [item["name"] for item in resources[0]["schema"]["fields"]]
            count = min(len(names), len(theirs), draw.choice([1, 1, 2]))
            if count:
                reference = {"resource": "other", "fields": draw.sample(theirs, count)}
                schema["foreignKeys"] = [
                    {"fields": draw.sample(names, count), "reference": reference}
                ]
        path = f"{name}.parquet"
        resources.append(
            {"name": name, "type": "table", "path": path, "format": "parquet", "schema": schema}
        )
        if draw.random() < 0.1:
            resources[-1]["dialect"] = draw.choice(
                [{"header": True}, {"header": False}, {"commentChar": "#"}]
            )
    descriptor: dict[str, Any] = {"name": "box", "resources": resources}
    if draw.random() < 0.5:
        descriptor["$schema"] = "https://datapackage.org/profiles/2.0/datapackage.json"
    (folder / "datapackage.json").write_text(json.dumps(descriptor))
    return draw.choice([0, 0, 0, 1000, 1, 7])


def plain(report: Any) -> Any:
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
        return type(error.__cause__ or error).__name__, {}
    except frictionless.FrictionlessException:
        return "FrictionlessException", {}


def run(
    count: int, folder: Path, monkeypatch: pytest.MonkeyPatch, seed: int, theirs: Callable[..., Any]
) -> Counter[str]:
    kinds: Counter[str] = Counter()
    for number in range(count):
        draw = random.Random(f"{seed}/{number}")
        monkeypatch.setattr(parquet_reader, "ROWS", draw.choice([7, 100, 65536]))
        monkeypatch.setattr(parquet_file, "SAMPLE", draw.choice([1, 30, 1000]))
        monkeypatch.setattr(scan, "FIRST_PHASE", draw.choice([1, 5, 2000]))
        monkeypatch.setattr(suspect_store, "KEY_BYTES", draw.choice([10, 1 << 20]))
        monkeypatch.setattr(suspect_store, "MAYBE_BYTES", draw.choice([10, 1 << 20]))
        limit = package(draw, folder)
        expected = theirs(folder / "datapackage.json", limit)
        got, slow = ours(folder / "datapackage.json", limit)
        if isinstance(expected, str) and not isinstance(got, str):
            # Frictionless raises: of several tables it is the error of one.
            found = [error for task in got["tasks"] for error in task["errors"]]
            messages = [error["message"] for error in found if error["type"] == "unreadable"]
            assert any(expected in message for message in messages), f"seed {seed}, {number}"
            got = expected
        assert got == expected, f"seed {seed}, package {number}, limit {limit}"
        kinds["raised" if isinstance(got, str) else "slow" if slow else "fast"] += 1
        kinds.update(reason.split(" for ")[0][:40] for reason in slow.values())
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


FIELDS = [
    {"name": "a", "type": "string"},
    {"name": "b", "type": "integer", "constraints": {"maximum": 9}},
]
NUMBERS = pa.table(
    {"a": [f"k{number}" for number in range(300)], "b": [number % 10 for number in range(300)]}
)


def write(
    box: Callable[..., Path], data: pa.Table, fields: list[dict[str, Any]] = FIELDS, **schema: Any
) -> Path:
    """A package of one Parquet file with many row groups; its descriptor's path."""
    path = box(b"", fields, name="t.parquet", format="parquet", schema=schema)
    pq.write_table(data, path.parent / "t.parquet", row_group_size=100)
    return path


def test_native_types_are_proved(box: Callable[..., Path], same: Callable[..., Any]) -> None:
    twice = pa.concat_tables([NUMBERS, pa.table({"a": ["k3", None], "b": [10, None]})])
    report = same(write(box, twice, primaryKey=["a"]))
    assert [error["type"] for _, error in report.errors()] == [
        "constraint-error",
        "primary-key",
        "type-error",
        "primary-key",
    ]
    assert not report.slow


def test_what_no_kernel_knows_is_read_row_by_row(
    box: Callable[..., Path], same: Callable[..., Any]
) -> None:
    report = same(write(box, NUMBERS, [FIELDS[0], {"name": "b", "type": "string"}]))
    assert report.error_count == 300
    assert report.slow == {"t": "a column of int64 for the field b of type string"}


def test_columns_that_the_schema_has_not(
    box: Callable[..., Path], same: Callable[..., Any]
) -> None:
    same(write(box, NUMBERS.append_column("c", NUMBERS["a"])))
    same(write(box, NUMBERS.select(["a"])))
    same(write(box, NUMBERS.rename_columns(["b", "a"])))


def test_a_file_that_is_broken_half_way(box: Callable[..., Path], same: Callable[..., Any]) -> None:
    path = write(
        box, pa.table({"a": [os.urandom(20).hex() for _ in range(300)], "b": NUMBERS["b"]})
    )
    file = path.parent / "t.parquet"
    group = pq.ParquetFile(file).metadata.row_group(2).column(0)
    content = bytearray(file.read_bytes())
    start = group.dictionary_page_offset or group.data_page_offset
    content[start : start + 40] = b"\xff" * 40
    file.write_bytes(content)
    report = same(path)
    assert [error["type"] for _, error in report.errors()] == ["source-error"]


def test_a_day_that_python_has_not(box: Callable[..., Path], same: Callable[..., Any]) -> None:
    days = pa.array([*range(299), 3_000_000], pa.int32()).cast(pa.date32())
    report = same(
        write(
            box,
            pa.table({"a": NUMBERS["a"], "b": days}),
            [FIELDS[0], {"name": "b", "type": "date"}],
        )
    )
    assert [error["type"] for _, error in report.errors()] == ["source-error"]


def test_a_folder_that_looks_like_a_partition(
    box: Callable[..., Path], same: Callable[..., Any], tmp_path: Path
) -> None:
    path = write(box, NUMBERS)
    folder = tmp_path / "year=2020"
    folder.mkdir()
    for file in (path, path.parent / "t.parquet"):
        file.rename(folder / file.name)
    same(folder / path.name)


def test_it_refers_and_is_referred_to(box: Callable[..., Path], same: Callable[..., Any]) -> None:
    path = write(box, NUMBERS)
    descriptor = json.loads(path.read_text())
    for name, key in (("child", "a"), ("other", "b")):
        table_schema = {
            "fields": FIELDS,
            "foreignKeys": [{"fields": [key], "reference": {"resource": "t", "fields": [key]}}],
        }
        resource = {"name": name, "type": "table", "path": f"{name}.parquet", "format": "parquet"}
        descriptor["resources"].append({**resource, "schema": table_schema})
        pq.write_table(
            pa.table({"a": ["k1", "k300", None], "b": [1, 10, 2]}), path.parent / f"{name}.parquet"
        )
    path.write_text(json.dumps(descriptor))
    report = same(path)
    assert not report.slow
    assert [error["type"] for _, error in report.errors()] == [
        "constraint-error",
        "foreign-key",
    ] * 2


def test_a_file_without_a_schema(tmp_path: Path, same: Callable[..., Any]) -> None:
    days = pa.array([dt.date(2020, 1, number % 28 + 1) for number in range(300)])
    data = NUMBERS.append_column("c", days).append_column("d", pa.array([1.5, None] * 150))
    pq.write_table(data, tmp_path / "t.parquet", row_group_size=70)
    assert not same(tmp_path / "t.parquet").slow


def test_more_keys_than_rows(box: Callable[..., Path], same: Callable[..., Any]) -> None:
    path = write(
        box, pa.table({"a": [f"k{number}" for number in range(1, 9_000)], "b": [1] * 8_999})
    )
    descriptor = json.loads(path.read_text())
    reference = {"fields": ["a"], "reference": {"resource": "t", "fields": ["a"]}}
    resource = {"name": "child", "type": "table", "path": "child.parquet", "format": "parquet"}
    descriptor["resources"].append(
        {**resource, "schema": {"fields": FIELDS, "foreignKeys": [reference]}}
    )
    pq.write_table(NUMBERS, path.parent / "child.parquet")
    path.write_text(json.dumps(descriptor))
    assert [error["cells"][0] for _, error in same(path).errors()] == ["k0"]


def test_a_value_that_has_no_text_refers_to_nothing_else(
    box: Callable[..., Path], same: Callable[..., Any]
) -> None:
    path = write(box, pa.table({"a": ["x", "y"], "b": [1e300, 2.0]}))
    descriptor = json.loads(path.read_text())
    reference = {"fields": ["b"], "reference": {"resource": "t", "fields": ["b"]}}
    resource = {"name": "child", "type": "table", "path": "child.parquet", "format": "parquet"}
    descriptor["resources"].append(
        {**resource, "schema": {"fields": FIELDS, "foreignKeys": [reference]}}
    )
    pq.write_table(pa.table({"a": ["x", "y"], "b": [0, 2]}), path.parent / "child.parquet")
    path.write_text(json.dumps(descriptor))
    assert [error["cells"] for task, error in same(path).errors() if task["name"] == "child"] == [
        ["x", "0"]
    ]
