"""One run at a time, and no zombies: who holds the kernel's lock is running, and whoever the server calls running without it is dead.

A deployment's concurrency limit alone is not enough: a killed run stays Running in the server and keeps its slot for five minutes,
so that the next one is cancelled. The kernel's lock ends with its process, however that ends.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from prefect import runtime
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterName,
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.states import Cancelled, Crashed

from flows import notify
from xinjiang_record import files, settings
from xinjiang_record.errors import LockedError
from xinjiang_record.settings import Project

DEPLOYED = ("served", "daily", "weekly")  # the names that schedule.py and prefect.yaml give
SETTLE_SECONDS = 3.0  # between a run's being called Running and its holding the lock
GONE = "The process of this run is gone: it was killed. Whatever it had not published, the next run publishes."
UNDER_WAY = "Another run of this flow is under way here; this one did nothing."


@contextlib.contextmanager
def only_run(flow: str, project: Project) -> Iterator[State[Any] | None]:
    """Hold the flow's lock; gives the state to end in if another run holds it. Only for scheduled runs: others just wait at packages."""
    if not runtime.deployment.id:
        yield None
        return
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(_lock(flow, project))
        except LockedError:
            yield Cancelled(message=UNDER_WAY)
            return
        with get_client(sync_client=True) as client:
            own = UUID(str(runtime.flow_run.id))
            bury(
                client,
                [
                    run
                    for run in _called_running(client, flow)
                    if run.id != own and _same_place(run)
                ],
            )
        yield None


def sweep(project: Project, flows: Sequence[str] = ("record", "fetch", "verify")) -> list[str]:
    """Mark scheduled runs as crashed whose process is gone, and tell of them; returns their names. Run before a worker starts."""
    with get_client(sync_client=True) as client:
        known = {flow: _called_running(client, flow) for flow in flows}
        if any(known.values()):
            settings.pause(SETTLE_SECONDS)
        dead = [
            run
            for flow, runs in known.items()
            for run in _without_lock(client, flow, runs, project)
        ]
        bury(client, dead)
    return [run.name for run in dead]


def bury(client: SyncPrefectClient, dead: Sequence[FlowRun]) -> None:
    """Set runs to Crashed, which frees their slots, and tell of each."""
    for run in dead:
        client.set_flow_run_state(run.id, Crashed(message=GONE), force=True)
        notify.send(f"{run.name}: crashed", f"{GONE}\nrun {run.id}")


def _without_lock(
    client: SyncPrefectClient, flow: str, runs: list[FlowRun], project: Project
) -> list[FlowRun]:
    if not runs:
        return []
    try:
        with _lock(flow, project):
            still = {run.id for run in _called_running(client, flow)}
            return [run for run in runs if run.id in still]
    except LockedError:
        return []


def _lock(flow: str, project: Project) -> contextlib.AbstractContextManager[None]:
    return files.locked(project.runs / "live" / flow, wait_seconds=0)


def _called_running(client: SyncPrefectClient, flow: str) -> list[FlowRun]:
    """The scheduled runs of a flow that the server believes to be running."""
    return client.read_flow_runs(
        flow_filter=FlowFilter(name=FlowFilterName(any_=[flow])),
        flow_run_filter=FlowRunFilter.model_validate(
            {"state": {"type": {"any_": [StateType.RUNNING, StateType.CANCELLING]}}}
        ),
        deployment_filter=DeploymentFilter(name=DeploymentFilterName(any_=list(DEPLOYED))),
    )


def _same_place(run: FlowRun) -> bool:
    """Whether a run is of the deployment that this one is of: two checkouts on one server are two deployments."""
    return str(run.deployment_id) == str(runtime.deployment.id)
