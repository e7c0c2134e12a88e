"""The package documents.

What is recorded of documents, orders and names, and a named finding for each way to break it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from xinjiang_record.model import Candidate, Finding

PACKAGE = "documents"
Change = Callable[..., int]
Build = Callable[[str], Candidate]


def errors(candidate: Candidate) -> list[Finding]:
    """The findings that stop a publication; warnings are for the quality report."""
    return [item for item in candidate.findings if item.severity == "error"]


def rows(candidate: Candidate, table: str) -> list[dict[str, Any]]:
    return candidate.tables[table].to_pylist()


def document(candidate: Candidate, name: str) -> dict[str, Any]:
    return next(row for row in rows(candidate, "documents") if row["document_id"] == name)


def test_the_real_raw_tree_has_no_error(real: Candidate) -> None:
    assert not errors(real)


def test_nothing_is_lost_85_documents_are_published_or_wait(
    real: Candidate, nothing_lost: Callable[[Candidate, str], None]
) -> None:
    waiting = [item for item in real.quarantine if item.resource == "documents" and not item.field]
    assert (len(rows(real, "documents")), len(waiting)) == (79, 6)
    assert sorted(item.reason for item in waiting) == ["recall"] * 4 + ["weak"] * 2
    for table in (
        "documents",
        "document_authors",
        "document_publishers",
        "document_languages",
        "directives",
        "term_names",
    ):
        nothing_lost(real, table)


def test_the_five_orders_of_the_memo_of_2017(real: Candidate) -> None:
    assert [row["text_en"] for row in rows(real, "directives")] == [
        "Never allow escapes",
        "Increase discipline and punishment of behavioural violations",
        "Promote repentance and confession",
        "Strict secrecy",
        "Full video surveillance coverage of dormitories and classrooms free of blind spots",
    ]
    memo = document(real, "D002")
    assert (memo["issued_edtf"], memo["issued_on"], memo["page_count"]) == ("2017", None, 9)
    assert {row["document_id"] for row in rows(real, "directives")} == {"D002"}
    assert ("D002", "Zhu Hailun") in {
        (row["document_id"], row["author"]) for row in rows(real, "document_authors")
    }


def test_the_names_of_things_in_chinese(real: Candidate) -> None:
    names = {(row["language"], row["name"]) for row in rows(real, "term_names")}
    for name in ("新疆职业技能教育培训中心", "新疆维吾尔自治区", "中国共产党", "新疆生产建设兵团"):
        assert ("zh-Hans", name) in names


def test_the_photograph_of_the_guarded_facility_is_metadata_only(real: Candidate) -> None:
    photograph = document(real, "D074")
    assert photograph["document_kind"] == "photograph" and "Artux" in photograph["title"]
    assert photograph["issuer"] == "Associated Press" and photograph["issued_edtf"] == "2018-12-03"
    assert ("D074", "Ng Han Guan") in {
        (row["document_id"], row["author"]) for row in rows(real, "document_authors")
    }
    assert not any("jpg" in str(value) or "png" in str(value) for value in photograph.values())


def test_symbols_and_titles_known_from_memory_wait(real: Candidate) -> None:
    assert document(real, "D056")["document_symbol"] is None
    assert (
        document(real, "D036")["title_zh"] is None
        and document(real, "D038")["title_zh"] == "新疆的职业技能教育培训工作"
    )
    held = {(item.record, item.field) for item in real.quarantine}
    assert {("D056", "document_symbol"), ("D036", "title_zh"), ("D002", "issued_edtf")} <= held


def test_the_bulletin_prints_25_june_and_the_remembered_day_waits(real: Candidate) -> None:
    assert document(real, "D005")["issued_edtf"] == "2017-06-25"
    held = [
        item for item in real.quarantine if (item.record, item.field) == ("D005", "issued_edtf")
    ]
    assert [item.reason for item in held] == ["recall"] and "2017-06-29" in held[0].detail


def test_no_cell_packs_several_values(real: Candidate) -> None:
    for table in ("document_authors", "document_publishers", "document_languages"):
        assert not [
            row for row in rows(real, table) if any(";" in str(value) for value in row.values())
        ]


def test_every_published_record_has_evidence(real: Candidate) -> None:
    supported = {(row["evidence_resource"], row["record_id"]) for row in rows(real, "evidence")}
    assert {("documents", row["document_id"]) for row in rows(real, "documents")} <= supported
    assert {("directives", row["directive_id"]) for row in rows(real, "directives")} <= supported
    assert {("term_names", row["term_name_id"]) for row in rows(real, "term_names")} <= supported


BROKEN = [
    (
        "documents",
        "D010",
        {"issued_edtf": "2014-04/2013-05"},
        "type-error",
        "ends before it starts",
    ),
    ("documents", "D010", {"published_edtf": "2013"}, "date-order", "before it was issued"),
    ("documents", "D010", {"source_id": ""}, "no-source", "D010"),
    ("documents", "D010", {"source_id": "s-9999"}, "unknown-source", "s-9999"),
    ("documents", "D010", {"document_kind": "rumour"}, "constraint-error", "rumour"),
    ("documents", "D010", {"has_personal_data": "perhaps"}, "type-error", "perhaps"),
    ("documents", "D010", {"page_count": "0"}, "constraint-error", "expected 1 or more"),
    ("documents", "D012", {"part_of_document_id": "D999"}, "foreign-key", "D999"),
    ("documents", "D012", {"part_of_document_id": "D007"}, "foreign-key", "is quarantined"),
    ("document_authors", "D010", {"document_id": "D999"}, "foreign-key", "D999"),
    ("document_languages", "D010", {"language": "Chinese"}, "constraint-error", "Chinese"),
    ("directives", "D002.1", {"source_id": ""}, "no-source", "D002.1"),
    ("term_names", "T001.en.1", {"name_type": "nice"}, "constraint-error", "nice"),
    ("held", "documents", {"field": "mood"}, "held-value", "mood"),
    ("evidence", "documents", {"record_id": "D999"}, "foreign-key", "D999"),
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


def test_phrases_of_one_source_for_one_field_have_their_own_ids_and_places(
    add: Callable[..., int], build: Callable[[str], Candidate]
) -> None:
    parts = {
        "resource": "directives",
        "record_id": "D002.4",
        "field": "text_en",
        "source_id": "s-0327",
    }
    more = {"verification": "retold", "language": "Chinese"}
    lines = [add("documents", "evidence", **parts, **more, as_printed=text) for text in "abc"]
    found = [item for item in build("documents").findings if item.value == "Chinese"]
    assert [(item.record, item.place.line) for item in found if item.place] == [
        (f"directives.D002.4.text_en.s-0327.{number}", line) for number, line in enumerate(lines, 2)
    ]
