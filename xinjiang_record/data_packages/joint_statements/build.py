"""Build the tables of joint-statements from the statements' folders and the lists of blocs.

    raw/joint-statements/<statement_id>/    one statement: see ``read_statement``
    raw/joint-statements/blocs.csv          bodies and groups of states, and what they are
    raw/joint-statements/bloc_members.csv   who was a member, from when until when
    raw/joint-statements/bloc_positions.csv what a bloc said or did; it gives no state a side

Raw files in; tables, findings and quarantine out. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from xinjiang_record.data_packages.build_tables import take_evidence, take_quarantined_values
from xinjiang_record.data_packages.evidence import Built, Evidence, evidence_places, shared_tables
from xinjiang_record.data_packages.intake import Intake
from xinjiang_record.data_packages.joint_statements import derive_tables as derive
from xinjiang_record.data_packages.joint_statements import rules
from xinjiang_record.data_packages.joint_statements.read_statement import (
    Event,
    Statement,
    read_statement,
)
from xinjiang_record.data_packages.source_registry import Sources
from xinjiang_record.errors import SchemaError
from xinjiang_record.model import Finding, Place
from xinjiang_record.raw_files import RawFolder, line_of
from xinjiang_record.reconcile.iso3166 import country_rows
from xinjiang_record.schema.load import PackageSpec, make_table

BLOC_TABLES = ("blocs", "bloc_members", "bloc_positions")
# Tables whose codes need a row in countries, next to those of ISO 3166-1.
WITH_CODES = ("statement_leads", "signature_events", "bloc_members")


def build(raw: RawFolder, spec: PackageSpec, sources: Sources) -> Built:
    """Return the package's tables in published order, with every finding and what is quarantined.

    Args:
        raw: The folder ``raw/joint-statements``.
        spec: The package's schemas.
        sources: The registry by id.
    """
    statements = [item for name in raw.folders() if (item := read_statement(raw, name))]
    findings = list(raw.findings)
    for statement in statements:
        findings += [*statement.findings, *rules.check_statement(statement)]
    findings += rules.check_together(statements)
    published = [item for item in statements if not item.is_broken and not item.is_quarantined]
    intake = _read_blocs(raw, spec, sources)
    rows: dict[str, Sequence[Mapping[str, Any]]] = {
        "statements": [derive.statement_row(item) for item in published],
        "statement_topics": [
            {"statement_id": item.statement_id, "topic": topic}
            for item in published
            for topic in item.facts["topics"]
        ],
        "statement_leads": [row for item in published for row in _lead_rows(item)],
        "count_claims": [row for item in published for row in _claims(item)],
        "signature_events": [row for item in published for row in derive.event_rows(item)],
        "signatories": [row for item in published for row in derive.signatory_rows(item)],
        "positions": derive.position_rows(published),
        "countries": [],
        **{name: [item.values for item in intake.rows(name)] for name in BLOC_TABLES},
        "position_kinds": derive.kind_rows(),
        "coverage": [derive.coverage_row(item) for item in published],
    }
    codes = {row["country_iso3"] for name in WITH_CODES for row in rows[name]}
    rows["countries"] = country_rows(also=filter(None, codes))
    if set(rows) | {"sources", "evidence"} != set(spec.schemas):
        shown = ", ".join((*rows, "sources", "evidence"))
        raise SchemaError(f"schemas/{spec.name}/package.toml: resources must be: {shown}.")
    evidence = [
        *(item for statement in published for item in _evidence(statement, findings)),
        *intake.evidence,
    ]
    findings += intake.findings
    cited = [row["source_id"] for row in rows["count_claims"]]
    shared = shared_tables(spec, evidence, sources, findings, also=cited)
    tables = {
        name: shared[name] if name in shared else make_table(spec.schemas[name], rows[name])
        for name in spec.schemas
    }
    places = {
        **evidence_places(evidence, sources),
        **intake.places(),
        **{key: place for item in statements for key, place in _places(item)},
    }
    quarantined = [*(q for item in statements for q in item.quarantined), *intake.quarantined]
    return Built(tables, tuple(findings), tuple(quarantined), places, tuple(evidence))


def _read_blocs(raw: RawFolder, spec: PackageSpec, sources: Sources) -> Intake:
    """Take in the tables about blocs, with the quarantined values and evidence of the package."""
    intake = Intake(raw, spec, sources)
    intake.read_definitions("blocs")
    intake.read_main("bloc_members", parents={"bloc_id": "blocs"})
    intake.read_main("bloc_positions", parents={"bloc_id": "blocs"})
    take_quarantined_values(intake)
    take_evidence(intake)
    known = {f"{name}.csv" for name in (*BLOC_TABLES, "held", "evidence", "amendments")}
    intake.check_files({name for name in raw.files if "/" in name} | known)
    return intake


def _places(statement: Statement) -> Iterator[tuple[tuple[str, str, str], Place]]:
    """Yield where the rows of one statement are in raw/."""
    name, facts = statement.statement_id, statement.facts
    yield ("statements", name, ""), statement.place("statement_id")
    yield ("coverage", name, ""), statement.place("declared_count")
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
    stance = statement.place("stance")
    for event in statement.events:
        yield ("signature_events", event.event_id, ""), event.place
        yield ("signatories", event.signatory_id, ""), event.place
        key = f"{event.name.iso3}/{name}/{event.event_type}"
        yield ("positions", key, ""), stance


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


def _claims(statement: Statement) -> Iterator[dict[str, Any]]:
    """Yield claimed counts next to what the events give; quarantine a claim without a source."""
    symbol = statement.facts.get("document_symbol_recalled")
    if symbol:
        place = Place(statement.file.path, line_of(statement.file, "document_symbol_recalled"))
        detail = f"document symbol {symbol}"
        statement.quarantine("statements", statement.statement_id, "recall", detail, place)
    for number, claim in enumerate(statement.facts.get("count_claims", [])):
        if "source_id" in claim and "basis" not in claim:
            yield derive.claim_row(statement, number)
            continue
        claim_id = f"{statement.statement_id}.{number + 1}"
        counts = claim.get("counts", "signatories")
        detail = f"{claim.get('count', '')} {counts}. {claim.get('note', '')}".strip()
        statement.quarantine(
            "count_claims",
            claim_id,
            claim.get("basis", "no-source"),
            detail,
            statement.place("count_claims", number),
            claim.get("source_id", ""),
        )


def _evidence(statement: Statement, findings: list[Finding]) -> Iterator[Evidence]:
    place = statement.place("sources")
    for source_id in statement.facts["sources"]:
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
    """Yield the names as other outlets print them: they support the event of the same signatory."""
    events: dict[str, list[Event]] = {}
    for event in statement.events:
        events.setdefault(event.name.key, []).append(event)
    for row, name in statement.variants:
        wanted = [
            event
            for event in events.get(name.key, ())
            if not row["event"] or event.event_type == row["event"]
        ]
        if not wanted:
            message = (
                f'"{row["name_as_printed"]}" ({name.english}) has no such event in this statement. '
                "Add the event, or take the variant out."
            )
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
