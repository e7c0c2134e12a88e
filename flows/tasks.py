"""Run the stages of the pipeline as Prefect tasks, one package each.

Tasks pass names and hashes. The functions of ``xinjiang_record.pipeline`` do the work. A release is
an asset with its metadata and an event: ``xrecord://raw/PACKAGE`` -> ``xrecord://PACKAGE`` ->
``xrecord://site``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

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
        if not outcome.error:
            report_release(project, outcome)
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
    descriptor = _descriptor(project, package)
    return Asset(
        key=f"xrecord://{package}",
        properties=AssetProperties(
            name=descriptor.get("title", package),
            description=descriptor.get("description", ""),
            url=descriptor.get("homepage") or (project.published / package / "latest").as_uri(),
            owners=_owners(descriptor),
        ),
    )


def raw_asset(project: Project, package: str) -> Asset:
    """Return the asset of a package's raw files."""
    return Asset(
        key=f"xrecord://raw/{package}",
        properties=AssetProperties(
            name=f"Raw files of {package}",
            description="What came in: one file or folder a source, edited by people only.",
            url=(project.raw / package).as_uri(),
            owners=_owners(_descriptor(project, package)),
        ),
    )


def site_asset(project: Project, packages: Sequence[str], base_url: str) -> Asset:
    """Return the asset of the site; its owners are those of the packages."""
    owners = {
        name: None for package in packages for name in _owners(_descriptor(project, package)) or ()
    }
    return Asset(
        key="xrecord://site",
        properties=AssetProperties(
            name="Site",
            description="The static site, built from the latest releases.",
            url=base_url or project.addresses.homepage or (project.root / "site").as_uri(),
            owners=list(owners) or None,
        ),
    )


def _descriptor(project: Project, package: str) -> dict[str, Any]:
    try:
        return dict(load_package(project, package).descriptor)
    except XRecordError:  # the task itself reports it
        return {}


def _owners(descriptor: Mapping[str, Any]) -> list[str] | None:
    owners = [item["title"] for item in descriptor.get("contributors", []) if item.get("title")]
    return owners or None


def describe_release(project: Project, outcome: Outcome) -> dict[str, str | int]:
    """Return what identifies a release: version, rows, content hash and release id."""
    release = project.published / outcome.package / outcome.version
    return {
        "status": outcome.status,
        "version": outcome.version,
        "bump": outcome.bump,
        "rows": sum(count for _, count in outcome.rows),
        "content_hash": outcome.content_hash,
        "release_id": files.sha256(release / "SHA256SUMS"),
    }


def report_release(project: Project, outcome: Outcome) -> None:
    """Add the release's metadata to its asset.

    If the release is new, emit the event ``xrecord.release.published``.
    """
    release = describe_release(project, outcome)
    add_asset_metadata(f"xrecord://{outcome.package}", release)
    if outcome.status != "published":
        return
    resource = {
        "prefect.resource.id": f"xrecord.package.{outcome.package}",
        "prefect.resource.name": outcome.package,
    }
    emit_event(RELEASED, resource=resource, payload={"package": outcome.package, **release})
