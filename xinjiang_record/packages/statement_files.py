"""Read one statement's folder: its facts, the lists of names as printed, and what happened later.

    raw/joint-statements/<statement_id>/
      statement.toml    facts, leads, the lists and their dates, claimed counts, corrections of names
      signatories.txt   one printed list: names as printed, commas between them (any name that a [[lists]] entry gives)
      events.csv        single events: event,date,name_as_printed,source_id,basis,note
      variants.csv      the same names as other outlets and languages print them: evidence only

Names become ISO codes by reconciliation. One that does not resolve is a finding with candidates, unless a reviewed ``[[corrections]]``
entry (as_printed, read_as, reason) of the same statement says how it is read; an entry that no name needs is a finding too.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from xinjiang_record.extract import edtf
from xinjiang_record.model import Finding, Place, Quarantined, Row
from xinjiang_record.reconcile import countries
from xinjiang_record.reconcile.table import country_rows
from xinjiang_record.sources.raw import STATE, RawFile, RawFolder, line_of, parse_csv, parse_toml

SIGNING, VOTING = ("signed", "joined"), ("voted_yes", "voted_no", "abstained")
EVENT_TYPES = (*SIGNING, "withdrew", *VOTING)
EVENT_COLUMNS = ("event", "date", "name_as_printed", "source_id", "basis", "note")
VARIANT_COLUMNS = ("name_as_printed", "language", "source_id", "note")
# Bodies that have signed and are no states: they get no ISO code.
BODIES = {"European Union": "european-union", "the European Union": "european-union"}
TEXT_KEYS = ("statement_id", "title", "statement_type", "stance", "delivered", "body", "roster_status", "note")


@dataclass(frozen=True, slots=True)
class Name:
    """A printed name as read: its country (None for a body that is no state), the English short name, and its id within a statement."""

    iso3: str | None
    english: str
    key: str
    correction: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that one signatory did."""

    statement_id: str
    event_type: str
    date: str
    printed: str
    name: Name
    source_id: str
    place: Place
    note: str = ""

    @property
    def signatory_id(self) -> str:
        return f"{self.statement_id}.{self.name.key}"

    @property
    def event_id(self) -> str:
        return f"{self.signatory_id}.{self.event_type}"


@dataclass(slots=True)
class Statement:
    """One statement as read. ``facts`` is statement.toml; what was wrong is in ``findings``, what waits in ``quarantine``."""

    statement_id: str
    facts: Mapping[str, Any]
    file: RawFile
    events: list[Event] = field(default_factory=list)
    variants: list[tuple[Row, Name]] = field(default_factory=list)
    leads: list[tuple[str, str, Name]] = field(default_factory=list)  # role, name as printed, name
    findings: list[Finding] = field(default_factory=list)
    quarantine: list[Quarantined] = field(default_factory=list)
    readings_used: set[str] = field(default_factory=set)
    broken: bool = False  # statement.toml lacks facts that everything else needs

    def find(self, kind: str, message: str, place: Place | str, **more: Any) -> None:
        """Note a finding; a text ``place`` is looked up in statement.toml for its line."""
        if isinstance(place, str):
            place = Place(self.file.path, line_of(self.file, place))
        self.findings.append(
            Finding(kind, f"{message} {STATE}", place, package="joint-statements", record=self.statement_id, **more)
        )

    def hold(self, resource: str, record: str, reason: str, detail: str, place: Place) -> None:
        self.quarantine.append(Quarantined(resource, record, reason, detail, place))


@functools.cache
def _english_names() -> Mapping[str, str]:
    return {row["country_iso3"]: row["name_en"] for row in country_rows()}


def english_name(iso3: str) -> str:
    """The English short name, as in the table countries."""
    return _english_names()[iso3]


def read_statement(folder: RawFolder, name: str) -> Statement | None:
    """Read ``<name>/`` of the package's raw folder; None (and nothing else to say) if its statement.toml could not be read at all."""
    toml = folder.files.get(f"{name}/statement.toml")
    if toml is None:
        return None
    facts, findings = parse_toml(toml)
    statement = Statement(name, facts, toml, findings=list(findings))
    statement.broken = bool(findings) or not _check_facts(statement)
    if not statement.broken:
        _read_leads(statement)
        _read_lists(statement, folder)
        _read_events(statement, folder)
        _read_variants(statement, folder)
        _check_corrections(statement)
    return statement


def _check_facts(statement: Statement) -> bool:
    facts, before = statement.facts, len(statement.findings)
    for key in TEXT_KEYS:
        if not isinstance(facts.get(key), str) or not facts[key].strip():
            statement.find(
                "constraint-error",
                f'{key} is missing or no text. Add {key} = "...".',
                Place(statement.file.path, 1),
                field=key,
            )
    if facts.get("statement_id", statement.statement_id) != statement.statement_id:
        message = f"statement_id {facts['statement_id']!r} is not the folder's name. Make them the same."
        statement.find("primary-key", message, "statement_id", value=facts["statement_id"])
    for key in ("delivered", *(("document_date",) if "document_date" in facts else ())):
        _check_date(statement, facts.get(key, ""), Place(statement.file.path, line_of(statement.file, key)))
    declared = facts.get("declared_count")
    if declared is not None and (not isinstance(declared, int) or isinstance(declared, bool)):
        statement.find(
            "type-error", f"declared_count: {declared!r} is no whole number.", "declared_count", value=str(declared)
        )
    return len(statement.findings) == before


def _check_date(statement: Statement, text: str, place: Place) -> bool:
    try:
        edtf.bounds(text)
    except ValueError as error:
        statement.find("type-error", f"date: {error}.", place, field="date", value=text)
        return False
    return True


def _resolve(statement: Statement, printed: str, place: Place) -> Name | None:
    """The name's country; None, with a finding, where nothing certain can be said."""
    if printed in BODIES:
        return Name(None, printed.removeprefix("the "), BODIES[printed])
    readings = {item.get("as_printed"): item for item in statement.facts.get("corrections", [])}
    reading = readings.get(printed)
    if reading:
        statement.readings_used.add(printed)
    match = countries.reconcile(reading["read_as"] if reading else printed)
    if match.iso3:
        return Name(match.iso3, english_name(match.iso3), match.iso3, reading["reason"] if reading else "")
    kind = "ambiguous-country" if match.status == "ambiguous" else "unknown-country"
    statement.find(
        kind, _explain(printed, match), place, field="name_as_printed", value=printed, candidates=match.candidates
    )
    return None


def _explain(printed: str, match: countries.Match) -> str:
    pair = _missing_comma(printed)
    if pair:
        return f'"{printed}" names no country. Did a comma go missing ({pair[0]}, {pair[1]})?'
    shown = ", ".join(f"{code} {english_name(code)}" for code in match.candidates)
    if match.status == "ambiguous":
        return f'"{printed}" can be {shown}. Say which in a [[corrections]] entry of this statement, with the reason.'
    ask = f" Is it {shown}?" if shown else ""
    return f'"{printed}" names no country.{ask} Mend the name, or say how it is read in a [[corrections]] entry.'


def _missing_comma(printed: str) -> tuple[str, str] | None:
    words = printed.split()
    for cut in range(1, len(words)):
        first, second = (countries.reconcile(" ".join(part)) for part in (words[:cut], words[cut:]))
        if first.iso3 and second.iso3:
            return english_name(first.iso3), english_name(second.iso3)
    return None


def _read_leads(statement: Statement) -> None:
    for lead in statement.facts.get("leads", []):
        place = Place(statement.file.path, line_of(statement.file, f'name = "{lead["name"]}"'))
        if lead.get("basis") == "recall":
            statement.hold("statement_leads", statement.statement_id, "recall", f"lead state {lead['name']}", place)
        elif name := _resolve(statement, lead["name"], place):
            statement.leads.append((lead["role"], lead["name"], name))


def _read_lists(statement: Statement, folder: RawFolder) -> None:
    for entry in statement.facts.get("lists", []):
        file = folder.files.get(f"{statement.statement_id}/{entry['file']}")
        if file is None:
            unread = any(
                item.place and item.place.path.endswith(f"{statement.statement_id}/{entry['file']}")
                for item in folder.findings
            )
            if not unread:
                statement.find(
                    "source-error",
                    f"the list {entry['file']} is not there. Add it, or take the entry out.",
                    entry["file"],
                )
            continue
        if not _check_date(
            statement, entry.get("date", ""), Place(statement.file.path, line_of(statement.file, entry["file"]))
        ):
            continue
        for printed, place in _names(file):
            _add_event(statement, entry["event"], entry["date"], printed, entry.get("source_id", ""), place)


def _names(file: RawFile) -> Iterator[tuple[str, Place]]:
    """Names of a printed list: commas or line ends between them, nothing else."""
    for number, line in enumerate(file.text.splitlines(), 1):
        for part in line.split(","):
            if part.strip():
                yield part.strip(), Place(file.path, number)


def _read_events(statement: Statement, folder: RawFolder) -> None:
    file = folder.files.get(f"{statement.statement_id}/events.csv")
    rows, findings = parse_csv(file, EVENT_COLUMNS) if file else ([], [])
    statement.findings += findings
    for row in rows:
        if row["basis"] == "recall":
            statement.hold(
                "signature_events",
                f"{statement.statement_id}: {row['name_as_printed']} {row['event']}",
                "recall",
                row["note"],
                row.place,
            )
        elif row["basis"] != "source":
            statement.find(
                "constraint-error",
                f"basis {row['basis']!r} is not source or recall.",
                row.place,
                field="basis",
                value=row["basis"],
            )
        elif _check_date(statement, row["date"], row.place):
            _add_event(
                statement, row["event"], row["date"], row["name_as_printed"], row["source_id"], row.place, row["note"]
            )


def _add_event(
    statement: Statement, event: str, date: str, printed: str, source_id: str, place: Place, note: str = ""
) -> None:
    if event not in EVENT_TYPES:
        statement.find(
            "constraint-error",
            f"event {event!r} is none of {', '.join(EVENT_TYPES)}.",
            place,
            field="event",
            value=event,
        )
        return
    if not source_id:
        statement.find(
            "no-source", f'"{printed}" has no source. Give its source_id, or basis recall.', place, field="source_id"
        )
        return
    name = _resolve(statement, printed, place)
    if name:
        statement.events.append(Event(statement.statement_id, event, date, printed, name, source_id, place, note))


def _read_variants(statement: Statement, folder: RawFolder) -> None:
    file = folder.files.get(f"{statement.statement_id}/variants.csv")
    rows, findings = parse_csv(file, VARIANT_COLUMNS, optional=("event",)) if file else ([], [])
    statement.findings += findings
    for row in rows:
        if name := _resolve(statement, row["name_as_printed"], row.place):
            statement.variants.append((row, name))


def _check_corrections(statement: Statement) -> None:
    for item in statement.facts.get("corrections", []):
        printed = item.get("as_printed", "")
        if not item.get("reason"):
            statement.find(
                "correction-error",
                f'the correction of "{printed}" gives no reason. Add one.',
                f'as_printed = "{printed}"',
            )
        if printed not in statement.readings_used:
            message = f'the correction of "{printed}" applies to no name of this statement any more. Take it out.'
            statement.find("correction-error", message, f'as_printed = "{printed}"', value=printed)
