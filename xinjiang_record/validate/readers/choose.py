"""Choose the reader of a table that Frictionless has opened, by its format."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from frictionless.schemes.multipart.loader import MultipartByteStream

from xinjiang_record.limits import LIMITS
from xinjiang_record.validate.fast_pass.fallback import Reason, require
from xinjiang_record.validate.fast_pass.suspect_store import Table
from xinjiang_record.validate.frictionless_hooks.resource_hook import (
    get_csv_dialect,
    get_first_content_row,
    parts_have_no_header,
)
from xinjiang_record.validate.readers.byte_streams import list_parts
from xinjiang_record.validate.readers.csv_chunks import Shape
from xinjiang_record.validate.readers.csv_reader import CsvTable

if TYPE_CHECKING:
    from frictionless.resources import TableResource

PARQUET = ("parquet", "parq")  # formats, as Frictionless calls them


def choose_reader(resource: TableResource) -> Table[Any]:
    """Return how to read an open resource; raise FastPassUnsupported if that is not possible."""
    if resource.format in PARQUET:
        from xinjiang_record.validate.readers import parquet_reader  # deferred: start-up

        return parquet_reader.open_parquet_table(resource)
    require(not resource.memory and not resource.innerpath, Reason.NOT_A_FILE)
    scheme = "multipart" if resource.multipart else "file"
    is_csv = resource.format in ("csv", "tsv") and resource.scheme in ("", scheme)
    require(is_csv, Reason.FORMAT, resource.format)
    readable = resource.multipart or resource.compression in (None, "", "gz")
    require(readable, Reason.COMPRESSION, resource.compression)
    fields = resource.header.get_expected_fields()
    names = [item.name for item in fields]
    require(bool(names) and len(set(names)) == len(names), Reason.NO_FIELDS)
    dialect = resource.dialect
    require(dialect.header_case, Reason.HEADER_CASE)
    rows = dialect.comment_rows or []
    plain = isinstance(dialect.comment_char or "", str) and all(type(row) is int for row in rows)
    require(plain, Reason.COMMENTS)
    first = get_first_content_row(dialect) - 1
    require(type(first) is int and first >= 0, Reason.HEADER_ROWS)
    return CsvTable(
        parts=list_parts(resource),
        encoding=codecs.lookup(resource.encoding or "utf-8").name,
        shape=_shape(resource, len(names)),
        first=first,
        fields=fields,
        stream=_stream_of_parts(resource),
        comment=dialect.comment_char or "",
        comment_rows=frozenset(rows),
        skip_blank=bool(dialect.skip_blank_rows),
        tabbed=resource.format != "csv",
    )


def open_in_pieces(resource: TableResource, *, as_stored: bool = False) -> None:
    """Have Frictionless open a Parquet file without reading all of it.

    ``as_stored``: its cells are the values of the file, and not those that pandas makes of them.
    """
    if resource.format in PARQUET:
        from xinjiang_record.validate.readers import parquet_file  # deferred: start-up

        parquet_file.open_in_pieces(resource, as_stored=as_stored)


def _stream_of_parts(resource: TableResource) -> Callable[[], BinaryIO] | None:
    if not resource.multipart:
        return None
    headless = parts_have_no_header(resource)
    return lambda: cast(
        BinaryIO, MultipartByteStream(resource.normpaths, remote=False, headless=headless)
    )


def _shape(resource: TableResource, width: int) -> Shape:
    python = get_csv_dialect(resource)
    delimiter, quote = python.delimiter, python.quotechar or ""
    plain = all(
        len(item) <= 1 and item.isascii() and item not in "\r\n\0" for item in (delimiter, quote)
    )
    require(plain and len(delimiter) == 1 and delimiter != quote, Reason.DELIMITER)
    escapes = python.escapechar or not python.doublequote or python.skipinitialspace
    require(not escapes, Reason.ESCAPES)
    require(width <= LIMITS.field_count, Reason.COLUMN_COUNT, width)
    return Shape(delimiter, quote, width, python)
