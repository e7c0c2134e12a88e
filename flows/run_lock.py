"""Allow one run of a flow at a time, and mark runs whose process was killed as crashed.

A deployment's concurrency limit alone is not enough. The server keeps a killed run in the state
Running, and its slot, for five minutes, so that the next run is cancelled. A lock of the kernel
ends with its process: a run that the server calls running and that does not hold the lock has
crashed.

Where nothing starts that could look for the lock, the server itself notices: runs send a heartbeat
every 30 s, and an automation marks one that has been silent for 90 s as crashed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from prefect import runtime
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterTags,
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification
from prefect.states import Cancelled, Crashed

from flows import notify
from xinjiang_record import files, settings
from xinjiang_record.errors import LockedError
from xinjiang_record.settings import Project

HEARTBEAT_SECONDS, SILENT_SECONDS = 30, 90
PENDING_SECONDS = 60.0  # a run that has begun to start is running by then
ALIVE = ("heartbeat", "Pending", "Submitting", "InfrastructurePending", "Running", "Cancelling")
ENDED = ("Completed", "Failed", "TimedOut", "Crashed", "Cancelled", "Scheduled", "AwaitingRetry")
SILENT = AutomationCore(
    name="xrecord: a run that is silent has crashed",
    description="Marks a run without a heartbeat for 90 s as crashed, so that the next can start.",
    trigger=EventTrigger(
        posture=Posture.Proactive,
        match=ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]}),
        match_related=ResourceSpecification(
            {"prefect.resource.role": "tag", "prefect.resource.id": "prefect.tag.xrecord"}
        ),
        for_each={"prefect.resource.id"},
        after={f"prefect.flow-run.{name}" for name in ALIVE},
        expect={f"prefect.flow-run.{name}" for name in (*ALIVE, *ENDED)},
        threshold=1,
        within=timedelta(seconds=SILENT_SECONDS),
    ),
    actions=[
        # Not by force: a run that has ended, whose last heartbeat came after that, stays as it is.
        ChangeFlowRunState(
            name="Crashed", state=StateType.CRASHED, message="No heartbeat for 90 s.", force=False
        )
    ],
)
SETTLE_SECONDS = 3.0  # between a run's state Running and its lock
GONE = "The process of this run was killed. The next run publishes whatever it had not published."
UNDER_WAY = "Another run of this flow is running here; this one did nothing."


@contextlib.contextmanager
def only_run(flow: str, project: Project) -> Iterator[State[Any] | None]:
    """Hold the flow's lock; yield the state to end in if another run holds it.

    Only scheduled runs take the lock. Runs by hand wait for a package's lock instead.
    """
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
            crashed = [
                run for run in _running(client, flow) if run.id != own and _has_this_deployment(run)
            ]
            mark_crashed(client, crashed)
        yield None


def watch_for_silent_runs() -> None:
    """Create the automation that marks silent runs as crashed, unless the server has it."""
    with get_client(sync_client=True) as client:
        if not client.read_automations_by_name(SILENT.name):
            client.create_automation(SILENT)


def sweep(
    project: Project, flows: Sequence[str] = ("record", "fetch", "verify", "site")
) -> list[str]:
    """Mark scheduled runs whose process was killed as crashed; return their names.

    Call it before a worker starts.
    """
    watch_for_silent_runs()
    with get_client(sync_client=True) as client:
        running = {flow: _running(client, flow) for flow in flows}
        if any(running.values()):
            settings.pause(SETTLE_SECONDS)
        crashed = [
            run
            for flow, runs in running.items()
            for run in _without_lock(client, flow, runs, project)
        ]
        mark_crashed(client, crashed)
    return [run.name for run in crashed]


def mark_crashed(client: SyncPrefectClient, crashed: Sequence[FlowRun]) -> None:
    """Set runs to Crashed, which frees their slots, and notify of each."""
    for run in crashed:
        client.set_flow_run_state(run.id, Crashed(message=GONE), force=True)
        notify.send(f"{run.name}: crashed", f"{GONE}\nrun {run.id}")


def _without_lock(
    client: SyncPrefectClient, flow: str, runs: list[FlowRun], project: Project
) -> list[FlowRun]:
    if not runs:
        return []
    try:
        with _lock(flow, project):
            still = {run.id for run in _running(client, flow)}
            return [run for run in runs if run.id in still]
    except LockedError:
        return []


def _lock(flow: str, project: Project) -> contextlib.AbstractContextManager[None]:
    return files.locked(project.runs / "live" / flow, wait_seconds=0)


def _running(client: SyncPrefectClient, flow: str) -> list[FlowRun]:
    """Return the runs of a flow's deployments that the server calls running, or has long begun."""
    states = [StateType.RUNNING, StateType.CANCELLING, StateType.PENDING]
    found = client.read_flow_runs(
        flow_filter=FlowFilter(name=FlowFilterName(any_=[flow])),
        flow_run_filter=FlowRunFilter.model_validate({"state": {"type": {"any_": states}}}),
        deployment_filter=DeploymentFilter(tags=DeploymentFilterTags(all_=["xrecord"])),
    )
    begun = settings.now() - timedelta(seconds=PENDING_SECONDS)
    return [
        run
        for run in found
        if run.state and not (run.state.is_pending() and run.state.timestamp > begun)
    ]


def _has_this_deployment(run: FlowRun) -> bool:
    """Return whether a run has this run's deployment; two checkouts have two deployments."""
    return str(run.deployment_id) == str(runtime.deployment.id)
