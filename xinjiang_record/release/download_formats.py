"""downloads/: the package as one zip, one spreadsheet and one SQLite file. The same release and libraries give the same bytes.

A package of more than ``DOWNLOAD_ROWS`` rows has none of them: its Parquet files are the better download.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from xinjiang_record.errors import NotWritableError, ReleaseError
from xinjiang_record.files import STAGED
from xinjiang_record.release.metadata import citation
from xinjiang_record.release.metadata.release_info import ReleaseInfo
from xinjiang_record.schema.cell_text import to_text

if TYPE_CHECKING:
    from xlsxwriter import Workbook

DOWNLOAD_ROWS = 200_000  # rows of all tables together
EXACT = 2**53  # integers beyond are not exact in a spreadsheet
CELL_CHARS = 32_767  # of a spreadsheet
SHEET_NAME = 31  # characters
SQL_TYPES = {"integer": "INTEGER", "year": "INTEGER", "boolean": "INTEGER", "number": "REAL"}


def sqlite(path: Path, release: ReleaseInfo, tables: Mapping[str, pa.Table]) -> None:
    """Write the SQLite file: keys, NOT NULL and foreign keys as in the schemas; booleans are 0 and 1, dates are ISO text."""
    schemas = {resource.name: resource.schema for resource in release.resources}
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute(
            'CREATE TABLE "_about" ("name" TEXT PRIMARY KEY, "value" TEXT) WITHOUT ROWID'
        )
        connection.executemany('INSERT INTO "_about" VALUES (?, ?)', sorted(about(release)))
        for name, schema in schemas.items():
            connection.execute(_create(name, schemas))
            marks = ", ".join("?" * len(schema["fields"]))
            connection.executemany(
                f'INSERT INTO "{name}" VALUES ({marks})', _rows(tables[name], schema)
            )
        connection.commit()
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.OperationalError as error:
        raise NotWritableError(f"{path}: {error}. {STAGED}") from error
    except sqlite3.Error as error:
        raise ReleaseError(f"{path.name}: {error}. Nothing was published.") from error
    finally:
        connection.close()
    if broken:
        raise ReleaseError(
            f"{path.name}: {len(broken)} references have no target, the first in {broken[0][0]}."
        )


def about(release: ReleaseInfo) -> list[tuple[str, str]]:
    """What the release is, as names and values."""
    return [
        ("title", release.title),
        ("version", release.version),
        ("created", release.created),
        ("description", release.description),
        ("licence", ", ".join(item["name"] for item in release.licenses)),
        ("how to cite", citation.cite(release).strip()),
        ("content hash", f"sha256:{release.content_hash}"),
    ]


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
                f'FOREIGN KEY ({_names(key["fields"])}) REFERENCES "{target}" ({_names(fields)})'
            )
    return f'CREATE TABLE "{name}" (\n  ' + ",\n  ".join(lines) + "\n)"


def _column(field: Mapping[str, Any]) -> str:
    kind = SQL_TYPES.get(field["type"], "TEXT")
    return f'"{field["name"]}" {kind}' + (
        " NOT NULL" if field.get("constraints", {}).get("required") else ""
    )


def _list(names: str | Sequence[str]) -> list[str]:
    return [names] if isinstance(names, str) else list(names)


def _names(names: str | Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in _list(names))


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


def xlsx(path: Path, release: ReleaseInfo, tables: Mapping[str, pa.Table]) -> None:
    """Write the spreadsheet: a first sheet that says what it is, then a typed sheet a table, its header frozen."""
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    plain = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "in_memory": True,
    }
    try:
        with xlsxwriter.Workbook(str(path), plain) as book:
            book.set_properties(
                {"title": release.title, "created": datetime.fromisoformat(release.created)}
            )
            formats = {
                "head": book.add_format({"bold": True, "bottom": 1}),
                "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
                "date": book.add_format({"num_format": "yyyy-mm-dd"}),
                "datetime": book.add_format({"num_format": 'yyyy-mm-dd"T"hh:mm:ss"Z"'}),
            }
            _first_sheet(book, release, formats)
            for resource in release.resources:
                _sheet(book, resource.name, resource.schema, tables[resource.name], formats)
    except FileCreateError as error:
        raise NotWritableError(f"{path}: {error}. {STAGED}") from error


def _first_sheet(book: Workbook, release: ReleaseInfo, formats: Mapping[str, Any]) -> None:
    sheet = book.add_worksheet("About")
    sheet.set_column(0, 0, 24, formats["head"])
    sheet.set_column(1, 1, 100, formats["wrap"])
    tables = [(item.name, f"{item.rows} rows. {item.description}") for item in release.resources]
    for row, (name, value) in enumerate(
        [*about(release), ("", "An empty cell is a missing value."), ("tables", ""), *tables]
    ):
        sheet.write_string(row, 0, name, formats["head"])
        sheet.write_string(row, 1, value, formats["wrap"])


def _sheet(
    book: Workbook,
    name: str,
    schema: Mapping[str, Any],
    table: pa.Table,
    formats: Mapping[str, Any],
) -> None:
    sheet = book.add_worksheet(name[:SHEET_NAME])
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, table.num_rows, table.num_columns - 1)
    for column, field in enumerate(schema["fields"]):
        sheet.write_string(0, column, field["name"], formats["head"])
        sheet.set_column(column, column, 14 if field["type"] != "string" else 24)
        for row, value in enumerate(table[field["name"]].to_pylist(), 1):
            if value is not None:
                _cell(sheet, row, column, value, formats)


def _cell(sheet: Any, row: int, column: int, value: Any, formats: Mapping[str, Any]) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, column, value.replace(tzinfo=None), formats["datetime"])
    elif isinstance(value, date) and value.year >= 1900:
        sheet.write_datetime(row, column, value, formats["date"])
    elif isinstance(value, int | float) and abs(value) <= EXACT:
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, str(value)[:CELL_CHARS])
