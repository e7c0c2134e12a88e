"""``xrecord cite``: print a citation."""

from __future__ import annotations

import click

from xinjiang_record.cli.release_commands.release_options import (
    FROM,
    open_from,
    print_warning,
    split_release_name,
)
from xinjiang_record.untrusted.escape_text import LAYOUT, escape_unprintable


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
    from xinjiang_record.release.distribution.cited_address import (
        add_address,  # deferred: start-up
    )
    from xinjiang_record.release.distribution.release_locations import (
        find_release,  # deferred: start-up
    )
    from xinjiang_record.release.metadata.citation import format_citation  # deferred: start-up

    name, version = split_release_name(package)
    release = find_release(open_from(base), name, version)
    print_warning(release.withdrawal_notice)
    text = format_citation(add_address(release.info), style)
    print(escape_unprintable(text, keep=LAYOUT), end="")
