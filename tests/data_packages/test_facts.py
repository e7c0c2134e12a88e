"""What holds for all packages of facts.

Evidence that resolves, links between packages, and no exception for bad data.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from xinjiang_record import data_packages
from xinjiang_record.check_tables import check_tables
from xinjiang_record.data_packages import parse_cells
from xinjiang_record.model import Candidate
from xinjiang_record.settings import Project

FACTS = ("detention-figures", "documents", "responses")
# What people and programs put into cells: none of it may get past the build as an exception.
NASTY = (
    "",
    "x",
    "-",
    "--5",
    "1e999",
    "nan",
    "9" * 30,
    "٣٤",
    "5 000",
    "2017-02-30",
    "../..",
    "2026-W01-1",
    "s-9999",
    "=1+1",
    "' OR 1=1",
    "é" * 3000,
)


@pytest.fixture(scope="module", params=FACTS)
def real(request: pytest.FixtureRequest, root: Path) -> Candidate:
    return data_packages.build(Project(root), request.param)


def test_every_piece_of_evidence_is_for_a_record_that_is_published(real: Candidate) -> None:
    keys = {
        (name, ".".join(str(row[key]) for key in real.schemas[name]["primaryKey"]))
        for name, table in real.tables.items()
        for row in table.to_pylist()
    }
    evidence = real.tables["evidence"].to_pylist()
    assert {(row["evidence_resource"], row["record_id"]) for row in evidence} <= keys
    fields = {
        (name, item["name"]) for name, schema in real.schemas.items() for item in schema["fields"]
    }
    assert {
        (row["evidence_resource"], row["evidence_field"])
        for row in evidence
        if row["evidence_field"]
    } <= fields


def test_every_field_has_a_title_and_a_description(real: Candidate) -> None:
    for name, schema in real.schemas.items():
        for item in schema["fields"]:
            assert item["title"] and item["description"].endswith((".", ")")), (name, item["name"])


def test_statements_that_are_named_are_in_the_package_joint_statements(
    real: Candidate, root: Path
) -> None:
    known = {path.name for path in (root / "raw" / "joint-statements").iterdir()}
    for table in real.tables.values():
        if "statement_id" in table.column_names:
            named = {name for name in table["statement_id"].to_pylist() if name}
            assert named and named <= known


def test_documents_that_figures_are_taken_from_are_published(root: Path) -> None:
    figures, documents = (
        data_packages.build(Project(root), name).tables
        for name in ("detention-figures", "documents")
    )
    named = {name for name in figures["figures"]["document_id"].to_pylist() if name}
    assert len(named) > 15 and named <= set(documents["documents"]["document_id"].to_pylist())


def test_published_and_waiting_values_never_meet(real: Candidate) -> None:
    for item in real.quarantine:
        if item.field:
            table, key = real.tables[item.resource], real.schemas[item.resource]["primaryKey"][0]
            values = [str(row[item.field]) for row in table.to_pylist() if row[key] == item.record]
            assert item.detail.split(": ")[0] not in values


@pytest.mark.parametrize("package", FACTS)
@pytest.mark.parametrize("nasty", NASTY, ids=[text[:10] or "empty" for text in NASTY])
def test_bad_cells_are_findings_and_never_an_exception(
    project: Project, build: Callable[[str], Candidate], package: str, nasty: str
) -> None:
    chance = random.Random(f"{package} {nasty}")
    for path in sorted((project.raw / package).glob("*.csv")):
        with open(path, encoding="utf-8", newline="") as stream:
            header, *rows = csv.reader(stream)
        for column in range(len(header)):
            rows[chance.randrange(len(rows))][column] = nasty
        with open(path, "w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows([header, *rows])
    found = build(package).findings
    assert found and all(item.place and item.place.line for item in found)


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("a|b", "a", True),
        ("a|b", "ax", True),  # ^a|b$: the anchors belong to the first and the last alternative
        ("a|b", "xb", False),
        ("a|b", "xa", False),
        ("(a|b)", "ax", False),
        ("s-[0-9]{4}", "s-0001", True),
        ("s-[0-9]{4}", "s-00011", False),
    ],
)
def test_a_pattern_means_here_what_it_means_to_the_validator(
    tmp_path: Path, pattern: str, text: str, fits: bool
) -> None:
    assert parse_cells.matches(pattern, text) == fits
    schema = {"fields": [{"name": "x", "type": "string", "constraints": {"pattern": pattern}}]}
    tables = {"made": pa.table({"x": [text]})}
    found = check_tables({"made": tables["made"]}, {"made": {**schema, "primaryKey": ["x"]}}, "p")
    assert (not found) == fits
