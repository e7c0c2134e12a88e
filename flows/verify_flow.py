"""Check every published release as a Prefect flow, and build the newest ones again.

Two tasks a package, one artifact of problems. A release can be built again where the checkout is a
git repository with the commit that the release names; otherwise the artifact says why it was not.
"""

from __future__ import annotations

from prefect import flow, runtime, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows import notify, run_lock
from flows.run_options import RunFailed, name_run, run_tags, tag_run
from xinjiang_record import logs
from xinjiang_record.errors import EnvironmentFault, UsageError, VerifyError, XRecordError
from xinjiang_record.pipeline.rebuild import Rebuilt
from xinjiang_record.pipeline.rebuild import rebuild as build_again
from xinjiang_record.release.integrity.verify import verify
from xinjiang_record.release.integrity.versions_json import package_folders, version_folders
from xinjiang_record.settings import Project, find_project

HOURS = 3600.0


@task(task_run_name="verify {package}", cache_policy=NO_CACHE)
def verify_package(project: Project, package: str) -> list[str]:
    """Return every problem of one package's releases, and log each."""
    with logs.stage("verify", package):
        problems = verify(project.published, package)
    if not problems:
        count = len(version_folders(project.published / package))
        logs.log("verified", text=f"{package}: {count} versions are as released", package=package)
    for problem in problems:
        logs.log("problem", text=problem, level="error", package=package)
    return problems


@task(task_run_name="rebuild {package}", cache_policy=NO_CACHE)
def rebuild_package(project: Project, package: str) -> tuple[list[str], str]:
    """Build a package's newest release again from its commit.

    Return the files that differ, as problems, and what was done or why it was not.
    """
    with logs.stage("rebuild", package):
        found = _try_to_rebuild(project, package)
    if isinstance(found, XRecordError):
        note = f"{package}: not built again. {found}"
        logs.log("rebuild", text=note, level="warning", package=package)
        return [str(found)] if isinstance(found, VerifyError) else [], note
    if found.libraries and found.different:
        note = (
            f"{package}: built again with other libraries than the release names, so that other "
            f"bytes prove nothing: {'; '.join(found.libraries)}. Differ: {found.different[0]}. "
            f"To use its own: xrecord rebuild {package}@latest --locked."
        )
        logs.log("rebuild", text=note, level="warning", package=package)
        return [], note
    problems = [
        f"{package}: {path} differs when it is built again from {found.commit[:12]}"
        for path in found.different
    ]
    for problem in problems:
        logs.log("problem", text=problem, level="error", package=package)
    same = f"{len(problems)} files differ" if problems else "every byte is the same"
    note = f"{package}: built again from {found.commit[:12]}, {same}."
    logs.log("rebuild", text=note, level="error" if problems else "info", package=package)
    return problems, note


def _try_to_rebuild(project: Project, package: str) -> Rebuilt | XRecordError:
    """Return what a rebuild found, or why there is none."""
    try:
        return build_again(project, package, "latest")
    except (UsageError, EnvironmentFault, VerifyError) as error:
        return error


@flow(
    name="verify",
    flow_run_name=name_run("verify"),
    timeout_seconds=1 * HOURS,
    on_failure=[notify.failed],
    on_crashed=[notify.failed],
)
def verify_releases(rebuild: bool = True) -> State[list[str]]:
    """Verify every package. Fail, with every problem, if there is one.

    Args:
        rebuild: Build the newest release of each package again, and compare every byte.
    """
    project = find_project()
    logs.begin(str(runtime.flow_run.id))
    with run_lock.only_run("verify", project) as refused:
        if refused:
            return refused
        problems: list[str] = []
        notes: list[str] = []
        packages = [folder.name for folder in package_folders(project.published)]
        tag_run(run_tags("verify", packages))
        for package in packages:
            problems += verify_package(project, package)
            if rebuild:
                different, note = rebuild_package(project, package)
                problems += different
                notes.append(note)
        lines = [f"- {problem}" for problem in problems] or ["Every release is as released."]
        lines += ["", *(f"- {note}" for note in notes)]
        create_markdown_artifact(
            "\n".join(lines), key="verify", description="Whether the releases are as released"
        )
    if problems:
        message = f"{len(problems)} problems, the first: {problems[0]}"
        return Failed(message=message, data=RunFailed(message, problems))
    return Completed(data=problems)
