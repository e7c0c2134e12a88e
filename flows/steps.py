"""The steps of the main job as Prefect tasks, one package each. They pass names and keys; what they do is in release.record."""

from __future__ import annotations

from prefect import task
from prefect.artifacts import create_markdown_artifact
from prefect.assets import materialize

from xinjiang_record.errors import FindingsError
from xinjiang_record.release import record, report
from xinjiang_record.release.record import Outcome
from xinjiang_record.settings import Project


@task(task_run_name="ingest {package}")
def ingest(project: Project, package: str) -> str:
    """The key of the package's inputs; empty when nothing changed since its newest release."""
    return record.ingest(project, package)


@task(task_run_name="validate {package}")
def validate(project: Project, package: str, key: str) -> None:
    """Check one package and leave the report as an artifact; fails, in the server's eyes too, when there are findings."""
    outcome = record.validate(project, package, key)
    create_markdown_artifact(
        report.validation(outcome), key=f"validation-{package}", description=f"Validation of {package}"
    )
    if outcome.error:
        raise FindingsError(outcome.error)


def publish(project: Project, package: str, key: str, declare: str | None) -> Outcome:
    """Publish one package, as the asset ``xrecord://PACKAGE``. The rename is the last thing that happens."""
    step = materialize(f"xrecord://{package}", task_run_name=f"publish {package}")(record.publish)
    return step(project, package, key, declare)
