"""Hold the report of one validation: Frictionless's own, and what this project adds."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypedDict

from xinjiang_record.model import Finding, Place
from xinjiang_record.validate.line_numbers import find_places

if TYPE_CHECKING:
    import pandas as pd

Task = Mapping[str, Any]


class Error(TypedDict, total=False):
    """Define the keys of an error, as Frictionless has them."""

    type: str
    title: str
    description: str
    message: str
    note: str
    tags: list[str]
    rowNumber: int
    fieldName: str
    fieldNumber: int
    cell: str
    cells: list[str]
    label: str
    labels: list[str]
    fieldNames: list[str]


@dataclass(frozen=True)
class Report:
    """Hold the report on one path.

    ``frictionless`` is Frictionless's report. ``findings`` are errors of this project,
    ``warnings`` are hints of this project, ``notes`` say what was not checked. ``slow`` says, by
    table, why Frictionless read it row by row; another table was proved by the fast pass. ``read``
    are the names of tables that were opened.
    """

    path: str
    frictionless: Mapping[str, Any]
    findings: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    slow: Mapping[str, str] = field(default_factory=dict)
    tables: tuple[Any, ...] = field(default=(), repr=False, compare=False)
    notes: tuple[str, ...] = ()
    read: frozenset[str] = frozenset()

    @cached_property
    def descriptor(self) -> Mapping[str, Any]:
        """Return Frictionless's report with our errors in it: in the task of their table."""
        return (
            add_findings(self.frictionless, self.findings) if self.findings else self.frictionless
        )

    def places(self, name: str, rows: Iterable[int]) -> dict[int, Place]:
        """Return where each row of a table begins: the file, as declared, and the line in it."""
        wanted = set(rows)
        for table in self.tables:
            if table.resource.name != name or not wanted:
                continue
            if not all(map(os.path.isfile, table.resource.normpaths)):  # a copy, which is gone
                return {row: Place("") for row in wanted}
            return find_places(table.resource, wanted, table.lines(wanted))
        return {row: Place("", row) for row in wanted}

    def in_parts(self, name: str) -> bool:
        """Return whether a table is in several files."""
        return any(
            table.resource.name == name and table.resource.extrapaths for table in self.tables
        )

    @property
    def valid(self) -> bool:
        """Return whether neither Frictionless nor we found an error."""
        return bool(self.descriptor["valid"])

    def to_descriptor(self) -> dict[str, Any]:
        """Return the report in the form of Frictionless's ``Report.to_descriptor()``.

        It is equal to Frictionless's own, unless there are errors of this project.
        """
        return dict(self.descriptor)

    @property
    def error_count(self) -> int:
        """Return the number of errors."""
        return int(self.descriptor["stats"]["errors"])

    def errors(self) -> Iterator[tuple[Task, Error]]:
        """Yield every error with the task it is in; an empty task for those of the source."""
        yield from (({}, error) for error in self.descriptor["errors"])
        for task in self.descriptor["tasks"]:
            yield from ((task, error) for error in task["errors"])

    def to_frame(self) -> pd.DataFrame:
        """Return the errors as a pandas data frame: table, row, field, type, message, cell."""
        import pandas as pd  # deferred: optional extra

        columns = {
            "table": [task.get("name", "") for task, _ in self.errors()],
            "row": [error.get("rowNumber") for _, error in self.errors()],
            "field": [error.get("fieldName", "") for _, error in self.errors()],
            "type": [error["type"] for _, error in self.errors()],
            "message": [error["message"] for _, error in self.errors()],
            "cell": [error.get("cell") for _, error in self.errors()],
        }
        return pd.DataFrame(columns).astype({"row": "Int64"})

    @property
    def read_tables(self) -> list[Task]:
        """Return the tasks of tables that were read."""
        return [
            task
            for task in self.descriptor["tasks"]
            if task["type"] == "table" and (task["name"] in self.read or task["stats"].get("rows"))
        ]


def add_findings(report: Mapping[str, Any], findings: Iterable[Finding]) -> dict[str, Any]:
    """Return a report with findings as errors: of their table, if the report has it."""
    tasks = [{**task, "errors": list(task["errors"])} for task in report["tasks"]]
    by_name = {task["name"]: task for task in tasks}
    errors = list(report["errors"])
    count = 0
    for finding in findings:
        task = by_name.get(finding.resource) if finding.resource else None
        error = as_error(finding)
        count += 1
        if task is None:
            errors.append(error)
            continue
        task["errors"].append(error)
        task["valid"] = False
        task["stats"] = {**task["stats"], "errors": task["stats"]["errors"] + 1}
    stats = {**report["stats"], "errors": report["stats"]["errors"] + count}
    valid = report["valid"] and not count
    return {**report, "valid": valid, "stats": stats, "errors": errors, "tasks": tasks}


def as_error(finding: Finding) -> dict[str, Any]:
    """Return a finding in the form of Frictionless's errors."""
    title = finding.type.replace("-", " ").title()
    words = {
        "title": title,
        "description": "A finding of xrecord validate.",
        "message": finding.message,
    }
    place: dict[str, Any] = {"fieldName": finding.field} if finding.field else {}
    return {"type": finding.type, **words, "tags": [], "note": finding.message, **place}


EMPTY: Mapping[str, Any] = {
    "valid": True,
    "stats": {"tasks": 0, "errors": 0, "warnings": 0, "seconds": 0.0},
    "warnings": [],
    "errors": [],
    "tasks": [],
}
