"""``xrecord describe``: write a first draft of a schema for a data file."""

from __future__ import annotations

import click

from xinjiang_record.cli.source_commands.json_output import print_json
from xinjiang_record.untrusted.escape_text import escape_unprintable


@click.command()
@click.argument("path", metavar="FILE")
def describe(path: str) -> None:
    """Print a resource descriptor of a CSV, Parquet or Arrow file as JSON.

    A type is given only where every cell has its form. What is not sure is printed to standard
    error: check it before you use the draft.
    """
    from xinjiang_record.validate.describe import describe as make_draft  # deferred: start-up

    resource, notes = make_draft(path)
    print_json(resource)
    for note in notes:
        click.echo(f"not sure: {escape_unprintable(note)}", err=True)
