"""``xrecord cite``: print a citation."""

from __future__ import annotations

import click

from xinjiang_record.cli.release_commands.release_options import FROM, base_of, split_release_name


@click.command()
@click.argument("package", default="joint-statements")
@click.option(
    "--style",
    type=click.Choice(["text", "bibtex", "ris", "csl", "cff"]),
    default="text",
    help="The form of the citation.",
)
@FROM
def cite(package: str, style: str, base: str | None) -> None:
    """Print how to cite PACKAGE or PACKAGE@VERSION."""
    from xinjiang_record import client  # deferred: start-up

    name, version = split_release_name(package)
    print(client.cite(name, style=style, version=version, base=base_of(base)), end="")
