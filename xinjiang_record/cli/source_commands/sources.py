"""``xrecord sources``: audit the listed sources."""

from __future__ import annotations

from dataclasses import asdict

import click

from xinjiang_record import settings
from xinjiang_record.cli.source_commands.json_output import FORMATS, print_json

PROBLEMS = ("copy-for-primary", "dead-link", "no-snapshot", "no-title", "not-classified")


@click.group("sources")
def sources() -> None:
    """Audit the sources of raw/sources.csv."""


@sources.command("audit")
@click.option(
    "--problem",
    "wanted",
    type=click.Choice(PROBLEMS),
    multiple=True,
    help="Only sources with this problem; may be repeated.",
)
@click.option("--limit", type=click.IntRange(1), help="Show at most this many.")
@click.option(
    "--format",
    "form",
    type=FORMATS,
    default="text",
    show_default=True,
    help="The form of the output; json: a line a source, each an object.",
)
def audit(wanted: tuple[str, ...], limit: int | None, form: str) -> None:
    """List what the sources lack, those on which most facts hang first. Opens no connection.

    \b
    copy-for-primary  cited, though a primary of the same facts is known
    dead-link         gone when it was last fetched; its facts stay
    no-snapshot       never fetched: xrecord fetch SOURCE, or --from-file
    no-title          without title and label
    not-classified    neither its kind nor its host says how near it is
    """
    from xinjiang_record.pipeline.source_audit import audit_sources  # deferred: start-up

    found = audit_sources(settings.find_project())
    if wanted:
        found = [item for item in found if set(wanted) & set(item.problems)]
    for item in found[:limit]:
        if form == "json":
            print_json(asdict(item), indent=None)
            continue
        click.echo(
            f"{item.source_id}\t{item.fact_count} facts, {item.alone_count} on it alone\t"
            f"{item.nearness}\t{', '.join(item.problems)}\t{item.url}"
        )
        if item.primaries:
            click.echo(f"\tprimary: {', '.join(item.primaries[:5])}")
    click.echo(
        "; ".join(f"{name}: {sum(name in item.problems for item in found)}" for name in PROBLEMS),
        err=True,
    )
