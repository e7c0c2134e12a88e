"""Give the result of ``xrecord extract`` for one document, as values and as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xinjiang_record import exit_codes
from xinjiang_record.document_readers.document import Document
from xinjiang_record.extract.figures.find_figures import (
    begin_figures,
    figure_findings,
    without_denied,
)
from xinjiang_record.extract.figures.qualifiers import Figure
from xinjiang_record.extract.languages.detect_language import is_unread_language
from xinjiang_record.extract.signatories.find_statements import find_statements
from xinjiang_record.extract.signatories.statement_model import Because, Signatory, Statement
from xinjiang_record.model import Finding, Place

KINDS = ("auto", "statement", "vote", "figures")


@dataclass(frozen=True, slots=True)
class Extract:
    """Hold all that one document gave."""

    statements: tuple[Statement, ...]
    figures: tuple[Figure, ...]
    findings: tuple[Finding, ...]

    @property
    def exit_code(self) -> int:
        """Return FINDINGS if one asks something; a warning only says what a row does not have."""
        asks = any(item.severity != "warning" for item in self.findings)
        return exit_codes.FINDINGS if asks else exit_codes.DONE

    def as_dict(self) -> dict[str, Any]:
        """Return the object of ``xrecord extract --format json``."""
        return {
            "statements": [_statement(item) for item in self.statements],
            "figures": [item.as_dict() for item in self.figures],
            "findings": [_finding(item) for item in self.findings],
        }


def extract(document: Document, kind: str = "auto") -> Extract:
    """Read a document for ``kind``.

    ``statement`` reads all lists, ``vote`` votes only, ``figures`` figures only, ``auto`` all.
    """
    statements: list[Statement] = []
    findings: list[Finding] = []
    work = begin_figures(document) if kind in ("auto", "figures") else None
    if kind != "figures":
        found = find_statements(document)
        statements, findings = found.statements, found.findings
    if kind == "vote":
        statements = [item for item in statements if item.is_vote]
    elif kind == "statement":
        statements = [item for item in statements if not item.is_vote] or statements
    figures = work.finish() if work else []
    if kind in ("auto", "figures"):
        findings = [*findings, *figure_findings(document, figures)]
        figures = without_denied(figures)
    is_bare = not any(one.unit or one.qualifier == "non_numeric" for one in figures)
    if not statements and is_bare and is_unread_language(document.text):
        figures = []  # what its numbers count, and their qualifiers, are words that are not read
        message = (
            "The language of the document is not one of those that are read, so that nothing was "
            "found says nothing about it. Read it by hand."
        )
        findings = [
            *findings,
            Finding("unread-language", message, Place(document.path)),
        ]
    return Extract(tuple(statements), tuple(figures), (*document.findings, *findings))


def _statement(item: Statement) -> dict[str, Any]:
    return {
        "declared_count": item.declared_count,
        "lead_iso3": item.lead_iso3,
        "title": item.title,
        "symbol": item.symbol,
        "signatories": [_row(row) for row in item.signatories],
    }


def _row(row: Signatory) -> dict[str, Any]:
    return {
        "name": row.name,
        "iso3": row.iso3,
        "role": row.role,
        "event": row.event,
        "date": row.date,
        "locator": row.locator,
        "because": _because(row.because) if row.because else None,
    }


def _because(why: Because) -> dict[str, Any]:
    return {
        "cue": why.cue,
        "language": why.language,
        "form": why.form,
        "locator": why.locator,
        "is_confirmed": why.is_confirmed,
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
