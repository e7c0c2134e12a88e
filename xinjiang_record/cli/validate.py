"""``xrecord validate``: check tables and data packages, with Frictionless's own report."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from xinjiang_record import exit_codes
from xinjiang_record.untrusted.audit_wall import confined

FORMATS = ("text", "json", "github", "markdown", "junit")


def _split(value: str | None) -> list[str]:
    return [item.strip() for item in (value or "").split(",") if item.strip()]


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--resource", metavar="NAME", help="Check only this resource of a package.")
@click.option("--schema", metavar="FILE", help="The Table Schema of the data files.")
@click.option("--schema-sync", is_flag=True, help="Match columns by name; columns may lack.")
@click.option(
    "--standard",
    type=click.Choice(("v2",)),
    help="Apply the rules and the defaults of Data Package 2.0, not Frictionless's.",
)
@click.option(
    "--strict",
    is_flag=True,
    help="Guess nothing: what is not declared is the standard's default. Implies --standard v2.",
)
@click.option("--map", "maps", multiple=True, metavar="ADDRESS=FILE", help="A local copy.")
@click.option("--pick", metavar="TYPES", help="Report only errors of these types.")
@click.option("--skip", metavar="TYPES", help="Report no errors of these types.")
@click.option("--checks", metavar="NAMES", help="Further checks of Frictionless, by name.")
@click.option("--checklist", metavar="FILE", help="A Frictionless checklist.")
@click.option("--descriptor-only", is_flag=True, help="Check the descriptor and read no data.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option(
    "--limit-errors",
    type=click.IntRange(min=0),
    default=1000,
    show_default=True,
    help="Stop after this many errors; 0: no limit.",
)
@click.option(
    "--packages-of",
    is_flag=True,
    help="Check the data packages that the given files belong to, and no other file.",
)
@click.option("--no-hash", is_flag=True, help="Compute no hashes that are not declared.")
@click.option("--summary", metavar="FILE", help="Append a Markdown report to this file too.")
@click.option("--no-progress", is_flag=True, help="Don't show a progress bar on standard error.")
def validate(
    paths: tuple[str, ...],
    resource: str | None,
    schema: str | None,
    schema_sync: bool,
    standard: str | None,
    strict: bool,
    maps: tuple[str, ...],
    pick: str | None,
    skip: str | None,
    checks: str | None,
    checklist: str | None,
    descriptor_only: bool,
    form: str,
    limit_errors: int,
    packages_of: bool,
    no_hash: bool,
    summary: str | None,
    no_progress: bool,
) -> None:
    """Check tables, folders, resources and data packages against their schemas.

    The path - is standard input. The report (--format json) equals Frictionless's own, error for
    error, but for the differences that docs/validate.md lists. The exit code is 1 if there are
    errors.
    """
    from xinjiang_record.validate.api import validate_all  # deferred: start-up
    from xinjiang_record.validate.opening.options import (  # deferred: start-up
        find_packages,
        make_checklist,
        read_maps,
    )

    if packages_of:
        paths = find_packages(paths)

    # A path that is a link, which the user has chosen, may be read; links inside may not lead out.
    mapped = read_maps(maps)
    extra = make_checklist(_split(pick), _split(skip), _split(checks), checklist)
    named: list[str | Path] = [*paths, *([schema] if schema else []), *mapped.values()]
    folders = [folder for path in named for folder in (Path(path).parent, Path(path).resolve())]
    with (
        _progress(paths, shown=not no_progress and sys.stderr.isatty()) as step,
        confined(folders, scope="process"),
    ):
        reports = validate_all(
            paths,
            step=step,
            resource=resource,
            limit_errors=limit_errors,
            strict=strict,
            standard=standard,
            schema=schema,
            schema_sync=schema_sync,
            maps=mapped,
            checklist=extra,
            descriptor_only=descriptor_only,
            hashed=form == "json" and not no_hash,  # no other report shows a hash
        )
    from xinjiang_record.validate.report_formats import FORMATS as RENDERERS  # deferred: start-up

    click.echo(RENDERERS[form](reports), nl=False)
    if summary is not None:
        with open(summary, "a", encoding="utf-8") as stream:
            stream.write(RENDERERS["markdown"](reports))
    if not all(report.valid for report in reports):
        raise click.exceptions.Exit(exit_codes.FINDINGS)


@contextlib.contextmanager
def _progress(
    paths: tuple[str, ...], *, shown: bool
) -> Iterator[Callable[[str, int, int], None] | None]:
    """Show a bar over the bytes read if ``shown``; yield the function that moves it, or None."""
    if not shown:
        yield None
        return
    from rich.console import Console  # deferred: start-up
    from rich.progress import (  # deferred: start-up
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    parts = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*parts, console=console, transient=True) as bar:
        tasks: dict[str, object] = {}

        def step(path: str, done: int, total: int) -> None:
            if path not in tasks:
                tasks[path] = bar.add_task(path.rpartition("/")[2], total=total)
            bar.update(tasks[path], completed=done)  # type: ignore[arg-type]

        yield step
