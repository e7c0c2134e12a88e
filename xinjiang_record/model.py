"""The values that travel between the stages: frozen, comparable, without behaviour that reads or writes.

Tables are ``pyarrow.Table``; a stage that still holds text holds ``Row``: the cells of one line as printed, with the place
they were read at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pyarrow as pa

Severity = Literal["error", "warning"]
Bump = Literal["first", "major", "minor", "patch"]  # what a release raises of its version number


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was read: a path relative to the project, a line (from 1) or another locator."""

    path: str
    line: int | None = None
    locator: str = ""

    def __str__(self) -> str:
        parts = [self.path, str(self.line) if self.line is not None else "", self.locator]
        return ":".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem in the data: a value, never an exception.

    ``type`` is one of Frictionless's error types where one fits (``type-error``, ``constraint-error``, ``foreign-key``,
    ``primary-key``, ``encoding-error``...), else a word of ours in the same style (``unknown-country``, ``count-mismatch``).
    ``message`` says what is wrong, with the offending value, and what to do next.
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
        where = f"{self.place}: " if self.place else ""
        return f"{where}{self.type}: {self.message}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a source as text: cells by column name, and the place they stand at."""

    cells: Mapping[str, str]
    place: Place

    def __getitem__(self, name: str) -> str:
        return self.cells[name]

    def get(self, name: str, default: str = "") -> str:
        return self.cells.get(name, default)


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file a release was made from: path relative to the project, SHA-256 in hex, size in bytes."""

    path: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A fact that came in and is not published, with the reason. Nothing is dropped without one of these.

    With ``field`` it is one value of a record that is published otherwise; without, the whole record waits.
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
    """All that a release is made from, and nothing else: ``release.publish`` is a function of this and the past releases.

    ``descriptor``: the package's template (``schemas/<package>/package.toml`` as read): name, title, description, licences,
    contributors, keywords. ``schemas``: Table Schema by resource name, in published order. ``tables``: one typed table a
    resource, same names and order. ``created``: an ISO date-time that comes from the inputs. ``reasons`` maps
    ``(resource, record, field)`` (empty field: the whole record) to ``(reason, source_id)`` for changes that are explained.
    ``assertions``: the declared ranges with what was seen (``data_packages.assertions.check``), for the quality report.
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


@dataclass(frozen=True, slots=True)
class PublishResult:
    """What ``release.publish`` did. ``status`` is ``published`` or ``unchanged``; counts are rows by resource."""

    package: str
    status: Literal["published", "unchanged"]
    version: str
    previous: str | None
    bump: Bump | Literal["none"]
    reasons: tuple[str, ...]
    row_counts: Mapping[str, int]
    content_hash: str
    path: str
