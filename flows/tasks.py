"""The steps of the main job as Prefect tasks, one package each. They pass names and keys; what they do is in pipeline.run."""

from __future__ import annotations

from prefect import Task, task
from prefect.artifacts import create_markdown_artifact
from prefect.assets import materialize
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from xinjiang_record.errors import FindingsError
from xinjiang_record.pipeline import run, run_report
from xinjiang_record.pipeline.outcome import Outcome
from xinjiang_record.settings import Project


@task(task_run_name="ingest {package}")
def ingest(project: Project, package: str) -> str:
    """The key of the package's inputs; empty when nothing changed since its newest release."""
    return run.ingest(project, package)


@task(task_run_name="validate {package}")
def validate(project: Project, package: str, key: str) -> State[None]:
    """Check one package and leave the report as an artifact; fails, in the server's eyes too, when there are findings."""
    outcome = run.validate(project, package, key)
    create_markdown_artifact(
        run_report.validation_markdown(outcome),
        key=f"validation-{package}",
        description=f"Validation of {package}",
    )
    if outcome.error:
        return Failed(message=outcome.error, data=FindingsError(outcome.error))
    return Completed(data=None)


def publish(package: str) -> Task[..., Outcome]:
    """The task that publishes one package, as the asset ``xrecord://PACKAGE``. The rename is the last thing that happens in it."""
    return materialize(f"xrecord://{package}", name="publish", task_run_name=f"publish {package}")(
        run.publish
    )
