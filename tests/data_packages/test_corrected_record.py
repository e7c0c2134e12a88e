"""The corrected record, from published CSV alone, and checks that would have found each fault."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from xinjiang_record import data_packages
from xinjiang_record.model import Candidate, Finding
from xinjiang_record.settings import Project

Change = Callable[..., int]
Add = Callable[..., int]
Build = Callable[[str], Candidate]
Table = Callable[[str, str], list[dict[str, str]]]


def one(rows: list[dict[str, str]], key: str, value: str) -> dict[str, str]:
    (row,) = [row for row in rows if row[key] == value]
    return row


def test_the_czech_senate_voted_on_10_june(record: Table) -> None:
    event = one(record("responses", "events"), "event_id", "E086")
    assert (event["happened_on"], event["happened_edtf"]) == ("2021-06-10", "2021-06-10")
    motion = one(record("responses", "motions"), "event_id", "E086")
    assert (motion["instrument"], motion["votes_for"]) == ("resolution 228", "38")


def test_lists_that_a_source_prints_whole_are_whole(record: Table) -> None:
    sanctions = record("responses", "sanctions")
    named = {row["event_id"]: (row["target_count"], row["named_count"]) for row in sanctions}
    assert [named[name] for name in ("E075", "E078", "E118")] == [
        ("14", "14"),
        ("13", "13"),
        ("8", "8"),
    ]
    assert not [row for row in sanctions if " and " in row["imposing_body"]]


def test_the_first_publisher_of_f106(record: Table) -> None:
    figure = one(record("detention-figures", "figures"), "figure_id", "F106")
    assert figure["publisher"] == "United Press International (Medill News Service)"
    assert (figure["as_of_edtf"], figure["published_edtf"]) == ("2022", "2024-04-26")


def test_no_series_joins_entries_and_entities(record: Table) -> None:
    series: dict[tuple[str, str], list[int]] = {}
    for row in record("responses", "trade_restrictions"):
        if row["total_count"]:
            key = (row["restriction_list"], row["count_unit"])
            series.setdefault(key, []).append(int(row["total_count"]))
    assert series == {
        ("UFLPA Entity List", "entries"): [24, 30],
        ("UFLPA Entity List", "entities"): [68, 75, 107, 144],
    }


def test_labour_births_population_and_equipment_are_apart_from_detention(record: Table) -> None:
    subjects = {row["measure"]: row["subject"] for row in record("detention-figures", "measures")}
    apart = {"labour", "births", "population", "equipment", "acts"}
    figures = record("detention-figures", "figures")
    seen = [row for row in figures if subjects[row["measure"]] in apart]
    assert len(seen) > 15 and {row["custody_type"] for row in seen} == {"none"}
    units = {row["unit"] for row in seen if row["measure"] == "labour_transfers_target"}
    assert units == {"transfers"}


def test_nobody_of_the_20_of_e255_is_named(record: Table) -> None:
    assert not [row for row in record("responses", "sanction_targets") if row["event_id"] == "E255"]


def test_a_vote_on_an_amendment_says_what_a_vote_for_did(record: Table) -> None:
    motions = record("responses", "motions")
    trade_bill = one(motions, "event_id", "E259")
    assert (trade_bill["votes_for"], trade_bill["votes_against"]) == ("319", "308")
    assert trade_bill["for_means"].startswith("to remove the amendment")
    decided = {row["event_id"] for row in motions if row["vote_on"] in ("amendment", "procedure")}
    assert not decided & {row["event_id"] for row in record("responses", "determinations")}


def test_words_of_an_address_are_a_label_and_no_title(record: Table) -> None:
    sources = record("responses", "sources")
    assert [row for row in sources if row["source_label"]]
    assert not [row for row in sources if row["source_label"] and row["source_title"]]
    weak = [row for row in sources if row["is_weak"] == "true"]
    assert weak and all(row["weak_reason"] for row in weak)


# --- the checks, each on the real record broken in that way

FAULTS = {
    "two bodies in one field": (
        ("responses", "sanctions", "E095"),
        {"imposing_body": "US Treasury (OFAC) and Department of State"},
        "two-bodies",
    ),
    "a determination by an amendment": (
        ("responses", "motions", "E088"),
        {"vote_on": "amendment", "for_means": "to replace a paragraph"},
        "determination-not-adopted",
    ),
    "a procedure without its meaning": (
        ("responses", "motions", "E208"),
        {"for_means": ""},
        "no-meaning",
    ),
    "a count of hands": (
        ("responses", "motions", "E070"),
        {"vote_form": "show_of_hands"},
        "vote-form",
    ),
    "a boycott without human rights": (
        ("responses", "diplomatic_acts", "E237"),
        {"names_human_rights": "false"},
        "boycott-reason",
    ),
    "a total without a unit": (
        ("responses", "trade_restrictions", "E225"),
        {"count_unit": ""},
        "no-unit",
    ),
    "an answer before the act": (
        ("responses", "sanctions", "E073"),
        {"answers_event_id": "E118"},
        "answer-before-act",
    ),
    "a verified recollection": (
        ("detention-figures", "figures", "F005"),
        {"verification": "read_at_source"},
        "recall-verified",
    ),
    "labour in custody": (
        ("detention-figures", "figures", "F202"),
        {"custody_type": "camp"},
        "custody-mismatch",
    ),
    "a symbol of two documents": (
        ("documents", "documents", "D207"),
        {"document_symbol": "P9_TA(2019)0110"},
        "shared-symbol",
    ),
    "an amendment that explains nothing": (
        ("detention-figures", "figures", "F158"),
        {"as_of_edtf": "2019"},
        "amendment-error",
    ),
}


@pytest.mark.parametrize("what", FAULTS)
def test_a_fault_is_an_error(change: Change, build: Build, what: str) -> None:
    (package, table, key), cells, kind = FAULTS[what]
    change(package, table, key, **cells)
    found = [item for item in build(package).findings if item.type == kind]
    assert found and found[0].severity == "error" and found[0].place, what
    assert found[0].place.line and found[0].place.path.startswith(f"raw/{package}/")


def warnings(candidate: Candidate, kind: str) -> list[Finding]:
    found = [item for item in candidate.findings if item.type == kind]
    assert all(item.severity == "warning" for item in found)
    return found


def test_conflicting_values_of_one_year_without_a_link(change: Change, build: Build) -> None:
    def pairs(candidate: Candidate) -> list[str]:
        return [item.message for item in warnings(candidate, "conflict-without-link")]

    change("detention-figures", "figures", "F158", as_of_edtf="2019-06")
    assert [said for said in pairs(build("detention-figures")) if "F158" in said and "F159" in said]
    change("detention-figures", "figures", "F158", as_of_edtf="2017")
    assert not [said for said in pairs(build("detention-figures")) if "F158" in said]


def test_the_year_of_publication_as_the_date_of_the_data(change: Change, build: Build) -> None:
    before = warnings(build("detention-figures"), "publication-year")
    change(
        "detention-figures",
        "figures",
        "F106",
        as_of_edtf="2024",
        period_end_edtf="",
        note="From an official document of 2022.",
    )
    after = warnings(build("detention-figures"), "publication-year")
    assert [item.record for item in after if item not in before] == ["F106"]


def test_two_sources_of_one_origin_do_not_contradict_each_other(
    project: Project, build: Build, read_raw: Callable[..., list[dict[str, str]]]
) -> None:
    path = project.raw / "sources.csv"
    with open(path, encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    rows_held = read_raw(project, "responses", "held")
    held = next(row for row in rows_held if row["record_id"] == "E110")
    assert not [item for item in build("responses").findings if item.type == "one-origin"]
    for row in rows:
        if row["source_id"] in ("s-0262", held["source_id"]):
            row["origin"] = "a statement of the Committee"
    with open(path, "w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    (found,) = [item for item in build("responses").findings if item.type == "one-origin"]
    assert found.record == "E110" and "repeat one text" in found.message


def edit_source(project: Project, source: str, **cells: str) -> None:
    path = project.raw / "sources.csv"
    with open(path, encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    next(row for row in rows if row["source_id"] == source).update(cells)
    with open(path, "w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.parametrize(
    "url", ["https://www.feddit.org/post/1", "https://a.b.5ch.net/x", "https://example.org/"]
)
def test_a_weak_host_or_a_home_page_says_that_it_is_weak(
    project: Project, build: Build, url: str
) -> None:
    edit_source(project, "s-0001", url=url)
    (found,) = [item for item in build("documents").findings if item.type == "weak-host"]
    assert found.record == "s-0001" and "weak_reason" in found.message
    edit_source(project, "s-0001", weak_reason="A copy.")
    assert not [item for item in build("documents").findings if item.type == "weak-host"]


def test_a_weak_page_as_the_only_source_is_asked_about(project: Project, build: Build) -> None:
    before = {item.record for item in warnings(build("responses"), "weak-source")}
    edit_source(project, "s-0353", weak_reason="Made up.")  # of a field of E070, not of the event
    assert {item.record for item in warnings(build("responses"), "weak-source")} == before
    edit_source(project, "s-0448", weak_reason="Made up.")
    after = {item.record for item in warnings(build("responses"), "weak-source")}
    assert "E201" in after - before


def test_a_row_about_a_statement_takes_the_source_of_the_statement(
    change: Change, build: Build
) -> None:
    assert not warnings(build("responses"), "statement-source")
    change("responses", "events", "E117", basis="recall", verification="")
    (found,) = warnings(build("responses"), "statement-source")
    assert found.record == "E117" and "2024-10-22-unga79-c3-critical" in found.message


def test_a_second_body_of_the_same_day_is_asked_about(change: Change, build: Build) -> None:
    before = warnings(build("responses"), "second-body")
    change("responses", "events", "E057", note="The Department of State barred them from entry.")
    after = [item for item in warnings(build("responses"), "second-body") if item not in before]
    assert [item.record for item in after] == ["E057"]


def test_lists_named_in_part_are_in_the_quality_report(change: Change, build: Build) -> None:
    change("responses", "sanctions", "E118", target_count="9", person_count="9")
    found = warnings(build("responses"), "incomplete-list")
    assert [item.record for item in found] == ["E118"] and "8 of 9" in found[0].message


def test_reasons_of_changed_values_are_declared(root: Path) -> None:
    candidate = data_packages.build(Project(root), "responses")
    assert candidate.reasons["events", "E086", "happened_edtf"][0] == "source_correction"
    assert candidate.reasons["sanctions", "E095", "imposing_body"][0] == "our_error"
    notes = {
        (row["record_id"], row["evidence_field"]): row["note"]
        for row in candidate.tables["evidence"].to_pylist()
    }
    assert notes["E086", "happened_edtf"].startswith(
        "The Czech Senate voted on 10 June 2021, not on 14 June"
    )
