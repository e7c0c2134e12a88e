"""``xrecord check``: check an article against the latest releases."""

from __future__ import annotations

from pathlib import Path

import click

from xinjiang_record import extras
from xinjiang_record.cli.day_option import read_day_option
from xinjiang_record.cli.limited_command import LimitedCommand
from xinjiang_record.cli.release_commands.release_options import FROM, base_of
from xinjiang_record.cli.source_commands.json_output import print_json

FORMATS = click.Choice(["text", "json", "markdown", "html"])


@click.command("check", cls=LimitedCommand)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--format", "form", type=FORMATS, default="text", show_default=True)
@click.option("--date", "on", metavar="YYYY-MM-DD", help="The date of the article.")
@click.option("--encoding", help="The document's encoding, if the document does not declare it.")
@FROM
@click.pass_context
def check(
    ctx: click.Context,
    file: Path,
    form: str,
    on: str | None,
    encoding: str | None,
    base: str | None,
) -> None:
    """Check the claims of an article against the latest releases.

    Each claim gets a verdict for each of its parts, with the record's ids and sources. The exit
    code is 0 if nothing disagrees, 1 if something does, 4 if nothing checkable was understood.
    """
    extras.require("extract")
    from xinjiang_record.client import read_record  # deferred: start-up
    from xinjiang_record.document_readers.open_document import open_document  # deferred: start-up
    from xinjiang_record.extract.check.check_article import check_document  # deferred: start-up
    from xinjiang_record.extract.check.show_report import SHOWN  # deferred: start-up

    day = read_day_option("--date", on)
    document = open_document(file, encoding=encoding)
    report = check_document(document, read_record(base_of(base)), on=day)
    if form == "json":
        print_json([verdict.as_dict() for verdict in report.verdicts])
        click.echo(report.coverage, err=True)
    else:
        print(SHOWN[form](report))
    ctx.exit(report.exit_code)
