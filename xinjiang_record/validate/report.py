"""The report of one validation: Frictionless's own, and beside it what this project adds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from xinjiang_record.model import Finding, Place
from xinjiang_record.validate.line_numbers import places


@dataclass(frozen=True, slots=True)
class Report:
    """``descriptor`` is Frictionless's report. ``findings`` are errors of ours, ``warnings`` are hints of ours; neither is in it.

    ``slow`` tells, by table, why Frictionless read it row by row; a table that is not in it was proved by kernels.
    """

    path: str
    descriptor: Mapping[str, Any]
    findings: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    slow: Mapping[str, str] = field(default_factory=dict)
    tables: tuple[Any, ...] = field(default=(), repr=False, compare=False)

    def places(self, name: str, rows: Iterable[int]) -> dict[int, Place]:
        """Where each row of a table, by its number, begins: the file, as the descriptor names it, and the line in it."""
        wanted = set(rows)
        for table in self.tables:
            if table.resource.name == name and wanted:
                return places(table.resource, wanted, table.lines(wanted))
        return {row: Place("", row) for row in wanted}

    def in_parts(self, name: str) -> bool:
        """Whether a table is in several files."""
        return any(
            table.resource.name == name and table.resource.extrapaths for table in self.tables
        )

    @property
    def valid(self) -> bool:
        """Whether neither Frictionless nor we found an error."""
        return bool(self.descriptor["valid"]) and not self.findings

    def to_descriptor(self) -> dict[str, Any]:
        """Frictionless's report, as its ``Report.to_descriptor()`` gives it."""
        return dict(self.descriptor)

    @property
    def error_count(self) -> int:
        return int(self.descriptor["stats"]["errors"]) + len(self.findings)

    def errors(self) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
        """Every error of Frictionless's with the task it is in; an empty task for those of the whole."""
        yield from (({}, error) for error in self.descriptor["errors"])
        for task in self.descriptor["tasks"]:
            yield from ((task, error) for error in task["errors"])


EMPTY: Mapping[str, Any] = {
    "valid": True,
    "stats": {"tasks": 0, "errors": 0, "warnings": 0, "seconds": 0.0},
    "warnings": [],
    "errors": [],
    "tasks": [],
}
