"""What ``xrecord extract`` gives for one document: statements, figures and findings, as values and as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xinjiang_record.document_readers.document import Document
from xinjiang_record.extract.figures.find_figures import (
    extract_figures,
    figure_findings,
)
from xinjiang_record.extract.figures.qualifiers import Figure
from xinjiang_record.extract.signatories.find_statements import Statement, statements
from xinjiang_record.model import Finding

KINDS = ("auto", "statement", "vote", "figures")


@dataclass(frozen=True, slots=True)
class Extract:
    """All that one document gave."""

    statements: tuple[Statement, ...]
    figures: tuple[Figure, ...]
    findings: tuple[Finding, ...]

    def as_dict(self) -> dict[str, Any]:
        """The object of ``xrecord extract --format json``."""
        return {
            "statements": [_statement(item) for item in self.statements],
            "figures": [item.as_dict() for item in self.figures],
            "findings": [_finding(item) for item in self.findings],
        }


def extract(document: Document, kind: str = "auto") -> Extract:
    """Read a document for ``kind``: statements (all lists), vote (votes only), figures, or auto: all of them."""
    found, findings = statements(document) if kind != "figures" else ([], [])
    if kind == "vote":
        found = [item for item in found if item.is_vote]
    elif kind == "statement":
        found = [item for item in found if not item.is_vote] or found
    figures = extract_figures(document) if kind in ("auto", "figures") else []
    if kind in ("auto", "figures"):
        findings = [*findings, *figure_findings(document, figures)]
    return Extract(tuple(found), tuple(figures), (*document.findings, *findings))


def _statement(item: Statement) -> dict[str, Any]:
    rows = [
        {
            "name": row.name,
            "iso3": row.iso3,
            "role": row.role,
            "event": row.event,
            "locator": row.locator,
        }
        for row in item.signatories
    ]
    return {
        "declared_count": item.declared_count,
        "lead_iso3": item.lead_iso3,
        "stance": item.stance,
        "signatories": rows,
    }


def _finding(item: Finding) -> dict[str, Any]:
    return {
        "type": item.type,
        "message": item.message,
        "locator": item.place.locator if item.place else "",
        "value": item.value,
        "candidates": list(item.candidates),
        "severity": item.severity,
    }
