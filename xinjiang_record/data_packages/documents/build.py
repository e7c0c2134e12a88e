"""The package documents: leaked, official and United Nations documents as metadata, orders quoted from them, and names of things.

Raw files in, tables, findings and quarantine out; pure. No document is republished and no private person named.
"""

from __future__ import annotations

from collections.abc import Iterator

from xinjiang_record import edtf
from xinjiang_record.data_packages.build_tables import built
from xinjiang_record.data_packages.evidence import Built, Sources
from xinjiang_record.data_packages.intake import Intake, Record
from xinjiang_record.model import Finding
from xinjiang_record.raw_files import STATE, RawFolder
from xinjiang_record.schema.load import PackageSpec

NAME = "documents"


def build(raw: RawFolder, spec: PackageSpec, sources: Sources) -> Built:
    """Tables of the package in published order, with every finding and every fact that waits.

    ``raw``: the folder ``raw/documents``; ``sources``: the registry by id. Raises nothing for bad data.
    """
    intake = Intake(raw, spec, sources)
    intake.main("documents")
    for resource in ("document_authors", "document_publishers", "document_languages"):
        intake.children(resource, {"document_id": "documents"})
    intake.sourced("directives", parents={"document_id": "documents"})
    intake.definitions("terms")
    intake.sourced("term_names", parents={"term_id": "terms"})
    intake.findings += _check(intake)
    return built(intake)


def _check(intake: Intake) -> Iterator[Finding]:
    known = intake.known.get("documents", set())
    for document in intake.rows("documents"):
        yield from _parts(document, known, {name for _, name in intake.waiting})
        yield from _dates(document)
    named = {name["term_id"] for name in intake.rows("term_names")}
    for term in intake.rows("terms"):
        if term.record_id not in named:
            yield _finding(
                "no-name",
                term,
                "term_id",
                f"{term.record_id} has no name in term_names.csv. Add one, or take it out.",
            )


def _parts(document: Record, known: set[str], waiting: set[str]) -> Iterator[Finding]:
    whole = document["part_of_document_id"]
    if whole and (whole not in known or whole == document.record_id):
        message = f"{document.record_id} is part of {whole!r}, which is no other document. Add that document, or mend it."
        yield _finding("foreign-key", document, "part_of_document_id", message, whole)
    elif whole in waiting:
        message = f"{document.record_id} is part of {whole}, which waits. Empty part_of_document_id until it is published."
        yield _finding("foreign-key", document, "part_of_document_id", message, whole)


def _dates(document: Record) -> Iterator[Finding]:
    issued, published = document["issued_edtf"], document["published_edtf"]
    first = edtf.bounds(issued)[0] if issued else None
    last = edtf.bounds(published)[1] if published else None
    if first and last and last < first:
        message = f"{document.record_id} was published ({published}) before it was issued ({issued}). Mend one of them."
        yield _finding("date-order", document, "published_edtf", message, published)


def _finding(kind: str, record: Record, name: str, message: str, value: str = "") -> Finding:
    return Finding(
        kind,
        f"{message} {STATE}",
        record.place,
        NAME,
        field=name,
        value=value,
        record=record.record_id,
    )
