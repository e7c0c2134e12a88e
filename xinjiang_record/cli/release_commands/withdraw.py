"""``xrecord withdraw``: flag a release as withdrawn."""

from __future__ import annotations

import click

from xinjiang_record import settings
from xinjiang_record.errors import UsageError


@click.command()
@click.argument("release")
@click.option("--reason", required=True, help="Why, for those who have cited it.")
@click.option("--on", metavar="DATE", help="The day of the withdrawal, if not today.")
def withdraw(release: str, reason: str, on: str | None) -> None:
    """Flag a RELEASE (PACKAGE@VERSION) as withdrawn. Its bytes stay; latest moves to the release before it."""
    from datetime import date

    from xinjiang_record.release.withdraw import withdraw as flag

    name, at, version = release.partition("@")
    if not at or not version:
        raise UsageError(f"{release!r}: name one release, as PACKAGE@VERSION.")
    try:
        day = date.fromisoformat(on) if on else settings.now().date()
    except ValueError as error:
        raise UsageError(f"{on!r} is no day. Write it as 2026-01-31.") from error
    ledger = flag(settings.find_project().published, name, version, reason, day.isoformat())
    latest = ledger.latest["version"] if ledger.latest else "nothing: every release is withdrawn"
    print(f"{name} {version} is withdrawn. Its bytes stay; latest is {latest}.")
