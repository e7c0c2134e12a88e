"""Build the static site as a Prefect flow, as an asset that depends on the packages."""

from __future__ import annotations

from dataclasses import asdict

from prefect import Task, flow, runtime
from prefect.artifacts import create_markdown_artifact
from prefect.assets import add_asset_metadata, materialize
from prefect.cache_policies import NO_CACHE

from flows import notify, run_lock
from flows.run_options import name_run, run_tags, tag_run
from flows.tasks import site_asset
from xinjiang_record import logs
from xinjiang_record.release.integrity.versions_json import package_folders, read_ledger
from xinjiang_record.settings import Project, find_project

HOURS = 3600.0


def _site_task(project: Project, packages: list[str], base_url: str) -> Task[..., str]:
    asset = site_asset(project, packages, base_url)

    @materialize(
        asset,
        asset_deps=[f"xrecord://{name}" for name in packages],
        name="site",
        task_run_name="build site",
        cache_policy=NO_CACHE,
    )
    def build() -> str:
        # The libraries of the site are an extra that other flows do without.
        from xinjiang_record.site.build import build as build_pages  # deferred: optional extra

        result = build_pages(project.published, project.root / "site", base_url=base_url)
        ledgers = [read_ledger(project.published / name) for name in packages]
        releases = [f"{item.package} {item.latest['version']}" for item in ledgers if item.latest]
        add_asset_metadata(asset, {**asdict(result), "releases": releases})
        done = f"{result.status}: {result.pages} pages, {result.written} files written"
        logs.log("site", text=f"site: {done}", **asdict(result))
        lines = [done, "", f"Folder: `{project.root / 'site'}`", "", *map("- {}".format, releases)]
        create_markdown_artifact("\n".join(lines), key="site", description="What was built")
        return done

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
        tag_run(run_tags("site"))
        packages = [folder.name for folder in package_folders(project.published)]
        return _site_task(project, packages, base_url)()
