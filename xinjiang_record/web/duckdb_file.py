"""Write ``<package>.duckdb``: the tables of a release with comments, and its views.

DuckDB files of the same content differ in their bytes. So the file is not a part of a release; it
is made from one where it is published, and its table ``_about`` names the release.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from xinjiang_record import extras
from xinjiang_record.errors import ReleaseError
from xinjiang_record.release.download_formats.content import describe_release
from xinjiang_record.release.download_formats.sqlite_file import quote_name
from xinjiang_record.release.metadata.release_info import ReleaseInfo

BLOCK_BYTES = 16_384  # the smallest that DuckDB has: its usual 256 KiB make small tables large


def read_views(sqlite_file: Path) -> dict[str, str]:
    """Return the views of a SQLite download by name, as ``CREATE VIEW`` statements."""
    connection = sqlite3.connect(f"file:{sqlite_file}?mode=ro&immutable=1", uri=True)
    try:
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'view' ORDER BY name"
        return dict(connection.execute(query).fetchall())
    finally:
        connection.close()


def write_duckdb(path: Path, release: Path, info: ReleaseInfo) -> None:
    """Write the file at ``path``, which must not exist, from the files of a release.

    Raises:
        ReleaseError: A table or view cannot be made.
    """
    extras.require("sql")
    import duckdb  # deferred: optional extra

    connection = duckdb.connect()
    try:
        connection.execute("SET threads = 1")
        connection.execute(f"ATTACH {_quote(str(path))} AS release (BLOCK_SIZE {BLOCK_BYTES})")
        connection.execute("USE release")
        connection.execute('CREATE TABLE "_about" ("name" VARCHAR PRIMARY KEY, "value" VARCHAR)')
        about = [*describe_release(info), ("release", info.version_id)]
        connection.executemany('INSERT INTO "_about" VALUES (?, ?)', [list(row) for row in about])
        for statement, values in _statements(release, info):
            connection.execute(statement, values)
        connection.execute("USE memory")
        connection.execute("DETACH release")
    except duckdb.Error as error:
        raise ReleaseError(f"{path.name}: {error}. Correct the SQL of the views.") from error
    finally:
        connection.close()


def _statements(release: Path, info: ReleaseInfo) -> Iterator[tuple[str, list[Any]]]:
    """Yield the SQL that makes the tables, their comments and the views."""
    for item in info.resources:
        name, files = quote_name(item.name), [str(release / one.path) for one in item.files.parquet]
        yield f"CREATE TABLE {name} AS SELECT * FROM read_parquet(?)", [files]
        yield f"COMMENT ON TABLE {name} IS {_quote(item.description)}", []
        for field in item.schema["fields"]:
            column = f"{name}.{quote_name(field['name'])}"
            yield f"COMMENT ON COLUMN {column} IS {_quote(_describe(field))}", []
    downloads = [one.path for one in info.downloads if one.path.endswith(".sqlite")]
    for path in downloads:
        for statement in read_views(release / path).values():
            yield statement, []


def _describe(field: Mapping[str, Any]) -> str:
    unit = f" In {field['unit']}." if field.get("unit") else ""
    return f"{field['description']}{unit}"


def _quote(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'"
