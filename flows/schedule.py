"""Serve the flows on their crons from one process: what ``xrecord schedule`` does. ``prefect.yaml`` is the same for a work pool."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prefect import serve
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.flows import Flow
from prefect.schedules import Cron

from flows import run_lock
from flows.fetch_flow import fetch
from flows.pipeline import record
from flows.verify_flow import verify
from xinjiang_record.settings import Project

FLOWS: Mapping[str, Flow[..., Any]] = {"record": record, "fetch": fetch, "verify": verify}
NAME = "served"
# When the record is run: prefect.yaml, deploy/ and the workflow are tested against these.
DAILY_CRON, DAILY_TIME = "30 5 * * *", "05:30"
# One at a time; one that comes while another runs, or whose time has passed while nothing served, is cancelled, not caught up with.
ONE = ConcurrencyLimitConfig(
    limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW, grace_period_seconds=60
)


def deployments(
    project: Project, crons: Mapping[str, str], timezone: str = "UTC"
) -> list[RunnerDeployment]:
    """A deployment of each flow that has a cron. ValueError for what is no cron."""
    return [
        FLOWS[name].to_deployment(  # type: ignore[misc]
            NAME,
            schedule=Cron(cron, timezone=timezone),
            parameters={"project": str(project.root)},
            concurrency_limit=ONE,
        )
        for name, cron in crons.items()
    ]


def run(project: Project, crons: Mapping[str, str], timezone: str = "UTC") -> None:
    """Serve until a signal comes. Runs that a killed process left behind are marked as crashed first, so that none blocks the next."""
    run_lock.sweep(project)
    serve(
        *deployments(project, crons, timezone),
        pause_on_shutdown=False,
        print_starting_message=False,
    )
