"""``xrecord schedule``: serve the flows on their crons."""

from __future__ import annotations

import sys

import click

from xinjiang_record import settings
from xinjiang_record.errors import UsageError

DAILY = "30 5 * * *"


@click.command()
@click.option(
    "--cron",
    default=DAILY,
    show_default=True,
    help="When to run the record: minute hour day month weekday.",
)
@click.option(
    "--fetch", metavar="CRON", help="When to look at the sources that are due; not unless given."
)
@click.option(
    "--verify", metavar="CRON", help="When to prove what is published again; not unless given."
)
@click.option(
    "--timezone",
    default="UTC",
    show_default=True,
    help="Whose hours these are, such as Europe/Berlin.",
)
@click.option(
    "--sweep", is_flag=True, help="Only mark runs whose process was killed as crashed, then end."
)
def schedule(cron: str, fetch: str | None, verify: str | None, timezone: str, sweep: bool) -> None:
    """Serve the flows on their crons until Ctrl-C, with a Prefect server of its own unless PREFECT_API_URL names one.

    One run at a time: one that comes while another runs is cancelled. XRECORD_NOTIFY says who is told of a failure.

    \b
    xrecord schedule                              the record, every day at 05:30 UTC
    xrecord schedule --fetch "0 3 * * 0" --verify "0 7 * * *"
    """
    project = settings.find_project()
    crons = {
        name: value
        for name, value in (("record", cron), ("fetch", fetch), ("verify", verify))
        if value
    }
    if not crons:
        raise UsageError(
            "Nothing is to be served. Give --cron, --fetch or --verify: minute hour day month weekday."
        )
    from xinjiang_record.cli.checkout_flows import import_flow_module

    local_prefect_server = import_flow_module(project, "local_prefect_server")
    print("Looking for Prefect's server; starting one takes 7 to 20 s.", file=sys.stderr)
    with local_prefect_server.running() as url:
        run_lock = import_flow_module(project, "run_lock")
        serving = import_flow_module(project, "schedule")

        if sweep:
            for name in run_lock.sweep(project):
                print(f"crashed: {name}")
            return
        try:
            serving.deployments(project, crons, timezone)
        except ValueError as error:
            raise UsageError(
                f"No cron or no time zone: {error}. Give five parts: minute hour day month weekday."
            ) from error
        for name, value in crons.items():
            print(f"{name}: {value} ({timezone})")
        print(
            f"Runs, logs and artifacts: {url.removesuffix('/api')}. Stop with Ctrl-C.",
            file=sys.stderr,
        )
        serving.run(project, crons, timezone)
