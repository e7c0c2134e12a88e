"""``xrecord schedule``: serve the flows on their crons."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping

import click

from xinjiang_record import extras, settings
from xinjiang_record.cli.checkout_flows import import_flow_module
from xinjiang_record.errors import UsageError
from xinjiang_record.settings import Project

PYDANTIC = re.compile(r"Value error, (.*?) \[type=")  # what is wrong, in a ValidationError
# What the flows need beyond the libraries of a run: they are other extras.
NEEDS = {"fetch": ("extract", "fetch"), "site": ("site",)}


@click.command()
@click.option(
    "--cron",
    metavar="CRON",
    help="When to run the pipeline: minute hour day month weekday, or none. [default: every day]",
)
@click.option("--fetch", metavar="CRON", help="When to fetch the sources that are due.")
@click.option("--verify", metavar="CRON", help="When to check the published releases.")
@click.option("--site", metavar="CRON", help="When to build the site.")
@click.option(
    "--timezone",
    default="UTC",
    show_default=True,
    help="The time zone of the crons, such as Europe/Berlin.",
)
@click.option(
    "--sweep", is_flag=True, help="Only mark runs whose process was killed as crashed, then exit."
)
def schedule(
    cron: str | None,
    fetch: str | None,
    verify: str | None,
    site: str | None,
    timezone: str,
    sweep: bool,
) -> None:
    """Serve the flows on their crons until Ctrl-C.

    Starts a Prefect server unless PREFECT_API_URL names one. One run at a time: a run that starts
    while another runs is cancelled. Deployments that an earlier schedule of this checkout served
    are removed. XRECORD_NOTIFY lists who is notified of a failure.

    \b
    xrecord schedule                              the pipeline, every day
    xrecord schedule --fetch "0 3 * * 0" --verify "0 7 * * *"
    """
    project = settings.find_project()
    settings.choose_project(str(project.root))  # for the processes that runs are
    if cron == "none" and not (fetch or verify or site):
        raise UsageError(
            "Nothing to serve: expected --cron, --fetch, --verify or --site, "
            "each as minute hour day month weekday."
        )
    for option, value in (("fetch", fetch), ("site", site)):
        for extra in NEEDS[option] if value else ():
            extras.require(extra)
    given = {"record": cron, "fetch": fetch, "verify": verify, "site": site}
    if sweep:
        _sweep(project)
    else:
        sys.exit(_serve(project, given, timezone))


def _sweep(project: Project) -> None:
    """Mark the runs whose process was killed, and print their names."""
    local_prefect_server = import_flow_module(project, "local_prefect_server")
    with local_prefect_server.running(lambda: None):
        for name in import_flow_module(project, "run_lock").sweep(project):
            print(f"crashed: {name}")


def _serve(project: Project, given: Mapping[str, str | None], timezone: str) -> int:
    """Serve the flows that have a cron until a signal comes, and return the exit code."""
    usual = import_flow_module(project, "schedule_times").CRONS["record"]
    daily = {None: usual, "none": None}.get(given["record"], given["record"])
    crons = {name: value for name, value in {**given, "record": daily}.items() if value}

    def check() -> None:
        """Refuse an invalid cron at once, and not after the start of a server."""
        serving = import_flow_module(project, "serve_schedule")
        try:
            serving.deployments(project, crons, timezone)
        except ValueError as error:
            found = PYDANTIC.search(str(error))
            raise UsageError(
                f"Invalid cron or time zone: {found[1] if found else error}. "
                "Expected a cron of five parts (minute hour day month weekday), such as "
                "'30 5 * * *', and a time zone such as UTC."
            ) from error

    local_prefect_server = import_flow_module(project, "local_prefect_server")
    with local_prefect_server.running(check) as url:
        serving = import_flow_module(project, "serve_schedule")
        for name, value in crons.items():
            print(f"{serving.PLANS[name].name}: {value} ({timezone})")
        print(
            f"Runs, logs and artifacts: {url.removesuffix('/api')}. Stop with Ctrl-C.",
            file=sys.stderr,
        )
        return int(serving.run(project, crons, timezone))
