"""``xrecord site``: build and serve the pages."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from xinjiang_record import settings
from xinjiang_record.cli.site_commands.site_options import (
    BASE_URL,
    ENGLISH_ONLY,
    OUTPUT,
    PUBLISHED,
    output_of,
    published_of,
)


@click.group()
def site() -> None:
    """Build and serve the static site of the latest releases."""


@site.command("build")
@OUTPUT
@BASE_URL
@click.option(
    "--language",
    "languages",
    multiple=True,
    help="Code of a language to build next to English; may be repeated. [default: all]",
)
@ENGLISH_ONLY
@click.option("--force", is_flag=True, help="Draw everything again, even if no release changed.")
@PUBLISHED
def site_build(
    output: Path | None,
    base_url: str | None,
    languages: tuple[str, ...],
    english_only: bool,
    force: bool,
    published: Path | None,
) -> None:
    """Build the site; with nothing changed, say so and leave every file as it is."""
    from xinjiang_record.site import build  # deferred: start-up

    source = published_of(published)
    target = output_of(output, source)
    known = settings.Project(source.parent).addresses
    started = settings.monotonic()
    result = build.build(
        source,
        target,
        base_url=known.homepage if base_url is None else base_url,
        data_base=known.data_base if base_url is None else "",
        datasette_url=known.datasette_url,
        languages=["en"] if english_only else list(languages) or None,
        force=force,
        report=lambda line: click.echo(line, err=True),
    )
    click.echo(
        f"{target}: {result.status}, {result.pages} pages, {result.files} files, "
        f"{result.written} written"
    )
    seconds = settings.monotonic() - started
    where = target / "index.html"
    click.echo(f"{seconds:.1f} s. Open {where}, or run: xrecord site serve", err=True)


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
    from xinjiang_record.site import serve  # deferred: start-up

    target = (folder or settings.find_project().root / "site").absolute()
    with serve.make_server(target, port) as running:
        click.echo(f"http://127.0.0.1:{running.server_port}/")
        sys.stdout.flush()
        running.serve_forever()
