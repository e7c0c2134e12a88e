"""Packages with tables in partitions as a Prefect flow on Dask: the same functions, each step a task that the server shows.

Workers share the coordinator's file system. A worker that dies costs its tasks another try: every step can be run twice.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, cast

from prefect import flow, task, unmapped
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed
from prefect_dask.task_runners import DaskTaskRunner

from flows.dask_executor import TRIES, connect, result
from xinjiang_record.pipeline import run as record
from xinjiang_record.pipeline.outcome import Outcome, outcome_of_error
from xinjiang_record.settings import Project


class FlowEngine:
    """Tasks of the Prefect flow that is under way, on its task runner: each step is to be seen on the server."""

    def map(self, function: Callable[..., Any], *arguments: Sequence[Any]) -> Iterable[Any]:
        calls = list(zip(*(list(values) for values in arguments), strict=True))
        futures = step.with_options(task_run_name=f"{function.__name__} {{number}}").map(
            unmapped(function), calls, list(range(len(calls)))
        )
        return (result(future) for future in futures)


@contextlib.contextmanager
def _tasks(on: str) -> Iterator[FlowEngine]:
    """The engine of the flow; a scheduler is asked first whether it is there, since the task runner would say it in words of its own."""
    if on:
        connect(on).close()
    yield FlowEngine()


@task(retries=TRIES, cache_policy=NO_CACHE, persist_result=False)
def step(function: Callable[..., Any], call: tuple[Any, ...], number: int) -> Any:
    """One step on one partition, range or part; ``number`` is for its name only."""
    del number
    return function(*call)


@flow(name="large", flow_run_name="large: {package}", validate_parameters=False)
def large(
    project: Project, package: str, declare: str | None = None, on: str = ""
) -> State[Outcome]:
    """Publish one package with tables in partitions; Failed, with the outcome, if it has findings."""
    outcome = record.run_package(project, package, declare, partial(_tasks, on))
    return Failed(message=outcome.error, data=outcome) if outcome.error else Completed(data=outcome)


def run(project: Project, package: str, declare: str | None, on: str, workers: int) -> Outcome:
    """The flow on an existing Dask scheduler, or on a cluster of this machine that lives as long as the flow."""
    cluster = {
        "n_workers": workers,
        "threads_per_worker": 1,
        "processes": True,
        "dashboard_address": None,
    }
    runner: Any = DaskTaskRunner(address=on) if on else DaskTaskRunner(cluster_kwargs=cluster)
    state: Any = large.with_options(task_runner=runner)(
        project, package, declare, on, return_state=True
    )
    found = state.result(raise_on_failure=False)
    return (
        outcome_of_error(package, found) if isinstance(found, Exception) else cast("Outcome", found)
    )
