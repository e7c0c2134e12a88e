"""Run the main job as a Prefect flow: for each package a chain of ingest, validate and publish.

Packages run in parallel and do not depend on each other. There are no retries: reading local files
and renaming a folder fail again for the same reason. Fetching can recover, and has its own flow.
"""

from __future__ import annotations

from collections.abc import Sequence
from queue import SimpleQueue
from typing import Any, cast

from prefect import flow, runtime
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.client.schemas.objects import State
from prefect.events.worker import EventsWorker
from prefect.futures import PrefectFuture
from prefect.logging.handlers import APILogWorker
from prefect.states import Completed, Failed
from prefect.task_runners import ThreadPoolTaskRunner

from flows import notify, run_lock, tasks
from flows.run_options import (
    Packages,
    RunFailed,
    Version,
    name_run,
    run_tags,
    tag_run,
)
from xinjiang_record import logs
from xinjiang_record.errors import EnvironmentFault, FindingsError
from xinjiang_record.pipeline import incremental, run_records, run_report
from xinjiang_record.pipeline import run as pipeline
from xinjiang_record.pipeline.outcome import Outcome, outcome_of_error
from xinjiang_record.pipeline.source_links import find_source_address
from xinjiang_record.schema.load import is_partitioned
from xinjiang_record.settings import Project, find_project

HOURS = 3600.0
QUEUE_SECONDS = 10.0  # for sending what Prefect has queued when a run ends
STEPS = ("ingest", "validate", "publish")
RUNNER: Any = ThreadPoolTaskRunner(max_workers=8)  # packages at a time


@flow(
    name="record",
    flow_run_name=name_run("record", "packages", "all"),
    task_runner=RUNNER,
    timeout_seconds=2 * HOURS,
    on_failure=[notify.failed],
    on_crashed=[notify.failed],
)
def run_pipeline(packages: Packages = (), declare: Version = None) -> State[list[Outcome]]:
    """Read raw/, validate it, and publish what changed. Fail if one package failed.

    The project is the one of the working directory or of XRECORD_PROJECT. The other packages are
    published although one fails.

    Args:
        packages: Run only these packages. Empty: all.
        declare: Publish as this version. A version smaller than the change needs is refused.
    """
    project = find_project()
    logs.begin(str(runtime.flow_run.id))
    with run_lock.only_run("record", project) as refused:
        if refused:
            return refused
        chosen = pipeline.select_packages(project, packages)
        run_records.check_run_folder(project)
        tag_run(run_tags("record", chosen))
        outcomes = _run_packages(project, chosen, declare)
        # Written before anything else needs the server, which may be gone by now.
        run_records.write_run_records(project, outcomes)
        _create_artifacts(project, outcomes)
    failed = [outcome.package for outcome in outcomes if outcome.status == "failed"]
    if failed:
        message = f"failed: {', '.join(failed)}"
        return Failed(message=message, data=RunFailed(message, outcomes))
    return Completed(data=outcomes)


def _run_packages(project: Project, chosen: Sequence[str], declare: str | None) -> list[Outcome]:
    """Run the chain of each package: the next link begins when the one before it has ended.

    A link is not submitted earlier, so that a failed package leaves no pending task. The last link
    of a package with partitioned tables also validates it.
    """
    ended: SimpleQueue[PrefectFuture[Any]] = SimpleQueue()
    chains: dict[str, list[PrefectFuture[Any]]] = {}
    for package in chosen:
        chains[package] = []
        _submit_next(project, package, chains[package], declare, ended)
    links = {chain[0].task_run_id: package for package, chain in chains.items()}
    while links:
        package = links.pop(ended.get().task_run_id)
        if _submit_next(project, package, chains[package], declare, ended):
            links[chains[package][-1].task_run_id] = package
    return [_outcome(project, package, chains[package]) for package in chosen]


def _submit_next(
    project: Project,
    package: str,
    chain: list[PrefectFuture[Any]],
    declare: str | None,
    ended: SimpleQueue[PrefectFuture[Any]],
) -> bool:
    """Submit the next task of a package's chain, unless it ends here; return whether it did not."""
    steps = ("ingest", "publish") if is_partitioned(project, package) else STEPS
    if len(chain) == len(steps):
        return False
    if chain:
        found = chain[-1].result(raise_on_failure=False)
        if isinstance(found, Exception) or found == "":  # it failed, or nothing changed
            return False
    key: Any = chain[0] if chain else ""  # a future; Prefect passes its value, and so draws an edge
    match steps[len(chain)]:
        case "ingest":
            chain.append(tasks.ingest.submit(project, package))
        case "validate":
            chain.append(tasks.validate.submit(project, package, key))
        case _:
            publish = tasks.publish_task(project, package)
            chain.append(publish.submit(project, package, key, declare, wait_for=chain[1:]))
    chain[-1].add_done_callback(ended.put)
    return True


def _outcome(project: Project, package: str, chain: Sequence[PrefectFuture[Any]]) -> Outcome:
    """Return what happened to a package, from the first task that failed or the last one."""
    value: Any = None
    for future in chain:
        value = future.result(raise_on_failure=False)
        if isinstance(value, RunFailed):
            return cast("Outcome", value.results[0])
        if isinstance(value, FindingsError):
            return pipeline.check(project, package, chain[0].result())
        if isinstance(value, Exception):
            return outcome_of_error(package, value)
    return value if isinstance(value, Outcome) else incremental.unchanged_outcome(project, package)


def _create_artifacts(project: Project, outcomes: Sequence[Outcome]) -> None:
    create_table_artifact(
        run_report.table_rows(outcomes), key="record", description="What this run did, by table"
    )
    findings = run_report.finding_rows(outcomes, find_source_address(project.root))
    if findings:
        create_table_artifact(findings, key="findings", description="Findings, with file and line")
    create_markdown_artifact(
        run_report.run_markdown(outcomes, logs.current()),
        key="run-summary",
        description="What changed, findings, durations",
    )


def _send_queued() -> None:
    """Send the log lines and events that Prefect queues, before the server of this run stops."""
    for worker in (APILogWorker, EventsWorker):
        worker.drain_all(timeout=QUEUE_SECONDS)


def run_in_process(packages: Sequence[str], declare: str | None = None) -> list[Outcome]:
    """Run the flow in this process, as ``xrecord run`` does, and return every outcome.

    Raises:
        EnvironmentFault: Prefect cannot run here, or its server cannot be reached.
    """
    pipeline.select_packages(find_project(), packages)  # refused before Prefect starts
    try:
        state = run_pipeline(packages=list(packages), declare=declare, return_state=True)
    except RuntimeError as error:
        raise EnvironmentFault(
            f"Prefect cannot run here: {error} Published releases are complete. "
            "Start the server or unset PREFECT_API_URL, check that PREFECT_HOME is writable, "
            "or run without Prefect: xrecord run --direct."
        ) from error
    finally:
        _send_queued()
    outcomes = state.result(raise_on_failure=False)
    if isinstance(outcomes, RunFailed):
        return list(outcomes.results)
    if isinstance(outcomes, BaseException):
        raise outcomes  # the flow failed, not a package
    return cast("list[Outcome]", outcomes)
