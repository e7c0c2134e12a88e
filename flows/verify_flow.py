"""Check every published release as a Prefect flow: one task a package, one artifact of problems."""

from __future__ import annotations

from prefect import flow, runtime, tags, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows import notify, run_lock
from flows.run_options import name_run, run_tags
from xinjiang_record import logs
from xinjiang_record.release.integrity.verify import verify
from xinjiang_record.release.integrity.versions_json import package_folders
from xinjiang_record.settings import Project, find_project

HOURS = 3600.0


@task(task_run_name="verify {package}", cache_policy=NO_CACHE)
def verify_package(project: Project, package: str) -> list[str]:
    """Return every problem of one package's releases, and log each."""
    with logs.stage("verify", package):
        problems = verify(project.published, package)
    for problem in problems:
        logs.log("problem", text=problem, level="error", package=package)
    return problems


@flow(
    name="verify",
    flow_run_name=name_run("verify"),
    timeout_seconds=1 * HOURS,
    on_failure=[notify.failed],
    on_crashed=[notify.failed],
)
def verify_releases() -> State[list[str]]:
    """Verify every package. Fail, with every problem, if there is one."""
    project = find_project()
    logs.begin(str(runtime.flow_run.id))
    with run_lock.only_run("verify", project) as refused:
        if refused:
            return refused
        problems: list[str] = []
        for folder in package_folders(project.published):
            with tags(*run_tags("verify", [folder.name])):
                problems += verify_package(project, folder.name)
        lines = [f"- {problem}" for problem in problems] or ["Every release is as released."]
        create_markdown_artifact(
            "\n".join(lines), key="verify", description="Problems of the published releases"
        )
    if problems:
        return Failed(message=f"{len(problems)} problems, the first: {problems[0]}", data=problems)
    return Completed(data=problems)
