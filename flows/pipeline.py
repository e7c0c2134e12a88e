"""The main job as a Prefect flow: every package side by side, in the steps ingest, validate, publish.

Retries are not set: reading local files and renaming cannot succeed the second time where it failed the first. What can recover,
fetching, has its own flow.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from prefect import flow, runtime
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.client.schemas.objects import State
from prefect.futures import PrefectFuture
from prefect.states import Completed, Failed
from prefect.task_runners import ThreadPoolTaskRunner

from flows import notify, run_lock, tasks
from xinjiang_record import logs
from xinjiang_record.errors import EnvironmentFault, FindingsError
from xinjiang_record.pipeline import incremental, run_records, run_report
from xinjiang_record.pipeline import run as plain
from xinjiang_record.pipeline.outcome import Outcome, outcome_of_error
from xinjiang_record.schema.load import is_partitioned
from xinjiang_record.settings import Project, find_project

HOURS = 3600.0
SIDE_BY_SIDE: Any = ThreadPoolTaskRunner(
    max_workers=4
)  # Prefect's own types do not agree on a runner's futures


@flow(
    name="record",
    flow_run_name="record: raw to published",
    task_runner=SIDE_BY_SIDE,
    timeout_seconds=2 * HOURS,
    on_failure=[notify.failed],
    on_crashed=[notify.failed],
)
def record(
    packages: Sequence[str] = (),
    declare: str | None = None,
    project: str = "",
    on: str = "",
    workers: int = 2,
) -> State[list[Outcome]]:
    """Read raw/, validate, publish what changed. ``packages``: all if empty. Failed if one package failed; the others are published.

    ``on``: the Dask scheduler for tables in partitions; empty: a cluster of ``workers`` processes of this machine.
    """
    place = Project(Path(project)) if project else find_project()
    logs.begin(str(runtime.flow_run.id))
    with run_lock.only_run("record", place) as refused:
        return refused or _record(place, packages, declare, on, workers)


def _record(
    place: Project, packages: Sequence[str], declare: str | None, on: str, workers: int
) -> State[list[Outcome]]:
    chosen = plain.select_packages(place, packages)
    names = [name for name in chosen if not is_partitioned(place, name)]
    keys = _results({name: tasks.ingest.submit(place, name) for name in names})
    changed = {name: key for name, key in keys.items() if isinstance(key, str) and key}
    checks = _results(
        {name: tasks.validate.submit(place, name, key) for name, key in changed.items()}
    )
    sound = {name: key for name, key in changed.items() if checks[name] is None}
    done = _results(
        {name: tasks.publish(name).submit(place, name, key, declare) for name, key in sound.items()}
    )
    found = {
        name: _outcome(place, name, done.get(name) or checks.get(name) or keys[name], changed)
        for name in names
    }
    outcomes = [found.get(name) or _on_dask(place, name, declare, on, workers) for name in chosen]
    run_records.write_run_records(
        place, outcomes
    )  # before anything is asked of the server, which may be gone by now
    create_table_artifact(
        run_report.summary_rows(outcomes),
        key="record",
        description="What this run did with each package",
    )
    told = run_report.run_markdown(outcomes, logs.current())
    create_markdown_artifact(
        told, key="run-summary", description="What changed, findings, durations"
    )
    bad = [outcome.package for outcome in outcomes if outcome.status == "failed"]
    return (
        Failed(message=f"failed: {', '.join(bad)}", data=outcomes)
        if bad
        else Completed(data=outcomes)
    )


def _on_dask(place: Project, name: str, declare: str | None, on: str, workers: int) -> Outcome:
    # Dask takes a second to import, and most packages have no partitions.
    from flows import partitioned_flow  # deferred: start-up

    return partitioned_flow.run(place, name, declare, on, workers)


def _results(futures: dict[str, PrefectFuture[Any]]) -> dict[str, Any]:
    """Each task's value, or the exception that it failed with, once all have ended."""
    return {name: future.result(raise_on_failure=False) for name, future in futures.items()}


def _outcome(place: Project, name: str, last: Any, keys: dict[str, str]) -> Outcome:
    """What happened to a package, from the last thing that its tasks gave: an outcome, an error, or nothing to do."""
    if isinstance(last, FindingsError):
        return plain.validate(place, name, keys[name])
    if isinstance(last, Exception):
        return outcome_of_error(name, last)
    return last if isinstance(last, Outcome) else incremental.unchanged_outcome(place, name)


def run_record(
    packages: Sequence[str], declare: str | None = None, on: str = "", workers: int = 2
) -> list[Outcome]:
    """Run the flow in this process, as ``xrecord run`` does, and return every package's outcome."""
    try:
        state = record(list(packages), declare, on=on, workers=workers, return_state=True)
    except RuntimeError as error:
        raise EnvironmentFault(
            f"Prefect cannot run here: {error} Whatever is published is whole. Start the server or unset PREFECT_API_URL, "
            "see that PREFECT_HOME can be written to, or do without Prefect: xrecord run --direct."
        ) from error
    outcomes = state.result(raise_on_failure=False)
    if isinstance(outcomes, BaseException):
        raise outcomes  # not a package failed but the flow itself
    return cast("list[Outcome]", outcomes)
