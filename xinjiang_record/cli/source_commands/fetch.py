"""``xrecord fetch``: look at registered sources, and keep snapshots of them."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from xinjiang_record import settings
from xinjiang_record.errors import UsageError

if TYPE_CHECKING:
    from xinjiang_record.fetch.due_sources import Look


@click.command("fetch")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option("--due", is_flag=True, help="All sources not looked at for a month.")
@click.option("--limit", type=click.IntRange(1), help="With --due: at most so many.")
@click.option("--warc", is_flag=True, help="Keep the whole exchange as a web archive too.")
@click.option(
    "--verify",
    "check",
    is_flag=True,
    help="Re-prove the snapshots and the custody log that are here; no network.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How to print what was found.",
)
def fetch(
    sources: tuple[str, ...], due: bool, limit: int | None, warc: bool, check: bool, form: str
) -> None:
    """Take a snapshot of each SOURCE (a source_id or an address of raw/sources.csv).

    Exit code 1: a source has changed, is gone, or answers with an error page: a look is needed. 3: one could not be had.
    """
    from xinjiang_record.fetch import custody_log, due_sources

    if check + due + bool(sources) != 1:
        raise UsageError(
            "Name sources, or give --due, or --verify: one of the three. xrecord fetch --help says more."
        )
    project = settings.find_project()
    if check:
        findings = due_sources.verify(project)
        for finding in findings:
            click.echo(str(finding))
        click.echo(f"{len(findings)} findings", err=True)
        sys.exit(1 if findings else 0)
    known = due_sources.registry(project)
    rows = (
        due_sources.due(known, custody_log.read(project.raw), settings.now())[:limit]
        if due
        else due_sources.chosen(known, sources)
    )
    looks = []
    for look in due_sources.refresh(project, rows, warc=warc):
        looks.append(look)
        _show(look, form)
    findings_count, failed = (
        sum(look.finding is not None for look in looks),
        sum(look.action == "failed" for look in looks),
    )
    click.echo(f"{len(looks)} sources: {findings_count} findings, {failed} not had", err=True)
    sys.exit(
        3
        if any(look.action == "failed" and not look.finding for look in looks)
        else 1
        if findings_count
        else 0
    )


def _show(look: Look, form: str) -> None:
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
        click.echo(
            json.dumps({**value, "finding": finding, "message": look.message}, ensure_ascii=False)
        )
        return
    click.echo(f"{look.source_id} {look.action} {look.sha256[:12]} {look.url}".replace("  ", " "))
    if look.finding:
        click.echo(f"  {look.finding}")
    elif look.message:
        click.echo(f"  {look.message}")
