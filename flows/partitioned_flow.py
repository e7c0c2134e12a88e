"""Publish a package with partitioned tables as a Prefect flow on Dask, one task a partition.

The task of the package in the main flow calls this flow, while other packages run. The workers
share the coordinator's file system. Every step can run twice, so a worker that dies costs its tasks
another try.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, cast
from uuid import UUID

from prefect import flow, task, unmapped
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    update_progress_artifact,
)
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed
from prefect_dask.task_runners import DaskTaskRunner

from flows.dask_executor import TRIES, connect, result
from flows.run_options import RunFailed
from xinjiang_record import settings
from xinjiang_record.pipeline import run as pipeline
from xinjiang_record.pipeline import run_report
from xinjiang_record.pipeline.outcome import Outcome
from xinjiang_record.settings import Project

PROGRESS_SECONDS = 2.0  # between two updates of a progress artifact
VALIDATING = frozenset(
    {"hash_partition", "scan_partition", "split_partition", "sort_range", "read_last_key"}
    | {"match_part", "spread_part"}
)


class FlowEngine:
    """Run each step as a task of the current flow, so that the server shows it.

    Args:
        package: The package, for the names of the task runs and of the progress artifacts.
    """

    def __init__(self, package: str) -> None:
        self._package = package

    def map(self, function: Callable[..., Any], *arguments: Sequence[Any]) -> Iterable[Any]:
        """Call ``function`` for each set of arguments, in tasks, and yield the results in order."""
        calls = list(zip(*(list(values) for values in arguments), strict=True))
        numbers = list(range(len(calls)))
        stage = "validate" if function.__name__ in VALIDATING else "publish"
        name = f"{stage} {self._package} {function.__name__} {{number}}"
        futures = step.with_options(task_run_name=name).map(unmapped(function), calls, numbers)
        return self._results(function.__name__.replace("_", "-"), list(futures))

    def _results(self, step_name: str, futures: list[Any]) -> Iterator[Any]:
        """Yield the results, and report the share that is done."""
        artifact = cast(
            "UUID",
            create_progress_artifact(
                0.0,
                key=f"{self._package}-{step_name}".strip("-").lower(),
                description=f"{step_name} of {self._package}: {len(futures)} chunks",
            ),
        )
        reported = settings.monotonic()
        for number, future in enumerate(futures, 1):
            yield result(future)
            if settings.monotonic() - reported > PROGRESS_SECONDS or number == len(futures):
                update_progress_artifact(artifact, 100.0 * number / len(futures))
                reported = settings.monotonic()


@task(retries=TRIES, cache_policy=NO_CACHE, persist_result=False)
def step(function: Callable[..., Any], call: tuple[Any, ...], number: int) -> Any:
    """Run one step on one partition or chunk; ``number`` is for the name of the task run."""
    del number
    return function(*call)


@flow(
    name="partitioned", flow_run_name="publish {package} by partitions", validate_parameters=False
)
def publish_partitioned(
    project: Project, package: str, key: str, declare: str | None = None
) -> State[Outcome]:
    """Publish one package with partitioned tables; Failed, with the outcome, if it has errors."""
    outcome = pipeline.publish_partitioned(project, package, key, FlowEngine(package), declare)
    create_markdown_artifact(
        run_report.validation_markdown(outcome),
        key=f"validation-{package}",
        description=f"Validation of {package}",
    )
    if outcome.error:
        return Failed(message=outcome.error, data=RunFailed(outcome.error, [outcome]))
    return Completed(data=outcome)


def run(
    project: Project, package: str, key: str, declare: str | None, on: str, workers: int
) -> Outcome:
    """Run the flow on a Dask scheduler, or on ``workers`` processes that end with the flow.

    Raises:
        XRecordError: The package cannot be published, or the scheduler does not answer.
    """
    if on:
        connect(on).close()  # for a clear error
    cluster = {
        "n_workers": workers,
        "threads_per_worker": 1,
        "processes": True,
        "dashboard_address": None,
    }
    runner: Any = DaskTaskRunner(address=on) if on else DaskTaskRunner(cluster_kwargs=cluster)
    state: Any = publish_partitioned.with_options(task_runner=runner)(
        project, package, key, declare, return_state=True
    )
    outcome: Outcome | Exception = state.result(raise_on_failure=False)
    if isinstance(outcome, RunFailed):
        return cast("Outcome", outcome.results[0])
    if isinstance(outcome, Exception):
        raise outcome
    return outcome
