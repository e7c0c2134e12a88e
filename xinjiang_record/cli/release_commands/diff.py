"""``xrecord diff``: show what changed between two releases."""

from __future__ import annotations

import re
import sys

import click

from xinjiang_record.cli.print_table import print_table
from xinjiang_record.cli.release_commands.release_options import FROM, open_from, print_warning
from xinjiang_record.untrusted.escape_text import escape_markdown, escape_unprintable

# The sentence of a change begins with its table as code, unless it says it in words.
TABLE = re.compile("`[a-z0-9_-]+` ")


@click.command()
@click.argument("package")
@click.argument("old")
@click.argument("new", default="latest")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "csv", "markdown"]),
    default="text",
    help="The form of the output.",
    show_default=True,
)
@FROM
def diff(package: str, old: str, new: str, form: str, base: str | None) -> None:
    """Show what changed in PACKAGE from version OLD to NEW, field by field.

    NEW is the latest version if not given. Each change has its reason and source.

    \b
    xrecord diff joint-statements 1.0.0 1.1.0
    xrecord diff joint-statements 1.0.0 --format csv > changes.csv
    """
    from xinjiang_record.release.changes.record_history import (  # deferred: start-up
        compare_versions,
        describe_changes,
    )
    from xinjiang_record.release.changes.row_diff import CHANGES  # deferred: start-up
    from xinjiang_record.release.distribution.release_locations import (
        find_release,  # deferred: start-up
    )
    from xinjiang_record.release.tables.csv_text import format_csv  # deferred: start-up

    location = open_from(base)
    changes = compare_versions(location, package, old, new)
    before, after = (find_release(location, package, version) for version in (old, new))
    for release in (before, after):
        print_warning(release.withdrawal_notice)
    if form == "csv":
        sys.stdout.write(
            format_csv(CHANGES, [[change[name] for name in CHANGES] for change in changes])
        )
    elif form == "markdown":
        for sentence in describe_changes(location, package, new, changes):
            print(f"- {_escape_sentence(sentence)}")
    else:
        print_table(CHANGES, [[change[name] for name in CHANGES] for change in changes])
    if not changes:
        print(
            f"{package}: nothing changed from {before.version} to {after.version}.", file=sys.stderr
        )


def _escape_sentence(sentence: str) -> str:
    table = TABLE.match(sentence)
    at = table.end() if table else 0
    return sentence[:at] + escape_unprintable(escape_markdown(sentence[at:]))
