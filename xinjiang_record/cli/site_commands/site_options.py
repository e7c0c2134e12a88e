"""Read the options that the site commands share: --published, and how a site is built."""

from __future__ import annotations

from pathlib import Path

import click

from xinjiang_record import settings
from xinjiang_record.cli.output_path import refuse_released

PUBLISHED = click.option(
    "--published",
    type=click.Path(path_type=Path),
    help="Folder of releases. [default: published/ of the checkout]",
)
OUTPUT = click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    help="Folder of the site. [default: site/ of the checkout]",
)
BASE_URL = click.option(
    "--base-url",
    help="The site's own address, with the last slash, for feeds, sitemap and metadata. "
    "[default: homepage in xrecord.toml]",
)
ENGLISH_ONLY = click.option("--english-only", is_flag=True, help="Build no other language.")


def published_of(given: Path | None) -> Path:
    """Return the folder of releases: the given one, or that of the checkout."""
    return given or settings.find_project().published


def output_of(given: Path | None, published: Path) -> Path:
    """Return the folder of the site: the given one, or that next to the folder of releases."""
    target = (given or published.parent / "site").absolute()
    refuse_released(target, published)
    return target
