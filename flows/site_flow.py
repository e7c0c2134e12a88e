"""Build the static site as a Prefect flow, as an asset that depends on the packages."""

from __future__ import annotations

from prefect import Task, flow, runtime, tags
from prefect.assets import materialize
from prefect.cache_policies import NO_CACHE

from flows import notify, run_lock
from flows.run_options import name_run, run_tags
from flows.tasks import SITE
from xinjiang_record import logs
from xinjiang_record.release.integrity.versions_json import package_folders
from xinjiang_record.settings import Project, find_project

HOURS = 3600.0


def _site_task(packages: list[str]) -> Task[..., str]:
    @materialize(
        SITE,
        asset_deps=[f"xrecord://{name}" for name in packages],
        name="site",
        task_run_name="build site",
        cache_policy=NO_CACHE,
    )
    def build(project: Project, base_url: str) -> str:
        # The libraries of the site are an extra that other flows do without.
        from xinjiang_record.site.build import build as build_pages  # deferred: optional extra

        result = build_pages(project.published, project.root / "site", base_url=base_url)
        return f"{result.status}: {result.pages} pages, {result.written} files written"

    return build


@flow(
    name="site",
    flow_run_name=name_run("site"),
    timeout_seconds=1 * HOURS,
    on_failure=[notify.failed],
    on_crashed=[notify.failed],
)
def build_site(base_url: str = "") -> str:
    """Build the site from the latest releases into site/. If nothing changed, nothing is written.

    Args:
        base_url: The public address of the site, with a final slash.
    """
    project = find_project()
    logs.begin(str(runtime.flow_run.id))
    with run_lock.only_run("site", project) as refused:
        if refused:
            return refused.message or "cancelled"
        with tags(*run_tags("site")):
            packages = [folder.name for folder in package_folders(project.published)]
            return _site_task(packages)(project, base_url)
