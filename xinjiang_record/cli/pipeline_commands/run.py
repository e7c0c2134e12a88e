"""``xrecord run``: the main job, as the Prefect flow or directly."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import TYPE_CHECKING

import click

from xinjiang_record import settings

if TYPE_CHECKING:
    from xinjiang_record.pipeline.outcome import Outcome
    from xinjiang_record.release.partitioned.executor import Engine

SHOWN_FINDINGS = 100  # findings printed for one package; the record of the failure holds all


@click.command()
@click.argument("package", nargs=-1)
@click.option(
    "--direct",
    is_flag=True,
    help="The same functions without Prefect: for the edit loop, and where Prefect cannot start.",
)
@click.option(
    "--declare",
    metavar="VERSION",
    help="Publish as this version; one smaller than the change needs is refused.",
)
@click.option(
    "--on",
    metavar="ADDRESS",
    default="",
    help="Run tables in partitions on this Dask scheduler's workers, such as tcp://127.0.0.1:8786.",
)
@click.option(
    "--workers",
    type=click.IntRange(1),
    default=2,
    show_default=True,
    help="Without --on: run tables in partitions in so many processes of this machine.",
)
def run(package: tuple[str, ...], direct: bool, declare: str | None, on: str, workers: int) -> None:
    """Read raw/, validate, and publish every PACKAGE that changed (all, if none is named).

    Prints a table of what came in, what is published and what waits in quarantine. Nothing changed: no new version.
    Exit code 1 if a package has findings: nothing of it is published, the others are.

    \b
    xrecord run                       all packages, as a Prefect flow
    xrecord run --direct documents    one package, without Prefect
    xrecord run --on tcp://host:8786  tables in partitions on an existing Dask cluster
    """
    from xinjiang_record import logs
    from xinjiang_record.pipeline import run as record
    from xinjiang_record.pipeline.outcome import exit_code

    project = settings.find_project()
    names = record.select_packages(project, package)
    if direct:
        outcomes = record.run(project, names, declare, _progress, partial(_engine, on, workers))
    else:
        outcomes = _flow(names, declare, on, workers)
    show(outcomes)
    print(f"durations: {logs.in_words(logs.current().seconds)}", file=sys.stderr)
    sys.exit(exit_code(outcomes))


def _engine(on: str, workers: int) -> AbstractContextManager[Engine]:
    from xinjiang_record.pipeline import run as record

    if not on:
        return record.start_local_engine(workers)
    from xinjiang_record.cli.checkout_flows import import_flow_module

    dask_executor = import_flow_module(settings.find_project(), "dask_executor")
    executor: AbstractContextManager[Engine] = dask_executor.DaskEngine(on)
    return executor


def _progress(outcome: Outcome) -> None:
    print(
        f"{outcome.package}: {outcome.status} {outcome.version} ({outcome.seconds:.2f} s)",
        file=sys.stderr,
    )


def _flow(names: Sequence[str], declare: str | None, on: str, workers: int) -> list[Outcome]:
    """Run the Prefect flow; says so while the server starts, which takes most of the time."""
    server = settings.environment("PREFECT_API_URL")
    where = (
        f"the Prefect server at {server}"
        if server
        else "Prefect's own server (7 to 20 s to start; --direct does without)"
    )
    print(f"Running as a Prefect flow on {where}.", file=sys.stderr)
    with _spinner("The packages run side by side; Prefect takes most of this time."):
        from xinjiang_record.cli.checkout_flows import import_flow_module

        pipeline = import_flow_module(settings.find_project(), "pipeline")
        outcomes: list[Outcome] = pipeline.run_record(list(names), declare, on, workers)
        return outcomes


def _spinner(text: str) -> AbstractContextManager[object]:
    """Something that moves while a person waits at a terminal; nothing when the output is piped."""
    if not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console

    return Console(stderr=True).status(text)


def show(outcomes: Sequence[Outcome]) -> None:
    """Print the findings, then a table: a package's version, rows published, facts in quarantine."""
    for outcome in outcomes:
        for finding in outcome.findings[:SHOWN_FINDINGS]:
            print(f"{'warning: ' if finding.severity == 'warning' else ''}{finding}")
        if len(outcome.findings) > SHOWN_FINDINGS:
            print(
                f"... and {len(outcome.findings) - SHOWN_FINDINGS} more findings of {outcome.package}; runs/ holds all."
            )
    if sys.stdout.isatty():
        _show_table(outcomes)
    else:
        _show_lines(outcomes)
    for outcome in outcomes:
        if outcome.error:
            print(f"xrecord: {outcome.package}: {outcome.error}", file=sys.stderr)
            print(f"Nothing of {outcome.package} was published.", file=sys.stderr)


def _cells(outcome: Outcome) -> tuple[str, str, str, str, str]:
    from xinjiang_record.pipeline.run_report import counts

    if outcome.status == "failed":
        return outcome.package, "failed", "-", "nothing", "-"
    return (
        outcome.package,
        outcome.status,
        outcome.version,
        counts(outcome.rows),
        counts(outcome.quarantined) or "none",
    )


def _show_lines(outcomes: Sequence[Outcome]) -> None:
    for outcome in outcomes:
        package, status, version, rows, waiting = _cells(outcome)
        print(f"{package}\t{status}\t{version}\tpublished: {rows}\tin quarantine: {waiting}")


def _show_table(outcomes: Sequence[Outcome]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("package", "table", "rows published", "facts in quarantine")
    for outcome in outcomes:
        version = (
            "failed: nothing published"
            if outcome.status == "failed"
            else f"{outcome.version}, {outcome.status}"
        )
        table.add_row(f"[bold]{outcome.package}[/bold]", f"[bold]{version}[/bold]")
        published, held = dict(outcome.rows), dict(outcome.quarantined)
        for name in () if outcome.status == "failed" else dict.fromkeys([*published, *held]):
            table.add_row("", name, str(published.get(name, "")), str(held.get(name, "")))
        table.add_section()
    Console().print(table)
