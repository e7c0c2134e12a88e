"""``xrecord fetch``: take snapshots of the listed sources."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xinjiang_record import exit_codes, settings
from xinjiang_record.cli.source_commands.json_output import print_json
from xinjiang_record.errors import UsageError

if TYPE_CHECKING:
    from xinjiang_record.fetch.due_sources import FetchResult


@click.command("fetch")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option("--due", is_flag=True, help="Fetch all sources not checked for a month.")
@click.option("--limit", type=click.IntRange(1), help="With --due: fetch at most this many.")
@click.option("--warc", is_flag=True, help="Also write the exchange as a web archive (WARC).")
@click.option(
    "--from-file",
    "saved",
    type=click.Path(exists=True, dir_okay=False),
    help="Store this file, which you saved, as the snapshot of the one SOURCE; no network.",
)
@click.option(
    "--verify",
    "check",
    is_flag=True,
    help="Check the stored snapshots and the custody log; no network.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="The form of the output; json: a line a source, each an object.",
)
def fetch(
    sources: tuple[str, ...],
    due: bool,
    limit: int | None,
    warc: bool,
    saved: str | None,
    check: bool,
    form: str,
) -> None:
    """Take a snapshot of each SOURCE, a source_id or an address of raw/sources.csv.

    The exit code is 1 if a source has changed, is gone, or returns an error page, and 3 if one
    could not be fetched.
    """
    from xinjiang_record.fetch import custody_log, due_sources  # deferred: start-up

    if check + due + bool(sources) != 1:
        raise UsageError(
            "Expected exactly one of sources, --due and --verify. See: xrecord fetch --help."
        )
    if saved and (len(sources) != 1 or warc):
        raise UsageError("--from-file: expected one SOURCE and no --warc. A file has no exchange.")
    project = settings.find_project()
    if check:
        findings = due_sources.verify_sources(project)
        for finding in findings:
            click.echo(str(finding))
        click.echo(f"findings: {len(findings)}", err=True)
        sys.exit(exit_codes.FINDINGS if findings else exit_codes.DONE)
    known = due_sources.read_registry(project)
    rows = (
        due_sources.list_due_sources(
            known, custody_log.read_custody_log(project.raw), settings.now()
        )[:limit]
        if due
        else due_sources.select_sources(known, sources)
    )
    looks = []
    for look in (
        [due_sources.keep_file(project, rows[0], Path(saved))]
        if saved
        else due_sources.fetch_sources(project, rows, warc=warc)
    ):
        looks.append(look)
        _show(look, form)
    findings_count = sum(look.finding is not None for look in looks)
    failed = sum(look.action == "failed" for look in looks)
    click.echo(
        f"sources: {len(looks)}, findings: {findings_count}, not fetched: {failed}", err=True
    )
    if any(look.action == "failed" and not look.finding for look in looks):
        sys.exit(exit_codes.ENVIRONMENT)
    sys.exit(exit_codes.FINDINGS if findings_count else exit_codes.DONE)


def _show(look: FetchResult, form: str) -> None:
    if form == "json":
        finding = (
            {"type": look.finding.type, "message": look.finding.message} if look.finding else None
        )
        value = {
            "source_id": look.source_id,
            "url": look.url,
            "action": look.action,
            "sha256": look.sha256,
        }
        print_json({**value, "finding": finding, "message": look.message}, indent=None)
        return
    click.echo(f"{look.source_id} {look.action} {look.sha256[:12]} {look.url}".replace("  ", " "))
    if look.finding:
        click.echo(f"  {look.finding}")
    elif look.message:
        click.echo(f"  {look.message}")
