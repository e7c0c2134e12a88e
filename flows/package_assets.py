"""Describe releases to Prefect: an asset a package with its metadata, and an event a release.

Lineage: ``xrecord://raw/PACKAGE`` -> ``xrecord://PACKAGE`` -> ``xrecord://site``.
"""

from __future__ import annotations

from pathlib import Path

from prefect.assets import Asset, AssetProperties, add_asset_metadata
from prefect.events import emit_event

from xinjiang_record import files
from xinjiang_record.errors import XRecordError
from xinjiang_record.pipeline.outcome import Outcome
from xinjiang_record.schema.load import load_package
from xinjiang_record.settings import Project

RELEASED = "xrecord.release.published"
SITE = Asset(
    key="xrecord://site",
    properties=AssetProperties(
        name="Site", description="The static site, built from the latest releases."
    ),
)


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
