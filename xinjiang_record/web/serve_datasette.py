"""Serve the SQLite files of the latest releases with Datasette, on this machine."""

from __future__ import annotations

import tempfile
from pathlib import Path

from xinjiang_record import extras, files
from xinjiang_record.errors import UsageError
from xinjiang_record.settings import Addresses
from xinjiang_record.site.release_data import load
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


def serve_datasette(published: Path, addresses: Addresses, port: int) -> None:
    """Serve until interrupted, on 127.0.0.1: a database a package, which nobody can change.

    Raises:
        UsageError: There is nothing to serve.
        EnvironmentFault: Datasette is not installed.
    """
    extras.require("datasette")
    import uvicorn  # deferred: optional extra
    from datasette.app import Datasette  # deferred: optional extra

    databases = list_databases(published)
    metadata = describe_database(load(published), addresses)
    with tempfile.TemporaryDirectory(prefix="xrecord-datasette-") as folder:
        links = [Path(folder) / f"{name}.sqlite" for name in databases]
        for link, path in zip(links, databases.values(), strict=True):
            files.point(link, str(path))  # Datasette names a database for its file
        server = Datasette([], immutables=[str(link) for link in links], metadata=metadata)
        uvicorn.run(server.app(), host="127.0.0.1", port=port, log_level="warning")
