"""Describe a data file: a first draft of a v2 resource, with the types that are sure.

A type is given only if every cell of the column has its form. Where cells allow another reading, a
note says so, and the type is the one that loses nothing.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from frictionless import FrictionlessException
from frictionless.resources import TableResource

from xinjiang_record.errors import ReadError
from xinjiang_record.untrusted.audit_wall import confined
from xinjiang_record.validate.field_types.date_and_time import DATE
from xinjiang_record.validate.field_types.forms import FORMS
from xinjiang_record.validate.opening import data_files
from xinjiang_record.validate.opening.addresses import PACKAGE_V2
from xinjiang_record.validate.opening.data_files import DELIMITERS, SAMPLE, guess_encoding
from xinjiang_record.validate.opening.prepare import explain_missing_module
from xinjiang_record.validate.readers import arrow_to_csv, excel_sheets

RESOURCE_V2 = PACKAGE_V2.replace("datapackage.json", "dataresource.json")
FEW = 20  # rows below which a draft says that it is made from few
# By type: the form that every cell must have. The first type that fits is taken.
TYPES = {
    "boolean": r"\A(?:true|false|TRUE|FALSE|True|False)\z",
    "integer": r"\A-?(?:0|[1-9][0-9]{0,17})\z",
    "number": r"\A-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?\z",
    "date": DATE,
    "datetime": FORMS["datetime", "default"],
    "time": FORMS["time", "default"],
}
CODECS = {"gz": "gzip", "zst": "zstd"}  # Arrow's, by suffix
# By Python type of a value: its type in Table Schema.
VALUES: dict[type, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    Decimal: "number",
    date: "date",
    datetime: "datetime",
    time: "time",
    list: "array",
    dict: "object",
}
DIGITS = r"\A[0-9]+\z"
YEAR = r"\A(?:1[5-9]|20)[0-9]{2}\z"
SEPARATED = r"\A-?[0-9][0-9., ]*\z"
NO_VALUE = {"NA", "N/A", "n/a", "null", "NULL", "None", "NaN", "nan", "-", "."}


@dataclass
class _Column:
    """Collect what is known of one column over all pieces."""

    types: set[str] = field(default_factory=lambda: set(TYPES))
    values: int = 0
    empty: int = 0
    is_digits: bool = True
    is_year: bool = True
    is_separated: bool = True
    only: str | None = None  # the text of every cell so far
    nearly: str = ""  # what half of the cells are, where one is not

    def add(self, texts: pa.Array) -> None:
        """Add the cells of one piece."""
        filled = texts.filter(pc.not_equal(texts, ""))
        self.empty += len(texts) - len(filled)
        if not len(filled):
            return
        first = filled[0].as_py()
        same = self.only == first or not self.values
        self.only = first if same and bool(pc.all(pc.equal(filled, first)).as_py()) else None
        self.values += len(filled)
        for name in [name for name in TYPES if name in self.types]:
            fits = pc.match_substring_regex(filled, pattern=TYPES[name])
            count = pc.sum(fits).as_py()
            if count < len(filled):
                self.types.discard(name)
                if 2 * count >= len(filled) and not self.nearly:
                    other = filled[pc.index(fits, False).as_py()].as_py()
                    self.nearly = f"cells are of the type {name}, but not {other[:40]!r}"
        self.is_digits = self.is_digits and _all(filled, DIGITS)
        self.is_year = self.is_year and _all(filled, YEAR)
        self.is_separated = self.is_separated and _all(filled, SEPARATED)

    def describe(self) -> tuple[str, str]:
        """Return the type, and what is not sure; empty if all is."""
        if not self.values:
            return "any", "every cell is empty"
        kind = next((name for name in TYPES if name in self.types), "string")
        if kind == "integer" and self.is_year:
            return kind, "every cell may be a year"
        if kind != "string":
            return kind, ""
        if self.is_digits:
            return kind, "only digits, some with a leading zero or very long: a code, not a number"
        if self.is_separated:
            return kind, "numbers with separators: declare decimalChar and groupChar"
        if self.only in NO_VALUE:
            return kind, f"every cell is {self.only!r}: is it one of the missingValues?"
        return kind, self.nearly


def _all(texts: pa.Array, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(texts, pattern=pattern)).as_py())


def describe(path: str | os.PathLike[str]) -> tuple[dict[str, Any], list[str]]:
    """Return a resource descriptor of a table, and what is not sure.

    It reads CSV, also under gzip and zstd, Parquet, Arrow, and with the extra ``excel`` Excel, ODS
    and JSON.

    Raises:
        ReadError: The file cannot be read as a table.
    """
    target = Path(path)
    data_files.check_file(target, data_files.list_kinds(target.name))
    form, compression = data_files.split_suffixes(target.name)
    form = data_files.ALIASES.get(form, form)
    stem = re.sub("[^a-z0-9]+", "-", target.name.partition(".")[0].lower()).strip("-")
    resource: dict[str, Any] = {
        "$schema": RESOURCE_V2,
        "name": stem or "table",
        "type": "table",
        "path": target.name,
    }
    try:
        if form in ("parquet", "parq") and not compression:
            fields = _typed_fields(pq.read_schema(target))
            return {**resource, "format": "parquet", "schema": {"fields": fields}}, []
        if form in ("arrow", "feather") and not compression:
            return {**resource, "format": form, "schema": arrow_to_csv.read_schema(target)}, []
        if form in data_files.MODULES and not compression:
            return _describe_values(target, form, resource)
        if compression not in ("", *CODECS) or form not in {"csv", "tsv", *data_files.TEXTS}:
            raise ReadError(f"{target}: describe reads CSV, Parquet, Arrow, Excel and JSON files.")
        return _describe_text(target, resource)
    except (pa.ArrowException, OSError, UnicodeError) as error:
        words = f"{target}: cannot be read as a table: {str(error).rstrip('.')}."
        if "CSV parse error: Expected" in words:
            words += f" Run xrecord validate {target}, which lists such rows."
        raise ReadError(words) from error


def _typed_fields(schema: pa.Schema) -> list[dict[str, str]]:
    return [{"name": item.name, "type": arrow_to_csv.get_table_type(item.type)} for item in schema]


def _describe_values(
    target: Path, form: str, resource: dict[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """Describe a table whose cells have types of their own: a column has one, or ``any``."""
    if module := data_files.find_missing_module(form):
        raise ReadError(f"{target}: {explain_missing_module(module, form)}")
    kinds: list[set[type]] = []
    notes: list[str] = []
    rows = 0
    sheets = excel_sheets.list_sheets(target) if form == "xlsx" else []
    if len(sheets) > 1:
        notes.append(f"the file has {len(sheets)} sheets, and this is {sheets[0]!r} alone")
    with confined([target.parent, target.resolve()]):
        try:
            with TableResource(path=target.name, basepath=str(target.parent), format=form) as table:
                cells = iter(table.cell_stream)
                names = ["" if name is None else str(name) for name in next(cells, [])]
                kinds = [set() for _ in names]
                for row in cells:
                    rows += 1
                    for found, value in zip(kinds, row, strict=False):
                        found.add(type(value))
        except FrictionlessException as error:
            raise ReadError(f"{target}: cannot be read as a table: {error}.") from error
    if not names:
        raise ReadError(f"{target}: the first sheet is empty: expected a row of names. Fill it.")
    fields = []
    names = _field_names(names, notes)
    for name, found in zip(names, kinds, strict=True):
        kind = _table_type(found - {type(None)})
        fields.append({"name": name, "type": kind})
        if kind == "any":
            words = ", ".join(sorted(item.__name__ for item in found - {type(None)}))
            notes.append(f"{name} is any: {words or 'every cell is empty'}")
    if rows < FEW:
        notes.append(f"the types are those of {rows} rows")
    return {**resource, "format": form, "schema": {"fields": fields}}, notes


def _field_names(labels: Sequence[str], notes: list[str]) -> list[str]:
    """Return names for fields, and add a note on each label that cannot be one."""
    names = [label.strip() or f"field{place}" for place, label in enumerate(labels, 1)]
    for place, label in enumerate(labels, 1):
        if not label.strip():
            notes.append(f"column {place} has no name in the file, which is an error: give it one")
    for name, count in Counter(names).items():
        if count > 1:
            notes.append(f"{count} columns are called {name!r}, which is an error: rename them")
    return names


def _table_type(found: set[type]) -> str:
    """Return the type of Table Schema for the Python types of a column's values."""
    if len(found) > 1 and found <= {int, float, Decimal}:
        return "number"
    return VALUES.get(next(iter(found)), "any") if len(found) == 1 else "any"


def _open_text(target: Path) -> pa.NativeFile:
    """Open a text, decompressed by the file's suffix; its size was checked before."""
    codec = CODECS.get(data_files.split_suffixes(target.name)[1])
    file = pa.OSFile(str(target))
    return pa.CompressedInputStream(file, codec) if codec else file


def _describe_text(target: Path, resource: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    with _open_text(target) as stream:
        sample = stream.read(SAMPLE)
    if sample and not {*b"\r\n"}.intersection(sample):
        raise ReadError(f"{target}: one line without an end: expected a header and rows.")
    encoding = guess_encoding(sample)
    delimiter, notes = _delimiter(sample.decode(encoding, "replace"))
    names: list[str] = []
    columns: list[_Column] = []
    for batch in _batches(target, encoding, delimiter):
        if not columns:
            names, columns = batch.schema.names, [_Column() for _ in batch.schema.names]
            names = _field_names(names, notes)
        for column, texts in zip(columns, batch.columns, strict=True):
            column.add(texts)
    fields = []
    for name, column in zip(names, columns, strict=True):
        kind, doubt = column.describe()
        fields.append({"name": name, "type": kind})
        if doubt:
            notes.append(f"{name} is {kind}: {doubt}")
    rows = columns[0].values + columns[0].empty if columns else 0
    if rows < FEW:
        notes.append(f"the types are those of {rows} rows")
    if encoding == "windows-1252":
        notes.append("the encoding is not UTF-8; Windows-1252 is a guess")
    is_tabbed = delimiter == "\t" and data_files.split_suffixes(target.name)[0] == "tsv"
    whole = {
        **resource,
        "format": "tsv" if is_tabbed else "csv",
        "encoding": encoding,
        "dialect": {"delimiter": delimiter},
        "schema": {"fields": fields, "missingValues": [""]},
    }
    return whole, notes


def _delimiter(sample: str) -> tuple[str, list[str]]:
    """Return the delimiter of the header, and a note if another one is as frequent."""
    first = sample.partition("\n")[0]
    counts = sorted(((first.count(mark), mark) for mark in DELIMITERS), reverse=True)
    if not counts[0][0]:
        return ",", ["the header has one column"]
    if counts[0][0] == counts[1][0]:
        return counts[0][1], [f"the delimiter may be {counts[0][1]!r} or {counts[1][1]!r}"]
    return counts[0][1], []


def _batches(target: Path, encoding: str, delimiter: str) -> Iterator[pa.RecordBatch]:
    """Yield the table as texts, in pieces."""
    options = {
        "read_options": pa_csv.ReadOptions(encoding=encoding.removesuffix("-sig")),
        "parse_options": pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
    }
    with _open_text(target) as stream, pa_csv.open_csv(stream, **options) as reader:
        types = dict.fromkeys(reader.schema.names, pa.string())
        yield pa.RecordBatch.from_pylist(
            [], pa.schema([(name, pa.string()) for name in reader.schema.names])
        )
    convert = pa_csv.ConvertOptions(column_types=types, strings_can_be_null=False)
    with (
        _open_text(target) as stream,
        pa_csv.open_csv(stream, convert_options=convert, **options) as reader,
    ):
        yield from reader
