"""Run the stages of the pipeline as Prefect tasks, one package each.

Tasks pass names and hashes. The functions of ``xinjiang_record.pipeline`` do the work.
"""

from __future__ import annotations

from prefect import Task, task
from prefect.artifacts import create_markdown_artifact
from prefect.assets import materialize
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows import package_assets
from flows.run_options import RunFailed, dask_address, worker_count
from xinjiang_record.errors import FindingsError
from xinjiang_record.pipeline import run, run_report
from xinjiang_record.pipeline.outcome import Outcome
from xinjiang_record.schema.load import is_partitioned
from xinjiang_record.settings import Project


@task(task_run_name="ingest {package}", cache_policy=NO_CACHE)
def ingest(project: Project, package: str) -> str:
    """Hash the package's inputs; return "" if its newest release was made from the same."""
    return run.ingest(project, package)


@task(task_run_name="validate {package}", cache_policy=NO_CACHE)
def validate(project: Project, package: str, key: str) -> State[None]:
    """Check one package, and keep the report as an artifact. Fail if there are errors."""
    outcome = run.validate(project, package, key)
    create_markdown_artifact(
        run_report.validation_markdown(outcome),
        key=f"validation-{package}",
        description=f"Validation of {package}",
    )
    if outcome.error:
        return Failed(message=outcome.error, data=FindingsError(outcome.error))
    return Completed(data=None)


def publish_task(project: Project, package: str) -> Task[..., State[Outcome]]:
    """Return the task that publishes one package, as a materialization of its asset."""

    @materialize(
        package_assets.package_asset(project, package),
        asset_deps=[package_assets.raw_asset(project, package)],
        name="publish",
        task_run_name=f"publish {package}",
        cache_policy=NO_CACHE,
    )
    def publish(project: Project, package: str, key: str, declare: str | None) -> State[Outcome]:
        if is_partitioned(project, package):
            outcome = _publish_partitioned(project, package, key, declare)
        else:
            outcome = run.publish(project, package, key, declare)
        if outcome.status == "published":
            package_assets.report_release(outcome)
        if outcome.error:
            return Failed(message=outcome.error, data=RunFailed(outcome.error, [outcome]))
        return Completed(data=outcome)

    return publish


def _publish_partitioned(project: Project, package: str, key: str, declare: str | None) -> Outcome:
    """Validate and publish by partitions, in tasks of a flow of their own."""
    # Dask takes a second to import, and most packages have no partitions.
    from flows import partitioned_flow  # deferred: optional extra

    return partitioned_flow.run(project, package, key, declare, dask_address(), worker_count())
