"""Run the main job without Prefect: read raw/, validate, publish what changed, report it.

``ingest``, ``validate`` and ``publish`` are the steps that the flow runs as tasks; ``run`` runs
them in order. They pass names and keys, not rows. A build is a pure function of the files, so a
step that needs its result builds again; within one process the result is cached.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING

from xinjiang_record import logs, release, settings
from xinjiang_record.errors import UsageError, suggest_nearest
from xinjiang_record.model import Candidate
from xinjiang_record.pipeline import incremental, run_records
from xinjiang_record.pipeline.count_changes import count_changes
from xinjiang_record.pipeline.outcome import Outcome, check_candidate, outcome_of_error
from xinjiang_record.schema.load import is_partitioned, package_names
from xinjiang_record.settings import Project

if TYPE_CHECKING:
    from xinjiang_record.release.partitioned.executor import Engine

EngineMaker = Callable[[], "AbstractContextManager[Engine]"]


def select_packages(project: Project, names: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the packages to run: the named ones, or all.

    Raises:
        UsageError: A name is not a package of the project, or the project has none.
    """
    known = package_names(project)
    if not known:  # nothing to do would look like success
        raise UsageError(
            f"{project.schemas}: expected a folder with a package.toml, found none. "
            "Name the right checkout: --project DIR or XRECORD_PROJECT=DIR."
        )
    unknown = [name for name in names if name not in known]
    if unknown:
        near = suggest_nearest(unknown[0], known)
        raise UsageError(
            f"Unknown package {', '.join(map(repr, unknown))}: expected one of {', '.join(known)}. "
            f"{near}".strip()
        )
    return tuple(names) or known


def ingest(project: Project, package: str) -> str:
    """Hash the inputs of a package. Return "" if the newest release was made from the same."""
    with logs.stage("ingest", package):
        key = incremental.hash_inputs(project, package)
    return "" if incremental.is_released(project, package, key) else key


def validate(project: Project, package: str, key: str) -> Outcome:
    """Build and check one package, and log every finding.

    A failed outcome holds every finding; nothing is published.
    """
    with logs.stage("validate", package):
        outcome = check(project, package, key)
    run_records.log_findings(outcome)
    return outcome


def check(project: Project, package: str, key: str) -> Outcome:
    """Return what ``validate`` returns, without the log; the build is cached in this process."""
    return check_candidate(_build(project, package, key))


def publish(project: Project, package: str, key: str, declare: str | None = None) -> Outcome:
    """Publish the package unless it has errors. The rename is the last step."""
    checked = check(project, package, key)
    if checked.status == "failed":
        return checked
    return _publish(project, _build(project, package, key), checked, key, declare)


def publish_partitioned(
    project: Project, package: str, key: str, engine: Engine, declare: str | None = None
) -> Outcome:
    """Publish a package with partitioned tables, which the engine's workers read and write."""
    from xinjiang_record.pipeline import partitioned  # deferred: start-up

    with contextlib.ExitStack() as stack:
        with logs.stage("validate", package):
            candidate = stack.enter_context(partitioned.build(project, package, engine, keep=True))
        checked = check_candidate(candidate)
        run_records.log_findings(checked)
        if checked.status == "failed":
            return checked
        return _publish(project, candidate, checked, key, declare)


def _publish(
    project: Project, candidate: Candidate, checked: Outcome, key: str, declare: str | None
) -> Outcome:
    with logs.stage("publish", candidate.package):
        result = release.publish(candidate, project.published, declare=declare)
    outcome = replace(
        checked,
        status=result.status,
        version=result.version,
        bump=result.bump,
        reasons=tuple(result.reasons),
        path=result.path,
        content_hash=result.content_hash,
        changes=count_changes(result, outcome_rows=checked.rows),
        withdrawn=result.withdrawn,
    )
    run_records.log_release(outcome)
    incremental.write_success(project, outcome, key)
    return outcome


def start_local_engine(workers: int = 2) -> AbstractContextManager[Engine]:
    """Start processes of this machine as an engine for partitioned tables."""
    from xinjiang_record.release.partitioned import executor  # deferred: start-up

    return executor.LocalEngine(workers, processes=True)


def run_package(
    project: Project, package: str, declare: str | None = None, engine: EngineMaker | None = None
) -> Outcome:
    """Run the three steps for one package. An exception becomes a failed outcome.

    Args:
        project: The checkout.
        package: The package's name.
        declare: The version to publish, if not the one that the changes call for.
        engine: Start the engine for partitioned tables, if there is something to do. The default
            is two processes of this machine.
    """
    started = settings.monotonic()
    try:
        key = ingest(project, package)
        if not key:
            outcome = incremental.unchanged_outcome(project, package)
        elif is_partitioned(project, package):
            with (engine or start_local_engine)() as workers:
                outcome = publish_partitioned(project, package, key, workers, declare)
        else:
            outcome = validate(project, package, key)
            if outcome.status != "failed":
                outcome = publish(project, package, key, declare)
    except Exception as error:  # a bug in one package must not keep the others from being published
        outcome = outcome_of_error(package, error)
    return replace(outcome, seconds=round(settings.monotonic() - started, 3))


def run(
    project: Project,
    names: Sequence[str] = (),
    declare: str | None = None,
    done: Callable[[Outcome], None] = lambda outcome: None,
    engine: EngineMaker | None = None,
) -> list[Outcome]:
    """Run every package in order, and call ``done`` with each outcome as it comes.

    Raises:
        UsageError: A name is not a package of the project, or the project has none.
        NotWritableError: The record of the run cannot be written; nothing was run.
    """
    outcomes = []
    logs.begin()
    chosen = select_packages(project, names)
    run_records.check_run_folder(project)
    for package in chosen:
        outcomes.append(run_package(project, package, declare, engine))
        done(outcomes[-1])
    run_records.write_run_records(project, outcomes)
    return outcomes


@functools.lru_cache(maxsize=8)
def _build(project: Project, package: str, key: str) -> Candidate:
    """Build a package once a process; ``key`` makes changed inputs another entry of the cache."""
    # A run that finds nothing changed does not import pyarrow.
    from xinjiang_record import data_packages  # deferred: start-up

    del key
    return data_packages.build(project, package)
