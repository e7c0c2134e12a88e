"""``xrecord site``: build and serve the pages."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from xinjiang_record import settings
from xinjiang_record.cli.site_commands.published_option import PUBLISHED, published_of


@click.group()
def site() -> None:
    """The static site: pages, maps, charts and downloads from the latest releases alone."""


@site.command("build")
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    help="Folder of the site. [default: site/ of the checkout]",
)
@click.option(
    "--base-url",
    default="",
    help="Where it will stand, for the feed, the sitemap and the cards; ends in a slash.",
)
@click.option("--force", is_flag=True, help="Draw everything again, even if no release changed.")
@PUBLISHED
def site_build(output: Path | None, base_url: str, force: bool, published: Path | None) -> None:
    """Build the site; with nothing changed, say so and leave every file as it is."""
    from xinjiang_record.site import build

    source = published_of(published)
    target = (output or source.parent / "site").absolute()
    started = settings.monotonic()
    result = build.build(
        source, target, base_url=base_url, force=force, tell=lambda line: click.echo(line, err=True)
    )
    click.echo(
        f"{target}: {result.status}, {result.pages} pages, {result.files} files, {result.written} written"
    )
    click.echo(
        f"{settings.monotonic() - started:.1f} s. Open {target / 'index.html'}, or: xrecord site serve",
        err=True,
    )


@site.command("serve")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    help="Folder of the site. [default: site/ of the checkout]",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="0 takes a free one.",
)
def site_serve(folder: Path | None, port: int) -> None:
    """Serve the built site on this machine only (127.0.0.1), until interrupted."""
    from xinjiang_record.site import serve

    target = (folder or settings.find_project().root / "site").absolute()
    with serve.server(target, port) as running:
        click.echo(f"http://127.0.0.1:{running.server_port}/")
        sys.stdout.flush()
        running.serve_forever()
