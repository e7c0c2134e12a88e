"""Query the tables of the latest releases in SQL, by DuckDB.

Each table is a view: ``joint_statements.signatories``, and plain ``signatories`` where one package
alone has a table of that name. Only one SELECT is run, only on these tables: it reads no file, no
address and no variable of Python.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, overload

from xinjiang_record import extras
from xinjiang_record.client.bases import Base, explain_base, open_base
from xinjiang_record.client.frames import Arrow, Kind, Pandas, Polars, check_kind, give_frame
from xinjiang_record.errors import UsageError

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from xinjiang_record.release.distribution.release_locations import Release

# So a query reaches the tables that are given to it, and nothing else.
CLOSED = {"enable_external_access": "false", "python_enable_replacements": "false"}


# fmt: off
@overload
def sql(query: str, *, base: Base = ..., as_: Pandas = ...) -> pd.DataFrame: ...
@overload
def sql(query: str, *, base: Base = ..., as_: Polars) -> pl.DataFrame: ...
@overload
def sql(query: str, *, base: Base = ..., as_: Arrow) -> pa.Table: ...
# fmt: on
def sql(
    query: str, *, base: Base = None, as_: Kind = "pandas"
) -> pd.DataFrame | pl.DataFrame | pa.Table:
    """Return the result of one SELECT over the tables of the latest releases.

    Args:
        query: A SELECT statement. A package's name has underscores: ``joint_statements.sources``.
        base: A folder or address of releases.
        as_: "pandas", "polars" or "arrow".

    Raises:
        EnvironmentFault: DuckDB is not installed.
        UsageError: The query is not one SELECT, has an error, or names no table of the record.
    """
    check_kind(as_)
    if not isinstance(query, str):
        raise UsageError(f"query: expected one SELECT statement, got {query!r}.")
    try:
        query.encode("utf-8")
    except UnicodeEncodeError as error:
        raise UsageError(f"query: expected text, got half a character ({error}).") from error
    extras.require("sql")
    import duckdb  # deferred: optional extra

    from xinjiang_record.release.distribution.release_locations import (  # deferred: start-up
        find_release,
        list_packages,
    )

    with duckdb.connect(config={**CLOSED}) as connection:
        try:
            kinds = [item.type for item in duckdb.extract_statements(query)]
            if kinds != [duckdb.StatementType.SELECT]:
                shown = ", ".join(str(kind).rpartition(".")[2] for kind in kinds) or "nothing"
                raise UsageError(f"query: expected one SELECT statement, got {shown}.")
            names = set(_named_tables(connection, query))
            with explain_base():
                location = open_base(base)
                releases = [find_release(location, name) for name in list_packages(location)]
                used = _add_tables(connection, releases, names)
            connection.execute("SET lock_configuration = true")
            table = connection.sql(query).to_arrow_table()
        except duckdb.Error as error:
            text = str(error)
            if text.startswith("Catalog Error: Table"):  # what follows names tables of DuckDB's own
                first, *_ = text.splitlines()
                text = f"{first} xr.tables(package) lists the tables of each package."
            raise UsageError(f"query: {text}") from error
    return give_frame(table, as_, {"versions": used, "query": query})


def _named_tables(connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[str]:
    """Yield the tables that a query names, ``schema.table`` or ``table``, from its parse tree."""
    found = connection.execute("SELECT json_serialize_sql(?::VARCHAR)", [query]).fetchall()
    todo: list[object] = [json.loads(row[0]) for row in found]
    while todo:
        node = todo.pop()
        if isinstance(node, list):
            todo += node
        elif isinstance(node, dict):
            todo += node.values()
            if node.get("type") == "BASE_TABLE":
                schema, table = str(node["schema_name"]), str(node["table_name"])
                yield ".".join(filter(None, (schema, table))).lower()


def _add_tables(
    connection: duckdb.DuckDBPyConnection, releases: list[Release], names: set[str]
) -> dict[str, str]:
    """Add the tables that a query names; return the versions of their packages."""
    owners: dict[str, list[Release]] = {}
    for release in releases:
        for resource in release.descriptor["resources"]:
            owners.setdefault(resource["name"], []).append(release)
    used: dict[str, str] = {}
    for table, having in owners.items():
        for release in having:
            schema = release.package.replace("-", "_")
            is_plain = table in names and len(having) == 1
            if not is_plain and f"{schema}.{table}" not in names:
                continue
            used[release.package] = release.version
            held = f"{schema}__{table}"
            connection.register(held, release.table(table))
            connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
            connection.execute(
                f'CREATE VIEW "{schema}"."{table}" AS SELECT * FROM memory.main."{held}"'
            )
            if is_plain:
                connection.execute(f'CREATE VIEW "{table}" AS SELECT * FROM memory.main."{held}"')
        shared = [release.package.replace("-", "_") for release in having]
        if table in names and len(having) > 1:
            choices = ", ".join(f"{schema}.{table}" for schema in shared)
            raise UsageError(f"query: several packages have a table {table!r}. Name {choices}.")
    return used
