"""Describe a data file: a first draft of a v2 resource, with the types that are sure.

A type is given only if every cell of the column has its form. Where cells allow another reading, a
note says so, and the type is the one that loses nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from xinjiang_record.errors import ReadError
from xinjiang_record.validate import descriptor_safety
from xinjiang_record.validate.constraints.field_rules import DATE, FORMS
from xinjiang_record.validate.opening import table_formats
from xinjiang_record.validate.opening.addresses import PACKAGE_V2
from xinjiang_record.validate.readers import arrow_to_csv
from xinjiang_record.validate.strict import DELIMITERS, SAMPLE, guess_encoding

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
DIGITS = r"\A[0-9]+\z"
YEAR = r"\A(?:1[5-9]|20)[0-9]{2}\z"


@dataclass
class _Column:
    """Collect what is known of one column over all pieces."""

    types: set[str] = field(default_factory=lambda: set(TYPES))
    values: int = 0
    empty: int = 0
    is_digits: bool = True
    is_year: bool = True

    def add(self, texts: pa.Array) -> None:
        """Add the cells of one piece."""
        filled = texts.filter(pc.not_equal(texts, ""))
        self.empty += len(texts) - len(filled)
        self.values += len(filled)
        if not len(filled):
            return
        for name in sorted(self.types):
            if not _all(filled, TYPES[name]):
                self.types.discard(name)
        self.is_digits = self.is_digits and _all(filled, DIGITS)
        self.is_year = self.is_year and _all(filled, YEAR)

    def describe(self) -> tuple[str, str]:
        """Return the type, and what is not sure; empty if all is."""
        if not self.values:
            return "any", "every cell is empty"
        kind = next((name for name in TYPES if name in self.types), "string")
        if kind == "string" and self.is_digits:
            return kind, "only digits, some with a leading zero or very long: a code, not a number"
        if kind == "integer" and self.is_year:
            return kind, "every cell may be a year"
        return kind, ""


def _all(texts: pa.Array, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(texts, pattern=pattern)).as_py())


def describe(path: str | os.PathLike[str]) -> tuple[dict[str, Any], list[str]]:
    """Return a resource descriptor of a CSV, Parquet or Arrow file, and what is not sure.

    Raises:
        ReadError: The file cannot be read as a table.
    """
    target = Path(path)
    descriptor_safety.check_file(target, descriptor_safety.kinds(target.name))
    form, compression = table_formats.suffixes(target.name)
    stem = re.sub("[^a-z0-9]+", "-", target.name.partition(".")[0].lower()).strip("-")
    resource: dict[str, Any] = {
        "$schema": RESOURCE_V2,
        "name": stem or "table",
        "type": "table",
        "path": target.name,
    }
    try:
        if form in ("parquet", "parq"):
            fields = _typed_fields(pq.read_schema(target))
            return {**resource, "format": "parquet", "schema": {"fields": fields}}, []
        if form in ("arrow", "feather"):
            return {**resource, "format": form, "schema": arrow_to_csv.schema_of(target)}, []
        if compression or form not in {"csv", "tsv", *table_formats.TEXTS}:
            raise ReadError(f"{target}: describe reads CSV, Parquet and Arrow files.")
        return _describe_text(target, resource)
    except (pa.ArrowException, UnicodeError) as error:
        raise ReadError(f"{target}: cannot be read as a table: {error}.") from error


def _typed_fields(schema: pa.Schema) -> list[dict[str, str]]:
    return [{"name": item.name, "type": arrow_to_csv.table_type(item.type)} for item in schema]


def _describe_text(target: Path, resource: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    with open(target, "rb") as stream:
        sample = stream.read(SAMPLE)
    encoding = guess_encoding(sample)
    delimiter, notes = _delimiter(sample.decode(encoding, "replace"))
    names: list[str] = []
    columns: list[_Column] = []
    for batch in _batches(target, encoding, delimiter):
        if not columns:
            names, columns = batch.schema.names, [_Column() for _ in batch.schema.names]
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
    whole = {
        **resource,
        "format": "tsv" if delimiter == "\t" and target.suffix.lower() == ".tsv" else "csv",
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
    with pa_csv.open_csv(str(target), **options) as reader:
        types = dict.fromkeys(reader.schema.names, pa.string())
    convert = pa_csv.ConvertOptions(column_types=types, strings_can_be_null=False)
    with pa_csv.open_csv(str(target), convert_options=convert, **options) as reader:
        yield from reader
