"""Decode bytes by declaration, and read plain text, CSV and TSV.

The encoding is the one that the caller declares, else the document's own declaration (a byte order
mark, a ``charset``), else UTF-8. It is never guessed, and decoding is strict: a byte that does not
fit refuses the document, with its offset. Labels mean what the WHATWG Encoding Standard says
(``iso-8859-1`` is windows-1252, ``gb2312`` is gb18030), because publishers write them so.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator

from xinjiang_record.document_readers.document import Builder

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Label as written, lower case, without "-" and "_" -> Python codec. An allow-list, because
# Python's own list has rot13, zip and idna in it.
_LABELS = {
    "utf8": "utf-8", "utf8sig": "utf-8", "ascii": "cp1252", "usascii": "cp1252",
    "iso88591": "cp1252", "latin1": "cp1252", "cp1252": "cp1252", "windows1252": "cp1252",
    "iso88592": "iso8859-2", "latin2": "iso8859-2", "iso88593": "iso8859-3",
    "iso88594": "iso8859-4", "iso88595": "iso8859-5", "iso88596": "iso8859-6",
    "iso88597": "iso8859-7", "iso88598": "iso8859-8", "iso88599": "cp1254", "latin5": "cp1254",
    "cp1254": "cp1254", "windows1254": "cp1254", "iso885910": "iso8859-10",
    "iso885913": "iso8859-13", "iso885914": "iso8859-14", "iso885915": "iso8859-15",
    "iso885916": "iso8859-16", "cp1250": "cp1250", "windows1250": "cp1250", "cp1251": "cp1251",
    "windows1251": "cp1251", "cp1253": "cp1253", "windows1253": "cp1253", "cp1255": "cp1255",
    "windows1255": "cp1255", "cp1256": "cp1256", "windows1256": "cp1256", "cp1257": "cp1257",
    "windows1257": "cp1257", "cp1258": "cp1258", "windows1258": "cp1258", "koi8r": "koi8-r",
    "koi8u": "koi8-u", "cp866": "cp866", "ibm866": "cp866", "macintosh": "mac-roman",
    "gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "gb18030": "gb18030",
    "big5": "big5hkscs", "big5hkscs": "big5hkscs", "shiftjis": "cp932", "sjis": "cp932",
    "cp932": "cp932", "windows31j": "cp932", "eucjp": "euc_jp", "iso2022jp": "iso2022_jp",
    "euckr": "cp949", "ksc56011987": "cp949", "cp949": "cp949", "windows874": "cp874",
    "tis620": "cp874", "utf16": "utf-16", "utf16le": "utf-16-le", "utf16be": "utf-16-be",
    "utf32": "utf-32", "utf32le": "utf-32-le", "utf32be": "utf-32-be",
}  # fmt: skip
_LINE_END = re.compile("\r\n|\r|\n")
_FORMULA = tuple("=+-@\t\r＝＋－＠")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9][0-9.,\s%]*")


def codec_of(label: str, out: Builder) -> str:
    """Return the codec that an encoding's label names. Raises ReadError for an unknown label."""
    name = _LABELS.get(re.sub(r"[-_\s:]", "", label.strip().strip("\"'").lower()))
    if name is None:
        raise out.read_error(
            f"declares the encoding {label[:40]!r}, which is not known here. "
            "Name another: --encoding NAME."
        )
    return name


def decode(
    data: bytes,
    out: Builder,
    declared: str | None = None,
    own: str | None = None,
) -> str:
    """Return the text of ``data``.

    The encoding is ``declared`` by the caller, else by a byte order mark, else ``own`` (what the
    document says), else UTF-8.
    """
    most = out.limits.document_text_bytes
    if len(data) > most:
        raise out.limit_error(f"{len(data)} bytes of text,", "document_text_bytes", most)
    mark, marked = next(
        ((mark, name) for mark, name in _BOMS if data.startswith(mark)), (b"", None)
    )
    codec = (
        codec_of(declared, out) if declared else marked or (codec_of(own, out) if own else "utf-8")
    )
    if codec in ("utf-16", "utf-32"):
        if marked is None or not marked.startswith(codec):
            raise out.read_error(
                f"declares {codec} without a byte order mark. "
                f"Name the order: {codec}-le or {codec}-be."
            )
        codec = marked
    if marked == codec:
        data = data[len(mark) :]
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as error:
        raise out.read_error(
            f"byte {error.start + len(mark)} (0x{data[error.start]:02x}) is not {codec}. "
            "If the publisher declares another encoding, name it: --encoding NAME."
        ) from error
    _warn_of_a_wrong_label(data, codec, text, out)
    return text


def _warn_of_a_wrong_label(data: bytes, codec: str, text: str, out: Builder) -> None:
    """Report text in a one-byte encoding that is also sound UTF-8, and change nothing.

    Such text is hardly ever in the encoding that its label names.
    """
    if codec.startswith("utf") or text.isascii():
        return
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return
    out.add_finding(
        "encoding-conflict",
        f"is read as {codec}, as declared, but is sound UTF-8 too. Look at the names.",
    )


def lines_of(text: str) -> Iterator[tuple[int, str]]:
    """Yield line number (from 1) and text, whichever way lines end."""
    position = number = 0
    for match in _LINE_END.finditer(text):
        number += 1
        yield number, text[position : match.start()]
        position = match.end()
    if position < len(text):
        yield number + 1, text[position:]


def read_text(data: bytes, out: Builder, encoding: str | None) -> None:
    """Read plain text: each line that is not blank is a block of kind ``line``."""
    for number, line in lines_of(decode(data, out, encoding)):
        out.add_block(line.replace("\f", " "), f"line {number}", "line")


def read_csv(data: bytes, out: Builder, encoding: str | None) -> None:
    """Read comma-separated values with double quotes: one table."""
    _read_delimited(decode(data, out, encoding), ",", out)


def read_tsv(data: bytes, out: Builder, encoding: str | None) -> None:
    """Read tab-separated values: one table."""
    _read_delimited(decode(data, out, encoding), "\t", out)


def _read_delimited(text: str, delimiter: str, out: Builder) -> None:
    """Read by the dialect of the media type; a broken quote refuses the file.

    A ragged row is a finding. Nothing is sniffed.
    """
    for number, line in lines_of(text):
        if len(line) > out.limits.cell_chars:
            raise out.limit_error(
                f"line {number}: {len(line)} characters,", "cell_chars", out.limits.cell_chars
            )
        if line.count(delimiter) >= out.limits.field_count and '"' not in line:
            raise out.limit_error(
                f"line {number}: {line.count(delimiter) + 1} columns",
                "field_count",
                out.limits.field_count,
            )
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    marks: list[int] = []
    start = 1
    previous_limit = csv.field_size_limit(out.limits.cell_chars)
    try:
        for row in reader:
            if row:
                out.count_cells(len(row))
                _look_at_row(row, start, len(rows[0]) if rows else len(row), out)
                rows.append(row)
                marks.append(start)
            start = reader.line_num + 1
    except csv.Error as error:
        if "field limit" in str(error):
            raise out.limit_error(
                f"line {start}: a cell is", "cell_chars", out.limits.cell_chars
            ) from error
        raise out.read_error(
            f"is not CSV: {error}. A quote inside a cell is doubled.", f"line {start}"
        ) from error
    finally:
        csv.field_size_limit(previous_limit)
    out.uncount_cells(sum(map(len, rows)))
    out.add_table(rows, "table 1", "csv", marks)


def _look_at_row(row: list[str], line: int, width: int, out: Builder) -> None:
    if len(row) != width:
        kind = "missing-cell" if len(row) < width else "extra-cell"
        out.add_finding(
            kind, f"the row has {len(row)} cells, the first row {width}.", f"line {line}", "error"
        )
    for column, cell in enumerate(row, 1):
        look_for_formula(cell, f"line {line}, column {column}", out)


def look_for_formula(cell: str, locator: str, out: Builder) -> None:
    """Report a cell's text that a spreadsheet would run as a formula; the text stays as it is."""
    begin = cell.lstrip(" \"'")
    if begin.startswith(_FORMULA) and len(begin) > 1 and not _PLAIN_NUMBER.fullmatch(begin):
        out.add_finding(
            "formula",
            f"the text {cell[:60]!r} would run as a formula in a spreadsheet.",
            locator,
            "warning",
            cell,
        )
