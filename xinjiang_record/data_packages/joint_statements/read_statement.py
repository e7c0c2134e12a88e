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
from datetime import date
from typing import Any

from xinjiang_record import edtf
from xinjiang_record.model import Finding, Place, Quarantined, Row
from xinjiang_record.raw_files import STATE, RawFile, RawFolder, line_of, parse_csv, parse_toml
from xinjiang_record.reconcile import countries
from xinjiang_record.reconcile.iso3166 import country_rows
from xinjiang_record.schema.check_toml import Shape, problems, toml_line

SIGNING, VOTING = ("signed", "joined"), ("voted_yes", "voted_no", "abstained")
EVENT_TYPES = (*SIGNING, "withdrew", *VOTING)
EVENT_COLUMNS = ("event", "date", "name_as_printed", "source_id", "basis", "note")
VARIANT_COLUMNS = ("name_as_printed", "language", "source_id", "note")
# Bodies that have signed and are no states: they get no ISO code.
BODIES = {"European Union": "european-union", "the European Union": "european-union"}
TEXT_KEYS = (
    "statement_id",
    "title",
    "statement_type",
    "stance",
    "delivered",
    "body",
    "roster_status",
    "note",
)
SHAPE = Shape(
    required={
        **dict.fromkeys(TEXT_KEYS, str),
        "topics": [str],
        "sources": [str],
        "recorded_on": date,
    },
    optional={
        **dict.fromkeys(
            ("session", "document_symbol", "document_symbol_recalled", "document_date"), str
        ),
        "declared_count": int,
        "residual": Shape({"count": int, "reason": str}),
        "leads": [Shape({"name": str, "role": str}, {"basis": str})],
        "lists": [Shape({"file": str, "event": str, "date": str, "source_id": str})],
        "count_claims": [
            Shape(
                {"count": int},
                {
                    **dict.fromkeys(("as_of", "source_id", "basis", "note"), str),
                    **dict.fromkeys(("yes_count", "no_count", "abstain_count"), int),
                },
            )
        ],
        "corrections": [Shape({"as_printed": str, "read_as": str, "reason": str})],
    },
)
CLAIM_BASES = ("recall", "contradiction", "no-source")


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
            Finding(
                kind,
                f"{message} {STATE}",
                place,
                package="joint-statements",
                record=self.statement_id,
                **more,
            )
        )

    def place(self, *path: str | int) -> Place:
        """Where the value at ``path`` stands in statement.toml."""
        return Place(self.file.path, toml_line(self.file.text, path))

    def hold(self, resource: str, record: str, reason: str, detail: str, place: Place) -> None:
        self.quarantine.append(Quarantined(resource, record, reason, detail, place))


@functools.cache
def _english_names() -> Mapping[str, str]:
    return {row["country_iso3"]: row["name_en"] for row in country_rows()}


def english_name(iso3: str) -> str:
    """The English short name, as in the table countries."""
    return _english_names()[iso3]


def read_statement(folder: RawFolder, name: str) -> Statement | None:
    """Read ``<name>/`` of the package's raw folder; None (and nothing else to say) if its statement.toml could not be read at all.

    Without a statement.toml the statement is broken, and its one finding says so.
    """
    toml = folder.files.get(f"{name}/statement.toml")
    if toml is None:
        return None if folder.unread(f"{name}/statement.toml") else _without_facts(folder, name)
    facts, findings = parse_toml(toml)
    statement = Statement(name, facts, toml, findings=list(findings))
    statement.broken = bool(findings) or not _check_facts(statement)
    if statement.broken:
        statement.facts = {}  # nothing of it is safe to use
    else:
        _read_leads(statement)
        _read_lists(statement, folder)
        _read_events(statement, folder)
        _read_variants(statement, folder)
        _check_corrections(statement)
        _check_files(statement, folder)
    return statement


def _without_facts(folder: RawFolder, name: str) -> Statement:
    file = next(item for path, item in sorted(folder.files.items()) if path.startswith(f"{name}/"))
    missing = RawFile(f"{file.path.rpartition('/')[0]}/statement.toml", "")
    statement = Statement(name, {}, missing, broken=True)
    message = "statement.toml is not there, so nothing says what these names signed. Add it, or take the folder out."
    statement.find("source-error", message, Place(missing.path, 1))
    return statement


def _check_facts(statement: Statement) -> bool:
    """Whether statement.toml has the shape and the values that everything else rests on; each problem is a finding with its line."""
    facts, before = statement.facts, len(statement.findings)
    for path, problem in problems(facts, SHAPE):
        statement.find(
            "constraint-error", problem, statement.place(*path), field=".".join(map(str, path))
        )
    if len(statement.findings) > before:
        return False
    if facts["statement_id"] != statement.statement_id:
        message = (
            f"statement_id {facts['statement_id']!r} is not the folder's name. Make them the same."
        )
        statement.find(
            "primary-key", message, statement.place("statement_id"), value=facts["statement_id"]
        )
    for key in ("delivered", "document_date"):
        if key in facts:
            _check_date(statement, facts[key], statement.place(key))
    if facts.get("declared_count", 1) < 1:
        statement.find(
            "constraint-error", "declared_count is below 1.", statement.place("declared_count")
        )
    if not facts["topics"] or len(set(facts["topics"])) < len(facts["topics"]):
        statement.find(
            "constraint-error",
            "topics are empty, or one stands there twice.",
            statement.place("topics"),
        )
    if not facts["sources"]:
        statement.find(
            "no-source",
            "sources is empty. Name where the statement was read.",
            statement.place("sources"),
        )
    _check_claims(statement)
    return len(statement.findings) == before


def _check_claims(statement: Statement) -> None:
    for number, claim in enumerate(statement.facts.get("count_claims", [])):
        place = statement.place("count_claims", number)
        if "as_of" in claim:
            _check_date(statement, claim["as_of"], statement.place("count_claims", number, "as_of"))
        if any(
            claim.get(name, 0) < 0 for name in ("count", "yes_count", "no_count", "abstain_count")
        ):
            statement.find("constraint-error", "a count is below 0. Mend it.", place)
        if claim.get("basis", "no-source") not in CLAIM_BASES:
            message = f"basis {claim['basis']!r} is none of {', '.join(CLAIM_BASES)}. A claim with a source needs none."
            statement.find("constraint-error", message, place, value=claim["basis"])


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
        return Name(
            match.iso3, english_name(match.iso3), match.iso3, reading["reason"] if reading else ""
        )
    kind = "ambiguous-country" if match.status == "ambiguous" else "unknown-country"
    statement.find(
        kind,
        _explain(printed, match),
        place,
        field="name_as_printed",
        value=printed,
        candidates=match.candidates,
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
    for number, lead in enumerate(statement.facts.get("leads", [])):
        place = statement.place("leads", number, "name")
        if lead.get("basis", "recall") != "recall":
            message = f"basis {lead['basis']!r} is not recall. A lead with a source needs no basis."
            statement.find("constraint-error", message, statement.place("leads", number, "basis"))
        elif "basis" in lead:
            statement.hold(
                "statement_leads",
                statement.statement_id,
                "recall",
                f"lead state {lead['name']}",
                place,
            )
        elif name := _resolve(statement, lead["name"], place):
            statement.leads.append((lead["role"], lead["name"], name))


def _read_lists(statement: Statement, folder: RawFolder) -> None:
    for entry in statement.facts.get("lists", []):
        file = folder.files.get(f"{statement.statement_id}/{entry['file']}")
        if file is None:
            if not folder.unread(f"{statement.statement_id}/{entry['file']}"):
                statement.find(
                    "source-error",
                    f"the list {entry['file']} is not there. Add it, or take the entry out.",
                    entry["file"],
                )
            continue
        if not _check_date(
            statement,
            entry.get("date", ""),
            Place(statement.file.path, line_of(statement.file, entry["file"])),
        ):
            continue
        for printed, place in _names(file):
            _add_event(
                statement, entry["event"], entry["date"], printed, entry.get("source_id", ""), place
            )


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
                statement,
                row["event"],
                row["date"],
                row["name_as_printed"],
                row["source_id"],
                row.place,
                row["note"],
            )


def _add_event(
    statement: Statement,
    event: str,
    date: str,
    printed: str,
    source_id: str,
    place: Place,
    note: str = "",
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
            "no-source",
            f'"{printed}" has no source. Give its source_id, or basis recall.',
            place,
            field="source_id",
        )
        return
    name = _resolve(statement, printed, place)
    if name:
        statement.events.append(
            Event(statement.statement_id, event, date, printed, name, source_id, place, note)
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
            message = f'the correction of "{printed}" applies to no name of this statement any more. Take it out.'
            statement.find(
                "correction-error", message, statement.place("corrections", number), value=printed
            )


def _check_files(statement: Statement, folder: RawFolder) -> None:
    """A file that nothing reads is a slip in its name or a forgotten [[lists]] entry: its names would be lost."""
    lists = [entry["file"] for entry in statement.facts.get("lists", [])]
    used = {
        f"{statement.statement_id}/{name}"
        for name in ("statement.toml", "events.csv", "variants.csv", *lists)
    }
    for path, file in folder.files.items():
        if path.startswith(f"{statement.statement_id}/") and path not in used:
            message = "nothing reads this file. Name it in a [[lists]] entry, mend its name, or take it out."
            statement.find("source-error", message, Place(file.path, 1))
