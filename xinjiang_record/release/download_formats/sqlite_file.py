"""Write the SQLite download: one table a resource, with keys and references as in the schemas."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from xinjiang_record.errors import NotWritableError, ReleaseError
from xinjiang_record.files import STAGED
from xinjiang_record.release.download_formats.content import DownloadContent, describe_release
from xinjiang_record.schema.cell_text import to_text

SUFFIX, TITLE = "sqlite", "SQLite"
SQL_TYPES = {"integer": "INTEGER", "year": "INTEGER", "boolean": "INTEGER", "number": "REAL"}


def write(path: Path, content: DownloadContent) -> None:
    """Write the SQLite file: keys, NOT NULL and foreign keys as in the schemas.

    Booleans are 0 and 1; dates are ISO text.
    """
    release, tables = content.release, content.tables
    schemas = {resource.name: resource.schema for resource in release.resources}
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute(
            'CREATE TABLE "_about" ("name" TEXT PRIMARY KEY, "value" TEXT) WITHOUT ROWID'
        )
        connection.executemany(
            'INSERT INTO "_about" VALUES (?, ?)', sorted(describe_release(release))
        )
        for name, schema in schemas.items():
            connection.execute(_create(name, schemas))
            marks = ", ".join("?" * len(schema["fields"]))
            connection.executemany(
                f"INSERT INTO {quote_name(name)} VALUES ({marks})", _rows(tables[name], schema)
            )
        _add_views(connection, path, content.views)
        connection.commit()
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.OperationalError as error:
        raise NotWritableError(f"{path}: {error}. {STAGED}") from error
    except sqlite3.Error as error:
        raise ReleaseError(f"{path.name}: {error}.") from error
    finally:
        connection.close()
    if broken:
        raise ReleaseError(
            f"{path.name}: {len(broken)} references have no target, the first in {broken[0][0]}."
        )


def _add_views(connection: sqlite3.Connection, path: Path, views: Mapping[str, str]) -> None:
    """Create the views, and read a row of each, so that a broken one is found here."""
    for name, sql in views.items():
        try:
            connection.execute(f"CREATE VIEW {quote_name(name)} AS {sql}")
            connection.execute(f"SELECT * FROM {quote_name(name)} LIMIT 1").fetchone()
        except sqlite3.OperationalError as error:
            raise ReleaseError(f"{path.name}: the view {name}: {error}. Fix its SQL.") from error


def quote_name(name: str) -> str:
    """Return a name as an SQL identifier, whatever characters it has."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _create(name: str, schemas: Mapping[str, Mapping[str, Any]]) -> str:
    schema = schemas[name]
    lines = [_column(field) for field in schema["fields"]]
    lines.append(f"PRIMARY KEY ({_names(schema['primaryKey'])})")
    lines += [f"UNIQUE ({_names(key)})" for key in schema.get("uniqueKeys", ())]
    for key in schema.get("foreignKeys", ()):
        target = key["reference"].get("resource") or name
        fields = _list(key["reference"]["fields"])
        unique = [
            _list(schemas[target]["primaryKey"]),
            *map(_list, schemas[target].get("uniqueKeys", ())),
        ]
        if fields in unique:
            lines.append(
                f"FOREIGN KEY ({_names(key['fields'])}) "
                f"REFERENCES {quote_name(target)} ({_names(fields)})"
            )
    return f"CREATE TABLE {quote_name(name)} (\n  " + ",\n  ".join(lines) + "\n)"


def _column(field: Mapping[str, Any]) -> str:
    kind = SQL_TYPES.get(field["type"], "TEXT")
    return f"{quote_name(field['name'])} {kind}" + (
        " NOT NULL" if field.get("constraints", {}).get("required") else ""
    )


def _list(names: str | Sequence[str]) -> list[str]:
    return [names] if isinstance(names, str) else list(names)


def _names(names: str | Sequence[str]) -> str:
    return ", ".join(map(quote_name, _list(names)))


def _rows(table: pa.Table, schema: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    columns = [
        table[field["name"]].to_pylist()
        if field["type"] in SQL_TYPES
        else _texts(table[field["name"]])
        for field in schema["fields"]
    ]
    return zip(*columns, strict=True)


def _texts(column: pa.ChunkedArray) -> list[str | None]:
    return [value for chunk in column.chunks for value in to_text(chunk).to_pylist()]
