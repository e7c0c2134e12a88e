"""``check_tables``: what the pipeline asks of the tables it built."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from xinjiang_record.validate import check_tables
from xinjiang_record.validate.schemas import table

SCHEMAS: dict[str, dict[str, Any]] = {
    "parents": {"fields": [{"name": "parent_id", "type": "string"}], "primaryKey": ["parent_id"]},
    "children": {
        "fields": [
            {"name": "child_id", "type": "string", "constraints": {"required": True, "pattern": "c-[0-9]+"}},
            {"name": "parent_id", "type": "string"},
            {"name": "size_count", "type": "integer", "constraints": {"minimum": 1, "maximum": 9}},
            {"name": "seen_on", "type": "date", "constraints": {"minimum": "2017-01-01", "unique": True}},
            {"name": "colour", "type": "string", "constraints": {"enum": ["red", "green"]}},
            {"name": "url", "type": "string", "format": "uri"},
        ],
        "primaryKey": ["child_id"],
        "uniqueKeys": [["parent_id", "size_count"]],
        "foreignKeys": [
            {"fields": ["parent_id"], "reference": {"resource": "parents", "fields": ["parent_id"]}},
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
        "parents": table(SCHEMAS["parents"], [{"parent_id": "p"}]),
        "children": table(SCHEMAS["children"], children),
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
    assert (finding.type, finding.field, finding.package, finding.resource) == (kind, field, "box", "children")
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
    kinds = {finding.type for finding in check_tables(build({**GOOD, "child_id": None}), SCHEMAS, "box")}
    assert "constraint-error" in kinds


def test_wrong_columns_and_missing_tables_are_findings() -> None:
    tables = build(GOOD)
    wrong = {"children": tables["children"].drop(["url"])}
    assert [finding.type for finding in check_tables(wrong, SCHEMAS, "box")] == ["resource-error", "incorrect-label"]


def test_the_import_is_light() -> None:
    code = "import sys, xinjiang_record.validate; print([n for n in ('frictionless', 'polars', 'pandas') if n in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
