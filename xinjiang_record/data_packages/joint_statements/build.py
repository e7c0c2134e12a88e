"""The package joint-statements: from statements' folders to tables. Raw files in, tables, findings and quarantine out; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from xinjiang_record import edtf
from xinjiang_record.data_packages.evidence import (
    Built,
    Evidence,
    Sources,
    shared_places,
    shared_tables,
)
from xinjiang_record.data_packages.joint_statements import rosters
from xinjiang_record.data_packages.joint_statements.read_statement import (
    Event,
    Statement,
    read_statement,
)
from xinjiang_record.data_packages.joint_statements.rules import check
from xinjiang_record.errors import SchemaError
from xinjiang_record.model import Finding, Place, Quarantined
from xinjiang_record.raw_files import RawFolder, line_of
from xinjiang_record.reconcile.iso3166 import country_rows
from xinjiang_record.schema.load import PackageSpec, table

COUNT_FIELDS = ("yes_count", "no_count", "abstain_count")


def build(raw: RawFolder, spec: PackageSpec, sources: Sources) -> Built:
    """Tables of the package in published order, with every finding and every fact that waits.

    ``raw``: the folder ``raw/joint-statements``; ``sources``: the registry by id. Raises nothing for bad data.
    """
    statements = [statement for name in raw.folders() if (statement := read_statement(raw, name))]
    checked = [(statement, list(check(statement))) for statement in statements]
    findings = [
        *raw.findings,
        *(item for statement, more in checked for item in (*statement.findings, *more)),
    ]
    quarantine = [item for statement in statements for item in statement.quarantine]
    claims = [row for statement in statements for row in _claims(statement, quarantine)]
    rows = {
        "statements": [
            _statement_row(statement) for statement in statements if not statement.broken
        ],
        "statement_topics": [
            {"statement_id": statement.statement_id, "topic": topic}
            for statement in statements
            for topic in statement.facts.get("topics", [])
        ],
        "statement_leads": [row for statement in statements for row in _lead_rows(statement)],
        "count_claims": claims,
        "signature_events": [
            _event_row(statement, event) for statement in statements for event in statement.events
        ],
        "signatories": [row for statement in statements for row in rosters.signatories(statement)],
        "positions": rosters.positions(
            [statement for statement in statements if not statement.broken]
        ),
        "countries": country_rows(),
    }
    if set(rows) | {"sources", "evidence"} != set(spec.schemas):
        shown = ", ".join((*rows, "sources", "evidence"))
        raise SchemaError(
            f"schemas/{spec.name}/package.toml: resources must be: {shown}. Nothing was published."
        )
    evidence = [item for statement in statements for item in _evidence(statement, findings)]
    cited = [row["source_id"] for row in claims]
    shared = shared_tables(spec, evidence, sources, findings, also=cited)
    tables = {
        name: shared[name] if name in shared else table(spec.schemas[name], rows[name])
        for name in spec.schemas
    }
    places = shared_places(evidence, sources) | {
        key: place for statement in statements for key, place in _places(statement)
    }
    return Built(tables, tuple(findings), tuple(quarantine), places)


def _places(statement: Statement) -> Iterator[tuple[tuple[str, str, str], Place]]:
    """Where the rows of one statement stand in raw/."""
    name, facts = statement.statement_id, statement.facts
    yield ("statements", name, ""), statement.place("statement_id")
    for key in facts:
        yield ("statements", name, key), statement.place(key)
    for topic in facts.get("topics", []):
        yield ("statement_topics", f"{name}/{topic}", ""), statement.place("topics")
    for role, printed, lead in statement.leads:
        number = facts["leads"].index(
            next(item for item in facts["leads"] if (item["role"], item["name"]) == (role, printed))
        )
        yield ("statement_leads", f"{name}/{lead.iso3}", ""), statement.place("leads", number)
    for number in range(len(facts.get("count_claims", []))):
        yield ("count_claims", f"{name}.{number + 1}", ""), statement.place("count_claims", number)
    for event in statement.events:
        yield ("signature_events", event.event_id, ""), event.place
        yield ("signatories", event.signatory_id, ""), event.place
        yield ("positions", f"{event.name.iso3}/{name}", ""), statement.place("stance")


def _statement_row(statement: Statement) -> dict[str, Any]:
    facts = statement.facts
    declared, named = facts.get("declared_count"), rosters.first_count(statement.events)
    names = (
        "statement_id",
        "statement_type",
        "stance",
        "title",
        "body",
        "roster_status",
        "note",
        "recorded_on",
    )
    return {
        **{
            name: facts.get(name)
            for name in (*names, "session", "document_symbol", "declared_count")
        },
        "delivered_on": edtf.full_day(facts["delivered"]),
        "delivered_edtf": facts["delivered"],
        "named_count": named,
        "residual_count": None if declared is None else declared - named,
        "current_count": len(rosters.replay(statement.events)),
    }


def _lead_rows(statement: Statement) -> list[dict[str, Any]]:
    return [
        {
            "statement_id": statement.statement_id,
            "country_iso3": name.iso3,
            "lead_role": role,
            "as_printed": printed,
        }
        for role, printed, name in statement.leads
    ]


def _event_row(statement: Statement, event: Event) -> dict[str, Any]:
    return {
        **rosters.identity(event),
        "event_id": event.event_id,
        "event_type": event.event_type,
        "event_on": edtf.full_day(event.date),
        "event_edtf": event.date,
        "is_lead": any(name.key == event.name.key for _, _, name in statement.leads),
        "name_as_printed": event.printed,
        "source_id": event.source_id,
        "note": event.note or None,
    }


def _claims(statement: Statement, quarantine: list[Quarantined]) -> Iterator[dict[str, Any]]:
    """Claimed counts beside what the events give for the same date; a claim without a source waits."""
    symbol = statement.facts.get("document_symbol_recalled")
    if symbol:
        place = Place(statement.file.path, line_of(statement.file, "document_symbol_recalled"))
        detail = f"document symbol {symbol}"
        quarantine.append(
            Quarantined("statements", statement.statement_id, "recall", detail, place)
        )
    for number, claim in enumerate(statement.facts.get("count_claims", []), 1):
        claim_id = f"{statement.statement_id}.{number}"
        if "source_id" not in claim:
            place = Place(statement.file.path, line_of(statement.file, "[[count_claims]]", number))
            detail = f"{claim['count']} signatories. {claim.get('note', '')}".strip()
            quarantine.append(
                Quarantined(
                    "count_claims", claim_id, claim.get("basis", "no-source"), detail, place
                )
            )
            continue
        as_of = claim.get("as_of")
        until = edtf.bounds(as_of)[1] if as_of else None
        named = len(rosters.replay(statement.events, until or date.max))
        yield {
            "claim_id": claim_id,
            "statement_id": statement.statement_id,
            "claimed_count": claim["count"],
            **{f"claimed_{name}": claim.get(name) for name in COUNT_FIELDS},
            "as_of_on": edtf.full_day(as_of),
            "as_of_edtf": as_of,
            "named_count": named,
            "residual_count": claim["count"] - named,
            "source_id": claim["source_id"],
            "note": claim.get("note"),
        }


def _evidence(statement: Statement, findings: list[Finding]) -> Iterator[Evidence]:
    place = statement.place("sources")
    for source_id in statement.facts.get("sources", []):
        yield Evidence("statements", statement.statement_id, source_id, place)
    for event in statement.events:
        yield Evidence(
            "signature_events",
            event.event_id,
            event.source_id,
            event.place,
            field="name_as_printed",
            as_printed=event.printed,
            note=event.name.correction,
        )
    yield from _variant_evidence(statement, findings)


def _variant_evidence(statement: Statement, findings: list[Finding]) -> Iterator[Evidence]:
    """The names as other outlets print them support the event of the same signatory."""
    events: Mapping[str, Sequence[Event]] = {
        event.name.key: [other for other in statement.events if other.name.key == event.name.key]
        for event in statement.events
    }
    for row, name in statement.variants:
        wanted = [
            event
            for event in events.get(name.key, ())
            if not row["event"] or event.event_type == row["event"]
        ]
        if not wanted:
            message = f'"{row["name_as_printed"]}" ({name.english}) has no such event in this statement. Add the event, or take the variant out. Nothing was published.'
            findings.append(
                Finding("foreign-key", message, row.place, record=statement.statement_id)
            )
            continue
        yield Evidence(
            "signature_events",
            wanted[0].event_id,
            row["source_id"],
            row.place,
            field="name_as_printed" if not row["event"] else "event_edtf",
            as_printed=row["name_as_printed"] if not row["event"] else "",
            language=row["language"],
            note=row["note"] or name.correction,
        )
