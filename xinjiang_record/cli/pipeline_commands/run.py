"""``xrecord run``: the main job, as the Prefect flow or directly."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import TYPE_CHECKING

import click

from xinjiang_record import settings
from xinjiang_record.cli.checkout_flows import import_flow_module
from xinjiang_record.cli.pipeline_commands.show_outcomes import show_outcomes

if TYPE_CHECKING:
    from xinjiang_record.pipeline.outcome import Outcome
    from xinjiang_record.release.partitioned.executor import Engine


@click.command()
@click.argument("package", nargs=-1)
@click.option(
    "--direct",
    is_flag=True,
    help="Run without Prefect: the same functions, for development or where Prefect cannot start.",
)
@click.option(
    "--declare",
    metavar="VERSION",
    help="Publish as this version. A version smaller than the change needs is refused.",
)
@click.option(
    "--on",
    metavar="ADDRESS",
    default="",
    help="Run partitioned tables on this Dask scheduler, such as tcp://127.0.0.1:8786.",
)
@click.option(
    "--workers",
    type=click.IntRange(1),
    default=2,
    show_default=True,
    help="Without --on: run partitioned tables in this many processes.",
)
@click.option("--verbose", "-v", is_flag=True, help="Show every table, and the durations.")
def run(
    package: tuple[str, ...],
    direct: bool,
    declare: str | None,
    on: str,
    workers: int,
    verbose: bool,
) -> None:
    """Read raw/, validate it, and publish each PACKAGE that changed (default: all packages).

    Prints a table of the rows published and the facts in quarantine; plain lines when piped. If
    nothing changed, no version is published. The exit code is 1 if a package has findings: nothing
    of it is published, the others are.

    \b
    xrecord run                       all packages, as a Prefect flow
    xrecord run --direct documents    one package, without Prefect
    xrecord run --on tcp://host:8786  partitioned tables on an existing Dask cluster
    """
    from xinjiang_record import logs  # deferred: start-up
    from xinjiang_record.pipeline.outcome import exit_code  # deferred: start-up
    from xinjiang_record.pipeline.run import run as run_direct  # deferred: start-up
    from xinjiang_record.pipeline.run import select_packages  # deferred: start-up
    from xinjiang_record.release.integrity.version_numbers import (
        check_version,  # deferred: start-up
    )

    if declare is not None:
        check_version(declare)
    project = settings.find_project()
    names = select_packages(project, package)
    if direct:
        outcomes = run_direct(
            project, names, declare, _print_progress, partial(_engine, on, workers)
        )
    else:
        outcomes = _run_flow(package, declare, on, workers)
    show_outcomes(outcomes, verbose=verbose)
    if verbose or not sys.stdout.isatty():
        print(f"durations: {logs.in_words(logs.current().seconds)}", file=sys.stderr)
    sys.exit(exit_code(outcomes))


def _engine(on: str, workers: int) -> AbstractContextManager[Engine]:
    """Connect to the Dask scheduler at ``on``, or start ``workers`` processes if it is empty."""
    from xinjiang_record.pipeline.run import start_local_engine  # deferred: start-up

    if not on:
        return start_local_engine(workers)
    dask_executor = import_flow_module(settings.find_project(), "dask_executor")
    executor: AbstractContextManager[Engine] = dask_executor.DaskEngine(on)
    return executor


def _print_progress(outcome: Outcome) -> None:
    print(
        f"{outcome.package}: {outcome.status} {outcome.shown_version} ({outcome.seconds:.2f} s)",
        file=sys.stderr,
    )


def _run_flow(names: Sequence[str], declare: str | None, on: str, workers: int) -> list[Outcome]:
    """Run the Prefect flow; say so first, because the start of a server takes most of the time.

    The server boots while this process imports Prefect.
    """
    project = settings.find_project()
    settings.export({"XRECORD_DASK": on, "XRECORD_WORKERS": str(workers)})
    server = settings.environment("PREFECT_API_URL")
    where = (
        f"the Prefect server at {server}"
        if server
        else "a server of its own (3 to 20 s to start; --direct runs without it)"
    )
    print(f"Running as a Prefect flow on {where}.", file=sys.stderr)
    with _spinner("Packages run in parallel; Prefect takes most of this time."):
        local_prefect_server = import_flow_module(project, "local_prefect_server")
        with local_prefect_server.for_one_run() as wait_until_ready:
            pipeline = import_flow_module(project, "pipeline")
            wait_until_ready()
            outcomes: list[Outcome] = pipeline.run_in_process(list(names), declare)
            return outcomes


def _spinner(text: str) -> AbstractContextManager[object]:
    """Show that something happens, on a terminal only."""
    if not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console  # deferred: start-up

    return Console(stderr=True).status(text)
