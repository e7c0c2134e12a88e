"""The main job as a Prefect flow: every package side by side, in the steps ingest, validate, publish.

Retries are not set: reading local files and renaming cannot succeed the second time where it failed the first. What can recover,
fetching, has its own flow.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from prefect import flow
from prefect.artifacts import create_table_artifact
from prefect.futures import PrefectFuture
from prefect.states import Completed, Failed, State
from prefect.task_runners import ThreadPoolTaskRunner

from flows import steps
from xinjiang_record.errors import EnvironmentFault, FindingsError, XRecordError
from xinjiang_record.release import record as plain
from xinjiang_record.release import report
from xinjiang_record.release.record import Outcome
from xinjiang_record.settings import Project, find_project


@flow(name="record", flow_run_name="record: raw to published", task_runner=ThreadPoolTaskRunner(max_workers=4))
def record(packages: Sequence[str] = (), declare: str | None = None, project: str = "") -> State[list[Outcome]]:
    """Read raw/, validate, publish what changed. ``packages``: all if empty. Failed if one package failed; the others are published."""
    place = Project(Path(project)) if project else find_project()
    names = plain.select(place, packages)
    keys = _results({name: steps.ingest.submit(place, name) for name in names})
    changed = [name for name in names if keys[name]]
    checks = _results({name: steps.validate.submit(place, name, str(keys[name])) for name in changed})
    outcomes = [_finish(place, name, keys[name], checks.get(name), declare) for name in names]
    create_table_artifact(report.summary(outcomes), key="record", description="What this run did with each package")
    plain.record_failures(place, outcomes)
    bad = [outcome.package for outcome in outcomes if outcome.status == "failed"]
    return Failed(message=f"failed: {', '.join(bad)}", data=outcomes) if bad else Completed(data=outcomes)


def _results(futures: dict[str, PrefectFuture[str | None]]) -> dict[str, str | Exception | None]:
    """Each task's value, or the exception that it failed with, once all have ended."""
    return {name: future.result(raise_on_failure=False) for name, future in futures.items()}


def _finish(
    place: Project, name: str, key: str | Exception | None, check: str | Exception | None, declare: str | None
) -> Outcome:
    """Publish the package if it may be; whatever stopped it is in its outcome."""
    try:
        for problem in (key, check):
            if isinstance(problem, FindingsError):
                return plain.validate(place, name, str(key))
            if isinstance(problem, Exception):
                raise problem
        return steps.publish(place, name, str(key), declare) if key else plain.unchanged(place, name)
    except XRecordError as error:
        return plain.failed(name, error)


def run_record(packages: Sequence[str], declare: str | None = None) -> list[Outcome]:
    """Run the flow in this process, as ``xrecord run`` does, and return every package's outcome."""
    state = record(list(packages), declare, return_state=True)
    outcomes = state.data
    if isinstance(outcomes, list):
        return outcomes
    state.result()  # the flow itself broke: raise what broke it
    raise EnvironmentFault(f"The Prefect flow ended as {state.name}: {state.message}. Run again, or with --direct.")
