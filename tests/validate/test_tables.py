"""``check_tables``: what the pipeline asks of the tables it built."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from xinjiang_record.check_tables import check_tables
from xinjiang_record.release.tables.csv_text import encode_batch, encode_header
from xinjiang_record.release.tables.row_order import split_into_batches
from xinjiang_record.schema.load import make_table
from xinjiang_record.validate import validate

SCHEMAS: dict[str, dict[str, Any]] = {
    "parents": {"fields": [{"name": "parent_id", "type": "string"}], "primaryKey": ["parent_id"]},
    "children": {
        "fields": [
            {
                "name": "child_id",
                "type": "string",
                "constraints": {"required": True, "pattern": "c-[0-9]+"},
            },
            {"name": "parent_id", "type": "string"},
            {"name": "size_count", "type": "integer", "constraints": {"minimum": 1, "maximum": 9}},
            {
                "name": "seen_on",
                "type": "date",
                "constraints": {"minimum": "2017-01-01", "unique": True},
            },
            {"name": "colour", "type": "string", "constraints": {"enum": ["red", "green"]}},
            {"name": "url", "type": "string", "format": "uri"},
        ],
        "primaryKey": ["child_id"],
        "uniqueKeys": [["parent_id", "size_count"]],
        "foreignKeys": [
            {
                "fields": ["parent_id"],
                "reference": {"resource": "parents", "fields": ["parent_id"]},
            },
            {
                "fields": ["child_id", "colour"],
                "reference": {"resource": "", "fields": ["child_id", "colour"]},
            },
        ],
    },
}
GOOD = {
    "child_id": "c-1",
    "parent_id": "p",
    "size_count": 1,
    "seen_on": date(2018, 1, 1),
    "colour": "red",
    "url": "https://example.org/a?b=c",
}


def build(*children: dict[str, Any]) -> dict[str, pa.Table]:
    return {
        "parents": make_table(SCHEMAS["parents"], [{"parent_id": "p"}]),
        "children": make_table(SCHEMAS["children"], children),
    }


def test_sound_tables_have_no_findings() -> None:
    assert check_tables(build(GOOD), SCHEMAS, "box") == []


@pytest.mark.parametrize(
    ("change", "kind", "field"),
    [
        ({"child_id": "x"}, "constraint-error", "child_id"),
        ({"parent_id": "q"}, "foreign-key", "parent_id"),
        ({"size_count": 0}, "constraint-error", "size_count"),
        ({"size_count": 10}, "constraint-error", "size_count"),
        ({"seen_on": date(2016, 12, 31)}, "constraint-error", "seen_on"),
        ({"colour": "blue"}, "constraint-error", "colour"),
        ({"url": "not an address"}, "type-error", "url"),
    ],
)
def test_one_bad_cell_is_one_finding(change: dict[str, Any], kind: str, field: str) -> None:
    (finding,) = check_tables(build({**GOOD, **change}), SCHEMAS, "box")
    assert (finding.type, finding.field, finding.package, finding.resource) == (
        kind,
        field,
        "box",
        "children",
    )
    assert "row 1" in finding.message


def test_a_key_twice_names_the_first_row() -> None:
    second = {**GOOD, "size_count": 2, "seen_on": None}
    (finding,) = check_tables(build(GOOD, second), SCHEMAS, "box")
    assert finding.type == "primary-key"
    assert finding.record == "c-1"
    assert "row 1 already" in finding.message


def test_unique_field_and_unique_keys() -> None:
    second = {**GOOD, "child_id": "c-2"}
    kinds = [finding.field for finding in check_tables(build(GOOD, second), SCHEMAS, "box")]
    assert kinds == ["seen_on", "parent_id"]


def test_an_empty_primary_key_is_found() -> None:
    kinds = {
        finding.type for finding in check_tables(build({**GOOD, "child_id": None}), SCHEMAS, "box")
    }
    assert "constraint-error" in kinds


def test_a_part_of_a_primary_key_that_is_empty_is_found() -> None:
    schema = {**SCHEMAS["children"], "primaryKey": ["child_id", "parent_id"]}
    tables = build({**GOOD, "parent_id": None})
    (finding,) = check_tables(tables, {**SCHEMAS, "children": schema}, "box")
    assert (finding.type, finding.field, finding.record) == (
        "constraint-error",
        "parent_id",
        "c-1/None",
    )
    assert "part of the primary key" in finding.message


def test_keys_with_an_empty_part_equal_none_and_refer_to_what_is_there() -> None:
    rows = [
        {**GOOD, "child_id": f"c-{number}", "parent_id": None, "seen_on": None} for number in (1, 2)
    ]
    assert check_tables(build(*rows), SCHEMAS, "box") == []
    foreign = {
        "fields": ["parent_id", "colour"],
        "reference": {"resource": "pairs", "fields": ["a", "b"]},
    }
    schemas = {**SCHEMAS, "children": {**SCHEMAS["children"], "foreignKeys": [foreign]}}
    pairs = pa.table(
        {"a": pa.array([None, "p"], pa.string()), "b": ["red", "red"], "other": [1, 2]}
    )
    assert (
        check_tables(
            build(rows[0], {**GOOD, "child_id": "c-3"}), schemas, "box", known={"pairs": pairs}
        )
        == []
    )
    found = check_tables(
        build({**rows[0], "colour": "green"}), schemas, "box", known={"pairs": pairs}
    )
    assert [(item.type, item.value) for item in found] == [("foreign-key", "")]


def test_rows_of_a_part_are_counted_in_the_whole_table() -> None:
    second = {**GOOD, "seen_on": None, "size_count": 0}
    found = check_tables(build(GOOD, second), SCHEMAS, "box", first_row=100)
    assert ["row 102 (c-1)" in item.message for item in found] == [True, True]
    assert any("is in row 101 already" in item.message for item in found)


def test_a_number_that_is_none_is_a_finding() -> None:
    schema = {
        "fields": [
            {"name": "id", "type": "integer"},
            {"name": "x", "type": "number", "constraints": {"minimum": 0}},
        ],
        "primaryKey": ["id"],
    }
    tables = {"t": pa.table({"id": [1, 2], "x": [0.5, float("nan")]})}
    (finding,) = check_tables(tables, {"t": schema}, "box")
    assert (finding.type, finding.record, finding.value) == ("type-error", "2", "nan")


def test_a_table_that_is_referred_to_and_missing_is_a_finding() -> None:
    children = {"children": build(GOOD)["children"]}
    (finding,) = check_tables(children, {"children": SCHEMAS["children"]}, "box")
    assert (finding.type, "parents, which was not built" in finding.message) == (
        "foreign-key",
        True,
    )


@pytest.mark.parametrize("seed", range(30))
def test_the_findings_are_the_errors_of_the_published_files(seed: int, tmp_path: Path) -> None:
    """Random tables with faults of every kind.

    What is found in memory is what ``validate`` finds in the CSV of a release.
    """
    draw = random.Random(seed)
    choices = {
        "child_id": ["c-1", "c-2", "c-3", "c-77", "x", 'c-4"', None],
        "parent_id": ["p", "p", "q", 'r,"s"', "line\nbreak", None],
        "size_count": [1, 2, 9, 10, -5, 2**62, None],
        "seen_on": [date(2018, 1, 1), date(2016, 12, 31), date(2020, 2, 29), None],
        "colour": ["red", "green", "blue", None],
        "url": ["https://example.org/a?b=c", "not an address", None],
    }
    rows = [
        {name: draw.choice(values) for name, values in choices.items()}
        for _ in range(draw.choice([1, 5, 40]))
    ]
    tables = build(*rows)
    resources = []
    for name, schema in SCHEMAS.items():
        data = encode_header(schema) + b"".join(
            bytes(encode_batch(batch)) for batch in split_into_batches(tables[name])
        )
        (tmp_path / f"{name}.csv").write_bytes(data)
        resource = {
            "name": name,
            "type": "table",
            "path": f"{name}.csv",
            "format": "csv",
            "encoding": "utf-8",
        }
        resources.append({**resource, "dialect": {"delimiter": ","}, "schema": schema})
    (tmp_path / "datapackage.json").write_text(json.dumps({"name": "box", "resources": resources}))
    report = validate(tmp_path / "datapackage.json", strict=True, limit_errors=0)
    expected = [
        (
            "unique-error" if error["type"] == "unique-keys" else error["type"],
            error.get("fieldName") or error.get("fieldNames", [""])[0],
            str(error["rowNumber"] - 1),
        )
        for _, error in report.errors()
        if 'are all "None"' not in error["note"]
    ]
    found = check_tables(tables, SCHEMAS, "box")
    got = [
        (item.type, item.field, item.message.split(" row ")[1].split()[0].rstrip(":"))
        for item in found
        if item.type != "control-character"  # which Frictionless does not look for
    ]
    named = [(kind, "" if kind == "primary-key" else field, row) for kind, field, row in got]
    assert Counter(named) == Counter(expected)


def test_wrong_columns_and_missing_tables_are_findings() -> None:
    tables = build(GOOD)
    wrong = {"children": tables["children"].drop(["url"])}
    assert [finding.type for finding in check_tables(wrong, SCHEMAS, "box")] == [
        "resource-error",
        "incorrect-label",
    ]


def test_the_import_is_light() -> None:
    heavy = "('frictionless', 'polars', 'pandas')"
    code = f"import sys, xinjiang_record.validate; print([n for n in {heavy} if n in sys.modules])"
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout
        == "[]\n"
    )


AREAS: dict[str, Any] = {
    "fields": [
        {"name": "area_id", "type": "string"},
        {"name": "area_m2", "type": "number", "constraints": {"required": True}},
        {"name": "rooms_count", "type": "integer"},
    ],
    "primaryKey": ["area_id"],
}


def _areas(sizes: list[float | None]) -> dict[str, pa.Table]:
    count = len(sizes)
    columns = {
        "area_id": [f"a-{number:06}" for number in range(count)],
        "area_m2": pa.array(sizes, pa.float64()),
        "rooms_count": pa.array([None] * count, pa.int64()),
    }
    return {"areas": pa.table(columns)}


def test_numbers_without_constraints_are_checked_in_every_piece() -> None:
    sizes: list[float | None] = [1e-7, -0.0, 2.5] * 14_000
    assert check_tables(_areas(sizes), {"areas": AREAS}, "box") == []
    sizes[-2] = None
    (finding,) = check_tables(_areas(sizes), {"areas": AREAS}, "box")
    assert (finding.type, finding.field) == ("constraint-error", "area_m2")
    assert f"row {len(sizes) - 1}" in str(finding)


def test_a_number_that_means_no_value_is_none() -> None:
    schema = {**AREAS, "missingValues": ["", "-99"]}
    (finding,) = check_tables(_areas([1.5, -99.0, -100.5]), {"areas": schema}, "box")
    assert "area_m2 is empty" in finding.message


def test_a_number_that_others_refer_to_is_looked_up() -> None:
    reference = {"resource": "areas", "fields": ["area_m2"]}
    rooms = {
        "fields": [{"name": "room_id", "type": "string"}, {"name": "area_m2", "type": "number"}],
        "primaryKey": ["room_id"],
        "foreignKeys": [{"fields": ["area_m2"], "reference": reference}],
    }
    tables = _areas([1.5, 2.5]) | {
        "rooms": pa.table({"room_id": ["r-1", "r-2"], "area_m2": [2.5, 3.5]})
    }
    (finding,) = check_tables(tables, {"areas": AREAS, "rooms": rooms}, "box")
    assert (finding.type, finding.value) == ("foreign-key", "3.5")


BOUNDED: dict[str, Any] = {
    "fields": [
        {"name": "row_id", "type": "integer"},
        {"name": "size_count", "type": "integer", "constraints": {"minimum": 1, "maximum": 9}},
        {"name": "share", "type": "number", "constraints": {"exclusiveMaximum": 0.5}},
        {"name": "seen_on", "type": "date", "constraints": {"minimum": "2017-01-01"}},
        {"name": "is_open", "type": "boolean", "constraints": {"required": True}},
        {"name": "is_shut", "type": "boolean", "trueValues": ["yes"], "falseValues": ["false"]},
    ],
    "primaryKey": ["row_id"],
}
WITHIN = {
    "size_count": 9,
    "share": 0.25,
    "seen_on": date(2017, 1, 1),
    "is_open": True,
    "is_shut": False,
}


@pytest.mark.parametrize("row", [0, 40_000, 69_999])
@pytest.mark.parametrize(
    ("field", "value", "kind"),
    [
        ("size_count", 10, "constraint-error"),
        ("share", 0.5, "constraint-error"),
        ("seen_on", date(2016, 12, 31), "constraint-error"),
        ("is_open", None, "constraint-error"),
        ("is_shut", True, "type-error"),
    ],
)
def test_one_value_out_of_bounds_is_found_among_many(
    field: str, value: object, kind: str, row: int
) -> None:
    good = make_table(BOUNDED, [{"row_id": 0, **WITHIN, "share": None}]).take(
        pa.array([0] * 70_000)
    )
    good = good.set_column(0, "row_id", pa.array(range(70_000)))
    spoiled = make_table(BOUNDED, [{"row_id": row, **WITHIN, field: value}])
    rows = pa.concat_tables([good.slice(0, row), spoiled, good.slice(row + 1)])
    (finding,) = check_tables({"rows": rows}, {"rows": BOUNDED}, "box")
    assert (finding.type, finding.field, finding.record) == (kind, field, str(row))
    assert check_tables({"rows": good}, {"rows": BOUNDED}, "box") == []
