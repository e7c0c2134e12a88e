"""Take a source that is not a file: a descriptor or a table in memory, or standard input."""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinjiang_record.errors import LimitError, UsageError, XRecordError
from xinjiang_record.limits import LIMITS, MIB

if TYPE_CHECKING:
    import pyarrow as pa

STATE = "Nothing was read."


PLAIN = (int, float, Decimal, date, time, type(None))  # what a descriptor holds next to texts


def copy_descriptor(source: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a descriptor in Python's own types, which do what they say; rows stay as they are.

    Raises:
        UsageError: It holds an object of another type, or one that cannot be looked at.
        LimitError: It is nested too deeply, or in itself.
    """
    try:
        return dict(_copy_table(source, "descriptor", 0))
    except XRecordError:
        raise
    except Exception as error:  # of a class that the caller wrote
        raise UsageError(
            f"source: a descriptor that cannot be read ({type(error).__name__}). "
            "Give a dictionary of texts, numbers and lists."
        ) from error


def _copy_table(value: Mapping[Any, Any], where: str, level: int) -> Iterator[tuple[str, Any]]:
    for number, key in enumerate(value):
        if type(key) is not str:
            raise UsageError(f"{where}: expected texts as keys, got {type(key).__name__}.")
        if number > LIMITS.descriptor_values:
            raise LimitError(f"{where}: more keys than the limit descriptor_values. {STATE}")
        yield key, value[key] if key == "data" else _copy(value[key], f"{where}.{key}", level + 1)


def _copy(value: object, where: str, level: int) -> object:
    if level > LIMITS.descriptor_depth:
        raise LimitError(f"descriptor: nested too deeply (descriptor_depth). {STATE}")
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, PLAIN):
        return value
    if isinstance(value, Mapping):
        return dict(_copy_table(value, where, level))
    if isinstance(value, (list, tuple)):
        return [_copy(item, where, level + 1) for item in value]
    raise UsageError(
        f"{where[:100]}: expected a text, a number, a list or a dictionary, "
        f"got {type(value).__name__}."
    )


@contextmanager
def save_source(source: object, schema: Mapping[str, Any] | None) -> Iterator[Path]:
    """Write a pandas, Polars or Arrow table to a temporary folder.

    Raises:
        UsageError: The source is of another type.
    """
    table = _arrow_table(source)
    with tempfile.TemporaryDirectory(prefix="xrecord-") as folder:
        import pyarrow as pa  # deferred: start-up

        path = Path(folder) / "table.arrow"
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
        if schema is None:
            yield path
            return
        resource = {"name": "table", "type": "table", "path": path.name, "schema": dict(schema)}
        target = Path(folder) / "table.resource.json"
        target.write_text(json.dumps(resource), "utf-8")
        yield target


def _arrow_table(source: object) -> pa.Table:
    """Return a pandas, Polars or Arrow table as an Arrow table."""
    import pyarrow as pa  # deferred: start-up

    if isinstance(source, pa.RecordBatch):
        return pa.Table.from_batches([source])
    if isinstance(source, pa.Table):
        return source
    try:
        if type(source).__module__.partition(".")[0] == "pandas" and hasattr(source, "columns"):
            return _of_pandas(source)
        if hasattr(source, "__arrow_c_stream__"):
            table = pa.table(source)
            views = {
                item.name: pa.string() for item in table.schema if item.type == pa.string_view()
            }
            plain = [item.with_type(views.get(item.name, item.type)) for item in table.schema]
            return table.cast(pa.schema(plain))
    # Arrow's own errors are among these; a cell of any class can raise others as it becomes text.
    except (ValueError, TypeError, ArithmeticError, RuntimeError) as error:
        raise UsageError(
            f"source: cannot be read as a table: {error}. Give each column a name and a type."
        ) from error
    raise UsageError(
        f"source: expected a path, a descriptor or a table, got {type(source).__name__}."
    )


def _of_pandas(source: Any) -> pa.Table:
    """Return a pandas data frame as a table, in which each column has a type.

    pandas keeps integers with a null as floats, and values of several types as objects.
    """
    import pyarrow as pa  # deferred: start-up

    if source.columns.duplicated().any():
        raise ValueError("two columns have the same name")
    columns = {}
    for name in source.columns:
        column = source[name]
        if column.dtype.kind == "f" and column.isna().any():
            with contextlib.suppress(ValueError, TypeError):  # not all are integers
                column = column.astype("Int64")
        try:
            columns[str(name)] = pa.Array.from_pandas(column)
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
            texts = [
                None if known else str(item)
                for item, known in zip(column, column.isna(), strict=True)
            ]
            columns[str(name)] = pa.array(texts, pa.string())
    return pa.table(columns)


@contextmanager
def save_input() -> Iterator[str]:
    """Copy standard input to a temporary file, up to the limit ``input_bytes``."""
    with tempfile.TemporaryDirectory(prefix="xrecord-") as folder:
        path = Path(folder) / "stdin.csv"
        count = 0
        if sys.stdin is None:
            raise UsageError("standard input is closed: expected a table. Redirect a file to it.")
        with open(path, "wb") as stream:
            while block := sys.stdin.buffer.read(MIB):
                count += len(block)
                if count > LIMITS.input_bytes:
                    raise LimitError(
                        f"standard input: over the limit input_bytes ({LIMITS.input_bytes}). "
                        f"{STATE}"
                    )
                stream.write(block)
        yield str(path)
