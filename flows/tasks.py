"""Run the stages of the pipeline as Prefect tasks, one package each.

Tasks pass names and hashes. The functions of ``xinjiang_record.pipeline`` do the work. A release is
an asset with its metadata and an event: ``xrecord://raw/PACKAGE`` -> ``xrecord://PACKAGE`` ->
``xrecord://site``.
"""

from __future__ import annotations

from pathlib import Path

from prefect import Task, task
from prefect.artifacts import create_markdown_artifact
from prefect.assets import Asset, AssetProperties, add_asset_metadata, materialize
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.events import emit_event
from prefect.states import Completed, Failed

from flows.run_options import RunFailed, dask_address, worker_count
from xinjiang_record import files
from xinjiang_record.errors import FindingsError, XRecordError
from xinjiang_record.pipeline import run, run_report
from xinjiang_record.pipeline.outcome import Outcome
from xinjiang_record.schema.load import is_partitioned, load_package
from xinjiang_record.settings import Project

RELEASED = "xrecord.release.published"
SITE = Asset(
    key="xrecord://site",
    properties=AssetProperties(
        name="Site", description="The static site, built from the latest releases."
    ),
)


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
        package_asset(project, package),
        asset_deps=[raw_asset(project, package)],
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
            report_release(outcome)
        if outcome.error:
            return Failed(message=outcome.error, data=RunFailed(outcome.error, [outcome]))
        return Completed(data=outcome)

    return publish


def _publish_partitioned(project: Project, package: str, key: str, declare: str | None) -> Outcome:
    """Validate and publish by partitions, in tasks of a flow of their own."""
    # Dask takes a second to import, and most packages have no partitions.
    from flows import partitioned_flow  # deferred: optional extra

    return partitioned_flow.run(project, package, key, declare, dask_address(), worker_count())


def package_asset(project: Project, package: str) -> Asset:
    """Return the asset of a package's releases, described as its data package is."""
    try:
        descriptor = load_package(project, package).descriptor
    except XRecordError:  # the task itself reports it
        return Asset(key=f"xrecord://{package}")
    owners = [item["title"] for item in descriptor.get("contributors", []) if item.get("title")]
    return Asset(
        key=f"xrecord://{package}",
        properties=AssetProperties(
            name=descriptor.get("title", package),
            description=descriptor.get("description", ""),
            url=descriptor.get("homepage") or (project.published / package / "latest").as_uri(),
            owners=owners or None,
        ),
    )


def raw_asset(project: Project, package: str) -> Asset:
    """Return the asset of a package's raw files."""
    return Asset(
        key=f"xrecord://raw/{package}",
        properties=AssetProperties(
            name=f"Raw files of {package}", url=(project.raw / package).as_uri()
        ),
    )


def describe_release(outcome: Outcome) -> dict[str, str | int]:
    """Return what identifies a release: version, rows, content hash and release id."""
    return {
        "version": outcome.version,
        "bump": outcome.bump,
        "rows": sum(count for _, count in outcome.rows),
        "content_hash": outcome.content_hash,
        "release_id": files.sha256(Path(outcome.path) / "SHA256SUMS"),
    }


def report_release(outcome: Outcome) -> None:
    """Add the release's metadata to its asset, and emit the event ``xrecord.release.published``."""
    release = describe_release(outcome)
    add_asset_metadata(f"xrecord://{outcome.package}", release)
    resource = {
        "prefect.resource.id": f"xrecord.package.{outcome.package}",
        "prefect.resource.name": outcome.package,
    }
    emit_event(RELEASED, resource=resource, payload={"package": outcome.package, **release})
