"""``xrecord extract``: propose rows from a document."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xinjiang_record import extras
from xinjiang_record.cli.limited_command import LimitedCommand
from xinjiang_record.cli.output_path import refuse_released
from xinjiang_record.cli.source_commands.json_output import FORMATS, print_json
from xinjiang_record.untrusted.audit_wall import confined

if TYPE_CHECKING:
    from xinjiang_record.document_readers.document import Document
    from xinjiang_record.extract.extraction_report import Extract
    from xinjiang_record.extract.signatories.statement_model import Statement


@click.command("extract", cls=LimitedCommand)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option(
    "--as",
    "kind",
    type=click.Choice(["auto", "statement", "vote", "figures"]),
    default="auto",
    show_default=True,
)
@click.option("--format", "form", type=FORMATS, default="text", show_default=True)
@click.option("--encoding", help="The document's encoding, if the document does not declare it.")
@click.option(
    "--into",
    type=click.Path(path_type=Path),
    metavar="RAW",
    help="Write the statement's folder below this raw/ folder, for review.",
)
@click.option(
    "--id",
    "statement_id",
    help="With --into: the statement's id, such as 2019-07-08-hrc41-critical.",
)
@click.option(
    "--source", "source_id", default="", help="With --into: the source's id in raw/sources.csv."
)
@click.option(
    "--review",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="OUT.html",
    help="Write a page that shows each row in its place; xrecord add --apply takes what it saves.",
)
@click.pass_context
def extract(
    ctx: click.Context,
    file: Path,
    kind: str,
    form: str,
    encoding: str | None,
    into: Path | None,
    statement_id: str | None,
    source_id: str,
    review: Path | None,
) -> None:
    """Propose rows from a document: lists of states, votes and figures, each with its place.

    The exit code is 1 if there are findings. A warning, such as a figure whose population the
    document does not say, is shown and does not count.
    """
    extras.require("extract")
    for target in (into, review):
        if target is not None:
            refuse_released(target)
    from xinjiang_record.document_readers.open_document import open_document  # deferred: start-up
    from xinjiang_record.extract.extraction_report import (
        extract as extract_rows,  # deferred: start-up
    )

    with confined([file], scope="process"):
        document = open_document(file, encoding=encoding)
        result = extract_rows(document, kind)
    if into is not None:
        _write(into, statement_id, source_id, result, document.metadata.get("title", ""))
    if review is not None:
        _write_review(file, document, review)
    if form == "json":
        print_json(result.as_dict())
    else:
        _show(result)
    ctx.exit(result.exit_code)


def _write(
    into: Path, statement_id: str | None, source_id: str, result: Extract, title: str
) -> None:
    from xinjiang_record.errors import FindingsError, UsageError  # deferred: start-up
    from xinjiang_record.proposals.draft import draft_statement  # deferred: start-up
    from xinjiang_record.proposals.statement_folder import (
        write_statement,  # deferred: start-up
    )

    if not statement_id:
        raise UsageError(
            "--into needs --id, such as --id 2019-07-08-hrc41-critical. Nothing was written."
        )
    if not result.statements:
        raise FindingsError(
            "No list of states found, so no folder was written. Open the document, or give --as."
        )
    several = len(result.statements) > 1
    for number, statement in enumerate(result.statements, 1):
        name = f"{statement_id}-{number}" if several else statement_id
        draft = draft_statement(statement, title, name)
        for path in write_statement(into, draft, source_id):
            print(f"written for review: {path}", file=sys.stderr)


def _write_review(file: Path, document: Document, review: Path) -> None:
    from xinjiang_record import files, settings  # deferred: start-up
    from xinjiang_record.proposals.draft import draft_document  # deferred: start-up
    from xinjiang_record.proposals.review_page import render_page  # deferred: start-up

    draft = draft_document(document, files.sha256(file))
    files.write_text(review, render_page(settings.find_project(), draft))
    print(f"Open {review}. Then: xrecord add {file} --apply SAVED.json", file=sys.stderr)


def _show(result: Extract) -> None:
    for number, statement in enumerate(result.statements, 1):
        _show_statement(number, statement)
    for figure in result.figures:
        values = [
            f"{name} {value:,}"
            for name, value in (
                ("low", figure.value_low),
                ("high", figure.value_high),
                ("point", figure.value_point),
            )
            if value is not None
        ]
        cells = [figure.phrase, figure.qualifier, ", ".join(values) or "-", figure.unit or "-"]
        print("\t".join(["figure", figure.locator, *cells]))
    for finding in result.findings:
        print(f"finding\t{finding}")
    if not (result.statements or result.figures):
        print("Nothing found: no list of states and no figure.")


def _show_statement(number: int, statement: Statement) -> None:
    cells = [
        f"statement {number}",
        f"declared {statement.declared_count or '-'}",
        f"named {len(statement.signatories)}",
        f"lead {statement.lead_iso3 or '-'}",
        statement.symbol or statement.title or "-",
    ]
    print("\t".join(cells))
    for row in statement.signatories:
        because = f"{row.because.cue} ({row.because.language})" if row.because else "-"
        cells = [row.iso3 or "???", row.name, row.role, row.event or "?", row.locator, because]
        print("  " + "\t".join(cells))
