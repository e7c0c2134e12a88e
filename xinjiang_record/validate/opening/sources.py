"""Save a source that is not a file: a table in memory, or standard input."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinjiang_record.errors import LimitError, UsageError
from xinjiang_record.limits import LIMITS, MIB

if TYPE_CHECKING:
    import pyarrow as pa


@contextmanager
def save_source(
    source: object, schema: str | os.PathLike[str] | Mapping[str, Any] | None
) -> Iterator[Path]:
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
        content = dict(schema) if isinstance(schema, Mapping) else _read_json(schema)
        resource = {"name": "table", "type": "table", "path": path.name, "schema": content}
        target = Path(folder) / "table.resource.json"
        target.write_text(json.dumps(resource), "utf-8")
        yield target


def _read_json(path: str | os.PathLike[str]) -> object:
    return json.loads(Path(path).read_text("utf-8"))


def _arrow_table(source: object) -> pa.Table:
    """Return a pandas, Polars or Arrow table as an Arrow table."""
    import pyarrow as pa  # deferred: start-up

    if isinstance(source, pa.RecordBatch):
        return pa.Table.from_batches([source])
    if isinstance(source, pa.Table):
        return source
    if type(source).__module__.startswith("pandas."):
        return pa.Table.from_pandas(source, preserve_index=False)
    if hasattr(source, "__arrow_c_stream__"):
        return pa.table(source)
    raise UsageError(
        f"source: expected a path, a descriptor or a table, got {type(source).__name__}."
    )


@contextmanager
def save_input() -> Iterator[str]:
    """Copy standard input to a temporary file, up to the limit ``decompressed_bytes``."""
    with tempfile.TemporaryDirectory(prefix="xrecord-") as folder:
        path = Path(folder) / "stdin.csv"
        count = 0
        with open(path, "wb") as stream:
            while block := sys.stdin.buffer.read(MIB):
                count += len(block)
                if count > LIMITS.decompressed_bytes:
                    raise LimitError(
                        f"standard input: over the limit decompressed_bytes "
                        f"({LIMITS.decompressed_bytes}). Nothing was read."
                    )
                stream.write(block)
        yield str(path)
