"""Fetch the sources that are due, as a Prefect flow.

This is the only flow with retries: a network can answer the second time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from prefect import flow, runtime, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed
from prefect.tasks import exponential_backoff
from pydantic import Field

from flows import notify, run_lock
from flows.run_options import RunFailed, name_run, run_tags, tag_run
from xinjiang_record import logs, settings
from xinjiang_record.errors import FetchError
from xinjiang_record.fetch import custody_log, due_sources
from xinjiang_record.fetch.due_sources import FetchResult
from xinjiang_record.model import Row
from xinjiang_record.settings import Project, find_project

RETRIES, BACK_OFF_SECONDS = 3, 10  # waits of 10, 20 and 40 seconds, half of each at random
PAUSE_SECONDS = 1.0  # between two requests
HOURS = 3600.0


@task(
    task_run_name="fetch {source_id}",
    retries=RETRIES,
    retry_delay_seconds=exponential_backoff(BACK_OFF_SECONDS),
    retry_jitter_factor=0.5,
    cache_policy=NO_CACHE,
)
def fetch_source(project: Project, source_id: str, row: Row) -> FetchResult:
    """Fetch one source.

    Raises:
        FetchError: It could not be fetched; Prefect tries again.
    """
    found = next(iter(due_sources.fetch_sources(project, [row])))
    if found.action == "failed" and not found.finding:
        raise FetchError(found.message)
    return found


@flow(
    name="fetch",
    flow_run_name=name_run("fetch", "sources", "all that are due"),
    timeout_seconds=6 * HOURS,
    on_failure=[notify.failed],
    on_crashed=[notify.failed],
)
def fetch_sources(
    limit: Annotated[int | None, Field(ge=1)] = None, sources: Sequence[str] = ()
) -> State[list[FetchResult]]:
    """Fetch every source that is due, or the named ones. Fail if one could not be fetched.

    Args:
        limit: Fetch at most this many sources.
        sources: Fetch these sources, by source_id or address. Empty: all that are due.
    """
    project = find_project()
    logs.begin(str(runtime.flow_run.id))
    with run_lock.only_run("fetch", project) as refused:
        if refused:
            return refused
        known = due_sources.read_registry(project)
        rows = (
            due_sources.select_sources(known, sources)
            if sources
            else due_sources.list_due_sources(
                known, custody_log.read_custody_log(project.raw), settings.now()
            )
        )
        tag_run(run_tags("fetch"))
        results = [_fetch_with_retries(project, row) for row in rows[:limit]]
        if not results:
            logs.log("fetch", text="No source is due.")
        create_table_artifact(
            [_artifact_row(item) for item in results],
            key="fetch",
            description="What each source answered",
        )
    lost = [item for item in results if item.action == "failed" and not item.finding]
    if lost:
        message = f"{len(lost)} of {len(results)} sources not fetched: {lost[0].message}"
        return Failed(message=message, data=RunFailed(message, results))
    return Completed(data=results)


def _fetch_with_retries(project: Project, row: Row) -> FetchResult:
    """Fetch one source with retries, and log what it answered."""
    found = _fetch_or_fail(project, row)
    told = found.finding.message if found.finding else found.message or found.url
    level: logs.Level = (
        "warning" if found.finding else "error" if found.action == "failed" else "info"
    )
    text = f"{found.source_id}: {found.action}: {told}"
    logs.log("fetch", text=text, level=level, source=found.source_id, action=found.action)
    return found


def _fetch_or_fail(project: Project, row: Row) -> FetchResult:
    """Fetch one source with retries; return a failed result if all of them fail."""
    settings.pause(PAUSE_SECONDS)
    found = fetch_source(project, row["source_id"], row, return_state=True).result(
        raise_on_failure=False
    )
    if isinstance(found, FetchError):
        return FetchResult(row["source_id"], row["url"], "failed", message=str(found))
    if isinstance(found, BaseException):
        raise found
    return found


def _artifact_row(item: FetchResult) -> dict[str, str]:
    return {
        "source": item.source_id,
        "action": item.action,
        "sha256": item.sha256[:12],
        "finding": item.finding.message if item.finding else item.message,
    }
