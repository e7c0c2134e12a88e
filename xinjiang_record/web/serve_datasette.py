"""Serve the SQLite files of the latest releases with Datasette, on this machine."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from socketserver import BaseRequestHandler

from xinjiang_record import extras, files
from xinjiang_record.errors import UsageError
from xinjiang_record.settings import Addresses
from xinjiang_record.site.release_data import load
from xinjiang_record.site.serve import listen
from xinjiang_record.web.datasette_metadata import describe_database


def list_databases(published: Path) -> dict[str, Path]:
    """Return the SQLite file of each package's latest release, by package.

    Raises:
        UsageError: There is none.
    """
    found = {
        path.parents[2].name: path.resolve()
        for path in sorted(published.glob("*/latest/downloads/*.sqlite"))
    }
    if not found:
        raise UsageError(
            f"{published} has no release with a SQLite file. Make one: xrecord run. If an archive "
            "has them, bring them back: xrecord archive --restore"
        )
    return found


def serve_datasette(
    published: Path, addresses: Addresses, port: int, report: Callable[[str], None]
) -> None:
    """Serve until interrupted, on 127.0.0.1: a database a package, which nobody can change.

    ``report`` gets the address once it answers; port 0 is a free one.

    Raises:
        UsageError: There is nothing to serve, or the port is taken.
        EnvironmentFault: Datasette is not installed.
    """
    extras.require("datasette")
    import uvicorn  # deferred: optional extra
    from datasette.app import Datasette  # deferred: optional extra

    databases = list_databases(published)
    metadata = describe_database(load(published), addresses)
    with (
        listen(port, BaseRequestHandler) as listener,
        tempfile.TemporaryDirectory(prefix="xrecord-datasette-") as folder,
    ):
        links = [Path(folder) / f"{name}.sqlite" for name in databases]
        for link, path in zip(links, databases.values(), strict=True):
            files.point(link, str(path))  # Datasette names a database for its file
        server = Datasette([], immutables=[str(link) for link in links], metadata=metadata)
        report(f"http://127.0.0.1:{listener.server_port}/")
        config = uvicorn.Config(server.app(), log_level="warning")
        uvicorn.Server(config).run(sockets=[listener.socket])
