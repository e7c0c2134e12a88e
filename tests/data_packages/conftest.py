"""Break one cell of a raw table, and see what the build finds."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import pytest

from tests.project_copies import copy_project
from xinjiang_record import data_packages
from xinjiang_record.model import Candidate, Finding
from xinjiang_record.release.tables import csv_text
from xinjiang_record.release.tables.row_order import split_into_batches
from xinjiang_record.settings import Project

Found = Callable[[str], list[Finding]]


def raw_rows(project: Project, package: str, table: str) -> list[dict[str, str]]:
    """A raw table as text."""
    with open(project.raw / package / f"{table}.csv", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def write_rows(project: Project, package: str, table: str, rows: list[dict[str, str]]) -> Path:
    path = project.raw / package / f"{table}.csv"
    with open(path, "w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def read_raw() -> Callable[[Project, str, str], list[dict[str, str]]]:
    return raw_rows


@pytest.fixture(scope="module")
def real(request: pytest.FixtureRequest, root: Path) -> Candidate:
    """The package that a test module is about (its ``PACKAGE``), built from the real raw/."""
    return data_packages.build(Project(root), request.module.PACKAGE)


@pytest.fixture(scope="session")
def record(root: Path) -> Callable[[str, str], list[dict[str, str]]]:
    """Read a table of a package, built from the real raw/, as a reader of its CSV does."""
    build = cache(partial(data_packages.build, Project(root)))

    def _record(package: str, table: str) -> list[dict[str, str]]:
        built = build(package)
        assert all(item.severity == "warning" for item in built.findings)
        batches = split_into_batches(built.tables[table])
        lines = [csv_text.encode_header(built.schemas[table]), *csv_text.encode_batches(batches)]
        return list(csv.DictReader(io.StringIO(b"".join(lines).decode(), newline="")))

    return _record


@pytest.fixture
def nothing_lost(root: Path) -> Callable[[Candidate, str], None]:
    """Assert that each row of a raw table is published or waits."""

    def _nothing_lost(real: Candidate, table: str) -> None:
        held = {
            item.record
            for item in real.quarantine
            if item.resource == table and item.place.path.endswith(f"/{table}.csv")
        }
        raw = raw_rows(Project(root), real.package, table)
        assert real.tables[table].num_rows + len(held) == len(raw), table

    return _nothing_lost


@pytest.fixture
def project_of(tmp_path: Path) -> Callable[..., Project]:
    """Copy the project with some joint statements, without what is said of the others."""

    def _project_of(*statements: str) -> Project:
        project = copy_project(tmp_path / "project", statements)
        (project.raw / "joint-statements/amendments.csv").unlink()
        (project.schemas / "joint-statements/assertions.toml").unlink()
        return project

    return _project_of


@pytest.fixture
def change(project: Project) -> Callable[..., int]:
    """Change cells of the first row whose key column holds ``key``.

    Returns the line of that row in the file.
    """

    def _change(package: str, table: str, key: str, **cells: str) -> int:
        rows = raw_rows(project, package, table)
        number = next(number for number, row in enumerate(rows) if next(iter(row.values())) == key)
        assert set(cells) <= set(rows[number])
        rows[number].update(cells)
        write_rows(project, package, table, rows)
        return number + 2

    return _change


@pytest.fixture
def add(project: Project) -> Callable[..., int]:
    """Add a row, the empty cells left out; returns its line."""

    def _add(package: str, table: str, **cells: str) -> int:
        rows = raw_rows(project, package, table)
        assert set(cells) <= set(rows[0])
        rows.append({**dict.fromkeys(rows[0], ""), **cells})
        write_rows(project, package, table, rows)
        return len(rows) + 1

    return _add


@pytest.fixture
def build(project: Project) -> Callable[[str], Candidate]:
    """Build a package of the copied project."""
    return lambda package: data_packages.build(project, package)


@pytest.fixture
def finds(change: Callable[..., int], build: Callable[[str], Candidate]) -> Callable[..., None]:
    """Assert that changing cells of a row gives a finding of a kind that says something, at the
    row's own line.
    """

    def _finds(
        package: str, table: str, key: str, cells: dict[str, str], kind: str, says: str
    ) -> None:
        line = change(package, table, key, **cells)
        findings = build(package).findings
        found = [item for item in findings if item.type == kind and says in item.message]
        assert found and found[0].place, findings
        assert (found[0].place.path, found[0].place.line) == (f"raw/{package}/{table}.csv", line)

    return _finds
