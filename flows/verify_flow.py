"""Prove everything under ``published/`` again, as a Prefect flow: one task a package, a Markdown artifact of all problems."""

from __future__ import annotations

from pathlib import Path

from prefect import flow, runtime, task
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows import notify, run_lock
from xinjiang_record import logs
from xinjiang_record.release.integrity.verify import verify as prove
from xinjiang_record.release.integrity.versions_json import package_folders
from xinjiang_record.settings import Project, find_project

HOURS = 3600.0


@task(task_run_name="verify {package}")
def verify_package(project: Project, package: str) -> list[str]:
    """Every problem of one package's releases."""
    with logs.stage("verify", package):
        return prove(project.published, package)


@flow(
    name="verify",
    flow_run_name="verify: published again from its bytes",
    timeout_seconds=1 * HOURS,
    on_failure=[notify.failed],
    on_crashed=[notify.failed],
)
def verify(project: str = "") -> State[list[str]]:
    """Verify every package; Failed, with every problem told, if there is one."""
    place = Project(Path(project)) if project else find_project()
    logs.begin(str(runtime.flow_run.id))
    with run_lock.only_run("verify", place) as refused:
        if refused:
            return refused
        problems = [
            found
            for folder in package_folders(place.published)
            for found in verify_package(place, folder.name)
        ]
        lines = [f"- {problem}" for problem in problems] or ["Every release is what was released."]
        create_markdown_artifact(
            "\n".join(lines), key="verify", description="Problems of what is published"
        )
    if problems:
        return Failed(message=f"{len(problems)} problems, the first: {problems[0]}", data=problems)
    return Completed(data=problems)
