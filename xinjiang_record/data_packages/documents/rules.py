"""Check the rules of documents: parts, dates, symbols, and a name for each term."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from xinjiang_record import edtf
from xinjiang_record.data_packages.intake import Intake, Record, record_finding
from xinjiang_record.model import Finding

NAME = "documents"
_finding = partial(record_finding, NAME)


def check_documents(intake: Intake) -> Iterator[Finding]:
    """Yield every finding of every rule."""
    known = intake.raw_ids.get("documents", set())
    quarantined = {name for _, name in intake.quarantined_ids}
    for document in intake.rows("documents"):
        yield from _parts(document, known, quarantined)
        yield from _dates(document)
    yield from _shared_symbols(intake)
    named = {name["term_id"] for name in intake.rows("term_names")}
    for term in intake.rows("terms"):
        if term.record_id not in named:
            message = f"{term.record_id} has no name in term_names.csv. Add one, or take it out."
            yield _finding("no-name", term, "term_id", message)


def _parts(document: Record, known: set[str], quarantined: set[str]) -> Iterator[Finding]:
    parent, name = document["part_of_document_id"], "part_of_document_id"
    if parent and (parent not in known or parent == document.record_id):
        message = (
            f"{document.record_id} is part of {parent!r}, which is not another document. "
            "Add that document, or correct it."
        )
        yield _finding("foreign-key", document, name, message, parent)
    elif parent in quarantined:
        message = (
            f"{document.record_id} is part of {parent}, which is quarantined. "
            "Empty part_of_document_id until it is published."
        )
        yield _finding("foreign-key", document, name, message, parent)


def _dates(document: Record) -> Iterator[Finding]:
    issued, published = document["issued_edtf"], document["published_edtf"]
    first = edtf.bounds(issued)[0] if issued else None
    last = edtf.bounds(published)[1] if published else None
    if first and last and last < first:
        message = (
            f"{document.record_id} was published ({published}) before it was issued ({issued}). "
            "Correct one of them."
        )
        yield _finding("date-order", document, "published_edtf", message, published)


def _shared_symbols(intake: Intake) -> Iterator[Finding]:
    """Yield a symbol that two documents share; parts of a document may share theirs."""
    first: dict[str, Record] = {}
    for document in intake.rows("documents"):
        symbol = document["document_symbol"]
        if not symbol or document["part_of_document_id"]:
            continue
        seen = first.setdefault(symbol, document)
        if seen is not document:
            message = (
                f"{document.record_id}: document_symbol {symbol} is that of {seen.record_id} "
                "already. Correct one of them."
            )
            yield _finding("shared-symbol", document, "document_symbol", message, symbol)
