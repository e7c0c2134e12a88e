"""``xrecord preview``: show what publishing would do."""

from __future__ import annotations

import contextlib
import sys
from contextlib import AbstractContextManager
from pathlib import Path

import click

from xinjiang_record import exit_codes, files, settings
from xinjiang_record.cli.limited_command import LimitedCommand
from xinjiang_record.cli.output_path import refuse_released
from xinjiang_record.untrusted.audit_wall import confined


@click.command(cls=LimitedCommand)
@click.argument("package", nargs=-1)
@click.option(
    "--output", type=click.Path(dir_okay=False), help="Also write the Markdown to this file."
)
def preview(package: tuple[str, ...], output: str | None) -> None:
    """Show what publishing raw/ and schemas/ as they are now would do, without publishing.

    Prints Markdown for each PACKAGE (default: all): its next version, the rows added, changed and
    retracted, and new findings. The exit code is 1 if findings would stop a package.
    """
    from xinjiang_record.pipeline import preview as pipeline_preview  # deferred: start-up

    project = settings.find_project()
    if output:
        refuse_released(Path(output), project.published)
    with _confined(project, package):
        previews = pipeline_preview.preview_packages(project, package)
    text = pipeline_preview.preview_markdown(previews)
    if output:
        files.write_text(Path(output), text)
    print(text, end="")
    sys.exit(exit_codes.FINDINGS if any(item.errors for item in previews) else exit_codes.DONE)


def _confined(project: settings.Project, names: tuple[str, ...]) -> AbstractContextManager[None]:
    """Allow the checkout to be read and nothing to be written; packages in parts need processes."""
    from xinjiang_record.pipeline.run import select_packages  # deferred: start-up
    from xinjiang_record.release.integrity.source_commit import (
        find_source_commit,  # deferred: start-up
    )
    from xinjiang_record.schema.load import is_partitioned  # deferred: start-up

    if any(is_partitioned(project, name) for name in select_packages(project, names)):
        return contextlib.nullcontext()
    find_source_commit()  # asks git once, which is not possible inside
    return confined([project.root], scope="process")
