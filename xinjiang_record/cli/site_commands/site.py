"""``xrecord site``: build and serve the pages."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from xinjiang_record import settings
from xinjiang_record.cli.site_commands.published_option import PUBLISHED, published_of


@click.group()
def site() -> None:
    """Build or serve the static site: pages, maps, charts and downloads of the latest releases."""


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
    help="Public address of the site, with a final slash; for feed, sitemap and cards.",
)
@click.option("--force", is_flag=True, help="Build everything again, even if no release changed.")
@PUBLISHED
def site_build(output: Path | None, base_url: str, force: bool, published: Path | None) -> None:
    """Build the site. If nothing changed, no file is written."""
    from xinjiang_record.site import build  # deferred: start-up

    source = published_of(published)
    target = (output or source.parent / "site").absolute()
    started = settings.monotonic()
    result = build.build(
        source, target, base_url=base_url, force=force, tell=lambda line: click.echo(line, err=True)
    )
    counts = f"{result.pages} pages, {result.files} files, {result.written} written"
    click.echo(f"{target}: {result.status}, {counts}")
    seconds = settings.monotonic() - started
    click.echo(f"{seconds:.1f} s. Open {target / 'index.html'}, or: xrecord site serve", err=True)


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
    help="The port; 0 chooses a free one.",
)
def site_serve(folder: Path | None, port: int) -> None:
    """Serve the built site on 127.0.0.1 until interrupted."""
    from xinjiang_record.site import serve  # deferred: start-up

    target = (folder or settings.find_project().root / "site").absolute()
    with serve.server(target, port) as running:
        click.echo(f"http://127.0.0.1:{running.server_port}/")
        sys.stdout.flush()
        running.serve_forever()
