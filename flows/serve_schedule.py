"""List the deployments, and serve them from one process, as ``xrecord schedule`` does.

``schedule_times`` says when each runs. ``prefect.yaml`` has the same deployments for a work pool; a
test compares the two.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterTags
from prefect.client.schemas.objects import (
    ConcurrencyLimitConfig,
    ConcurrencyLimitStrategy,
    DeploymentStatus,
)
from prefect.client.schemas.responses import DeploymentResponse
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectNotFound
from prefect.flows import Flow
from prefect.runner import Runner
from prefect.schedules import Cron

from flows import run_lock
from flows.fetch_flow import fetch_sources
from flows.pipeline import run_pipeline
from flows.schedule_times import CRONS
from flows.site_flow import build_site
from flows.verify_flow import verify_releases
from xinjiang_record import exit_codes
from xinjiang_record.errors import EnvironmentFault
from xinjiang_record.settings import Project

SERVED = "served-from:"  # begins the tag of a served deployment; its checkout follows


@dataclass(frozen=True, slots=True)
class Plan:
    """Describe one deployment: its name, flow, usual cron and tags."""

    name: str
    flow: Flow[..., Any]
    entrypoint: str
    cron: str
    description: str
    tags: tuple[str, ...]


PLANS: Mapping[str, Plan] = {
    "record": Plan(
        "record-daily",
        run_pipeline,
        "flows/pipeline.py:run_pipeline",
        CRONS["record"],
        "Read raw/, validate, publish what changed.",
        ("xrecord", "kind:record"),
    ),
    "fetch": Plan(
        "fetch-weekly",
        fetch_sources,
        "flows/fetch_flow.py:fetch_sources",
        CRONS["fetch"],
        "Fetch the sources that were not checked for a month.",
        ("xrecord", "kind:fetch"),
    ),
    "verify": Plan(
        "verify-daily",
        verify_releases,
        "flows/verify_flow.py:verify_releases",
        CRONS["verify"],
        "Check every published release, and build the newest ones again.",
        ("xrecord", "kind:verify"),
    ),
    "site": Plan(
        "site-daily",
        build_site,
        "flows/site_flow.py:build_site",
        CRONS["site"],
        "Build the static site from the latest releases.",
        ("xrecord", "kind:site"),
    ),
}
# One run at a time. A run that starts while another runs, or whose time passed while nothing
# served, is cancelled: missed times do not pile up.
ONE = ConcurrencyLimitConfig(
    limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW, grace_period_seconds=60
)


def deployments(
    project: Project, crons: Mapping[str, str], timezone: str = "UTC"
) -> list[RunnerDeployment]:
    """Return a deployment of each flow that has a cron.

    Raises:
        ValueError: A cron expression or the time zone is invalid.
    """
    return [
        PLANS[name].flow.to_deployment(  # type: ignore[misc]
            PLANS[name].name,
            schedule=Cron(cron, timezone=timezone),
            description=PLANS[name].description,
            tags=[*PLANS[name].tags, checkout_tag(project)],
            concurrency_limit=ONE,
        )
        for name, cron in crons.items()
    ]


def checkout_tag(project: Project) -> str:
    """Return the tag of deployments that this command serves from one checkout."""
    return f"{SERVED}{project.root}"


def remove_unserved(project: Project, crons: Mapping[str, str]) -> list[str]:
    """Delete the deployments that an earlier schedule of this checkout served.

    Return their names.
    """
    served = {PLANS[name].name for name in crons}
    mine = DeploymentFilter(tags=DeploymentFilterTags(all_=[checkout_tag(project)]))
    with get_client(sync_client=True) as client:
        stale = [
            item
            for item in client.read_deployments(deployment_filter=mine)
            if item.name not in served
        ]
        for item in stale:
            client.delete_deployment(item.id)
    return [item.name for item in stale]


def refuse_taken_names(project: Project, crons: Mapping[str, str]) -> None:
    """Check that nobody else runs the deployments that this command is to serve.

    Prefect knows a deployment by its name. Its update keeps the work pool of an older one, so that
    runs go to the pool's workers and never to this process.

    Raises:
        EnvironmentFault: A name belongs to a work pool, or to a process that serves it now.
    """
    taken = {}
    with get_client(sync_client=True) as client:
        for kind in crons:
            name = f"{PLANS[kind].flow.name}/{PLANS[kind].name}"
            with contextlib.suppress(ObjectNotFound):
                if owner := _other_owner(project, client.read_deployment_by_name(name)):
                    taken[name] = owner
    if taken:
        lines = [f"{name} belongs to {owner}" for name, owner in taken.items()]
        commands = [f"prefect deployment delete {name}" for name in taken]
        raise EnvironmentFault(
            f"Nothing is scheduled: expected names that are free, got {', '.join(lines)}. "
            f"Leave the schedule to that, or remove them first: {'; '.join(commands)}"
        )


def _other_owner(project: Project, deployment: DeploymentResponse) -> str:
    """Return who else runs a deployment; "" if it is this checkout's, or nobody serves it."""
    if deployment.work_pool_name:
        return f"the work pool {deployment.work_pool_name}"
    if checkout_tag(project) in deployment.tags or deployment.status != DeploymentStatus.READY:
        return ""
    return next((tag for tag in deployment.tags if tag.startswith(SERVED)), "another command")


class ScheduleRunner(Runner):
    """Stop on SIGTERM exactly as on Ctrl-C: without a traceback."""

    terminated = False

    def handle_sigterm(self, *args: Any, **kwargs: Any) -> None:
        """Interrupt the event loop."""
        self.terminated = True
        os.kill(os.getpid(), signal.SIGINT)


def run(project: Project, crons: Mapping[str, str], timezone: str = "UTC") -> int:
    """Serve until a signal comes, and return the exit code.

    Runs that a killed process left behind are marked as crashed first, so that none blocks the
    next.
    """
    refuse_taken_names(project, crons)
    run_lock.sweep(project)
    remove_unserved(project, crons)
    runner = ScheduleRunner(pause_on_shutdown=False, heartbeat_seconds=run_lock.HEARTBEAT_SECONDS)
    for deployment in deployments(project, crons, timezone):
        runner.add_deployment(deployment)
    # A script's background job ignores SIGINT, and would then ignore SIGTERM too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        asyncio.run(runner.start())
    except KeyboardInterrupt:
        return exit_codes.TERMINATED if runner.terminated else exit_codes.INTERRUPTED
    return 0


def names(kinds: Sequence[str] = tuple(PLANS)) -> list[str]:
    """Return the names of deployments."""
    return [PLANS[kind].name for kind in kinds]
