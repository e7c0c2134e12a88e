"""``xrecord add``: lead a document into raw/, asking for what it does not say."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xinjiang_record import exit_codes, extras, files, settings
from xinjiang_record.cli.output_path import refuse_released
from xinjiang_record.errors import UsageError

if TYPE_CHECKING:
    from xinjiang_record.proposals.add_document import Added, Input
    from xinjiang_record.proposals.draft import Draft
    from xinjiang_record.settings import Project


@click.command("add")
@click.argument("document", metavar="FILE|ADDRESS|SOURCE_ID")
@click.option(
    "--from-file",
    "saved",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The page of that address or source, saved in a browser.",
)
@click.option("--id", "statement_id", default="", help="The id of the statement's folder.")
@click.option(
    "--no-input", is_flag=True, help="Ask nothing: questions become findings, exit code 1."
)
@click.option(
    "--review",
    is_flag=True,
    help="Decide on a page in the browser, which this command serves on this machine only.",
)
@click.option(
    "--review-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the review page here and end; what it saves is for --apply.",
)
@click.option(
    "--apply",
    "decided",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Write what a review page saved.",
)
def add(
    document: str,
    saved: Path | None,
    statement_id: str,
    no_input: bool,
    review: bool,
    review_file: Path | None,
    decided: Path | None,
) -> None:
    """Lead a document into raw/: its source, snapshot, statements, votes and figures.

    What the document says is taken from it. What it does not say is asked, with the allowed values
    and their meaning. Nothing is published: look with xrecord preview, then xrecord run.

    \b
    xrecord add page.html
    xrecord add https://example.org/statement --from-file page.html
    xrecord add s-0082 --review
    """
    extras.require("extract")
    if sum((no_input, review, review_file is not None, decided is not None)) > 1:
        raise UsageError(
            "Expected at most one of --no-input, --review, --review-file and --apply. "
            "Nothing was written."
        )
    from xinjiang_record.proposals import add_document  # deferred: start-up
    from xinjiang_record.proposals.askers import NoInput, Terminal  # deferred: start-up

    project = settings.find_project()
    if review_file is not None:
        refuse_released(review_file, project.published)
    asker = NoInput() if no_input or review_file or decided else Terminal()
    try:
        found = add_document.open_input(project, document, saved, asker)
        draft = add_document.make_draft(found)
        _show_draft(draft)
        if review_file is not None:
            _write_page(project, found, draft, review_file)
            return
        if decided is not None:
            draft = _read_decided(decided)
        elif review:
            draft = _review(project, found, draft)
        else:
            add_document.ask_all(project, draft, asker, statement_id)
    except EOFError as error:
        raise UsageError(
            f"The input ended at the question {error}. Nothing was written. "
            "Answer on a terminal, or use --no-input or --review."
        ) from error
    if statement_id and not draft.statements:
        raise UsageError("--id: the document has no statement. Nothing was written.")
    added = add_document.write_draft(project, found, draft)
    questions = asker.findings if isinstance(asker, NoInput) else []
    _report(project, added, [*questions, *added.findings])


def _show_draft(draft: Draft) -> None:
    for number, statement in enumerate(draft.statements, 1):
        events: dict[str, int] = {}
        for row in statement.rows:
            events[row.event or "no event"] = events.get(row.event or "no event", 0) + 1
        said = ", ".join(f"{count} {event}" for event, count in events.items())
        title = statement.facts.get("title") or statement.locator
        print(f"statement {number}: {said}. {title}")
    print(f"Statements: {len(draft.statements)}. Figures: {len(draft.figures)}.")
    for finding in draft.findings:
        print(f"  {finding}")


def _write_page(project: Project, found: Input, draft: Draft, path: Path) -> None:
    from xinjiang_record.proposals.review_page import render_page  # deferred: start-up

    files.write_text(path, render_page(project, draft))
    name = found.path if found.source_id == "" else found.source_id
    print(f"Open {path} in a browser. Then: xrecord add {name} --apply SAVED.json")


def _read_decided(path: Path) -> Draft:
    from xinjiang_record.proposals.draft import read_draft  # deferred: start-up

    return read_draft(path)


def _review(project: Project, found: Input, draft: Draft) -> Draft:
    from xinjiang_record.proposals.review_page import render_page  # deferred: start-up
    from xinjiang_record.proposals.review_server import ReviewServer  # deferred: start-up

    with ReviewServer(render_page(project, draft)) as server:
        print(f"Review: {server.address}", flush=True)
        print("Press Save on the page when you have decided. Ctrl-C ends without writing.")
        return server.wait()


def _report(project: Project, added: Added, findings: list[str]) -> None:
    if added.source_id:
        print(f"source: {added.source_id}")
    for path in added.paths:
        print(f"written: {path.relative_to(project.root)}")
    if added.figures:
        print(f"figures: {', '.join(added.figures)}")
    for finding in findings:
        print(f"finding: {finding}")
    if added.paths or added.figures:
        print("Nothing is published yet. Look: xrecord preview. Then: xrecord run")
    else:
        print("No statement and no figure was written.")
    is_done = not findings and (added.paths or added.figures)
    sys.exit(exit_codes.DONE if is_done else exit_codes.FINDINGS)
