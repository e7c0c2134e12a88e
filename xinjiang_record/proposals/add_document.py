"""Lead one document into raw/: the workflow of ``xrecord add``.

1. Find the source by id or address, or register it.
2. Read the document, and store it as the snapshot of the source.
3. Draft every statement, vote and figure.
4. Ask what is missing, on the terminal or on the review page.
5. Write the folders and rows.
6. Build the package once, so that open problems are reported at once.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from xinjiang_record.document_readers.document import Document
from xinjiang_record.document_readers.open_document import open_document_bytes, read_unchanging_file
from xinjiang_record.errors import UsageError
from xinjiang_record.fetch import due_sources
from xinjiang_record.proposals import source_entry
from xinjiang_record.proposals.ask_statement import ask_statement
from xinjiang_record.proposals.askers import Asker, NoInput, Question
from xinjiang_record.proposals.draft import Draft, draft_document
from xinjiang_record.proposals.figure_rows import ask_figure, write_figures
from xinjiang_record.proposals.statement_folder import write_statement
from xinjiang_record.settings import Project


@dataclass(slots=True)
class Added:
    """Hold what was written, and what is still open."""

    source_id: str = ""
    paths: list[Path] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Input:
    """Hold a document with its source: an id, or the address and cells of a new one."""

    data: bytes
    document: Document
    address: str = ""
    source_id: str = ""
    cells: dict[str, str] = field(default_factory=dict)
    path: Path = Path("page")


def open_input(project: Project, what: str, saved: Path | None, asker: Asker) -> Input:
    """Return the document that ``what`` names: a file, an address, or a source id.

    Args:
        project: The checkout.
        what: A path, an address, or an id of raw/sources.csv.
        saved: The page of that address or id, saved by a person.
        asker: Answers what the page does not say of its source.

    Raises:
        UsageError: Unknown id, or a file without an address.
    """
    if not (source_entry.is_source_id(what) or source_entry.is_address(what)):
        saved, what = Path(what), ""
    row = source_entry.find_source(project, what) if what else None
    if saved is None:
        source_id = row["source_id"] if row else _register_address(project, what, asker)
        return _open_stored(project, source_id, row["url"] if row else what)
    data = read_unchanging_file(saved)
    document = open_document_bytes(data, saved.name)
    address = row["url"] if row else what or source_entry.read_saved_address(data)
    if not address:
        address = asker.ask(
            Question(
                "address",
                f"{saved.name}: at which address was this page?",
                check=lambda answer: (
                    "" if source_entry.is_address(answer) else "An address begins with https://."
                ),
            )
        )
    row = row or (source_entry.find_source(project, address) if address else None)
    found = Input(data, document, address, row["source_id"] if row else "", path=saved)
    if row is None and address:
        found.cells = source_entry.describe_source(address, data, document, asker)
    return found


def _register_address(project: Project, address: str, asker: Asker) -> str:
    """Register an address that a person gives, so that it can be fetched; return its id."""
    title = asker.ask(Question("title", f"{address}: what is the title of the page?"))
    publisher = asker.ask(Question("publisher", "Who publishes the page?"))
    cells = {"url": address, "title": title, "publisher": publisher}
    cells["recorded_on"] = source_entry.today()
    return source_entry.register_source(project, cells)


def _open_stored(project: Project, source_id: str, address: str) -> Input:
    path = source_entry.find_snapshot(project, source_id)
    if path is None:
        row = due_sources.read_registry(project)[source_id]
        result = due_sources.fetch_source(project, row)
        path = source_entry.find_snapshot(project, source_id)
        if path is None:
            raise UsageError(
                f"{source_id}: the page could not be stored ({result.message or result.action}). "
                f"Save it in a browser, then: xrecord add {source_id} --from-file PAGE.html"
            )
    data = read_unchanging_file(path)
    document = open_document_bytes(data, _name(project, source_id, path))
    return Input(data, document, address, source_id, path=path)


def _name(project: Project, source_id: str, path: Path) -> str:
    """Return a file name whose ending says what a snapshot is."""
    media = source_entry.media_type(project, path)
    endings = {"application/pdf": ".pdf", "text/plain": ".txt", "": ".html", "text/html": ".html"}
    return source_id + endings.get(media, "")


def make_draft(found: Input) -> Draft:
    """Return the draft of a document, with the cells of its source."""
    draft = draft_document(found.document, hashlib.sha256(found.data).hexdigest())
    draft.source = {"source_id": found.source_id, **found.cells}
    return draft


def ask_all(project: Project, draft: Draft, asker: Asker, statement_id: str = "") -> None:
    """Ask for all that the document leaves open; ``statement_id`` names the only statement."""
    kept = [item for item in draft.statements if item.keep]
    for number, statement in enumerate(kept, 1):
        if statement_id:
            several = len(kept) > 1
            statement.statement_id = f"{statement_id}-{number}" if several else statement_id
        ask_statement(project, statement, asker)
    if draft.figures and not isinstance(asker, NoInput):
        choices = [(str(n), item.phrase) for n, item in enumerate(draft.figures, 1)]
        text = "Which of these figures are to be added?"
        answer = asker.ask(Question("figures", text, choices, several=True, optional=True))
        for part in filter(None, answer.split(",")):
            draft.figures[int(part) - 1].keep = True
    for figure in draft.figures:
        if figure.keep:
            ask_figure(project, figure, asker)


def write_draft(project: Project, found: Input, draft: Draft) -> Added:
    """Register the source, store the snapshot, and write what is decided.

    Raises:
        UsageError: An invalid id, a folder that exists, or another document than the draft's.
    """
    if draft.sha256 != hashlib.sha256(found.data).hexdigest():
        raise UsageError(
            "The draft was made from another document: expected SHA-256 "
            f"{draft.sha256[:12]}…, got another. Make the draft again. Nothing was written."
        )
    added = Added(source_id=found.source_id)
    if not found.source_id and found.address:
        cells = {**found.cells, **{k: v for k, v in draft.source.items() if k != "source_id"}}
        added.source_id = source_entry.register_source(project, {**cells, "url": found.address})
    if added.source_id and source_entry.find_snapshot(project, added.source_id) is None:
        source_entry.store_saved_page(
            project, added.source_id, found.address, found.data, found.path
        )
    for statement in draft.statements:
        if not statement.keep:
            continue
        if not statement.statement_id:
            added.findings.append(
                f"statement at {statement.locator or 'the document'}: no id can be made without "
                "date, body and side. Give --id, or answer the questions. It was not written."
            )
            continue
        added.paths += write_statement(project.raw, statement, added.source_id)
    added.figures = write_figures(project, draft.figures, added.source_id)
    return added
