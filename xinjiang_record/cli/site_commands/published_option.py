"""Read the option --published."""

from __future__ import annotations

from pathlib import Path

import click

from xinjiang_record import settings

PUBLISHED = click.option(
    "--published",
    type=click.Path(path_type=Path),
    help="Folder of releases. [default: published/ of the checkout]",
)


def published_of(given: Path | None) -> Path:
    """Return the folder of releases: the given one, or that of the checkout."""
    return given or settings.find_project().published
