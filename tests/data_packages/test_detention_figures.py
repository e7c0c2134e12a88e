"""The package detention-figures.

The known cases from the real raw/, nothing lost, and a named finding for each way to break it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from xinjiang_record.model import Candidate, Finding
from xinjiang_record.settings import Project

PACKAGE = "detention-figures"
Change = Callable[..., int]
Build = Callable[[str], Candidate]


def errors(candidate: Candidate) -> list[Finding]:
    """The findings that stop a publication; warnings are for the quality report."""
    return [item for item in candidate.findings if item.severity == "error"]


def rows(candidate: Candidate, table: str) -> list[dict[str, Any]]:
    return candidate.tables[table].to_pylist()


def figure(candidate: Candidate, name: str) -> dict[str, Any]:
    return next(row for row in rows(candidate, "figures") if row["figure_id"] == name)


def links(candidate: Candidate) -> set[tuple[str, str, str]]:
    return {
        (row["figure_id"], row["link_type"], row["to_figure_id"])
        for row in rows(candidate, "figure_links")
    }


def test_the_real_raw_tree_has_no_error(real: Candidate) -> None:
    assert not errors(real)


def test_nothing_is_lost_215_figures_are_published_or_wait(
    real: Candidate, nothing_lost: Callable[[Candidate, str], None]
) -> None:
    waiting = [item for item in real.quarantine if item.resource == "figures" and not item.field]
    assert (len(rows(real, "figures")), len(waiting)) == (190, 25)
    assert {item.reason for item in waiting} == {"recall", "weak"}
    for table in ("figures", "figure_authors", "figure_links", "areas", "area_names", "measures"):
        nothing_lost(real, table)


def test_15683_in_one_week_of_june_2017_is_a_flow_and_the_15000_of_the_press_restates_it(
    real: Candidate,
) -> None:
    exact, rounded = figure(real, "F054"), figure(real, "F052")
    assert (exact["value_point"], exact["quantity_type"], exact["as_of_edtf"]) == (
        15683,
        "flow",
        "2017-06-25",
    )
    assert (exact["period_start_edtf"], exact["period_end_edtf"]) == ("2017-06-19", "2017-06-25")
    assert (rounded["value_point"], rounded["quantity_type"], rounded["qualifier"]) == (
        15000,
        "flow",
        "approx",
    )
    assert ("F052", "restates", "F054") in links(real)
    assert all(
        row["quantity_type"] != "stock"
        for row in rows(real, "figures")
        if row["measure"] == exact["measure"]
    )


def test_a_revision_is_a_chain_of_links(real: Candidate) -> None:
    assert {
        ("F032", "supersedes", "F030"),
        ("F034", "supersedes", "F033"),
        ("F076", "supersedes", "F034"),
    } <= links(real)


@pytest.mark.parametrize(
    ("part", "whole"),
    [("F062", "F061"), ("F163", "F162"), ("F134", "F133"), ("F069", "F068"), ("F019", "F018")]
    + [(part, "F146") for part in ("F143", "F144", "F145")],
)
def test_parts_are_linked_with_their_wholes(real: Candidate, part: str, whole: str) -> None:
    assert (part, "part_of", whole) in links(real)


def test_a_misreading_is_kept_but_never_a_number_of_prisoners(real: Candidate) -> None:
    assert figure(real, "F101")["quantity_type"] == "unclear"
    assert ("F101", "misreads", "F100") in links(real)
    held = [
        item for item in real.quarantine if (item.record, item.field) == ("F101", "quantity_type")
    ]
    assert [item.reason for item in held] == ["contradiction"]


def test_links_with_a_waiting_end_wait_too(real: Candidate) -> None:
    held = {item.record for item in real.quarantine if item.resource == "figure_links"}
    assert "F096.restates.F097" in held and len(held) == 14
    assert not {row["link_id"] for row in rows(real, "figure_links")} & held


def test_values_known_from_memory_are_not_published(real: Candidate) -> None:
    assert figure(real, "F064")["as_of_edtf"] is None
    assert (
        figure(real, "F011")["published_edtf"] == "2018-01"
        and figure(real, "F011")["published_on"] is None
    )
    assert figure(real, "F177")["area_id"] == "xinjiang"
    assert ("F177", "area_id") in {(item.record, item.field) for item in real.quarantine}


def test_every_published_figure_has_evidence_at_its_source(real: Candidate) -> None:
    supported = {
        (row["record_id"], row["source_id"])
        for row in rows(real, "evidence")
        if row["evidence_resource"] == "figures"
    }
    assert {(row["figure_id"], row["source_id"]) for row in rows(real, "figures")} <= supported
    assert {row["verification"] for row in rows(real, "evidence")} == {
        "read_at_source",
        "retold",
        "declared",
    }


def test_no_midpoint_and_every_rate_has_a_base(real: Candidate) -> None:
    for row in rows(real, "figures"):
        if row["value_low"] is not None and row["value_high"] is not None:
            assert row["value_point"] != (row["value_low"] + row["value_high"]) / 2
        assert row["quantity_type"] != "rate" or row["population_base"]


def test_one_measure_has_one_unit(real: Candidate) -> None:
    units = Counter(
        measure for measure, _ in {(row["measure"], row["unit"]) for row in rows(real, "figures")}
    )
    assert set(units.values()) == {1}


def test_one_county_goes_by_several_names(real: Candidate) -> None:
    names = {row["name"] for row in rows(real, "area_names") if row["area_id"] == "konasheher"}
    assert {"Konasheher county", "Shufu county", "疏附县", "كونا شەھەر ناھىيىسى"} <= names
    parents = {row["area_id"]: row["parent_area_id"] for row in rows(real, "areas")}
    assert (parents["konasheher"], parents["kashgar"], parents["xinjiang"]) == (
        "kashgar",
        "xinjiang",
        None,
    )


BROKEN = [
    ("low above high", "F034", {"value_low": "1900000"}, "low-above-high", "1900000"),
    (
        "a low value for an upper bound",
        "F032",
        {"value_low": "1"},
        "qualifier-mismatch",
        "value_high",
    ),
    (
        "a range of one end",
        "F034",
        {"value_low": ""},
        "qualifier-mismatch",
        "value_low and value_high",
    ),
    ("a filled midpoint", "F034", {"value_point": "1350000"}, "midpoint", "never filled in"),
    ("a figure without a source", "F054", {"source_id": ""}, "no-source", "F054"),
    ("an unknown source", "F054", {"source_id": "s-9999"}, "unknown-source", "s-9999"),
    ("a wrong date", "F054", {"as_of_edtf": "2017-06-31"}, "type-error", "2017-06-31"),
    ("a date in words", "F054", {"as_of_edtf": "June 2017"}, "type-error", "June 2017"),
    (
        "a period that ends before it starts",
        "F054",
        {"period_start_edtf": "2017-07"},
        "period-order",
        "2017-07",
    ),
    ("an unknown area", "F054", {"area_id": "atlantis"}, "unknown-area", "atlantis"),
    (
        "an unknown measure",
        "F054",
        {"measure": "persons_taken"},
        "unknown-measure",
        "persons_taken",
    ),
    ("an unknown kind of quantity", "F054", {"quantity_type": "flux"}, "constraint-error", "flux"),
    ("another unit", "F054", {"unit": "children"}, "unit-mismatch", "children"),
    ("a number with a comma", "F054", {"value_point": "15,683"}, "type-error", "15,683"),
    ("a negative number", "F054", {"value_point": "-5"}, "constraint-error", "expected 0 or more"),
    ("a rate without a base", "F079", {"population_base": ""}, "no-base", "F079"),
    ("a share in per cent", "F079", {"value_point": "4"}, "constraint-error", "Divide by 100"),
    ("another basis", "F054", {"basis": "hearsay"}, "constraint-error", "hearsay"),
    ("no publisher", "F054", {"publisher": ""}, "constraint-error", "publisher is empty"),
]


@pytest.mark.parametrize(
    ("what", "name", "cells", "kind", "says"), BROKEN, ids=[case[0] for case in BROKEN]
)
def test_broken_figures_are_found_with_file_and_line(
    change: Change, build: Build, what: str, name: str, cells: dict[str, str], kind: str, says: str
) -> None:
    line = change(PACKAGE, "figures", name, **cells)
    found = [item for item in errors(build(PACKAGE)) if item.type == kind]
    assert found and all(item.severity == "error" for item in found), what
    place = found[0].place
    assert place and (place.path, place.line) == (f"raw/{PACKAGE}/figures.csv", line)
    assert says in found[0].message


def test_a_duplicate_id_names_the_first_line(
    add: Change, build: Build, project: Project, read_raw: Callable[..., Any]
) -> None:
    first = read_raw(project, PACKAGE, "figures")[0]
    line = add(PACKAGE, "figures", **first)
    found = [item for item in errors(build(PACKAGE)) if item.type == "primary-key"]
    assert [item.place.line for item in found if item.place] == [line]
    assert "line 2" in found[0].message


BAD_LINKS = [
    ("F054", "part_of", "F042", "mixed-quantity-types"),
    ("F034", "supersedes", "F014", "foreign-revision"),
    ("F030", "supersedes", "F034", "link-circle"),
    ("F054", "restates", "F054", "link-to-itself"),
    ("F054", "restates", "F999", "foreign-key"),
    ("F054", "adds_to", "F053", "constraint-error"),
    ("F052", "restates", "F054", "primary-key"),
]


@pytest.mark.parametrize(
    ("one", "kind", "other", "finding"), BAD_LINKS, ids=[case[3] for case in BAD_LINKS]
)
def test_links_that_make_no_sense(
    add: Change, build: Build, one: str, kind: str, other: str, finding: str
) -> None:
    line = add(
        PACKAGE, "figure_links", figure_id=one, link_type=kind, to_figure_id=other, reason="test"
    )
    found = [item for item in errors(build(PACKAGE)) if item.type == finding]
    assert any(item.place and item.place.line == line for item in found), errors(build(PACKAGE))


def test_a_figure_that_loses_its_source_takes_its_links_along(change: Change, build: Build) -> None:
    change(PACKAGE, "figures", "F054", basis="recall", verification="")
    candidate = build(PACKAGE)
    held = {item.record for item in candidate.quarantine}
    assert {"F054", "F052.restates.F054", "F054.part_of.F053"} <= held
    assert not errors(candidate)


def test_a_held_value_must_not_be_published_as_well(change: Change, build: Build) -> None:
    change(PACKAGE, "figures", "F064", as_of_edtf="2019-03")
    assert [item.type for item in errors(build(PACKAGE))] == ["held-value"]


def test_every_finding_comes_at_once(change: Change, build: Build) -> None:
    change(PACKAGE, "figures", "F034", value_low="1900000")
    change(PACKAGE, "figures", "F079", population_base="")
    change(PACKAGE, "figures", "F054", source_id="", as_of_edtf="2017-13")
    assert {"low-above-high", "no-base", "no-source"} <= {
        item.type for item in errors(build(PACKAGE))
    }


def test_a_file_in_latin_1_is_a_finding_and_no_exception(project: Project, build: Build) -> None:
    path = project.raw / PACKAGE / "figures.csv"
    path.write_bytes(path.read_text("utf-8").encode("latin-1", "replace"))
    found = errors(build(PACKAGE))
    assert [item.type for item in found] == ["encoding-error"]


def test_a_missing_table_is_one_finding(project: Project, build: Build) -> None:
    (project.raw / PACKAGE / "areas.csv").unlink()
    found = errors(build(PACKAGE))
    assert [item.type for item in found] == ["source-error"] and "areas.csv" in found[0].message


def test_the_same_name_of_an_area_twice_is_found_with_its_line(add: Change, build: Build) -> None:
    same = {
        "area_id": "konasheher",
        "language": "zh-Hans",
        "name": "疏附县",
        "name_type": "official",
    }
    line = add(
        PACKAGE,
        "area_names",
        area_name_id="konasheher.zh-Hans.9",
        source_id="s-0329",
        verification="declared",
        **same,
    )
    found = errors(build(PACKAGE))
    assert [(item.type, item.place.line) for item in found if item.place] == [("unique-key", line)]
