"""FetchResult at the sources that are due, as a Prefect flow. The one flow with retries: a network may answer the second time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from prefect import flow, runtime, task
from prefect.artifacts import create_table_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed
from prefect.tasks import exponential_backoff

from flows import notify, run_lock
from xinjiang_record import logs, settings
from xinjiang_record.errors import FetchError
from xinjiang_record.fetch import custody_log, due_sources
from xinjiang_record.fetch.due_sources import FetchResult
from xinjiang_record.model import Row
from xinjiang_record.settings import Project, find_project

RETRIES, BACK_OFF_SECONDS = 3, 10  # waits of 10, 20 and 40 seconds, half of it by chance
PAUSE_SECONDS = 1.0  # between two questions to whoever they go to
HOURS = 3600.0


@task(
    task_run_name="look at {source_id}",
    retries=RETRIES,
    retry_delay_seconds=exponential_backoff(BACK_OFF_SECONDS),
    retry_jitter_factor=0.5,
)
def look(project: Project, source_id: str, row: Row) -> FetchResult:
    """FetchResult at one source. Raises FetchError, which asks for another try, when it could not be had."""
    found = next(iter(due_sources.fetch_sources(project, [row])))
    if found.action == "failed" and not found.finding:
        raise FetchError(found.message)
    return found


@flow(
    name="fetch",
    flow_run_name="fetch: sources that are due",
    timeout_seconds=6 * HOURS,
    on_failure=[notify.failed],
    on_crashed=[notify.failed],
)
def fetch(
    limit: int | None = None, sources: Sequence[str] = (), project: str = ""
) -> State[list[FetchResult]]:
    """FetchResult at every source that is due (or at the named ones), at most ``limit``. Failed if one could not be had; the others are kept."""
    place = Project(Path(project)) if project else find_project()
    logs.begin(str(runtime.flow_run.id))
    with run_lock.only_run("fetch", place) as refused:
        if refused:
            return refused
        known = due_sources.read_registry(place)
        rows = (
            due_sources.select_sources(known, sources)
            if sources
            else due_sources.list_due_sources(
                known, custody_log.read_custody_log(place.raw), settings.now()
            )
        )
        looks = [_looked(place, row) for row in rows[:limit]]
        create_table_artifact(
            [_shown(item) for item in looks], key="fetch", description="What each source answered"
        )
    lost = [item for item in looks if item.action == "failed" and not item.finding]
    if lost:
        return Failed(
            message=f"{len(lost)} of {len(looks)} sources not had: {lost[0].message}", data=looks
        )
    return Completed(data=looks)


def _looked(project: Project, row: Row) -> FetchResult:
    """One source with its retries; what still fails is a look that failed."""
    settings.pause(PAUSE_SECONDS)
    found = look(project, row["source_id"], row, return_state=True).result(raise_on_failure=False)
    if isinstance(found, FetchError):
        return FetchResult(row["source_id"], row["url"], "failed", message=str(found))
    if isinstance(found, BaseException):
        raise found
    return found


def _shown(item: FetchResult) -> dict[str, str]:
    told = item.finding.message if item.finding else item.message
    return {
        "source": item.source_id,
        "action": item.action,
        "sha256": item.sha256[:12],
        "finding": told,
    }
