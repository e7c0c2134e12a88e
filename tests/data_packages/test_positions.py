"""Every way a state takes a position: what the published CSV says, and a finding for each fault."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from xinjiang_record import data_packages, edtf, rosters
from xinjiang_record.model import Candidate, Finding
from xinjiang_record.settings import Project

PACKAGE = "joint-statements"
VOTE = "2022-10-06-hrc51-vote-l6"
Rows = Callable[[str], list[dict[str, str]]]
NEVER_COUNT = {"co_sponsored_event", "spoke", "spoke_for_bloc", "claimed", "derived"}


@pytest.fixture(scope="module")
def rows(record: Callable[[str, str], list[dict[str, str]]]) -> Rows:
    return partial(record, PACKAGE)


@pytest.fixture
def project(project_of: Callable[..., Project]) -> Project:
    faults = [*FAULTS.values(), *TOML_FAULTS.values(), *WARNINGS.values()]
    return project_of(*{statement for statement, *_ in faults})


def of(rows: list[dict[str, str]], **cells: str) -> list[dict[str, str]]:
    return [row for row in rows if all(row[name] == value for name, value in cells.items())]


def test_ukraine_is_neutral_on_the_day_of_the_vote_and_critical_from_the_next(rows: Rows) -> None:
    ukraine = of(rows("positions"), country_iso3="UKR", statement_id=VOTE)
    assert [(row["position_on"], row["position_kind"], row["side"]) for row in ukraine] == [
        ("2022-10-06", "abstained", "neither"),
        ("2022-10-07", "declared_after_vote", "critical"),
    ]


def test_the_vote_is_as_it_was_and_the_sponsors_are_on_no_list(rows: Rows) -> None:
    kinds = Counter(row["event_type"] for row in of(rows("signature_events"), statement_id=VOTE))
    assert kinds == {
        "voted_yes": 17,
        "voted_no": 19,
        "abstained": 11,
        "sponsored": 13,
        "declared_after_vote": 1,
    }
    (statement,) = of(rows("statements"), statement_id=VOTE)
    assert (statement["named_count"], statement["current_count"]) == ("47", "47")
    assert len(of(rows("signatories"), statement_id=VOTE)) == 47
    (coverage,) = of(rows("coverage"), statement_id=VOTE)
    assert (coverage["counts"], coverage["named_share"]) == ("votes", "1")


def test_more_than_40_has_no_residual(rows: Rows) -> None:
    (claim,) = of(rows("count_claims"), claim_id="2021-06-22-hrc47-critical.4")
    assert (claim["claimed_count"], claim["qualifier"]) == ("40", "more_than")
    assert (claim["difference_count"], claim["residual_count"]) == ("", "")
    (vote,) = of(rows("count_claims"), claimed_yes_count="17", claimed_no_count="")
    assert (vote["claimed_count"], vote["claimed_abstain_count"]) == ("", "10")


def test_kinds_that_never_count_change_no_position_and_no_list(rows: Rows) -> None:
    events = rows("signature_events")
    counted = {row["event_id"] for row in of(events, is_counted="true")}
    assert {row["event_type"] for row in events} >= NEVER_COUNT - {"claimed"}  # weak: quarantined
    assert not {row["event_type"] for row in of(events, is_counted="true")} & NEVER_COUNT
    in_positions = {
        f"{row['statement_id']}.{row['country_iso3']}.{row['position_kind']}"
        for row in rows("positions")
    }
    assert in_positions == counted
    assert not {row["position_kind"] for row in rows("signatories")} & NEVER_COUNT
    kinds = {row["position_kind"]: row["counts_as_side"] for row in rows("position_kinds")}
    assert {name for name, counts in kinds.items() if counts == "false"} == {
        *NEVER_COUNT,
        "withdrew",
    }


def test_each_side_of_an_event_is_that_of_its_text(rows: Rows) -> None:
    statements = {row["statement_id"]: row for row in rows("statements")}
    for event in rows("signature_events"):
        statement = statements[event["statement_id"]]
        stance = statement["draft_stance"] or statement["stance"]
        expected = {"voted_no": "supportive", "abstained": "neither"}.get(
            event["event_type"], stance
        )
        assert event["side"] == expected, event


def entry(row: dict[str, str]) -> bool:
    return row["position_kind"] in rosters.ENTRY_KINDS


def test_positions_are_in_the_order_of_their_days(rows: Rows) -> None:
    by_state: dict[str, list[dict[str, str]]] = {}
    for row in rows("positions"):
        by_state.setdefault(row["country_iso3"], []).append(row)
    for items in by_state.values():
        items.sort(key=lambda row: int(row["position_number"]))
        assert [int(row["position_number"]) for row in items] == list(range(1, len(items) + 1))
        days = [
            edtf.sort_key(row["delivered_edtf" if entry(row) else "position_edtf"]) for row in items
        ]
        assert days == sorted(days)
        assert {row["last_named_edtf"] for row in items} == {items[0]["last_named_edtf"]}
    assert by_state["UKR"][0]["last_named_on"] == "2025-11-21"


def test_blocs_give_their_members_no_side(rows: Rows) -> None:
    assert len(rows("bloc_positions")) == 17 and len(rows("bloc_members")) == 76
    unspecified = {row["bloc_id"] for row in of(rows("blocs"), bloc_kind="unspecified")}
    assert unspecified and not unspecified & {row["bloc_id"] for row in rows("bloc_members")}
    gulf = of(rows("signature_events"), event_type="derived")
    assert len(gulf) == 11 and {row["is_counted"] for row in gulf} == {"false"}
    letter = of(rows("coverage"), statement_id="2021-09-24-hrc48-gcc-letter-supportive")[0]
    assert (letter["named_count"], letter["derived_count"]) == ("0", "6")
    britain = of(rows("bloc_members"), bloc_id="eu", country_iso3="GBR")[0]
    assert britain["member_to_edtf"] == "2020-01-31"


def test_a_weak_row_is_quarantined_and_a_supported_one_is_not(project: Project, root: Path) -> None:
    def of_g7(project: Project) -> set[str]:
        candidate = data_packages.build(project, PACKAGE)
        members = candidate.tables["bloc_members"].to_pylist()
        return {row["country_iso3"] for row in members if row["bloc_id"] == "g7"}

    assert of_g7(Project(root)) == set()
    held = {item.record: item.reason for item in data_packages.build(project, PACKAGE).quarantine}
    assert held["g7.JPN"] == "weak"
    path = project.raw / PACKAGE / "evidence.csv"
    path.write_text(
        path.read_text() + "bloc_members,g7.JPN,,s-0001,Japan,en,read_at_source,\n"
        "bloc_members,g7.CAN,,s-0035,Canada,en,read_at_source,a weak page as well\n"
    )
    assert of_g7(project) == {"JPN"}


# --- one rule, and what would break it


def test_a_withdrawal_counts_from_its_day_and_not_before() -> None:
    assert rosters.is_on_roster("2019-07-12", "2019-07-18", date(2019, 7, 17))
    assert not rosters.is_on_roster("2019-07-12", "2019-07-18", date(2019, 7, 18))
    assert not rosters.is_on_roster("2019-07-12", "2019-07-18")
    interval = ("2021-06-22/2021-06-24", "2021-06-24/2021-06-25")
    assert not rosters.is_on_roster(*interval, date(2021, 6, 23))
    assert rosters.is_on_roster(*interval, date(2021, 6, 24))
    assert not rosters.is_on_roster(*interval, date(2021, 6, 25))


@pytest.mark.parametrize("kind", rosters.KIND_NAMES)
def test_the_rule_is_the_same_for_both_sides(kind: str) -> None:
    sides = {stance: rosters.side_of(kind, stance) for stance in rosters.SIDES}
    if kind in rosters.VOTE_KINDS:
        sides = {stance: rosters.side_of(kind, "vote", stance) for stance in rosters.SIDES}
    mirrored = {
        rosters.OTHER_SIDE[stance]: rosters.OTHER_SIDE.get(side, side)
        for stance, side in sides.items()
    }
    assert sides == mirrored


def add_event(project: Project, statement: str, **cells: str) -> int:
    """Add a row to a statement's events.csv; returns its line."""
    path = project.raw / PACKAGE / statement / "events.csv"
    with open(path, encoding="utf-8", newline="") as stream:
        header, *lines = csv.reader(stream)
    given = {"source_id": "s-0001", "basis": "source", **cells}
    lines.append([given.get(name, "") for name in header])
    with open(path, "w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([header, *lines])
    return len(lines) + 1


FAULTS = {
    "a withdrawal from a vote": (
        VOTE,
        {"event": "withdrew", "date": "2022-10-07", "name_as_printed": "Ukraine"},
        "kind-mismatch",
        "declared_after_vote",
    ),
    "a signature on a vote": (
        VOTE,
        {"event": "signed", "date": "2022-10-06", "name_as_printed": "Chile"},
        "kind-mismatch",
        "got signed",
    ),
    "a vote on a letter": (
        "2019-07-12-hrc41-supportive",
        {"event": "voted_yes", "date": "2019-07-12", "name_as_printed": "Chile"},
        "kind-mismatch",
        "got voted_yes",
    ),
    "a declaration on the day of the vote": (
        VOTE,
        {
            "event": "declared_after_vote",
            "date": "2022-10-06",
            "name_as_printed": "Brazil",
            "side": "critical",
        },
        "declaration-before-vote",
        "not after the vote",
    ),
    "a declaration by a state that did not vote": (
        VOTE,
        {
            "event": "declared_after_vote",
            "date": "2022-10-08",
            "name_as_printed": "Chile",
            "side": "critical",
        },
        "declaration-without-vote",
        "Chile",
    ),
    "a declaration without a side": (
        VOTE,
        {"event": "declared_after_vote", "date": "2022-10-08", "name_as_printed": "Brazil"},
        "constraint-error",
        "says its side itself",
    ),
    "a side of its own for a sponsor": (
        VOTE,
        {
            "event": "sponsored",
            "date": "2022-10-06",
            "name_as_printed": "Chile",
            "side": "supportive",
        },
        "constraint-error",
        "has the side of its text",
    ),
    "a derived name on the list": (
        "2022-10-31-unga77-c3-gulf-supportive",
        {
            "event": "derived",
            "date": "2022-10-31",
            "name_as_printed": "Saudi Arabia",
            "basis": "derived",
        },
        "primary-key",
        "Keep one",
    ),
    "a derived name that claims a source": (
        "2022-10-31-unga77-c3-gulf-supportive",
        {"event": "derived", "date": "2022-10-31", "name_as_printed": "Iraq"},
        "constraint-error",
        "derived goes with derived only",
    ),
}


@pytest.mark.parametrize("what", FAULTS)
def test_a_fault_of_a_position_is_found_at_its_line(project: Project, what: str) -> None:
    statement, cells, kind, says = FAULTS[what]
    line = add_event(project, statement, **cells)
    found = [item for item in errors(project) if item.type == kind]
    assert [(item.place.line if item.place else 0) for item in found] == [line], errors(project)
    assert says in found[0].message


def errors(project: Project) -> list[Finding]:
    findings = data_packages.build(project, PACKAGE).findings
    return [item for item in findings if item.severity == "error"]


def edit(project: Project, statement: str, old: str, new: str) -> None:
    path = project.raw / PACKAGE / statement / "statement.toml"
    text = path.read_text("utf-8")
    assert text.count(old) >= 1, old
    path.write_text(text.replace(old, new, 1), "utf-8")


TOML_FAULTS = {
    "a vote without the side of its draft": (
        VOTE,
        'draft_stance = "critical"\n',
        "",
        "draft-stance",
    ),
    "a letter with the side of a draft": (
        "2019-07-12-hrc41-supportive",
        'stance = "supportive"\n',
        'stance = "supportive"\ndraft_stance = "critical"\n',
        "draft-stance",
    ),
    "a symbol of another statement": (
        VOTE,
        'document_symbol = "A/HRC/51/L.6"',
        'document_symbol = "A/HRC/41/G/17"',
        "shared-symbol",
    ),
    "a declared number of a debate": (
        "2018-11-06-upr31-china-critical",
        'roster_status = "partial"',
        'declared_count = 24\nroster_status = "partial"',
        "constraint-error",
    ),
    "a difference that is called none": (
        "2021-06-22-hrc47-critical",
        'as_of = "2021-06-22"\nsource_id = "s-0052"',
        'as_of = "2021-06-22"\nresidual_kind = "none"\nsource_id = "s-0052"',
        "residual-kind",
    ),
    "votes that do not add up": (
        VOTE,
        "count = 47\nyes_count = 17",
        "count = 48\nyes_count = 17",
        "count-mismatch",
    ),
    "a claim without a number": (
        "2022-06-02-ilc110-cas-critical",
        'as_printed = "dozens"\n',
        "",
        "claim-without-number",
    ),
}


@pytest.mark.parametrize("what", TOML_FAULTS)
def test_a_fault_of_a_statement_is_found(project: Project, what: str) -> None:
    statement, old, new, kind = TOML_FAULTS[what]
    edit(project, statement, old, new)
    found = [item for item in errors(project) if item.type == kind]
    assert found and found[0].place and found[0].place.line, errors(project)


WARNINGS = {
    "a qualifier in the note of an exact claim": (
        "2021-06-22-hrc47-critical",
        'note = "The number when it was read.',
        'note = "About that number when it was read.',
        "qualifier-in-note",
        "About",
    ),
    "a search without its day": (
        "2025-11-21-unga80-c3-critical",
        " by 26 November 2026",
        "",
        "undated-search",
        "found",
    ),
}


@pytest.mark.parametrize("what", WARNINGS)
def test_what_a_maintainer_must_look_at_is_a_warning(project: Project, what: str) -> None:
    statement, old, new, kind, says = WARNINGS[what]

    def seen() -> list[Finding]:
        findings = data_packages.build(project, PACKAGE).findings
        return [
            item for item in findings if item.type == kind and item.record.startswith(statement)
        ]

    before = seen()
    edit(project, statement, old, new)
    after = [item for item in seen() if item not in before]
    assert after and says in after[0].message and after[0].severity == "warning"


def test_incomplete_lists_are_in_the_quality_report_oldest_first(root: Path) -> None:
    findings = data_packages.build(Project(root), PACKAGE).findings
    listed = [item.record for item in findings if item.type == "incomplete-list"]
    assert len(listed) == 16 and listed == sorted(listed)
    assert listed[0] == "2020-07-01-hrc44-supportive"


def statement_folder(project: Project, name: str, **facts: str) -> None:
    """Write a statement signed by Chile."""
    folder = project.raw / PACKAGE / name
    folder.mkdir()
    stance = name.rsplit("-", 1)[1]
    text = (
        f'statement_id = "{name}"\ntitle = "Made up"\nstatement_type = "letter"\n'
        f'stance = "{stance}"\ndelivered = "{name[:10]}"\nbody = "UN Human Rights Council"\n'
        'topics = ["xinjiang"]\nroster_status = "partial"\nsources = ["s-0001"]\n'
        'recorded_on = 2026-11-26\nnote = "Made up."\n'
    )
    (folder / "statement.toml").write_text(text)
    header = "event,date,name_as_printed,source_id,basis,note\n"
    lines = [f"signed,{name[:10]},Chile,s-0001,source,\n"]
    if "withdrew" in facts:
        lines.append(f"withdrew,{facts['withdrew']},Chile,s-0001,source,\n")
    (folder / "events.csv").write_text(header + "".join(lines))


def positions_of_chile(candidate: Candidate) -> list[dict[str, object]]:
    rows = [
        row for row in candidate.tables["positions"].to_pylist() if row["country_iso3"] == "CHL"
    ]
    return sorted(rows, key=lambda row: row["position_number"])


def test_a_withdrawn_signature_is_not_the_side_before(project: Project) -> None:
    assert not positions_of_chile(data_packages.build(project, PACKAGE))
    statement_folder(project, "2023-01-01-a-supportive", withdrew="2023-01-05")
    statement_folder(project, "2023-02-01-b-critical")
    first, second = positions_of_chile(data_packages.build(project, PACKAGE))
    assert (first["is_withdrawn"], first["left_by_on"]) == (True, date(2023, 1, 5))
    assert second["previous_side"] is None and not second["has_changed_sides"]


def test_positions_are_ordered_by_day_and_not_by_id(project: Project) -> None:
    statement_folder(project, "2023-02-01-a-critical")
    statement_folder(project, "2023-03-01-z-supportive")
    edit(project, "2023-02-01-a-critical", 'delivered = "2023-02-01"', 'delivered = "2023-04-01"')
    events = project.raw / PACKAGE / "2023-02-01-a-critical" / "events.csv"
    events.write_text(events.read_text().replace("2023-02-01", "2023-04-01"))
    first, second = positions_of_chile(data_packages.build(project, PACKAGE))
    assert (first["side"], second["side"]) == ("supportive", "critical")
    assert second["previous_side"] == "supportive" and second["has_changed_sides"]
