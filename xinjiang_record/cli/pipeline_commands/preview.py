"""``xrecord preview``: show what publishing would do."""

from __future__ import annotations

import sys

import click

from xinjiang_record import files, settings


@click.command()
@click.argument("package", nargs=-1)
@click.option("--output", type=click.Path(dir_okay=False), help="Write the Markdown here, too.")
def preview(package: tuple[str, ...], output: str | None) -> None:
    """Say what publishing raw/ and schemas/ as they are now would do; publish nothing.

    Markdown, ready for a comment: the version of each PACKAGE (all, if none is named), rows added, changed and retracted, findings
    that are new. Exit code 1 if a package has findings that would stop it.
    """
    from pathlib import Path

    from xinjiang_record.pipeline import preview as look

    project = settings.find_project()
    previews = look.preview(project, package)
    text = look.markdown(previews)
    if output:
        files.write_text(Path(output), text)
    print(text, end="")
    sys.exit(1 if any(item.errors for item in previews) else 0)
