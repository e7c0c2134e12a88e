"""``xrecord check``: check an article against the latest releases."""

from __future__ import annotations

from pathlib import Path

import click

from xinjiang_record import extras
from xinjiang_record.cli.source_commands.json_output import FORMATS, print_json


@click.command("check")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--format", "form", type=FORMATS, default="text", show_default=True)
@click.option("--encoding", help="The document's encoding, if the document does not declare it.")
@click.pass_context
def check(ctx: click.Context, file: Path, form: str, encoding: str | None) -> None:
    """Check the claims of an article against the latest releases.

    The exit code is 1 if a claim disagrees with the record.
    """
    extras.require("extract")
    from xinjiang_record import settings  # deferred: start-up
    from xinjiang_record.document_readers.open_document import open_document  # deferred: start-up
    from xinjiang_record.extract.check_article import check as check_article  # deferred: start-up
    from xinjiang_record.extract.check_article import load_record  # deferred: start-up

    verdicts = check_article(
        open_document(file, encoding=encoding), load_record(settings.find_project().published)
    )
    if form == "json":
        print_json([verdict.as_dict() for verdict in verdicts])
    else:
        for verdict in verdicts:
            print(f"{verdict.locator}\t{verdict.claim}: {verdict.text}")
        if not verdicts:
            print("No claim of a count, a signature or a figure was found.")
    ctx.exit(1 if any(verdict.outcome == "disagrees" for verdict in verdicts) else 0)
