"""Write the spreadsheet: a first sheet that says what it is, then one typed sheet a table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from xinjiang_record.errors import NotWritableError
from xinjiang_record.files import STAGED
from xinjiang_record.release.download_formats.content import DownloadContent, describe_release
from xinjiang_record.release.metadata.release_info import ReleaseInfo

if TYPE_CHECKING:
    from xlsxwriter import Workbook

SUFFIX, TITLE = "xlsx", "Excel"
EXACT_INTEGER = 2**53  # a spreadsheet holds larger integers only approximately
CELL_CHARS = 32_767  # the most that a spreadsheet's cell holds
SHEET_NAME = 31  # characters


def write(path: Path, content: DownloadContent) -> None:
    """Write the spreadsheet, each table's header frozen."""
    import xlsxwriter  # deferred: start-up
    from xlsxwriter.exceptions import FileCreateError  # deferred: start-up

    release = content.release
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "in_memory": True,
    }
    try:
        with xlsxwriter.Workbook(str(path), options) as book:
            book.set_properties(
                {"title": release.title, "created": datetime.fromisoformat(release.created)}
            )
            formats = {
                "head": book.add_format({"bold": True, "bottom": 1}),
                "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
                "date": book.add_format({"num_format": "yyyy-mm-dd"}),
                "datetime": book.add_format({"num_format": 'yyyy-mm-dd"T"hh:mm:ss"Z"'}),
            }
            _write_first_sheet(book, release, formats)
            for resource in release.resources:
                table = content.tables[resource.name]
                _write_sheet(book, resource.name, resource.schema, table, formats)
    except FileCreateError as error:
        raise NotWritableError(f"{path}: {error}. {STAGED}") from error


def _write_first_sheet(book: Workbook, release: ReleaseInfo, formats: Mapping[str, Any]) -> None:
    sheet = book.add_worksheet("About")
    sheet.set_column(0, 0, 24, formats["head"])
    sheet.set_column(1, 1, 100, formats["wrap"])
    tables = [(item.name, f"{item.rows} rows. {item.description}") for item in release.resources]
    empty = ("", "An empty cell is a missing value.")
    lines = [*describe_release(release), empty, ("tables", ""), *tables]
    for row, (name, value) in enumerate(lines):
        sheet.write_string(row, 0, name, formats["head"])
        sheet.write_string(row, 1, value, formats["wrap"])


def _write_sheet(
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
                _write_cell(sheet, row, column, value, formats)


def _write_cell(sheet: Any, row: int, column: int, value: Any, formats: Mapping[str, Any]) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, column, value.replace(tzinfo=None), formats["datetime"])
    elif isinstance(value, date) and value.year >= 1900:
        sheet.write_datetime(row, column, value, formats["date"])
    elif isinstance(value, int | float) and abs(value) <= EXACT_INTEGER:
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, str(value)[:CELL_CHARS])
