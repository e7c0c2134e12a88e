"""Read the partitions of a table: Parquet files in folders.

The name of a folder may hold the value of a field (``country_iso3=CHN``).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc

from xinjiang_record.errors import ReleaseError
from xinjiang_record.schema.load import arrow_schema

ENDING = "*.parquet"
NULL = "__HIVE_DEFAULT_PARTITION__"  # what Hive calls the folder of the rows that have no value


@dataclass(frozen=True, slots=True)
class Partition:
    """Hold one file of a partitioned table, and what the names of its folders say."""

    path: Path
    named: tuple[tuple[str, str], ...] = ()


def list_partitions(folder: Path) -> list[Partition]:
    """Return every Parquet file under ``folder``, at any depth, in the order of their names."""
    found = sorted(folder.rglob(ENDING))
    return [
        Partition(path, _named(path.relative_to(folder).parts[:-1]))
        for path in found
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]


def _named(folders: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    pairs = (name.partition("=") for name in folders)
    return tuple((unquote(name), unquote(value)) for name, sign, value in pairs if sign)


@contextlib.contextmanager
def explain_unreadable(partition: Partition) -> Iterator[None]:
    """Raise ReleaseError with the file's name where Arrow cannot read a partition."""
    try:
        yield
    except (
        pa.ArrowInvalid,
        pa.ArrowNotImplementedError,
        pa.ArrowTypeError,
        UnicodeDecodeError,
    ) as error:
        raise _unreadable(partition, error) from error
    except OSError as error:
        if error.errno is not None:  # the disk's, not the file's
            raise
        raise _unreadable(partition, error) from error


def _unreadable(partition: Partition, error: Exception) -> ReleaseError:
    return ReleaseError(f"{partition.path}: cannot be read ({error}). Write the file again.")


def read_folder_values(
    partition: Partition, schema: Mapping[str, Any]
) -> Iterator[tuple[str, pa.Scalar]]:
    """Yield the fields that the folders give, typed as the schema says.

    A folder whose name is not a field says nothing about the rows.

    Raises:
        ReleaseError: A value that its field's type cannot hold.
    """
    types = arrow_schema(schema)
    for name, text in partition.named:
        if name in types.names:
            kind = types.field(name).type
            try:
                yield name, pa.scalar(None if text == NULL else text, pa.string()).cast(kind)
            except pa.ArrowInvalid as error:
                raise ReleaseError(
                    f"{partition.path}: its folder says {name} is {text!r}: expected a {kind}. "
                    "Rename the folder."
                ) from error


def add_folder_values(
    table: pa.Table, partition: Partition, schema: Mapping[str, Any], first_row: int = 0
) -> pa.Table:
    """Return the rows of a partition with the fields that its folders give.

    ``first_row`` is the number of rows before these.

    Raises:
        ReleaseError: A row says otherwise than its folder.
    """
    for name, value in read_folder_values(partition, schema):
        if name not in table.column_names:
            table = table.append_column(name, pa.repeat(value, table.num_rows))
            continue
        column = table[name].cast(value.type)
        same = (
            pc.is_null(column)
            if not value.is_valid
            else pc.fill_null(pc.equal(column, value), False)
        )
        if not pc.all(same, min_count=0).as_py():
            row = pc.index(same, False).as_py()
            raise ReleaseError(
                f"{partition.path}: row {first_row + row + 1} has {name} {column[row].as_py()!r}: "
                f"expected {value.as_py()!r}, as its folder says. Move the row, or rename the "
                f"folder."
            )
    return table
