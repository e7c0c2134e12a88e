"""``xrecord withdraw``: flag a release as withdrawn."""

from __future__ import annotations

import click

from xinjiang_record import settings
from xinjiang_record.cli.day_option import read_day_option
from xinjiang_record.cli.release_commands.release_options import split_release_name
from xinjiang_record.errors import UsageError


@click.command()
@click.argument("release")
@click.option("--reason", required=True, help="The reason, for people who cited the release.")
@click.option(
    "--on", metavar="DATE", help="The day of the withdrawal, YYYY-MM-DD. [default: today]"
)
def withdraw(release: str, reason: str, on: str | None) -> None:
    """Flag RELEASE (PACKAGE@VERSION) as withdrawn.

    Its bytes stay. ``latest`` moves to the newest release that is not withdrawn.
    """
    from xinjiang_record.release.withdraw import withdraw as flag  # deferred: start-up

    name, version = split_release_name(release)
    if "@" not in release:
        raise UsageError(f"Invalid release {release!r}: expected PACKAGE@VERSION.")
    day = read_day_option("--on", on) or settings.now().date()
    ledger = flag(settings.find_project().published, name, version, reason, day.isoformat())
    latest = ledger.latest["version"] if ledger.latest else "not set: every release is withdrawn"
    print(f"{name} {version} is withdrawn. Its bytes are kept; latest is {latest}.")
