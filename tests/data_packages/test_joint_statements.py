"""The package joint-statements.

What the published CSV says of the known cases, and a named finding for each way to break raw/.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.project_copies import copy_project
from xinjiang_record import data_packages
from xinjiang_record.model import Candidate, Finding
from xinjiang_record.pipeline import run
from xinjiang_record.settings import Project

PACKAGE = "joint-statements"
ENTRIES = ("signed", "joined", "voted_yes", "voted_no", "abstained")
CRITICAL, SUPPORTIVE = "2019-07-08-hrc41-critical", "2019-07-12-hrc41-supportive"


Rows = Callable[[str], list[dict[str, str]]]


@pytest.fixture(scope="module")
def rows(record: Callable[[str, str], list[dict[str, str]]]) -> Rows:
    return partial(record, PACKAGE)


def of(rows: Rows, table: str, statement: str) -> list[dict[str, str]]:
    return [row for row in rows(table) if row["statement_id"] == statement]


def test_22_states_signed_on_8_july_2019_and_italy_joined_on_the_12th(rows: Rows) -> None:
    events = of(rows, "signature_events", CRITICAL)
    assert Counter(row["event_type"] for row in events) == {"signed": 22, "joined": 1}
    assert {row["event_on"] for row in events if row["event_type"] == "signed"} == {"2019-07-08"}
    assert [
        (row["country_iso3"], row["event_on"]) for row in events if row["event_type"] == "joined"
    ] == [("ITA", "2019-07-12")]


def test_37_original_signatories_of_12_july_2019_qatar_withdrew_and_50_are_current(
    rows: Rows,
) -> None:
    events = of(rows, "signature_events", SUPPORTIVE)
    assert Counter(row["event_type"] for row in events) == {
        "signed": 37,
        "joined": 14,
        "withdrew": 1,
    }
    assert [
        (row["country_iso3"], row["event_on"]) for row in events if row["event_type"] == "withdrew"
    ] == [("QAT", "2019-07-18")]
    assert sum(row["is_current"] == "true" for row in of(rows, "signatories", SUPPORTIVE)) == 50


def test_23_against_54_on_29_october_2019(rows: Rows) -> None:
    counts = {row["statement_id"]: row["current_count"] for row in rows("statements")}
    assert counts["2019-10-29-unga74-c3-critical"] == "23"
    assert counts["2019-10-29-unga74-c3-supportive"] == "54"


def test_the_vote_counts_17_19_11(rows: Rows) -> None:
    events = of(rows, "signature_events", "2022-10-06-hrc51-vote-l6")
    votes = Counter(row["event_type"] for row in events)
    assert (votes["voted_yes"], votes["voted_no"], votes["abstained"]) == (17, 19, 11)
    statement = of(rows, "statements", "2022-10-06-hrc51-vote-l6")[0]
    assert (statement["declared_count"], statement["named_count"]) == ("47", "47")
    leads = of(rows, "statement_leads", "2022-10-06-hrc51-vote-l6")
    assert {(row["country_iso3"], row["lead_role"]) for row in leads} == {
        ("USA", "introduced"),
        ("NOR", "introduced"),
    }


def test_ukraine_signed_and_withdrew_on_one_of_two_days(rows: Rows) -> None:
    events = [
        row
        for row in of(rows, "signature_events", "2021-06-22-hrc47-critical")
        if row["country_iso3"] == "UKR"
    ]
    withdrew = next(row for row in events if row["event_type"] == "withdrew")
    assert {row["event_type"] for row in events} == {"joined", "withdrew"}
    assert (withdrew["event_edtf"], withdrew["event_on"]) == ("2021-06-24/2021-06-25", "")
    assert "differ" in withdrew["note"]


def test_fiji_withdrew_and_51_became_50(rows: Rows) -> None:
    statement = of(rows, "statements", "2023-10-18-unga78-c3-critical")[0]
    assert (statement["named_count"], statement["current_count"]) == ("51", "50")
    fiji = next(
        row
        for row in of(rows, "signatories", statement["statement_id"])
        if row["country_iso3"] == "FJI"
    )
    assert (fiji["withdrew_on"], fiji["is_current"]) == ("2023-10-30", "false")


def test_somalia_has_stood_on_both_sides_and_nobody_else_is_known_to_have(rows: Rows) -> None:
    positions = rows("positions")
    assert {row["country_iso3"] for row in positions if row["has_changed_sides"] == "true"} == {
        "SOM"
    }
    somalia = [row for row in positions if row["country_iso3"] == "SOM"]
    assert {row["side"] for row in somalia} == {"critical", "supportive"}
    assert [row["delivered_edtf"] for row in somalia] == sorted(
        row["delivered_edtf"] for row in somalia
    )


def test_a_statement_on_hong_kong_alone_is_no_position(rows: Rows) -> None:
    topics = {(row["statement_id"], row["topic"]) for row in rows("statement_topics")}
    stood = {row["statement_id"] for row in rows("positions")}
    assert "2020-06-30-hrc44-hongkong-supportive" not in stood
    assert all((statement, "xinjiang") in topics for statement in stood)


def test_claimed_and_named_are_side_by_side_with_their_difference(rows: Rows) -> None:
    for row in rows("count_claims"):
        compared = row["counts"] in ("signatories", "votes") and row["qualifier"] == "exact"
        if compared and row["claimed_count"]:
            difference = int(row["claimed_count"]) - int(row["named_count"])
            assert row["difference_count"] == str(difference)
            unnamed = row["residual_kind"] in ("none", "unnamed")
            assert row["residual_count"] == (str(difference) if unnamed else "")
        else:
            assert (row["difference_count"], row["residual_count"]) == ("", "")
    claims = {
        (row["claimed_count"], row["as_of_edtf"]): row
        for row in of(rows, "count_claims", SUPPORTIVE)
    }
    counting_qatar = claims["50", "2019-07-26"]
    assert (counting_qatar["difference_count"], counting_qatar["residual_count"]) == ("1", "")
    assert counting_qatar["residual_kind"] == "withdrew"
    assert claims["50", "../2019-08"]["residual_count"] == "0"  # without Qatar, with Yemen


def test_nothing_is_lost(root: Path, rows: Rows) -> None:
    candidate = data_packages.build(Project(root), PACKAGE)
    entries = [row for row in rows("signature_events") if row["event_type"] in ENTRIES]
    waiting = Counter((item.resource, item.reason) for item in candidate.quarantine)
    folders = [path for path in (root / "raw" / PACKAGE).iterdir() if path.is_dir()]
    assert len(rows("statements")) + waiting["statements", "weak"] == len(folders) == 50
    assert (len(entries), waiting["signature_events", "recall"]) == (794, 4)
    assert waiting["signature_events", "weak"] == 27


def test_the_european_union_is_a_signatory_without_a_code(rows: Rows) -> None:
    bodies = [row for row in rows("signatories") if not row["country_iso3"]]
    assert [row["signatory_name"] for row in bodies] == ["European Union"]


def test_every_event_has_evidence_with_its_name_as_printed(rows: Rows) -> None:
    evidence = {
        row["record_id"]
        for row in rows("evidence")
        if row["evidence_resource"] == "signature_events"
    }
    assert evidence == {row["event_id"] for row in rows("signature_events")}


def test_names_in_other_languages_support_the_same_events(rows: Rows) -> None:
    languages = Counter(row["language"] for row in rows("evidence") if row["language"])
    assert languages["ja"] == 43
    assert languages["tr"] == 38


# --- broken on purpose: each names its file and line, and nothing is published


def findings(project: Project) -> list[Finding]:
    outcome = run.run_package(project, PACKAGE)
    assert outcome.status == "failed"
    assert outcome.exit_code == 1
    assert not (project.published / PACKAGE).exists()
    return list(outcome.findings)


def edit(project: Project, path: str, old: str, new: str, encoding: str = "utf-8") -> None:
    file = project.raw / PACKAGE / path
    text = file.read_text("utf-8")
    assert text.count(old) >= 1, f"{old!r} is not in {path}"
    file.write_text(text.replace(old, new, 1), encoding)


LIST = "2022-06-14-hrc50-critical/signatories.txt"
EVENTS = f"{SUPPORTIVE}/events.csv"
VOTE = "2022-10-06-hrc51-vote-l6"


@pytest.fixture
def project(project_of: Callable[..., Project]) -> Project:
    return project_of(CRITICAL, SUPPORTIVE, VOTE, LIST.partition("/")[0])


BREAKS = {
    "unknown country": (LIST, "Croatia", "Ruritania", "unknown-country", "Ruritania"),
    "missing comma": (
        LIST,
        "Croatia, ",
        "Croatia ",
        "unknown-country",
        "Did a comma go missing (Croatia, Czechia)?",
    ),
    "ambiguous name": (LIST, "Croatia", "Congo", "ambiguous-country", "can be"),
    "misspelling": (LIST, "Croatia", "Croatiia", "unknown-country", "HRV Croatia"),
    "one name twice": (LIST, "Croatia", "Austria", "primary-key", "already"),
    "count that disagrees": (
        LIST,
        "Croatia, ",
        "",
        "count-mismatch",
        "declared_count is 47, the lists name 46",
    ),
    "withdrawal before signing": (
        EVENTS,
        "withdrew,2019-07-18",
        "withdrew,2019-06-18",
        "withdrawal-before-signature",
        "2019-06-18",
    ),
    "withdrawal without a signature": (
        EVENTS,
        "withdrew,2019-07-18,Qatar",
        "withdrew,2019-07-18,Norway",
        "withdrawal-without-signature",
        "Norway",
    ),
    "wrong date": (
        EVENTS,
        "withdrew,2019-07-18",
        "withdrew,2019-02-29",
        "type-error",
        "2019-02-29",
    ),
    "unknown event": (EVENTS, "withdrew,", "left,", "constraint-error", "left"),
    "unknown source": (EVENTS, ",s-", ",s-9", "unknown-source", "raw/sources.csv"),
    "no source": ("2019-07-08-hrc41-critical/events.csv", "s-0121", "", "no-source", "Italia"),
    "ragged row": (
        EVENTS,
        "withdrew,2019-07-18,Qatar,",
        "withdrew,2019-07-18,Qatar,,",
        "extra-cell",
        "7 cells",
    ),
    "unused correction": (
        f"{VOTE}/voted_yes.txt",
        "Korea",
        "Republic of Korea",
        "correction-error",
        "any more",
    ),
    "no title": (f"{CRITICAL}/statement.toml", "title =", "titel =", "constraint-error", "title"),
    "broken TOML": (f"{CRITICAL}/statement.toml", "stance = ", "stance ", "source-error", "line 4"),
}


@pytest.mark.parametrize("what", BREAKS)
def test_broken_on_purpose(project: Project, what: str) -> None:
    path, old, new, kind, told = BREAKS[what]
    edit(project, path, old, new)
    found = [item for item in findings(project) if item.type == kind]
    assert found, findings(project)
    assert any(told in item.message for item in found), found
    assert all(
        item.place and item.place.line and item.place.path.startswith(f"raw/{PACKAGE}/")
        for item in found
    )


def test_a_file_in_latin_1(project: Project) -> None:
    edit(project, LIST, "Croatia", "Côte d'Ivoire", encoding="latin-1")
    (finding,) = [item for item in findings(project) if item.type == "encoding-error"]
    assert finding.place and finding.place.path.endswith(LIST) and finding.place.line == 1
    assert "UTF-8" in finding.message


SCHEMA_BREAKS = {
    "unknown type": (
        '"type": "integer"',
        '"type": "whole"',
        "'declared_count' has the unknown type 'whole'",
    ),
    "no description": ('"description": "Forum', '"remark": "Forum', "no description"),
    "unknown constraint": ('"minimum": 1', '"least": 1', "unknown constraint 'least'"),
    "bad pattern": ('"A/[A-Z0-9./-]+"', '"A/[A-Z"', "not a regular expression"),
    "key without a field": (
        '"primaryKey": [\n    "statement_id"',
        '"primaryKey": [\n    "statement"',
        "key names the field 'statement'",
    ),
    "broken JSON": ('"primaryKey"', "primaryKey", "not JSON"),
}


@pytest.mark.parametrize("what", SCHEMA_BREAKS)
def test_a_broken_schema(project: Project, what: str) -> None:
    old, new, told = SCHEMA_BREAKS[what]
    path = project.schemas / PACKAGE / "statements.schema.json"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1))
    outcome = run.run_package(project, PACKAGE)
    assert outcome.status == "failed"
    assert told in outcome.error
    assert re.search(r"schemas/joint-statements/statements\.schema\.json:[0-9]+: ", outcome.error)
    assert not project.published.exists()


def test_every_finding_at_once(project: Project) -> None:
    edit(project, LIST, "Croatia", "Ruritania")
    edit(project, EVENTS, "withdrew,2019-07-18", "withdrew,2019-02-29")
    assert {"unknown-country", "type-error"} <= {item.type for item in findings(project)}


def test_a_declared_residual_is_shown_and_accepted(tmp_path: Path) -> None:
    project = copy_project(tmp_path / "whole")
    edit(project, LIST, "Croatia, ", "")
    toml = "2022-06-14-hrc50-critical/statement.toml"
    edit(
        project,
        toml,
        "[[leads]]",
        '[residual]\ncount = 1\nreason = "One name could not be read."\n\n[[leads]]',
    )
    outcome = run.run_package(project, PACKAGE)
    assert outcome.status == "published", outcome


def test_a_name_without_an_iso_code_has_a_row_in_countries_where_it_signs(
    project: Project, real: Candidate
) -> None:
    """Kosovo is read by the same code in extract, reconcile and run; the table has it in use."""
    path = project.raw / "joint-statements" / "2019-07-08-hrc41-critical" / "signatories.txt"
    path.write_text(path.read_text("utf-8").rstrip() + ", Kosovo\n", "utf-8")
    tables = data_packages.build(project, "joint-statements").tables
    codes = set(tables["signatories"].column("country_iso3").to_pylist())
    countries = {row["country_iso3"]: row for row in tables["countries"].to_pylist()}
    assert "XKX" in codes and countries["XKX"]["name_en"] == "Kosovo"
    assert "XKX" not in real.tables["countries"].column("country_iso3").to_pylist()


def test_near_names_are_looked_for_while_there_are_few_findings(project: Project) -> None:
    path = project.raw / "joint-statements/2019-07-08-hrc41-critical/events.csv"
    rows = "".join(f"joined,2019-07-12,Austriaa {n},s-0121,source,\n" for n in range(150))
    path.write_text(path.read_text("utf-8") + rows, "utf-8")
    candidate = data_packages.build(project, "joint-statements")
    found = [item for item in candidate.findings if item.type == "unknown-country"]
    assert len(found) == 150
    assert found[0].candidates and not found[-1].candidates
    assert all("is not the name of a country" in item.message for item in found)
