"""``xrecord history``: show what happened to one row, and its evidence."""

from __future__ import annotations

import click

from xinjiang_record.cli.print_table import print_table
from xinjiang_record.cli.release_commands.release_options import FROM, open_from, print_warning


@click.command()
@click.argument("record")
@click.option("--package", help="Search this package only.")
@click.option("--field", default="", help="Show the evidence for this field only.")
@FROM
def history(record: str, package: str | None, field: str, base: str | None) -> None:
    """Show what happened to a row in each release, and its evidence.

    RECORD is the row's primary key; a key of several fields has commas between them.

    \b
    xrecord history 2019-07-12-hrc41-supportive.QAT
    xrecord history s-0041 --package documents
    """
    from xinjiang_record.errors import UsageError, suggest_names  # deferred: start-up
    from xinjiang_record.release.changes import record_history as past  # deferred: start-up
    from xinjiang_record.release.distribution.release_locations import (  # deferred: start-up
        find_newest_release,
        find_release,
        list_packages,
    )

    location = open_from(base)
    names = [package] if package else list(list_packages(location))
    events = past.find_history(location, names, record)
    found = dict.fromkeys(event.package for event in events)
    newest = {name: find_newest_release(location, name) for name in found}
    if field:
        known = {event.field for event in events} | {
            str(row["evidence_field"])
            for release in newest.values()
            for row in past.find_evidence(release, record)
            if row["evidence_field"]
        }
        if field not in known:
            hint = suggest_names(field, sorted(known))
            raise UsageError(f"{record} has no field {field!r} with a value or evidence. {hint}")
    columns = ("package", "version", "table", "op", "field", "old", "new", "reason", "source")
    print_table(columns, [[getattr(event, name) for name in columns] for event in events])
    for name, version in dict.fromkeys((event.package, event.version) for event in events):
        print_warning(find_release(location, name, version).withdrawal_notice)
    rows = [
        row for release in newest.values() for row in past.find_evidence(release, record, field)
    ]
    if rows:
        print()
        shown = (
            "evidence_field",
            "source_id",
            "source_publisher",
            "source_url",
            "locator",
            "as_printed",
            "verification",
        )
        print_table(
            ("field", "source", "publisher", "address", "where", "as printed", "verification"),
            # A row that is derived from several events may have one line of a source for each.
            list(dict.fromkeys(tuple(row[name] or "" for name in shown) for row in rows)),
        )
