"""Define the values that travel between the stages: frozen and comparable.

Tables are ``pyarrow.Table``. A stage that still holds text holds ``Row``: the cells of one line as
printed, with the place they were read at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypedDict

if TYPE_CHECKING:
    import pyarrow as pa

Severity = Literal["error", "warning"]
Bump = Literal["first", "major", "minor", "patch"]  # what a release raises of its version number


@dataclass(frozen=True, slots=True)
class Place:
    """Say where something was read: a path in the project, a line (from 1) or another locator."""

    path: str
    line: int | None = None
    locator: str = ""

    def __str__(self) -> str:
        """Return the parts that are known, joined by colons."""
        parts = [self.path, str(self.line) if self.line is not None else "", self.locator]
        return ":".join(part for part in parts if part)


class FindingParts(TypedDict, total=False):
    """Name the parts of a finding that a caller may add to its kind, message and place."""

    resource: str
    record: str
    field: str
    value: str
    candidates: tuple[str, ...]
    severity: Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """Hold one problem in the data: a value, never an exception.

    ``type`` is one of Frictionless's error types where one fits (``type-error``,
    ``constraint-error``, ``foreign-key``, ``primary-key``, ``encoding-error``...). Else it is the
    record's own word in the same style (``unknown-country``, ``count-mismatch``). ``message`` says
    what is wrong, with the value, and what to do next.
    """

    type: str
    message: str
    place: Place | None = None
    package: str = ""
    resource: str = ""
    record: str = ""
    field: str = ""
    value: str = ""
    candidates: tuple[str, ...] = ()
    severity: Severity = "error"

    def __str__(self) -> str:
        """Return the place, the type and the message."""
        where = f"{self.place}: " if self.place else ""
        return f"{where}{self.type}: {self.message}"


@dataclass(frozen=True, slots=True)
class Row:
    """Hold one line of a source as text: cells by column name, and the place of the line."""

    cells: Mapping[str, str]
    place: Place

    def __getitem__(self, name: str) -> str:
        """Return the cell of a column. KeyError for an unknown one."""
        return self.cells[name]

    def get(self, name: str, default: str = "") -> str:
        """Return the cell of a column, or ``default`` where the column is unknown."""
        return self.cells.get(name, default)


@dataclass(frozen=True, slots=True)
class InputFile:
    """Name one input of a release: path in the project, SHA-256 in hexadecimal, size in bytes."""

    path: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Quarantined:
    """Hold a fact that came in and is not published, with the reason.

    With ``field`` it is one value of a record that is published otherwise. Without, the entire
    record is quarantined.
    """

    resource: str
    record: str
    reason: str
    detail: str
    place: Place
    source: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Hold all that a release is made from, next to the past releases.

    ``descriptor``: the package's template (``schemas/<package>/package.toml`` as read): name,
    title, description, licences, contributors, keywords. ``schemas``: Table Schema by resource
    name, in published order. ``tables``: one typed table per resource, same names and order.
    ``created``: an ISO date-time that comes from the inputs. ``reasons`` maps ``(resource, record,
    field)`` (empty field: the entire record) to ``(reason, source_id)`` for changes that are
    explained. ``assertions``: the declared ranges with what was seen
    (``data_packages.assertions.check``), for the quality report. ``views``: the SQL of the views
    of the downloads, by name.
    """

    package: str
    descriptor: Mapping[str, Any]
    schemas: Mapping[str, Mapping[str, Any]]
    tables: Mapping[str, pa.Table]
    created: str
    inputs: tuple[InputFile, ...] = ()
    quarantine: tuple[Quarantined, ...] = ()
    findings: tuple[Finding, ...] = ()
    reasons: Mapping[tuple[str, str, str], tuple[str, str]] = field(default_factory=dict)
    assertions: tuple[Mapping[str, Any], ...] = ()
    views: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PublishResult:
    """Say what ``release.publish`` did; the counts are rows by resource.

    ``withdrawn`` is empty unless the version is withdrawn: "on <day>: <reason>".
    """

    package: str
    status: Literal["published", "unchanged"]
    version: str
    previous: str | None
    bump: Bump | Literal["none"]
    reasons: tuple[str, ...]
    row_counts: Mapping[str, int]
    content_hash: str
    path: str
    withdrawn: str = ""
