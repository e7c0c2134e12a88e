"""The package responses.

Votes with counts or none, sanctions by body and day, and a named finding for each way to break it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from xinjiang_record.model import Candidate, Finding

PACKAGE = "responses"
Change = Callable[..., int]
Build = Callable[[str], Candidate]


def errors(candidate: Candidate) -> list[Finding]:
    """The findings that stop a publication; warnings are for the quality report."""
    return [item for item in candidate.findings if item.severity == "error"]


def rows(candidate: Candidate, table: str) -> list[dict[str, Any]]:
    return candidate.tables[table].to_pylist()


def one(candidate: Candidate, table: str, event: str) -> dict[str, Any]:
    return next(row for row in rows(candidate, table) if row["event_id"] == event)


def counts(motion: dict[str, Any]) -> tuple[Any, Any, Any]:
    return motion["votes_for"], motion["votes_against"], motion["votes_abstain"]


def test_the_real_raw_tree_has_no_error(real: Candidate) -> None:
    assert not errors(real)


def test_nothing_is_lost_185_events_are_published_or_wait(
    real: Candidate, nothing_lost: Callable[[Candidate, str], None]
) -> None:
    waiting = [item for item in real.quarantine if item.resource == "events" and not item.field]
    assert (len(rows(real, "events")), len(waiting)) == (173, 12)
    for table in ("events", "motions", "determinations", "sanctions", "sanction_targets"):
        nothing_lost(real, table)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("E070", (266, 0, 2)),
        ("E083", (86, 1, 7)),
        ("E088", (125, 0, 12)),
        ("E098", (169, 1, 5)),
        ("E108", (17, 19, 11)),
        ("E087", (None, None, 2)),
    ],
)
def test_votes_as_counted(real: Candidate, event: str, expected: tuple[Any, ...]) -> None:
    assert counts(one(real, "motions", event)) == expected


def test_no_division_means_no_counts_and_never_0(real: Candidate) -> None:
    commons = one(real, "motions", "E081")
    assert commons["vote_form"] == "no_division" and counts(commons) == (None, None, None)
    for motion in rows(real, "motions"):
        assert motion["vote_form"] == "counted" or counts(motion) == (None, None, None)


def test_a_risk_is_not_a_finding_and_new_zealand_and_japan_found_no_genocide(
    real: Candidate,
) -> None:
    found = {(row["event_id"], row["determination"]) for row in rows(real, "determinations")}
    assert ("E088", "serious_risk_of_genocide") in found and ("E088", "genocide") not in found
    assert ("E103", "serious_risk_of_genocide") in found and ("E103", "genocide") not in found
    assert not {("E082", "genocide"), ("E099", "genocide")} & found
    assert {("E083", "genocide"), ("E083", "crimes_against_humanity")} <= found


def test_sanctions_of_22_march_2021_are_one_row_a_body(real: Candidate) -> None:
    day = [row for row in rows(real, "sanctions") if row["imposed_edtf"] == "2021-03-22"]
    assert {row["imposing_body"]: row["target_count"] for row in day} == {
        "Canada": 5,
        "European Union (Council)": 5,
        "United Kingdom": 5,
        "US Treasury (OFAC)": 2,
        "Ministry of Foreign Affairs of China": 14,
    }
    assert Counter(row["event_id"] for row in rows(real, "sanction_targets"))["E074"] == 5


def test_the_corps_and_its_bureau_are_different_targets(real: Candidate) -> None:
    bodies = {
        (row["event_id"], row["target"])
        for row in rows(real, "sanction_targets")
        if row["target_type"] == "body"
    }
    assert ("E057", "Xinjiang Production and Construction Corps") in bodies
    assert (
        "E074",
        "Public Security Bureau of the Xinjiang Production and Construction Corps",
    ) in bodies


def test_named_targets_stand_beside_the_count(real: Candidate) -> None:
    canada = one(real, "sanctions", "E118")
    assert (canada["target_count"], canada["named_count"]) == (8, 8)


def test_two_spellings_of_an_official_are_one_target_with_the_printed_one_in_evidence(
    real: Candidate,
) -> None:
    names = {
        row["target"]
        for row in rows(real, "sanction_targets")
        if row["target_id"] in ("E095.2", "E118.2")
    }
    assert names == {"Erkin Tuniyaz"}
    assert {
        row["as_printed"] for row in rows(real, "evidence") if row["record_id"] == "E095.2"
    } == {"Erken Tuniyaz"}


def test_days_known_from_memory_wait_and_days_from_another_source_do_not(real: Candidate) -> None:
    assert (
        one(real, "events", "E025")["happened_edtf"] == "2018-11"
        and one(real, "events", "E025")["happened_on"] is None
    )
    assert one(real, "events", "E042")["happened_edtf"] == "2019-10-29"
    assert [
        row["source_id"]
        for row in rows(real, "evidence")
        if row["evidence_id"].startswith("events.E042.happened_edtf")
    ]
    held = {(item.record, item.field): item.reason for item in real.quarantine}
    assert held["E025", "happened_edtf"] == "recall"
    assert held["E110", "happened_edtf"] == "contradiction"
    assert one(real, "events", "E086")["happened_edtf"] == "2021-06-10"
    assert one(real, "motions", "E082")["outcome"] == "adopted"


BROKEN = [
    ("events", "E070", {"happened_edtf": "2021-02-30"}, "type-error", "2021-02-30"),
    ("events", "E070", {"source_id": ""}, "no-source", "E070"),
    ("events", "E070", {"event_type": "outrage"}, "constraint-error", "outrage"),
    ("events", "E070", {"country_iso3": "CA"}, "constraint-error", "CA"),
    ("motions", "E070", {"votes_against": "-1"}, "constraint-error", "expected 0 or more"),
    ("motions", "E070", {"votes_for": "many"}, "type-error", "many"),
    ("motions", "E081", {"votes_for": "0"}, "vote-form", "no_division"),
    (
        "motions",
        "E070",
        {"votes_for": "", "votes_against": "", "votes_abstain": ""},
        "vote-form",
        "no count",
    ),
    ("motions", "E108", {"votes_for": "19", "votes_against": "17"}, "vote-outcome", "swapped"),
    ("motions", "E070", {"event_id": "E999"}, "foreign-key", "E999"),
    ("events", "E001", {"country_iso3": "ZZZ"}, "unknown-state", "ZZZ"),
    (
        "sanctions",
        "E118",
        {"target_count": "4", "person_count": "4"},
        "count-mismatch",
        "8 are named",
    ),
    ("sanctions", "E074", {"person_count": "3"}, "count-mismatch", "3 persons"),
    ("sanction_targets", "E074.1", {"target_type": "ship"}, "constraint-error", "ship"),
    (
        "sanctions",
        "E077",
        {"imposing_body": "European Union (Council)"},
        "sanctions-twice",
        "2021-03-22",
    ),
]


@pytest.mark.parametrize(
    ("table", "key", "cells", "kind", "says"),
    BROKEN,
    ids=[f"{case[0]}-{case[4]}" for case in BROKEN],
)
def test_broken_rows_are_found_with_file_and_line(
    finds: Callable[..., None], table: str, key: str, cells: dict[str, str], kind: str, says: str
) -> None:
    finds(PACKAGE, table, key, cells, kind, says)


def test_a_motion_without_a_row_of_votes_is_found(change: Change, build: Build) -> None:
    change(PACKAGE, "events", "E012", event_type="parliament_motion")
    assert [item.type for item in errors(build(PACKAGE))] == ["no-motion"]


def test_sanctions_without_a_row_are_found(change: Change, build: Build) -> None:
    change(PACKAGE, "events", "E012", event_type="sanctions")
    assert [item.type for item in errors(build(PACKAGE))] == ["no-sanction"]
