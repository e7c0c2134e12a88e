"""``xrecord validate``: check tables and data packages, with Frictionless's own report."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xinjiang_record import extras
from xinjiang_record.untrusted.audit_wall import confined

if TYPE_CHECKING:
    from xinjiang_record.validate.report import Report

FORMATS = ("text", "json", "github", "markdown", "junit")
# Formats that only the libraries of an extra read.
EXTRA_FORMATS = {".xlsx", ".xls", ".json", ".jsonl", ".ndjson"}


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--resource", metavar="NAME", help="Check only this resource of a package.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option(
    "--limit-errors",
    type=click.IntRange(min=0),
    default=1000,
    show_default=True,
    help="Stop after this many errors; 0: no limit.",
)
@click.option(
    "--strict", is_flag=True, help="Detect nothing: encoding, dialect and schema must be declared."
)
@click.option("--no-progress", is_flag=True, help="Don't show a progress bar on standard error.")
def validate(
    paths: tuple[str, ...],
    resource: str | None,
    form: str,
    limit_errors: int,
    strict: bool,
    no_progress: bool,
) -> None:
    """Check CSV, Parquet, resources and data packages against their schemas.

    The report (--format json) equals Frictionless's own, error for error. The exit code is 1 if
    there are errors.
    """
    from xinjiang_record.validate.api import validate_all  # deferred: start-up

    # A path that is a link, which the user has chosen, may be read; links inside may not lead out.
    folders = [folder for path in paths for folder in (Path(path).parent, Path(path).resolve())]
    with (
        _progress(paths, shown=not no_progress and sys.stderr.isatty()) as step,
        confined(folders, scope="process"),
    ):
        reports = validate_all(
            paths, resource=resource, limit_errors=limit_errors, strict=strict, step=step
        )
    from xinjiang_record.validate.report_formats import FORMATS as RENDERERS  # deferred: start-up

    click.echo(RENDERERS[form](reports), nl=False)
    _require_libraries(reports)
    if not all(report.valid for report in reports):
        raise click.exceptions.Exit(1)


def _require_libraries(reports: Sequence[Report]) -> None:
    """Stop if a table could not be read because the library for its format is missing."""
    for report in reports:
        for task in report.descriptor["tasks"]:
            if task["errors"] and Path(task["place"]).suffix.lower() in EXTRA_FORMATS:
                extras.require("excel")


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
