"""``xrecord versions``: list the releases."""

from __future__ import annotations

import click

from xinjiang_record.cli.print_table import print_table
from xinjiang_record.cli.release_commands.release_options import FROM, open_from


@click.command()
@click.argument("package", required=False)
@FROM
def versions(package: str | None, base: str | None) -> None:
    """List the releases of PACKAGE, or of all packages, oldest first, with the reasons for each."""
    from xinjiang_record.release.distribution.release_locations import (  # deferred: start-up
        fetch_ledger,
        list_packages,
    )

    location = open_from(base)
    rows = []
    for name in [package] if package else list_packages(location):
        for entry in fetch_ledger(location, name).versions:
            states = []
            if entry["withdrawn"]:
                states.append(f"withdrawn: {entry['withdrawn']['reason']}")
            if entry.get("archived"):
                states.append(f"archived at {entry['archived']}")
            rows.append(
                (
                    name,
                    entry["version"],
                    entry["created"][:10],
                    sum(entry["row_counts"].values()),
                    "; ".join(entry["reasons"]),
                    "; ".join(states),
                )
            )
    print_table(("package", "version", "created", "rows", "reasons", "state"), rows)
