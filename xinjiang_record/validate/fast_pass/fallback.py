"""State when the fast pass gives up: the exception, and every reason.

Frictionless then reads the table row by row. The report is the same, slower, and names the reason.
"""

from __future__ import annotations

from enum import Enum


class Reason(Enum):
    """List why the fast pass cannot read a table; the value is what the report says."""

    EVERY_ROW = "--checks need every row"
    NOT_A_FILE = "inline data, or a file inside of an archive"
    FORMAT = "format"
    COMPRESSION = "compression"
    PART_COMPRESSION = "a part under"
    PART_UNREADABLE = "a part that cannot be read:"
    NO_FIELDS = "no fields, or fields of one name"
    HEADER_CASE = "headerCase"
    HEADER_ROWS = "odd headerRows"
    COMMENTS = "odd comments"
    FAR_COMMENT_ROWS = "commentRows far from the beginning"
    DELIMITER = "delimiter or quote of another kind"
    ESCAPES = "escapes or skipInitialSpace"
    COLUMN_COUNT = "columns:"
    BYTE_ORDER_MARK = "a byte order mark inside the file"
    OPEN_QUOTE = "a quote that is not closed, or quotes inside of cells"
    CR_IN_TSV = "a CR in a tabbed file, which Frictionless reads as LF inside of cells too"
    UNDECODABLE = "bytes that are not of the encoding:"
    ARROW_PARSER = "Arrow's parser fails:"
    BLOCKS = "more than one block"
    NO_TEXT = "a value that has no text"
    EMPTY_IS_A_VALUE = "an empty cell is a value, and a blank line is not a row"
    READER_RAISES = "Frictionless fails on a cell of the key"
    MUST_BE_CAST = "a field that has to be cast to be read:"
    PARQUET_OPTIONS = "columns, filters or categories"
    PARQUET_UNREADABLE = "Arrow cannot read the file:"
    PARQUET_SHAPE = "a part of a partitioned table, or one without rows or with columns of one name"
    PARQUET_WHOLE = "it had to be read whole"
    PARQUET_DIALECT = "headerCase, skipBlankRows, comments or another header"
    PARQUET_COLUMN = "the column or index"
    PARQUET_COLUMNS = "columns that are not the schema's"
    SMALL_FLOATS = "all columns are float16 or float32"
    PANDAS_TYPE = "the pandas type"
    COLUMN_TYPE = "a column of"
    NULL_IS_A_VALUE = "null where an empty text is not a missing value, in the field"
    MISSING_MAY_BE_VALUE = "a missing value that may be a value, in the field"


class FastPassUnsupported(Exception):
    """Signal that the fast pass cannot read a table; Frictionless must read it."""

    def __init__(self, reason: Reason, detail: object = "") -> None:
        self.reason = reason
        super().__init__(" ".join(filter(None, (reason.value, str(detail)))))


def require(fact: bool, reason: Reason, detail: object = "") -> None:
    """Raise FastPassUnsupported unless a fact is true."""
    if not fact:
        raise FastPassUnsupported(reason, detail)
