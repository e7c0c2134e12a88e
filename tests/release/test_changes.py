"""Field-level changes.

What they say, that they are all of them, and that a chain of them rebuilds any version.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.release.rebuild_version import apply_changes, reverse_changes
from xinjiang_record.errors import VerifyError
from xinjiang_record.model import Candidate
from xinjiang_record.release import publish
from xinjiang_record.release.changes import row_diff
from xinjiang_record.release.changes.change_wording import ChangeWriter, format_day
from xinjiang_record.release.changes.changes_files import read_changes
from xinjiang_record.release.changes.record_history import (
    compare_versions,
    find_evidence,
    find_history,
)
from xinjiang_record.release.changes.row_diff import Side, diff_table
from xinjiang_record.release.distribution.locations import open_location
from xinjiang_record.release.distribution.release_locations import find_release
from xinjiang_record.release.tables.csv_text import hash_table
from xinjiang_record.release.tables.row_order import sort_table, split_into_batches
from xinjiang_record.schema.load import arrow_schema, make_table

Make = Callable[[int], Candidate]
SCHEMA: dict[str, Any] = {
    "fields": [
        {"name": "a", "type": "string"},
        {"name": "b", "type": "integer"},
        {"name": "x", "type": "number"},
        {"name": "y", "type": "string"},
        {"name": "z", "type": "date"},
        {"name": "w", "type": "boolean"},
    ],
    "primaryKey": ["a", "b"],
}
CELLS = st.tuples(
    st.none() | st.floats(-1e9, 1e9, allow_nan=False),
    st.none() | st.sampled_from(["one", "two, and", 'a "b"', "l\nm", "新疆"]),
    st.none() | st.dates(dt.date(1900, 1, 1)),
    st.none() | st.booleans(),
)
TABLES = st.dictionaries(
    st.tuples(st.sampled_from(["p", "q,r", 's"']), st.integers(-3, 9)), CELLS, max_size=25
)


def made(rows: dict[tuple[str, int], tuple[Any, ...]]) -> pa.Table:
    names = [item["name"] for item in SCHEMA["fields"]]
    return sort_table(
        make_table(
            SCHEMA, [dict(zip(names, (*key, *cells), strict=True)) for key, cells in rows.items()]
        ),
        SCHEMA,
        "made",
    )


def changes(old: pa.Table, new: pa.Table, rows: int = 4) -> list[dict[str, str]]:
    types = arrow_schema(SCHEMA)
    sides = [
        Side(SCHEMA["primaryKey"], types, split_into_batches(side, rows)) for side in (old, new)
    ]
    return [
        {"table": "made", **{key: value or "" for key, value in row.items()}}
        for part in diff_table(*sides)
        for row in part.to_pylist()
    ]


def digest(value: pa.Table) -> str:
    return hash_table(split_into_batches(value), SCHEMA)


@settings(max_examples=60, deadline=None)
@given(TABLES, TABLES, st.integers(1, 9))
def test_replaying_the_changes_gives_the_new_version(old: Any, new: Any, rows: int) -> None:
    """Also when the windows are small, and backwards."""
    before, after = made(old), made(new)
    found = changes(before, after, rows)
    assert digest(apply_changes(before, found, SCHEMA, "made")) == digest(after)
    assert digest(apply_changes(after, reverse_changes(found), SCHEMA, "made")) == digest(before)
    assert bool(found) == (digest(before) != digest(after))
    assert sorted(map(str, found)) == sorted(map(str, changes(before, after, 1000)))


def test_changes_that_do_not_fit_are_refused() -> None:
    before, after = (
        made({("p", 1): (1.0, "one", None, None)}),
        made({("p", 1): (2.0, "one", None, None)}),
    )
    found = changes(before, after)
    with pytest.raises(VerifyError, match="before the change: expected '1'"):
        apply_changes(after, found, SCHEMA, "made")
    with pytest.raises(VerifyError):
        apply_changes(made({}), found, SCHEMA, "made")


def test_a_key_that_changed_replaces_the_table() -> None:
    old = made({("p", 1): (1.0, "one", None, None)})
    types = arrow_schema(SCHEMA)
    parts = diff_table(
        Side(["a", "b"], types, split_into_batches(old)),
        Side(["a"], types, split_into_batches(old)),
    )
    assert {row["op"] for part in parts for row in part.to_pylist()} == {"retract", "add"}


def test_the_chain_rebuilds_every_version(published_once: Path, make: Make) -> None:
    folder, schema = published_once / "made-up", make(0).schemas["things"]
    value = find_release(open_location(published_once), "made-up", "1.0.0").table("things")
    for old, new in (("1.0.0", "1.1.0"), ("1.1.0", "1.2.0")):
        told = [
            item
            for item in read_changes(folder / new / f"changes/from-{old}.csv")
            if item["table"] == "things"
        ]
        value = apply_changes(value, told, schema, "things")
        later = find_release(open_location(published_once), "made-up", new)
        assert hash_table(split_into_batches(value), schema) == later.sums["data/things.csv"]


def test_retracted_and_restored(make: Make, tmp_path: Path) -> None:
    for variant in (1, 0, 1):
        publish(make(variant), tmp_path)
    ops = [
        {item["op"] for item in read_changes(path) if item["record"] == "t-020"}
        for path in sorted(tmp_path.glob("*/1.*/changes/*.csv"))
    ]
    assert ops == [{"retract"}, {"restore"}]
    assert (
        "`things` t-020 restored" in (tmp_path / "made-up/1.2.0/changes/from-1.1.0.md").read_text()
    )
    told = [
        event
        for event in find_history(open_location(tmp_path), ["made-up"], "t-020")
        if event.field == "thing_id"
    ]
    assert [(event.version, event.op) for event in told] == [
        ("1.0.0", "first"),
        ("1.1.0", "retract"),
        ("1.2.0", "restore"),
    ]


def test_between_any_two(published_once: Path) -> None:
    """Neighbours have the published changes.

    Others are computed, with the reasons told on the way; backwards too.
    """
    where = open_location(published_once)
    near = compare_versions(where, "made-up", "1.0.0", "1.1.0")
    assert {item["reason"] for item in near if item["op"] == "add"} == {"new_evidence"}
    far = compare_versions(where, "made-up", "1.0.0", "1.2.0")
    assert {(item["record"], item["op"]) for item in far if item["field"] == "thing_id"} == {
        ("t-020", "add")
    }
    back = compare_versions(where, "made-up", "1.2.0", "1.0.0")
    assert {(item["record"], item["op"]) for item in back if item["field"] == "thing_id"} == {
        ("t-020", "retract")
    }
    assert compare_versions(where, "made-up", "1.1.0", "1.1.0") == []


def test_a_declared_reason_is_told(make: Make, tmp_path: Path) -> None:
    publish(make(0), tmp_path)
    candidate = make(0)
    rows = candidate.tables["things"].to_pylist()
    rows[0]["size"] = 7
    later = dataclasses.replace(
        candidate,
        tables={
            **candidate.tables,
            "things": pa.Table.from_pylist(rows, schema=candidate.tables["things"].schema),
        },
        reasons={("things", "t-000", "size"): ("our_error", "s-0001")},
    )
    publish(later, tmp_path)
    (told,) = read_changes(tmp_path / "made-up/1.0.1/changes/from-1.0.0.csv")
    assert (told["op"], told["field"], told["new"], told["reason"], told["source"]) == (
        "change",
        "size",
        "7",
        "our_error",
        "s-0001",
    )
    said = (tmp_path / "made-up/1.0.1/changes/from-1.0.0.md").read_text()
    assert "`things` t-000: size is now 7 (our error; source s-0001)" in said


def test_in_the_words_of_the_subject() -> None:
    statements = pa.table(
        {
            "statement_id": ["x"],
            "statement_type": ["letter"],
            "delivered_on": [dt.date(2019, 7, 12)],
            "delivered_edtf": ["2019-07-12"],
        }
    )
    speak = ChangeWriter({"statements": statements})

    def event(op: str, **cells: str) -> str:
        sides = ("old", "new") if op == "retract" else ("new", "old")
        rows = [
            {
                "table": "signature_events",
                "op": op,
                "record": "e",
                "field": name,
                sides[0]: value,
                sides[1]: "",
                "reason": "",
                "source": "s-0041",
            }
            for name, value in cells.items()
        ]
        return speak(rows)

    said = event("add", event_type="withdrew", signatory_name="Qatar", statement_id="x")
    assert said == "Qatar withdrew from the letter of 12 July 2019 (source s-0041)"
    said = event("retract", event_type="signed", signatory_name="Qatar", statement_id="x")
    assert said == "No longer recorded: Qatar signed the letter of 12 July 2019 (source s-0041)"
    change = {
        "table": "statements",
        "op": "change",
        "record": "x",
        "field": "note",
        "old": "a",
        "new": "",
        "reason": "",
        "source": "",
    }
    assert speak([change]) == "The letter of 12 July 2019: note is now empty (was a)"
    assert format_day(dt.date(2021, 6, 1)) == "1 June 2021"


def test_memory_holds_windows_not_tables() -> None:
    """The old side is read no further than the new side's window needs."""
    read = []

    def counted(value: pa.Table) -> Any:
        for batch in split_into_batches(value, 10):
            read.append(batch.num_rows)
            yield batch

    value = made({("p", number): (None, None, None, None) for number in range(100)})
    types = arrow_schema(SCHEMA)
    windows = row_diff._windows(
        Side(["a", "b"], types, counted(value)),
        Side(["a", "b"], types, split_into_batches(value, 10)),
    )
    next(windows)
    assert sum(read) <= 20


def test_evidence_for_a_cell(tmp_path: Path, make: Make) -> None:
    candidate = make(0)
    fields = ["evidence_id", "evidence_resource", "record_id", "evidence_field", "source_id"]
    schema = {
        "fields": [
            {"name": name, "type": "string", "title": name, "description": name} for name in fields
        ],
        "primaryKey": ["evidence_id"],
    }
    rows = [
        {
            "evidence_id": "1",
            "evidence_resource": "things",
            "record_id": "t-001",
            "evidence_field": None,
            "source_id": "s-0001",
        },
        {
            "evidence_id": "2",
            "evidence_resource": "things",
            "record_id": "t-001",
            "evidence_field": "size",
            "source_id": "s-0001",
        },
        {
            "evidence_id": "3",
            "evidence_resource": "things",
            "record_id": "t-001",
            "evidence_field": "name",
            "source_id": "s-0001",
        },
    ]
    more = dataclasses.replace(
        candidate,
        schemas={**candidate.schemas, "evidence": schema},
        tables={**candidate.tables, "evidence": make_table(schema, rows)},
    )
    publish(more, tmp_path)
    found = find_release(open_location(tmp_path), "made-up")
    assert [row["evidence_id"] for row in find_evidence(found, "t-001", "size")] == ["1", "2"]
    assert find_evidence(found, "t-001")[0]["source_url"] == "https://example.org/"
    assert [row["evidence_id"] for row in find_evidence(found, "t")] == []
