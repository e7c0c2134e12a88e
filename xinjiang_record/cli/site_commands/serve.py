"""``xrecord serve``: serve the site, or the tables with Datasette, on this machine."""

from __future__ import annotations

from pathlib import Path

import click

from xinjiang_record import settings
from xinjiang_record.cli.site_commands.site_options import PUBLISHED, published_of


@click.command()
@click.option("--datasette", "is_sql", is_flag=True, help="Serve the tables, to be asked in SQL.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="0 takes a free one.",
)
@PUBLISHED
def serve(is_sql: bool, port: int, published: Path | None) -> None:
    """Serve the built site, or the tables with Datasette, on 127.0.0.1, until interrupted.

    Datasette has a database a package, with titles, units and facets, and the questions of the
    record as queries: who took which side, and how many are said to be detained. It needs the
    extra [datasette].
    """
    source = published_of(published)
    if is_sql:
        from xinjiang_record.web.serve_datasette import serve_datasette  # deferred: optional extra

        serve_datasette(source, settings.Project(source.parent).addresses, port, _print_address)
        return
    from xinjiang_record.site.serve import make_server  # deferred: start-up

    with make_server(source.parent / "site", port) as running:
        _print_address(f"http://127.0.0.1:{running.server_port}/")
        running.serve_forever()


def _print_address(address: str) -> None:
    print(address, flush=True)
