"""Hold what a document says and what is decided about it, as one value that is also a JSON file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from xinjiang_record.document_readers.document import Document
from xinjiang_record.errors import UsageError, XRecordError
from xinjiang_record.extract.figures.find_figures import extract_figures
from xinjiang_record.extract.figures.qualifiers import Figure
from xinjiang_record.extract.name_lists.document_text import DocumentText
from xinjiang_record.extract.signatories.find_statements import find_statements
from xinjiang_record.extract.signatories.statement_model import Signatory, Statement
from xinjiang_record.reconcile.iso3166 import english_name
from xinjiang_record.untrusted.regular_files import read_regular_file
from xinjiang_record.untrusted.strict_json import parse_json

FORMAT = 1


@dataclass(slots=True)
class DraftRow:
    """Hold one printed name.

    Attributes:
        event: What the state did; empty where the document does not say it for sure.
        iso3: The state, where the name is certain.
        candidates: Codes that the name may mean, best first.
        keep: Whether the row is written.
        read_as: The state that a person chose for a name that is not certain.
        reason: Why it is read so.
        because: The cue that gave the event, for a person.
    """

    name: str
    event: str = ""
    iso3: str = ""
    candidates: list[str] = field(default_factory=list)
    keep: bool = True
    read_as: str = ""
    reason: str = ""
    because: str = ""
    date: str = ""
    locator: str = ""
    start: int = 0
    end: int = 0

    @property
    def is_open(self) -> bool:
        """Return whether a person must say which state this is, or what it did."""
        return self.keep and not ((self.iso3 or self.read_as) and self.event)


@dataclass(slots=True)
class DraftStatement:
    """Hold one statement or vote: the facts of its statement.toml, and its rows."""

    statement_id: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    lead: str = ""
    rows: list[DraftRow] = field(default_factory=list)
    keep: bool = True
    locator: str = ""


@dataclass(slots=True)
class DraftFigure:
    """Hold one figure: the cells of its row in figures.csv that the document gives."""

    phrase: str
    cells: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    keep: bool = False
    locator: str = ""
    start: int = 0
    end: int = 0


@dataclass(slots=True)
class Draft:
    """Hold all that one document gives, with its source."""

    source: dict[str, str] = field(default_factory=dict)
    sha256: str = ""
    text: str = ""
    statements: list[DraftStatement] = field(default_factory=list)
    figures: list[DraftFigure] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    format: int = FORMAT

    def to_json(self) -> str:
        """Return the draft as the text of a file."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"


def draft_document(document: Document, sha256: str) -> Draft:
    """Return the draft of all statements, votes and figures in a document."""
    found = find_statements(document)
    title = document.metadata.get("title", "")
    return Draft(
        sha256=sha256,
        text=found.text.text,
        statements=[draft_statement(item, title) for item in found.statements],
        figures=[_draft_figure(item, found.text) for item in extract_figures(document)],
        findings=[str(item) for item in (*document.findings, *found.findings)],
    )


def draft_statement(statement: Statement, title: str, statement_id: str = "") -> DraftStatement:
    """Return the draft of one statement; ``title`` is that of the document."""
    rows = [_draft_row(row) for row in statement.signatories]
    facts: dict[str, Any] = {"title": statement.title or title}
    if statement.is_vote:
        facts |= {"statement_type": "vote", "stance": "vote"}
    if statement.symbol:
        facts["document_symbol"] = statement.symbol
    if statement.declared_count:
        facts["declared_count"] = statement.declared_count
        if len(rows) == statement.declared_count and all(row.iso3 for row in rows):
            facts["roster_status"] = "complete"
    return DraftStatement(
        statement_id, facts=facts, lead=statement.lead_name, rows=rows, locator=statement.locator
    )


def _draft_row(row: Signatory) -> DraftRow:
    why = row.because
    return DraftRow(
        name=row.name,
        event=row.event or "",
        iso3=row.iso3 or "",
        candidates=list(row.match.candidates) if not row.iso3 else [],
        because=f"{why.cue!r}, {why.form}, {why.language}, {why.locator}" if why else row.note,
        date=row.date,
        locator=row.locator,
        start=row.start,
        end=row.end,
    )


_FIGURE_CELLS = {
    "value_low": "value_low",
    "value_high": "value_high",
    "value_point": "value_point",
    "qualifier": "qualifier",
    "unit": "unit",
    "quantity_type": "quantity_type",
    "population": "population",
    "area_as_published": "area",
    "as_of_edtf": "as_of",
    "publisher": "publisher",
}


def _draft_figure(figure: Figure, text: DocumentText) -> DraftFigure:
    cells = {
        column: _number(getattr(figure, name))
        for column, name in _FIGURE_CELLS.items()
        if getattr(figure, name) is not None
    }
    if figure.period:
        first, _, last = figure.period.partition("/")
        cells |= {"period_start_edtf": first, "period_end_edtf": last or first}
    start = _find_phrase(figure, text)
    return DraftFigure(
        phrase=figure.phrase,
        cells=cells,
        missing=list(figure.missing),
        locator=figure.locator,
        start=max(start, 0),
        end=start + len(figure.phrase) if start >= 0 else 0,
    )


def _find_phrase(figure: Figure, text: DocumentText) -> int:
    """Return where a figure is in the whole text; -1 where that is not sure.

    Its own offsets are those in its paragraph or cell.
    """
    place = text.text.find(figure.phrase)
    while place >= 0 and text.locator(place) != figure.locator:
        place = text.text.find(figure.phrase, place + 1)
    return place


def _number(value: object) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def read_draft(path: Path) -> Draft:
    """Read a draft that the review page saved.

    Raises:
        UsageError: The file is not such a draft. Nothing is written then.
    """
    return parse_draft(read_regular_file(path, "document_bytes"), str(path))


def parse_draft(data: bytes, shown: str) -> Draft:
    """Return the draft that the bytes of a file hold; ``shown`` names it in messages.

    Raises:
        UsageError: They are not such a draft. Nothing is written then.
    """
    try:
        draft = Draft(**_checked(parse_json(data, shown), Draft))
        draft.statements = [DraftStatement(**_checked(v, DraftStatement)) for v in draft.statements]
        for statement in draft.statements:
            statement.rows = [DraftRow(**_checked(row, DraftRow)) for row in statement.rows]
        draft.figures = [DraftFigure(**_checked(v, DraftFigure)) for v in draft.figures]
    except (XRecordError, ValueError, TypeError) as error:
        raise UsageError(
            f"{shown}: expected a draft that the review page saved, got: {error}. "
            "Nothing was written."
        ) from error
    if draft.format != FORMAT:
        raise UsageError(
            f"{shown}: expected format {FORMAT}, got {draft.format}. Make the draft again."
        )
    return draft


def _checked(value: object, kind: type) -> dict[str, Any]:
    """Return the fields of ``kind``, each of its declared type; anything else is a TypeError."""
    names = {item.name: str(item.type) for item in fields(kind)}
    if not isinstance(value, Mapping) or set(value) - set(names):
        raise TypeError(f"a {kind.__name__} has the fields {', '.join(names)}")
    plain = {"str": str, "bool": bool, "int": int}
    for name, item in value.items():
        declared = names[name].partition("[")[0]
        expected = plain.get(declared) or {"list": list, "dict": dict}[declared]
        if type(item) is not expected:
            raise TypeError(f"{kind.__name__}.{name}: expected {declared}, got {item!r:.60}")
    return dict(value)


def describe_candidates(row: DraftRow) -> list[tuple[str, str]]:
    """Return code and English name of each state that a name may mean."""
    return [(code, english_name(code)) for code in row.candidates]
