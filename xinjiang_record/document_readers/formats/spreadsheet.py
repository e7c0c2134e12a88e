"""Read XLSX and XLS into tables: values by calamine, the rest from the file itself.

There is one table per visible sheet, empty rows left out, each row with its number. Numbers are
plain (``22``, ``0.5``), dates ISO. What a sheet hides is left out. A formula's cell is left empty,
because its value was computed by whoever saved the file. Both give a finding. The bounds of a sheet
are checked before calamine lays it out, in the bounded process. ``xls_biff`` does for XLS what the
XML does for XLSX.
"""

from __future__ import annotations

import datetime
import io
import posixpath
import re
from collections.abc import Iterator

import python_calamine
from python_calamine import CalamineSheet

from xinjiang_record.archives.zip import Archive, open_zip
from xinjiang_record.document_readers.document import OLE, Builder, column_name
from xinjiang_record.document_readers.formats.office_xml import (
    check_package,
    local,
    look_at_package,
    part,
    stream,
)
from xinjiang_record.document_readers.formats.text import look_for_formula
from xinjiang_record.document_readers.formats.xls_biff import Marks, marks_of

MAIN = "xl/workbook.xml"
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def read_xlsx(data: bytes, out: Builder, encoding: str | None) -> None:
    """Read an XLSX workbook; ``encoding`` does not apply."""
    del encoding
    seen: dict[int, Marks] = {}
    with open_zip(data, shown=out.shown) as archive:
        check_package(archive, MAIN, out)
        look_at_package(archive, out)
        if any(name.startswith("xl/externalLinks/") for name in archive.names):
            out.add_finding(
                "external-link", "takes values from other workbooks. They were not opened."
            )
        for number, (name, path) in enumerate(_sheet_parts(archive, out)):
            if path in archive.names:
                seen[number] = _look(part(archive, path, out), name, out)
        for name in archive.names:
            if name.endswith(".xml") and not name.startswith("xl/worksheets/"):
                part(archive, name, out)  # refuses a document type wherever it is
    _read_values(data, seen, out)


def read_xls(data: bytes, out: Builder, encoding: str | None) -> None:
    """Read an XLS workbook; ``encoding`` does not apply."""
    del encoding
    if not data.startswith(OLE):
        raise out.read_error("is not an XLS workbook, whatever its name says.")
    marks = marks_of(data)
    if marks is None:
        out.add_finding(
            "formula", "which cells are formulas is not known: the saved values were read."
        )
    _read_values(data, dict(enumerate(marks or ())), out, is_xls=True)


def _sheet_parts(archive: Archive, out: Builder) -> Iterator[tuple[str, str]]:
    targets: dict[str, str] = {}
    relations = "xl/_rels/workbook.xml.rels"
    if relations in archive.names:
        for event, node in stream(part(archive, relations, out), relations, out):
            if event == "start" and local(node) == "Relationship":
                target = node.get("Target") or ""
                targets[node.get("Id") or ""] = (
                    target[1:] if target.startswith("/") else posixpath.normpath(f"xl/{target}")
                )
    for event, node in stream(part(archive, MAIN, out), MAIN, out):
        if event == "start" and local(node) == "sheet":
            identity = next((v for k, v in node.attrib.items() if k.endswith("}id")), "")
            yield node.get("name") or "", targets.get(identity, "")


def _look(data: bytes, sheet: str, out: Builder) -> Marks:
    """Return formulas, hidden rows and columns, merged cells, and the bounds of a sheet."""
    seen, top, left, bottom, right, row, column = Marks(), 1 << 20, 1 << 14, -1, -1, -1, -1
    cells = 0
    tags = ("{*}row", "{*}c", "{*}f", "{*}col", "{*}mergeCell")
    for event, node in stream(data, f"sheet {sheet}", out, *tags):
        name = local(node)
        if event == "end":
            if name == "f":
                seen.formulas[row, column] = (node.text or "")[:200]
        elif name == "row":
            row, column = _number(node.get("r"), row + 2) - 1, -1
            if node.get("hidden") in ("1", "true"):
                seen.hidden_rows.add(row)
        elif name == "c":
            match = _CELL.fullmatch(node.get("r") or "")
            row, column = (int(match[2]) - 1, _column(match[1])) if match else (row, column + 1)
            top, left, bottom, right = (
                min(top, row),
                min(left, column),
                max(bottom, row),
                max(right, column),
            )
            cells += 1
            if node.get("t") == "e":
                where = f"sheet {sheet}, cell {_name(row, column)}"
                out.add_finding(
                    "type-error",
                    "the cell holds an error, not a value; it was left empty.",
                    where,
                    "error",
                )
        elif name == "col" and node.get("hidden") in ("1", "true"):
            first, last = _number(node.get("min"), 1), _number(node.get("max"), 1)
            seen.hidden_columns.update(range(first - 1, min(last, 1 << 14)))
        elif name == "mergeCell":
            out.add_finding(
                "merged-cells",
                "the text of merged cells is in the first.",
                f"sheet {sheet}, {node.get('ref')}",
            )
    area = (bottom - top + 1) * (right - left + 1) if cells else 0
    if right - left >= out.limits.field_count:
        raise out.limit_error(
            f"sheet {sheet}: {right - left + 1} columns", "field_count", out.limits.field_count
        )
    if area > out.limits.document_cells:
        raise out.limit_error(
            f"sheet {sheet}: {area} cells between its corners,",
            "document_cells",
            out.limits.document_cells,
        )
    return seen


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else default


def _column(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def _read_values(
    data: bytes, seen: dict[int, Marks], out: Builder, *, is_xls: bool = False
) -> None:

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        for number, meta in enumerate(book.sheets_metadata):
            locator = f"sheet {meta.name}"
            if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
                out.add_finding("left-out", "is not a sheet of cells; it was left out.", locator)
            elif meta.visible != python_calamine.SheetVisibleEnum.Visible:
                out.add_finding("hidden-sheet", "the sheet is hidden; it was left out.", locator)
            else:
                _read_sheet(
                    book.get_sheet_by_index(number), locator, seen.get(number, Marks()), out, is_xls
                )
    except python_calamine.PasswordError as error:
        raise out.read_error("is encrypted. Ask for a copy without a password.") from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise out.read_error(f"is not a workbook that can be read: {error}.") from error


def _read_sheet(
    sheet: CalamineSheet, locator: str, seen: Marks, out: Builder, is_xls: bool
) -> None:
    top, left = sheet.start or (0, 0)
    rows, marks = [], []
    if is_xls:
        if sheet.height * sheet.width > out.limits.document_cells:
            raise out.limit_error(f"{locator}: cells", "document_cells", out.limits.document_cells)
        for start, end in sheet.merged_cell_ranges or []:
            where = f"{_name(*start)}:{_name(*end)}"
            out.add_finding(
                "merged-cells",
                "the text of merged cells is in the first.",
                f"{locator}, {where}",
            )
    for number, values in enumerate(sheet.to_python(), top):
        if number in seen.hidden_rows:
            out.add_finding(
                "hidden-row", "the row is hidden; it was left out.", f"{locator}, row {number + 1}"
            )
            continue
        row = [
            _cell(value, number, column, locator, seen, out)
            for column, value in enumerate(values, left)
        ]
        if any(row):
            rows.append(row)
            marks.append(number + 1)
    _say_hidden_columns(seen, locator, left, sheet.width, out)
    out.add_table(rows, locator, "sheet", marks, left)


def _say_hidden_columns(seen: Marks, locator: str, left: int, width: int, out: Builder) -> None:
    for column in sorted(seen.hidden_columns):
        if left <= column < left + width:
            out.add_finding(
                "hidden-column",
                "the column is hidden; it was left out.",
                f"{locator}, column {column_name(column)}",
            )


def _cell(value: object, row: int, column: int, locator: str, seen: Marks, out: Builder) -> str:
    if column in seen.hidden_columns:
        return ""
    text = _text(value)
    if (row, column) in seen.formulas:
        formula = seen.formulas[row, column]
        named = f"={formula[:60]} " if formula else ""
        message = f"the formula {named}was left out; its saved value is {text[:60]!r}."
        out.add_finding(
            "formula", message, f"{locator}, cell {_name(row, column)}", "warning", text
        )
        return ""
    if isinstance(value, str):
        look_for_formula(text, f"{locator}, cell {_name(row, column)}", out)
    return text


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return str(value)


def _name(row: int, column: int) -> str:
    return f"{column_name(column)}{row + 1}"
