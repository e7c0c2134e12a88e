"""Read one statement's folder: its facts, the lists of names as printed, and what happened later.

    raw/joint-statements/<statement_id>/
      statement.toml    facts, leads, lists and their dates, claimed counts, corrections of names
      signatories.txt   one printed list: names as printed, commas between them (any name that a
                        [[lists]] entry gives)
      events.csv        single events: event,date,name_as_printed,source_id,basis,note,side
      variants.csv      the same names as other outlets and languages print them: evidence only

A name that does not resolve is a finding, made in ``read_names``. A row of basis ``recall`` or
``weak`` is quarantined, and so is everything of a statement with such a basis. Findings made here:
``source-error``, ``no-source``, ``constraint-error``, ``correction-error``, ``unknown-country``
and ``ambiguous-country``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Unpack

from xinjiang_record.data_packages.joint_statements.read_names import (
    Name,
    Unresolved,
    resolve_name,
)
from xinjiang_record.data_packages.joint_statements.statement_facts import (
    Path,
    check_date,
    check_facts,
)
from xinjiang_record.model import Finding, FindingParts, Place, Quarantined, Row
from xinjiang_record.raw_files import RawFile, RawFolder, line_of, parse_csv, parse_toml
from xinjiang_record.rosters import KIND_NAMES, SIDES, side_of
from xinjiang_record.schema.check_toml import toml_line

EVENT_COLUMNS = ("event", "date", "name_as_printed", "source_id", "basis", "note")
VARIANT_COLUMNS = ("name_as_printed", "language", "source_id", "note")
MOST_SUGGESTED = 100  # findings of one statement after which no near names are looked for
# What a row of events.csv rests on. ``derived`` goes with the kind of that name, and only with it.
EVENT_BASES = ("source", "derived", "recall", "weak")
WAITING_BASES = ("recall", "weak")
# Kinds whose side is that of no draft and no text: their row in events.csv says which it is.
OWN_SIDE = ("declared_after_vote",)


@dataclass(frozen=True, slots=True)
class Event:
    """Hold one thing that one signatory did."""

    statement_id: str
    event_type: str
    date: str
    printed: str
    name: Name
    source_id: str
    place: Place
    side: str
    note: str = ""

    @property
    def signatory_id(self) -> str:
        """Return the identifier of the signatory within the statement."""
        return f"{self.statement_id}.{self.name.key}"

    @property
    def event_id(self) -> str:
        """Return the identifier of the event."""
        return f"{self.signatory_id}.{self.event_type}"


@dataclass(slots=True)
class Statement:
    """Hold one statement as read.

    Attributes:
        facts: The content of statement.toml.
        leads: Role, name as printed, and name.
        findings: What is wrong.
        quarantined: What came in and is not published.
        is_broken: statement.toml lacks facts that everything else needs.
    """

    statement_id: str
    facts: Mapping[str, Any]
    file: RawFile
    events: list[Event] = field(default_factory=list)
    variants: list[tuple[Row, Name]] = field(default_factory=list)
    leads: list[tuple[str, str, Name]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    readings_used: set[str] = field(default_factory=set)
    is_broken: bool = False

    @property
    def is_quarantined(self) -> bool:
        """Return whether nothing of the statement is published."""
        return str(self.facts.get("basis", "source")) != "source"

    def add_finding(
        self, kind: str, message: str, place: Place | Path, **more: Unpack[FindingParts]
    ) -> None:
        """Add a finding; a path is looked up in statement.toml for its line."""
        if isinstance(place, tuple):
            place = self.place(*place)
        parts: FindingParts = {"record": self.statement_id, **more}
        self.findings.append(Finding(kind, message, place, package="joint-statements", **parts))

    def place(self, *path: str | int) -> Place:
        """Return where the value at ``path`` is in statement.toml."""
        return Place(self.file.path, toml_line(self.file.text, path))

    def quarantine(
        self, resource: str, record: str, reason: str, detail: str, place: Place, source: str = ""
    ) -> None:
        """Quarantine a record that came in and is not published."""
        self.quarantined.append(Quarantined(resource, record, reason, detail, place, source))


def read_statement(folder: RawFolder, name: str) -> Statement | None:
    """Read ``<name>/`` of the package's raw folder; None if its statement.toml is unreadable.

    Without a statement.toml the statement is broken, and its one finding says so.
    """
    toml = folder.files.get(f"{name}/statement.toml")
    if toml is None:
        return None if folder.unread(f"{name}/statement.toml") else _without_facts(folder, name)
    facts, findings = parse_toml(toml)
    statement = Statement(name, facts, toml, findings=list(findings))
    if not findings:
        check_facts(facts, name, statement.add_finding)
    statement.is_broken = bool(statement.findings)
    if statement.is_broken:
        statement.facts = {}  # nothing of it is safe to use
        return statement
    _read_leads(statement)
    _read_lists(statement, folder)
    _read_events(statement, folder)
    _read_variants(statement, folder)
    _check_corrections(statement)
    _check_files(statement, folder)
    if statement.is_quarantined:
        _quarantine_all(statement)
    return statement


def _without_facts(folder: RawFolder, name: str) -> Statement:
    file = next(item for path, item in sorted(folder.files.items()) if path.startswith(f"{name}/"))
    missing = RawFile(f"{file.path.rpartition('/')[0]}/statement.toml", "")
    statement = Statement(name, {}, missing, is_broken=True)
    message = (
        "statement.toml is not there, so nothing says what these names signed. "
        "Add it, or take the folder out."
    )
    statement.add_finding("source-error", message, Place(missing.path, 1))
    return statement


def _quarantine_all(statement: Statement) -> None:
    """Quarantine a statement that rests on no sufficient source, and each of its events."""
    reason, place = statement.facts["basis"], statement.place("basis")
    title = statement.facts["title"]
    statement.quarantine("statements", statement.statement_id, reason, title, place)
    for event in statement.events:
        detail = f"{event.name.english} {event.event_type}: its statement is quarantined."
        statement.quarantine(
            "signature_events", event.event_id, reason, detail, event.place, event.source_id
        )
    for number, claim in enumerate(statement.facts.get("count_claims", []), 1):
        said = f"{claim.get('count', '')} {claim.get('counts', 'signatories')}"
        detail = f"{said}: its statement is quarantined."
        statement.quarantine(
            "count_claims",
            f"{statement.statement_id}.{number}",
            reason,
            detail,
            statement.place("count_claims", number - 1),
            claim.get("source_id", ""),
        )


def _resolve(statement: Statement, printed: str, place: Place) -> Name | None:
    """Return the name's country; None, with a finding, where nothing certain can be said."""
    readings = {item.get("as_printed"): item for item in statement.facts.get("corrections", [])}
    reading = readings.get(printed)
    if reading:
        statement.readings_used.add(printed)
    name = resolve_name(printed, reading, suggest=len(statement.findings) < MOST_SUGGESTED)
    if isinstance(name, Name):
        return name
    assert isinstance(name, Unresolved)
    statement.add_finding(
        name.finding_type,
        name.message,
        place,
        field="name_as_printed",
        value=printed,
        candidates=name.candidates,
    )
    return None


def _read_leads(statement: Statement) -> None:
    for number, lead in enumerate(statement.facts.get("leads", [])):
        place = statement.place("leads", number, "name")
        if lead.get("basis", "recall") != "recall":
            message = (
                f"basis: expected recall, got {lead['basis']!r}. "
                "A lead with a source needs no basis."
            )
            statement.add_finding("constraint-error", message, ("leads", number, "basis"))
        elif "basis" in lead:
            detail = f"lead state {lead['name']}"
            statement.quarantine("statement_leads", statement.statement_id, "recall", detail, place)
        elif name := _resolve(statement, lead["name"], place):
            statement.leads.append((lead["role"], lead["name"], name))


def _read_lists(statement: Statement, folder: RawFolder) -> None:
    for number, entry in enumerate(statement.facts.get("lists", [])):
        file = folder.files.get(f"{statement.statement_id}/{entry['file']}")
        if file is None:
            if not folder.unread(f"{statement.statement_id}/{entry['file']}"):
                statement.add_finding(
                    "source-error",
                    f"the list {entry['file']} is not there. Add it, or take the entry out.",
                    Place(statement.file.path, line_of(statement.file, entry["file"])),
                )
            continue
        if not check_date(entry.get("date", ""), ("lists", number), statement.add_finding):
            continue
        for printed, place in _names(file):
            cells = {"event": entry["event"], "date": entry["date"], "name_as_printed": printed}
            row = Row({**cells, "source_id": entry.get("source_id", "")}, place)
            _add_event(statement, row)


def _names(file: RawFile) -> Iterator[tuple[str, Place]]:
    """Yield the names of a printed list: commas or line ends between them, nothing else."""
    for number, line in enumerate(file.text.splitlines(), 1):
        for part in line.split(","):
            if part.strip():
                yield part.strip(), Place(file.path, number)


def _read_events(statement: Statement, folder: RawFolder) -> None:
    file = folder.files.get(f"{statement.statement_id}/events.csv")
    rows, findings = parse_csv(file, EVENT_COLUMNS, optional=("side",)) if file else ([], [])
    statement.findings += findings
    for row in rows:
        basis, kind = row["basis"], row["event"]
        if basis not in EVENT_BASES:
            message = f"basis: expected one of {', '.join(EVENT_BASES)}, got {basis!r}."
            statement.add_finding(
                "constraint-error", message, row.place, field="basis", value=basis
            )
        elif (basis == "derived") != (kind == "derived") and basis not in WAITING_BASES:
            message = f"event {kind!r} and basis {basis!r}: derived goes with derived only."
            statement.add_finding(
                "constraint-error", message, row.place, field="basis", value=basis
            )
        elif basis in WAITING_BASES:
            record = f"{statement.statement_id}: {row['name_as_printed']} {kind}"
            statement.quarantine(
                "signature_events", record, basis, row["note"], row.place, row["source_id"]
            )
        elif check_date(row["date"], (), _at(statement, row.place)):
            _add_event(statement, row)


def _at(statement: Statement, place: Place) -> Callable[..., None]:
    """Return an ``add_finding`` whose findings are at ``place``."""

    def add(kind: str, message: str, _: Path, **more: Unpack[FindingParts]) -> None:
        statement.add_finding(kind, message, place, **more)

    return add


def _add_event(statement: Statement, row: Row) -> None:
    kind, printed = row["event"], row["name_as_printed"]
    if kind not in KIND_NAMES:
        message = f"event: expected one of {', '.join(KIND_NAMES)}, got {kind!r}."
        statement.add_finding("constraint-error", message, row.place, field="event", value=kind)
        return
    if not row["source_id"]:
        message = f'"{printed}" has no source. Give its source_id, or basis recall.'
        statement.add_finding("no-source", message, row.place, field="source_id")
        return
    given = row.get("side")
    if (kind in OWN_SIDE) != (given in (*SIDES, "neither")):
        rule = "says its side itself" if kind in OWN_SIDE else "has the side of its text"
        message = f"side: {kind} {rule}; got {given!r}. Correct it."
        statement.add_finding("constraint-error", message, row.place, field="side", value=given)
        return
    name = _resolve(statement, printed, row.place)
    if name:
        facts = statement.facts
        statement.events.append(
            Event(
                statement_id=statement.statement_id,
                event_type=kind,
                date=row["date"],
                printed=printed,
                name=name,
                source_id=row["source_id"],
                place=row.place,
                side=given or side_of(kind, facts["stance"], facts.get("draft_stance")),
                note=row.get("note"),
            )
        )


def _read_variants(statement: Statement, folder: RawFolder) -> None:
    file = folder.files.get(f"{statement.statement_id}/variants.csv")
    rows, findings = parse_csv(file, VARIANT_COLUMNS, optional=("event",)) if file else ([], [])
    statement.findings += findings
    for row in rows:
        if name := _resolve(statement, row["name_as_printed"], row.place):
            statement.variants.append((row, name))


def _check_corrections(statement: Statement) -> None:
    for number, item in enumerate(statement.facts.get("corrections", [])):
        printed = item["as_printed"]
        if printed not in statement.readings_used:
            message = (
                f'the correction of "{printed}" applies to no name of this statement any more. '
                "Take it out."
            )
            path = ("corrections", number)
            statement.add_finding("correction-error", message, path, value=printed)


def _check_files(statement: Statement, folder: RawFolder) -> None:
    """Add a finding for each file that nothing reads: its names would be lost."""
    lists = [entry["file"] for entry in statement.facts.get("lists", [])]
    used = {
        f"{statement.statement_id}/{name}"
        for name in ("statement.toml", "events.csv", "variants.csv", *lists)
    }
    for path, file in folder.files.items():
        if path.startswith(f"{statement.statement_id}/") and path not in used:
            message = (
                "nothing reads this file. Name it in a [[lists]] entry, correct its name, "
                "or take it out."
            )
            statement.add_finding("source-error", message, Place(file.path, 1))
